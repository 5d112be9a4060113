//! Servers without a laboratory: replicas in a host of this test's own, which knows nothing of the simulated world. What they
//! note must be a run in which every message is the same.

mod host;

use std::collections::HashSet;

use host::Room;
use quorum_core::log::Reads;
use quorum_core::run::Run;
use quorum_core::sim::{Action, Config, LogConfig, ProtocolKind};
use quorum_recording::{Mismatch, Note, Recording, What};

fn config(servers: u32) -> Config {
    let log = LogConfig { clients: host::CLIENTS as u32, ..LogConfig::default() };
    Config { nodes: servers, protocol: ProtocolKind::Log, log, ..Config::default() }
}

/// The notes of a seeded room, played. In two of three rooms reads take no slot, as real servers have it.
fn recorded(seed: u64, steps: u32) -> Result<Recording, Mismatch> {
    let mut config = config(3 + 2 * (seed % 2) as u32);
    config.log.reads = if seed.is_multiple_of(3) { Reads::Log } else { Reads::Index };
    let mut room = Room::with(&config, seed);
    room.live(steps);
    let mut recording = Recording::new(config).unwrap();
    for (node, at, note) in room.notes() {
        recording.note(*node, *at, note.clone());
    }
    recording.advance(None)?;
    Ok(recording)
}

#[test]
fn what_servers_did_is_a_run_in_which_every_message_is_the_same() {
    let (mut messages, mut kinds) = (0, HashSet::new());
    for seed in 0..180 {
        let recording = recorded(seed, 4_000).unwrap_or_else(|mismatch| panic!("seed {seed}: {mismatch}"));
        assert_eq!(recording.waiting(), 0, "seed {seed}: every note found its cause");
        assert!(recording.now().violations().is_empty(), "seed {seed}: {:?}", recording.now().violations());
        assert!(recording.clients() > 1, "seed {seed}");
        messages += recording.messages();
        let run = recording.run();
        kinds.extend(run.interventions.iter().map(|one| one.action.name()));
        // The run is one like any other: it is had again from its file.
        if seed < 4 {
            let history = Run { cursor: run.length, ..run.clone() }.replay().unwrap();
            assert_eq!((history.now().digest(), history.now().steps()), (run.digest.clone(), run.length));
            let text = serde_json::to_string(&quorum_core::json::Json::from(&run)).unwrap();
            let json = serde_json::from_str(&text).unwrap();
            assert_eq!(<Run as quorum_core::json::FromJson>::from_json(&json, "run").unwrap(), run);
        }
    }
    assert!(messages > 100_000, "{messages} messages were compared");
    for kind in ["crash", "restart", "pause", "resume", "cut", "mend", "wipe", "sync-first", "retry", "request", "drop"]
    {
        assert!(kinds.contains(kind), "no {kind} in any of the runs: {kinds:?}");
    }
}

/// Notes come in pieces, a server's late ones after another's: the run is the same, to a step of equal time.
#[test]
fn notes_that_come_in_pieces_make_a_run_that_follows_the_servers() {
    let mut room = Room::new(3, 11);
    room.live(3_000);
    let mut recording = Recording::new(config(3)).unwrap();
    let mut steps = Vec::new();
    for piece in room.notes().chunks(97) {
        let last = piece.last().map(|(_, at, _)| *at);
        for (node, at, note) in piece {
            recording.note(*node, *at, note.clone());
        }
        steps.extend(recording.advance(last).unwrap());
    }
    assert_eq!(recording.waiting(), 0);
    let actions: Vec<_> = recording.run().interventions.into_iter().map(|one| one.action).collect();
    assert_eq!(steps.into_iter().map(|step| step.action).collect::<Vec<_>>(), actions);
}

