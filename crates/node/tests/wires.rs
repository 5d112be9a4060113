//! Five hosts with a wire for every pair of them, and wires that are taken down.
//!
//! Elsewhere a cut is a flag in the servers. Here it is the network: each server has a network namespace of its own, each pair a
//! `veth` wire, and a wire is down because somebody said `ip link set down`. Connections stall, addresses cannot be reached, and come
//! back, as they do where a cable is pulled. The addresses are no loopback addresses, so everything is encrypted, with keys that
//! `quorum-node certs` makes. Clients live in a sixth host, with a wire to each server that stays whole.
//!
//! That takes root and iproute2. Where either is missing, the test says so, and tests nothing.

mod support;

use std::collections::BTreeMap;
use std::fs::File;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::os::fd::AsFd as _;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use quorum_core::check::linear::Verdict;
use quorum_core::paxos::{NodeId, NodeSet};
use quorum_core::sim::Counter;
use quorum_node::client::{Client, Way};
use quorum_node::config::{Cluster, Timing};
use quorum_node::proto::status_response::Role;
use quorum_node::record::{Notes, notes_in};
use quorum_node::tls::{self, ClientKeys};
use rustix::thread::{LinkNameSpaceType, move_into_link_name_space};
use support::chaos::{Crowd, Told, from_environment};
use support::{eventually, not_tested};
use tempfile::TempDir;
use tokio::time::{Instant, sleep};

const SERVERS: u32 = 5;
/// The host of the clients.
const CLIENTS: u32 = 6;
const PORT: u16 = 7001;

fn address(host: u32) -> Ipv4Addr {
    Ipv4Addr::new(10, 77, 0, host as u8)
}

/// Hosts and the wires between them. They are gone when this is.
struct Hosts {
    prefix: String,
}

/// Does what a line says with `ip`.
fn ip(line: &str) -> Result<(), String> {
    let output = Command::new("ip").args(line.split(' ')).output().map_err(|error| format!("ip: {error}"))?;
    if output.status.success() {
        return Ok(());
    }
    Err(format!("ip {line}: {}", String::from_utf8_lossy(&output.stderr).trim()))
}

impl Hosts {
    /// Makes them all, or says why there can be none here. Whoever can have one can have all.
    fn make() -> Result<Self, String> {
        let hosts = Self { prefix: format!("quorum-{}", std::process::id()) };
        ip(&format!("netns add {}", hosts.name(1)))?;
        hosts.connect().unwrap_or_else(|why| panic!("{why}"));
        Ok(hosts)
    }

    fn connect(&self) -> Result<(), String> {
        for host in 1..=CLIENTS {
            let name = self.name(host);
            if host > 1 {
                ip(&format!("netns add {name}"))?;
            }
            ip(&format!("-n {name} link set lo up"))?;
            ip(&format!("-n {name} address add {}/32 dev lo", address(host)))?;
        }
        for (a, b) in self.pairs(CLIENTS) {
            let (here, there) = (self.name(a), self.name(b));
            ip(&format!("link add to-{b} netns {here} type veth peer name to-{a} netns {there}"))?;
            self.up(a, b)?;
            self.up(b, a)?;
        }
        Ok(())
    }

    fn name(&self, host: u32) -> String {
        format!("{}-{host}", self.prefix)
    }

    fn pairs(&self, hosts: u32) -> Vec<(u32, u32)> {
        (1..=hosts).flat_map(|a| (a + 1..=hosts).map(move |b| (a, b))).collect()
    }

    /// One end of a wire: what is for the other host goes there, and nowhere else.
    fn up(&self, host: u32, other: u32) -> Result<(), String> {
        let (name, to, own) = (self.name(host), address(other), address(host));
        ip(&format!("-n {name} link set to-{other} up"))?;
        ip(&format!("-n {name} route replace {to}/32 dev to-{other} src {own}"))
    }

    /// Takes the wire between two hosts down.
    fn down(&self, (a, b): (u32, u32)) -> Result<(), String> {
        ip(&format!("-n {} link set to-{b} down", self.name(a)))
    }

    /// The calling thread is in this host from now on.
    fn enter(&self, host: u32) {
        let network = File::open(format!("/run/netns/{}", self.name(host))).unwrap();
        move_into_link_name_space(network.as_fd(), Some(LinkNameSpaceType::Network)).unwrap();
    }
}

impl Drop for Hosts {
    fn drop(&mut self) {
        for host in 1..=CLIENTS {
            let _ = ip(&format!("netns delete {}", self.name(host)));
        }
    }
}

/// A server in each host.
struct Network {
    servers: Vec<Child>,
    folder: TempDir,
    cluster: Cluster,
    keys: PathBuf,
    hosts: Hosts,
}

