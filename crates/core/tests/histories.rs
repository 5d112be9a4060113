//! Histories of clients: two checkers that must agree with each other, and with everything that is known otherwise.

use std::collections::BTreeMap;
use std::time::Instant;

use quorum_core::check::linear::{
    Edit, History, Jit, Operation, RandomHistory, Verdict, breadth_first, depth_first, judge,
};
use quorum_core::limits::{MAX_EXPLANATIONS, MAX_EXPLORED};
use quorum_core::log::{Op, Output, Text};

/// How many small histories are tried.
const SMALL: u64 = 20_000;
/// How many large ones are tried; `QUORUM_HISTORIES=full` tries 200.
const LARGE: u64 = 6;

fn full() -> bool {
    std::env::var("QUORUM_HISTORIES").is_ok_and(|value| value == "full")
}

fn text(text: &str) -> Text {
    Text::new(text).unwrap()
}

fn get(value: &str) -> (Op, Option<Output>) {
    let value = (!value.is_empty()).then(|| text(value));
    (Op::Get { key: text("x") }, Some(Output::Value(value)))
}

fn put(value: &str) -> (Op, Option<Output>) {
    (Op::Put { key: text("x"), value: text(value) }, Some(Output::Done))
}

fn cas(from: &str, to: &str, swapped: bool) -> (Op, Option<Output>) {
    (Op::Cas { key: text("x"), from: text(from), to: text(to) }, Some(Output::Swapped(swapped)))
}

/// An operation of a client from one time to another; one that never returned has no answer.
fn at(client: usize, call: u64, returned: impl Into<Option<u64>>, (op, output): (Op, Option<Output>)) -> Operation {
    let returned = returned.into();
    Operation { client, call, returned, op, output: output.filter(|_| returned.is_some()) }
}

fn unobserved((op, _): (Op, Option<Output>)) -> (Op, Option<Output>) {
    (op, None)
}

fn history(initial: &str, operations: &[Operation]) -> History {
    let clients = (0..9).map(|client| format!("c{client}")).collect();
    let initial = (!initial.is_empty()).then(|| (text("x"), text(initial)));
    History::new(clients, initial.into_iter().collect(), operations.to_vec()).unwrap()
}

/// What both checkers say, which must be the same.
fn both(history: &History) -> Option<bool> {
    let (breadth, depth) = (breadth_first(history, MAX_EXPLANATIONS), depth_first(history, MAX_EXPLORED));
    assert_eq!(breadth.linearizable, depth.linearizable, "breadth first and depth first differ: {history:#?}");
    breadth.linearizable
}

fn holds(initial: &str, operations: &[Operation]) -> bool {
    both(&history(initial, operations)).expect("it is small")
}

/// Every order, one after the other: slow, and too simple to be wrong.
fn by_hand(history: &History) -> bool {
    fn comes_first(history: &History, one: usize, other: usize) -> bool {
        let (first, second) = (&history.operations()[one], &history.operations()[other]);
        let Some(returned) = first.returned else { return false };
        // Operations of one client on one key keep their order also where one begins as the other ends.
        let is_same = first.client == second.client && first.op.key() == second.op.key() && one < other;
        returned < second.call || (is_same && returned == second.call)
    }
    fn go(history: &History, left: &[usize], store: &BTreeMap<Text, Text>) -> bool {
        if left.iter().all(|it| history.operations()[*it].returned.is_none()) {
            return true;
        }
        left.iter().enumerate().any(|(place, next)| {
            if left.iter().any(|other| comes_first(history, *other, *next)) {
                return false;
            }
            let Operation { op, output, .. } = &history.operations()[*next];
            let (value, answer) = op.apply(store.get(op.key()));
            let mut rest = left.to_vec();
            rest.remove(place);
            let mut after = store.clone();
            match value {
                Some(value) => drop(after.insert(op.key().clone(), value)),
                None => drop(after.remove(op.key())),
            }
            output.as_ref().is_none_or(|output| *output == answer) && go(history, &rest, &after)
        })
    }
    let mut store = BTreeMap::new();
    for operation in history.operations() {
        let key = operation.op.key();
        store.extend(history.initial(key).map(|value| (key.clone(), value.clone())));
    }
    go(history, &(0..history.operations().len()).collect::<Vec<_>>(), &store)
}

