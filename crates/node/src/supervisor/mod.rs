//! A cluster on this machine: each server a process, and a door for faults.
//!
//! The supervisor starts this very program once for each server, with the command `run`. It kills, stops and starts them, and
//! tells them which links are cut and how slow their disks are. What was cut stays cut through restarts. When the supervisor
//! ends, however it ends, so do they: each reads its standard input, which the supervisor holds open.

mod begin;
mod door;
mod live;
mod processes;

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use quorum_core::paxos::NodeSet;
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{sleep, timeout};

use crate::config::{Cluster, SESSIONS, SNAPSHOT_EVERY, Timing};
use crate::files::{for_everybody, for_oneself};
use crate::limits::MAX_SUPERVISED;
use crate::rules::{self, Rule};
use crate::token::Token;

pub use door::State;
pub use processes::{Fault, Processes, ServerState, TOKEN_VARIABLE};

/// How long a server may take until it listens.
const LISTENS_WITHIN: Duration = Duration::from_secs(10);

/// What a cluster on this machine is started with.
#[derive(Clone, Debug)]
pub struct Options {
    /// How many servers.
    pub nodes: u32,
    /// Where everything is kept.
    pub data: PathBuf,
    /// How many slots lie between two snapshots of a server; `None`: as the folder says, or as is usual.
    pub snapshot_every: Option<u32>,
    /// How many clients servers remember; `None`: as the folder says, or as is usual.
    pub sessions: Option<u32>,
    /// The port of the door for faults; the servers have those that follow.
    pub port: u16,
    /// The folder with the page; `None`: there is none.
    pub site: Option<PathBuf>,
    /// Whether to open the page in a browser.
    pub opens: bool,
    /// The rules that do not hold.
    pub off: Vec<Rule>,
}

/// The name of the file with a cluster's servers.
#[must_use]
pub fn config_in(data: &Path) -> PathBuf {
    data.join("cluster.toml")
}

/// The name of the file with the token.
#[must_use]
pub fn token_in(data: &Path) -> PathBuf {
    data.join("token")
}

/// Starts a cluster, and runs until Ctrl-C.
///
/// # Errors
/// Why it cannot run.
pub async fn run(options: &Options) -> Result<()> {
    let cluster = prepare(options)?;
    let token = Token::random()?;
    let door = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), options.port);
    let listener = TcpListener::bind(door)
        .await
        .with_context(|| format!("{door} is taken: end what uses it, or name another port with --port"))?;
    for_oneself(&token_in(&options.data), format!("{}\n", token.as_str()).as_bytes())?;
    let program = std::env::current_exe().context("this program does not find itself")?;
    let processes = Arc::new(Processes::new(program, options.data.clone(), cluster.clone(), token.clone()));
    for id in cluster.servers.keys() {
        processes.start(*id)?;
    }
    for (id, address) in &cluster.servers {
        let listens = async {
            while TcpStream::connect(address).await.is_err() && processes.state(*id) != ServerState::Down {
                sleep(Duration::from_millis(20)).await;
            }
        };
        let listens = timeout(LISTENS_WITHIN, listens).await.is_ok();
        ensure!(listens && processes.state(*id) != ServerState::Down, "server {id} did not start, see above");
        tell(&format!("server {id}  {address}"));
    }
    if !cluster.off.is_empty() {
        tell(&rules::warning(&cluster.off));
    }
    tell(&format!("faults    http://{door}  token {}", token.as_str()));
    if options.site.is_some() {
        let page = format!("http://{door}/cluster.html#{}", token.as_str());
        tell(&format!("page      {page}"));
        if options.opens {
            // Where there is no browser, the address is printed all the same.
            let _ = open::that_detached(&page);
        }
    }
    tell(&format!("Ctrl-C ends them all. In another terminal: quorum-node put k v --data {}", options.data.display()));
    let ended = tokio::select! {
        ended = door::serve(listener, door, token, Arc::clone(&processes), options.site.as_deref()) => ended,
        ended = tokio::signal::ctrl_c() => ended.map_err(Into::into),
    };
    processes.end();
    let _ = fs::remove_file(token_in(&options.data));
    ended
}

/// Says something to whoever listens. Where nobody does any more, the servers go on.
fn tell(line: &str) {
    let _ = writeln!(std::io::stdout(), "{line}");
}

/// The cluster of this folder; a new one where there is none.
fn prepare(options: &Options) -> Result<Cluster> {
    let Options { nodes, data, port, off, .. } = options;
    ensure!((1..=MAX_SUPERVISED).contains(nodes), "a cluster on one machine has 1 to {MAX_SUPERVISED} servers");
    let (single, of_log) = rules::without(off);
    let off = rules::off(single, of_log);
    ensure!(*port > 0, "the port is 1 or more: the servers have those that follow");
    fs::create_dir_all(data).with_context(|| format!("{} cannot be made", data.display()))?;
    let path = config_in(data);
    let (name, timing, every, sessions) = if path.exists() {
        let before = Cluster::load(&path)?;
        let there = before.servers.len();
        if there != *nodes as usize {
            bail!(
                "{} has a cluster of {there} servers: start it with --nodes {there}, or name another folder with --data",
                data.display()
            );
        }
        // What was written without a rule cannot be relied on with it.
        ensure!(
            before.off == off,
            "{} has a cluster that runs with {}: start it so again, or name another folder with --data",
            data.display(),
            match before.off.as_slice() {
                [] => "all rules".to_owned(),
                off => off.iter().map(|rule| format!("--off {}", rule.as_str())).collect::<Vec<_>>().join(" "),
            }
        );
        ensure!(before.keys.is_none(), "{} has keys, and a cluster on one machine has none", path.display());
        let every = before.snapshot_every;
        if let Some(other) = options.snapshot_every.filter(|other| *other != every) {
            bail!(
                "{} has a cluster with {every} slots between snapshots, and not {other}: name another folder with --data",
                data.display()
            );
        }
        let sessions = before.sessions;
        if let Some(other) = options.sessions.filter(|other| *other != sessions) {
            bail!(
                "{} has a cluster that remembers {sessions} clients, and not {other}: name another folder with --data",
                data.display()
            );
        }
        (before.name, before.timing, every, sessions)
    } else {
        let name = format!("cluster-{}", &Token::random()?.as_str()[..8]);
        let (every, sessions) =
            (options.snapshot_every.unwrap_or(SNAPSHOT_EVERY), options.sessions.unwrap_or(SESSIONS));
        (name, Timing::default(), every, sessions)
    };
    let mut servers = BTreeMap::new();
    for id in NodeSet::first(*nodes) {
        let own = port.checked_add(id.get() as u16).context("the ports of the servers would be above 65535")?;
        servers.insert(id, SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), own));
    }
    let cluster = Cluster { name, servers, timing, snapshot_every: every, sessions, keys: None, off };
    for_everybody(&path, cluster.to_toml().as_bytes())?;
    Ok(cluster)
}
