//! Links: a stream of envelopes to each of the other servers.
//!
//! A link never makes the replica wait, and never says that a message got lost. While the other server cannot be reached, what
//! should go there is dropped; it comes back by itself.

use std::collections::VecDeque;
use std::time::Duration;

use quorum_core::log::MessageKind;
use quorum_core::paxos::NodeId;
use tokio::sync::mpsc;
use tokio::task::spawn_blocking;
use tokio::time::{Instant, sleep};
use tokio_stream::wrappers::ReceiverStream;
use tonic::metadata::{Ascii, MetadataValue};
use tonic::transport::Channel;
use tonic::{Request, Status};

use super::Faults;
use super::pieces::{Encoded, Pieces};
use super::standing::Standing;
use crate::limits::{MAX_LARGE_ON_LINK, MAX_MESSAGE_BYTES};
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
    /// How many clients its servers remember.
    pub(super) sessions: u32,
    pub(super) from: NodeId,
    pub(super) to: NodeId,
    pub(super) standing: Standing,
}

impl Introduction {
    fn of<T>(&self, body: T) -> Request<T> {
        let mut request = Request::new(body);
        let metadata = request.metadata_mut();
        metadata.insert("quorum-cluster", self.cluster.clone());
        metadata.insert("quorum-sessions", self.sessions.into());
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
        let mut client = PaxosClient::new(channel.clone());
        let call = client.deliver(who.of(ReceiverStream::new(body)));
        let begun = Instant::now();
        let ended = tokio::select! {
            ended = call => ended.map(drop),
            () = feed(&mut waiting, &stream, who.to, &faults, &tell) => return,
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

/// Gives a stream what waits for it, and pieces of what is large in between. Ends when nobody sends any more.
async fn feed(
    waiting: &mut mpsc::Receiver<Envelope>,
    stream: &mpsc::Sender<proto::Envelope>,
    to: NodeId,
    faults: &Faults,
    tell: &impl Fn(&str),
) {
    let mut large: VecDeque<(MessageKind, Pieces)> = VecDeque::new();
    loop {
        tokio::select! {
            envelope = waiting.recv() => {
                let Some(envelope) = envelope else { return };
                if faults.cuts_to(to) {
                    continue;
                }
                let kind = envelope.message.kind();
                // Whoever lacks a snapshot asks for it again and again, until it is there.
                let again = kind == MessageKind::Snapshot && large.iter().any(|(other, _)| *other == kind);
                if again || large.len() >= MAX_LARGE_ON_LINK && kind.may_be_large() {
                    continue;
                }
                match encoded(envelope).await {
                    Ok(Encoded::Whole(envelope)) => drop(stream.send(envelope).await),
                    Ok(Encoded::Large(pieces)) => large.push_back((kind, pieces)),
                    Err(bytes) => tell(&format!(
                        "a {} for server {to} has {bytes} bytes, at most {MAX_MESSAGE_BYTES} fit: it is not sent",
                        kind.as_str()
                    )),
                }
            }
            place = stream.reserve(), if !large.is_empty() => {
                if faults.cuts_to(to) {
                    large.clear();
                }
                let next = large.front_mut().and_then(|(_, pieces)| pieces.next());
                match (next, place) {
                    (Some(piece), Ok(place)) => place.send(piece),
                    _ => drop(large.pop_front()),
                }
            }
        }
    }
}

/// An envelope as the network has it, or how many bytes too many it has. A whole store takes a while: other links go on meanwhile.
async fn encoded(envelope: Envelope) -> Result<Encoded, usize> {
    if !envelope.message.kind().may_be_large() {
        return Encoded::of(&envelope);
    }
    spawn_blocking(move || Encoded::of(&envelope)).await.unwrap_or(Err(0))
}

/// Whether the other server was there, and did not want it.
fn is_refusal(status: &Status) -> bool {
    use tonic::Code::{FailedPrecondition, InvalidArgument, OutOfRange, PermissionDenied, ResourceExhausted};
    matches!(status.code(), FailedPrecondition | InvalidArgument | OutOfRange | PermissionDenied | ResourceExhausted)
}
