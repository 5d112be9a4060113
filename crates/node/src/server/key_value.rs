//! The service `quorum.v1.KeyValue`: the store, for clients.

use std::sync::Arc;
use std::time::Duration;

use quorum_core::log::{ClientId, Command, Op, Output, Reply, Text};
use quorum_core::paxos::{NodeId, Slot};
use tokio::sync::oneshot;
use tokio::time::timeout;
use tonic::transport::Channel;
use tonic::{Request, Response, Status};

use super::{Own, overloaded};
use crate::convert::{known, text};
use crate::proto::{self, key_value_client::KeyValueClient, key_value_server};
use crate::proto::{append_response, cas_response, delete_response, get_response, put_response, status_response};
use crate::runner::{Arrival, Role, View};

/// How long a server keeps a request before it says that it does not know.
const ANSWER_WITHIN: Duration = Duration::from_secs(5);

/// One server's door for clients.
#[derive(Clone, Debug)]
pub(super) struct KeyValue {
    pub(super) own: Own,
}

/// What came of a request at this server.
enum Outcome {
    Done(Output, Slot),
    NotLeader(proto::NotLeader),
    Expired(proto::Expired),
    /// This one leads, and the client wants the request passed on.
    Forward(Channel),
}

impl KeyValue {
    fn address_of(&self, id: NodeId) -> Option<proto::Member> {
        let address = self.own.member.cluster.servers.get(&id)?.to_string();
        Some(proto::Member { id: id.get(), address })
    }

    async fn execute(&self, caller: Option<proto::Caller>, op: Op) -> Result<Outcome, Status> {
        let Some(proto::Caller { client, seq, forward, since }) = caller else {
            return Err(Status::invalid_argument("the field \"caller\" is missing: it says whose operation this is"));
        };
        if seq == 0 {
            return Err(Status::invalid_argument("sequence numbers count from 1"));
        }
        let since = known(since)?;
        let (answer, answered) = oneshot::channel();
        let command = Arc::new(Command { client: ClientId::numbered(client), seq, op, since });
        self.own.inbox.push(Arrival::Request { command, answer }).map_err(|_| overloaded())?;
        match timeout(ANSWER_WITHIN, answered).await {
            Ok(Ok(Reply::Done { output, slot })) => Ok(Outcome::Done(output, slot)),
            Ok(Ok(Reply::NotLeader { leader })) => {
                let next = leader.filter(|_| forward).and_then(|leader| self.own.peers.get(&leader).cloned());
                let leader = leader.and_then(|leader| self.address_of(leader));
                Ok(next.map_or(Outcome::NotLeader(proto::NotLeader { leader }), Outcome::Forward))
            }
            Ok(Ok(Reply::Old { latest })) => Err(Status::failed_precondition(format!(
                "operation {latest} of this client has taken effect already: sequence numbers never go back, and {seq} does"
            ))),
            Ok(Ok(Reply::Expired { from })) => Ok(Outcome::Expired(proto::Expired { from })),
            Ok(Err(_)) => Err(overloaded()),
            Err(_) => Err(undecided()),
        }
    }
}

fn undecided() -> Status {
    Status::unavailable(
        "nothing was decided within 5 seconds, and it is not known whether it will be: ask again with the same client and \
         sequence number",
    )
}

/// What the server that leads says. It may stand still.
async fn passed_on<T>(call: impl Future<Output = Result<Response<T>, Status>>) -> Result<Response<T>, Status> {
    timeout(ANSWER_WITHIN, call).await.unwrap_or_else(|_| Err(undecided()))
}

/// The same request for the server that leads: it answers, and passes nothing on.
fn forwarded(caller: Option<proto::Caller>) -> Option<proto::Caller> {
    caller.map(|caller| proto::Caller { forward: false, ..caller })
}

fn unexpected(output: &Output) -> Status {
    Status::internal(format!("the store answered {output:?}, which this operation cannot have"))
}

#[tonic::async_trait]
impl key_value_server::KeyValue for KeyValue {
    async fn get(&self, request: Request<proto::GetRequest>) -> Result<Response<proto::GetResponse>, Status> {
        use get_response::{Found, Outcome as Is};
        let request = request.into_inner();
        let op = Op::Get { key: text(&request.key, "key")? };
        let outcome = match self.execute(request.caller, op).await? {
            Outcome::Forward(peer) => {
                let request = proto::GetRequest { caller: forwarded(request.caller), ..request };
                return passed_on(KeyValueClient::new(peer).get(request)).await;
            }
            Outcome::NotLeader(not) => Is::NotLeader(not),
            Outcome::Expired(expired) => Is::Expired(expired),
            Outcome::Done(Output::Value(value), slot) => {
                Is::Found(Found { value: value.as_ref().map(Text::as_str).map(str::to_owned), slot })
            }
            Outcome::Done(output, _) => return Err(unexpected(&output)),
        };
        Ok(Response::new(proto::GetResponse { outcome: Some(outcome) }))
    }

