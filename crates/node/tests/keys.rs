//! A cluster with keys: who has them is let in, and nobody else.

mod support;

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use quorum_core::log::Output;
use quorum_core::paxos::{NodeId, NodeSet};
use quorum_node::client::{Client, ClientError, Way};
use quorum_node::config::{Cluster, Timing};
use quorum_node::proto::key_value_client::KeyValueClient;
use quorum_node::proto::paxos_client::PaxosClient;
use quorum_node::proto::{self, put_response};
use quorum_node::server::{InitialFaults, Member, Start, serve};
use quorum_node::storage::Memory;
use quorum_node::tls::{self, ClientKeys};
use support::{SOON, eventually, get, put, text};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tonic::transport::{Certificate, Channel, ClientTlsConfig, Endpoint, Identity};
use tonic::{Code, Request};

struct Secured {
    folder: TempDir,
    addresses: Vec<String>,
}

/// Keys of three servers, in a new folder.
fn keys_in(folder: &Path, name: &str) -> PathBuf {
    let keys = folder.join(name);
    tls::make(&keys, NodeSet::first(3).iter()).unwrap();
    keys
}

/// Three servers in this process, which encrypt all that they say.
async fn secured() -> Secured {
    let folder = tempfile::tempdir().unwrap();
    let keys = Some(keys_in(folder.path(), "keys"));
    let (mut listeners, mut servers) = (Vec::new(), std::collections::BTreeMap::new());
    for id in NodeSet::first(3) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        servers.insert(id, listener.local_addr().unwrap());
        listeners.push((id, listener));
    }
    let addresses = servers.values().map(ToString::to_string).collect();
    let timing = Timing { retry_ms: 150, window: 8 };
    let cluster = Arc::new(Cluster {
        name: "secured".into(),
        servers,
        timing,
        snapshot_every: 64,
        sessions: 64,
        keys,
        off: Vec::new(),
    });
    for (id, listener) in listeners {
        let member = Member { id, cluster: Arc::clone(&cluster) };
        let start = Start { member, token: None, recorder: None, faults: InitialFaults::default(), epoch: 0 };
        tokio::spawn(serve(start, Box::new(Memory::default()), listener));
    }
    Secured { folder, addresses }
}

impl Secured {
    fn keys(&self) -> PathBuf {
        self.folder.path().join("keys")
    }

    fn way(&self) -> Way {
        ClientKeys::load(&self.keys()).unwrap().into()
    }

    /// What somebody with these keys is told.
    async fn refusal(&self, way: Way) -> ClientError {
        let mut client = Client::new(self.addresses.clone(), way).unwrap();
        client.execute(&get("k"), Duration::from_millis(400)).await.unwrap_err()
    }

    /// The way to server 1 with a certificate, if there is one.
    fn with_certificate(&self, of: Option<u32>) -> Channel {
        let read = |name: &str| fs::read(self.keys().join(name)).unwrap();
        let mut tls =
            ClientTlsConfig::new().ca_certificate(Certificate::from_pem(read("ca.pem"))).domain_name("quorum-node");
        if let Some(id) = of {
            tls =
                tls.identity(Identity::from_pem(read(&format!("server-{id}.pem")), read(&format!("server-{id}.key"))));
        }
        let endpoint = Endpoint::from_shared(format!("https://{}", self.addresses[0])).unwrap();
        endpoint.tls_config(tls).unwrap().connect_lazy()
    }
}

#[tokio::test]
async fn servers_with_keys_agree_and_clients_with_the_token_are_answered() {
    let secured = secured().await;
    let mut client = Client::new(secured.addresses.clone(), secured.way()).unwrap();
    assert_eq!(client.execute(&put("k", "v"), SOON).await.unwrap().0, Output::Done);
    assert_eq!(client.execute(&get("k"), SOON).await.unwrap().0, Output::Value(Some(text("v"))));
    // A server shows its certificate where it passes a request on.
    let way = secured.way();
    let forwarded = eventually("a follower passes it on", || async {
        let status = way.status(&secured.addresses[0]).await.unwrap();
        let follower = &secured.addresses[(status.leader? % 3) as usize];
        let caller = Some(proto::Caller { client: 9, seq: 1, forward: true, since: 0 });
        let request = proto::PutRequest { caller, key: "f".into(), value: "x".into() };
        way.store(follower).unwrap().put(request).await.unwrap().into_inner().outcome
    });
    assert!(matches!(forwarded.await, put_response::Outcome::Slot(_)));
}

