//! A client of real servers: it asks, goes where it is sent, and asks again with the same number until it is answered.
//!
//! What it does is what [`quorum_core::log::Client`] does in the laboratory. An operation keeps its sequence number from the
//! first sending to the first answer, so it takes effect once, however often it is asked for.
//!
//! Servers remember so many clients. So a client says with each operation up to where it knew the log when it took the number, and
//! asks for that before its first one. If it is told that it was forgotten, it takes a new number where nothing can have taken
//! effect: where it reads only, or where each request for the old number was answered. Otherwise the outcome is open.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::time::Duration;

use quorum_core::log::{Op, Output, Text};
use quorum_core::paxos::Slot;
use thiserror::Error;
use tokio::time::{Instant, sleep, timeout, timeout_at};
use tonic::metadata::{Ascii, MetadataValue};
use tonic::service::Interceptor;
use tonic::service::interceptor::InterceptedService;
use tonic::transport::{Channel, Endpoint};
use tonic::{Code, Request, Status};

use crate::convert::text;
use crate::proto::key_value_client::KeyValueClient;
use crate::proto::{self, append_response, cas_response, delete_response, get_response, put_response};
use crate::tls::ClientKeys;

/// How long a client waits for one server before it asks the next.
const TRY_WITHIN: Duration = Duration::from_secs(2);
/// How long it waits before it asks again where nobody leads or nobody is there.
const PAUSE: Duration = Duration::from_millis(50);

/// Why a client has no answer.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ClientError {
    /// No server could be reached, or none answered. Whether the operation takes effect is open.
    #[error("{0}")]
    Unanswered(String),
    /// A server refused the request: it can never take effect.
    #[error("{0}")]
    Refused(String),
    /// The servers have forgotten this client while it waited: nobody knows whether the operation took effect. It will not any more.
    #[error(
        "the servers have forgotten this client while it waited for an answer, because many others came: whether the operation \
         took effect is open"
    )]
    Forgotten,
}

/// What one server says to a request.
enum Said {
    Done(Output, Slot),
    NotLeader(Option<proto::Member>),
    Expired(Slot),
}

/// One client.
#[derive(Debug)]
pub struct Client {
    number: u64,
    seq: u32,
    /// It knows that every slot up to this one is chosen; `None`: it has not asked yet.
    knows: Option<Slot>,
    /// The servers it knows, and the way to each.
    servers: Vec<String>,
    way: Way,
    stores: HashMap<String, Store>,
    /// The server it takes for the leader.
    at: usize,
}

impl Client {
    /// A client that has never asked for anything, and knows these servers (`host:port`) and the way to them.
    ///
    /// # Errors
    /// There is no server, or the system has no randomness to give.
    pub fn new(servers: Vec<String>, way: Way) -> Result<Self, ClientError> {
        if servers.is_empty() {
            return Err(ClientError::Refused("there is no server to ask: name one with --at".to_owned()));
        }
        let number = getrandom::u64().map_err(|error| ClientError::Refused(error.to_string()))?;
        Ok(Self { number, seq: 0, knows: None, servers, way, stores: HashMap::new(), at: 0 })
    }

    /// Its number.
    #[must_use]
    pub const fn number(&self) -> u64 {
        self.number
    }

    /// Does one operation. Returns what the store answered, and the slot of the log in which the operation took effect.
    ///
    /// # Errors
    /// Why there is no answer within this time.
    pub async fn execute(&mut self, op: &Op, within: Duration) -> Result<(Output, Slot), ClientError> {
        let mut since = self.takes_number();
        let deadline = Instant::now() + within;
        let mut heard = Heard::default();
        // Whether a request for this number has had no answer: it may have done anything.
        let mut open = false;
        loop {
            let server = self.servers[self.at].clone();
            let tried = timeout_at(deadline.min(Instant::now() + TRY_WITHIN), self.ask(&server, op, &mut since)).await;
            open |= since.is_some() && !matches!(tried, Ok(Ok(_)));
            match tried {
                Ok(Ok(Said::Done(output, slot))) => {
                    self.knows = self.knows.max(Some(slot));
                    return Ok((output, slot));
                }
                Ok(Ok(Said::Expired(from))) => {
                    self.knows = self.knows.max(Some(from));
                    if open && !op.only_reads() {
                        return Err(ClientError::Forgotten);
                    }
                    heard.note(&server, "has forgotten this client");
                    since = self.takes_number();
                    open = false;
                }
                Ok(Ok(Said::NotLeader(leader))) => {
                    heard.note(&server, "does not lead, and does not know who does");
                    match leader {
                        Some(leader) if leader.address != server => self.go_to(leader.address),
                        _ => self.next().await,
                    }
                }
                Ok(Err(status)) if is_final(&status) => return Err(ClientError::Refused(status.message().to_owned())),
                Ok(Err(status)) => {
                    heard.note(&server, &plainly(&status));
                    self.next().await;
                }
                Err(_) => {
                    heard.note(&server, "does not answer");
                    self.next().await;
                }
            }
            if Instant::now() >= deadline {
                return Err(ClientError::Unanswered(heard.sentence(within, op)));
            }
        }
    }

