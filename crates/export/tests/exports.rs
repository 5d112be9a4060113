//! Exports: what other people's tools are given is what they can read, and is true.
//!
//! `exports/` holds one short scenario in every format. When a format changes, read the diff:
//! `UPDATE_GOLDENFILES=1 cargo test -p quorum-export --test exports`. That scripts lead to the same run is in `golden.rs`.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use quorum_core::json::{FromJson, Json};
use quorum_core::paxos::NodeId;
use quorum_core::run::{Event, EventKind, History};
use quorum_core::scenario::{Played, RandomRun, SCENARIOS, Scenario};
use quorum_core::sim::{Action, Config, Fact};
use quorum_export::Format;
use regex::Regex;

fn play(json: &str) -> Played {
    let json: Json = serde_json::from_str(json).unwrap();
    Scenario::from_json(&json, "scenario").unwrap().play().unwrap()
}

fn world(seed: u64, steps: u32) -> History {
    let mut world = RandomRun::new(seed);
    world.disturb(steps, drop);
    world.run().replay().unwrap()
}

/// Values that somebody somewhere would trip over.
const HOSTILE: [&str; 9] = [
    "</text><script>alert(1)</script>",
    "\"quotes\" 'both' & ampersands; #35; #x;",
    "line\nfeed\r\n\u{0}\u{1b}[31m",
    "\u{202e}desrever\u{2028}\u{feff}\u{fffe}",
    "%%{init: {}}%% end",
    "{\"server-1\":1}\nserver-9 {}",
    "]]>--><!-- <![CDATA[",
    "漢字 😀 ünï",
    "}*{display:none}",
];

/// A run in which every one of those is proposed, and the first is chosen.
fn hostile() -> History {
    let mut history = History::new(Config::default()).unwrap();
    let node = NodeId::new(1).unwrap();
    for value in HOSTILE {
        history.apply(&Action::Propose { node, value: value.parse().unwrap() }).unwrap();
        for _ in 0..30 {
            history.step();
        }
    }
    history
}

#[test]
fn a_short_scenario_in_every_format_is_as_it_was() {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/exports");
    let Played { history, notes, .. } =
        play(&fs::read_to_string(directory.join("loss_and_crash.quorum.json")).unwrap());
    for format in Format::ALL {
        let path = directory.join(format!("loss_and_crash.{}.{}", format.as_str(), format.extension()));
        let text = quorum_export::export(&history, &notes, format, 0, u64::MAX);
        if std::env::var_os("UPDATE_GOLDENFILES").is_some() {
            fs::write(&path, &text).unwrap();
        }
        assert!(text == fs::read_to_string(&path).unwrap(), "{path:?} is another: update it and read the diff");
    }
}

#[test]
fn every_run_has_every_format_at_every_excerpt_and_pictures_are_sound_xml_without_script() {
    let shipped = SCENARIOS.iter().map(|(_, json)| play(json)).map(|played| (played.history, played.notes));
    let nothing = History::new(Config { nodes: 1, ..Config::default() }).unwrap();
    let others = (0..20).map(|seed| world(seed, 200)).chain([hostile(), nothing]).map(|history| (history, Vec::new()));
    for (history, notes) in shipped.chain(others) {
        let length = history.branch().length();
        for (from, to) in [(0, u64::MAX), (length / 3, length / 2), (length, 0), (length + 7, u64::MAX)] {
            for format in Format::ALL {
                let text = quorum_export::export(&history, &notes, format, from, to);
                if matches!(format, Format::Svg | Format::AnimatedSvg | Format::Stage) {
                    let xml = roxmltree::Document::parse(&text).unwrap_or_else(|error| panic!("{error}\n{text}"));
                    let known =
                        |name| ["svg", "g", "path", "rect", "circle", "text", "title", "desc", "style"].contains(&name);
                    assert!(
                        xml.descendants().filter(roxmltree::Node::is_element).all(|node| known(node.tag_name().name()))
                    );
                    let numbers =
                        xml.descendants().flat_map(|node| node.attributes()).map(|attribute| attribute.value());
                    assert!(!numbers.clone().any(|value| value.contains("NaN") || value.contains("inf")), "{text}");
                }
            }
        }
    }
}

