//! That a run can go no further is said with its reason, and only where no planned step brings a value closer: nobody
//! chooses one, and nobody learns one, until somebody interferes.

use quorum_core::json::{FromJson, Json};
use quorum_core::log;
use quorum_core::paxos::{Rule, Rules};
use quorum_core::run::{Event, EventKind, History, Run, Simulation};
use quorum_core::scenario::{LOG_SCENARIOS, RandomLog, RandomRun, RandomWorld, SCENARIOS, Scenario};
use quorum_core::sim::{Action, ClientFact, Counter, Fact, Trace};

/// Whether a value comes closer to being agreed on; in a log, whether something is chosen, learned, applied or answered.
fn is_progress(event: &Event) -> bool {
    match &event.kind {
        EventKind::Chosen(_) | EventKind::ChosenInSlot(_) => true,
        EventKind::Fact(Fact::Client(ClientFact::Answered { .. })) => true,
        EventKind::Fact(Fact::Did { trace: Trace::Log(trace), .. }) => {
            matches!(trace, log::Trace::Learned { .. } | log::Trace::Applied { .. })
        }
        EventKind::Fact(Fact::Did { trace: Trace::Paxos(trace), .. }) => {
            matches!(trace, quorum_core::paxos::Trace::Learned { .. })
        }
        _ => false,
    }
}

/// Plays a run. Wherever it begins to say so, and anew after somebody has interfered, nothing may come of it by itself.
fn assert_nothing_comes_of_it(run: &Run, what: &str) -> usize {
    let mut history = run.replay().unwrap();
    let length = history.branch().length();
    history.seek(0);
    let mut said = 0;
    let mut quiet = false;
    loop {
        let interferes = run.interventions.iter().any(|done| done.step == history.now().steps());
        let stuck = history.now().stuck();
        if stuck.is_some() && (interferes || !quiet) {
            said += 1;
            assert_still(history.now(), &format!("{what}, step {}: {stuck:?}", history.now().steps()));
        }
        // What was followed to its end need not be followed again.
        quiet = stuck.is_some() && !interferes;
        if history.now().steps() == length || history.step().is_none() {
            return said;
        }
    }
}

fn assert_still(now: &Simulation, what: &str) {
    let mut later = now.clone();
    for _ in 0..400 {
        let Some(events) = later.step() else { return };
        if let Some(event) = events.iter().find(|event| is_progress(event)) {
            panic!("{what}\nand then, in step {}: {}", event.step, event.why(now.config().ballots));
        }
    }
}

#[test]
fn where_a_run_can_go_no_further_nothing_comes_of_it_by_itself() {
    let mut said = 0;
    for seed in 0..150 {
        let mut world = RandomRun::new(seed);
        world.disturb(300, drop);
        said += assert_nothing_comes_of_it(&world.run(), &format!("world {seed}"));
    }
    assert!(said > 100, "it is said {said} times");
}

#[test]
fn nor_does_anything_with_a_rule_off() {
    let mut said = 0;
    for rule in Rule::ALL {
        for seed in 0..12 {
            let mut world = RandomRun::under(seed, Rules::without(&[rule]));
            world.disturb(200, drop);
            said += assert_nothing_comes_of_it(&world.run(), &format!("world {seed} without {}", rule.as_str()));
        }
    }
    assert!(said > 100, "it is said {said} times");
}

#[test]
fn nor_does_anything_in_a_scenario() {
    for (name, text) in SCENARIOS.iter().chain(LOG_SCENARIOS) {
        let json: Json = serde_json::from_str(text).unwrap();
        let played = Scenario::from_json(&json, "scenario").unwrap().play().unwrap();
        assert_nothing_comes_of_it(&played.run(), name);
    }
}