    fn go_to(&mut self, address: String) {
        self.at = self.servers.iter().position(|server| *server == address).unwrap_or_else(|| {
            self.servers.push(address);
            self.servers.len() - 1
        });
    }

    async fn next(&mut self) {
        self.at = (self.at + 1) % self.servers.len();
        sleep(PAUSE).await;
    }

    /// A new number, with what it knows now.
    const fn takes_number(&mut self) -> Option<Slot> {
        self.seq += 1;
        self.knows
    }

    /// Asks one server. A client that knows of no slot asks for one first.
    async fn ask(&mut self, server: &str, op: &Op, since: &mut Option<Slot>) -> Result<Said, Status> {
        let mut store = match self.stores.get(server) {
            Some(store) => store.clone(),
            None => {
                let store = self.way.store(server)?;
                self.stores.insert(server.to_owned(), store.clone());
                store
            }
        };
        let since = match *since {
            Some(since) => since,
            None => *since.insert(store.get_leader(proto::GetLeaderRequest {}).await?.into_inner().applied_to),
        };
        self.knows = self.knows.max(Some(since));
        let caller = Some(proto::Caller { client: self.number, seq: self.seq, forward: false, since });
        call(store, caller, op).await
    }
}

/// A server's store, as a client calls it.
pub type Store = KeyValueClient<InterceptedService<Channel, Bearer>>;

/// Shows the token, where there is one.
#[derive(Clone, Debug, Default)]
pub struct Bearer(Option<MetadataValue<Ascii>>);

impl Interceptor for Bearer {
    fn call(&mut self, mut request: Request<()>) -> Result<Request<()>, Status> {
        if let Some(token) = &self.0 {
            request.metadata_mut().insert("authorization", token.clone());
        }
        Ok(request)
    }
}

/// How servers are reached: in plain text on this machine, or with keys.
#[derive(Clone, Debug, Default)]
pub struct Way(Option<ClientKeys>);

impl From<ClientKeys> for Way {
    fn from(keys: ClientKeys) -> Self {
        Self(Some(keys))
    }
}

impl Way {
    /// The way to a server; it is connected when it is used.
    ///
    /// # Errors
    /// The address is none.
    pub fn channel(&self, server: &str) -> Result<Channel, Status> {
        let scheme = if self.0.is_some() { "https" } else { "http" };
        let wrong = |_| Status::invalid_argument(format!("{server:?} is no address: give host and port"));
        let mut endpoint = Endpoint::from_shared(format!("{scheme}://{server}")).map_err(wrong)?;
        if let Some(keys) = &self.0 {
            endpoint =
                endpoint.tls_config(keys.reaches.clone()).map_err(|error| Status::internal(error.to_string()))?;
        }
        Ok(endpoint.tcp_nodelay(true).connect_timeout(TRY_WITHIN).connect_lazy())
    }

    /// The store of a server.
    ///
    /// # Errors
    /// The address is none.
    pub fn store(&self, server: &str) -> Result<Store, Status> {
        let token = self.0.as_ref().and_then(|keys| format!("Bearer {}", keys.token.as_str()).parse().ok());
        Ok(KeyValueClient::with_interceptor(self.channel(server)?, Bearer(token)))
    }

    /// What a server is at present, or why it does not say.
    ///
    /// # Errors
    /// A sentence.
    pub async fn status(&self, server: &str) -> Result<proto::StatusResponse, String> {
        let mut store = self.store(server).map_err(|status| status.message().to_owned())?;
        match timeout(TRY_WITHIN, store.status(proto::StatusRequest {})).await {
            Ok(Ok(response)) => Ok(response.into_inner()),
            Ok(Err(status)) => Err(plainly(&status)),
            Err(_) => Err("does not answer".to_owned()),
        }
    }
}

