//! What is in a link, byte by byte, and what is not let in.

use alloc::{
    format,
    string::{String, ToString},
    vec,
    vec::Vec,
};

use super::action::ActionCode;
use super::number::Numbered;
use super::*;
use quorum_core::json::{FromJson, Json};
use quorum_core::limits::{MAX_INTERVENTIONS, MAX_STEPS};
use quorum_core::run::{Annotation, Intervention};
use quorum_core::sim::{Action, Config};

fn action(json: &str) -> Action {
    Action::from_json(&serde_json::from_str(json).unwrap(), "action").unwrap()
}

/// A run in which these things happened, at steps 0, 2, 4, …
fn run(actions: &[Action]) -> Run {
    let interventions: Vec<_> =
        (0..).step_by(2).zip(actions).map(|(step, action)| Intervention { step, action: action.clone() }).collect();
    Run {
        quorum: 1,
        engine: "0.1.0".into(),
        config: Config { nodes: 5, ..Config::default() },
        interventions,
        cursor: 298,
        length: 300,
        digest: "00fedcba98765432".into(),
        title: String::new(),
        notes: Vec::new(),
    }
}

/// At least one of every kind. The match is what a new kind does not get past.
fn samples(kind: ActionCode) -> Vec<Action> {
    let texts: &[&str] = match kind {
        ActionCode::Propose => {
            &[r#"{"type":"propose","node":1,"value":"blue"}"#, r#"{"type":"propose","node":5,"value":"é"}"#]
        }
        ActionCode::Deliver => &[r#"{"type":"deliver","message":17}"#, r#"{"type":"deliver","message":4294967295}"#],
        ActionCode::Drop => &[r#"{"type":"drop","message":0}"#],
        ActionCode::Duplicate => &[r#"{"type":"duplicate","message":127}"#],
        ActionCode::Hold => &[r#"{"type":"hold","message":128}"#],
        ActionCode::Release => &[r#"{"type":"release","message":16384}"#],
        ActionCode::Send => &[r#"{"type":"send","message":20000}"#],
        ActionCode::Timeout => {
            &[r#"{"type":"timeout","node":2,"timer":"retry"}"#, r#"{"type":"timeout","node":2,"timer":"learn"}"#]
        }
        ActionCode::Write => &[r#"{"type":"write","node":101}"#],
        ActionCode::Sync => &[r#"{"type":"sync","node":1}"#],
        ActionCode::Flush => &[r#"{"type":"flush","node":2}"#],
        ActionCode::Crash => &[r#"{"type":"crash","node":3}"#],
        ActionCode::Restart => &[r#"{"type":"restart","node":3}"#],
        ActionCode::Wipe => &[r#"{"type":"wipe","node":3}"#],
        ActionCode::Pause => &[r#"{"type":"pause","node":3}"#],
        ActionCode::Resume => &[r#"{"type":"resume","node":3}"#],
        ActionCode::Cut => &[r#"{"type":"cut","from":1,"to":2}"#],
        ActionCode::Mend => &[r#"{"type":"mend","from":2,"to":1}"#],
        ActionCode::Isolate => &[r#"{"type":"isolate","node":4}"#],
        ActionCode::Rejoin => &[r#"{"type":"rejoin","node":4}"#],
        ActionCode::Partition => {
            &[r#"{"type":"partition","groups":[[2,1],[3,4,5]]}"#, r#"{"type":"partition","groups":[]}"#]
        }
        ActionCode::Heal => &[r#"{"type":"heal"}"#],
        ActionCode::Network => &[
            r#"{"type":"network","loss":0.2,"duplicate":0.1,"latency":[5,50]}"#,
            r#"{"type":"network","duplicate":1}"#,
            r#"{"type":"network","latency":[0,60000]}"#,
            r#"{"type":"network"}"#,
        ],
        ActionCode::PowerCut => &[r#"{"type":"power-cut"}"#],
        ActionCode::Rule => &[
            r#"{"type":"rule","rule":"keep-promise","on":false}"#,
            r#"{"type":"rule","rule":"wiped-stays-silent","on":true}"#,
        ],
    };
    texts.iter().map(|text| action(text)).collect()
}

#[test]
fn every_action_comes_back_and_every_other_number_is_of_a_newer_version() {
    let mut kinds = 0;
    for number in 0..=u8::MAX {
        let Some(kind) = ActionCode::numbered(number) else {
            let mut binary = to_binary(&run(&[Action::Heal])).unwrap();
            *binary.last_mut().unwrap() = number;
            let error = from_binary(&binary).unwrap_err();
            assert_eq!(error, LinkError::Newer(format!("an action with number {number}")));
            continue;
        };
        kinds += 1;
        assert_eq!(kind.number(), number);
        for action in samples(kind) {
            let run = run(&[action]);
            assert_eq!(from_link(&to_link(&run).unwrap()).unwrap(), run);
            assert_eq!(to_binary(&run).unwrap()[START], number, "{run:?}");
        }
    }
    let all: Vec<_> = (0..=u8::MAX).filter_map(ActionCode::numbered).flat_map(samples).collect();
    assert_eq!(all.iter().map(Action::name).collect::<alloc::collections::BTreeSet<_>>().len(), kinds);
    let run = run(&all);
    assert_eq!(from_link(&to_link(&run).unwrap()).unwrap(), run);
}

/// Where the number of the first action is in a [`run`] with one: after format, engine, digest, length, cursor, the
/// number of servers, the end of the config, the count and the step.
const START: usize = 1 + 6 + 8 + 2 + 1 + 2 + 1 + 1 + 1;

/// The layout, spelt out. If this test must change, links that people keep no longer open.
#[test]
fn every_byte_of_a_run_stands_where_it_always_stood() {
    let mut run = run(&[
        action(r#"{"type":"propose","node":2,"value":"blue"}"#),
        action(r#"{"type":"partition","groups":[[1,2],[3,4,5]]}"#),
        action(r#"{"type":"network","loss":0.2,"latency":[5,200]}"#),
        action(r#"{"type":"timeout","node":3,"timer":"learn"}"#),
        action(r#"{"type":"drop","message":300}"#),
        Action::PowerCut,
    ]);
    let config = r#"{"nodes":5,"seed":1000000,"quorums":{"phase1":4,"phase2":2},"ballots":"ranges","backoff":false,
        "roles":[["proposer","learner"],["acceptor"],["acceptor"],["acceptor"],["learner","acceptor"]],"retry":1,
        "network":{"loss":0.3,"duplicate":1,"latency":[30,41]},"disk":[0,0]}"#;
    run.config = Config::from_json(&serde_json::from_str(config).unwrap(), "config").unwrap();
    run.interventions[1].step = 1;
    let bytes: &[&[u8]] = &[
        &[1],                                              // format
        b"\x050.1.0",                                      // engine
        &[0x00, 0xfe, 0xdc, 0xba, 0x98, 0x76, 0x54, 0x32], // digest
        &[0xac, 0x02, 2],                                  // length 300, the cursor 2 before it
        &[1, 5],                                           // nodes
        &[3, 0xc0, 0x84, 0x3d],                            // seed
        &[4, 2, 4, 2],                                     // quorums: sizes, 4 and 2
        &[5, 2],                                           // ballots: ranges
        &[6, 5, 2, 1, 3, 1, 2, 1, 2, 1, 2, 2, 3, 2],       // roles: 5 servers
        &[7, 0],                                           // backoff
        &[8, 0xac, 0x02],                                  // loss, in thousandths
        &[9, 0xe8, 0x07],                                  // duplicate
        &[10, 30, 41],                                     // latency
        &[11, 0, 0],                                       // disk
        &[12, 1],                                          // retry
        &[0],                                              // end of the config
        &[6],                                              // interventions
        b"\x00\x01\x02\x04blue",                           // step 0: propose at 2
        &[0, 21, 2, 2, 1, 2, 3, 3, 4, 5],                  // step 1: partition
        &[2, 23, 1 | 4, 0xc8, 0x01, 5, 0xc8, 0x01],        // step 4: network, loss and latency
        &[1, 8, 3, 2],                                     // step 6: timeout of 3, learn
        &[1, 3, 0xac, 0x02],                               // step 8: drop
        &[1, 24],                                          // step 10: power cut
    ];
    assert_eq!(to_binary(&run).unwrap(), bytes.concat());
    assert_eq!(from_binary(&bytes.concat()).unwrap(), run);
}

/// Whatever today's default is, a link that says nothing means what it meant.
#[test]
fn a_link_that_says_nothing_of_its_config_means_the_config_of_its_time() {
    let silent = b"\x01\x050.1.0\x01\x02\x03\x04\x05\x06\x07\x08\x00\x00\x00\x00";
    let run = from_binary(silent).unwrap();
    let json = r#"{"nodes":3,"protocol":"single","seed":1,"quorums":"majority","ballots":"rounds","backoff":true,
        "network":{"loss":0,"duplicate":0,"latency":[30,40]},"disk":[2,5],"retry":300}"#;
    assert_eq!(Json::from(&run.config), serde_json::from_str(json).unwrap());
    assert_eq!(to_binary(&run).unwrap(), silent);
}

/// The refusal of a changed sample: `old` bytes, which are in it once, replaced by `new`.
fn with(old: &[u8], new: &[u8]) -> LinkError {
    let sample = to_binary(&run(&samples(ActionCode::Propose))).unwrap();
    let found: Vec<_> = sample.windows(old.len()).enumerate().filter(|(_, window)| *window == old).collect();
    let [(at, _)] = found[..] else { panic!("{old:?} is {} times in {sample:?}", found.len()) };
    let binary = [&sample[..at], new, &sample[at + old.len()..]].concat();
    from_binary(&binary).unwrap_err()
}

const TAIL: &[u8] = b"\x01\x01\x05\x02\xc3\xa9";

#[test]
fn what_cannot_be_in_a_link_is_refused_with_what_it_is() {
    let nodes = |new: &[u8]| with(b"\x01\x05\x00\x02\x00", &[new, b"\x00\x02\x00"].concat());
    let last = |new: &[u8]| with(TAIL, new);
    let table: &[(LinkError, &str)] = &[
        (with(b"\x01\x050", b"\x02\x050"), "newer version of Quorum: it has a run of format 2, which version 0.1.0"),
        (with(b"\x050.1.0", b"\x050.1.\xff"), "It has the version of its program as no text."),
        (with(b"\x050.1.0", b"\x410.1.0"), "at most 64 are possible"),
        (with(b"\x050.1.0", b"\x400.1.0"), "It ends in the middle of the bytes of the version of its program."),
        (with(b"\xac\x02\x02", b"\xac\x02\xad\x02"), "It points at a step before its beginning."),
        (with(b"\xac\x02\x02", b"\x02\x00"), "interventions after its end"),
        (with(b"\xac\x02\x02", b"\xc1\x84\x3d\x00"), &format!("at most {MAX_STEPS} steps")),
        (with(b"\xac\x02\x02", &[0xff; 11]), "It has its length as a number that is not written as numbers are."),
        (with(b"\xac\x02\x02", b"\xac\x82\x00\x02"), "not written as numbers are"),
        (with(b"\xac\x02\x02", b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02\x02"), "not written as numbers are"),
        (nodes(b"\x01\x00"), "A cluster has 1 to 101 servers, and this config asks for 0."),
        (nodes(b"\x01\x66"), "asks for 102."),
        (nodes(b"\x01\x80\x80\x80\x80\x10"), "It has 4294967296 as the number of its servers, which is too much."),
        (nodes(b"\x02\x07"), "it has a protocol with number 7, which"),
        (nodes(b"\x03\x80\x80\x80\x80\x80\x80\x80\x10"), "A seed is a whole number from 0 to 9007199254740991"),
        (nodes(b"\x04\x03"), "it has a kind of quorums with number 3, which"),
        (nodes(b"\x04\x02\x01\x02"), "need not share one"),
        (nodes(b"\x05\x00"), "it has a ballot scheme with number 0, which"),
        (nodes(b"\x06\x66"), "It has 102 as the number of the roles of its servers, and at most 101 are possible."),
        (nodes(b"\x06\x03\x7f"), "It ends in the middle of the roles of a server."),
        (nodes(b"\x06\x03\x01\x04"), "it has a role with number 4, which"),
        (nodes(b"\x06\x02\x01\x01\x01\x02"), "Roles has one list for each of the 3 servers"),
        (nodes(b"\x07\x02"), "it has a kind of backoff with number 2, which"),
        (nodes(b"\x08\xe9\x07"), "It has a probability of 1001 thousandths."),
        (nodes(b"\x08\xe9\x87\x04"), "It has a probability of 66537 thousandths."),
        (nodes(b"\x0a\x09\x05"), "Latency is two numbers of milliseconds"),
        (nodes(b"\x0b\x09\x05"), "Disk is two numbers of milliseconds"),
        (nodes(b"\x0c\x00"), "Retry is 1 to 60000 milliseconds"),
        (nodes(b"\x0f\x01"), "it has a field of the config with number 15, which"),
        (nodes(b"\x01\x05\x01\x05"), "The fields of its config are not in order."),
        (nodes(b"\x03\x05\x01\x05"), "The fields of its config are not in order."),
        (last(b"\x01\x01\x00\x02\xc3\xa9"), "There is no server 0"),
        (last(b"\x01\x01\x66\x02\xc3\xa9"), "There is no server 102"),
        (last(b"\x01\x01\x05\x00"), "A value cannot be empty"),
        (last(&[b"\x01\x01\x05\x41".as_slice(), &[b'x'; 65]].concat()), "at most 64 are possible"),
        (last(b"\x01\x01\x05\x02\xc3"), "It ends in the middle of the bytes of a value."),
        (last(b"\x01\x01\x05\x02\xc3\xc3"), "It has a value as no text."),
        (last(b"\x01\x0c\x05\x00\x00"), "it has something with number 0 after its interventions"),
        (last(b"\x01\x0c\x05\x01\x00\x00"), "It says that something is said about it, and nothing is."),
        (last(b"\x01\x0c\x05\x01\x01A\x00\x00"), "Something follows after its end."),
        (last(b"\x01\x0c\x05\x01\x01A\x01\xff\x7f\x01B"), "note at step"),
        (last(b"\xab\x02\x0c\x05"), "interventions after its end"),
        (last(b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01\x0c\x05"), "It has an intervention after its end."),
        (last(b"\x01\x08\x05\x03"), "it has a timer with number 3, which"),
        (last(b"\x01\x02\x80\x80\x80\x80\x10"), "as the number of a message, which is too much"),
        (last(b"\x01\x15\x66"), "at most 101 are possible"),
        (last(b"\x01\x15\x02\x01\x01"), "It ends in the middle of the groups of a partition."),
        (last(b"\x01\x15\x02\x01\x01\x01\x01"), "It has a partition that lists server 1 twice."),
        (last(b"\x01\x15\x01\x00\x01"), "It has a partition with an empty group."),
        (last(b"\x01\x17\x08\x01"), "it has a change of the network with number 8, which"),
        (last(b"\x01\x17\x01\xe9\x07"), "It has a probability of 1001 thousandths."),
        (last(b"\x01\x17\x04\x09\x05"), "Latency is two numbers of milliseconds"),
        (last(&[]), "It ends in the middle of the step of an intervention."),
        (with(b"\x00\x02\x00\x01\x01\x04", b"\x00\xa1\x8d\x06\x00\x01\x01\x04"), &format!("most {MAX_INTERVENTIONS}")),
        (with(b"\x00\x02\x00\x01\x01\x04", b"\x00\x40\x00\x01\x01\x04"), "It ends in the middle of its interventions."),
    ];
    for (error, says) in table {
        let text = error.to_string();
        assert!(text.contains(says), "{text}\nshould say: {says}");
        assert!(text.ends_with(" again.") || text.ends_with("from its first character to its last."), "{text}");
    }
}

#[test]
fn text_that_is_no_link_is_refused_with_what_to_do() {
    let link = to_link(&run(&samples(ActionCode::Propose))).unwrap();
    let good = link.strip_prefix("#q1.").unwrap();
    let bomb = pack(&vec![0; MAX_UNPACKED_BYTES + 1]);
    let trailing = BASE64.encode([BASE64.decode(good).unwrap(), vec![0]].concat());
    let table: &[(&str, &str)] = &[
        ("", "This is not a link to a run: there is no \"#q1.\" in it. Copy the whole address."),
        ("#", "not a link to a run"),
        ("https://example.org/", "not a link to a run"),
        ("#step=4", "not a link to a run"),
        (&format!("#q01.{good}"), "not a link to a run"),
        (&format!("#q.{good}"), "not a link to a run"),
        (&format!("#Q1.{good}"), "not a link to a run"),
        (&format!("#q1{good}"), "not a link to a run"),
        (&format!("#q2.{good}"), "made by a newer version of Quorum: it has format q2, which version 0.1.0 does not"),
        (&format!("#q10.{}", "*".repeat(100_000)), "format q10"),
        (&format!("{link}="), "The character '=' does not belong into it."),
        (&format!("#q1.{}+", &good[1..]), "The character '+' does not belong into it."),
        (&format!("#q1. {good}"), "The character ' ' does not belong into it."),
        (&format!("#q1.é{good}"), "The character 'é' does not belong into it."),
        (&format!("#q1.{good}\u{202e}A"), "The character '\\u{202e}' does not belong into it."),
        ("#q1.", "Something is missing at its end."),
        ("#q1.A", "Something is missing at its end."),
        ("#q1.AB", "Something is missing at its end."),
        (&format!("#q1.{}", BASE64.encode([0b111])), "It cannot be unpacked."),
        (&format!("#q1.{trailing}"), "Something follows after its end."),
        (&format!("#q1.{}", "A".repeat(MAX_LINK_BYTES)), "is 8195 bytes long, and at most 8192 can be opened. Ask"),
        (&bomb, "It unpacks to more than 1048576 bytes."),
        (&pack(&[]), "It ends in the middle of its format."),
    ];
    for (text, says) in table {
        let error = from_link(text).unwrap_err().to_string();
        assert!(error.contains(says), "{error}\nshould say: {says}");
    }
    assert!(bomb.len() < MAX_LINK_BYTES, "or it is refused for its length");
}

#[test]
fn a_link_may_unpack_to_as_much_as_is_allowed_and_not_to_a_byte_more() {
    for size in [0, 1, 63, 64, 65, MAX_UNPACKED_BYTES] {
        assert_eq!(inflate(&compress_to_vec(&vec![7; size], 10)), Ok(vec![7; size]));
    }
    assert!(inflate(&compress_to_vec(&vec![7; MAX_UNPACKED_BYTES + 1], 10)).is_err());
    assert!(from_binary(&vec![0; MAX_UNPACKED_BYTES + 1]).unwrap_err().to_string().contains("1048577 bytes"));
}

#[test]
fn a_link_is_opened_however_it_was_pasted() {
    let run = run(&samples(ActionCode::Partition));
    let link = to_link(&run).unwrap();
    let bare = &link[1..];
    let encoded = link.replace('#', "%23").replace('A', "%41");
    for text in [
        bare,
        &link,
        &format!("https://example.org/lab/?x=1.5{link}"),
        &format!(" \n\t{link}\r\n"),
        // The # was lost.
        &format!("https://q1.example.org/lab/{bare}"),
        &format!("https://example.org/lab/?x=1.5&{bare}"),
        // A program has encoded it.
        &encoded,
        &format!("https://example.org/100%/{encoded}"),
        // A sentence ends with it.
        &format!("{link}."),
        &format!("{link}!?"),
        &format!("(https://example.org/{link})."),
        &format!("“{link}”,"),
        &format!("<{bare}>;"),
        &format!("`{link}`…"),
    ] {
        assert!(is_like_link(text), "{text}");
        assert_eq!(from_link(text).unwrap(), run, "{text}");
    }
    // Encoded or not, this is no link.
    for text in ["", "%", "%2", "%23", "%é3q", "100%", "a/q1.json", "q1", "#step=4"] {
        assert!(!is_like_link(text) && from_link(text).is_err(), "{text}");
    }
}

/// What a reader lets in, a writer writes, and it is the same run.
fn refused_or_sound(run: Result<Run, LinkError>) {
    if let Ok(run) = run {
        assert_eq!(from_binary(&to_binary(&run).unwrap()).unwrap(), run);
    }
}

#[test]
fn no_cut_and_no_flipped_bit_lets_in_what_is_not_sound() {
    let everything: Vec<_> = (0..=u8::MAX).filter_map(ActionCode::numbered).flat_map(samples).collect();
    let run = run(&everything);
    let (binary, link) = (to_binary(&run).unwrap(), to_link(&run).unwrap());
    for end in 0..binary.len() {
        assert!(matches!(from_binary(&binary[..end]), Err(LinkError::Damaged(_))), "cut at {end}");
    }
    for end in 0..link.len() {
        assert!(from_link(&link[..end]).is_err(), "cut at {end}");
    }
    let flips = |bytes: &[u8]| {
        let bytes = bytes.to_vec();
        (0..8 * bytes.len()).map(move |bit| {
            let mut flipped = bytes.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            flipped
        })
    };
    flips(&binary).for_each(|flipped| refused_or_sound(from_binary(&flipped)));
    let packed = BASE64.decode(&link[4..]).unwrap();
    flips(&packed).for_each(|flipped| refused_or_sound(from_link(&format!("q1.{}", BASE64.encode(flipped)))));
    // A flip of the top bit leaves no text.
    let texts = flips(link.as_bytes()).filter_map(|flipped| String::from_utf8(flipped).ok());
    texts.for_each(|flipped| refused_or_sound(from_link(&flipped)));
}

#[test]
fn a_run_that_nobody_could_open_is_not_put_into_a_link() {
    let refusal = |change: fn(&mut Run)| {
        let mut run = run(&samples(ActionCode::Propose));
        change(&mut run);
        to_link(&run).unwrap_err().to_string()
    };
    let unfit = "This run cannot be put into a link, because nobody could open it. ";
    for (text, says) in [
        (refusal(|run| run.quorum = 2), "format 2"),
        (refusal(|run| run.digest.clear()), "Its digest is not 16 hexadecimal digits."),
        (refusal(|run| run.digest = "00FEDCBA98765432".into()), "Its digest is not"),
        (refusal(|run| run.digest = "+0fedcba98765432".into()), "Its digest is not"),
        (refusal(|run| run.engine = "x".repeat(65)), "at most 64 are possible"),
        (refusal(|run| run.config.nodes = 0), "A cluster has 1 to 101 servers"),
        (refusal(|run| run.cursor = 301), "points at step 301"),
        (refusal(|run| run.interventions.reverse()), "not in order"),
        (refusal(|run| run.interventions[1].step = 0), "not in order"),
        (refusal(|run| run.interventions[1].step = u64::MAX), "after its end"),
        (
            refusal(|run| run.interventions[0].action = action(r#"{"type":"partition","groups":[[1],[1]]}"#)),
            "lists server 1 twice",
        ),
        (
            refusal(|run| run.interventions[0].action = action(r#"{"type":"network","latency":[9,5]}"#)),
            "Latency is two",
        ),
    ] {
        assert!(text.starts_with(unfit) && text.contains(says), "{text}\nshould say: {says}");
    }
}

#[test]
fn a_run_too_large_for_a_link_is_told_to_be_a_file() {
    // Numbers that nothing can be squeezed out of.
    let messages = (0..).map(|number: u32| number.wrapping_mul(0x9e37_79b9));
    let mut long = run(&[]);
    long.length = MAX_STEPS;
    long.cursor = 0;
    let drops = |count| messages.clone().map(|n| Action::Drop { message: quorum_core::sim::MessageId(n) }).take(count);
    for (count, fits) in [(500, true), (5_000, false), (100_000, false)] {
        long.interventions = (0..).zip(drops(count)).map(|(step, action)| Intervention { step, action }).collect();
        match to_link(&long) {
            Ok(link) => {
                assert!(fits && link.len() <= MAX_LINK_BYTES + 1);
                assert_eq!(from_link(&link).unwrap(), long);
            }
            Err(error) => assert!(!fits && error.to_string().ends_with("Save it as a file instead."), "{error}"),
        }
    }
    long.interventions = (0..).zip(drops(MAX_INTERVENTIONS)).map(|(step, _)| step).map(at).collect();
    assert_eq!(to_binary(&long), Err(LinkError::TooLarge), "more than a megabyte");
}

fn at(step: u64) -> Intervention {
    let value = "0123456789abcdef".parse().unwrap();
    Intervention { step, action: Action::Propose { node: quorum_core::paxos::NodeId::new(1).unwrap(), value } }
}

/// 45 characters may ask for a million steps of 101 servers. The link is as it was made, and opens; its run is not played.
#[test]
fn a_link_that_asks_for_too_much_work_is_refused_before_any_is_done() {
    let run = from_link("#q1.Y2Q10DPUM2CAght_bICIMZWdgevBFWYg4mFkAEJGxgoA").unwrap();
    assert_eq!((run.config.nodes, run.length), (101, 999_000));
    let refusal = run.replay().unwrap_err().to_string();
    assert_eq!(
        refusal,
        "This run asks for too much: with 101 servers, at most 495049 steps can be loaded, and it has 999000."
    );
}

/// Everything that is said of a run travels, and what is asked is read by the same rules as in a file.
#[test]
fn a_question_travels_and_one_that_cannot_be_asked_makes_no_link() {
    let asking = |question: &str| {
        let question = Some(serde_json::from_str(question).unwrap());
        Run { notes: [Annotation { step: 0, says: "A?".into(), question }].into(), ..run(&[]) }
    };
    for question in [
        r#"{"choices":["é","b"],"right":2,"answer":"Because."}"#,
        r#"{"goal":[{"loses":"vote"},{"happens":{"event":"network","network":{"loss":0.25}},"times":0}]}"#,
    ] {
        let run = asking(question);
        assert_eq!(from_binary(&to_binary(&run).unwrap()).unwrap(), run);
    }
    for (question, report) in [
        (r#"{"choices":["a","b"]}"#, "The question at step 0 cannot be asked: a question says in"),
        (r#"{"goal":[{"chosen":true,"step":1}]}"#, "a goal is judged after every step"),
        (r#"{"goal":[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]}"#, "It has a question that is too deep."),
    ] {
        let error = to_binary(&asking(question)).unwrap_err().to_string();
        assert!(error.starts_with("This run cannot be put into a link") && error.contains(report), "{error}");
    }
}

#[test]
fn a_question_that_no_program_writes_is_damaged() {
    let note = Annotation {
        step: 0,
        says: "A?".into(),
        question: Some(serde_json::from_str(r#"{"choices":["a","b"],"right":2}"#).unwrap()),
    };
    let binary = to_binary(&Run { notes: [note].into(), ..run(&[]) }).unwrap();
    // The number of questions, and the notes before the first, stand before the tree: an object of two fields.
    let tree = binary.windows(2).rposition(|bytes| bytes == [6, 2]).unwrap();
    let changed = |place: usize, byte: u8| {
        let mut binary = binary.clone();
        binary[place] = byte;
        from_binary(&binary).unwrap_err().to_string()
    };
    assert!(changed(tree - 2, 0).contains("It says that something is asked, and nothing is."));
    assert!(changed(tree - 1, 1).contains("It has a question without a note."));
    assert!(changed(tree, 9).contains("made by a newer version"));
    assert!(changed(tree, 3).contains("Something follows after its end."));
    for length in tree..binary.len() {
        let error = from_binary(&binary[..length]).unwrap_err().to_string();
        assert!(error.contains("It ends in the middle of"), "{length}: {error}");
    }
}
