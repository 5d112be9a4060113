//! One server's services, as anybody may call them: promises and votes by hand, reflection, and what is not a request.

mod support;

use std::collections::BTreeMap;
use std::sync::Arc;

use prost_reflect::{DescriptorPool, DynamicMessage, Value};
use quorum_core::paxos::NodeId;
use quorum_node::client::Way;
use quorum_node::config::{Cluster, Timing};
use quorum_node::limits::MAX_REQUEST_BYTES;
use quorum_node::proto::admin_client::AdminClient;
use quorum_node::proto::key_value_client::KeyValueClient;
use quorum_node::proto::paxos_client::PaxosClient;
use quorum_node::proto::{self, accept_response, prepare_response, put_response};
use quorum_node::server::{InitialFaults, Member, Start, serve};
use quorum_node::storage::Memory;
use quorum_node::token::Token;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tonic::client::Grpc;
use tonic::codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder};
use tonic::transport::Channel;
use tonic::{Code, Request, Status};
use tonic_reflection::pb::v1::ServerReflectionRequest;
use tonic_reflection::pb::v1::server_reflection_client::ServerReflectionClient;
use tonic_reflection::pb::v1::server_reflection_request::MessageRequest;
use tonic_reflection::pb::v1::server_reflection_response::MessageResponse;

fn channel(server: &str) -> Result<Channel, Status> {
    Way::default().channel(server)
}

/// A server of so many in this process, with a store in memory. The others are not there.
async fn server(of: u32) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let nobody = support::free_ports(of as usize);
    let mut servers: BTreeMap<_, _> = (1..=of).filter_map(NodeId::new).zip(nobody).collect();
    servers.insert(NodeId::FIRST, address);
    let timing = Timing { retry_ms: 150, window: 8 };
    let (name, sessions, off) = ("services".into(), 64, Vec::new());
    let cluster = Cluster { name, servers, timing, snapshot_every: 64, sessions, keys: None, off };
    let member = Member { id: NodeId::FIRST, cluster: Arc::new(cluster) };
    let (token, faults) = (Some(Token::new("secret")), InitialFaults::default());
    tokio::spawn(serve(
        Start { member, token, recorder: None, faults, epoch: 0 },
        Box::new(Memory::default()),
        listener,
    ));
    address.to_string()
}

fn ballot(round: u32, server: u32) -> Option<proto::Ballot> {
    Some(proto::Ballot { round, server })
}

fn prepare(round: u32, server: u32) -> proto::PrepareRequest {
    proto::PrepareRequest { prepare: Some(proto::Prepare { ballot: ballot(round, server), from: 1 }) }
}

fn accept(round: u32, slot: u64) -> proto::AcceptRequest {
    let entry = proto::Entry { kind: Some(proto::entry::Kind::NoOp(proto::entry::NoOp {})) };
    let vote = proto::Vote { slot, ballot: ballot(round, 101), entry: Some(entry) };
    proto::AcceptRequest { accept: Some(proto::Accept { vote: Some(vote), chosen_to: 0 }) }
}

#[tokio::test]
async fn anybody_can_talk_paxos_with_a_plain_client() {
    let server = server(3).await;
    let mut paxos = PaxosClient::new(channel(&server).unwrap());
    let promised = paxos.prepare(prepare(7, 101)).await.unwrap().into_inner().outcome.unwrap();
    let prepare_response::Outcome::Promise(promise) = promised else { panic!("{promised:?}") };
    assert_eq!((promise.ballot, promise.accepted.len()), (ballot(7, 101), 0));
    let voted = paxos.accept(accept(7, 1)).await.unwrap().into_inner().outcome;
    let accepted = proto::Accepted { ballot: ballot(7, 101), slot: 1 };
    assert_eq!(voted, Some(accept_response::Outcome::Accepted(accepted)));
    // A lower ballot is refused, with the promise that caused it; a higher one hears of the vote.
    let refused = paxos.prepare(prepare(6, 101)).await.unwrap().into_inner().outcome;
    let nack = proto::Nack { ballot: ballot(6, 101), promised: ballot(7, 101) };
    assert_eq!(refused, Some(prepare_response::Outcome::Nack(nack)));
    let refused = paxos.accept(accept(6, 2)).await.unwrap().into_inner().outcome;
    assert_eq!(refused, Some(accept_response::Outcome::Nack(nack)));
    let promised = paxos.prepare(prepare(8, 101)).await.unwrap().into_inner().outcome.unwrap();
    let prepare_response::Outcome::Promise(promise) = promised else { panic!("{promised:?}") };
    assert_eq!(promise.accepted.iter().map(|vote| vote.slot).collect::<Vec<_>>(), [1]);
}