/// What had happened until an event: the first so many calls and returns, calls before returns at equal times.
fn prefix(history: &History, events: usize) -> Option<History> {
    let mut all = Vec::new();
    for (position, operation) in history.operations().iter().enumerate() {
        all.push((operation.call, 0, position));
        all.extend(operation.returned.map(|returned| (returned, 1, position)));
    }
    all.sort_unstable();
    let mut operations = Vec::new();
    for (position, operation) in history.operations().iter().enumerate() {
        let has = |kind| all[..events].iter().any(|event| (event.1, event.2) == (kind, position));
        let seen = has(1);
        let output = operation.output.clone().filter(|_| seen);
        let cut = Operation { returned: operation.returned.filter(|_| seen), output, ..operation.clone() };
        operations.extend(has(0).then_some(cut));
    }
    let keys = history.operations().iter().map(|operation| operation.op.key().clone());
    let initial = keys.filter_map(|key| history.initial(&key).map(|value| (key.clone(), value.clone()))).collect();
    // Before anything returned there is nothing to judge.
    History::new(history.clients().to_vec(), initial, operations).ok()
}

fn events(history: &History) -> usize {
    history.operations().iter().map(|operation| 1 + usize::from(operation.returned.is_some())).sum()
}

/// Whether something on a key returned between two calls on it, so that not everything overlaps everything.
fn has_a_return_between_two_calls(history: &History) -> bool {
    let all = history.operations();
    let pairs = all.iter().flat_map(|one| all.iter().map(move |other| (one, other)));
    let mut ordered = pairs.filter(|(one, other)| one.op.key() == other.op.key());
    ordered.any(|(one, other)| one.returned.is_some_and(|returned| returned < other.call))
}

/// Whether two clients had operations on one key open at once.
fn has_overlap(history: &History) -> bool {
    let all = history.operations();
    let pairs = all.iter().flat_map(|one| all.iter().map(move |other| (one, other)));
    let mut open = pairs.filter(|(one, other)| one.client != other.client && one.op.key() == other.op.key());
    open.any(|(one, other)| one.overlaps(other))
}

#[test]
fn both_checkers_agree_on_twenty_thousand_histories_half_of_them_edited() {
    let count = SMALL;
    let begun = Instant::now();
    let mut edits: BTreeMap<Edit, (u32, u32)> = BTreeMap::new();
    let (mut overlap, mut returns, mut unanswered, mut bad, mut undecided) = (0, 0, 0, 0, 0);
    for seed in 0..count {
        let RandomHistory { history, edit } = RandomHistory::new(seed);
        let breadth = breadth_first(&history, MAX_EXPLANATIONS).linearizable;
        let depth = depth_first(&history, MAX_EXPLORED).linearizable;
        let verdict = match (breadth, depth) {
            // A few of the long ones, with appends that never returned, are beyond one of the budgets.
            (None, decided) | (decided, None) => {
                undecided += 1;
                decided
            }
            (Some(one), Some(other)) => {
                assert_eq!(one, other, "seed {seed}: breadth first and depth first differ");
                Some(one)
            }
        };
        assert!(edit.is_some() || verdict != Some(false), "seed {seed} is linearizable by construction");
        overlap += u64::from(has_overlap(&history));
        returns += u64::from(has_a_return_between_two_calls(&history));
        unanswered += u64::from(history.operations().iter().any(|operation| operation.returned.is_none()));
        if let Some(edit) = edit {
            let (edited, broken) = edits.entry(edit).or_default();
            *edited += 1;
            *broken += u32::from(verdict == Some(false));
            bad += u64::from(verdict == Some(false));
        }
    }
    let edited: u32 = edits.values().map(|(edited, _)| edited).sum();
    println!(
        "{count} histories in {:?}, {undecided} undecided by one: {overlap} have overlap, {returns} a return between two calls, {unanswered} an \
         operation without an answer; {edited} edited, {bad} of these bad: {edits:?}",
        begun.elapsed()
    );
    assert!(undecided * 2000 <= count, "{undecided} of {count} are undecided by one of them");
    // Where nothing overlaps, or everything, there is little to find out.
    assert!(overlap * 10 > count * 9 && returns * 10 > count * 9, "{overlap} and {returns} of {count}");
    assert!(unanswered * 4 > count, "{unanswered} of {count}");
    assert!(edited as u64 * 100 >= count * 49, "{edited} of {count} were edited");
    assert!(bad * 10 > u64::from(edited) * 6, "{bad} of {edited} edited ones are bad");
    assert_eq!(edits.len(), 6, "every edit is made: {edits:?}");
}

