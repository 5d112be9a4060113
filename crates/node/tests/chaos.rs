//! Five processes, five clients, and every fault there is, as a printed seed chooses. Afterwards every client is answered, and
//! what they were told is linearizable.
//!
//! `QUORUM_CHAOS_SECONDS=600 QUORUM_CHAOS_SEED=7 cargo test -p quorum-node --test chaos -- --nocapture` runs it longer.

mod support;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use quorum_core::check::linear::{History, Operation, Verdict, judge};
use quorum_core::log::Op;
use quorum_core::sim::Counter;
use quorum_node::client::Client;
use support::{Processes, get, put, text};
use tokio::time::{Instant, sleep, timeout};

const CLIENTS: usize = 5;
const KEYS: u32 = 3;
/// How long a client may have to wait once all is well again.
const HEALED_WITHIN: Duration = Duration::from_secs(20);
/// Longer than any of this takes.
const NEVER: Duration = Duration::from_secs(3600);

fn from_environment(name: &str) -> Option<u64> {
    std::env::var(name).ok().and_then(|value| value.parse().ok())
}

/// One client, until it is told to stop: and then it waits for the answer that it still lacks.
async fn ask(mut client: Client, number: usize, seed: u64, begun: Instant, stop: Arc<AtomicBool>) -> Vec<Operation> {
    let mut draws = Counter::new(seed * 100 + number as u64);
    let mut operations = Vec::new();
    let now = || begun.elapsed().as_micros() as u64;
    while !stop.load(Ordering::Relaxed) {
        let key = format!("k{}", draws.between(1, KEYS));
        let value = format!("{number}.{} ", operations.len());
        let op = match draws.between(0, 9) {
            0..=3 => get(&key),
            4..=6 => put(&key, &value),
            7..=8 => Op::Append { key: text(&key), value: text(&value) },
            _ => Op::Cas { key: text(&key), from: text("0.0 "), to: text(&value) },
        };
        let call = now();
        let (output, _) = client.execute(&op, NEVER).await.unwrap();
        operations.push(Operation { client: number, call, returned: Some(now()), op, output: Some(output) });
        sleep(Duration::from_millis(draws.between(0, 4).into())).await;
    }
    operations
}

/// What is wrong with the world at present.
#[derive(Default)]
struct Trouble {
    stopped: BTreeSet<u32>,
    cut: BTreeSet<(u32, u32)>,
    slow: BTreeSet<u32>,
}

impl Trouble {
    /// Makes something worse, or better.
    async fn stir(&mut self, processes: &mut Processes, draws: &mut Counter) -> String {
        let (a, b) = (draws.between(1, 5), draws.between(1, 5));
        let link = (a.min(b), a.max(b));
        match draws.between(0, 9) {
            0..=2 if processes.is_running(a) => {
                processes.kill(a);
                self.stopped.remove(&a);
                // What a process was told, its successor does not know.
                self.slow.remove(&a);
                format!("kill {a}")
            }
            0..=3 if !processes.is_running(a) => {
                processes.start_one(a);
                format!("start {a}")
            }
            4..=5 if processes.is_running(a) => {
                if self.stopped.remove(&a) {
                    processes.go_on(a);
                    return format!("continue {a}");
                }
                self.stopped.insert(a);
                processes.stop(a);
                format!("stop {a}")
            }
            6..=8 if a != b && !self.stopped.contains(&a) && !self.stopped.contains(&b) => {
                let cut = self.cut.insert(link);
                if !cut {
                    self.cut.remove(&link);
                }
                processes.cut(link.0, link.1, cut).await;
                format!("{} {a} {b}", if cut { "cut" } else { "mend" })
            }
            _ if !self.stopped.contains(&a) => {
                let extra = draws.between(0, 40);
                self.slow.insert(a);
                processes.slow_disk(a, extra).await;
                format!("slow-disk {a} {extra}")
            }
            _ => "nothing".to_owned(),
        }
    }

    async fn heal(self, processes: &mut Processes) {
        for id in self.stopped {
            processes.go_on(id);
        }
        processes.start_all();
        for (a, b) in self.cut {
            processes.cut(a, b, false).await;
        }
        for id in self.slow {
            processes.slow_disk(id, 0).await;
        }
    }
}

/// What the servers did is a run: every message is the one that the laboratory sends, and nothing in it is wrong.
fn the_laboratory_follows(mut processes: Processes, seed: u64) {
    for id in processes.ids() {
        processes.kill(id);
    }
    let recording = processes.recording();
    let (steps, messages) = (recording.now().steps(), recording.messages());
    println!("          {steps} steps, {messages} messages compared with the laboratory's");
    assert!(recording.now().violations().is_empty(), "seed {seed}: {:?}", recording.now().violations());
    assert!(
        recording.is_full() || recording.waiting() == 0,
        "seed {seed}: {} notes have no cause",
        recording.waiting()
    );
    assert!(messages > 1_000, "seed {seed}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_happens_clients_are_told_what_one_store_could_have_said() {
    let seed = from_environment("QUORUM_CHAOS_SEED").unwrap_or_else(|| u64::from(std::process::id()));
    let time = Duration::from_secs(from_environment("QUORUM_CHAOS_SECONDS").unwrap_or(20));
    println!("QUORUM_CHAOS_SEED={seed}");
    let mut processes = Processes::start(5);
    processes.leader().await;
    let begun = Instant::now();
    let stop = Arc::new(AtomicBool::new(false));
    let clients: Vec<_> = (0..CLIENTS)
        .map(|number| tokio::spawn(ask(processes.client(), number, seed, begun, Arc::clone(&stop))))
        .collect();
    let mut draws = Counter::new(seed);
    let mut trouble = Trouble::default();
    while begun.elapsed() < time {
        let what = trouble.stir(&mut processes, &mut draws).await;
        println!("{:>6} ms  {what}", begun.elapsed().as_millis());
        sleep(Duration::from_millis(draws.between(50, 600).into())).await;
    }
    trouble.heal(&mut processes).await;
    println!("{:>6} ms  healed", begun.elapsed().as_millis());
    stop.store(true, Ordering::Relaxed);
    let mut operations = Vec::new();
    for (number, client) in clients.into_iter().enumerate() {
        let answered = timeout(HEALED_WITHIN, client).await;
        operations.extend(answered.unwrap_or_else(|_| panic!("client {number} is not answered, seed {seed}")).unwrap());
    }
    println!("{:>6} ms  {} operations", begun.elapsed().as_millis(), operations.len());
    assert!(operations.len() > 100, "they did ask: {}", operations.len());
    the_laboratory_follows(processes, seed);
    let names = (0..CLIENTS).map(|number| number.to_string()).collect();
    let verdict = judge(&History::new(names, Default::default(), operations).unwrap());
    assert!(matches!(verdict, Verdict::Linearizable { .. }), "seed {seed}: {verdict:?}");
}
