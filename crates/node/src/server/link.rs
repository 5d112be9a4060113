//! Links: a stream of envelopes to each of the other servers.
//!
//! A link never makes the replica wait, and never says that a message got lost. While the other server cannot be reached, what
//! should go there is dropped; it comes back by itself.

use std::time::Duration;

use prost::Message as _;
use quorum_core::paxos::NodeId;
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep};
use tokio_stream::wrappers::ReceiverStream;
use tonic::metadata::{Ascii, MetadataValue};
use tonic::transport::Channel;
use tonic::{Request, Status};

use super::Faults;
use super::standing::Standing;
use crate::limits::MAX_MESSAGE_BYTES;
use crate::proto::{self, paxos_client::PaxosClient};
use crate::runner::Envelope;

/// Most messages between a link's queue and its stream.
const STREAM: usize = 64;
/// How long a link waits before it tries again: at first, and at most.
const AGAIN: (Duration, Duration) = (Duration::from_millis(20), Duration::from_millis(500));

/// What a stream says of itself first.
#[derive(Clone, Debug)]
pub(super) struct Introduction {
    pub(super) cluster: MetadataValue<Ascii>,
    pub(super) from: NodeId,
    pub(super) to: NodeId,
    pub(super) standing: Standing,
}

impl Introduction {
    fn of<T>(&self, body: T) -> Request<T> {
        let mut request = Request::new(body);
        let metadata = request.metadata_mut();
        metadata.insert("quorum-cluster", self.cluster.clone());
        metadata.insert("quorum-from", self.from.get().into());
        metadata.insert("quorum-to", self.to.get().into());
        self.standing.introduce(metadata);
        request
    }
}

/// Carries messages to one server until nobody sends any more.
pub(super) async fn carry(
    who: Introduction,
    channel: Channel,
    mut waiting: mpsc::Receiver<Envelope>,
    faults: Faults,
    tell: impl Fn(&str),
) {
    let (first, longest) = AGAIN;
    let mut pause = first;
    let mut told = String::new();
    loop {
        let (stream, body) = mpsc::channel(STREAM);
        let mut client = PaxosClient::new(channel.clone()).max_encoding_message_size(MAX_MESSAGE_BYTES);
        let call = client.deliver(who.of(ReceiverStream::new(body)));
        tokio::pin!(call);
        let begun = Instant::now();
        let ended = loop {
            tokio::select! {
                ended = &mut call => break ended.map(drop),
                envelope = waiting.recv() => {
                    let Some(envelope) = envelope else { return };
                    if faults.cuts_to(who.to) {
                        continue;
                    }
                    let Some(envelope) = encoded(&envelope, who.to, &tell) else { continue };
                    tokio::select! {
                        ended = &mut call => break ended.map(drop),
                        _ = stream.send(envelope) => {}
                    }
                }
            }
        };
        let refusal = ended.as_ref().err().filter(|status| is_refusal(status));
        who.standing.is_refused(who.to, refusal.map(Status::message));
        if let Some(status) = refusal
            && told != status.message()
        {
            told = status.message().to_owned();
            tell(&format!("server {} refuses what this server says: {told}", who.to));
        }
        pause = if begun.elapsed() > longest { first } else { (2 * pause).min(longest) };
        // What should go there meanwhile is lost: by the time it could, it would be old.
        let over = sleep(pause);
        tokio::pin!(over);
        loop {
            tokio::select! {
                () = &mut over => break,
                envelope = waiting.recv() => if envelope.is_none() { return },
            }
        }
    }
}

/// Whether the other server was there, and did not want it.
fn is_refusal(status: &Status) -> bool {
    use tonic::Code::{FailedPrecondition, InvalidArgument, OutOfRange, PermissionDenied, ResourceExhausted};
    matches!(status.code(), FailedPrecondition | InvalidArgument | OutOfRange | PermissionDenied | ResourceExhausted)
}

/// An envelope as the network has it; `None`: it is too large, and the other server would end the stream over it.
fn encoded(envelope: &Envelope, to: NodeId, tell: impl Fn(&str)) -> Option<proto::Envelope> {
    let kind = envelope.message.kind().as_str();
    let envelope = proto::Envelope {
        incarnation: envelope.number.incarnation,
        sequence: envelope.number.sequence,
        message: Some((&envelope.message).into()),
    };
    let bytes = envelope.encoded_len();
    if bytes > MAX_MESSAGE_BYTES {
        tell(&format!("a {kind} for server {to} has {bytes} bytes, at most {MAX_MESSAGE_BYTES} fit: it is not sent"));
        return None;
    }
    Some(envelope)
}
