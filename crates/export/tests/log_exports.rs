//! Exports of a replicated log: every format speaks it, says what the page says, and names what cannot be.
//!
//! `exports/` holds two short runs of a log in every format. When a format changes, read the diff and look at the pictures:
//! `UPDATE_GOLDENFILES=1 cargo test -p quorum-export --test log_exports`.

use std::fs;
use std::path::{Path, PathBuf};

use quorum_core::json::{FromJson, Json};
use quorum_core::log::{ClientId, Op, Text};
use quorum_core::run::{Event, EventKind, History};
use quorum_core::scenario::{LOG_SCENARIOS, Played, RandomLog, RandomWorld, Scenario};
use quorum_core::sim::{Action, ClientAction, Config, Fact, ProtocolKind};
use quorum_export::Format;
use regex::Regex;

fn directory() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/exports")
}

fn play(json: &str) -> Played {
    let json: Json = serde_json::from_str(json).unwrap();
    Scenario::from_json(&json, "scenario").unwrap().play().unwrap()
}

fn short(name: &str) -> Played {
    play(&fs::read_to_string(directory().join(format!("{name}.quorum.json"))).unwrap())
}

fn world(seed: u64, steps: u32) -> History {
    let mut world = RandomLog::new(seed);
    world.disturb(steps, &mut drop);
    world.run().replay().unwrap()
}

fn whole(history: &History, format: Format) -> String {
    quorum_export::export(history, &[], format, 0, u64::MAX)
}

fn compare(file: &str, text: &str) {
    let path = directory().join(file);
    if std::env::var_os("UPDATE_GOLDENFILES").is_some() {
        fs::write(&path, text).unwrap();
    }
    assert!(text == fs::read_to_string(&path).unwrap(), "{path:?} is another: update it and read the diff");
}

/// The step of the first event of this name.
fn first(events: &[Event], name: &str) -> u64 {
    events.iter().find(|event| event.name() == name).map(|event| event.step).unwrap()
}

#[test]
fn two_short_runs_of_a_log_in_every_format_are_as_they_were() {
    for name in ["log_gap", "log_stale_read"] {
        let Played { history, notes, .. } = short(name);
        for format in Format::ALL {
            let text = quorum_export::export(&history, &notes, format, 0, u64::MAX);
            compare(&format!("{name}.{}.{}", format.as_str(), format.extension()), &text);
        }
    }
    // In the first of them, before its leader crashes: a slot is chosen and the one in front of it is not.
    let Played { history, notes, .. } = short("log_gap");
    let before = first(&history.events(0, u64::MAX), "crashed") - 1;
    let stage = quorum_export::export(&history, &notes, Format::Stage, before, before);
    compare("log_gap.before_the_crash.stage.svg", &stage);
}

#[test]
fn every_run_of_a_log_has_every_format_at_every_excerpt_and_pictures_are_sound_xml_without_script() {
    let shipped = LOG_SCENARIOS.iter().map(|(_, json)| play(json)).map(|played| (played.history, played.notes));
    let nothing = History::new(Config { nodes: 1, protocol: ProtocolKind::Log, ..Config::default() }).unwrap();
    let others = (0..12).map(|seed| world(seed, 150)).chain([hostile(), nothing]).map(|history| (history, Vec::new()));
    let known = ["svg", "g", "path", "rect", "circle", "text", "title", "desc", "style"];
    for (history, notes) in shipped.chain(others) {
        let length = history.branch().length();
        for (from, to) in [(0, u64::MAX), (length / 3, length / 2), (length, 0), (length + 7, u64::MAX)] {
            for format in [Format::Svg, Format::AnimatedSvg, Format::Stage, Format::Mermaid] {
                let text = quorum_export::export(&history, &notes, format, from, to);
                if format == Format::Mermaid {
                    assert!(text.starts_with("sequenceDiagram\n"));
                    continue;
                }
                let xml = roxmltree::Document::parse(&text).unwrap_or_else(|error| panic!("{error}\n{text}"));
                let mut elements = xml.descendants().filter(roxmltree::Node::is_element);
                assert!(elements.all(|node| known.contains(&node.tag_name().name())));
                let mut numbers = xml.descendants().flat_map(|node| node.attributes()).map(|it| it.value());
                assert!(!numbers.any(|value| value.contains("NaN") || value.contains("inf")), "{text}");
            }
        }
    }
}

