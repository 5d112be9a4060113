//! Large messages, in pieces.
//!
//! A snapshot is a whole store, and a promise may report thousands of votes. As one envelope such a message would hold up
//! whatever comes behind it: heartbeats, too, and then its receiver would miss a leader that is well. So a large message is cut
//! ([`Pieces`]), its pieces take turns with other messages, and the receiver puts them together ([`Assembly`]).
//!
//! What is put together is the message, byte for byte: the replica knows nothing of pieces, and neither does a record.

use prost::Message as _;
use tonic::Status;

use crate::limits::{MAX_MESSAGE_BYTES, MAX_PIECE_BYTES, MAX_WHOLE_BYTES};
use crate::proto::{self, Piece};
use crate::runner::{Envelope, Number};

/// A message as the network has it.
#[derive(Debug)]
pub(super) enum Encoded {
    /// It fits into an envelope.
    Whole(proto::Envelope),
    /// It goes in pieces.
    Large(Pieces),
}

impl Encoded {
    /// An envelope as the network has it.
    ///
    /// # Errors
    /// How many bytes it has, where no message may have so many.
    pub(super) fn of(envelope: &Envelope) -> Result<Self, usize> {
        let Number { incarnation, sequence } = envelope.number;
        let message = proto::Message::from(&envelope.message);
        let bytes = message.encoded_len();
        if bytes > MAX_MESSAGE_BYTES {
            return Err(bytes);
        }
        Ok(if bytes > MAX_WHOLE_BYTES {
            Self::Large(Pieces {
                number: envelope.number,
                epoch: envelope.epoch,
                bytes: message.encode_to_vec(),
                sent: 0,
            })
        } else {
            Self::Whole(proto::Envelope {
                incarnation,
                sequence,
                message: Some(message),
                piece: None,
                epoch: envelope.epoch,
            })
        })
    }
}

/// The pieces of a message that were not sent yet, in order.
#[derive(Debug)]
pub(super) struct Pieces {
    number: Number,
    epoch: u64,
    bytes: Vec<u8>,
    sent: usize,
}

impl Iterator for Pieces {
    type Item = proto::Envelope;

    fn next(&mut self) -> Option<proto::Envelope> {
        let rest = self.bytes.get(self.sent..).filter(|rest| !rest.is_empty())?;
        let bytes = rest[..rest.len().min(MAX_PIECE_BYTES)].to_vec();
        let piece = Piece { offset: self.sent as u64, last: bytes.len() == rest.len(), bytes };
        self.sent += piece.bytes.len();
        let Number { incarnation, sequence } = self.number;
        Some(proto::Envelope { incarnation, sequence, message: None, piece: Some(piece), epoch: self.epoch })
    }
}

/// The pieces of one message that have come.
#[derive(Debug)]
pub(super) struct Assembly {
    number: Option<Number>,
    bytes: Vec<u8>,
    most: usize,
}

impl Default for Assembly {
    fn default() -> Self {
        Self { number: None, bytes: Vec::new(), most: MAX_MESSAGE_BYTES }
    }
}

impl Assembly {
    /// Takes in a piece. Returns the message's bytes if it was the last.
    ///
    /// # Errors
    /// It does not belong behind those that came before, or the message is too large. The stream is at an end.
    pub(super) fn add(&mut self, number: Number, piece: Piece) -> Result<Option<Vec<u8>>, Status> {
        if piece.offset == 0 {
            (self.number, self.bytes) = (Some(number), Vec::new());
        }
        let (came, offset) = (self.bytes.len(), piece.offset);
        if self.number != Some(number) || offset != came as u64 {
            let what = format!("a piece begins at byte {offset} of its message, and {came} bytes of one have come");
            return Err(Status::invalid_argument(what));
        }
        if came + piece.bytes.len() > self.most {
            let most = self.most;
            return Err(Status::resource_exhausted(format!("a message between servers has at most {most} bytes")));
        }
        if came == 0 && piece.last {
            self.bytes = piece.bytes;
        } else {
            self.bytes.extend(piece.bytes);
        }
        if !piece.last {
            return Ok(None);
        }
        self.number = None;
        Ok(Some(std::mem::take(&mut self.bytes)))
    }
}

