//! What a copy of a moment costs must not grow with what has happened before it, or a run with a way back would cost the square
//! of its length. Bytes are counted here, and no clock is asked.

use quorum_core::run::Simulation;
use quorum_core::sim::{Config, LogConfig, ProtocolKind, Workload};
use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

/// Counts what is allocated.
struct Counting;

static ALLOCATED: AtomicUsize = AtomicUsize::new(0);

// SAFETY: it only counts what it passes on.
#[allow(unsafe_code)]
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATED.fetch_add(layout.size(), Relaxed);
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static COUNTING: Counting = Counting;

/// Five servers that have agreed on so many slots.
fn moment(slots: u64) -> Simulation {
    let workload = Workload { clients: 5, rate: 1000, keys: 3 };
    let log = LogConfig { clients: workload.clients, workload: Some(workload), ..LogConfig::default() };
    let config = Config { nodes: 5, protocol: ProtocolKind::Log, log, ..Config::default() };
    let mut moment = Simulation::new(config).unwrap();
    while moment.observer().log().unwrap().highest_chosen() < slots {
        moment.step().unwrap();
    }
    moment
}

/// How many bytes are allocated for a copy.
fn copied(moment: &Simulation) -> usize {
    let before = ALLOCATED.load(Relaxed);
    let copy = moment.clone();
    let bytes = ALLOCATED.load(Relaxed) - before;
    assert_eq!(copy.digest(), moment.digest());
    bytes
}

/// A slot is known in about twenty places: a vote in memory and on disk and what is learned on each of five servers, and what
/// observers keep. Of each a copy costs a pointer for 32 slots, and nothing else.
#[test]
fn a_copy_of_a_log_costs_a_few_bytes_for_each_slot() {
    const FEW: u64 = 1000;
    const MANY: u64 = 6000;
    let (few, many) = (copied(&moment(FEW)), copied(&moment(MANY)));
    let each = (many as f64 - few as f64) / (MANY - FEW) as f64;
    assert!((1.0..16.0).contains(&each), "{each} bytes: {few} of {FEW} slots, {many} of {MANY}");
}
