//! Four moments to crash a server around a write, and what each leaves:
//! `cargo run -p quorum-core --example four_crash_points`.

use quorum_core::run::Simulation;
use quorum_core::sim::{Action, Config};
use std::error::Error;

/// Whether server 2 still knows its promise after a crash, when so many of write, sync and send had happened before it.
pub(crate) fn remembers(done: usize) -> Result<bool, Box<dyn Error>> {
    let mut simulation = Simulation::new(Config::default())?;
    let mut nodes = simulation.cluster().nodes();
    let (one, two) = (nodes.next().ok_or("a server")?, nodes.next().ok_or("two servers")?);
    simulation.apply(&Action::Propose { node: one, value: "blue".parse()? })?;
    // Server 2 has decided to promise, and the record waits in its memory.
    while simulation.cluster().server(two).disk().queued().is_empty() {
        simulation.step().ok_or("it comes to that")?;
    }
    let around = [Action::Write { node: two }, Action::Sync { node: two }, Action::Flush { node: two }];
    for action in around.iter().take(done) {
        simulation.apply(action)?;
    }
    simulation.apply(&Action::Crash { node: two })?;
    simulation.apply(&Action::Restart { node: two })?;
    let acceptor = simulation.cluster().server(two).paxos().and_then(|replica| replica.acceptor());
    Ok(acceptor.is_some_and(|acceptor| acceptor.promised().is_some()))
}

#[allow(dead_code, reason = "the tests call what it calls")]
fn main() -> Result<(), Box<dyn Error>> {
    for (done, moment) in ["before the write", "written, not durable", "durable, not sent", "sent"].iter().enumerate() {
        println!("{moment:>20}: the promise {}", if remembers(done)? { "remains" } else { "is gone" });
    }
    Ok(())
}
