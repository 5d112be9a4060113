//! What is put into a link, and what is told to be a file.

use super::*;

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
        long.interventions =
            (0..).zip(drops(count)).map(|(step, action)| Intervention { step, action, at: None }).collect();
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

/// When real servers did it is part of a run, and costs a run without times nothing.
#[test]
fn times_are_written_where_there_are_some_and_only_there() {
    let plain = run(&[Action::Heal, Action::PowerCut, Action::Heal]);
    let bytes = to_binary(&plain).unwrap();
    let mut timed = plain.clone();
    for times in [[Some(0), None, Some(1_000)], [None, Some(7), Some(7)], [None, None, Some(0)]] {
        for (one, at) in timed.interventions.iter_mut().zip(times) {
            one.at = at;
        }
        let written = to_binary(&timed).unwrap();
        assert_eq!(from_binary(&written).unwrap(), timed);
        assert!(written.starts_with(&bytes) && written.len() > bytes.len());
    }
    let refusal = |bytes: &[u8]| from_binary(bytes).unwrap_err().to_string();
    assert!(refusal(&[&bytes[..], &[3, 0, 0, 0]].concat()).contains("nothing did"), "not as it would be written");
    timed.interventions[1].at = Some(9);
    timed.interventions[2].at = Some(8);
    assert!(to_binary(&timed).unwrap_err().to_string().contains("times are not in order"));
}

fn at(step: u64) -> Intervention {
    let value = "0123456789abcdef".parse().unwrap();
    Intervention {
        step,
        action: Action::Propose { node: quorum_core::paxos::NodeId::new(1).unwrap(), value },
        at: None,
    }
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