#[tokio::test]
async fn who_asks_from_outside_can_neither_pose_as_a_member_nor_use_numbers_up() {
    let mut paxos = PaxosClient::new(channel(&server(3).await).unwrap());
    let refused = |status: Status| {
        assert_eq!(status.code(), Code::InvalidArgument);
        status.message().to_owned()
    };
    let member = refused(paxos.prepare(prepare(7, 2)).await.unwrap_err());
    assert!(member.starts_with("ballot 7.2 belongs to server 2, which is a member of this cluster"), "{member}");
    let nobody = refused(paxos.prepare(prepare(7, 102)).await.unwrap_err());
    assert_eq!(nobody, "there is no server 102: servers are numbered 1 to 101");
    let high = refused(paxos.prepare(prepare(u32::MAX, 101)).await.unwrap_err());
    assert!(high.contains("too far above"), "{high}");
    for slot in [0, 1001, u64::MAX] {
        let far = refused(paxos.accept(accept(7, slot)).await.unwrap_err());
        assert!(far.contains("takes votes up to slot 1000"), "{far}");
    }
    let empty = refused(paxos.accept(proto::AcceptRequest { accept: None }).await.unwrap_err());
    assert_eq!(empty, "there is no accept");
}

#[tokio::test]
async fn a_stream_of_another_cluster_or_for_another_server_is_refused() {
    let mut paxos = PaxosClient::new(channel(&server(3).await).unwrap());
    let mut deliver = async |cluster: &str, from: &str, to: &str, envelope: proto::Envelope| {
        let mut request = Request::new(tokio_stream::iter([envelope]));
        let (cluster, sessions) = cluster.split_once('/').unwrap_or((cluster, "64"));
        let said =
            [("quorum-cluster", cluster), ("quorum-sessions", sessions), ("quorum-from", from), ("quorum-to", to)];
        for (name, value) in said {
            request.metadata_mut().insert(name, value.parse().unwrap());
        }
        paxos
            .deliver(request)
            .await
            .map(|response| response.into_inner().messages)
            .map_err(|status| status.message().to_owned())
    };
    let heartbeat = || {
        let kind = proto::message::Kind::Heartbeat(proto::Heartbeat::default());
        proto::Envelope {
            incarnation: 1,
            sequence: 1,
            message: Some(proto::Message { kind: Some(kind) }),
            piece: None,
            epoch: 0,
        }
    };
    assert_eq!(deliver("services", "2", "1", heartbeat()).await, Ok(1));
    let other = deliver("others", "2", "1", heartbeat()).await.unwrap_err();
    assert_eq!(other, "this server belongs to the cluster \"services\", and the stream to \"others\"");
    assert!(deliver("services", "2", "3", heartbeat()).await.unwrap_err().starts_with("this is server 1"));
    let forgetful = deliver("services/2", "2", "1", heartbeat()).await.unwrap_err();
    assert!(forgetful.starts_with("this server remembers 64 clients, and server \"2\" remembers 2"), "{forgetful}");
    for stranger in ["1", "4", "x", ""] {
        let refused = deliver("services", stranger, "1", heartbeat()).await.unwrap_err();
        assert!(refused.starts_with("there is no other server"), "{refused}");
    }
    let empty = deliver("services", "2", "1", proto::Envelope::default()).await.unwrap_err();
    assert_eq!(empty, "an envelope is empty");
    let nameless = proto::Envelope { message: Some(proto::Message { kind: None }), ..heartbeat() };
    assert!(deliver("services", "2", "1", nameless).await.unwrap_err().contains("\"message\" is missing"));
    assert_eq!(deliver("services", "2", "1", heartbeat()).await, Ok(1), "it is as well as before");
}

