//! The service `quorum.v1.Paxos`: what other servers say, and promises and votes for anybody who asks.

use std::time::Duration;

use quorum_core::log::{self, Message};
use quorum_core::paxos::{Ballot, NodeId, Prepare};
use tokio::sync::oneshot;
use tokio::task::{JoinError, spawn_blocking};
use tokio::time::timeout;
use tonic::{Request, Response, Status, Streaming};

use super::pieces::{Assembly, decode};
use super::{Own, overloaded};
use crate::convert::Malformed;
use crate::limits::{MAX_ROUNDS_ABOVE, MAX_SLOTS_ABOVE};
use crate::proto::{self, accept_response, paxos_server, prepare_response};
use crate::runner::{Arrival, Number};

/// How long a promise or a vote may take to become durable.
const ANSWER_WITHIN: Duration = Duration::from_secs(5);

/// One server's part in Paxos.
#[derive(Clone, Debug)]
pub(super) struct Paxos {
    pub(super) own: Own,
}

impl From<Malformed> for Status {
    fn from(malformed: Malformed) -> Self {
        Self::invalid_argument(malformed.to_string())
    }
}

/// A thread of this process did not do what it was asked to.
fn ended(why: &JoinError) -> Status {
    Status::internal(why.to_string())
}

impl Paxos {
    /// Who sends a stream.
    fn sender<T>(&self, request: &Request<T>) -> Result<NodeId, Status> {
        let metadata = request.metadata();
        let said = |name: &str| metadata.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
        let (cluster, to) = (said("quorum-cluster"), said("quorum-to"));
        let own = &self.own.member.cluster.name;
        if cluster != *own {
            let what = format!("this server belongs to the cluster {own:?}, and the stream to {cluster:?}");
            return Err(Status::failed_precondition(what));
        }
        if to != self.own.member.id.to_string() {
            let what = format!(
                "this is server {}, and the stream is for server {to:?}: compare the two cluster.toml",
                self.own.member.id
            );
            return Err(Status::failed_precondition(what));
        }
        let (sessions, own) = (said("quorum-sessions"), self.own.member.cluster.sessions);
        if sessions != own.to_string() {
            let what = format!(
                "this server remembers {own} clients, and server {:?} remembers {sessions}: their stores would differ. Write the \
                 same `most` under [sessions] in the two cluster.toml",
                said("quorum-from")
            );
            return Err(Status::failed_precondition(what));
        }
        let from = said("quorum-from").parse().ok().and_then(NodeId::new);
        let from =
            from.filter(|from| *from != self.own.member.id && self.own.member.cluster.servers.contains_key(from));
        let from = from.ok_or_else(|| {
            Status::failed_precondition(format!("there is no other server {:?} in this cluster", said("quorum-from")))
        })?;
        self.own.access.server(request, from)?;
        self.own.standing.admit(from, metadata)?;
        Ok(from)
    }

    /// Whether a stranger may use this ballot.
    fn admits(&self, ballot: Ballot) -> Result<(), Status> {
        let owner = ballot.server;
        if self.own.member.cluster.servers.contains_key(&owner) {
            let what = format!(
                "ballot {}.{owner} belongs to server {owner}, which is a member of this cluster: take a number that no member \
                 has, up to 101",
                ballot.round
            );
            return Err(Status::invalid_argument(what));
        }
        let most = self.own.view.borrow().ballot.map_or(0, |ballot| ballot.round).saturating_add(MAX_ROUNDS_ABOVE);
        if ballot.round > most {
            let what = format!("round {} is too far above what this server follows: at most {most} now", ballot.round);
            return Err(Status::invalid_argument(what));
        }
        Ok(())
    }

    async fn ask(&self, from: NodeId, message: Message) -> Result<Message, Status> {
        let (answer, answered) = oneshot::channel();
        self.own.inbox.push(Arrival::Ask { from, message, answer }).map_err(|_| overloaded())?;
        match timeout(ANSWER_WITHIN, answered).await {
            Ok(Ok(message)) => Ok(message),
            Ok(Err(_)) => Err(Status::unavailable("this server does not vote, or ended")),
            Err(_) => Err(Status::deadline_exceeded("the disk takes too long: ask again, the answer will be the same")),
        }
    }
}

#[tonic::async_trait]
impl paxos_server::Paxos for Paxos {
    async fn deliver(
        &self,
        request: Request<Streaming<proto::Envelope>>,
    ) -> Result<Response<proto::Delivered>, Status> {
        let from = self.sender(&request)?;
        let mut stream = request.into_inner();
        let (mut messages, mut assembly) = (0, Assembly::default());
        while let Some(proto::Envelope { incarnation, sequence, message, piece, epoch }) = stream.message().await? {
            let number = Number { incarnation, sequence };
            let message = match (message, piece) {
                (Some(message), _) => message.try_into()?,
                (None, None) => return Err(Status::invalid_argument("an envelope is empty")),
                (None, Some(piece)) => match assembly.add(number, piece)? {
                    // It may be a whole store: others must not wait for that.
                    Some(bytes) => spawn_blocking(move || decode(&bytes)).await.map_err(|why| ended(&why))??,
                    None => continue,
                },
            };
            messages += 1;
            if self.own.faults.cuts_from(from) {
                continue;
            }
            // Where there is no room it is lost, and counted.
            let _ = self.own.inbox.push(Arrival::Message { from, number, epoch, message });
        }
        Ok(Response::new(proto::Delivered { messages }))
    }

    async fn prepare(
        &self,
        request: Request<proto::PrepareRequest>,
    ) -> Result<Response<proto::PrepareResponse>, Status> {
        self.own.access.client(request.metadata(), request.extensions())?;
        let prepare = request.into_inner().prepare.ok_or_else(|| Status::invalid_argument("there is no prepare"))?;
        let prepare = Prepare::try_from(prepare)?;
        self.admits(prepare.ballot)?;
        let outcome = match self.ask(prepare.ballot.server, Message::Prepare(prepare)).await? {
            Message::Promise(promise) => prepare_response::Outcome::Promise((&promise).into()),
            Message::Nack(nack) => prepare_response::Outcome::Nack((&nack).into()),
            other => return Err(Status::internal(format!("a prepare was answered by {:?}", other.kind()))),
        };
        Ok(Response::new(proto::PrepareResponse { outcome: Some(outcome) }))
    }

    async fn accept(&self, request: Request<proto::AcceptRequest>) -> Result<Response<proto::AcceptResponse>, Status> {
        self.own.access.client(request.metadata(), request.extensions())?;
        let accept = request.into_inner().accept.ok_or_else(|| Status::invalid_argument("there is no accept"))?;
        let accept = log::Accept::try_from(accept)?;
        self.admits(accept.vote.ballot)?;
        let known = self.own.view.borrow().chosen_to;
        let (slot, most) = (accept.vote.slot, known.saturating_add(MAX_SLOTS_ABOVE));
        if !(1..=most).contains(&slot) || accept.chosen_to > most {
            let what = format!("slots count from 1, and this server takes votes up to slot {most} now");
            return Err(Status::invalid_argument(what));
        }
        let outcome = match self.ask(accept.vote.ballot.server, Message::Accept(accept)).await? {
            Message::Accepted(accepted) => accept_response::Outcome::Accepted((&accepted).into()),
            Message::Nack(nack) => accept_response::Outcome::Nack((&nack).into()),
            other => return Err(Status::internal(format!("an accept was answered by {:?}", other.kind()))),
        };
        Ok(Response::new(proto::AcceptResponse { outcome: Some(outcome) }))
    }
}