#[test]
fn on_small_histories_both_say_what_trying_every_order_says() {
    let (mut tried, mut bad) = (0, 0);
    for seed in 0..3000 {
        let RandomHistory { history, .. } = RandomHistory::new(seed);
        if history.operations().len() <= 7 {
            let expected = by_hand(&history);
            assert_eq!(both(&history), Some(expected), "seed {seed}: {history:#?}");
            tried += 1;
            bad += u32::from(!expected);
        }
    }
    assert!(tried > 500 && bad > 100, "{bad} of {tried} are bad");
}

/// What `LinearizabilityTester` of `stateright` 0.31.0 says of those that it can take: `cargo xtask bench` asks it again.
#[test]
fn both_say_what_another_checker_says() {
    let kept = include_str!("histories.stateright.txt").lines().flat_map(str::chars);
    let (mut good, mut bad) = (0, 0);
    for (seed, said) in (0..).zip(kept) {
        let expected = match said {
            '1' => true,
            '0' => false,
            _ => continue,
        };
        *(if expected { &mut good } else { &mut bad }) += 1;
        assert_eq!(both(&RandomHistory::new(seed).history), Some(expected), "seed {seed}");
    }
    assert!(good > 900 && bad > 400, "{good} good ones and {bad} bad ones");
}

/// Linearizability is a property of what has happened so far: it is never regained.
#[test]
fn a_prefix_of_a_linearizable_history_is_linearizable() {
    let mut prefixes = 0;
    for seed in 0..600 {
        let RandomHistory { history, .. } = RandomHistory::new(seed);
        if both(&history) != Some(true) {
            continue;
        }
        for cut in (1..events(&history)).filter_map(|events| prefix(&history, events)) {
            assert_eq!(both(&cut), Some(true), "seed {seed}: {cut:#?}");
            prefixes += 1;
        }
    }
    assert!(prefixes > 3000, "{prefixes}");
}