/// A supervisor notes what it does while a server lets several messages go: the two have nothing to do with each other.
#[test]
fn what_is_done_to_a_server_may_come_between_messages_that_left_together() {
    let mut room = Room::new(3, 5);
    room.live(2_000);
    let notes = room.notes();
    let sent = |(_, _, note): &(_, _, Note)| matches!(note, Note::Sent { .. });
    let cut = |(node, ..): &(quorum_core::paxos::NodeId, _, Note)| {
        let other = quorum_core::paxos::NodeId::new(node.get() % 3 + 1).unwrap();
        [Note::Cut(other), Note::Mended(other)]
    };
    let whole = |place: &usize| {
        notes[..*place].iter().all(|(_, _, note)| !matches!(note, Note::Cut(_)))
            && sent(&notes[*place])
            && sent(&notes[*place - 1])
            && notes[*place].0 == notes[*place - 1].0
    };
    let place = (1..notes.len()).find(whole).unwrap();
    let mut recording = Recording::new(config(3)).unwrap();
    for (at, (node, time, note)) in notes.iter().enumerate() {
        if at == place {
            cut(&notes[at]).into_iter().for_each(|note| recording.note(*node, *time, note));
        }
        recording.note(*node, *time, note.clone());
    }
    recording.advance(None).unwrap_or_else(|mismatch| panic!("{mismatch}"));
    assert_eq!(recording.waiting(), 0);
}

#[test]
fn a_process_that_is_killed_before_its_first_word_starts_again() {
    let mut recording = Recording::new(config(3)).unwrap();
    let (server, at) = (quorum_core::paxos::NodeId::FIRST, std::time::Duration::from_millis);
    recording.note(server, at(5), Note::Killed { records: Some(0) });
    recording.note(server, at(9), Note::Start { incarnation: 2, records: 0, replaced: false, off: Vec::new() });
    recording.advance(None).unwrap_or_else(|mismatch| panic!("{mismatch}"));
    let done: Vec<_> = recording.run().interventions.into_iter().map(|done| done.action).collect();
    assert_eq!(done, [Action::Crash { node: server }, Action::Restart { node: server }]);
}

#[test]
fn a_process_may_be_stopped_before_its_first_word() {
    let (server, at) = (quorum_core::paxos::NodeId::FIRST, std::time::Duration::from_millis);
    let start = |incarnation| Note::Start { incarnation, records: 0, replaced: false, off: Vec::new() };
    let done = |after: &[Note]| {
        let mut recording = Recording::new(config(3)).unwrap();
        recording.note(server, at(1), start(1));
        recording.note(server, at(5), Note::Killed { records: Some(0) });
        recording.note(server, at(7), Note::Stopped);
        for (note, now) in after.iter().zip(9..) {
            recording.note(server, at(now), note.clone());
        }
        recording.advance(None).unwrap_or_else(|mismatch| panic!("{mismatch}"));
        recording.run().interventions.into_iter().map(|done| done.action).collect::<Vec<_>>()
    };
    let (crash, restart) = (Action::Crash { node: server }, Action::Restart { node: server });
    let (pause, resume) = (Action::Pause { node: server }, Action::Resume { node: server });
    assert_eq!(done(&[]), std::slice::from_ref(&crash));
    assert_eq!(done(&[Note::Continued, start(2)]), [crash.clone(), restart.clone()]);
    assert_eq!(done(&[Note::Killed { records: None }, start(2)]), [crash.clone(), restart.clone()]);
    // The signal was noted before it reached the process.
    assert_eq!(done(&[start(2), Note::Continued]), [crash, restart, pause, resume]);
}

/// A real server that says something else is found at the very message.
#[test]
fn one_byte_that_differs_is_named_with_its_place() {
    let mut room = Room::new(3, 5);
    room.live(2_000);
    let mut notes: Vec<_> = room.notes().to_vec();
    let sent = |(_, (_, _, note)): &(usize, &(_, _, Note))| matches!(note, Note::Sent { .. });
    let (place, _) = notes.iter().enumerate().filter(sent).nth(300).unwrap();
    let node = notes[place].0;
    let nth = notes[..=place].iter().filter(|(other, ..)| *other == node).count() as u64;
    if let Note::Sent { digest, .. } = &mut notes[place].2 {
        *digest ^= 1;
    }
    let play = |notes: &[(_, _, Note)]| {
        let mut recording = Recording::new(config(3)).unwrap();
        for (node, at, note) in notes {
            recording.note(*node, *at, note.clone());
        }
        recording.advance(None).unwrap_err()
    };
    let mismatch = play(&notes);
    assert_eq!((mismatch.node, mismatch.place, mismatch.what), (node, nth, What::Differs));
    // A message that was not noted, and one that was never sent.
    notes.remove(place);
    assert!(matches!(play(&notes).what, What::More(_) | What::Differs));
    let extra =
        notes[..place].iter().rfind(|(other, _, note)| *other == node && matches!(note, Note::Timeout(_))).unwrap();
    notes.insert(place, extra.clone());
    assert_eq!(play(&notes).node, node);
}
