//! The challenges that come with the program: each can be met as shipped, and neither by its start nor by what only looks
//! right.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use quorum_core::json::{FromJson, Json};
use quorum_core::run::{Intervention, Run};
use quorum_core::scenario::{CHALLENGES, Challenge, LOG_CHALLENGES, Planned, shipped_challenge};
use quorum_core::sim::Action;

/// Longest sentence of a challenge, in characters: its goal and its hints stand in one line or two.
const ONE_GLANCE: usize = 240;

fn challenge(name: &str) -> Challenge {
    read(shipped_challenge(name).expect("shipped")).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn read(text: &str) -> Result<Challenge, String> {
    let json: Json = serde_json::from_str(text).expect("JSON");
    Challenge::from_json(&json, "challenge").map_err(|error| error.to_string())
}

fn all() -> impl Iterator<Item = (&'static str, Challenge)> {
    CHALLENGES.iter().chain(LOG_CHALLENGES).map(|(name, _)| (*name, challenge(name)))
}

fn planned(action: &str) -> Planned {
    Planned::from_json(&serde_json::from_str(&format!(r#"{{"action":{action}}}"#)).unwrap(), "action").unwrap()
}

/// The steps at which the shipped solutions meet their goals. They follow from the runs, like digests.
#[test]
fn the_shipped_solution_meets_each_goal_and_says_at_which_step() {
    let steps: Vec<_> = all()
        .map(|(name, challenge)| {
            let (run, verdict) =
                challenge.attempt(&challenge.solution).unwrap_or_else(|error| panic!("{name}: {error}"));
            assert!(verdict.goal.iter().all(|part| part.met), "{name}: {:?}", verdict.goal);
            let met = verdict.met.unwrap_or_else(|| panic!("{name}: {:?}", verdict.lost));
            assert!(met <= run.length, "{name}");
            (name, met)
        })
        .collect();
    let expected = [
        ("first-agreement", 38),
        ("chosen-but-unknown", 31),
        ("not-its-own-value", 43),
        ("a-lost-vote", 30),
        ("a-lost-promise", 28),
        ("a-duel-of-five", 71),
        ("a-minority-that-cannot", 87),
        ("a-majority-comes-back", 61),
        ("chosen-twice", 73),
        ("a-one-way-link", 37),
        ("too-late", 55),
        ("agreement-broken", 66),
        ("a-gap-in-the-log", 124),
        ("one-operation-two-slots", 82),
        ("an-old-leader", 203),
        ("a-stale-read", 159),
    ];
    assert_eq!(steps, expected);
}

/// Also not when somebody does something that changes nothing: then the judge looks at every step.
#[test]
fn the_start_left_to_itself_does_not_meet_the_goal() {
    for (name, challenge) in all() {
        let idle = planned(r#"{"type":"cut","from":1,"to":2}"#);
        let undone = planned(r#"{"type":"mend","from":1,"to":2}"#);
        for tries in [&[][..], &[idle, undone]] {
            let (_, verdict) = challenge.attempt(tries).unwrap_or_else(|error| panic!("{name}: {error}"));
            assert_eq!(verdict.met, None, "{name}");
            assert!(verdict.goal.iter().any(|part| !part.met && !part.seen.is_empty()), "{name}: {:?}", verdict.goal);
        }
    }
}

#[test]
fn three_wrong_tries_do_not_meet_the_goal_and_each_is_another() {
    for (name, challenge) in all() {
        assert_eq!(challenge.wrong.len(), 3, "{name}");
        for (number, tries) in challenge.wrong.iter().enumerate() {
            assert!(!tries.is_empty(), "{name}");
            assert!(challenge.wrong[..number].iter().all(|other| other != tries), "{name}: try {number}");
            let (_, verdict) = challenge.attempt(tries).unwrap_or_else(|error| panic!("{name}, {number}: {error}"));
            assert_eq!(verdict.met, None, "{name}: try {number}");
        }
    }
}

#[test]
fn every_part_of_every_goal_is_needed_and_can_fail() {
    for (name, challenge) in all() {
        let tries = challenge.wrong.iter().map(Vec::as_slice).chain([&[][..]]);
        let verdicts: Vec<_> = tries.map(|tries| challenge.attempt(tries).unwrap().1).collect();
        let start = challenge.judge().unwrap().look(&challenge.start().unwrap()).unwrap();
        for (position, part) in challenge.goal.iter().enumerate() {
            let fails = verdicts.iter().chain([&start]).any(|verdict| !verdict.goal[position].met);
            assert!(fails, "{name}: nothing shipped contradicts that {}", part.says());
        }
    }
}

#[test]
fn every_file_is_a_challenge_with_a_name_a_title_a_goal_in_words_and_three_hints() {
    for (folder, listed) in [("challenges", CHALLENGES), ("challenges/log", LOG_CHALLENGES)] {
        let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
        let entries = fs::read_dir(&directory).unwrap().map(Result::unwrap);
        let files = entries.filter(|entry| entry.file_type().unwrap().is_file());
        let files: BTreeSet<_> = files.map(|entry| entry.file_name().into_string().unwrap()).collect();
        let names: Vec<_> = listed.iter().map(|(name, _)| *name).collect();
        let listed: BTreeSet<_> = names.iter().map(|name| format!("{name}.quorum.json")).collect();
        assert_eq!(&files - &BTreeSet::from(["index.txt".to_owned()]), listed);
        let index = fs::read_to_string(directory.join("index.txt")).unwrap();
        assert_eq!(index.lines().collect::<Vec<_>>(), names);
    }
    let titles: BTreeSet<_> = all().map(|(_, challenge)| challenge.title).collect();
    assert_eq!(titles.len(), all().count());
    for (name, Challenge { about, hints, .. }) in all() {
        assert_eq!(hints.len(), 3, "{name}");
        for text in hints.iter().chain([&about]) {
            assert!((20..=ONE_GLANCE).contains(&text.chars().count()), "{name}: {text}");
        }
    }
    let unknown = shipped_challenge("nothing").unwrap_err().to_string();
    assert!(unknown.starts_with("There is no challenge \"nothing\". There are: first-agreement, "), "{unknown}");
}

/// The page asks after every step; the terminal once.
#[test]
fn asked_after_every_step_the_judge_says_the_same_as_asked_once() {
    for (name, challenge) in all() {
        for tries in challenge.wrong.iter().chain([&challenge.solution]) {
            let (run, _) = challenge.attempt(tries).unwrap();
            let length = run.length.min(150);
            let mut often = challenge.judge().unwrap();
            let start = challenge.start().unwrap().length;
            for step in start..=length {
                let so_far = until(&run, step);
                let once = challenge.judge().unwrap().look(&so_far).unwrap();
                assert_eq!(often.look(&so_far).unwrap(), once, "{name}: step {step}");
            }
            // Back to the start, and on another course.
            let again = often.look(&until(&run, start)).unwrap();
            assert_eq!(again, challenge.judge().unwrap().look(&challenge.start().unwrap()).unwrap(), "{name}");
        }
    }
}

fn until(run: &Run, step: u64) -> Run {
    let interventions = run.interventions.iter().filter(|it| it.step < step).cloned().collect();
    Run { length: step, cursor: step, interventions, ..run.clone() }
}

#[test]
fn a_run_that_begins_elsewhere_is_not_judged() {
    let judged = challenge("a-lost-vote");
    let (run, verdict) = judged.attempt(&judged.solution).unwrap();
    assert!(verdict.met.is_some());
    let mut judge = judged.judge().unwrap();
    assert_eq!(judge.look(&run).unwrap(), verdict);
    let mut others: Vec<Run> = vec![run.clone(); 3];
    others[0].config.seed += 1;
    others[1].interventions.remove(0);
    others[2].interventions[0] = Intervention { step: 0, action: Action::Heal, at: None };
    for other in others {
        let verdict = judge.look(&other).unwrap();
        assert_eq!(verdict.met, None);
        assert!(verdict.lost.unwrap().contains("does not begin where the goal was set"));
    }
    let start = judged.start().unwrap();
    let impossible = Run { length: start.length + 100_000, ..start };
    assert!(judge.look(&impossible).unwrap_err().to_string().contains("nothing is left to happen after step"));
}

#[test]
fn what_a_challenge_does_not_allow_loses_it_until_one_goes_back() {
    let one_way = challenge("a-one-way-link");
    let with_crash = [planned(r#"{"type":"crash","node":2}"#), planned(r#"{"type":"restart","node":2}"#)];
    let (_, verdict) = one_way.attempt(&[&with_crash[..], &one_way.solution].concat()).unwrap();
    assert_eq!(verdict.met, None);
    let lost = verdict.lost.unwrap();
    assert_eq!(lost, "Only these may be used: propose, cut, mend, timeout, and not crash. Go back to before step 1.");
    let vote = challenge("a-lost-vote");
    let rule = planned(r#"{"type":"rule","rule":"keep-promise","on":false}"#);
    let (_, verdict) = vote.attempt(&[&[rule][..], &vote.solution].concat()).unwrap();
    assert_eq!(verdict.lost.unwrap(), "The rule keep-promise has to stay as it is. Go back to before step 2.");
    let hurried =
        Challenge { limits: quorum_core::scenario::Limits { steps: Some(20), ..vote.limits.clone() }, ..vote };
    let (_, verdict) = hurried.attempt(&hurried.solution).unwrap();
    assert_eq!(verdict.lost.unwrap(), "It is to be done within 20 steps. Go back, or start again.");
}

#[test]
fn what_is_no_challenge_is_refused_by_name() {
    for (fields, report) in [
        (r#""title":"T""#, "\"goal\" is missing"),
        (r#""goal":[]"#, "a challenge needs a goal"),
        (r#""goal":[{"chosen":true,"step":4}]"#, "part 1 of the goal: a goal is judged after every step"),
        (r#""goal":[{"chosen":true},{"happens":{"event":"acepted"}}]"#, "part 2 of the goal: there is no event"),
        (r#""goal":[{"loses":"hope"}]"#, "\"loses\" is one of vote, promise, not \"hope\""),
        (r#""goal":[{"refuses":"promise"}]"#, "\"refuses\" is one of prepare, accept, not \"promise\""),
        (r#""goal":[{"adopts":"own"}]"#, "\"adopts\" is one of another, not \"own\""),
        (r#""goal":[{"chosen":true}],"actions":["fly"]"#, "\"actions\" is one of propose"),
        (r#""goal":[{"chosen":true}],"rules":["all"]"#, "\"rules\" is one of keep-promise"),
        (r#""goal":[{"chosen":true}],"steps":0"#, "\"steps\" must be a whole number from 1"),
        (r#""goal":[{"chosen":true}],"hints":["a","b","c","d"]"#, "\"hints\" is a list of 4, and may have at most 3"),
        (r#""goal":[{"chosen":true}],"hints":[""]"#, "a hint is 1 to 600 bytes of text, not 0"),
        (r#""goal":[{"chosen":true}],"wrong":[[{"action":{"type":"drop","message":{"to":9}}}]]"#, "no server 9"),
    ] {
        let error = read(&format!(r#"{{"quorum":1,{fields}}}"#)).unwrap_err();
        assert!(error.contains(report), "{error} should have {report}");
    }
    assert!(read(r#"{"quorum":2,"goal":[{"chosen":true}]}"#).unwrap_err().contains("this challenge is in another"));
}