/// The event is the first that has no explanation, and what is shown is bad by itself and as small as it gets.
#[test]
fn a_bad_history_is_bad_from_its_guilty_event_on_and_what_is_shown_is_bad_by_itself() {
    let (mut judged, mut shown, mut all, mut several) = (0, 0, 0, 0);
    for seed in (1..1200).step_by(2) {
        let RandomHistory { history, .. } = RandomHistory::new(seed);
        let Verdict::Not(verdict) = judge(&history) else { continue };
        judged += 1;
        let event = verdict.event.expect("it is small");
        let returned = history.operations()[event].returned.expect("only a return can be guilty");
        let before = |events| prefix(&history, events);
        let first_bad =
            (1..=events(&history)).find(|events| before(*events).is_some_and(|it| both(&it) == Some(false)));
        let cut = before(first_bad.expect("it is bad")).unwrap();
        let last = cut.operations().iter().filter_map(|operation| operation.returned).max();
        // Of two bad keys the first is shown, so the event need not be the first of all.
        assert!(last <= Some(returned), "seed {seed}");
        let part: Vec<_> = verdict.operations.iter().map(|it| history.operations()[*it].clone()).collect();
        assert!(verdict.operations.contains(&event) && part.iter().all(|it| *it.op.key() == verdict.key));
        let initial = history.initial(&verdict.key).map(|value| (verdict.key.clone(), value.clone()));
        let small = History::new(history.clients().to_vec(), initial.into_iter().collect(), part).unwrap();
        assert_eq!(both(&small), Some(false), "seed {seed}: {verdict:?}");
        assert!((1..=3).contains(&verdict.sentences.len()), "seed {seed}: {verdict:?}");
        several += u32::from(verdict.sentences.len() > 1);
        shown += verdict.operations.len();
        all += history.operations().len();
    }
    println!("{judged} bad histories: {shown} of {all} operations are shown; {several} have several explanations");
    assert!(judged > 200 && shown * 2 < all && several > 0, "{shown} of {all} in {judged}, {several}");
}

/// What the module says of the shortcut: `put a` changes nothing at first, because x is a already. If it were taken at
/// once for that reason, nothing could bring a back after `put b`, and this good history would be called bad.
#[test]
fn an_operation_that_changes_nothing_now_is_not_taken_at_once() {
    assert!(holds("a", &[at(0, 1, 10, put("a")), at(1, 2, 3, put("b")), at(2, 5, 6, get("a"))]));
    // The same with a cas whose answer nobody saw: it fails now, and has to succeed later.
    let cas = unobserved(cas("b", "c", true));
    assert!(holds("a", &[at(0, 1, 10, cas), at(1, 2, 3, put("b")), at(2, 5, 6, get("c"))]));
}

#[test]
fn a_write_without_an_answer_may_never_happen_or_happen_last() {
    let lost = at(0, 1, None, put("b"));
    assert!(holds("a", &[lost.clone(), at(1, 5, 6, get("a")), at(1, 90, 91, get("a"))]));
    assert!(holds("a", &[lost.clone(), at(1, 5, 6, get("a")), at(1, 90, 91, get("b"))]));
    // But not twice, and not before it was called.
    let again = [at(1, 5, 6, get("b")), at(1, 7, 8, put("a")), at(1, 9, 10, get("b"))];
    assert!(!holds("a", &[std::slice::from_ref(&lost), &again].concat()));
    assert!(!holds("a", &[at(1, 0, 0, get("b")), lost]));
}

#[test]
fn a_read_without_an_answer_says_nothing() {
    let read = at(0, 1, None, get("z"));
    assert!(holds("a", &[read.clone(), at(1, 2, 3, put("b")), at(1, 4, 5, get("b"))]));
    assert!(!holds("a", &[read, at(1, 2, 3, put("b")), at(1, 4, 5, get("a"))]));
    // Nor does one whose answer nobody saw.
    assert!(holds("a", &[at(0, 1, 2, unobserved(get("z"))), at(1, 4, 5, get("a"))]));
}

/// A server that refuses has not answered: the operation is one, from its first sending to its answer.
#[test]
fn a_refused_request_is_not_the_end_of_an_operation() {
    // Refused at 5, sent again, done at 20: it takes effect between 12 and 14.
    let put = at(0, 1, 20, put("b"));
    assert!(holds("a", &[put.clone(), at(1, 10, 12, get("a")), at(1, 13, 14, get("b"))]));
    // Whoever took the refusal for its end would have to call this bad.
    let ended = Operation { returned: Some(5), ..put };
    assert!(!holds("a", &[ended, at(1, 10, 12, get("a")), at(1, 13, 14, get("b"))]));
}