#[tokio::test]
async fn who_lacks_the_keys_is_not_let_in() {
    let secured = secured().await;
    let plain = secured.refusal(Way::default()).await;
    assert!(matches!(plain, ClientError::Unanswered(_)), "{plain}");
    // Keys of another cluster: its authority did not sign these servers.
    let others = keys_in(secured.folder.path(), "others");
    let strangers = secured.refusal(ClientKeys::load(&others).unwrap().into()).await;
    assert!(matches!(strangers, ClientError::Unanswered(_)), "{strangers}");
    // The right authority, and another token.
    fs::copy(secured.keys().join("ca.pem"), others.join("ca.pem")).unwrap();
    let tokenless = secured.refusal(ClientKeys::load(&others).unwrap().into()).await;
    assert_eq!(
        tokenless,
        ClientError::Refused("this cluster wants a token: name the folder with its keys with --keys".into())
    );
    let prepare = Some(proto::Prepare { ballot: Some(proto::Ballot { round: 9, server: 101 }), from: 1 });
    let mut paxos = PaxosClient::new(secured.with_certificate(None));
    let refused = paxos.prepare(proto::PrepareRequest { prepare }).await.unwrap_err();
    assert_eq!(refused.code(), Code::Unauthenticated);
    let mut store = KeyValueClient::new(secured.with_certificate(None));
    assert_eq!(store.status(proto::StatusRequest {}).await.unwrap_err().code(), Code::Unauthenticated);
}

#[tokio::test]
async fn a_server_cannot_speak_for_another() {
    let secured = secured().await;
    let deliver = async |certificate, from: u32| {
        let mut request = Request::new(tokio_stream::iter(Vec::<proto::Envelope>::new()));
        request.metadata_mut().insert("quorum-cluster", "secured".parse().unwrap());
        request.metadata_mut().insert("quorum-sessions", 64.into());
        request.metadata_mut().insert("quorum-from", from.into());
        request.metadata_mut().insert("quorum-to", 1.into());
        PaxosClient::new(secured.with_certificate(certificate))
            .deliver(request)
            .await
            .map_err(|status| status.message().to_owned())
    };
    assert!(deliver(Some(2), 2).await.is_ok());
    assert_eq!(deliver(Some(3), 2).await.unwrap_err(), "this is not the certificate of server 2");
    assert_eq!(deliver(None, 2).await.unwrap_err(), "this is not the certificate of server 2");
}

#[test]
fn keys_are_for_those_who_have_them_and_are_never_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let keys = keys_in(folder.path(), "keys");
    for (name, mode) in [("ca.pem", 0o644), ("server-2.pem", 0o644), ("server-2.key", 0o600), ("token", 0o600)] {
        assert_eq!(fs::metadata(keys.join(name)).unwrap().permissions().mode() & 0o777, mode, "{name}");
    }
    assert_eq!(fs::read_dir(&keys).unwrap().count(), 8, "and nothing else: the authority's key is forgotten");
    let again = tls::make(&keys, NodeSet::first(3).iter()).unwrap_err().to_string();
    assert!(again.contains("keys are never replaced"), "{again}");
    let load = |me| tls::Keys::load(&keys, NodeId::new(me).unwrap(), NodeSet::first(3).iter());
    assert!(load(2).is_ok());
    let missing = load(4).unwrap_err().to_string();
    assert!(missing.contains("server-4.pem cannot be read: `quorum-node certs` makes keys"), "{missing}");
    fs::write(keys.join("server-1.pem"), "hello").unwrap();
    assert!(load(2).unwrap_err().to_string().contains("server-1.pem is no certificate"));
    fs::write(keys.join("token"), "short").unwrap();
    assert!(ClientKeys::load(&keys).unwrap_err().to_string().contains("has no token"));
}
