//! The sentences, word by word.

mod reads;
mod records;

use alloc::{string::String, sync::Arc, vec, vec::Vec};

use super::*;
use crate::endpoint::Endpoint;
use crate::log::{
    Accept, Accepted, Answer, ClientId, Command, Entry, Fetch, Fetched, FetchedSnapshot, Heartbeat, Message,
    MessageKind, Op, Output, Promise, Record, Rule, Snapshot, Stored, Text, Timer,
};
use crate::paxos::{self, Known, Nack, NodeSet, Prepare, Scheme, Vote};
use crate::run::Circumstances;
use crate::sample::{ballot, node};
use crate::tell::sentence::{Say, Servers};

fn text(text: &str) -> Text {
    Text::new(text).unwrap()
}

fn client(index: usize) -> ClientId {
    ClientId::at(index).unwrap()
}

fn put() -> Op {
    Op::Put { key: text("x"), value: text("9") }
}

fn asks(op: Op) -> Arc<Command> {
    Arc::new(Command { client: client(0), seq: 2, op, since: 0 })
}

fn entry() -> Entry {
    Entry::Command(asks(put()))
}

fn nodes(numbers: &[u32]) -> NodeSet {
    numbers.iter().map(|number| node(*number)).collect()
}

fn vote(slot: Slot, entry: Entry) -> Vote<Entry> {
    Vote { slot, ballot: ballot(1, 1), value: entry }
}