/// Keys and values that somebody somewhere would trip over.
const HOSTILE: [&str; 6] = [
    "</text><script>alert(1)</script>",
    "\"quotes\" 'both' & #35;",
    "line\nfeed\r\n\u{0}\u{1b}[31m",
    "\u{202e}desrever",
    "%%{init: {}}%% end",
    "  ",
];

/// A run in which a client puts every one of those.
fn hostile() -> History {
    let mut history = History::new(Config { protocol: ProtocolKind::Log, ..Config::default() }).unwrap();
    let text = |text: &str| Text::new(text).unwrap();
    for _ in 0..60 {
        history.step();
    }
    for (position, value) in HOSTILE.iter().enumerate() {
        let client = ClientId::at(position % 2).unwrap();
        let op = Op::Put { key: text(HOSTILE[5 - position]), value: text(value) };
        while history
            .apply(&Action::Client(ClientAction::Request { client, op: op.clone(), node: None, since: None }))
            .is_err()
        {
            history.step();
        }
    }
    for _ in 0..200 {
        history.step();
    }
    history
}

#[test]
fn what_a_client_asks_for_is_text_in_a_picture_and_nothing_else() {
    let history = hostile();
    for format in [Format::Svg, Format::AnimatedSvg, Format::Stage] {
        let text = whole(&history, format);
        let xml = roxmltree::Document::parse(&text).unwrap();
        let texts: Vec<&str> = xml.descendants().filter_map(|node| node.text()).collect();
        assert!(format == Format::Stage || texts.iter().any(|text| text.contains("</text>")), "it is shown");
        assert!(!text.contains("<script") && !text.contains('\u{202e}') && !text.contains('\u{1b}'));
    }
    let mermaid = whole(&history, Format::Mermaid);
    assert!(
        mermaid.contains("#60;#47;text#62;") && !mermaid.contains("%%") && !mermaid.contains("</text"),
        "{mermaid}"
    );
}

/// A sequence diagram has an arrow for each arrival, and a cross for each loss, of all but heartbeats.
#[test]
fn a_diagram_of_a_log_has_an_arrow_for_each_arrival_and_a_cross_for_each_loss_but_for_heartbeats() {
    let (mut arrows, mut crosses) = (0, 0);
    for seed in 0..30 {
        let history = world(seed, 250);
        let events = history.events(0, u64::MAX);
        let text = whole(&history, Format::Mermaid);
        let quiet = |event: &Event| matches!(&event.kind, EventKind::Fact(fact) if fact.envelope().is_some_and(|envelope| envelope.message.kind_name() == "heartbeat"));
        let count = |name: &str| events.iter().filter(|event| event.name() == name && !quiet(event)).count();
        let power_cut = events.iter().any(|event| matches!(event.kind, EventKind::Fact(Fact::PowerCut { .. })));
        arrows += count("delivered");
        assert_eq!(text.matches("->>").count(), count("delivered"), "world {seed}");
        if !power_cut {
            crosses += count("dropped");
            assert_eq!(text.matches("--x").count(), count("dropped"), "world {seed}");
        }
        assert!(!text.contains("heartbeat"), "world {seed}");
    }
    assert!(arrows > 500 && crosses > 100, "{arrows} {crosses}");
}

#[test]
fn where_no_order_explains_the_answers_every_picture_names_the_operation() {
    let Played { history, .. } = short("log_stale_read");
    let said = |format| {
        let text = whole(&history, format);
        let xml = roxmltree::Document::parse(&text).unwrap();
        let bad = xml.descendants().filter(|node| node.has_tag_name("text"));
        let bad = bad.filter(|node| node.attribute("class").is_some_and(|class| class.contains('b')));
        bad.filter_map(|node| node.text()).map(String::from).collect::<Vec<_>>()
    };
    assert!(said(Format::Svg).iter().any(|text| text == "get x → old"));
    assert!(said(Format::Svg).iter().any(|text| text == "cannot be"));
    assert!(said(Format::Stage).iter().any(|text| text == "get x → old"));
    assert!(said(Format::AnimatedSvg).iter().any(|text| text == "get x → old"));
    let sentence =
        "Client a asked#58; get x, and was answered#58; old. No order of the operations so far explains that.";
    assert!(whole(&history, Format::Mermaid).contains(sentence));
    // One step before, nothing is wrong, and no picture says so.
    let before = quorum_export::export(&history, &[], Format::Svg, 0, history.branch().length() - 1);
    assert!(!before.contains("cannot be") && before.contains("get x …"));
}

