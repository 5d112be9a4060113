//! Clients that ask while things go wrong; and what goes wrong, as a seed chooses.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use quorum_core::check::linear::{History, Operation, Verdict, judge};
use quorum_core::log::Op;
use quorum_core::sim::Counter;
use quorum_node::client::Client;
use quorum_node::rules::Rule;
use quorum_recording::Recording;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, timeout};

use super::{Processes, get, put, text};

const CLIENTS: usize = 5;
const KEYS: u32 = 3;
/// How long a client may have to wait once all is well again.
const HEALED_WITHIN: Duration = Duration::from_secs(20);
/// Longer than any of this takes.
const NEVER: Duration = Duration::from_secs(3600);

/// A number in the environment.
pub(crate) fn from_environment(name: &str) -> Option<u64> {
    std::env::var(name).ok().and_then(|value| value.parse().ok())
}

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Weather {
    /// Every fault there is, one at a time.
    Everything,
    /// Disks take a moment, and whoever leads is killed: clients ask the next leader for what the last one has proposed.
    LeadersDie,
    /// Disks are slow, and all servers lose their power at once.
    PowerFailures,
    /// The leader's disk is slow, and one of the two others cannot hear it. It is killed together with the one that can, and
    /// comes back first.
    LeaderAndVoterDie,
}

/// A cluster, clients, and weather.
#[derive(Clone, Debug)]
pub(crate) struct Storm {
    pub(crate) servers: usize,
    pub(crate) off: Vec<Rule>,
    pub(crate) weather: Weather,
    pub(crate) seed: u64,
    pub(crate) time: Duration,
}

/// What came of it.
pub(crate) struct Aftermath {
    pub(crate) operations: usize,
    /// Clients that had no answer in the end.
    pub(crate) silent: usize,
    /// How often what was done.
    pub(crate) faults: BTreeMap<&'static str, u32>,
    pub(crate) verdict: Verdict,
    pub(crate) recording: Recording,
}

impl Weather {
    /// Of ten operations of a client, how many are gets, and how many puts. Appends come next, and what is left are swaps.
    const fn asks(self) -> (u32, u32, u32) {
        match self {
            // What was added twice is seen for ever.
            Self::LeadersDie => (3, 0, 7),
            _ => (4, 3, 2),
        }
    }
}

impl Storm {
    pub(crate) async fn rage(&self) -> Aftermath {
        let mut processes = Processes::start_without(self.servers, &self.off);
        processes.leader().await;
        let begun = Instant::now();
        let crowd = Crowd::ask(self.seed, self.weather.asks(), begun, || processes.client());
        let mut draws = Counter::new(self.seed);
        let mut trouble = Trouble { begun: Some(begun), ..Trouble::default() };
        while begun.elapsed() < self.time {
            trouble.stir(self.weather, &mut processes, &mut draws).await;
        }
        let mut faults = std::mem::take(&mut trouble.faults);
        faults.retain(|_, count| *count > 0);
        trouble.heal(&mut processes).await;
        println!("{:>6} ms  healed", begun.elapsed().as_millis());
        let Told { operations, silent, verdict } = crowd.hush().await;
        println!("{:>6} ms  {operations} operations", begun.elapsed().as_millis());
        for id in processes.ids() {
            processes.kill(id);
        }
        let recording = processes.recording();
        let (steps, messages) = (recording.now().steps(), recording.messages());
        println!("          {steps} steps, {messages} messages compared with the laboratory's");
        Aftermath { operations, silent, faults, verdict, recording }
    }
}

/// Clients that ask, all at once.
pub(crate) struct Crowd {
    stop: Arc<AtomicBool>,
    seen: Vec<Arc<Mutex<Vec<Operation>>>>,
    clients: Vec<JoinHandle<()>>,
}

/// What a crowd was told.
pub(crate) struct Told {
    /// How many operations were asked for.
    pub(crate) operations: usize,
    /// Clients that had no answer in the end.
    pub(crate) silent: usize,
    pub(crate) verdict: Verdict,
}

