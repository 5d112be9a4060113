//! How many messages are delivered in a second of wall time: here, by five servers that agree on values, with their disks and
//! with every invariant checked after each step; there, by five hosts of turmoil that do nothing but send UDP back and forth.
//!
//! ```text
//! cd benches/beside-turmoil && cargo run --release
//! ```
//!
//! A message takes 30 to 40 simulated milliseconds in both, none is lost, and as many are on the way at once. Ours and theirs run
//! by turns, and the medians are compared. It fails where a ratio is below ten.
//!
//! Turmoil pays for each host in each simulated millisecond, and a message costs it little besides. Here nothing costs anything
//! but what happens, and each delivery comes with all that a server does about it. So the more messages are on the way at once,
//! the better turmoil does: its last line says how fast its hosts are with a thousand, where ours have twenty.

use quorum_core::paxos::NodeId;
use quorum_core::run::{EventKind, Simulation};
use quorum_core::sim::{Action, Config, Fact, LogConfig, ProtocolKind, Workload};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};
use turmoil::net::UdpSocket;

/// Turns of each.
const RUNS: usize = 5;
/// So many messages are delivered in each turn, at least.
const DELIVERED: u64 = 100_000;
/// For each two hosts of turmoil, so many messages are on the way: twenty in all, as among our servers.
const FEW: usize = 2;
/// A thousand in all.
const MANY: usize = 100;
const HOSTS: usize = 5;
const PORT: u16 = 9000;
/// The least ratio.
const TIMES: f64 = 10.0;

/// Delivered messages a second, from when the world stands.
fn rate(mut delivered: impl FnMut() -> u64) -> f64 {
    let start = Instant::now();
    let mut count = 0;
    while count < DELIVERED {
        count += delivered();
    }
    count as f64 / start.elapsed().as_secs_f64()
}

/// Five servers that follow their clock.
fn ours(mut simulation: Simulation) -> f64 {
    let is_delivery = |kind: &EventKind| matches!(kind, EventKind::Fact(Fact::Delivered(_)));
    let rate = rate(|| {
        let events = simulation.step().expect("something is always left to happen");
        events.iter().filter(|event| is_delivery(&event.kind)).count() as u64
    });
    assert!(simulation.violations().is_empty(), "no invariant is broken");
    rate
}

/// Two proposers that never back off.
fn duel() -> Simulation {
    let config = Config { nodes: HOSTS as u32, backoff: false, ..Config::default() };
    let mut duel = Simulation::new(config).expect("the config is sound");
    for (number, value) in [(1, "blue"), (2, "red")] {
        let node = NodeId::new(number).expect("there is such a server");
        let value = value.parse().expect("it is a value");
        duel.apply(&Action::Propose { node, value }).expect("it can be asked");
    }
    duel
}

/// A log, and clients that keep it busy.
fn log() -> Simulation {
    let workload = Workload { clients: 5, rate: 1000, keys: 3 };
    let log = LogConfig { clients: workload.clients, workload: Some(workload), ..LogConfig::default() };
    let config = Config { nodes: HOSTS as u32, protocol: ProtocolKind::Log, log, ..Config::default() };
    Simulation::new(config).expect("the config is sound")
}

/// Five hosts of turmoil. Each keeps so many messages on the way to each of the others: whoever gets one sends it back.
fn theirs(on_the_way: usize) -> f64 {
    let mut sim = turmoil::Builder::new()
        .simulation_duration(Duration::from_secs(1_000_000))
        .min_message_latency(Duration::from_millis(30))
        .max_message_latency(Duration::from_millis(40))
        .udp_capacity(1 << 16)
        .build();
    let delivered = Arc::new(AtomicU64::new(0));
    for me in 0..HOSTS {
        let delivered = delivered.clone();
        sim.host(name(me), move || host(me, on_the_way, delivered.clone()));
    }
    let mut before = 0;
    rate(|| {
        sim.step().expect("no host fails");
        let now = delivered.load(Relaxed);
        now - std::mem::replace(&mut before, now)
    })
}

fn name(host: usize) -> String {
    format!("host{host}")
}

async fn host(me: usize, on_the_way: usize, delivered: Arc<AtomicU64>) -> turmoil::Result {
    let socket = UdpSocket::bind(("0.0.0.0", PORT)).await?;
    let mut message = [0; 32];
    // Of two hosts, the first begins.
    for other in me + 1..HOSTS {
        for _ in 0..on_the_way {
            socket.send_to(&message, (name(other), PORT)).await?;
        }
    }
    loop {
        let (length, from) = socket.recv_from(&mut message).await?;
        delivered.fetch_add(1, Relaxed);
        socket.send_to(&message[..length], from).await?;
    }
}

fn median(mut rates: Vec<f64>) -> f64 {
    rates.sort_by(f64::total_cmp);
    rates[rates.len() / 2]
}

fn main() -> ExitCode {
    let mut all = [const { Vec::new() }; 4];
    for _ in 0..RUNS {
        for (rates, rate) in all.iter_mut().zip([ours(duel()), theirs(FEW), ours(log()), theirs(MANY)]) {
            rates.push(rate);
        }
    }
    let [duel, few, log, many] = all.map(median);
    println!("delivered messages a second, medians of {RUNS} turns, and how many times those of turmoil");
    println!("  one value, two proposers   {duel:>10.0} {:>6.1}", duel / few);
    println!("  a log, five clients        {log:>10.0} {:>6.1}", log / few);
    println!("  turmoil, 20 on the way     {few:>10.0}");
    println!("  turmoil, 1,000 on the way  {many:>10.0}");
    if duel.min(log) / few < TIMES {
        println!("{TIMES} times are asked for");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}