impl Network {
    fn start(hosts: Hosts) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let keys = folder.path().join("keys");
        tls::make(&keys, NodeSet::first(SERVERS).iter()).unwrap();
        let at = |id: NodeId| (id, SocketAddr::new(IpAddr::V4(address(id.get())), PORT));
        let servers: BTreeMap<_, _> = NodeSet::first(SERVERS).iter().map(at).collect();
        let timing = Timing { retry_ms: 150, window: 64 };
        let cluster = Cluster {
            name: "wires".to_owned(),
            servers,
            timing,
            snapshot_every: 64,
            sessions: 64,
            keys: Some("keys".into()),
            off: Vec::new(),
        };
        std::fs::write(folder.path().join("cluster.toml"), cluster.to_toml()).unwrap();
        let mut network = Self { servers: Vec::new(), folder, cluster, keys, hosts };
        network.servers = NodeSet::first(SERVERS).iter().map(|id| network.server(id)).collect();
        network
    }

    fn server(&self, id: NodeId) -> Child {
        let folder = self.folder.path();
        Command::new("ip")
            .args(["netns", "exec", &self.hosts.name(id.get()), env!("CARGO_BIN_EXE_quorum-node")])
            .args(["run", "--supervised", "--id", &id.to_string(), "--config"])
            .arg(folder.join("cluster.toml"))
            .arg("--data")
            .arg(folder.join(format!("server-{id}")))
            .arg("--notes")
            .arg(notes_in(folder, id))
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .unwrap()
    }

    fn way(&self) -> Way {
        ClientKeys::load(&self.keys).unwrap().into()
    }

    /// The server that leads and that a majority follows.
    async fn leader(&self) -> Option<u32> {
        let mut all = Vec::new();
        for address in self.cluster.servers.values() {
            all.extend(self.way().status(&address.to_string()).await);
        }
        let leads = all.iter().filter(|status| status.role() == Role::Leader);
        let leader = leads.max_by_key(|status| status.ballot.map(|ballot| ballot.round))?;
        let follow = all.iter().filter(|one| one.leader == Some(leader.id) && one.ballot == leader.ballot).count();
        (follow > SERVERS as usize / 2).then_some(leader.id)
    }

    fn end(&mut self) {
        for server in &mut self.servers {
            let _ = server.kill();
            let _ = server.wait();
        }
    }
}

impl Drop for Network {
    fn drop(&mut self) {
        self.end();
    }
}

/// Wires go down and come up again. Says how often another one led then.
async fn pull_wires(network: &Network, seed: u64, time: Duration, begun: Instant) -> u32 {
    let mut draws = Counter::new(seed);
    let (mut leader, mut changes) = (network.leader().await, 0);
    let pairs = network.hosts.pairs(SERVERS);
    while begun.elapsed() < time {
        let (what, down): (_, Vec<_>) = match (draws.between(0, 2), leader) {
            (0, Some(leader)) => {
                let its = pairs.iter().copied().filter(|(a, b)| *a == leader || *b == leader);
                ("all wires of the leader", its.collect())
            }
            (wires, _) => {
                let drawn = (0..=wires).map(|_| pairs[draws.between(0, pairs.len() as u32 - 1) as usize]);
                ("wires", drawn.collect())
            }
        };
        down.iter().for_each(|wire| network.hosts.down(*wire).unwrap());
        sleep(Duration::from_millis(draws.between(400, 1500).into())).await;
        let next = network.leader().await;
        changes += u32::from(next.is_some() && next != leader);
        let (was, is) = (leader.map_or(0, |it| it), next.map_or(0, |it| it));
        println!("{:>6} ms  down: {what} {down:?}; leader {was}, then {is}", begun.elapsed().as_millis());
        for (a, b) in down {
            network.hosts.up(a, b).unwrap();
        }
        sleep(Duration::from_millis(draws.between(100, 500).into())).await;
        leader = network.leader().await;
    }
    changes
}

/// A leader without a wire leads nobody.
async fn another_one_leads(network: &Network) {
    let first = eventually("somebody leads", || network.leader()).await;
    let wires = network.hosts.pairs(SERVERS).into_iter().filter(|(a, b)| *a == first || *b == first);
    let wires: Vec<_> = wires.collect();
    wires.iter().for_each(|wire| network.hosts.down(*wire).unwrap());
    let other = || async { network.leader().await.filter(|next| *next != first) };
    let next = eventually("another one leads", other).await;
    println!("          down: all wires of the leader {wires:?}; leader {first}, then {next}");
    wires.iter().for_each(|(a, b)| network.hosts.up(*a, *b).unwrap());
}

async fn wires_go_down(mut network: Network, seed: u64, time: Duration) {
    eventually("somebody leads", || network.leader()).await;
    let begun = Instant::now();
    let (servers, way) = (network.cluster.servers.values().map(ToString::to_string).collect::<Vec<_>>(), network.way());
    let crowd = Crowd::ask(seed, (4, 3, 2), begun, || Client::new(servers.clone(), way.clone()).unwrap());
    another_one_leads(&network).await;
    let changes = pull_wires(&network, seed, time, begun).await;
    let Told { operations, silent, verdict } = crowd.hush().await;
    println!("{:>6} ms  {operations} operations, {changes} times another leader", begun.elapsed().as_millis());
    assert_eq!(silent, 0, "seed {seed}: not everybody is answered");
    assert!(operations > 50, "seed {seed}: {operations} operations");
    assert!(matches!(verdict, Verdict::Linearizable { .. }), "seed {seed}: {verdict:?}");
    network.end();
    let recording = Notes::recording(network.folder.path(), &network.cluster, Vec::new()).unwrap();
    println!("          {} messages compared with the laboratory's", recording.messages());
    assert!(recording.now().violations().is_empty(), "seed {seed}: {:?}", recording.now().violations());
}

#[test]
fn hosts_whose_wires_go_down_answer_what_one_store_could_have_said() {
    let skip = |why: &str| not_tested("hosts with a wire for every pair", why);
    if !rustix::process::geteuid().is_root() {
        return skip("this takes root");
    }
    let hosts = match Hosts::make() {
        Ok(hosts) => hosts,
        Err(why) => return skip(&why),
    };
    let seed = from_environment("QUORUM_CHAOS_SEED").unwrap_or_else(|| u64::from(std::process::id()));
    let time = Duration::from_secs(from_environment("QUORUM_WIRES_SECONDS").unwrap_or(6));
    println!("QUORUM_CHAOS_SEED={seed}");
    // The servers are started from outside. Whatever this thread connects to from now on, it does from the clients' host.
    let network = Network::start(hosts);
    network.hosts.enter(CLIENTS);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(wires_go_down(network, seed, time));
}