impl Crowd {
    /// Begins. Of ten operations so many are gets, puts and appends.
    pub(crate) fn ask(seed: u64, asks: (u32, u32, u32), begun: Instant, client: impl Fn() -> Client) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let seen: Vec<_> = (0..CLIENTS).map(|_| Arc::<Mutex<Vec<Operation>>>::default()).collect();
        let one = |(number, seen): (usize, &Arc<Mutex<Vec<Operation>>>)| {
            let asks = Asks { number, seed, asks, begun, seen: Arc::clone(seen), stop: Arc::clone(&stop) };
            tokio::spawn(asks.ask(client()))
        };
        let clients = seen.iter().enumerate().map(one).collect();
        Self { stop, seen, clients }
    }

    /// Nothing new is asked for. Waits for the answers that are still out, and judges them all.
    pub(crate) async fn hush(self) -> Told {
        self.stop.store(true, Ordering::Relaxed);
        let mut silent = 0;
        for client in self.clients {
            let abort = client.abort_handle();
            if timeout(HEALED_WITHIN, client).await.is_err() {
                silent += 1;
                abort.abort();
            }
        }
        let taken = |seen: &Arc<Mutex<Vec<Operation>>>| {
            std::mem::take(&mut *seen.lock().unwrap_or_else(PoisonError::into_inner))
        };
        let all: Vec<Operation> = self.seen.iter().flat_map(taken).collect();
        let operations = all.len();
        let names = (0..CLIENTS).map(|number| number.to_string()).collect();
        let verdict = judge(&History::new(names, Default::default(), all).unwrap());
        Told { operations, silent, verdict }
    }
}

/// One client.
struct Asks {
    number: usize,
    seed: u64,
    asks: (u32, u32, u32),
    begun: Instant,
    seen: Arc<Mutex<Vec<Operation>>>,
    stop: Arc<AtomicBool>,
}

impl Asks {
    /// Asks until it is told to stop: and then it waits for the answer that it still lacks.
    async fn ask(self, mut client: Client) {
        let Self { number, seed, asks: (gets, puts, appends), begun, seen, stop } = self;
        let mut draws = Counter::new(seed * 100 + number as u64);
        let now = || begun.elapsed().as_micros() as u64;
        let seen = || seen.lock().unwrap_or_else(PoisonError::into_inner);
        for count in 0.. {
            if stop.load(Ordering::Relaxed) {
                return;
            }
            let key = format!("k{}", draws.between(1, KEYS));
            let value = format!("{number}.{count} ");
            let op = match draws.between(0, 9) {
                drawn if drawn < gets => get(&key),
                drawn if drawn < gets + puts => put(&key, &value),
                drawn if drawn < gets + puts + appends => Op::Append { key: text(&key), value: text(&value) },
                _ => Op::Cas { key: text(&key), from: text("0.0 "), to: text(&value) },
            };
            seen().push(Operation { client: number, call: now(), returned: None, op: op.clone(), output: None });
            // Where a server says that this can never be answered, it never is.
            let Ok((output, _)) = client.execute(&op, NEVER).await else { return };
            let at = now();
            if let Some(last) = seen().last_mut() {
                (last.returned, last.output) = (Some(at), Some(output));
            }
            sleep(Duration::from_millis(draws.between(0, 4).into())).await;
        }
    }
}

/// What is wrong with the world at present.
#[derive(Default)]
struct Trouble {
    begun: Option<Instant>,
    stopped: BTreeSet<u32>,
    cut: BTreeSet<(u32, u32)>,
    slow: BTreeSet<u32>,
    faults: BTreeMap<&'static str, u32>,
}

async fn pause(draws: &mut Counter, least: u32, most: u32) {
    sleep(Duration::from_millis(draws.between(least, most).into())).await;
}

impl Trouble {
    /// Makes something worse, or better, and waits a while.
    async fn stir(&mut self, weather: Weather, processes: &mut Processes, draws: &mut Counter) {
        match weather {
            Weather::Everything => {
                let (kind, what) = self.anything(processes, draws).await;
                self.says(kind, &what);
                pause(draws, 50, 600).await;
            }
            Weather::LeadersDie => {
                for id in processes.ids() {
                    self.slow_disk(processes, id, draws.between(5, 25)).await;
                }
                pause(draws, 200, 700).await;
                if let Some(leader) = processes.try_leader().await {
                    self.kill(processes, &[leader]);
                    pause(draws, 100, 400).await;
                    self.start(processes, leader);
                }
            }
            Weather::PowerFailures => {
                for id in processes.ids() {
                    self.slow_disk(processes, id, draws.between(40, 160)).await;
                }
                pause(draws, 400, 1200).await;
                self.kill(processes, &processes.ids());
                for id in processes.ids() {
                    self.start(processes, id);
                }
                processes.leader().await;
            }
            Weather::LeaderAndVoterDie => self.leader_and_voter_die(processes, draws).await,
        }
    }