/// The looks of a slot: the class that a picture gives to a ballot, and the operation in it.
#[test]
fn the_grid_of_the_stage_shows_what_each_server_holds_in_each_slot() {
    let Played { history, .. } = short("log_gap");
    let before = first(&history.events(0, u64::MAX), "crashed") - 1;
    let stage = quorum_export::export(&history, &[], Format::Stage, before, before);
    let cell =
        Regex::new(r#"<g class="v0"><rect ([^>]*) rx="5"[^>]*/><text class="([^"]*)"[^>]*>([^<]*)</text>"#).unwrap();
    let cells: Vec<(String, String)> = cell
        .captures_iter(&stage)
        .map(|found| {
            let paint = &found[1];
            let look = match () {
                () if paint.contains("dasharray") => "voted",
                () if paint.contains("fill-opacity") => "known",
                () if paint.starts_with("fill") => "applied",
                () => "chosen",
            };
            (look.into(), found[3].into())
        })
        .collect();
    let wanted = [
        ("voted", "k»&lt;&amp;&gt;"),
        ("known", "color…"),
        ("chosen", "x:1→2"),
        ("chosen", "color…"),
        ("chosen", "color…"),
        ("chosen", "x:1→2"),
    ];
    assert_eq!(cells, wanted.map(|(look, text)| (look.to_string(), text.to_string())));
}

/// A colour is a ballot, and a ballot has one colour: the same in every excerpt and every picture of the run.
#[test]
fn a_ballot_has_one_colour_in_every_picture_of_a_run() {
    let Played { history, .. } = short("log_stale_read");
    let length = history.branch().length();
    let accept = Regex::new(r#"<g class="(v\d)" stroke="currentColor"><title>accept (\S+) of"#).unwrap();
    let mut seen = std::collections::BTreeMap::new();
    for (from, to) in [(0, length), (length / 2, length), (length - 60, length)] {
        let text = quorum_export::export(&history, &[], Format::Svg, from, to);
        for found in accept.captures_iter(&text) {
            let colour = seen.entry(found[2].to_string()).or_insert_with(|| found[1].to_string());
            assert_eq!(colour, &found[1], "{}", &found[2]);
        }
    }
    assert_eq!(seen.into_iter().collect::<Vec<_>>(), [("1.1".into(), "v0".into()), ("2.2".into(), "v1".into())]);
}

/// What the page calls its symbols, so does the picture.
#[test]
fn the_legend_says_what_the_page_says() {
    let web = |file: &str| {
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../web/lab").join(file)).unwrap()
    };
    let legend = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/stage/legend.rs")).unwrap();
    let names = Regex::new(r#"(?m)^  (\w+): \{ manner.*name: "([^"]+)" \}"#).unwrap();
    let kinds = web("protocols/log/kinds.js");
    let mut count = 0;
    for found in names.captures_iter(&kinds) {
        let kind = format!("{}{}", found[1][..1].to_uppercase(), &found[1][1..]);
        let entry = format!("(MessageKind::{kind}, \"{}\")", &found[2]);
        assert!(legend.contains(&entry), "{entry}");
        count += 1;
    }
    assert_eq!(count, 13);
    let looks = Regex::new(r#"(?m)^  \["(\w+)", "([^"]+)"\],"#).unwrap();
    let panel = web("log/panel.js");
    let mut count = 0;
    for found in looks.captures_iter(&panel) {
        let look = format!("{}{}", found[1][..1].to_uppercase(), &found[1][1..]);
        let entry = format!("(Look::{look}, \"{}\")", &found[2]);
        assert!(legend.contains(&entry), "{entry}");
        count += 1;
    }
    assert_eq!(count, 5);
}

#[test]
fn in_the_film_a_server_of_a_log_that_is_down_remembers_what_is_on_its_disk() {
    let Played { history, .. } = short("log_gap");
    let film = whole(&history, Format::AnimatedSvg);
    let texts = Regex::new("<text[^>]*>([^<]*)</text>").unwrap();
    let written: Vec<&str> = texts.captures_iter(&film).map(|it| it.get(1).unwrap().as_str()).collect();
    let down = written.windows(3).any(|some| some[1] == "down" && some[2] == "remembers only:");
    assert!(down, "{written:?}");
}
