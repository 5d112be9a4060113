//! The beats of every shipped scenario, to be read as a story; and what is true of the beats of any run.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use quorum_core::json::{FromJson, Json};
use quorum_core::run::{BeatSize, History, Pace};
use quorum_core::scenario::{LOG_SCENARIOS, Played, RandomLog, RandomRun, RandomWorld, SCENARIOS, Scenario};

fn play(text: &str) -> Played {
    let json: Json = serde_json::from_str(text).unwrap();
    Scenario::from_json(&json, "scenario").unwrap().play().unwrap()
}

fn by(size: BeatSize) -> Pace {
    Pace { size, notes: Vec::new() }
}

/// The ends of all beats of the branch.
fn ends(history: &History, pace: &Pace) -> Vec<u64> {
    let mut ends = vec![0];
    while *ends.last().unwrap() < history.branch().length() {
        ends.push(history.beat_from(pace, ends.last().unwrap() + 1));
    }
    ends
}

/// A line for each beat that leads to here: when, until which step, and what is said.
fn story(history: &mut History, pace: &Pace) -> String {
    let mut text = String::new();
    for end in ends(history, pace) {
        history.seek(end);
        let at = history.now().schedule().now();
        let says = history.says(pace);
        if !says.is_empty() {
            let _ = writeln!(text, "{at:>6} ms {end:>4}  {says}");
        }
    }
    text
}