#[test]
fn what_a_value_says_is_text_in_a_picture_and_nothing_else() {
    let history = hostile();
    for format in [Format::Svg, Format::AnimatedSvg] {
        let text = quorum_export::export(&history, &[], format, 0, u64::MAX);
        let xml = roxmltree::Document::parse(&text).unwrap();
        let texts: Vec<&str> = xml.descendants().filter_map(|node| node.text()).collect();
        assert!(
            texts.iter().any(|text| text.contains("</text><script>alert(1)</script>")),
            "in full where there is room"
        );
        assert!(texts.iter().any(|text| text.contains("</text")), "and shortened where there is not");
        let style = xml.descendants().find(|node| node.has_tag_name("style")).and_then(|node| node.text()).unwrap();
        assert!(!text.contains("<script") && !style.contains("}*{"));
    }
}

#[test]
fn where_a_person_reads_a_value_it_can_be_seen_and_where_a_program_does_it_is_as_it_is() {
    let mut history = History::new(Config::default()).unwrap();
    for value in ["  ", "a\u{200f}\tb", "\u{5d0}\u{5d1}"] {
        history.apply(&Action::Propose { node: NodeId::new(1).unwrap(), value: value.parse().unwrap() }).unwrap();
    }
    while history.step().is_some() {}
    for format in Format::ALL {
        let text = quorum_export::export(&history, &[], format, 0, u64::MAX);
        let [blanks, hidden, isolated] = match format {
            Format::Mermaid => ["asked for #9251;#9251;\n", "#10216;200f#10217;#9225;", "#8296;\u{5d0}\u{5d1}#8297;"],
            Format::Jsonl => ["\"value\":\"  \"", "\u{200f}\\tb", "\"\u{5d0}\u{5d1}\""],
            Format::Script => ["propose 1 \"  \"\n", "\"a\\u{200f}\\u{9}b\"", "\"\u{5d0}\u{5d1}\""],
            // The last value that was asked for is the one that is chosen.
            Format::Stage => ["", "", "\u{2068}\u{5d0}\u{5d1}\u{2069}"],
            Format::Svg | Format::AnimatedSvg | Format::Shiviz => ["␣␣", "⟨200f⟩␉", "\u{2068}\u{5d0}\u{5d1}\u{2069}"],
        };
        for wanted in [blanks, hidden, isolated] {
            assert!(text.contains(wanted), "{} has {wanted:?}:\n{text}", format.as_str());
        }
    }
}

