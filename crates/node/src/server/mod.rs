//! One process: a runner, its links, and the services that others call.

mod admin;
mod connections;
mod faults;
mod key_value;
mod link;
mod paxos;
mod pieces;
mod standing;

use std::collections::HashMap;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, anyhow};
use quorum_core::paxos::NodeId;
use tokio::net::TcpListener;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;
use tonic::Status;
use tonic::service::Routes;
use tonic::service::interceptor::InterceptedService;
use tonic::transport::{Channel, Endpoint, Server};

use crate::config::Cluster;
use crate::limits::{MAX_ENVELOPE_BYTES, MAX_ON_LINK, MAX_REQUEST_BYTES, MAX_STREAMS};
use crate::proto::admin_server::AdminServer;
use crate::proto::key_value_server::KeyValueServer;
use crate::proto::paxos_server::PaxosServer;
use crate::runner::{Inbox, Parts, Recorder, Runner, View};
use crate::storage::{Disk, Storage, Store};
use crate::tls::{Access, Keys};
use crate::token::Token;

use connections::Connections;
use standing::Standing;

pub use faults::{Faults, InitialFaults};

/// How often the other end of a connection is asked whether it is there, and how long it may take to say so.
const PING: (Duration, Duration) = (Duration::from_secs(2), Duration::from_secs(4));

/// Who a server is.
#[derive(Clone, Debug)]
pub struct Member {
    /// Its number.
    pub id: NodeId,
    /// Its cluster.
    pub cluster: Arc<Cluster>,
}

/// What one process is started with.
pub struct Start {
    /// Who it is.
    pub member: Member,
    /// Who may make faults; `None`: nobody.
    pub token: Option<Token>,
    /// Who is told everything.
    pub recorder: Option<Box<dyn Recorder>>,
    /// What is wrong with its world from the first moment.
    pub faults: InitialFaults,
    /// The latest record that has begun in this cluster; 0: none.
    pub epoch: u64,
}

/// Runs a server with the file in this folder, until its disk fails.
///
/// # Errors
/// Why it cannot run, or why it ended.
pub async fn run(start: Start, data: &Path) -> Result<()> {
    let Member { id, cluster } = &start.member;
    let identity = cluster.identity(*id);
    let address = *cluster.servers.get(id).ok_or_else(|| anyhow!("the cluster has no server {id}"))?;
    cluster.is_safe()?;
    connections::ask_for_files();
    let store = Store::open(data, &identity)?;
    let listener = TcpListener::bind(address).await.with_context(|| {
        format!("server {id} cannot listen on {address}: is it running already, or does something else use this port?")
    })?;
    serve(start, Box::new(store), listener).await
}

/// Runs a server with a storage and a listener of one's own.
///
/// # Errors
/// Why it ended.
pub async fn serve(start: Start, storage: Box<dyn Storage>, listener: TcpListener) -> Result<()> {
    let Start { member, token, recorder, faults: initial, epoch } = start;
    let Member { id, cluster } = member.clone();
    let kept = storage.kept()?;
    let standing = Standing::new(storage.number(), kept.records.paxos.lost);
    let disk = Disk::start(storage)?;
    let keys = match &cluster.keys {
        Some(folder) => Some(Arc::new(Keys::load(folder, id, cluster.servers.keys().copied())?)),
        None => None,
    };
    let peers = peers(&member, keys.as_deref())?;
    let faults = Faults::new(peers.keys().copied(), disk.extra_ms());
    faults.inflict(&initial);
    let mut links = HashMap::new();
    for (peer, channel) in &peers {
        let (link, waiting) = mpsc::channel(MAX_ON_LINK);
        links.insert(*peer, link);
        let (cluster, sessions, standing) = (cluster.name.parse()?, cluster.sessions, standing.clone());
        let who = link::Introduction { cluster, sessions, from: id, to: *peer, standing };
        let tell = move |what: &str| eprintln!("server {id}: {what}");
        tokio::spawn(link::carry(who, channel.clone(), waiting, faults.clone(), tell));
    }
    let (settings, delays) = (cluster.settings(), cluster.delays());
    let (runner, inbox, view) = Runner::new(Parts { me: id, settings, delays, kept, disk, links, recorder, epoch });
    let mut server = Server::builder()
        .max_concurrent_streams(MAX_STREAMS)
        .http2_keepalive_interval(Some(PING.0))
        .http2_keepalive_timeout(Some(PING.1));
    if let Some(keys) = &keys {
        server = server.tls_config(keys.listens())?;
    }
    let (peers, access) = (Arc::new(peers), Access(keys));
    let own = Own { member, inbox, view, peers, faults, access, standing };
    let served = server.add_routes(own.routes(token).await?).serve_with_incoming(Connections::new(listener));
    // A task of its own: what arrives on a thread is decided on that very thread, and nobody has to be woken for it.
    let mut running = JoinSet::new();
    running.spawn(runner.run());
    tokio::select! {
        Some(ended) = running.join_next() => ended??,
        ended = served => ended?,
    }
    Ok(())
}

/// The way to each of the other servers. It is connected when it is used.
fn peers(member: &Member, keys: Option<&Keys>) -> Result<HashMap<NodeId, Channel>> {
    let others = member.cluster.servers.iter().filter(|(peer, _)| **peer != member.id);
    let way = |(peer, address): (&NodeId, &SocketAddr)| {
        let endpoint = match keys {
            None => Endpoint::from_shared(format!("http://{address}"))?,
            Some(keys) => Endpoint::from_shared(format!("https://{address}"))?.tls_config(keys.reaches(*peer))?,
        };
        // Whoever answers no ping is not there any more, whatever the network says.
        let endpoint =
            endpoint.http2_keep_alive_interval(PING.0).keep_alive_timeout(PING.1).keep_alive_while_idle(true);
        Ok((*peer, endpoint.tcp_nodelay(true).connect_lazy()))
    };
    others.map(way).collect()
}

/// What all services of one process have.
#[derive(Clone, Debug)]
struct Own {
    member: Member,
    inbox: Inbox,
    view: watch::Receiver<View>,
    /// The way to the other servers.
    peers: Arc<HashMap<NodeId, Channel>>,
    faults: Faults,
    access: Access,
    /// What servers think of each other's files.
    standing: Standing,
}

impl Own {
    async fn routes(self, token: Option<Token>) -> Result<Routes> {
        let Self { faults, access, inbox, .. } = self.clone();
        let paxos = PaxosServer::new(paxos::Paxos { own: self.clone() }).max_decoding_message_size(MAX_ENVELOPE_BYTES);
        let store = KeyValueServer::new(key_value::KeyValue { own: self });
        let store = InterceptedService::new(store.max_decoding_message_size(MAX_REQUEST_BYTES), access);
        let (health, health_service) = tonic_health::server::health_reporter();
        health.set_serving::<KeyValueServer<key_value::KeyValue>>().await;
        let reflection = tonic_reflection::server::Builder::configure()
            .register_encoded_file_descriptor_set(crate::proto::DESCRIPTORS)
            .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
            .build_v1()?;
        let mut routes = Routes::new(paxos).add_service(store).add_service(health_service).add_service(reflection);
        if let Some(token) = token {
            routes = routes.add_service(AdminServer::new(admin::Admin { token, faults, inbox }));
        }
        Ok(routes)
    }
}

/// There is no room for a request.
fn overloaded() -> Status {
    Status::resource_exhausted("this server has too much to do. The operation was not taken: ask again")
}
