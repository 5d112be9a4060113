//! Three servers agree on one value: `cargo run -p quorum-core --example one_round`.

use quorum_core::run::Simulation;
use quorum_core::sim::{Action, Config};
use std::error::Error;

/// Asks server 1 for "blue", follows the clock to the end, and says what was chosen.
pub(crate) fn one_round() -> Result<String, Box<dyn Error>> {
    let mut simulation = Simulation::new(Config { seed: 7, ..Config::default() })?;
    let node = simulation.cluster().nodes().next().ok_or("a cluster has servers")?;
    simulation.apply(&Action::Propose { node, value: "blue".parse()? })?;
    while let Some(events) = simulation.step() {
        for event in events {
            println!("{:>4} ms  {}", event.at, event.why(simulation.config().ballots));
        }
    }
    let chosen = simulation.observer().chosen().first().ok_or("nothing was chosen")?;
    Ok(chosen.vote.value.to_string())
}

#[allow(dead_code, reason = "the tests call what it calls")]
fn main() -> Result<(), Box<dyn Error>> {
    println!("Chosen: {}", one_round()?);
    Ok(())
}
