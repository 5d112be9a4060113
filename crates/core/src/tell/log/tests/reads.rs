//! Reads that take no slot.

use super::*;
use crate::log::{Confirm, Confirmed};

fn get() -> Arc<Command> {
    asks(Op::Get { key: text("x") })
}

#[test]
fn why_a_leader_asks_whether_it_still_leads() {
    let asks = |reads, again| Trace::AsksWhetherItLeads { ballot: ballot(1, 1), question: 3, reads, again };
    reads([
        (asks(1, false), "Server 2 asks whether it still leads with ballot 1.1, because a read waits."),
        (asks(4, false), "Server 2 asks whether it still leads with ballot 1.1, because 4 reads wait."),
        (asks(4, true), "Server 2 asks those who did not answer once more whether it still leads."),
    ]);
    assert_eq!(
        told(&asks(1, false)).1,
        "Another server may lead by now, and may have answered a write that its own store lacks."
    );
    assert_eq!(told(&asks(1, true)).1, "");
}

#[test]
fn why_somebody_says_that_it_does() {
    let confirmed = |promised| Trace::Confirmed { to: node(1), ballot: ballot(2, 1), promised };
    reads([
        (
            confirmed(Some(ballot(1, 3))),
            "Server 2 confirms to server 1 that it leads with ballot 2.1, because 1.3 is the highest it has promised.",
        ),
        (
            confirmed(None),
            "Server 2 confirms to server 1 that it leads with ballot 2.1, because it has promised nothing.",
        ),
    ]);
    // Whoever has forgotten something speaks of what it remembers.
    let forgetful = Circumstances { forgetful: true, ..Circumstances::default() };
    assert_eq!(
        [confirmed(Some(ballot(1, 3))), confirmed(None)].map(|trace| told_with(&trace, forgetful).0),
        [
            "Server 2 confirms to server 1 that it leads with ballot 2.1, because 1.3 is the highest promise that it \
             remembers.",
            "Server 2 confirms to server 1 that it leads with ballot 2.1, because it remembers no promise.",
        ]
    );
}

#[test]
fn what_a_leader_makes_of_the_answers() {
    let counted = |from, have| Trace::CountedConfirmation { from: node(from), have: nodes(have), needed: 2 };
    let output = Output::Value(Some(text("9")));
    let read = |applied| Trace::Read { command: get(), output: output.clone(), index: 1, applied };
    reads([
        (counted(2, &[2]), "Server 2 counts itself: 1 of 2 needed."),
        (counted(1, &[1, 2]), "Server 2 counts the confirmation of server 1: 2 of 2 needed."),
        (
            read(7),
            "Server 2 answers get x of client a from its store: 9. After the read had come, a quorum confirmed that it \
             leads. The log is applied up to slot 7.",
        ),
        (
            read(1),
            "Server 2 answers get x of client a from its store: 9. After the read had come, a quorum confirmed that it \
             leads. Slot 1 is applied.",
        ),
        (
            read(0),
            "Server 2 answers get x of client a from its store: 9. After the read had come, a quorum confirmed that it \
             leads. No slot is applied yet.",
        ),
    ]);
    assert_eq!(told(&read(7)).1, "The read took no slot and waited for no disk: nobody has to remember it.");
}

#[test]
fn what_the_two_messages_say() {
    let confirm = Message::Confirm(Confirm { ballot: ballot(1, 1), question: 3 });
    let confirmed = Message::Confirmed(Confirmed { ballot: ballot(1, 1), question: 3 });
    let whom = || Servers(nodes(&[2, 3]));
    assert_eq!(said(|to| says(&confirm, whom(), to)), " asks servers 2 and 3 whether it still leads with ballot 1.1");
    assert_eq!(
        said(|to| says(&confirmed, whom(), to)),
        " tells servers 2 and 3 that it knows of no promise of its own above 1.1"
    );
    assert_eq!(said(|to| name(&confirm, to)), "confirm 1.1");
    assert_eq!(said(|to| name(&confirmed, to)), "confirmed 1.1");
}
