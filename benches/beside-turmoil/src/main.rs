//! How many messages are delivered in a second of wall time: here, by five servers that agree on values, with their disks and
//! with every invariant checked after each step; there, by five hosts of turmoil that do nothing but send UDP back and forth.
//!
//! ```text
//! cd benches/beside-turmoil && cargo run --release
//! ```
//!
//! In both, a message takes 30 to 40 simulated milliseconds, none is lost, and as many are on the way at once. Ours and
//! theirs run by turns, and the medians are compared. It fails where a ratio is below ten.
//!
//! Turmoil pays for each host in each simulated millisecond, and a message costs it little besides. Here nothing costs anything
//! but what happens, and each delivery comes with all that a server does about it. So the more messages are on the way at once,
//! the better turmoil does: the last line says how fast its hosts are with a thousand.

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
/// A turn takes so long.
const TURN: Duration = Duration::from_secs(1);
const HOSTS: usize = 5;
/// How long a message takes, in simulated milliseconds: the least and the most.
const LATENCY: (u32, u32) = (30, 40);
const PORT: u16 = 9000;
/// So many messages on the way are many.
const MANY: usize = 1000;
/// The least ratio.
const TIMES: f64 = 10.0;

/// Delivered messages a second, from when the world stands.
fn rate(mut delivered: impl FnMut() -> u64) -> f64 {
    let start = Instant::now();
    let mut count = 0;
    loop {
        for _ in 0..100 {
            count += delivered();
        }
        let taken = start.elapsed();
        if taken >= TURN {
            return count as f64 / taken.as_secs_f64();
        }
    }
}

/// How many messages are delivered in a step of a run that has one.
fn deliveries(simulation: &mut Simulation) -> Option<u64> {
    let is_delivery = |kind: &EventKind| matches!(kind, EventKind::Fact(Fact::Delivered(_)));
    let events = simulation.step()?;
    Some(events.iter().filter(|event| is_delivery(&event.kind)).count() as u64)
}

/// Five servers that follow their clock. A run that is as long as a run may be begins again.
fn ours(begin: fn() -> Simulation) -> f64 {
    let mut simulation = begin();
    rate(|| {
        deliveries(&mut simulation).unwrap_or_else(|| {
            assert!(simulation.violations().is_empty(), "no invariant is broken");
            simulation = begin();
            0
        })
    })
}

/// How many messages are on the way at once, on the average: as many as are delivered while one is on its way.
fn on_the_way(begin: fn() -> Simulation) -> usize {
    let mut simulation = begin();
    let delivered: u64 = (0..20_000).filter_map(|_| deliveries(&mut simulation)).sum();
    let (least, most) = LATENCY;
    (delivered as f64 / simulation.schedule().now() as f64 * f64::from(least + most) / 2.0).round() as usize
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

/// A log, and five clients that ask twenty times a second.
fn log() -> Simulation {
    let workload = Workload { clients: 5, rate: 20, keys: 3 };
    let log = LogConfig { clients: workload.clients, workload: Some(workload), ..LogConfig::default() };
    let config = Config { nodes: HOSTS as u32, protocol: ProtocolKind::Log, log, ..Config::default() };
    Simulation::new(config).expect("the config is sound")
}

/// Five hosts of turmoil, between which so many messages are on the way: whoever gets one sends it back.
fn theirs(on_the_way: usize) -> f64 {
    let (least, most) = LATENCY;
    let mut sim = turmoil::Builder::new()
        .simulation_duration(Duration::from_secs(1_000_000))
        .min_message_latency(Duration::from_millis(least.into()))
        .max_message_latency(Duration::from_millis(most.into()))
        .udp_capacity(1 << 16)
        .build();
    let delivered = Arc::new(AtomicU64::new(0));
    let pairs: Vec<_> = (0..HOSTS).flat_map(|one| (one + 1..HOSTS).map(move |other| (one, other))).collect();
    for me in 0..HOSTS {
        let delivered = delivered.clone();
        // The first of two begins.
        let begun = pairs.iter().cycle().take(on_the_way).filter(|(one, _)| *one == me);
        let to: Vec<_> = begun.map(|(_, other)| name(*other)).collect();
        sim.host(name(me), move || host(to.clone(), delivered.clone()));
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

async fn host(to: Vec<String>, delivered: Arc<AtomicU64>) -> turmoil::Result {
    let socket = UdpSocket::bind(("0.0.0.0", PORT)).await?;
    let mut message = [0; 32];
    for other in to {
        socket.send_to(&message, (other, PORT)).await?;
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
    let mut short = false;
    println!("delivered messages a second, medians of {RUNS} turns");
    println!("{:26} {:>10} {:>10} {:>10} {:>7}", "", "on the way", "ours", "turmoil", "ratio");
    for (what, begin) in [("one value, two proposers", duel as fn() -> Simulation), ("a log, five clients", log)] {
        let on_the_way = on_the_way(begin);
        let (ours, theirs): (Vec<_>, Vec<_>) = (0..RUNS).map(|_| (ours(begin), theirs(on_the_way))).unzip();
        let (ours, theirs) = (median(ours), median(theirs));
        println!("{what:26} {on_the_way:>10} {ours:>10.0} {theirs:>10.0} {:>7.1}", ours / theirs);
        short |= ours / theirs < TIMES;
    }
    let many = median((0..RUNS).map(|_| theirs(MANY)).collect());
    println!("{:26} {MANY:>10} {:>10} {many:>10.0}", "turmoil alone", "");
    if short { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}
