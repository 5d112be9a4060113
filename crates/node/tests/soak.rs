//! Many puts over a bounded set of keys: what servers have in memory and on disk stays as it is.
//!
//! `QUORUM_SOAK_PUTS=1000000 cargo test --profile native -p quorum-node --test soak -- --nocapture` makes a million. Without the
//! variable it makes so few that it takes a few seconds, with snapshots that come as often for that.

mod support;

use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use support::{Processes, put};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep};

const SERVERS: usize = 3;
const CLIENTS: u64 = 64;
const KEYS: u64 = 1000;
const VALUE: usize = 128;
/// Samples of the whole.
const SAMPLES: u64 = 20;
/// What a file and an allocator set aside at a time, in kilobytes.
const SLACK: u64 = 2048;
/// What a few puts are.
const FEW: u64 = 6000;

/// What a server takes at a moment, in kilobytes.
#[derive(Clone, Copy, Debug)]
struct Sample {
    memory: u64,
    file: u64,
}

fn sample(processes: &Processes, id: u32) -> Sample {
    let status = fs::read_to_string(format!("/proc/{}/status", processes.pid(id))).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    let memory = line.trim().trim_end_matches(" kB").parse().unwrap();
    Sample { memory, file: fs::metadata(processes.file(id)).unwrap().len() / 1024 }
}

/// The largest of all servers and of some samples.
fn largest(samples: &[Vec<Sample>], of: impl Fn(&Sample) -> u64) -> u64 {
    samples.iter().flatten().map(of).max().unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn however_many_puts_memory_and_file_stay_as_they_are() {
    let asked = std::env::var("QUORUM_SOAK_PUTS").ok().and_then(|puts| puts.parse().ok());
    let puts: u64 = asked.unwrap_or(FEW);
    // As many snapshots before the first sample that counts, however few puts there are.
    let every = if asked.is_some() { 4096 } else { 200 };
    let processes = Processes::without_notes(SERVERS, every);
    processes.leader().await;
    let (begun, done) = (Instant::now(), Arc::new(AtomicU64::new(0)));
    let clients: Vec<_> = (0..CLIENTS)
        .map(|number| {
            let (mut client, done) = (processes.client(), Arc::clone(&done));
            tokio::spawn(async move {
                let mut key = number;
                while done.fetch_add(1, Ordering::Relaxed) < puts {
                    key = (key * 17 + 1) % KEYS;
                    let value = format!("{number} {key} {}", "v".repeat(VALUE));
                    client.execute(&put(&format!("key-{key}"), &value), Duration::from_secs(60)).await.unwrap();
                }
            })
        })
        .collect();
    let mut samples = Vec::new();
    for number in 1..=SAMPLES {
        // Nobody tells how far they are; a client ends early where something is wrong, and then says so below.
        while done.load(Ordering::Relaxed) < puts * number / SAMPLES && !clients.iter().any(JoinHandle::is_finished) {
            sleep(Duration::from_millis(10)).await;
        }
        let now: Vec<Sample> = processes.ids().into_iter().map(|id| sample(&processes, id)).collect();
        println!("{:>7.1} s {:>9} puts  {now:?}", begun.elapsed().as_secs_f64(), puts * number / SAMPLES);
        samples.push(now);
    }
    for client in clients {
        client.await.unwrap();
    }
    for id in processes.ids() {
        assert!(processes.status(id).await.unwrap().kept_from > puts / 2, "server {id} has let go of votes");
    }
    // Half of the puts went by until then. What the allocator and the file have set aside by then, they have.
    let (first, second) = samples.split_at(samples.len() / 2);
    for (what, of) in [("memory", (|it| it.memory) as fn(&Sample) -> u64), ("file", |it| it.file)] {
        let (before, after) = (largest(first, of), largest(second, of));
        assert!(
            after <= before + before / 10 + SLACK,
            "{what}: {before} kB in the first half, {after} kB in the second"
        );
    }
}
