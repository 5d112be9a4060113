//! How many puts and reads a second, and how late: our real servers beside those of etcd.
//!
//! ```text
//! apt-get install etcd-server
//! cargo build --profile native -p quorum-node
//! cd benches/beside-etcd && cargo run --release -- --markdown
//! ```
//!
//! Both are processes on this machine, talk over loopback, and sync each write to files in the same folder. The same clients
//! ask both, each with a connection of its own to the server that leads, as fast as it is answered. The two take turns, each
//! turn with new servers and an empty folder, and what is said is the median of the turns.
//!
//! A machine's mood is in every figure but one: how long the servers kept a processor busy for one answer. That one hardly
//! depends on who else uses the machine.

mod cluster;
mod service;

use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::Result;
use clap::Parser;

use cluster::Cluster;
use service::{Ask, Client, System};

/// So many keys, and so many bytes in a value.
const KEYS: u64 = 1000;
const VALUE: usize = 128;
/// From when the servers are busy until it is counted.
const WARM: Duration = Duration::from_millis(500);
/// Servers take notes of no more than a run has room for: a recorded turn must be over by then.
const RECORDED: Duration = Duration::from_millis(1500);

#[derive(Parser)]
#[command(about = "Our real servers beside those of etcd")]
struct Options {
    /// Our program
    #[arg(long, default_value = "../../target/native/quorum-node")]
    quorum: PathBuf,
    /// That of etcd
    #[arg(long, default_value = "etcd")]
    etcd: PathBuf,
    /// The folder for all files: on a disk, not in memory
    #[arg(long, default_value = "../../target")]
    data: PathBuf,
    /// How many servers
    #[arg(long, value_delimiter = ',', default_value = "3,5")]
    servers: Vec<usize>,
    /// How many clients
    #[arg(long, value_delimiter = ',', default_value = "1,64,256")]
    clients: Vec<usize>,
    /// Turns of each
    #[arg(long, default_value_t = 5)]
    turns: usize,
    /// How long a turn is, in seconds
    #[arg(long, default_value_t = 5)]
    seconds: u64,
    /// What to measure: puts, reads, recording
    #[arg(long, value_delimiter = ',', default_value = "puts,reads,recording")]
    only: Vec<String>,
    /// As a table
    #[arg(long)]
    markdown: bool,
}

/// What came of a turn.
#[derive(Clone, Copy)]
struct Turn {
    per_second: f64,
    /// In milliseconds.
    median: f64,
    late: f64,
    /// Microseconds of a processor for each answer.
    busy: f64,
}

#[tokio::main]
async fn main() -> Result<()> {
    let options = Options::parse();
    if options.markdown {
        println!(
            "| servers | clients | what | a second | 99th percentile | processor time | ours a second, median, 99th | theirs |"
        );
        println!("|---|---|---|---|---|---|---|---|");
    }
    let ours = System::Quorum { recorded: false };
    let whole = Duration::from_secs(options.seconds);
    for servers in &options.servers {
        for clients in &options.clients {
            for (word, what, ask) in [("puts", "puts", Ask::Put), ("reads", "linearizable reads", Ask::Read)] {
                if options.only.iter().any(|only| only == word) {
                    compare(&options, [ours, System::Etcd], (*servers, *clients), (what, ask), whole).await?;
                }
            }
        }
        if options.only.iter().any(|only| only == "recording") {
            let both = [System::Quorum { recorded: true }, ours];
            let what = ("puts, recorded beside not recorded", Ask::Put);
            compare(&options, both, (*servers, 64), what, RECORDED).await?;
        }
    }
    Ok(())
}