#[test]
fn at_equal_times_calls_come_before_returns() {
    assert!(holds("a", &[at(0, 1, 5, put("b")), at(1, 5, 6, get("a"))]));
    assert!(!holds("a", &[at(0, 1, 5, put("b")), at(1, 6, 7, get("a"))]));
    // The other way round, too: the read may take effect last.
    assert!(holds("a", &[at(0, 5, 6, put("b")), at(1, 1, 5, get("b"))]));
}

#[test]
fn operations_of_one_client_keep_their_order_also_where_they_meet() {
    assert!(!holds("a", &[at(0, 1, 5, put("b")), at(0, 5, 9, get("a"))]));
    assert!(!holds("a", &[at(0, 5, 5, put("b")), at(0, 5, 5, get("a"))]));
    assert!(holds("a", &[at(0, 5, 5, get("a")), at(0, 5, 5, put("b")), at(1, 5, 5, get("b"))]));
    // Two reads of one client that meet, while a write is open: they cannot see it come and go.
    let reads = |one: &str, two: &str| {
        holds("a", &[at(1, 1, 9, put("b")), at(0, 2, 5, get(one)), at(0, 5, 6, get(two)), at(2, 5, 5, get("b"))])
    };
    assert!(reads("a", "b") && reads("b", "b") && reads("a", "a") && !reads("b", "a"));
}

#[test]
fn the_first_value_is_the_worlds_and_is_never_guessed() {
    assert!(holds("a", &[at(0, 1, 2, get("a"))]));
    assert!(!holds("", &[at(0, 1, 2, get("a"))]));
    assert!(!holds("a", &[at(0, 1, 2, get(""))]));
    assert!(holds("", &[at(0, 1, 2, get(""))]));
}

#[test]
fn a_client_that_gave_up_and_goes_on_is_another_process_from_then_on() {
    // Its lost write takes effect after its own later read.
    let lost = [at(0, 1, None, put("b")), at(0, 3, 4, get("a")), at(0, 5, 6, get("b"))];
    assert!(holds("a", &lost));
    let answered = [at(0, 1, 2, put("b")), at(0, 3, 4, get("a"))];
    assert!(!holds("a", &answered));
}

#[test]
fn what_is_no_history_is_refused_with_a_sentence() {
    let refused = |operations: &[Operation]| {
        let clients = vec!["alice".into(), "bob".into()];
        let error = History::new(clients, [].into_iter().collect(), operations.to_vec()).unwrap_err();
        (error.operation, error.what.to_string())
    };
    let cases: [(&[Operation], Option<usize>, &str); 8] = [
        (&[], None, "it has no operations, so that nothing in it could be wrong"),
        (&[at(0, 1, None, put("a"))], None, "none of its operations returned"),
        (&[at(0, 1, 2, put("a")), at(1, 5, 4, put("a"))], Some(1), "it returned at 4, before it was called at 5"),
        (
            &[at(0, 6, 8, put("a")), at(0, 1, 7, get("a"))],
            Some(0),
            "client alice calls it at 6, while its operation of 1 is open until 7: a client has at most one operation",
        ),
        (&[at(0, 1, 7, put("a")), at(0, 6, None, put("a"))], Some(1), "is open until 7"),
        (&[at(2, 1, 7, put("a"))], Some(0), "there is no client 2: there are 2"),
        (&[at(0, 1, 7, (put("a").0, get("a").1))], Some(0), "its result is none that \"put\" can have: \"ok\""),
        (
            &[at(0, 1, 7, put("a")), Operation { returned: None, ..at(1, 1, 7, put("a")) }],
            Some(1),
            "it has a result, although it never returned",
        ),
    ];
    for (operations, position, part) in cases {
        let (operation, says) = refused(operations);
        assert_eq!(operation, position, "{says}");
        assert!(says.contains(part), "{says}");
    }
}