/// What is said while every rule is on.
fn said(say: impl FnOnce(&mut Sentence<'_>)) -> String {
    Sentence::of(&Language::from(Scheme::Rounds), say)
}

/// What server 2 did, and what follows from it.
fn told(trace: &Trace) -> (String, String) {
    told_with(trace, Circumstances::default())
}

fn told_with(trace: &Trace, known: Circumstances) -> (String, String) {
    let mut language = Language::from(Scheme::Rounds);
    language.known = known;
    let why = Sentence::of(&language, |to| trace.why(node(2), to));
    (why, Sentence::of(&language, |to| trace.so(node(2), to)))
}

fn without(rule: paxos::Rule) -> Circumstances {
    let rules = paxos::Rules::without(&[rule]);
    Circumstances { rules, always: rules, ..Circumstances::default() }
}

fn reads(table: impl IntoIterator<Item = (Trace, &'static str)>) {
    for (trace, sentence) in table {
        assert_eq!(told(&trace).0, sentence);
    }
}

#[test]
fn how_a_server_comes_to_lead() {
    let known = Known { used: Some(1), seen: Some(ballot(1, 1)), forgot: None };
    let leads =
        |found, next| Trace::Leads { ballot: ballot(2, 2), promises: nodes(&[2, 3]), found, next, although: None };
    reads([
        (
            Trace::Discontent { hears: nodes(&[1, 3]), although: None },
            "Server 2 is not content: it hears no leader that it can rely on. If that stays so for a random time, it \
             stands for leader. It hears servers 1 and 3.",
        ),
        (
            Trace::Stands { ballot: ballot(2, 2), from: 5, known },
            "Server 2 stands for leader with ballot 2.2, above its round 1 and the promised 1.1. It asks for promises \
             in all slots from 5 on.",
        ),
        (
            Trace::Stands { ballot: ballot(1, 2), from: 1, known: Known::default() },
            "Server 2 stands for leader with ballot 1.2, the lowest that it may use. It asks for promises in all slots \
             from 1 on.",
        ),
        (
            Trace::Counted { from: node(3), have: nodes(&[3]), needed: 2 },
            "Server 2 counts the promise of server 3: 1 of 2 needed.",
        ),
        (
            Trace::Counted { from: node(2), have: nodes(&[2, 3]), needed: 2 },
            "Server 2 counts its own promise: 2 of 2 needed.",
        ),
        (
            Trace::CatchesUp { ballot: ballot(2, 2), from: node(3), to: 9 },
            "Server 2 has a quorum of promises for 2.2. Before it leads, it learns what server 3 knows to be chosen, up \
             to slot 9.",
        ),
        (
            leads(0, 1),
            "Server 2 leads with ballot 2.2. It has a quorum of promises for 2.2: servers 2 and 3. It found nothing to \
             finish, and its first free slot is 1.",
        ),
        (
            leads(3, 8),
            "Server 2 leads with ballot 2.2. It has a quorum of promises for 2.2: servers 2 and 3. It has 3 slots to \
             finish first, and its first free slot is 8.",
        ),
        (
            Trace::SteppedDown { ballot: ballot(2, 2), higher: ballot(3, 3), by: node(3) },
            "Server 2 steps down from ballot 2.2, because a message of server 3 has the higher ballot 3.3.",
        ),
        (
            Trace::SteppedDown { ballot: ballot(2, 2), higher: ballot(3, 3), by: node(2) },
            "Server 2 steps down from ballot 2.2, because it has promised the higher ballot 3.3.",
        ),
    ]);
}

#[test]
fn what_an_acceptor_says() {
    let promised =
        |before, votes| Trace::Promised { to: node(3), ballot: ballot(2, 3), before, votes, from: 5, although: None };
    let accepted = |entry, before, voted| Trace::Accepted {
        ballot: ballot(2, 3),
        slot: 5,
        entry,
        before: Some(before),
        voted,
        although: None,
    };
    let nack = Nack { ballot: ballot(1, 1), promised: ballot(2, 3) };
    reads([
        (
            promised(Some(ballot(1, 1)), 3),
            "Server 2 promises 2.3 for all slots from 5 on, because 2.3 is above 1.1. It reports its votes in 3 of \
             them.",
        ),
        (
            promised(None, 0),
            "Server 2 promises 2.3 for all slots from 5 on, because it has promised nothing yet. It has voted in none \
             of them.",
        ),
        (
            Trace::Rejected { to: node(1), request: MessageKind::Accept, nack },
            "Server 2 rejects accept 1.1, because it has promised 2.3.",
        ),
        (
            accepted(entry(), ballot(2, 3), None),
            "Server 2 accepts put x = 9 in slot 5 at 2.3, because it has promised nothing higher.",
        ),
        (
            accepted(Entry::NoOp, ballot(1, 1), Some(ballot(1, 1))),
            "Server 2 accepts a no-op in slot 5 at 2.3, because that is above its promise 1.1.",
        ),
        (
            accepted(entry(), ballot(2, 3), Some(ballot(2, 3))),
            "Server 2 accepts put x = 9 in slot 5 at 2.3 again, because it has promised nothing higher.",
        ),
    ]);
}

#[test]
fn what_a_new_leader_must_propose() {
    let finishes = |entry, because| Trace::Finishes { ballot: ballot(2, 2), slot: 5, entry, because };
    let reported = log::Because::Reported { ballot: ballot(1, 1), by: node(3) };
    reads([
        (
            finishes(entry(), reported.clone()),
            "Server 2 must propose put x = 9 in slot 5 at 2.2, because server 3 accepted it there at 1.1, the highest \
             vote reported.",
        ),
        (
            finishes(entry(), log::Because::Chosen),
            "Server 2 proposes put x = 9 in slot 5 at 2.2, because it knows that to be chosen there, and others may not \
             know it.",
        ),
        (
            finishes(Entry::NoOp, log::Because::NobodyVoted),
            "Server 2 fills slot 5 with a no-op at 2.2, because nobody in its quorum reports a vote for it.",
        ),
    ]);
    let (why, _) = told_with(&finishes(entry(), reported), without(paxos::Rule::AdoptHighest));
    assert_eq!(
        why,
        "Server 2 proposes put x = 9 in slot 5 at 2.2, because server 3 accepted it there at 1.1. Whether that is the \
         highest vote reported, it did not ask: “The highest reported ballot wins” is off."
    );
}

#[test]
fn how_a_command_is_chosen_and_applied() {
    let learned = |how| Trace::Learned { slot: 5, entry: entry(), how };
    let applied = |entry, applied| Trace::Applied { slot: 5, entry, applied, although: None, dropped: None };
    let expires = |applied, although, dropped| Trace::Applied { slot: 5, entry: entry(), applied, although, dropped };
    let command = asks(put());
    let session = Session { seq: 2, output: Output::Done, slot: 4 };
    let get = Entry::Command(asks(Op::Get { key: text("x") }));
    reads([
        (Trace::Asked { command: command.clone(), waits: false }, "Server 2 takes put x = 9 of client a."),
        (
            Trace::Asked { command: command.clone(), waits: true },
            "Server 2 takes put x = 9 of client a. It waits for room in the window.",
        ),
        (
            Trace::AskedAgain { command: command.clone() },
            "Server 2 has put x = 9 of client a under way already, and does not propose it twice.",
        ),
        (
            Trace::Proposed { ballot: ballot(2, 2), slot: 5, command },
            "Server 2 proposes put x = 9 of client a in slot 5 at 2.2: that is its next free slot.",
        ),
        (
            Trace::Voted { from: node(3), slot: 5, have: nodes(&[3]), needed: 2, although: None },
            "Server 2 counts the vote of server 3 in slot 5: 1 of 2 needed.",
        ),
        (
            learned(How::Counted(nodes(&[2, 3]))),
            "Server 2 learns that put x = 9 is chosen in slot 5: it has counted the votes of servers 2 and 3.",
        ),
        (
            learned(How::Index { ballot: ballot(1, 1), by: node(1), voted: ballot(1, 1), although: None }),
            "Server 2 learns that put x = 9 is chosen in slot 5: it voted there at 1.1, and server 1, which leads \
             1.1, says that all is chosen up to there.",
        ),
        (
            learned(How::Fetched { by: node(3) }),
            "Server 2 learns that put x = 9 is chosen in slot 5: server 3 has told it.",
        ),
        (applied(Entry::NoOp, Applied::NoOp), "Server 2 applies slot 5, a no-op: it changes nothing."),
        (applied(entry(), Applied::Done(Output::Done)), "Server 2 applies slot 5, put x = 9 of client a: done."),
        (applied(get, Applied::Done(Output::Value(Some(text("9"))))), "Server 2 applies slot 5, get x of client a: 9."),
        (
            applied(entry(), Applied::Again(session)),
            "Server 2 applies slot 5, put x = 9 of client a: it took effect in slot 4 already, and changes nothing now.",
        ),
        (
            applied(entry(), Applied::Old { latest: 7 }),
            "Server 2 applies slot 5, put x = 9 of client a: it changes nothing, because a later operation (7) of client \
             a took effect already; sequence numbers never go back.",
        ),
        (
            expires(Applied::Expired, None, None),
            "Server 2 applies slot 5, put x = 9 of client a: it changes nothing, because it may have taken effect before, and \
             servers have forgotten that client since.",
        ),
        (
            expires(Applied::Done(Output::Done), None, Some((client(1), 3))),
            "Server 2 applies slot 5, put x = 9 of client a: done. To remember its client, it forgets client b, whose last \
             operation took effect in slot 3.",
        ),
        (
            expires(Applied::Done(Output::Done), Some(Rule::RefuseExpired), None),
            "Server 2 applies slot 5, put x = 9 of client a, although it may have taken effect before: done. “What may be \
             a repeat is refused” is off.",
        ),
    ]);
}

#[test]
fn what_clients_are_answered() {
    let answered = |reply| Trace::Answered { client: client(0), seq: 2, reply, although: None };
    reads([
        (
            answered(Reply::Done { output: Output::Swapped(false), slot: 5 }),
            "Server 2 answers operation 2 of client a: not swapped. It took effect in slot 5.",
        ),
        (
            answered(Reply::NotLeader { leader: Some(node(3)) }),
            "Server 2 does not take operation 2 of client a, because it does not lead. It says that server 3 does.",
        ),
        (
            answered(Reply::NotLeader { leader: None }),
            "Server 2 does not take operation 2 of client a, because it does not lead, and does not know who does.",
        ),
        (
            answered(Reply::Old { latest: 7 }),
            "Server 2 does not take operation 2 of client a: a later operation (7) of client a took effect already; \
             sequence numbers never go back.",
        ),
        (
            answered(Reply::Expired { from: 9 }),
            "Server 2 does not take operation 2 of client a: it may have taken effect before, and servers have forgotten \
             that client since.",
        ),
    ]);
}

#[test]
fn what_a_server_does_about_silence_and_what_it_ignores() {
    reads([
        (
            Trace::Fetches { of: node(1), from: 4, to: 9 },
            "Server 2 asks server 1 what is chosen in slots 4 to 9: it lacks some of that, and server 1 knows it all.",
        ),
        (Trace::Repeats { slots: 0 }, "Server 2 repeats its prepare for those who did not answer."),
        (Trace::Repeats { slots: 1 }, "Server 2 repeats its accepts in 1 slot for those who did not answer."),
        (
            Trace::NotMyRole { from: node(1), message: MessageKind::Prepare },
            "Server 2 ignores the prepare: it does not play that role, or lost its disk and no longer may.",
        ),
        (
            Trace::Stale { from: node(1), message: MessageKind::Accepted },
            "Server 2 ignores accepted from server 1: it comes too late to matter.",
        ),
    ]);
}

/// Whoever reads only the sentence knows which rule is off, and that it decided.
#[test]
fn a_rule_that_is_off_is_named_where_it_decided() {
    let done = |slot| Reply::Done { output: Output::Value(None), slot };
    let answered = |although| Trace::Answered { client: client(0), seq: 2, reply: done(4), although: Some(although) };
    let applied = |although| {
        let applied = Applied::Done(Output::Done);
        Trace::Applied { slot: 5, entry: entry(), applied, although: Some(although), dropped: None }
    };
    let leads = |although| {
        let promises = nodes(&[2, 3]);
        Trace::Leads { ballot: ballot(2, 2), promises, found: 1, next: 5, although: Some(although) }
    };
    let all = [
        (
            Trace::Promised {
                to: node(3),
                ballot: ballot(2, 3),
                before: None,
                votes: 1,
                from: 1,
                although: Some(Rule::ReportEveryVote),
            },
            "It reports the last of its votes there, and no other: “A promise reports the votes of all slots” is off.",
        ),
        (leads(Rule::FillGaps), "It leaves slots in between empty: “New leaders fill gaps with no-ops” is off."),
        (
            leads(Rule::NextAboveKnown),
            "its first free slot is 5, although it knows of a chosen slot there or behind it: “No slot known to be \
             chosen is free” is off.",
        ),
        (
            Trace::Learned {
                slot: 5,
                entry: entry(),
                how: How::Index {
                    ballot: ballot(3, 3),
                    by: node(3),
                    voted: ballot(2, 1),
                    although: Some(Rule::IndexNeedsBallot),
                },
            },
            "Server 2 takes put x = 9 for chosen in slot 5 although it voted at 2.1: “The index needs its ballot” is \
             off. Server 3, which leads 3.3, says that all is chosen up to there.",
        ),
        (
            applied(Rule::ApplyInOrder),
            "although it has not applied all slots in front of it: done. “Commands are applied in the order of slots” is \
             off.",
        ),
        (applied(Rule::Deduplicate), "although it took effect before: done. “No operation takes effect twice” is off."),
        (
            applied(Rule::DeduplicateWhenApplying),
            "although it took effect before: done. “Who applies looks for repeats, too” is off.",
        ),
        (
            Trace::Voted {
                from: node(2),
                slot: 5,
                have: nodes(&[2]),
                needed: 2,
                although: Some(Rule::OwnVoteWhenDurable),
            },
            "Server 2 counts its own vote in slot 5: 1 of 2 needed. It does not wait until that vote is durable: “A \
             leader’s own vote waits for its disk” is off.",
        ),
        (
            answered(Rule::AnswerOwnCommand),
            "Slot 4 is chosen, and it does not ask what is in it: “An answer is to the client’s own command” is off.",
        ),
        (
            answered(Rule::ReadAfterFound),
            "That is from its store, although what its phase 1 found is not applied yet: “New leaders finish before \
             they answer reads” is off.",
        ),
        (
            answered(Rule::ReadThroughLog),
            "That is from its store, and it did not ask whether it still leads: “A leader does not answer reads by itself” is off.",
        ),
        (
            Trace::Discontent { hears: nodes(&[1]), although: Some(Rule::ContentBeforeStanding) },
            "It will stand for leader without asking whether those it hears are content, and a quorum: “Nobody stands \
             where somebody is content” is off. It hears server 1.",
        ),
    ];
    for (trace, end) in all {
        let rule = trace.although().unwrap();
        let (why, _) = told(&trace);
        assert!(why.ends_with(end), "{why}");
        let because = trace.because(node(2), &Language::from(Scheme::Rounds)).unwrap();
        assert_eq!(because.although, Some(rule.as_str()));
    }
}

#[test]
fn rules_of_single_decree_paxos_are_named_too() {
    let accepted = Trace::Accepted {
        ballot: ballot(1, 1),
        slot: 5,
        entry: entry(),
        before: Some(ballot(2, 3)),
        voted: None,
        although: Some(paxos::Rule::KeepPromise),
    };
    let leads = Trace::Leads { ballot: ballot(2, 2), promises: nodes(&[2]), found: 0, next: 1, although: None };
    let counted = Trace::Learned { slot: 5, entry: entry(), how: How::Counted(nodes(&[2])) };
    for (trace, rule, sentence) in [
        (
            accepted,
            paxos::Rule::KeepPromise,
            "Server 2 accepts put x = 9 in slot 5 at 1.1 although it promised 2.3: “Acceptors keep their promises” is \
             off.",
        ),
        (
            leads,
            paxos::Rule::Phase1Intersects,
            "Server 2 leads with ballot 2.2. It takes the promises of server 2 for a quorum for 2.2: “Phase-1 quorums \
             meet every phase-2 quorum” is off. It found nothing to finish, and its first free slot is 1.",
        ),
        (
            counted,
            paxos::Rule::Phase2Intersects,
            "Server 2 takes put x = 9 for chosen in slot 5: it has counted the votes of server 2. “Phase-2 quorums meet \
             every phase-1 quorum” is off.",
        ),
    ] {
        assert_eq!(told_with(&trace, without(rule)).0, sentence);
    }
}

#[test]
fn what_follows_is_said_where_somebody_might_ask() {
    let known = Known::default();
    let reported = log::Because::Reported { ballot: ballot(1, 1), by: node(3) };
    let finishes = |because| Trace::Finishes { ballot: ballot(2, 2), slot: 5, entry: entry(), because };
    for (trace, so) in [
        (
            Trace::Stands { ballot: ballot(2, 2), from: 1, known },
            "One phase 1 serves all these slots. The round goes to disk before anyone hears of it, so that a crash \
             cannot make it be used twice.",
        ),
        (
            Trace::Proposed { ballot: ballot(2, 2), slot: 5, command: asks(put()) },
            "It needs no phase 1 for that: it has promises of 2.2 for all slots.",
        ),
        (
            finishes(reported.clone()),
            "It may have been chosen already. Proposing it again is harmless if it was not, and the only safe choice if \
             it was.",
        ),
        (finishes(log::Because::NobodyVoted), "What is behind that slot is applied only after it."),
        (
            Trace::SteppedDown { ballot: ballot(1, 2), higher: ballot(2, 3), by: node(3) },
            "It says nothing of what it has proposed: whether that will be chosen is open, and clients ask again.",
        ),
    ] {
        assert_eq!(told(&trace).1, so, "{trace:?}");
    }
    let unsafe_choice = told_with(&finishes(reported), without(paxos::Rule::KeepPromise)).1;
    assert_eq!(unsafe_choice, "It may have been chosen already, and then nothing else is safe.");
}

#[test]
fn operations_answers_and_odd_texts() {
    let key = || text("x");
    let op = |op: &Op| said(|to| op.say(to));
    assert_eq!(op(&put()), "put x = 9");
    assert_eq!(op(&Op::Get { key: key() }), "get x");
    assert_eq!(op(&Op::Delete { key: key() }), "delete x");
    assert_eq!(op(&Op::Cas { key: key(), from: text("1"), to: text("2") }), "cas x from 1 to 2");
    assert_eq!(op(&Op::Append { key: key(), value: text("6") }), "append 6 to x");
    let odd = |value: &str| op(&Op::Put { key: text(""), value: text(value) });
    assert_eq!(odd("a b"), "put \"\" = \"a b\"");
    assert_eq!(odd("nothing"), "put \"\" = \"nothing\"");
    assert_eq!(odd("\u{7}."), "put \"\" = \"␇.\"");
    assert_eq!(odd("eine-lange-zeichenkette"), "put \"\" = eine-lange-zeichenk…");
    let output = |output: &Output| said(|to| output.say(to));
    let all = [
        Output::Done,
        Output::Value(Some(text("9"))),
        Output::Value(None),
        Output::Swapped(true),
        Output::Swapped(false),
    ];
    assert_eq!(all.each_ref().map(output), ["done", "9", "nothing", "swapped", "not swapped"]);
}

/// Every kind of message, the smallest of its kind.
fn messages() -> Vec<(Endpoint, Message)> {
    let from = Endpoint::Server(node(1));
    let promise =
        |accepted| Promise { promise: paxos::Promise { ballot: ballot(2, 2), accepted }, chosen_to: 4, kept_from: 1 };
    let heartbeat = |leads, content, chosen_to| Heartbeat { ballot: Some(ballot(1, 1)), leads, content, chosen_to };
    let reply = |reply| Message::Answer(Answer { client: client(0), seq: 2, reply });
    vec![
        (from, Message::Heartbeat(heartbeat(true, true, 4))),
        (from, Message::Heartbeat(heartbeat(false, false, 0))),
        (from, Message::Prepare(Prepare { ballot: ballot(2, 2), from: 5 })),
        (from, Message::Promise(promise(vec![]))),
        (from, Message::Promise(promise(vec![vote(5, entry())]))),
        (from, Message::Promise(promise(vec![vote(5, entry()), vote(8, Entry::NoOp)]))),
        (from, Message::Accept(Accept { vote: vote(5, entry()), chosen_to: 4 })),
        (from, Message::Accepted(Accepted { ballot: ballot(1, 1), slot: 5 })),
        (from, Message::Nack(Nack { ballot: ballot(1, 1), promised: ballot(2, 2) })),
        (from, Message::Fetch(Fetch { ballot: None, from: 4, to: 9 })),
        (from, Message::Fetched(Fetched { ballot: None, from: 4, entries: vec![Entry::NoOp] })),
        (Endpoint::Client(client(0)), Message::Request(asks(put()))),
        (from, reply(Reply::Done { output: Output::Done, slot: 5 })),
        (from, reply(Reply::NotLeader { leader: Some(node(2)) })),
        (from, reply(Reply::NotLeader { leader: None })),
        (from, reply(Reply::Old { latest: 7 })),
        (from, reply(Reply::Expired { from: 9 })),
    ]
}

#[test]
fn messages_in_a_sentence() {
    let says = |message: &Message| said(|to| message::says(message, Servers(nodes(&[2, 3])), to));
    let all: Vec<String> = messages().iter().map(|(_, message)| says(message)).collect();
    let expected = [
        " tells servers 2 and 3 that it leads with ballot 1.1 and knows the log up to slot 4",
        " tells servers 2 and 3 that it follows ballot 1.1 and knows no slot of the log. It is not content",
        " asks servers 2 and 3 to promise 2.2 for all slots from 5 on",
        " tells servers 2 and 3 that it promised 2.2 and has voted in none of the slots asked about",
        " tells servers 2 and 3 that it promised 2.2 and had accepted put x = 9 in slot 5 at 1.1",
        " tells servers 2 and 3 that it promised 2.2 and had accepted something in 2 slots between 5 and 8",
        " asks servers 2 and 3 to vote for put x = 9 in slot 5 at 1.1",
        " tells servers 2 and 3 that it has voted in slot 5 at 1.1",
        " tells servers 2 and 3 that it refuses 1.1, having promised 2.2",
        " asks servers 2 and 3 what is chosen in slots 4 to 9",
        " tells servers 2 and 3 what is chosen in slot 4",
        " asks servers 2 and 3 to put x = 9",
        " tells servers 2 and 3: done",
        " tells servers 2 and 3 that server 2 leads",
        " tells servers 2 and 3 that it does not lead and does not know who does",
        " tells servers 2 and 3: a later operation (7) of client a took effect already; sequence numbers never go back",
        " tells servers 2 and 3: it may have taken effect before, and servers have forgotten that client since",
    ];
    assert_eq!(all, expected);
    let names: Vec<String> = messages().iter().map(|(_, message)| said(|to| message::name(message, to))).collect();
    let expected = [
        "heartbeat",
        "heartbeat",
        "prepare 2.2",
        "promise 2.2",
        "promise 2.2",
        "promise 2.2",
        "accept 1.1 in slot 5",
        "accepted 1.1 in slot 5",
        "nack 2.2",
        "fetch of slots 4 to 9",
        "fetched of slot 4",
        "request 2 (put x = 9)",
        "answer to request 2",
        "answer to request 2",
        "answer to request 2",
        "answer to request 2",
        "answer to request 2",
    ];
    assert_eq!(names, expected);
}

#[test]
fn records_and_timers() {
    let record = |record: &Record| said(|to| record.say(to));
    assert_eq!(record(&paxos::Record::Promised(ballot(2, 2)).into()), "the promise 2.2");
    assert_eq!(record(&paxos::Record::Accepted(vote(5, entry())).into()), "the vote for put x = 9 in slot 5 at 1.1");
    assert_eq!(record(&paxos::Record::Round(3).into()), "the note that round 3 is used");
    let timer = |timer| said(|to| message::timed_out(node(2), timer, to));
    assert_eq!(timer(Timer::Heartbeat), "Server 2 sends its heartbeat, and looks whom it still hears.");
    assert_eq!(timer(Timer::Stand), "The election timer of server 2 runs out.");
    assert_eq!(timer(Timer::Repeat), "The repeat timer of server 2 runs out.");
}

fn snapshot() -> Arc<Snapshot> {
    let session = Session { seq: 7, output: Output::Done, slot: 60 };
    Arc::new(Snapshot { to: 64, store: vec![(text("x"), text("9"))], sessions: vec![(client(0), session)], horizon: 0 })
}

#[test]
fn what_is_told_of_snapshots() {
    let took = |to, sessions, by_hand, although| Trace::TookSnapshot {
        to,
        applied: 65,
        since: 64,
        keys: 3,
        sessions,
        by_hand,
        although,
    };
    let truncated = |votes, above, although| Trace::Truncated { below: 41, to: 64, votes, above, although };
    let installed =
        |applied, although| Trace::Installed { by: node(1), to: 64, applied, snapshot: snapshot(), although };
    reads([
        (
            took(65, 2, false, None),
            "Server 2 takes a snapshot up to slot 65: 3 keys and 2 sessions. It has applied 64 slots since the last one.",
        ),
        (took(65, 1, true, None), "Server 2 takes a snapshot up to slot 65: 3 keys and 1 session. It is told to."),
        (
            took(65, 0, true, Some(Rule::SessionsInSnapshot)),
            "Server 2 takes a snapshot up to slot 65: 3 keys and 0 sessions. It is told to. It leaves the sessions out: \
             “A snapshot holds the sessions, too” is off.",
        ),
        (
            took(64, 2, true, Some(Rule::SnapshotSaysWhere)),
            "Server 2 takes a snapshot up to slot 64: 3 keys and 2 sessions. It is told to. It has applied slot 65, \
             too, and does not say so: “A snapshot says exactly where it ends” is off.",
        ),
        (
            truncated(40, 0, None),
            "Server 2 lets go of its votes and entries below slot 41 (40 votes): what they came to is in its snapshot \
             up to slot 64, which is durable.",
        ),
        (
            truncated(1, 0, Some(Rule::TruncateAfterDurable)),
            "Server 2 lets go of its votes and entries below slot 41 (1 vote): what they came to is in its snapshot up \
             to slot 64, which is not durable yet: “Votes go when the snapshot is durable” is off.",
        ),
        (
            truncated(43, 3, Some(Rule::SnapshotKeepsVotes)),
            "Server 2 lets go of 43 votes, of which 3 in slots above its snapshot up to slot 64: “A snapshot leaves the \
             votes above it” is off.",
        ),
        (
            Trace::SendsSnapshot { to: node(3), from: 5, forgotten: 40, snapshot: 64 },
            "Server 2 does not keep slots 5 to 40 any more, and sends server 3 its snapshot up to slot 64 in their place.",
        ),
        (
            installed(4, None),
            "Server 2 takes the snapshot of server 1 in place of its store: it has everything up to slot 64 now, and had \
             applied the log up to slot 4.",
        ),
        (
            installed(0, Some(Rule::SnapshotKeepsVotes)),
            "Server 2 takes the snapshot of server 1 in place of its store: it has everything up to slot 64 now, and had \
             applied nothing. Its votes above that slot will make room, too: “A snapshot leaves the votes above it” is off.",
        ),
        (
            Trace::CannotDecide { ballot: ballot(2, 2), known: 20, by: node(3), kept_from: 41 },
            "Server 2 gives up ballot 2.2: server 3 has no votes below slot 41 any more, and what is chosen in slots 21 \
             to 40 is not known here.",
        ),
        (
            Trace::Promised {
                to: node(1),
                ballot: ballot(2, 1),
                before: None,
                votes: 0,
                from: 1,
                although: Some(Rule::SayTruncated),
            },
            "Server 2 promises 2.1 for all slots from 1 on, because it has promised nothing yet. Of its votes there, some \
             have made room for a snapshot, and it does not say so: “A promise says which votes are gone” is off.",
        ),
    ]);
    assert_eq!(
        told(&took(65, 2, false, None)).1,
        "Once it is durable, the votes of old slots may go, and a restart begins with it."
    );
    assert!(told(&installed(0, None)).1.starts_with("The sessions come with it"));
    let stored = Stored { snapshot: snapshot(), kept_from: 41, in_place_of_all: false };
    let message = Message::Snapshot(FetchedSnapshot { ballot: Some(ballot(1, 1)), snapshot: snapshot() });
    assert_eq!(
        said(|to| message::says(&message, Servers(nodes(&[3])), to)),
        " tells server 3 what it all comes to, in a snapshot up to slot 64 (1 key, 1 session)"
    );
    assert_eq!(said(|to| message::name(&message, to)), "snapshot at slot 64");
    let promise = paxos::Promise { ballot: ballot(2, 2), accepted: vec![] };
    let promise = Message::Promise(Promise { promise, chosen_to: 64, kept_from: 41 });
    assert!(
        said(|to| message::says(&promise, Servers(nodes(&[3])), to)).ends_with(". It has its votes from slot 41 on")
    );
    let record = |record: &Record| said(|to| record.say(to));
    assert_eq!(record(&Record::Snapshot(stored.clone())), "the snapshot up to slot 64 (1 key, 1 session)");
    let records = log::Records { snapshot: Some(stored), ..log::Records::default() };
    let back = said(|to| restarted(node(3), &records, to));
    assert_eq!(back, "Server 3 comes back with the snapshot up to slot 64 (1 key, 1 session) for its store.");
}

#[test]
fn what_clients_do() {
    let command = asks(put());
    assert_eq!(said(|to| clients::asked(&command, node(1), to)), "Client a wants to put x = 9, and asks server 1.");
    assert_eq!(
        said(|to| clients::retried(client(0), 2, 1, node(2), to)),
        "Client a has no answer to its operation 2, and asks server 2 for it: try 2."
    );
    assert_eq!(
        said(|to| clients::redirected(client(0), 2, node(2), node(1), to)),
        "Client a asks server 1 for its operation 2, because server 2 says that server 1 leads."
    );
    let done = Reply::Done { output: Output::Done, slot: 5 };
    assert_eq!(
        said(|to| clients::answered(&command, node(1), &done, to)),
        "Client a has the answer of server 1 to its operation 2, put x = 9: done."
    );
    assert_eq!(
        said(|to| clients::answered(&command, node(1), &Reply::Old { latest: 7 }, to)),
        "Client a has the answer of server 1 to its operation 2, put x = 9: a later operation (7) of client a took \
         effect already; sequence numbers never go back."
    );
    assert_eq!(
        said(|to| clients::answered(&command, node(1), &Reply::Expired { from: 9 }, to)),
        "Client a has the answer of server 1 to its operation 2, put x = 9: it may have taken effect before, and servers have \
         forgotten that client since."
    );
    assert_eq!(
        said(|to| clients::workload(5, 20, 1, to)),
        "From now on 5 clients ask for something without being told to: 20 times a second all together, about 1 key."
    );
    assert_eq!(
        said(|to| clients::keeps_its_number(2, to)),
        "It is still operation 2: so servers can tell the same operation from a new one."
    );
    assert_eq!(said(clients::no_workload), "From now on clients ask only for what they are told to ask for.");
}

#[test]
fn the_same_as_data() {
    let language = Language::from(Scheme::Rounds);
    let json = |trace: &Trace| {
        let object = trace.fields(Object::new(), &language);
        let because = trace.because(node(2), &language).map(|because| because.reason);
        serde_json::to_string(&Json::from(object.maybe("because", because))).unwrap()
    };
    let proposed = Trace::Proposed { ballot: ballot(2, 2), slot: 5, command: asks(put()) };
    let command = r#"{"client":"a","seq":2,"op":{"put":["x","9"]}}"#;
    assert_eq!(
        json(&proposed),
        alloc::format!(r#"{{"ballot":"2.2","slot":5,"command":{command},"because":{{"kind":"next-free","slot":5}}}}"#)
    );
    let because = log::Because::NobodyVoted;
    assert_eq!(
        serde_json::to_string(&data::vote(&vote(5, Entry::NoOp), &language)).unwrap(),
        r#"{"slot":5,"ballot":"1.1","command":"no-op"}"#
    );
    let filled = Trace::Finishes { ballot: ballot(2, 2), slot: 5, entry: Entry::NoOp, because };
    assert_eq!(json(&filled), r#"{"ballot":"2.2","slot":5,"command":"no-op","because":{"kind":"no-vote-reported"}}"#);
    let reply = Reply::Done { output: Output::Value(None), slot: 5 };
    let answered = Trace::Answered { client: client(0), seq: 2, reply, although: None };
    assert_eq!(
        json(&answered),
        r#"{"client":"a","seq":2,"reply":"done","result":null,"slot":5,"because":{"kind":"applied","slot":5}}"#
    );
    let how = How::Index { ballot: ballot(1, 1), by: node(1), voted: ballot(1, 1), although: None };
    let learned = Trace::Learned { slot: 5, entry: entry(), how };
    assert_eq!(
        json(&learned),
        alloc::format!(
            r#"{{"slot":5,"command":{command},"because":{{"kind":"index","ballot":"1.1","from":1,"voted":"1.1"}}}}"#
        )
    );
}