#[test]
fn on_the_stage_what_is_on_its_way_to_nobody_else_has_the_colour_of_its_value() {
    let history = play(SCENARIOS[0].1).history;
    let heap = Regex::new(r#"<g class="v\d" transform="[^"]*"><g transform="scale\(1\.2\)">"#).unwrap();
    let mut coloured = 0;
    for step in 0..history.branch().length() {
        let moment = history.moment(step);
        let cluster = moment.cluster();
        let waits = cluster.nodes().flat_map(|node| cluster.server(node).outbox()).map(|waiting| &waiting.message);
        let to_itself = cluster.network().in_flight().filter(|message| message.from == message.to);
        let wanted = waits.chain(to_itself).any(|message| message.message.paxos().unwrap().vote().is_some());
        let text = quorum_export::export(&history, &[], Format::Stage, 0, step);
        assert_eq!(heap.is_match(&text), wanted, "step {step}");
        coloured += usize::from(wanted);
    }
    assert!(coloured > 5, "{coloured}");
}

/// What is written on the stage after a step, in order.
fn written_on_the_stage(history: &History, step: u64) -> Vec<String> {
    let picture = quorum_export::export(history, &[], Format::Stage, step, step);
    let xml = roxmltree::Document::parse(&picture).unwrap();
    let texts = xml.descendants().filter(|node| node.has_tag_name("text"));
    texts.filter_map(|text| text.text().map(Into::into)).collect()
}

/// Whether these are written one after the other.
fn has(written: &[String], wanted: &[&str]) -> bool {
    written.windows(wanted.len()).any(|some| some == wanted)
}

#[test]
fn on_the_stage_a_server_that_is_down_shows_what_it_remembers_as_on_the_page() {
    let node = NodeId::new(2).unwrap();
    let mut history = History::new(Config::default()).unwrap();
    history.apply(&Action::Crash { node }).unwrap();
    let written = written_on_the_stage(&history, 1);
    assert!(has(&written, &["2", "down", "down", "remembers nothing", "disk empty"]), "{written:?}");
    let up = ["3", "idle", "promised", "nothing", "accepted", "nothing", "learned", "nothing", "disk empty"];
    assert!(has(&written, &up), "{written:?}");

    history.apply(&Action::Wipe { node }).unwrap();
    let written = written_on_the_stage(&history, 2);
    assert!(has(&written, &["2", "down", "disk lost", "never votes again", "no disk"]), "{written:?}");

    let mut history = History::new(Config::default()).unwrap();
    history.apply(&Action::Propose { node: NodeId::new(1).unwrap(), value: "blue".parse().unwrap() }).unwrap();
    while history.now().cluster().server(node).disk().durable().paxos().unwrap().promised.is_none() {
        history.step().unwrap();
    }
    history.apply(&Action::Crash { node }).unwrap();
    let written = written_on_the_stage(&history, history.now().steps());
    assert!(has(&written, &["2", "down", "down", "remembers only:", "1.1"]), "{written:?}");
}

#[test]
fn the_middle_of_the_stage_names_and_counts_servers_as_the_page_does() {
    for (nodes, most_named) in [(4, 3), (7, 5), (15, 5)] {
        let mut history = History::new(Config { nodes, ..Config::default() }).unwrap();
        history.apply(&Action::Propose { node: NodeId::new(1).unwrap(), value: "blue".parse().unwrap() }).unwrap();
        let mut known: Vec<usize> = Vec::new();
        while history.step().is_some() {
            let now = history.now();
            let Some(chosen) = now.observer().chosen().first() else { continue };
            let knows =
                |node: &NodeId| now.cluster().server(*node).paxos().unwrap().learner().unwrap().all().count() > 0;
            let who: Vec<String> = now.cluster().nodes().filter(knows).map(|node| node.to_string()).collect();
            let says = match who.as_slice() {
                [] => "No server knows it.".into(),
                all if all.len() == nodes as usize => "Everyone knows.".into(),
                [one] => format!("Known to {one}."),
                [others @ .., last] if who.len() <= most_named => format!("Known to {} and {last}.", others.join(", ")),
                many => format!("Known to {} servers.", many.len()),
            };
            let by = if nodes == 15 { "8 servers".into() } else { chosen.quorum.to_string() };
            let middle = written_on_the_stage(&history, now.steps()).join("\n");
            let [one, two] = [" ", "\n"].map(|between| format!("\nby {by}.{between}{says}"));
            assert!(middle.contains(&one) || middle.contains(&two), "{one:?} is in {middle}");
            known.push(who.len());
        }
        known.dedup();
        assert!(known.iter().any(|known| (2..=most_named).contains(known)), "{known:?}");
    }
}

#[test]
fn what_the_stage_says_in_its_middle_has_the_ground_around_it() {
    let history = play(SCENARIOS[0].1).history;
    for (step, begins) in [(0, "nothing chosen"), (history.branch().length(), "by ")] {
        let picture = quorum_export::export(&history, &[], Format::Stage, step, step);
        let xml = roxmltree::Document::parse(&picture).unwrap();
        let begins = |node: &roxmltree::Node<'_, '_>| node.text().is_some_and(|text| text.starts_with(begins));
        let text = xml.descendants().find(|node| node.has_tag_name("text") && begins(node)).unwrap();
        assert!(text.attribute("class").unwrap().split(' ').any(|class| class == "h"), "{text:?}");
    }
}

#[test]
fn lines_of_json_are_the_events() {
    let history = hostile();
    let text = quorum_export::export(&history, &[], Format::Jsonl, 3, 9);
    let events: Vec<Json> =
        history.events(3, 9).iter().map(|event| event.json(history.now().config().ballots)).collect();
    assert!(events.len() > 7);
    let read: Vec<Json> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(read, events);
}

/// What ShiViz reads of a log: for each event its host and its clock.
fn read_shiviz(log: &str) -> Vec<(u32, BTreeMap<String, u64>)> {
    // Its default expression, `(?<event>.*)\n(?<host>\S*) (?<clock>{.*})`, in which another dialect escapes braces.
    let expression = Regex::new(r"(?<event>.*)\n(?<host>\S*) (?<clock>\{.*\})").unwrap();
    let mut end = 0;
    let events = expression.captures_iter(log).map(|event| {
        let whole = event.get(0).unwrap();
        assert_eq!(log[end..whole.start()].trim_start_matches('\n'), "", "something is in no event");
        end = whole.end();
        assert!(event["event"].contains(" ms: "), "{}", &event["event"]);
        let clock: BTreeMap<String, u64> = serde_json::from_str(&event["clock"]).unwrap();
        assert!(clock.contains_key(&event["host"]), "a host counts itself");
        (event["host"].strip_prefix("server-").unwrap().parse().unwrap(), clock)
    });
    let events = events.collect();
    assert_eq!(log[end..].trim(), "");
    events
}

/// For each event of a server, which others happened before it: found by following messages, without clocks.
fn happened_before(events: &[Event]) -> Vec<(u32, Vec<bool>)> {
    let mut told: Vec<(u32, Vec<bool>)> = Vec::new();
    let mut sent = BTreeMap::new();
    let mut latest: BTreeMap<u32, usize> = BTreeMap::new();
    let mut last_of_step = None;
    for event in events {
        let (node, heard) = match &event.kind {
            EventKind::Fact(Fact::Duplicated { envelope, copy }) => {
                let origin: Option<usize> = sent.get(&envelope.id).copied();
                origin.map(|origin| sent.insert(*copy, origin));
                continue;
            }
            EventKind::Fact(Fact::Isolated { .. } | Fact::Rejoined { .. }) => continue,
            EventKind::Fact(fact) => {
                let Some(node) = fact.node() else { continue };
                let heard = if let Fact::Delivered(envelope) = fact { sent.get(&envelope.id).copied() } else { None };
                if let Fact::Sent(envelope) = fact {
                    sent.insert(envelope.id, told.len());
                }
                (node.get(), heard)
            }
            _ => match last_of_step {
                Some((step, node)) if step == event.step => (node, None),
                _ => continue,
            },
        };
        last_of_step = Some((event.step, node));
        let mut before = vec![false; events.len()];
        for cause in [latest.get(&node).copied(), heard].into_iter().flatten() {
            before[cause] = true;
            before.iter_mut().zip(&told[cause].1).for_each(|(mine, its)| *mine |= its);
        }
        latest.insert(node, told.len());
        told.push((node, before));
    }
    told
}

#[test]
fn vector_clocks_order_exactly_what_messages_order() {
    let (mut ordered, mut concurrent) = (0_u64, 0_u64);
    for history in (0..60).map(|seed| world(seed, 150)).chain([hostile()]) {
        let events = history.events(0, u64::MAX);
        let read = read_shiviz(&quorum_export::export(&history, &[], Format::Shiviz, 0, u64::MAX));
        let truth = happened_before(&events);
        assert_eq!(
            read.iter().map(|(host, _)| *host).collect::<Vec<_>>(),
            truth.iter().map(|(node, _)| *node).collect::<Vec<_>>()
        );
        let below = |a: &BTreeMap<String, u64>, b: &BTreeMap<String, u64>| {
            a != b && a.iter().all(|(host, count)| b.get(host).is_some_and(|other| count <= other))
        };
        for (position, (_, clock)) in read.iter().enumerate() {
            for (before, (_, other)) in read.iter().enumerate() {
                let is_before = before < truth.len() && truth[position].1[before];
                assert_eq!(below(other, clock), is_before, "{other:?} and {clock:?}");
                if is_before { ordered += 1 } else { concurrent += 1 }
            }
        }
    }
    assert!(ordered > 100_000 && concurrent > 100_000, "{ordered} {concurrent}");
}

#[test]
fn the_clock_of_a_server_counts_from_1_without_gaps_in_every_excerpt_and_through_crashes() {
    for seed in 0..60 {
        let history = world(seed, 300);
        for (from, to) in [(0, 300), (100, 200)] {
            let mut counts: BTreeMap<u32, u64> = BTreeMap::new();
            let read = read_shiviz(&quorum_export::export(&history, &[], Format::Shiviz, from, to));
            assert_eq!(read.len(), happened_before(&history.events(from, to)).len(), "no event is left out");
            for (host, clock) in read {
                let count = counts.entry(host).or_default();
                *count += 1;
                assert_eq!(clock[&format!("server-{host}")], *count);
            }
        }
    }
}

#[test]
fn a_diagram_for_mermaid_has_an_arrow_for_each_arrival_and_a_cross_for_each_loss() {
    for seed in 0..60 {
        let history = world(seed, 200);
        let events = history.events(0, u64::MAX);
        let text = quorum_export::export(&history, &[], Format::Mermaid, 0, u64::MAX);
        let count = |name: &str| events.iter().filter(|event| event.name() == name).count();
        let cut_off: u32 = events
            .iter()
            .map(|event| match event.kind {
                EventKind::Fact(Fact::PowerCut { messages }) => messages,
                _ => 0,
            })
            .sum();
        assert_eq!(text.matches("->>").count(), count("delivered"), "world {seed}");
        assert_eq!(text.matches("--x").count(), count("dropped") + cut_off as usize, "world {seed}");
        assert_eq!(text.matches("-)").count(), history.now().cluster().network().in_flight().count(), "world {seed}");
    }
}

/// What is written in a picture, in order.
fn written(history: &History, format: Format) -> Vec<String> {
    let picture = quorum_export::export(history, &[], format, 0, u64::MAX);
    let xml = roxmltree::Document::parse(&picture).unwrap();
    let texts = xml.descendants().filter(|node| node.has_tag_name("text"));
    texts.filter_map(|text| text.text().map(Into::into)).collect()
}

#[test]
fn a_server_without_its_disk_only_listens_in_every_picture() {
    let node = NodeId::new(2).unwrap();
    let mut history = History::new(Config::default()).unwrap();
    history.apply(&Action::Crash { node }).unwrap();
    history.apply(&Action::Wipe { node }).unwrap();
    let film = written(&history, Format::AnimatedSvg);
    assert!(has(&film, &["Server 2", "down", "remembers nothing"]), "{film:?}");
    assert!(has(&film, &["Server 2", "disk lost", "never votes again"]), "{film:?}");

    history.apply(&Action::Restart { node }).unwrap();
    let stage = written(&history, Format::Stage);
    assert!(has(&stage, &["2", "listens only", "promised", "nothing"]), "{stage:?}");
    assert!(has(&stage, &["3", "idle", "promised", "nothing"]), "{stage:?}");
    let film = written(&history, Format::AnimatedSvg);
    assert!(has(&film, &["Server 2", "listens only", "Server 3", "nothing promised"]), "{film:?}");
}

#[test]
fn in_the_film_a_server_that_is_down_remembers_what_is_on_its_disk() {
    let mut history = play(SCENARIOS[0].1).history;
    let node = NodeId::new(2).unwrap();
    history.apply(&Action::Crash { node }).unwrap();
    let film = written(&history, Format::AnimatedSvg);
    assert!(has(&film, &["Server 2", "down", "remembers only:", "promised 1.1", "accepted 1.1"]), "{film:?}");
}
