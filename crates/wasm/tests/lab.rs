//! What crosses between JavaScript and the engine, in a browser, through the same class that the page uses.

mod support;

use std::collections::{BTreeMap, BTreeSet};

use quorum_core::json::Json;
use quorum_core::scenario::RandomRun;
use support::{Lab, js, keys, list, refusal, text};
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

/// Follows the clock until an event of this name.
fn until(lab: &Lab, name: &str) {
    for _ in 0..500 {
        let events = lab.call("step", "");
        assert!(text(&events) != "[]", "nothing is left to happen, and there was no {name}");
        if list(&events).iter().any(|event| text(&support::get(event, "event")) == format!("\"{name}\"")) {
            return;
        }
    }
    panic!("there is no {name} in 500 steps");
}

fn settle(lab: &Lab) {
    while text(&lab.call("step", "")) != "[]" {}
}

#[wasm_bindgen_test]
fn a_view_has_every_field_of_the_contract_and_null_for_nothing_yet() {
    let lab = Lab::new("{nodes: 3, seed: 7}");
    let view = lab.call("view", "");
    let fields = "step at protocol nodes messages links chosen violations rules off quorums network headline next length branch marks ended beat stuck";
    assert_eq!(keys(&view), fields);
    assert_eq!(support::read(&view, "headline"), "null");
    assert_eq!(support::read(&view, "next"), "null");
    assert_eq!(support::read(&view, "stuck"), "null");
    let beat = r#"{"size":"messages","from":0,"to":0,"says":"","after":0,"number":null,"of":null}"#;
    assert_eq!(support::read(&view, "beat"), beat);
    assert_eq!(support::read(&view, "protocol"), "\"single\"");
    assert_eq!(support::read(&view, "rules['persist-before-reply']"), "true");
    assert_eq!(support::read(&view, "rules['keep-promise']"), "true");
    assert_eq!(support::read(&view, "quorums"), r#"{"phase1":2,"phase2":2,"acceptors":3}"#);
    assert_eq!(support::read(&view, "network"), r#"{"loss":0,"duplicate":0,"latency":[30,40]}"#);
    assert_eq!(support::read(&view, "links.length"), "6");
    assert_eq!(support::read(&view, "links[0]"), r#"{"from":1,"to":2,"up":true}"#);
    let node = r#"{"id":1,"status":"up","roles":["proposer","acceptor","learner"],"voting":true,"phase":"idle","proposal":null,"promised":null,"accepted":[],"learned":[],"disk":{"durable":{"promised":null,"accepted":[],"round":null},"queued":[],"pending":[],"lost":false},"outbox":[],"timers":[]}"#;
    assert_eq!(support::read(&view, "nodes[0]"), node);
}

#[wasm_bindgen_test]
fn a_view_tells_of_a_proposal_on_its_way_to_the_disk_and_out() {
    let lab = Lab::new("{nodes: 3, seed: 7}");
    lab.call("apply", "{type: 'propose', node: 1, value: 'blue'}");
    let view = lab.call("view", "");
    let proposal = r#"{"ballot":"1.1","value":null,"asked":"blue","promises":[],"accepts":[]}"#;
    assert_eq!(support::read(&view, "nodes[0].proposal"), proposal);
    assert_eq!(support::read(&view, "nodes[0].disk.queued"), r#"[{"round":1}]"#);
    assert_eq!(support::read(&view, "nodes[0].outbox.length"), "3", "to itself too");
    assert_eq!(keys(&support::get(&view, "next")), "at action says");
    assert_eq!(support::read(&view, "next.action"), r#"{"type":"write","node":1}"#);
    let waiting = r#"{"id":1,"kind":"prepare","from":1,"to":1,"ballot":"1.1","slot":0,"value":null,"sentAt":null,"dueAt":null,"progress":null,"status":"waiting-for-disk"}"#;
    assert_eq!(support::read(&view, "messages[0]"), waiting);

    lab.call("apply", "{type: 'write', node: 1}");
    let view = lab.call("view", "");
    assert_eq!(support::read(&view, "nodes[0].disk.queued"), "[]");
    assert_eq!(support::read(&view, "nodes[0].disk.pending"), r#"[{"round":1}]"#);
    assert_eq!(support::read(&view, "nodes[0].disk.durable.round"), "null");
    lab.call("apply", "{type: 'sync', node: 1}");
    let view = lab.call("view", "");
    assert_eq!(support::read(&view, "nodes[0].disk.durable.round"), "1");
    assert_eq!(support::read(&view, "messages[1].status"), "\"ready\"");
    lab.call("apply", "{type: 'send', message: 2}");
    lab.call("apply", "{type: 'hold', message: 2}");
    let view = lab.call("view", "");
    let held = "m => m.id === 2 && m.status === 'held' && m.dueAt === null && m.sentAt === 0 && m.progress === 0";
    assert_eq!(support::read(&view, &format!("messages.filter({held}).length")), "1");
    lab.call("apply", "{type: 'release', message: 2}");
    let view = lab.call("view", "");
    let in_flight = "m => m.id === 2 && m.status === 'flying' && m.dueAt >= 30 && m.progress === null";
    assert_eq!(support::read(&view, &format!("messages.filter({in_flight}).length")), "1");
}

#[wasm_bindgen_test]
fn a_view_tells_of_votes_choices_learning_cuts_and_lost_disks() {
    let lab = Lab::new("{nodes: 3, seed: 7}");
    lab.call("apply", "{type: 'propose', node: 1, value: 'blue'}");
    until(&lab, "promised");
    let promise = "messages.find(m => m.kind === 'promise')";
    assert_eq!(support::read(&lab.call("view", ""), &format!("{promise}.accepted")), "[]");
    until(&lab, "chosen");
    let view = lab.call("view", "");
    assert_eq!(keys(&support::get(&view, "chosen[0]")), "slot value ballot quorum");
    assert_eq!(support::read(&view, "headline.event"), "\"chosen\"");
    assert_eq!(support::read(&view, "nodes.filter(n => n.learned.length).length"), "0", "chosen, and nobody knows");
    settle(&lab);
    lab.call("apply", "{type: 'cut', from: 1, to: 2}");
    lab.call("apply", "{type: 'wipe', node: 3}");
    lab.call("apply", "{type: 'crash', node: 2}");
    let view = lab.call("view", "");
    let vote = r#"[{"slot":0,"ballot":"1.1","value":"blue"}]"#;
    assert_eq!(support::read(&view, "nodes[0].accepted"), vote);
    assert_eq!(support::read(&view, "nodes[0].learned"), r#"[{"slot":0,"value":"blue"}]"#);
    assert_eq!(support::read(&view, "nodes[1].disk.durable.accepted"), vote);
    assert_eq!(support::read(&view, "nodes[1].status"), "\"down\"");
    assert_eq!(support::read(&view, "[nodes[2].voting, nodes[2].disk.lost]"), "[false,true]");
    assert_eq!(support::read(&view, "links.filter(l => !l.up)"), r#"[{"from":1,"to":2,"up":false}]"#);
    let disk = r#"{"node":3,"lost":true,"promised":null,"accepted":[],"round":null}"#;
    assert_eq!(text(&support::get(&lab.call("disks", ""), "[2]")), disk);
}

/// Which fields the events of each name have, apart from those that any may have: `step`, `at`, `event` and `why`, which
/// all have, `so`, and what a decision was made from, `because` and `although`.
const EVENTS: &str = "
    accepted: node slot ballot value / adopted: node slot ballot value from reported / chosen: slot ballot value quorum /
    counted: node from ballot quorum / crashed: node records / cut: from to / delivered: node message /
    dropped: message / duplicated: message copy / durable: node records / durable: node records spec / exhausted: node ballot / free-choice: node slot ballot value /
    gave-up: node from ballot promised / gave-up: node ballot / healed: / held: message / ignored: node from /
    ignored: node from ballot / isolated: node / learned: node slot ballot value quorum / mended: from to /
    network: network / partitioned: groups / paused: node / power-cut: / prepares: node ballot /
    promised: node to ballot accepted / proposed: node slot value / quorum: node from ballot quorum /
    rejected: node to ballot promised / rejoined: node / released: message / restarted: node / resumed: node /
    sent: node message / sent: node message spec / timer: node timer / wiped: node / wrote: node records";

#[wasm_bindgen_test]
fn events_of_each_name_have_their_fields_and_no_others() {
    let mut expected: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for line in EVENTS.split('/') {
        let (name, fields) = line.trim().split_once(':').unwrap();
        let fields = fields.split_whitespace().collect::<Vec<_>>().join(" ");
        expected.entry(name).or_default().insert(fields);
    }
    let mut seen: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for seed in 0..60 {
        let mut world = RandomRun::new(seed);
        world.disturb(400, drop);
        let lab = Lab::load(&quorum_border::write(&Json::from(&world.run()))).unwrap();
        lab.call("apply", "{type: 'network', loss: 0.5}");
        for event in list(&lab.call("events", "")) {
            let own: Vec<_> = keys(&event).split(' ').map(str::to_owned).collect();
            assert_eq!(own[..3].join(" "), "step at event");
            assert!(own.contains(&"why".to_owned()), "{}", text(&event));
            assert!(!text(&event).contains("undefined"));
            let rest = own[3..].iter().filter(|field| !["why", "so", "because", "although"].contains(&field.as_str()));
            let fields = rest.cloned().collect::<Vec<_>>().join(" ");
            let name = support::get(&event, "event").as_string().unwrap();
            seen.entry(name).or_default().insert(fields);
        }
    }
    for (name, shapes) in &seen {
        let known = expected.get(name.as_str()).unwrap_or_else(|| panic!("the event {name} is new: {shapes:?}"));
        assert!(shapes.is_subset(known), "{name} has {shapes:?}, and may have {known:?}");
    }
    let missing: Vec<_> = expected.keys().filter(|name| !seen.contains_key(**name)).collect();
    assert!(missing.is_empty(), "no world had {missing:?}");
}

#[wasm_bindgen_test]
fn events_can_be_had_from_a_step_to_a_step() {
    let lab = Lab::new("{nodes: 3}");
    lab.call("apply", "{type: 'propose', node: 1, value: 'blue'}");
    settle(&lab);
    let steps = |args: &str| support::read(&lab.call("events", args), "[...new Set($.map(e => e.step))]");
    assert_eq!(steps("3, 5"), "[3,4,5]");
    assert_eq!(steps("1, 1"), "[1]");
    assert_eq!(text(&lab.call("events", "")), text(&lab.call("events", "0")));
    assert_eq!(steps("1e9"), "[]");
    assert_eq!(steps("5, 3"), "[]");
    assert_eq!(steps("-4, 2"), "[1,2]");
    assert_eq!(text(&lab.call("events", "NaN")), text(&lab.call("events", "NaN, Infinity")));
}

#[wasm_bindgen_test]
fn a_refusal_names_the_action_and_the_reason_and_changes_nothing() {
    let lab = Lab::new("{nodes: 3, seed: 7}");
    lab.call("apply", "{type: 'propose', node: 1, value: 'blue'}");
    settle(&lab);
    lab.call("apply", "{type: 'crash', node: 3}");
    let state = || text(&lab.call("view", "")) + &text(&lab.call("events", "")) + &text(&lab.call("run", ""));
    let before = state();
    let long = format!("{{type: 'propose', node: 1, value: '{}'}}", "é".repeat(33));
    for (action, words) in [
        ("{type: 'crash', node: 3}", "crash server 3|down already"),
        ("{type: 'deliver', message: 1}", "deliver message 1|"),
        ("{type: 'crash', node: 99}", "crash server 99|no server 99"),
        ("{type: 'crash', node: 102}", "crash|no server 102"),
        ("{type: 'partition', groups: [[1, 2], [2, 3]]}", "partition|server 2 is listed twice"),
        ("{type: 'propose', node: 1, value: ''}", "propose|empty"),
        (&long, "propose|64"),
        ("{type: 'network', loss: 1.5}", "\"loss\"|from 0 to 1"),
        ("{type: 'network', latency: [5, 1]}", "network|"),
        ("{type: 'explode'}", "action|no action of type \"explode\""),
        ("{type: 'crash', node: 1, now: true}", "crash|no field \"now\"; it may have type, node"),
        ("{type: 'timeout', node: 1, timer: 'egg'}", "\"timer\"|one of retry, learn"),
        ("{node: 1}", "action|\"type\""),
    ] {
        for method in ["apply", "commitment"] {
            let message = refusal(lab.try_call(method, action));
            for word in words.split('|') {
                assert!(message.contains(word), "{method}({action}): {message}");
            }
            assert!(message.ends_with('.'), "{method}({action}): {message}");
        }
        assert_eq!(state(), before, "{action}");
    }
    assert_eq!(text(&lab.call("whyNot", "{type: 'crash', node: 1}")), "null");
    assert!(text(&lab.call("whyNot", "{type: 'crash', node: 3}")).contains("down already"));
    assert_eq!(state(), before);
}

#[wasm_bindgen_test]
fn a_config_out_of_bounds_is_refused_with_the_bounds() {
    for (config, words) in [
        ("{nodes: 0}", "config|1 to 101"),
        ("{nodes: 102}", "config|1 to 101"),
        ("{nodes: 2.5}", "nodes|whole number"),
        ("{seed: -1}", "seed|whole number"),
        ("{seed: 2 ** 53}", "seed|9007199254740991"),
        ("{protocol: 'raft'}", "protocol|single"),
        ("{network: {loss: 1.5}}", "\"loss\"|from 0 to 1"),
        ("{quorums: {phase1: 1, phase2: 1}, nodes: 3}", "config|quorum"),
        ("{node: 3}", "config|no field \"node\""),
        ("'five'", "config|object"),
    ] {
        let message = refusal(Lab::try_new(config));
        assert!(words.split('|').all(|word| message.contains(word)), "{config}: {message}");
    }
    for config in ["", "undefined", "null", "{}", "{nodes: undefined}", "{nodes: 101}", "{seed: 2 ** 53 - 1}"] {
        Lab::new(config);
    }
    assert_eq!(text(&Lab::new("").call("view", "")), text(&Lab::new("{nodes: 3, seed: 1}").call("view", "")));
}

#[wasm_bindgen_test]
fn a_run_can_be_kept_and_had_again() {
    let lab = Lab::new("{nodes: 5, seed: 9007199254740991, network: {loss: 0.125, latency: [1, 50]}}");
    lab.call("apply", "{type: 'propose', node: 1, value: 'größer 🌍'}");
    lab.call("apply", "{type: 'propose', node: 5, value: '__proto__'}");
    for _ in 0..60 {
        lab.call("step", "");
    }
    lab.call("apply", "{type: 'power-cut'}");
    let run = lab.call("run", "");
    assert_eq!(keys(&run), "quorum engine config interventions cursor length digest");
    let kept = js(&text(&run));
    let again = Lab::load(&kept).unwrap();
    for reader in ["view", "events", "run", "disks", "actions", "next"] {
        assert_eq!(text(&again.call(reader, "")), text(&lab.call(reader, "")), "{reader}");
    }
    let damage =
        |change: &str| refusal(Lab::load(&js(&format!("(run => ({change}, run))({})", text(&run)))).map(|_| ()));
    assert!(damage("run.digest = '0123456789abcdef'").contains("damaged"));
    assert!(damage("run.config.seed = 4").contains("run"));
    assert!(damage("run.quorum = 2").contains("format 2"));
    assert!(damage("run.engine = '99.0.0', run.digest = ''").contains("version 99.0.0"));
    assert!(damage("run.length = 1e9").contains("too long"));
    assert!(damage("run.interventions[0].step = -1").contains("\"step\""));
    assert!(damage("run.interventions.reverse()").contains("not in order"));
    assert!(damage("delete run.config").contains("\"config\" is missing"));
    for nonsense in ["undefined", "null", "3", "[]", "{}", "'{}'"] {
        assert!(refusal(Lab::load(&js(nonsense)).map(|_| ())).contains("run"), "{nonsense}");
    }
}

#[wasm_bindgen_test]
fn what_a_step_makes_durable_is_known_before_it_happens() {
    let lab = Lab::new("{nodes: 3, seed: 3, disk: [1, 9]}");
    lab.call("apply", "{type: 'propose', node: 1, value: 'blue'}");
    lab.call("apply", "{type: 'propose', node: 2, value: 'red'}");
    let (mut kept, mut steps) = (0, 0);
    loop {
        let before = text(&lab.call("disks", ""));
        let commitment = lab.call("commitment", "");
        assert_eq!(text(&lab.call("disks", "")), before, "asking changes nothing");
        if text(&lab.call("step", "")) == "[]" {
            assert!(commitment.is_null());
            break;
        }
        steps += 1;
        if commitment.is_null() {
            assert_eq!(text(&lab.call("disks", "")), before, "step {steps} was to make nothing durable");
            continue;
        }
        kept += 1;
        assert_eq!(keys(&commitment), "run disks");
        assert_eq!(support::read(&commitment, "disks"), text(&lab.call("disks", "")));
        assert_eq!(support::read(&commitment, "run"), text(&lab.call("run", "")));
    }
    assert!(kept >= 6 && kept < steps, "{kept} of {steps}");
    assert!(text(&lab.call("commitment", "{type: 'crash', node: 1}")) == "null");
    for action in ["{type: 'wipe', node: 1}", "{type: 'power-cut'}"] {
        let commitment = lab.call("commitment", action);
        lab.call("apply", action);
        assert_eq!(support::read(&commitment, "disks"), text(&lab.call("disks", "")), "{action}");
        assert_eq!(support::read(&commitment, "run"), text(&lab.call("run", "")), "{action}");
    }
}

#[wasm_bindgen_test]
fn a_prepared_step_happens_once_it_is_confirmed_and_tells_of_itself_in_brief() {
    let lab = Lab::new("{nodes: 3, seed: 3}");
    let position = r#"{"step":0,"length":0,"branch":1,"at":0,"next":null,"ended":"nothing-left","beat":true}"#;
    assert_eq!(text(&lab.call("position", "")), position);
    assert_eq!(text(&lab.call("confirm", "")), "[]", "nothing was prepared");
    assert!(lab.call("prepare", "{type: 'propose', node: 1, value: 'blue'}").is_null());
    assert_eq!(text(&lab.call("position", "")), position, "nothing has happened");
    lab.call("cancel", "");
    assert_eq!(text(&lab.call("confirm", "")), "[]", "it was cancelled");
    lab.call("prepare", "{type: 'propose', node: 1, value: 'blue'}");
    let rows = lab.call("confirm", "");
    assert_eq!(text(&support::get(&rows, "[0]")), r#"{"step":1,"at":0,"event":"proposed","node":1,"value":"blue"}"#);
    assert_eq!(support::read(&lab.call("tell", "1, 1"), "[0].why.length > 20"), "true");
    for _ in 0..40 {
        let next = support::read(&lab.call("position", ""), "next");
        let save = lab.call("prepare", "");
        let rows = lab.call("confirm", "");
        assert_eq!(support::read(&rows, "[0].at"), next);
        if !save.is_null() {
            assert_eq!(support::read(&save, "run.digest"), support::read(&lab.call("run", ""), "digest"));
            assert_eq!(support::read(&save, "disks"), text(&lab.call("disks", "")));
        }
    }
    let when = support::read(&lab.call("tell", "20, 20"), "[0].at");
    let step = lab.call("stepAt", &when).as_f64().unwrap();
    assert_eq!(support::read(&lab.call("tell", &format!("{step}, {step}")), "[0].at"), when);
    assert_eq!(support::read(&lab.call("runOf", "1"), "length"), "41");
    assert_eq!(
        text(&lab.call("saved", "")),
        text(&js(&format!("({{run: {}, disks: {}}})", text(&lab.call("run", "")), text(&lab.call("disks", "")))))
    );
    let message = refusal(lab.try_call("prepare", "{type: 'crash', node: 9}"));
    assert!(message.contains("no server 9"), "{message}");
}

#[wasm_bindgen_test]
fn every_possible_action_is_possible_and_in_a_menu() {
    let lab = Lab::new("{nodes: 3, seed: 3}");
    lab.call("apply", "{type: 'propose', node: 1, value: 'blue'}");
    until(&lab, "promised");
    let actions = list(&lab.call("actions", ""));
    assert!(actions.len() > 20, "{}", actions.len());
    for action in &actions {
        assert_eq!(text(&lab.call("whyNot", &text(action))), "null", "{}", text(action));
    }
    let choice = support::get(&lab.call("choices", "{node: 2}"), "[0]");
    assert_eq!(keys(&choice), "action name key why");
    for target in ["{node: 2}", "{message: 2}", "{link: [1, 2]}", "{node: 99}", "{message: 0}", "{link: [1, 1]}"] {
        for choice in list(&lab.call("choices", target)) {
            let why = lab.call("whyNot", &support::read(&choice, "action"));
            assert_eq!(why.is_null(), support::get(&choice, "why").is_null(), "{}", text(&choice));
        }
    }
    for target in ["{}", "{node: 0}", "{link: [1]}", "{egg: 1}", "7"] {
        refusal(lab.try_call("choices", target));
    }
}

#[wasm_bindgen_test]
fn the_same_hundred_worlds_have_the_same_digests_as_natively() {
    let digest = |seed| {
        let mut world = RandomRun::new(seed);
        world.disturb(400, drop);
        world.simulation().digest()
    };
    let here: String = (0..100).map(|seed| format!("{seed} {}\n", digest(seed))).collect();
    assert_eq!(here, include_str!("../../core/tests/digests.txt"));
}

#[wasm_bindgen_test]
fn a_lab_goes_by_beats_of_the_size_chosen_and_finds_the_way_back() {
    let lab = Lab::new("{nodes: 3, seed: 7}");
    assert_eq!(
        refusal(lab.try_call("pace", "'huge', new Float64Array()")),
        "A beat is one of ideas, commands, messages and everything."
    );
    lab.call("apply", "{type: 'propose', node: 1, value: 'blue'}");
    assert_eq!(text(&lab.call("beat", "100")), "true");
    let view = lab.call("view", "");
    assert_eq!(support::read(&view, "step"), "4", "it is written, durable and sent");
    assert_eq!(support::read(&view, "beat.from"), "0");
    assert_eq!(support::read(&view, "beat.says"), "\"A client asks server 1 to propose blue.\"");
    lab.call("pace", "'ideas', new Float64Array()");
    assert_eq!(text(&lab.call("beat", "1")), "false", "one step is not enough");
    assert_eq!(text(&lab.call("beat", "100")), "true");
    let view = lab.call("view", "");
    assert!(support::read(&view, "beat.says").contains("has a quorum of promises"));
    let step = support::read(&view, "step");
    assert_eq!(text(&lab.call("beatBefore", &step)), "4");
    lab.call("pace", "'ideas', new Float64Array([7])");
    assert_eq!(text(&lab.call("beatBefore", &step)), "7", "a note is an idea");
    lab.call("pace", "'everything', new Float64Array()");
    assert_eq!(text(&lab.call("beat", "100")), "true");
    assert_eq!(support::read(&lab.call("position", ""), "beat"), "true");
    while text(&lab.call("beat", "100")) == "true" {}
    assert_eq!(support::read(&lab.call("view", ""), "next"), "null", "until nothing is left to happen");
}
