//! Records that begin in the middle: replicas in a host of this test's own run for a while, and then a record begins at a
//! consistent cut. From there on, every message must be the one that the laboratory sends.

mod host;

use std::collections::BTreeSet;

use host::Room;
use quorum_core::check::Judged;
use quorum_core::json::{FromJson, Json};
use quorum_core::log::{self, Reads, Rules, Snapshots};
use quorum_core::paxos;
use quorum_core::run::Run;
use quorum_core::sim::{Action, Config, LogConfig, ProtocolKind};
use quorum_recording::{Crossing, Note, Recording, Standing, TakesPart, takes_part};

/// Which rules hold.
type Hold = (paxos::Rules, Rules);

fn config(seed: u64, (single, rules): Hold) -> Config {
    let snapshots = seed.is_multiple_of(2).then_some(Snapshots { every: 10, keep: 4 });
    // Where clients are forgotten all the time; where they say what they know, and none is forgotten; and where they say nothing.
    let sessions = [None, Some(2), None, Some(1000), None][(seed % 5) as usize];
    // Where rules are off, what broke is looked for, and not how clients read.
    let all_hold = (single, rules) == Hold::default();
    let reads = if all_hold && seed % 4 >= 2 { Reads::Index } else { Reads::Log };
    let log = LogConfig { clients: host::CLIENTS as u32, snapshots, rules, sessions, reads, ..LogConfig::default() };
    Config {
        nodes: 3 + 2 * (seed % 3 / 2) as u32,
        protocol: ProtocolKind::Log,
        rules: single,
        log,
        ..Config::default()
    }
}

/// Where a record began, and what was noted since.
struct Middle {
    config: Config,
    standing: Vec<Standing>,
    crossing: Vec<Crossing>,
    take_part: Vec<TakesPart>,
    notes: Vec<(quorum_core::paxos::NodeId, std::time::Duration, Note)>,
}

impl Middle {
    /// A seeded room lives for so many steps before the record begins, and for so many after.
    fn of(seed: u64, (before, after): (u32, u32), rules: Hold) -> Self {
        let config = config(seed, rules);
        let mut room = Room::with(&config, seed);
        room.live(before);
        room.begin();
        // Where nothing goes wrong any more, everything of before is decided soon.
        if seed.is_multiple_of(4) {
            room.live_in_peace(after);
        } else {
            room.live(after);
        }
        let standing = room.beginning();
        let notes = room.notes_since();
        let (mut take_part, mut crossing): (Vec<TakesPart>, _) = (Vec::new(), Vec::new());
        for (to, _, note) in &notes {
            if let Note::Crossed { from, number, message, .. } = note {
                crossing.push(Crossing { from: *from, to: *to, number: *number, message: (**message).clone() });
            }
            let Some(part) = takes_part(note) else { continue };
            match take_part.iter_mut().find(|(client, _)| *client == part.0) {
                Some((_, first)) => *first = first.or(part.1),
                None => take_part.push(part),
            }
        }
        Self { config, standing, crossing, take_part, notes }
    }

    fn recording(&self) -> Recording {
        let Self { config, standing, crossing, take_part, notes } = self;
        let mut recording = Recording::begin(config.clone(), standing, crossing, take_part).unwrap();
        for (node, at, note) in notes {
            recording.note(*node, *at, note.clone());
        }
        recording
    }

    /// The record, played to its end.
    fn played(&self) -> Result<Recording, String> {
        let mut recording = self.recording();
        recording.advance(None).map_err(|mismatch| mismatch.to_string())?;
        Ok(recording)
    }
}

#[test]
fn a_record_that_begins_in_the_middle_is_a_run_in_which_every_message_is_the_same() {
    let (mut messages, mut crossing, mut down, mut roles, mut judged) = (0, 0, 0, BTreeSet::new(), 0);
    for seed in 0..240 {
        let before = 300 + (seed * 37 % 4_000) as u32;
        let middle = Middle::of(seed, (before, 2_500), Hold::default());
        let recording = middle.played().unwrap_or_else(|mismatch| panic!("seed {seed}: {mismatch}"));
        assert_eq!(recording.waiting(), 0, "seed {seed}: every note found its cause");
        assert!(recording.now().violations().is_empty(), "seed {seed}: {:?}", recording.now().violations());
        messages += recording.messages();
        crossing += middle.crossing.len();
        down += middle.standing.iter().filter(|server| server.checkpoint.memory.is_none()).count();
        let run = recording.run();
        for server in &run.config.begins().unwrap().servers {
            let json = serde_json::to_value(Json::from(server)).unwrap();
            let role = &json["memory"]["role"];
            let kind = role.as_object().and_then(|role| role.keys().next().cloned());
            roles.insert(kind.or_else(|| role.as_str().map(str::to_owned)).unwrap_or_else(|| "down".to_owned()));
        }
        let observer = recording.now().observer().log().unwrap();
        judged += u32::from(observer.judged() == Judged::Linearizable);
        assert_ne!(observer.judged(), Judged::Not, "seed {seed}");
        if seed % 16 == 0 {
            is_had_again(&run);
        }
    }
    assert!(messages > 50_000, "{messages} messages were compared");
    assert!(crossing > 100 && down > 20, "{crossing} messages crossed the cut, {down} servers were down at it");
    let expected = ["candidate", "down", "follower", "leader"].map(str::to_owned);
    assert_eq!(roles, BTreeSet::from(expected));
    assert!(judged > 60, "the clients' history was judged in {judged} of 240");
}