/// Asks one server, once.
async fn call(mut to: Store, caller: Option<proto::Caller>, op: &Op) -> Result<Said, Status> {
    let of = |text: &Text| text.as_str().to_owned();
    let nothing = || Status::internal("the answer is empty");
    Ok(match op {
        Op::Get { key } => {
            let request = proto::GetRequest { caller, key: of(key) };
            match to.get(request).await?.into_inner().outcome.ok_or_else(nothing)? {
                get_response::Outcome::NotLeader(not) => Said::NotLeader(not.leader),
                get_response::Outcome::Expired(expired) => Said::Expired(expired.from),
                get_response::Outcome::Found(found) => {
                    Said::Done(Output::Value(found.value.map(|value| text(&value, "value")).transpose()?), found.slot)
                }
            }
        }
        Op::Put { key, value } => {
            let request = proto::PutRequest { caller, key: of(key), value: of(value) };
            match to.put(request).await?.into_inner().outcome.ok_or_else(nothing)? {
                put_response::Outcome::NotLeader(not) => Said::NotLeader(not.leader),
                put_response::Outcome::Expired(expired) => Said::Expired(expired.from),
                put_response::Outcome::Slot(slot) => Said::Done(Output::Done, slot),
            }
        }
        Op::Delete { key } => {
            let request = proto::DeleteRequest { caller, key: of(key) };
            match to.delete(request).await?.into_inner().outcome.ok_or_else(nothing)? {
                delete_response::Outcome::NotLeader(not) => Said::NotLeader(not.leader),
                delete_response::Outcome::Expired(expired) => Said::Expired(expired.from),
                delete_response::Outcome::Slot(slot) => Said::Done(Output::Done, slot),
            }
        }
        Op::Cas { key, from, to: new } => {
            let request = proto::CasRequest { caller, key: of(key), from: of(from), to: of(new) };
            match to.cas(request).await?.into_inner().outcome.ok_or_else(nothing)? {
                cas_response::Outcome::NotLeader(not) => Said::NotLeader(not.leader),
                cas_response::Outcome::Expired(expired) => Said::Expired(expired.from),
                cas_response::Outcome::Compared(done) => Said::Done(Output::Swapped(done.swapped), done.slot),
            }
        }
        Op::Append { key, value } => {
            let request = proto::AppendRequest { caller, key: of(key), value: of(value) };
            match to.append(request).await?.into_inner().outcome.ok_or_else(nothing)? {
                append_response::Outcome::NotLeader(not) => Said::NotLeader(not.leader),
                append_response::Outcome::Expired(expired) => Said::Expired(expired.from),
                append_response::Outcome::Slot(slot) => Said::Done(Output::Done, slot),
                append_response::Outcome::TooLong(slot) => Said::Done(Output::TooLong, slot),
            }
        }
    })
}

/// Whether asking again cannot help.
fn is_final(status: &Status) -> bool {
    use Code::{FailedPrecondition, InvalidArgument, OutOfRange, Unauthenticated, Unimplemented};
    matches!(status.code(), InvalidArgument | FailedPrecondition | OutOfRange | Unauthenticated | Unimplemented)
}

/// What a status means to a person.
fn plainly(status: &Status) -> String {
    match status.code() {
        Code::Unavailable if status.message().contains("transport") || status.message().contains("tcp") => {
            "cannot be reached".to_owned()
        }
        Code::Unauthenticated => format!("refuses: {}", status.message()),
        Code::Unavailable | Code::ResourceExhausted | Code::DeadlineExceeded => format!("says: {}", status.message()),
        code => format!("failed ({code:?}: {})", status.message()),
    }
}

/// The last that was heard of each server.
#[derive(Default)]
struct Heard(Vec<(String, String)>);

impl Heard {
    fn note(&mut self, server: &str, what: &str) {
        self.0.retain(|(other, _)| other != server);
        self.0.push((server.to_owned(), what.to_owned()));
    }

    fn sentence(&self, within: Duration, op: &Op) -> String {
        let mut text = format!("nobody answered within {} s", within.as_secs());
        for (server, what) in &self.0 {
            let _ = write!(text, "; {server} {what}");
        }
        if self.0.iter().all(|(_, what)| what == "cannot be reached") {
            text += ". Is the cluster running? `quorum-node cluster` starts one";
        } else if !op.only_reads() {
            text += ". Whether the operation takes effect is open";
        }
        text
    }
}