    async fn put(&self, request: Request<proto::PutRequest>) -> Result<Response<proto::PutResponse>, Status> {
        use put_response::Outcome as Is;
        let request = request.into_inner();
        let op = Op::Put { key: text(&request.key, "key")?, value: text(&request.value, "value")? };
        let outcome = match self.execute(request.caller, op).await? {
            Outcome::Forward(peer) => {
                let request = proto::PutRequest { caller: forwarded(request.caller), ..request };
                return passed_on(KeyValueClient::new(peer).put(request)).await;
            }
            Outcome::NotLeader(not) => Is::NotLeader(not),
            Outcome::Expired(expired) => Is::Expired(expired),
            Outcome::Done(Output::Done, slot) => Is::Slot(slot),
            Outcome::Done(output, _) => return Err(unexpected(&output)),
        };
        Ok(Response::new(proto::PutResponse { outcome: Some(outcome) }))
    }

    async fn delete(&self, request: Request<proto::DeleteRequest>) -> Result<Response<proto::DeleteResponse>, Status> {
        use delete_response::Outcome as Is;
        let request = request.into_inner();
        let op = Op::Delete { key: text(&request.key, "key")? };
        let outcome = match self.execute(request.caller, op).await? {
            Outcome::Forward(peer) => {
                let request = proto::DeleteRequest { caller: forwarded(request.caller), ..request };
                return passed_on(KeyValueClient::new(peer).delete(request)).await;
            }
            Outcome::NotLeader(not) => Is::NotLeader(not),
            Outcome::Expired(expired) => Is::Expired(expired),
            Outcome::Done(Output::Done, slot) => Is::Slot(slot),
            Outcome::Done(output, _) => return Err(unexpected(&output)),
        };
        Ok(Response::new(proto::DeleteResponse { outcome: Some(outcome) }))
    }

    async fn cas(&self, request: Request<proto::CasRequest>) -> Result<Response<proto::CasResponse>, Status> {
        use cas_response::{Compared, Outcome as Is};
        let request = request.into_inner();
        let (key, from, to) = (text(&request.key, "key")?, text(&request.from, "from")?, text(&request.to, "to")?);
        let outcome = match self.execute(request.caller, Op::Cas { key, from, to }).await? {
            Outcome::Forward(peer) => {
                let request = proto::CasRequest { caller: forwarded(request.caller), ..request };
                return passed_on(KeyValueClient::new(peer).cas(request)).await;
            }
            Outcome::NotLeader(not) => Is::NotLeader(not),
            Outcome::Expired(expired) => Is::Expired(expired),
            Outcome::Done(Output::Swapped(swapped), slot) => Is::Compared(Compared { swapped, slot }),
            Outcome::Done(output, _) => return Err(unexpected(&output)),
        };
        Ok(Response::new(proto::CasResponse { outcome: Some(outcome) }))
    }

    async fn append(&self, request: Request<proto::AppendRequest>) -> Result<Response<proto::AppendResponse>, Status> {
        use append_response::Outcome as Is;
        let request = request.into_inner();
        let op = Op::Append { key: text(&request.key, "key")?, value: text(&request.value, "value")? };
        let outcome = match self.execute(request.caller, op).await? {
            Outcome::Forward(peer) => {
                let request = proto::AppendRequest { caller: forwarded(request.caller), ..request };
                return passed_on(KeyValueClient::new(peer).append(request)).await;
            }
            Outcome::NotLeader(not) => Is::NotLeader(not),
            Outcome::Expired(expired) => Is::Expired(expired),
            Outcome::Done(Output::Done, slot) => Is::Slot(slot),
            Outcome::Done(Output::TooLong, slot) => Is::TooLong(slot),
            Outcome::Done(output, _) => return Err(unexpected(&output)),
        };
        Ok(Response::new(proto::AppendResponse { outcome: Some(outcome) }))
    }

    async fn get_leader(
        &self,
        _: Request<proto::GetLeaderRequest>,
    ) -> Result<Response<proto::GetLeaderResponse>, Status> {
        let View { leader, applied_to, .. } = *self.own.view.borrow();
        let leader = leader.and_then(|leader| self.address_of(leader));
        Ok(Response::new(proto::GetLeaderResponse { leader, applied_to }))
    }

    async fn status(&self, _: Request<proto::StatusRequest>) -> Result<Response<proto::StatusResponse>, Status> {
        let view = *self.own.view.borrow();
        let role = match view.role {
            Role::Follower => status_response::Role::Follower,
            Role::Candidate => status_response::Role::Candidate,
            Role::Leader => status_response::Role::Leader,
        };
        Ok(Response::new(proto::StatusResponse {
            cluster: self.own.member.cluster.name.clone(),
            id: self.own.member.id.get(),
            role: role.into(),
            leader: view.leader.map(NodeId::get),
            ballot: view.ballot.map(proto::Ballot::from),
            chosen_to: view.chosen_to,
            applied_to: view.applied_to,
            keys: view.keys,
            clients: view.clients,
            most_clients: self.own.member.cluster.sessions,
            written: view.written,
            durable: view.durable,
            dropped: view.dropped + self.own.inbox.dropped(),
            replaced: view.replaced,
            refusals: self.own.standing.refusals(),
            knows_files_of: self.own.standing.knows_files_of(),
            off: self.own.member.cluster.off.iter().map(|rule| rule.as_str().to_owned()).collect(),
            snapshot_to: view.snapshot_to,
            kept_from: view.kept_from,
            members: self.own.member.cluster.servers.keys().filter_map(|id| self.address_of(*id)).collect(),
        }))
    }
}
