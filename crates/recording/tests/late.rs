//! A server that gets its turn late: it waits for its disk, or for a busy machine. What it takes in then was not lost, however
//! long ago it left.

mod host;

use std::time::Duration;

use host::Room;
use quorum_core::paxos::NodeId;
use quorum_core::sim::{Config, LogConfig, ProtocolKind};
use quorum_recording::{Note, Recording};

/// What three servers did, of whom the third did not get its turn for so many seconds.
fn lived(seed: u64, seconds: f64) -> Vec<(NodeId, Duration, Note)> {
    let mut room = Room::new(3, seed);
    room.live_in_peace(600);
    let begins = room.notes().last().map(|(_, at, _)| *at).unwrap();
    room.live_without(NodeId::new(3).unwrap(), 600);
    let ends = room.notes().last().map(|(_, at, _)| *at).unwrap();
    room.live_in_peace(600);
    let slower = seconds / (ends - begins).as_secs_f64();
    room.notes().iter().map(|(node, at, note)| (*node, at.mul_f64(slower), note.clone())).collect()
}

/// Reads those notes every second, as they are written.
fn read(notes: Vec<(NodeId, Duration, Note)>) -> Recording {
    let log = LogConfig { clients: host::CLIENTS as u32, ..LogConfig::default() };
    let config = Config { nodes: 3, protocol: ProtocolKind::Log, log, ..Config::default() };
    let mut recording = Recording::new(config).unwrap();
    let mut now = Duration::ZERO;
    for (node, at, note) in notes {
        while now + Duration::from_secs(1) < at {
            now += Duration::from_secs(1);
            recording.advance(Some(now)).unwrap_or_else(|error| panic!("{error}"));
        }
        recording.note(node, at, note);
    }
    recording.advance(None).unwrap_or_else(|error| panic!("{error}"));
    recording
}

#[test]
fn what_is_taken_in_late_was_not_lost() {
    for seed in 1..=20 {
        let recording = read(lived(seed, 30.0));
        assert_eq!(recording.waits_in_vain(), None, "seed {seed}");
        assert_eq!(recording.waiting(), 0, "seed {seed}");
    }
}

#[test]
fn a_server_that_waits_for_what_counts_as_lost_is_known() {
    for seed in 1..=5 {
        let recording = read(lived(seed, 300.0));
        assert!(recording.waits_in_vain().is_some(), "seed {seed}: it goes on");
        assert!(recording.waiting() > 0, "seed {seed}");
    }
}
