//! Servers that remember so many clients: more may come, and no operation takes effect twice. And what a client does that was
//! forgotten.

mod support;

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use quorum_core::log::{Op, Output};
use quorum_node::client::{Client, ClientError, Way};
use quorum_node::proto::key_value_client::KeyValueClient;
use quorum_node::proto::key_value_server::{KeyValue, KeyValueServer};
use quorum_node::proto::{self, append_response, get_response};
use quorum_node::rules;
use quorum_recording::Recording;
use support::{Processes, SOON, eventually, get, put, text};
use tokio::net::TcpListener;
use tokio_stream::wrappers::TcpListenerStream;
use tonic::{Request, Response, Status};

/// What the laboratory's observer finds wrong, in sentences.
fn wrong(recording: &Recording) -> Vec<String> {
    let now = recording.now();
    assert_eq!(recording.waiting(), 0, "all of it was compared");
    now.violations().iter().map(|(_, violation)| violation.sentence(now.config().ballots)).collect()
}

fn value(value: &str) -> Output {
    Output::Value(Some(text(value)))
}

async fn asks(processes: &Processes, op: &Op) -> Output {
    processes.client().execute(op, SOON).await.unwrap().0
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn more_clients_come_than_are_remembered_and_servers_agree_whom_they_forget() {
    let mut processes = Processes::with_sessions(3, 2, &[]);
    let leader = processes.leader().await;
    for number in 0..20 {
        let op = Op::Append { key: text("k"), value: text(&format!("{number};")) };
        assert_eq!(asks(&processes, &op).await, Output::Done);
    }
    // Who is forgotten between two of its operations goes on: it knows more with each answer.
    let mut client = processes.client();
    for number in 0..5 {
        assert_eq!(client.execute(&put("mine", &format!("{number}")), SOON).await.unwrap().0, Output::Done);
        asks(&processes, &put("theirs", "a")).await;
        asks(&processes, &put("theirs", "b")).await;
    }
    let status = processes.status(leader).await.unwrap();
    assert_eq!((status.clients, status.most_clients), (2, 2));
    // What is left of those that went is in the snapshots: all of them begin with one.
    processes.ids().into_iter().for_each(|id| processes.kill(id));
    processes.start_all();
    let all: String = (0..20).map(|number| format!("{number};")).collect();
    assert_eq!(client.execute(&get("k"), SOON).await.unwrap().0, value(&all));
    for id in processes.ids() {
        let caught_up = || async { processes.status(id).await.filter(|status| status.applied_to >= 35) };
        assert_eq!(eventually("it has caught up", caught_up).await.clients, 2);
    }
    // Not sooner: one that is left alone hears no more of what is chosen.
    processes.ids().into_iter().for_each(|id| processes.kill(id));
    assert_eq!(wrong(&processes.recording()), [""; 0]);
}

/// A client appends, and is forgotten. Then its request comes once more, as it was. Returns what it is told, what the value is
/// then, and what is wrong with the run.
async fn asks_again_when_forgotten(off: &[&str]) -> (append_response::Outcome, Output, Vec<String>) {
    let off: Vec<_> = off.iter().map(|name| rules::named(name).unwrap()).collect();
    let mut processes = Processes::with_sessions(3, 2, &off);
    let leader = processes.leader().await;
    let mut store = KeyValueClient::new(Way::default().channel(&processes.address(leader)).unwrap());
    let mut append = async || {
        let caller = Some(proto::Caller { client: 1 << 40, seq: 1, forward: true, since: 0 });
        let request = proto::AppendRequest { caller, key: "k".to_owned(), value: "1".to_owned() };
        store.append(request).await.unwrap().into_inner().outcome.unwrap()
    };
    assert!(matches!(append().await, append_response::Outcome::Slot(_)));
    assert!(matches!(append().await, append_response::Outcome::Slot(_)), "it is remembered");
    for _ in 0..3 {
        asks(&processes, &put("theirs", "a")).await;
    }
    let told = append().await;
    let holds = asks(&processes, &get("k")).await;
    processes.ids().into_iter().for_each(|id| processes.kill(id));
    (told, holds, wrong(&processes.recording()))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_repeat_of_a_client_that_was_forgotten_is_refused_and_without_the_rule_it_takes_effect_again() {
    let (told, holds, wrong) = asks_again_when_forgotten(&[]).await;
    assert!(matches!(told, append_response::Outcome::Expired(proto::Expired { from: 4.. })), "{told:?}");
    assert_eq!((holds, wrong), (value("1"), Vec::new()));
    let (told, holds, wrong) = asks_again_when_forgotten(&["refuse-expired"]).await;
    assert!(matches!(told, append_response::Outcome::Slot(_)), "{told:?}");
    assert_eq!(holds, value("11"));
    assert!(wrong[0].contains("applied append 1 to k of client a twice: in slot 1 and in slot 5."), "{wrong:?}");
}

/// A server that answers appends and gets as somebody planned it.
#[derive(Clone, Default)]
struct Planned {
    answers: Arc<Mutex<VecDeque<Result<append_response::Outcome, Status>>>>,
    /// The number and what the client knew, of each request.
    asked: Arc<Mutex<Vec<(u32, u64)>>>,
}

impl Planned {
    fn next(&self, caller: Option<proto::Caller>) -> Result<append_response::Outcome, Status> {
        let caller = caller.unwrap();
        self.asked.lock().unwrap().push((caller.seq, caller.since));
        self.answers.lock().unwrap().pop_front().unwrap()
    }
}

#[tonic::async_trait]
impl KeyValue for Planned {
    async fn append(&self, request: Request<proto::AppendRequest>) -> Result<Response<proto::AppendResponse>, Status> {
        let outcome = Some(self.next(request.into_inner().caller)?);
        Ok(Response::new(proto::AppendResponse { outcome }))
    }

    async fn get(&self, request: Request<proto::GetRequest>) -> Result<Response<proto::GetResponse>, Status> {
        let outcome = match self.next(request.into_inner().caller)? {
            append_response::Outcome::Expired(expired) => get_response::Outcome::Expired(expired),
            _ => get_response::Outcome::Found(get_response::Found { value: None, slot: 50 }),
        };
        Ok(Response::new(proto::GetResponse { outcome: Some(outcome) }))
    }

    async fn get_leader(
        &self,
        _: Request<proto::GetLeaderRequest>,
    ) -> Result<Response<proto::GetLeaderResponse>, Status> {
        Ok(Response::new(proto::GetLeaderResponse { leader: None, applied_to: 7 }))
    }

    async fn put(&self, _: Request<proto::PutRequest>) -> Result<Response<proto::PutResponse>, Status> {
        Err(Status::unimplemented("nobody asks for that here"))
    }

    async fn delete(&self, _: Request<proto::DeleteRequest>) -> Result<Response<proto::DeleteResponse>, Status> {
        Err(Status::unimplemented("nobody asks for that here"))
    }

    async fn cas(&self, _: Request<proto::CasRequest>) -> Result<Response<proto::CasResponse>, Status> {
        Err(Status::unimplemented("nobody asks for that here"))
    }

    async fn status(&self, _: Request<proto::StatusRequest>) -> Result<Response<proto::StatusResponse>, Status> {
        Err(Status::unimplemented("nobody asks for that here"))
    }
}

/// A client, and the server that it asks.
async fn planned<const N: usize>(answers: [Result<append_response::Outcome, Status>; N]) -> (Client, Planned) {
    let server = Planned { answers: Arc::new(Mutex::new(answers.into())), ..Planned::default() };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let service = KeyValueServer::new(server.clone());
    let served = tonic::transport::Server::builder().add_service(service);
    tokio::spawn(served.serve_with_incoming(TcpListenerStream::new(listener)));
    (Client::new(vec![address], Way::default()).unwrap(), server)
}

const fn expired(from: u64) -> Result<append_response::Outcome, Status> {
    Ok(append_response::Outcome::Expired(proto::Expired { from }))
}

fn silence() -> Result<append_response::Outcome, Status> {
    Err(Status::unavailable("nothing was decided within 5 seconds"))
}

#[tokio::test]
async fn a_client_begins_anew_where_nothing_can_have_taken_effect_and_says_so_where_something_may() {
    let append = Op::Append { key: text("k"), value: text("1") };
    let done = Ok(append_response::Outcome::Slot(50));
    let not_leader = Ok(append_response::Outcome::NotLeader(proto::NotLeader { leader: None }));

    // Each request was answered: a server that does not lead has not taken it.
    let (mut client, server) = planned([not_leader, expired(40), done.clone(), done.clone()]).await;
    assert_eq!(client.execute(&append, SOON).await, Ok((Output::Done, 50)));
    assert_eq!(client.execute(&append, SOON).await, Ok((Output::Done, 50)));
    assert_eq!(*server.asked.lock().unwrap(), [(1, 7), (1, 7), (2, 40), (3, 50)]);

    // One was not, and may have done anything.
    let (mut client, server) = planned([silence(), expired(40), done.clone()]).await;
    assert_eq!(client.execute(&append, SOON).await, Err(ClientError::Forgotten));
    assert_eq!(client.execute(&append, SOON).await, Ok((Output::Done, 50)));
    assert_eq!(*server.asked.lock().unwrap(), [(1, 7), (1, 7), (2, 40)]);

    // Who reads does nothing.
    let (mut client, server) = planned([silence(), expired(40), done]).await;
    assert_eq!(client.execute(&get("k"), SOON).await, Ok((Output::Value(None), 50)));
    assert_eq!(*server.asked.lock().unwrap(), [(1, 7), (1, 7), (2, 40)]);
}