#[test]
fn what_is_beyond_the_budget_is_unknown_and_no_pass() {
    // Eight writes and no read: every order is good, and there are many of them.
    let writes: Vec<_> = (0..8).map(|client| at(client, 1, 50, put(&client.to_string()))).collect();
    let good = history("", &writes);
    assert_eq!(breadth_first(&good, 10).linearizable, None);
    assert_eq!(depth_first(&good, 3).linearizable, None);
    assert_eq!(both(&good), Some(true));
    let mut bad = writes;
    bad.push(at(8, 60, 61, get("9")));
    let bad = history("", &bad);
    assert_eq!((breadth_first(&bad, 10).linearizable, depth_first(&bad, 50).linearizable), (None, None));
    assert_eq!(both(&bad), Some(false));
}

/// Each order of appends to a long value is a long value of its own, and there are more orders than memory.
#[test]
fn long_values_use_up_the_budget_and_not_the_memory() {
    let append = |it: &str| (Op::Append { key: text("x"), value: text(it) }, Some(Output::Done));
    let mut operations = vec![at(0, 0, 0, put(&"y".repeat(60_000)))];
    operations.extend((0..9).map(|client| at(client, 1, 50, append(&client.to_string()))));
    operations.push(at(0, 60, 61, get("z")));
    let long = history("", &operations);
    let (breadth, depth) = (breadth_first(&long, MAX_EXPLANATIONS), depth_first(&long, MAX_EXPLORED));
    assert_eq!((breadth.linearizable, depth.linearizable), (None, None));
    // A long value is counted once: 128 MiB are about two thousand of them.
    assert!(breadth.explored < 10_000 && depth.explored < 10_000, "{breadth:?} and {depth:?}");
    assert!(matches!(judge(&long), Verdict::Unknown { .. }));
}

#[test]
fn the_sentences_say_why_each_explanation_fails() {
    let bad = history("a", &[at(0, 1, 10, put("b")), at(1, 2, 5, get("b")), at(2, 6, 8, get("a"))]);
    let Verdict::Not(verdict) = judge(&bad) else { panic!("it is bad") };
    assert_eq!((verdict.event, verdict.operations.as_slice()), (Some(2), &[0, 1, 2][..]));
    assert_eq!(verdict.sentences, ["If put b took effect before get → a, then x was b when c2 asked."]);
    assert_eq!((verdict.key.as_str(), verdict.more), ("x", 0));
}

/// Without `put a` and `put b`, the read would be bad by itself, and nothing would be explained. What has nothing to do with it
/// is not shown.
#[test]
fn what_makes_an_answer_bad_is_shown_and_nothing_else() {
    let stale = [
        at(0, 1, 2, put("a")),
        at(1, 3, 4, cas("z", "y", false)),
        at(0, 5, 6, put("b")),
        at(1, 7, 8, get("b")),
        at(2, 9, 10, get("a")),
        at(2, 11, 12, put("c")),
    ];
    let Verdict::Not(verdict) = judge(&history("", &stale)) else { panic!("it is bad") };
    assert_eq!((verdict.event, verdict.operations.as_slice()), (Some(4), &[0, 2, 4][..]));
    assert_eq!(verdict.sentences, ["x was b when c2 asked, because put b was the last to take effect."]);
    // Nobody ever wrote this: it is bad whatever the others did.
    let unheard_of = [&stale[..4], &[at(2, 9, 10, get("z"))]].concat();
    let Verdict::Not(verdict) = judge(&history("", &unheard_of)) else { panic!("it is bad") };
    assert_eq!(verdict.operations, [4]);
    assert_eq!(verdict.sentences, ["None of the operations on x, in whatever order, leads to get → z."]);
}