#[tokio::test]
async fn faults_want_the_token() {
    let server = server(3).await;
    let mut admin = AdminClient::new(channel(&server).unwrap());
    let disk = proto::SetDiskRequest { extra_ms: 1 };
    for said in [None, Some("Bearer guess"), Some("secret"), Some("")] {
        let mut request = Request::new(disk);
        if let Some(said) = said {
            request.metadata_mut().insert("authorization", said.parse().unwrap());
        }
        assert_eq!(admin.set_disk(request).await.unwrap_err().code(), Code::PermissionDenied, "{said:?}");
    }
    let with_token = |body| {
        let mut request = Request::new(body);
        request.metadata_mut().insert("authorization", "Bearer secret".parse().unwrap());
        request
    };
    admin.set_disk(with_token(disk)).await.unwrap();
    let long = admin.set_disk(with_token(proto::SetDiskRequest { extra_ms: 60_001 })).await.unwrap_err();
    assert_eq!(long.message(), "a disk is slowed by at most 60000 ms");
    let mut request = Request::new(proto::SetLinkRequest { peer: 1, cut_to: Some(true), cut_from: None });
    request.metadata_mut().insert("authorization", "Bearer secret".parse().unwrap());
    assert_eq!(admin.set_link(request).await.unwrap_err().message(), "this server has no link to a server 1");
}

/// Server 2 asks server 1 for a promise, as servers do.
async fn deliver_prepare(server: &str, round: u32) {
    let prepare = proto::Prepare { ballot: ballot(round, 2), from: 1 };
    let message = Some(proto::Message { kind: Some(proto::message::Kind::Prepare(prepare)) });
    let mut request = Request::new(tokio_stream::iter([proto::Envelope {
        incarnation: 1,
        sequence: 1,
        message,
        piece: None,
        epoch: 0,
    }]));
    for (name, value) in
        [("quorum-cluster", "services"), ("quorum-sessions", "64"), ("quorum-from", "2"), ("quorum-to", "1")]
    {
        request.metadata_mut().insert(name, value.parse().unwrap());
    }
    PaxosClient::new(channel(server).unwrap()).deliver(request).await.unwrap();
}

#[tokio::test]
async fn what_a_server_is_cut_from_does_not_reach_it() {
    let server = server(3).await;
    let cut = async |cut: bool| {
        let mut request = Request::new(proto::SetLinkRequest { peer: 2, cut_to: None, cut_from: Some(cut) });
        request.metadata_mut().insert("authorization", "Bearer secret".parse().unwrap());
        AdminClient::new(channel(&server).unwrap()).set_link(request).await.unwrap();
    };
    cut(true).await;
    deliver_prepare(&server, 50).await;
    cut(false).await;
    deliver_prepare(&server, 40).await;
    // Had the first one reached it, it would follow that, and refuse the second.
    support::eventually("it promises the ballot that reached it", || async {
        let status = Way::default().status(&server).await.unwrap();
        (status.ballot == ballot(40, 2)).then_some(())
    })
    .await;
}

fn put(value: String) -> proto::PutRequest {
    let caller = Some(proto::Caller { client: 1, seq: 1, forward: false, since: 0 });
    proto::PutRequest { caller, key: "k".into(), value }
}