/// Who follows servers does not know yet what their clients will ask for first. Of a client that has read without a slot, nobody knows
/// how many things it has asked for.
#[test]
fn clients_that_have_read_before_the_record_began_are_followed_from_their_first_request_on() {
    let (mut followed, mut strays) = (0, 0);
    for seed in (0..160).filter(|seed| seed % 4 >= 2) {
        let mut middle = Middle::of(seed, (1_000, 2_000), Hold::default());
        middle.take_part.iter_mut().for_each(|(_, first)| *first = None);
        match middle.played() {
            Ok(recording) => {
                followed += 1;
                assert!(recording.now().violations().is_empty(), "seed {seed}: {:?}", recording.now().violations());
                strays += recording.run().interventions.iter().filter(|one| one.action.name() == "stray").count();
            }
            Err(mismatch) => println!("seed {seed}: {mismatch}"),
        }
    }
    // Where a client was answered by a server for which the record had not begun, nobody knows that it waits no more. Of rooms in which
    // reads take slots, 73 of 80 are followed.
    assert!(followed >= 64 && strays > 100, "{followed} of 80 are followed, {strays} requests turned up");
}

/// The run is one like any other: it is had again from its file, and from any step of it.
fn is_had_again(run: &Run) {
    let text = serde_json::to_string(&Json::from(run)).unwrap();
    let read = <Run as FromJson>::from_json(&serde_json::from_str(&text).unwrap(), "run").unwrap();
    assert_eq!(read, *run);
    let mut history = Run { cursor: run.length, ..read }.replay().unwrap_or_else(|error| panic!("{error}"));
    assert_eq!((history.now().digest(), history.now().steps()), (run.digest.clone(), run.length));
    history.seek(0);
    assert_eq!(history.now().steps(), 0);
    history.seek(run.length / 2);
    // What if it crashed here, and all went on by itself?
    let node = quorum_core::paxos::NodeId::FIRST;
    let _ = history.apply(&Action::Crash { node });
    for _ in 0..300 {
        history.step();
    }
    assert!(history.now().violations().is_empty(), "{:?}", history.now().violations());
}

/// What a checkpoint leaves out follows; where anything of it is missing or otherwise, the servers say something else.
#[test]
fn a_server_that_does_not_stand_where_it_stood_says_something_else() {
    let (mut found, mut tried) = (0, 0);
    for seed in 0..40 {
        let mut middle = Middle::of(seed, (2_000, 1_000), Hold::default());
        let Some(place) = middle.standing.iter().position(|server| server.checkpoint.memory.is_some()) else {
            continue;
        };
        let checkpoint = &mut middle.standing[place].checkpoint;
        *checkpoint = log::Checkpoint { memory: None, timers: Vec::new(), ..checkpoint.clone() };
        tried += 1;
        found += u32::from(middle.played().is_err());
    }
    // One that is started again at once, or says nothing more, does not show.
    assert!(found + 3 >= tried && tried > 30, "{found} of {tried}");
}

/// A message that crossed the cut is under way when the run begins. Without it, its receiver cannot have it.
#[test]
fn a_message_that_crosses_the_cut_arrives_in_the_run() {
    let seeds = (0..).map(|seed| Middle::of(seed, (1_500, 800), Hold::default()));
    let mut middle = seeds.into_iter().find(|middle| !middle.crossing.is_empty()).unwrap();
    let run = middle.played().unwrap().run();
    assert_eq!(run.config.begins().unwrap().messages.len(), middle.crossing.len());
    let first = |one: &quorum_core::run::Intervention| matches!(one.action, Action::Deliver { message } if message.0 as usize <= middle.crossing.len());
    assert_eq!(run.interventions.iter().filter(|one| first(one)).count(), middle.crossing.len());
    middle.crossing.clear();
    assert!(middle.recording().advance(None).is_err() || middle.played().unwrap().waiting() > 0);
}

/// What breaks behind the beginning is found, whatever was broken before.
#[test]
fn what_breaks_after_the_beginning_is_found() {
    let single = |rule| (paxos::Rules::without(&[rule]), Rules::default());
    let log = |rule| (paxos::Rules::default(), Rules::without(&[rule]));
    for (hold, says) in [
        (log(log::Rule::Deduplicate), "twice"),
        (single(paxos::Rule::PersistAccepted), "before what that rests on was durable"),
        (single(paxos::Rule::RecoverAccepted), "Agreement is broken"),
        (single(paxos::Rule::AdoptReported), "Agreement is broken"),
        (single(paxos::Rule::RecoverPromise), "has forgotten it"),
    ] {
        let broken = |seed| {
            let played = Middle::of(seed, (1_500, 4_000), hold).played();
            let recording = played.unwrap_or_else(|why| panic!("{says}, seed {seed}: {why}"));
            recording.now().violations().iter().map(|(_, it)| it.sentence(Default::default())).collect::<Vec<_>>()
        };
        let all: BTreeSet<String> = (0..60).flat_map(broken).collect();
        let some: Vec<&String> = all.iter().take(20).collect();
        assert!(all.iter().any(|sentence| sentence.contains(says)), "{says}: {some:#?}");
    }
}

#[test]
fn what_cannot_be_begun_with_is_refused_with_a_sentence() {
    let Middle { config, standing, take_part, .. } = Middle::of(2, (2_000, 500), Hold::default());
    let few = Recording::begin(Config { nodes: 3, ..config.clone() }, &standing, &[], &take_part);
    let few = few.err().unwrap().to_string();
    assert!(few.contains("begins in the middle, with 5 servers: it cannot have 3"), "{few}");
    let run = Recording::begin(config, &standing, &[], &take_part).unwrap().run();
    let refused = quorum_link::to_link(&run).unwrap_err().to_string();
    assert!(refused.contains("begins in the middle") && refused.contains("as a file"), "{refused}");
}