#[test]
fn every_scenario_reads_by_ideas_as_the_golden_story_says() {
    let mut text = String::new();
    for (name, scenario) in SCENARIOS.iter().chain(LOG_SCENARIOS) {
        let mut played = play(scenario);
        let length = played.history.branch().length();
        let story = story(&mut played.history, &by(BeatSize::Ideas));
        let messages = ends(&played.history, &by(BeatSize::Messages)).len() - 1;
        let _ = writeln!(text, "{name}: {} ideas, {messages} messages, {length} steps\n{story}", story.lines().count());
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/ideas.txt");
    if std::env::var_os("UPDATE_GOLDENFILES").is_some() {
        fs::write(&path, &text).unwrap();
    }
    assert_eq!(text, fs::read_to_string(&path).unwrap());
}

/// A world with every fault at once.
fn troubled(seed: u64) -> History {
    let mut world = RandomRun::new(seed);
    world.disturb(400, drop);
    world.run().replay().unwrap()
}

/// The same of a log.
fn troubled_log(seed: u64) -> History {
    let mut world = RandomLog::new(seed);
    world.disturb(400, &mut drop);
    world.run().replay().unwrap()
}

#[test]
fn beats_nest_every_end_of_an_idea_ends_a_command_then_a_message_then_a_step() {
    for (seed, history) in
        (0..40).map(|seed| (seed, troubled(seed))).chain((40..60).map(|seed| (seed, troubled_log(seed))))
    {
        let length = history.branch().length();
        let notes: Vec<u64> = (seed % 7..length / 2).step_by(31).collect();
        for notes in [Vec::new(), notes] {
            let pace = |size| Pace { size, notes: notes.clone() };
            let [ideas, commands, messages, everything] = BeatSize::ALL.map(|size| ends(&history, &pace(size)));
            assert!(ideas.iter().all(|end| commands.contains(end)), "seed {seed}");
            assert!(commands.iter().all(|end| messages.contains(end)), "seed {seed}");
            assert!(
                seed >= 40 || !notes.is_empty() || commands == ideas,
                "seed {seed}: here are no clients to be answered"
            );
            assert!(messages.iter().all(|end| everything.contains(end)), "seed {seed}");
            assert_eq!(everything, (0..=length).collect::<Vec<_>>());
            assert!(ideas.len() < messages.len() && messages.len() < everything.len(), "seed {seed}");
            for note in &notes {
                assert!(ideas.contains(note), "seed {seed}: a note ends an idea");
            }
        }
    }
}

#[test]
fn the_beats_of_a_run_are_the_same_whether_it_is_lived_or_looked_back_at() {
    for (seed, end) in (0..20).map(|seed| (seed, troubled(seed))).chain((20..30).map(|seed| (seed, troubled_log(seed))))
    {
        for size in BeatSize::ALL {
            let pace = by(size);
            let mut back = end.clone();
            back.seek(0);
            let mut live = History::new(end.now().config().clone()).unwrap();
            for intervention in end.branch().interventions() {
                while live.now().steps() < intervention.step {
                    live.step().unwrap();
                    back.step().unwrap();
                    assert_eq!(live.idle_before(size), back.idle_before(size));
                    let step = live.now().steps();
                    // Before somebody interferes, nothing says that a beat ends here.
                    if step < intervention.step {
                        assert_eq!(live.says(&pace), back.says(&pace));
                        assert_eq!(
                            live.ends_beat(&pace, step),
                            back.ends_beat(&pace, step),
                            "seed {seed}, step {step}"
                        );
                    }
                }
                live.apply(&intervention.action).unwrap();
                back.step().unwrap();
            }
            for end in ends(&end, &pace).into_iter().step_by(5) {
                let mut lived = back.clone();
                lived.seek(0);
                while lived.now().steps() < end {
                    lived.step();
                }
                back.seek(end);
                assert_eq!(back.view_by(&pace), lived.view_by(&pace), "seed {seed}, step {end}");
            }
        }
    }
}

#[test]
fn a_message_ends_before_the_next_arrival_timer_or_intervention() {
    for seed in 0..20 {
        let history = troubled(seed);
        let pace = by(BeatSize::Messages);
        let ends = ends(&history, &pace);
        let begins = |step: u64| {
            let events = history.events(step, step);
            !matches!(events[0].name(), "wrote" | "durable" | "sent")
        };
        for beat in ends.windows(2) {
            assert!(begins(beat[0] + 1), "seed {seed}: step {} begins a beat", beat[0] + 1);
            assert!((beat[0] + 2..=beat[1]).all(|step| !begins(step)), "seed {seed}: {beat:?}");
        }
    }
}

#[test]
fn the_beat_before_and_the_beat_after_lead_to_each_other() {
    let history = troubled(3);
    for size in BeatSize::ALL {
        let pace = by(size);
        for beat in ends(&history, &pace).windows(2) {
            assert_eq!(history.beat_before(&pace, beat[1]), beat[0]);
            assert_eq!(history.beat_from(&pace, beat[0] + 1), beat[1]);
        }
        assert_eq!(history.beat_before(&pace, 0), 0);
        assert_eq!(history.beat_from(&pace, u64::MAX), history.branch().length());
    }
}

#[test]
fn where_a_run_has_notes_they_are_its_ideas_and_are_counted() {
    let (_, text) = SCENARIOS[0];
    let mut played = play(text);
    let notes: Vec<u64> = played.run().notes.iter().map(|note| note.step).collect();
    let pace = Pace { size: BeatSize::Ideas, notes: notes.clone() };
    let history = &mut played.history;
    let length = history.branch().length();
    let mut wanted = notes.clone();
    wanted.push(length);
    assert_eq!(ends(history, &pace), wanted, "after the last note, the rest of the run");
    for (number, note) in (1_u32..).zip(&notes) {
        history.seek(*note);
        let beat = history.beat(&pace);
        let of = |field: &str| beat.get(field).cloned().unwrap_or(Json::Null);
        assert_eq!((of("number"), of("of")), (Json::from(number), Json::from(notes.len() as u32)));
    }
}

/// What happens in a log besides heartbeats, in the step that begins a message's beat or later in it.
fn is_heartbeat(event: &quorum_core::run::Event) -> bool {
    let json = serde_json::to_value(event.json(quorum_core::paxos::Scheme::Rounds)).unwrap();
    json["message"]["kind"] == "heartbeat" || json["timer"] == "heartbeat"
}

#[test]
fn an_idle_log_is_one_breath_and_its_time_is_said_once() {
    let (_, text) = LOG_SCENARIOS.iter().find(|(name, _)| *name == "chained").unwrap();
    let mut history = play(text).history;
    let length = history.branch().length();
    let events = history.events(0, length);
    let (messages, ideas) = (ends(&history, &by(BeatSize::Messages)), ends(&history, &by(BeatSize::Ideas)));
    let (mut breaths, mut heartbeats) = (0, 0);
    for beat in messages.windows(2) {
        let within: Vec<_> = events.iter().filter(|event| (beat[0] + 1..=beat[1]).contains(&event.step)).collect();
        heartbeats += within.iter().filter(|event| is_heartbeat(event) && event.name() == "delivered").count();
        if within.iter().all(|event| is_heartbeat(event)) {
            breaths += 1;
            history.seek(beat[1]);
            assert!(history.is_idle() && history.idle_before(BeatSize::Messages) <= 500, "step {}", beat[1]);
        }
    }
    // Rounds of heartbeats, and not heartbeats: there are three servers, and one link is cut.
    assert!(breaths > 8 && heartbeats > 3 * breaths, "{breaths} of {heartbeats}");
    // By ideas, four seconds of nothing are said to be four seconds.
    let last = ideas[ideas.len() - 2];
    history.seek(last);
    let quiet: Vec<u64> = (last + 1..=length)
        .filter(|step| {
            history.seek(*step);
            history.idle_before(BeatSize::Ideas) > 3500
        })
        .collect();
    assert!(!quiet.is_empty() && ideas.iter().all(|end| *end <= last || *end == length));
}

#[test]
fn links_that_are_cut_at_once_are_one_message_and_one_sentence() {
    let (_, text) = LOG_SCENARIOS.iter().find(|(name, _)| *name == "quorum-loss").unwrap();
    let mut history = play(text).history;
    let cut =
        history.events(0, u64::MAX).iter().filter(|event| event.name() == "cut").map(|event| event.step).max().unwrap();
    for size in [BeatSize::Messages, BeatSize::Ideas] {
        let pace = by(size);
        assert_eq!(history.beat_before(&pace, cut - 11), history.beat_before(&pace, cut));
        let end = history.beat_from(&pace, cut);
        history.seek(end);
        assert_eq!(history.says(&pace), "These links are cut: 2 – 3, 2 – 4, 2 – 5, 3 – 4, 3 – 5, 4 – 5.");
    }
}