/// Waits until the only server leads, and stores something.
async fn stores(store: &mut KeyValueClient<Channel>) -> bool {
    support::eventually("the only server leads", || {
        let mut store = store.clone();
        async move {
            let outcome = store.put(put("v".into())).await.unwrap().into_inner().outcome;
            matches!(outcome, Some(put_response::Outcome::Slot(_))).then_some(true)
        }
    })
    .await
}

#[tokio::test]
async fn what_is_too_large_or_makes_no_sense_is_refused_with_a_sentence() {
    let mut store = KeyValueClient::new(channel(&server(1).await).unwrap());
    let long = store.put(put("x".repeat(65_537))).await.unwrap_err();
    assert_eq!(long.message(), "\"value\" has at most 65536 bytes, and this one has 65537: shorten it");
    let oversized = store.put(put("x".repeat(MAX_REQUEST_BYTES))).await.unwrap_err();
    assert_eq!(oversized.code(), Code::OutOfRange, "{oversized}");
    assert!(oversized.message().contains("the limit is: 262144 bytes"), "{oversized}");
    let nobody = store.put(proto::PutRequest { caller: None, ..put("v".into()) }).await.unwrap_err();
    assert!(nobody.message().starts_with("the field \"caller\" is missing"), "{nobody}");
    let zeroth = proto::PutRequest { caller: Some(proto::Caller::default()), ..put("v".into()) };
    assert_eq!(store.put(zeroth).await.unwrap_err().message(), "sequence numbers count from 1");
    let far = proto::Caller { client: 1, seq: 1, forward: false, since: 1 << 53 };
    let far = store.put(proto::PutRequest { caller: Some(far), ..put("v".into()) }).await.unwrap_err();
    assert!(
        far.message().starts_with("\"since\" is at most 9007199254740991, and this one is 9007199254740992"),
        "{far}"
    );
    assert!(stores(&mut store).await);
}

/// Bytes as they are, in both directions.
#[derive(Default)]
struct Raw;

impl Codec for Raw {
    type Encode = Vec<u8>;
    type Decode = Vec<u8>;
    type Encoder = Self;
    type Decoder = Self;

    fn encoder(&mut self) -> Self {
        Self
    }

    fn decoder(&mut self) -> Self {
        Self
    }
}

impl Encoder for Raw {
    type Item = Vec<u8>;
    type Error = Status;

    fn encode(&mut self, item: Vec<u8>, to: &mut EncodeBuf<'_>) -> Result<(), Status> {
        bytes::BufMut::put_slice(to, &item);
        Ok(())
    }
}

impl Decoder for Raw {
    type Item = Vec<u8>;
    type Error = Status;

    fn decode(&mut self, from: &mut DecodeBuf<'_>) -> Result<Option<Vec<u8>>, Status> {
        let mut bytes = vec![0; bytes::Buf::remaining(from)];
        bytes::Buf::copy_to_slice(from, &mut bytes);
        Ok(Some(bytes))
    }
}

async fn call(server: &str, method: &str, body: Vec<u8>) -> Result<Vec<u8>, Status> {
    let mut grpc = Grpc::new(channel(server).unwrap());
    grpc.ready().await.unwrap();
    grpc.unary(Request::new(body), method.parse().unwrap(), Raw).await.map(tonic::Response::into_inner)
}

#[tokio::test]
async fn bytes_that_are_no_message_and_connections_that_are_no_http_end_nothing() {
    let server = server(1).await;
    for method in ["KeyValue/Put", "KeyValue/Status", "Paxos/Prepare", "Paxos/Deliver", "Admin/SetLink"] {
        let refused = call(&server, &format!("/quorum.v1.{method}"), vec![0xFF; 40]).await.unwrap_err();
        assert!(!refused.message().is_empty() && refused.code() != Code::Ok, "{method}: {refused}");
    }
    assert_eq!(call(&server, "/quorum.v1.KeyValue/Nothing", Vec::new()).await.unwrap_err().code(), Code::Unimplemented);
    for junk in
        [&b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"[..], &[0; 100], b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\xff\xff\xff\x04junk"]
    {
        let mut stream = TcpStream::connect(&server).await.unwrap();
        stream.write_all(junk).await.unwrap();
        let _ = stream.shutdown().await;
        let _ = stream.read_to_end(&mut Vec::new()).await;
    }
    assert!(stores(&mut KeyValueClient::new(channel(&server).unwrap())).await);
}