    async fn leader_and_voter_die(&mut self, processes: &mut Processes, draws: &mut Counter) {
        let leader = processes.leader().await;
        let others: Vec<u32> = processes.ids().into_iter().filter(|id| *id != leader).collect();
        let voter = others[draws.between(0, 1) as usize];
        let deaf = others[0] + others[1] - voter;
        self.slow_disk(processes, leader, draws.between(150, 400)).await;
        self.set_cut(processes, leader, deaf, true).await;
        pause(draws, 300, 900).await;
        self.kill(processes, &[leader, voter]);
        self.start(processes, leader);
        self.set_cut(processes, leader, deaf, false).await;
        // The two have the time to lead, or not.
        pause(draws, 400, 1200).await;
        self.start(processes, voter);
        pause(draws, 200, 600).await;
    }

    fn says(&mut self, kind: &'static str, what: &str) {
        *self.faults.entry(kind).or_default() += 1;
        println!("{:>6} ms  {what}", self.begun.map_or(0, |begun| begun.elapsed().as_millis()));
    }

    /// At once: nobody's disk has a moment more than another's.
    fn kill(&mut self, processes: &mut Processes, ids: &[u32]) {
        processes.kill_at_once(ids);
        for id in ids {
            self.stopped.remove(id);
            // What a process was told, its successor does not know.
            self.slow.remove(id);
        }
        self.says(if ids.len() > 1 { "kill at once" } else { "kill" }, &format!("kill {ids:?}"));
    }

    fn start(&mut self, processes: &mut Processes, id: u32) {
        processes.start_one(id);
        self.says("start", &format!("start {id}"));
    }

    async fn slow_disk(&mut self, processes: &Processes, id: u32, extra: u32) {
        self.slow.insert(id);
        processes.slow_disk(id, extra).await;
        self.says("slow disk", &format!("slow-disk {id} {extra}"));
    }

    async fn set_cut(&mut self, processes: &Processes, a: u32, b: u32, cut: bool) {
        let link = (a.min(b), a.max(b));
        if cut {
            self.cut.insert(link)
        } else {
            self.cut.remove(&link)
        };
        processes.cut(a, b, cut).await;
        self.says(if cut { "cut" } else { "mend" }, &format!("{} {a} {b}", if cut { "cut" } else { "mend" }));
    }

    /// One thing, whatever it is.
    async fn anything(&mut self, processes: &mut Processes, draws: &mut Counter) -> (&'static str, String) {
        let (a, b) = (draws.between(1, 5), draws.between(1, 5));
        let link = (a.min(b), a.max(b));
        match draws.between(0, 9) {
            0..=2 if processes.is_running(a) => {
                processes.kill(a);
                self.stopped.remove(&a);
                self.slow.remove(&a);
                ("kill", format!("kill {a}"))
            }
            0..=3 if !processes.is_running(a) => {
                processes.start_one(a);
                ("start", format!("start {a}"))
            }
            4..=5 if processes.is_running(a) => {
                if self.stopped.remove(&a) {
                    processes.go_on(a);
                    return ("continue", format!("continue {a}"));
                }
                self.stopped.insert(a);
                processes.stop(a);
                ("stop", format!("stop {a}"))
            }
            6..=8 if a != b && !self.stopped.contains(&a) && !self.stopped.contains(&b) => {
                let cut = self.cut.insert(link);
                if !cut {
                    self.cut.remove(&link);
                }
                processes.cut(link.0, link.1, cut).await;
                let kind = if cut { "cut" } else { "mend" };
                (kind, format!("{kind} {a} {b}"))
            }
            _ if !self.stopped.contains(&a) => {
                let extra = draws.between(0, 40);
                self.slow.insert(a);
                processes.slow_disk(a, extra).await;
                ("slow disk", format!("slow-disk {a} {extra}"))
            }
            _ => ("nothing", "nothing".to_owned()),
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