/// A message from the bytes of its pieces.
///
/// # Errors
/// Why they are none.
pub(super) fn decode(bytes: &[u8]) -> Result<quorum_core::log::Message, Status> {
    let message = proto::Message::decode(bytes)
        .map_err(|error| Status::invalid_argument(format!("pieces that came are no message: {error}")))?;
    Ok(message.try_into()?)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use quorum_core::log::{FetchedSnapshot, Message, Snapshot, Text};

    use super::*;

    fn snapshot(keys: usize) -> Envelope {
        let text = |text: String| Text::new(&text).unwrap();
        let store = (0..keys).map(|key| (text(format!("{key:08}")), text("v".repeat(60_000)))).collect();
        let snapshot = Arc::new(Snapshot { to: 7, store, sessions: Vec::new(), horizon: 0 });
        let number = Number { incarnation: 5, sequence: keys as u64 };
        Envelope { number, epoch: 0, message: Message::Snapshot(FetchedSnapshot { ballot: None, snapshot }) }
    }

    fn pieces(envelope: &Envelope) -> Vec<Piece> {
        let Ok(Encoded::Large(pieces)) = Encoded::of(envelope) else { panic!("it is large") };
        pieces.map(|envelope| envelope.piece.unwrap()).collect()
    }

    #[test]
    fn a_large_message_goes_in_pieces_and_is_the_same_at_the_other_end() {
        let envelope = snapshot(40);
        let pieces = pieces(&envelope);
        assert_eq!(pieces.len(), 37, "2.4 MB in pieces of 64 KiB");
        assert!(pieces.iter().all(|piece| piece.bytes.len() <= MAX_PIECE_BYTES));
        let mut assembly = Assembly::default();
        let mut whole = None;
        for piece in pieces {
            assert_eq!(whole, None);
            whole = assembly.add(envelope.number, piece).unwrap();
        }
        assert_eq!(decode(&whole.unwrap()).unwrap(), envelope.message);
        assert!(matches!(Encoded::of(&snapshot(2)), Ok(Encoded::Whole(_))), "a small one goes as it is");
    }

    #[test]
    fn a_piece_that_does_not_follow_ends_the_stream() {
        let (envelope, other) = (snapshot(40), snapshot(41));
        let all = pieces(&envelope);
        let mut assembly = Assembly::default();
        let mut refused =
            |number, piece: &Piece| assembly.add(number, piece.clone()).map_err(|it| it.message().to_owned());
        assert!(
            refused(envelope.number, &all[1]).unwrap_err().contains("begins at byte 65536"),
            "the first is missing"
        );
        assert_eq!(refused(envelope.number, &all[0]), Ok(None));
        assert!(refused(envelope.number, &all[2]).unwrap_err().contains("and 65536 bytes of one have come"));
        assert!(refused(other.number, &all[1]).is_err(), "it is of another message");
        // A message may begin anew: its sender gave the one before up.
        assert_eq!(refused(other.number, &pieces(&other)[0]), Ok(None));
        assert_eq!(refused(other.number, &pieces(&other)[1]), Ok(None));
    }

    #[test]
    fn what_is_larger_than_any_message_is_refused_before_it_is_there() {
        let envelope = snapshot(40);
        let mut assembly = Assembly { most: 200_000, ..Assembly::default() };
        let came = pieces(&envelope).into_iter().map(|piece| assembly.add(envelope.number, piece));
        let (taken, refused): (Vec<_>, Vec<_>) = came.partition(Result::is_ok);
        assert_eq!(taken.len(), 3);
        assert_eq!(refused[0].as_ref().unwrap_err().message(), "a message between servers has at most 200000 bytes");
    }
}