/// A log in which, after some trouble, one server after the other is lost, and comes back.
fn failing_log(seed: u64) -> Run {
    let mut world = RandomLog::new(seed);
    world.disturb(120, &mut drop);
    let mut history = world.run().replay().unwrap();
    let mut draws = Counter::new(seed);
    for _ in 0..10 {
        let node = draws.between(1, history.now().config().nodes);
        let action = match draws.between(0, 9) {
            0..=4 => format!(r#"{{"type":"crash","node":{node}}}"#),
            5..=6 => format!(r#"{{"type":"isolate","node":{node}}}"#),
            7 => format!(r#"{{"type":"pause","node":{node}}}"#),
            _ => format!(r#"{{"type":"restart","node":{node}}}"#),
        };
        let action = Action::from_json(&serde_json::from_str::<Json>(&action).unwrap(), "action").unwrap();
        let _ = history.apply(&action);
        for _ in 0..draws.between(0, 60) {
            history.step();
        }
    }
    history.run()
}

#[test]
fn nor_does_anything_in_a_log_that_can_go_no_further() {
    let mut said = 0;
    for seed in 0..120 {
        said += assert_nothing_comes_of_it(&failing_log(seed), &format!("log {seed}"));
    }
    assert!(said > 100, "it is said {said} times");
}

#[test]
fn a_log_that_can_go_no_further_says_why_and_what_would_help() {
    let log = r#"{"protocol":"log","nodes":5,"leader":1}"#;
    let says = |actions: &[&str]| stuck(log, actions).unwrap_or_default();
    assert_eq!(says(&[]), "");
    assert_eq!(says(&DOWN[..2]), "");
    assert_eq!(says(&DOWN), "2 of 5 can answer; 3 are needed. Restart one of servers 3, 4 and 5.");
    let partition = r#"{"type":"partition","groups":[[1,2],[3,4,5]]}"#;
    assert_eq!(says(&[partition]), "", "three of them can find a leader");
    assert_eq!(
        says(&[partition, DOWN[0]]),
        "2 of 5 can answer; 3 are needed. Mend the links to one of servers 4 and 5.",
    );
    let all: Vec<String> = (1..=5).map(|node| format!(r#"{{"type":"crash","node":{node}}}"#)).collect();
    let all: Vec<&str> = all.iter().map(String::as_str).collect();
    assert_eq!(says(&all), "No server that could lead is up. Restart one of servers 1, 2, 3, 4 and 5.");
}

/// While something is on its way that may end a slot, or an answer, nothing is said.
#[test]
fn a_log_is_not_stuck_while_something_that_was_sent_can_still_end_a_slot() {
    let config = r#"{"protocol":"log","nodes":3,"clients":1,"retry":1500}"#;
    let mut history =
        History::new(FromJson::from_json(&serde_json::from_str::<Json>(config).unwrap(), "config").unwrap()).unwrap();
    let until = |history: &mut History, name: &str| {
        while !history.latest().iter().any(|event| event.name() == name) {
            history.step().unwrap();
        }
    };
    until(&mut history, "leads");
    act(&mut history, r#"{"type":"request","client":"a","op":{"put":["x","1"]}}"#);
    until(&mut history, "chosen");
    let is_told = |history: &History| {
        let mut in_flight = history.now().cluster().network().in_flight();
        in_flight.any(|envelope| envelope.message.kind_name() == "accepted" && envelope.from.number() > 1)
    };
    while !is_told(&history) {
        history.step().unwrap();
    }
    // The vote that ends the slot for the leader is on its way to it.
    assert_eq!(history.now().stuck(), None);
    act(&mut history, r#"{"type":"crash","node":2}"#);
    act(&mut history, r#"{"type":"crash","node":3}"#);
    assert_eq!(history.now().stuck(), None, "a vote is on its way to server 1");
    until(&mut history, "applied");
    assert_eq!(history.now().stuck(), None, "an answer is on its way to client a");
    until(&mut history, "answered");
    assert_eq!(history.now().stuck().unwrap(), "1 of 3 can answer; 2 are needed. Restart one of servers 2 and 3.",);
}

fn act(history: &mut History, action: &str) {
    let json: Json = serde_json::from_str(action).unwrap();
    history.apply(&Action::from_json(&json, "action").unwrap()).unwrap();
}

fn stuck(config: &str, actions: &[&str]) -> Option<String> {
    let json: Json = serde_json::from_str(config).unwrap();
    let mut history = History::new(FromJson::from_json(&json, "config").unwrap()).unwrap();
    actions.iter().for_each(|action| act(&mut history, action));
    history.now().stuck()
}

const DOWN_1: &str = r#"{"type":"crash","node":1}"#;
const DOWN: [&str; 3] =
    [r#"{"type":"crash","node":3}"#, r#"{"type":"crash","node":4}"#, r#"{"type":"crash","node":5}"#];

#[test]
fn a_run_that_can_go_no_further_says_why_and_what_would_help() {
    let five = r#"{"nodes":5}"#;
    let says = |actions: &[&str]| stuck(five, actions).unwrap_or_default();
    assert_eq!(says(&[]), "");
    assert_eq!(says(&DOWN[..2]), "");
    assert_eq!(says(&DOWN), "2 of 5 can answer; 3 are needed. Restart one of servers 3, 4 and 5.");
    let pauses = [DOWN[0], DOWN[1], r#"{"type":"pause","node":5}"#];
    assert_eq!(says(&pauses), "2 of 5 can answer; 3 are needed. Resume server 5.");
    let wiped: Vec<_> = (3..=5)
        .flat_map(|node| {
            [format!(r#"{{"type":"wipe","node":{node}}}"#), format!(r#"{{"type":"restart","node":{node}}}"#)]
        })
        .collect();
    let wiped: Vec<_> = wiped.iter().map(String::as_str).collect();
    let lost = "2 of 5 can answer; 3 are needed. The disks of the others are lost: this can never be decided.";
    assert_eq!(says(&wiped), lost);
    let careless = r#"{"nodes":5,"rules":{"wiped-stays-silent":false}}"#;
    assert_eq!(stuck(careless, &wiped), None, "with the rule off, they answer");
}

#[test]
fn what_is_stuck_counts_links_in_both_directions_and_who_asks() {
    let partition = r#"{"type":"partition","groups":[[1,2],[3,4,5]]}"#;
    let propose = r#"{"type":"propose","node":1,"value":"red"}"#;
    assert_eq!(stuck(r#"{"nodes":5}"#, &[partition]), None, "three can agree, and nobody tries elsewhere");
    let minority = stuck(r#"{"nodes":5}"#, &[partition, propose]).unwrap();
    assert_eq!(minority, "2 of 5 can answer server 1; 3 are needed. Mend the links to one of servers 3, 4 and 5.");
    let cut = |from: u32, to: u32| format!(r#"{{"type":"cut","from":{from},"to":{to}}}"#);
    let one_way = stuck(r#"{"nodes":3}"#, &[DOWN[0], &cut(2, 1), propose]).unwrap();
    assert_eq!(one_way, "1 of 3 can answer; 2 are needed. Mend the links to server 2.");
    assert_eq!(stuck(r#"{"nodes":3}"#, &[&cut(2, 1), propose]), None, "server 3 is left");
}

#[test]
fn what_is_stuck_knows_both_phases_and_who_votes() {
    let flexible = r#"{"nodes":5,"quorums":{"phase1":4,"phase2":2}}"#;
    let propose = r#"{"type":"propose","node":1,"value":"red"}"#;
    let early = stuck(flexible, &[propose, DOWN[0], DOWN[1]]).unwrap();
    assert_eq!(early, "3 of 5 can answer; 4 are needed. Restart one of servers 3 and 4.");
    let mut history =
        History::new(FromJson::from_json(&serde_json::from_str::<Json>(flexible).unwrap(), "config").unwrap()).unwrap();
    act(&mut history, propose);
    while !history.latest().iter().any(|event| event.name() == "quorum") {
        history.step().unwrap();
    }
    DOWN.iter().for_each(|crash| act(&mut history, crash));
    assert_eq!(history.now().stuck(), None, "phase 1 is over, and two votes choose");
    act(&mut history, r#"{"type":"crash","node":2}"#);
    let late = history.now().stuck().unwrap();
    assert_eq!(late, "1 of 5 can answer; 2 are needed. Restart one of servers 2, 3, 4 and 5.");

    let roles = r#"{"nodes":4,"roles":[["proposer"],["acceptor"],["acceptor"],["acceptor","learner"]]}"#;
    let says = |actions: &[&str]| stuck(roles, actions).unwrap_or_default();
    assert_eq!(says(&DOWN[..1]), "");
    assert_eq!(says(&DOWN[..2]), "1 of 3 can answer; 2 are needed. Restart one of servers 3 and 4.");
    let nobody = says(&[r#"{"type":"crash","node":1}"#]);
    assert_eq!(nobody, "No server that could propose is up. Restart server 1.");
}

#[test]
fn what_everybody_knows_is_not_stuck() {
    let mut history = History::new(Default::default()).unwrap();
    act(&mut history, r#"{"type":"propose","node":1,"value":"red"}"#);
    while history.step().is_some() {}
    act(&mut history, r#"{"type":"crash","node":1}"#);
    act(&mut history, r#"{"type":"crash","node":2}"#);
    assert_eq!(history.now().stuck(), None);
}

/// A run of three in which server 1 has asked everybody to vote for red, and nobody has heard it yet.
fn all_are_asked() -> History {
    let mut history = History::new(Default::default()).unwrap();
    act(&mut history, r#"{"type":"propose","node":1,"value":"red"}"#);
    let asks = |event: &Event| {
        matches!(&event.kind, EventKind::Fact(Fact::Sent(envelope))
            if envelope.message.kind_name() == "accept" && envelope.to.number() == 3)
    };
    while !history.latest().iter().any(asks) {
        history.step().unwrap();
    }
    history
}

#[test]
fn what_a_server_has_sent_goes_on_without_it() {
    let mut history = all_are_asked();
    act(&mut history, DOWN_1);
    act(&mut history, r#"{"type":"cut","from":2,"to":3}"#);
    act(&mut history, r#"{"type":"cut","from":3,"to":2}"#);
    assert_eq!(history.now().stuck(), None, "2 and 3 are going to vote, and then red is chosen");
    while history.now().observer().chosen().is_empty() {
        history.step().unwrap();
    }
    // Each has heard its own vote alone, and asks in vain for more.
    while history.now().schedule().now() < 1000 {
        history.step().unwrap();
    }
    let says = history.now().stuck().unwrap();
    assert_eq!(says, "1 of 3 can answer; 2 are needed. Mend the links to server 3.");
}

#[test]
fn who_asks_in_vain_does_not_hide_who_is_going_to_ask() {
    let mut history = all_are_asked();
    // Server 1 is alone. The others are asked for their votes all the same, wait for the outcome, and then ask
    // themselves.
    act(&mut history, r#"{"type":"cut","from":2,"to":1}"#);
    act(&mut history, r#"{"type":"cut","from":3,"to":1}"#);
    assert_eq!(history.now().stuck(), None);
    for from in [2, 3] {
        let message =
            history.now().cluster().network().in_flight().find(|envelope| envelope.to.number() == from).unwrap().id;
        act(&mut history, &format!(r#"{{"type":"drop","message":{message}}}"#));
    }
    act(&mut history, r#"{"type":"isolate","node":1}"#);
    let says = history.now().stuck().unwrap();
    assert_eq!(says, "1 of 3 can answer server 1; 2 are needed. Mend the links to one of servers 2 and 3.");
}