#[test]
fn a_sentence_names_what_could_have_been_otherwise() {
    let told = |initial: &str, operations: &[Operation]| {
        let Verdict::Not(verdict) = judge(&history(initial, operations)) else { panic!("it is bad") };
        (verdict.sentences, verdict.more)
    };
    // A client's own operations are no choice, although they meet at one time.
    let own = told("", &[at(0, 4, 8, put("c")), at(0, 8, 8, get(""))]);
    assert_eq!(own.0, ["x was c when c0 asked, because put c was the last to take effect."]);
    let swapped = told("a", &[at(0, 1, 2, put("c")), at(0, 3, 4, cas("a", "c", true))]);
    assert_eq!(swapped.0, ["c0's cas would have been answered false, because put c was the last to take effect."]);
    // What is told apart is only what is shown: one of the two is excused.
    let same = [at(0, 1, 9, put("b")), at(1, 1, 9, put("b")), at(2, 1, 9, put("c"))];
    let turns = [&same[..], &[at(3, 10, 11, get("b")), at(3, 12, 13, get("c"))]].concat();
    assert_eq!(told("", &turns), (vec!["If put c took effect before put b, then x was b when c3 asked.".into()], 0));
}

/// As the simulation will use it: fed as things happen, copied at any time, and each copy goes its own way.
#[test]
fn it_is_fed_as_things_happen_and_names_the_event() {
    let mut jit = Jit::new([(text("x"), text("a"))].into_iter().collect(), MAX_EXPLANATIONS);
    let write = jit.call(0, put("b").0);
    let read = jit.call(1, get("").0);
    jit.returned(read, get("b").1.as_ref());
    assert!(jit.broken().is_none());
    let mut copy = jit.clone();
    let again = copy.call(1, get("").0);
    copy.returned(again, get("a").1.as_ref());
    let broken = copy.broken().expect("x was b before");
    assert_eq!((broken.key.as_str(), broken.operation), ("x", 2));
    assert_eq!(broken.alive.len(), 1);
    assert_eq!((broken.alive[0].order.as_slice(), &broken.alive[0].value), (&[0][..], &Some(text("b"))));
    jit.returned(write, put("b").1.as_ref());
    let again = jit.call(1, get("").0);
    jit.returned(again, get("b").1.as_ref());
    assert!(jit.broken().is_none() && !jit.gave_up());
}

/// By construction each is known to be good or bad. `QUORUM_HISTORIES=full` tries as many as were promised.
#[test]
fn large_histories_are_decided_and_never_wrongly() {
    let count = if full() { 200 } else { LARGE };
    let (mut undecided, mut slowest, mut most) = (0, 0.0_f64, 0);
    for seed in 0..count {
        // From a few clients up to 50.
        let clients = 5 + (seed as u32 * 7) % 46;
        let RandomHistory { history, edit } = RandomHistory::large(seed, clients, 2000);
        assert_eq!(edit.is_some(), seed % 2 == 1, "seed {seed} has a place for a stale read");
        let unanswered = history.operations().iter().filter(|operation| operation.returned.is_none()).count();
        assert!(history.operations().len() == 2000 && unanswered > 10, "seed {seed}: {unanswered}");
        let begun = Instant::now();
        let verdict = judge(&history);
        slowest = slowest.max(begun.elapsed().as_secs_f64());
        let explored = match &verdict {
            Verdict::Linearizable { explored } | Verdict::Unknown { explored } => *explored,
            Verdict::Not(not) => not.explored,
        };
        most = most.max(explored);
        match verdict {
            Verdict::Linearizable { .. } => assert!(edit.is_none(), "seed {seed} is bad"),
            Verdict::Not(_) => assert!(edit.is_some(), "seed {seed} is good"),
            Verdict::Unknown { .. } => undecided += 1,
        }
        if full() {
            println!("{seed}: {clients} clients, {unanswered} unanswered, {explored} explored, {:?}", begun.elapsed());
        }
    }
    println!("{undecided} of {count} undecided; the slowest took {slowest:.1} s, the most explanations were {most}");
    assert!(undecided * 200 <= 3 * count && slowest < 60.0, "{undecided} undecided, {slowest} s");
}