/// Lets two take turns, and says how the first stands beside the second.
async fn compare(
    options: &Options,
    both: [System; 2],
    (servers, clients): (usize, usize),
    (what, ask): (&str, Ask),
    time: Duration,
) -> Result<()> {
    let mut turns = [Vec::new(), Vec::new()];
    for number in 0..options.turns {
        // Who begins changes, so that whatever the machine does meanwhile is shared.
        for place in [number % 2, (number + 1) % 2] {
            let program = if both[place] == System::Etcd { &options.etcd } else { &options.quorum };
            let cluster = Cluster::start(both[place], servers, program, &options.data)?;
            turns[place].push(turn(&cluster, clients, ask, time).await?);
        }
    }
    let ratio = |of: fn(&Turn) -> f64| median(turns[0].iter().zip(&turns[1]).map(|(one, other)| of(one) / of(other)));
    let of = |place: usize, of: fn(&Turn) -> f64| median(turns[place].iter().map(of));
    let figures = |place: usize| {
        let (rate, half, late) = (of(place, |it| it.per_second), of(place, |it| it.median), of(place, |it| it.late));
        format!("{rate:.0}, {half:.2} ms, {late:.2} ms")
    };
    let (rate, late, busy) = (ratio(|it| it.per_second), ratio(|it| it.late), ratio(|it| it.busy));
    let (first, second) = (figures(0), figures(1));
    if options.markdown {
        println!("| {servers} | {clients} | {what} | {rate:.2} | {late:.2} | {busy:.2} | {first} | {second} |");
    } else {
        println!(
            "{servers} servers, {clients:>3} clients, {what}: {rate:.2} times as many, 99th percentile {late:.2} times, processor time {busy:.2} times"
        );
        println!("    {first}, {:.0} µs   beside   {second}, {:.0} µs", of(0, |it| it.busy), of(1, |it| it.busy));
    }
    Ok(())
}

/// Clients ask as fast as they are answered.
async fn turn(cluster: &Cluster, clients: usize, ask: Ask, time: Duration) -> Result<Turn> {
    let leader = cluster.leader().await?.to_owned();
    let mut first = Client::connect(cluster.system, &leader, 0).await?;
    if ask == Ask::Read {
        for key in 0..KEYS {
            first.ask(Ask::Put, name(key), "v".repeat(VALUE)).await?;
        }
    }
    let mut all = Vec::new();
    for number in 1..=clients as u64 {
        all.push(Client::connect(cluster.system, &leader, number).await?);
    }
    let counted = Instant::now() + WARM;
    let end = counted + time;
    let asking = all
        .into_iter()
        .zip(1..)
        .map(|(client, number)| tokio::spawn(again_and_again(client, number, ask, counted, end)));
    let asking: Vec<_> = asking.collect();
    tokio::time::sleep_until(counted.into()).await;
    let busy = cluster.busy();
    tokio::time::sleep_until(end.into()).await;
    let busy = cluster.busy() - busy;
    let mut waited = Vec::new();
    for client in asking {
        waited.extend(client.await??);
    }
    waited.sort_unstable();
    let at =
        |thousandth: usize| waited.get(waited.len() * thousandth / 1000).copied().unwrap_or_default() as f64 / 1000.0;
    Ok(Turn {
        per_second: waited.len() as f64 / time.as_secs_f64(),
        median: at(500),
        late: at(990),
        busy: busy * 1e6 / waited.len() as f64,
    })
}

/// How long each answer took that came within the time that is counted, in microseconds.
async fn again_and_again(
    mut client: Client,
    number: u64,
    ask: Ask,
    counted: Instant,
    end: Instant,
) -> Result<Vec<u32>> {
    let mut waited = Vec::new();
    // A sequence of numbers that goes through all keys, and is another for each client.
    let mut draw = number.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    loop {
        draw = draw.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let asked = Instant::now();
        client.ask(ask, name((draw >> 33) % KEYS), "v".repeat(VALUE)).await?;
        let answered = Instant::now();
        if answered >= end {
            return Ok(waited);
        }
        if answered >= counted {
            waited.push((answered - asked).as_micros() as u32);
        }
    }
}

fn name(key: u64) -> String {
    format!("key-{key:012}")
}

fn median(figures: impl Iterator<Item = f64>) -> f64 {
    let mut figures: Vec<f64> = figures.collect();
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}