async fn reflect(server: &str, ask: MessageRequest) -> MessageResponse {
    let mut reflection = ServerReflectionClient::new(channel(server).unwrap());
    let request = ServerReflectionRequest { host: String::new(), message_request: Some(ask) };
    let mut answers = reflection.server_reflection_info(tokio_stream::iter([request])).await.unwrap().into_inner();
    answers.message().await.unwrap().unwrap().message_response.unwrap()
}

#[tokio::test]
async fn a_client_that_knows_nothing_learns_by_reflection_how_to_ask() {
    let server = server(1).await;
    let MessageResponse::ListServicesResponse(list) =
        reflect(&server, MessageRequest::ListServices(String::new())).await
    else {
        panic!("it lists nothing")
    };
    let names: Vec<String> = list.service.into_iter().map(|service| service.name).collect();
    for name in ["quorum.v1.Paxos", "quorum.v1.KeyValue", "grpc.health.v1.Health"] {
        assert!(names.iter().any(|other| other == name), "{name} is not among {names:?}");
    }
    let symbol = MessageRequest::FileContainingSymbol("quorum.v1.KeyValue".into());
    let MessageResponse::FileDescriptorResponse(files) = reflect(&server, symbol).await else { panic!("no file") };
    let mut described: Vec<prost_types::FileDescriptorProto> =
        files.file_descriptor_proto.iter().map(|file| prost::Message::decode(file.as_slice()).unwrap()).collect();
    // What a file imports is asked for by its name.
    for import in described[0].dependency.clone() {
        let MessageResponse::FileDescriptorResponse(files) =
            reflect(&server, MessageRequest::FileByFilename(import)).await
        else {
            panic!("no file")
        };
        described.extend(
            files
                .file_descriptor_proto
                .iter()
                .map(|file| <prost_types::FileDescriptorProto as prost::Message>::decode(file.as_slice()).unwrap()),
        );
    }
    let mut pool = DescriptorPool::new();
    pool.add_file_descriptor_protos(described).unwrap();
    let service = pool.get_service_by_name("quorum.v1.KeyValue").unwrap();
    let put = service.methods().find(|method| method.name() == "Put").unwrap();
    let mut caller = DynamicMessage::new(pool.get_message_by_name("quorum.v1.Caller").unwrap());
    caller.set_field_by_name("client", Value::U64(5));
    caller.set_field_by_name("seq", Value::U32(1));
    let mut request = DynamicMessage::new(put.input());
    request.set_field_by_name("caller", Value::Message(caller));
    request.set_field_by_name("key", Value::String("k".into()));
    request.set_field_by_name("value", Value::String("v".into()));
    let body = prost::Message::encode_to_vec(&request);
    let slot = support::eventually("the only server leads", || async {
        let answer = call(&server, "/quorum.v1.KeyValue/Put", body.clone()).await.unwrap();
        let answer = DynamicMessage::decode(put.output(), answer.as_slice()).unwrap();
        answer.has_field_by_name("slot").then(|| answer.get_field_by_name("slot").unwrap().as_u64().unwrap())
    });
    assert_eq!(slot.await, 1);
}

#[tokio::test]
async fn a_server_says_that_it_is_well() {
    let channel = channel(&server(3).await).unwrap();
    let mut health = tonic_health::pb::health_client::HealthClient::new(channel);
    let request = tonic_health::pb::HealthCheckRequest { service: "quorum.v1.KeyValue".into() };
    let said = health.check(request).await.unwrap().into_inner().status();
    assert_eq!(said, tonic_health::pb::health_check_response::ServingStatus::Serving);
}
