//! What is said of several records that are written at once.

use super::*;
use crate::sim;

/// A vote in a slot at a ballot of server 1.
fn voted(slot: Slot, round: u32) -> sim::Record {
    let vote = Vote { slot, ballot: ballot(round, 1), value: entry() };
    sim::Record::Log(Record::Paxos(paxos::Record::Accepted(vote)))
}

fn promised() -> sim::Record {
    sim::Record::Log(Record::Paxos(paxos::Record::Promised(ballot(1, 1))))
}

fn votes(slots: &[Slot]) -> Vec<sim::Record> {
    slots.iter().map(|slot| voted(*slot, 1)).collect()
}

#[test]
fn many_votes_are_told_by_their_slots() {
    let cases: &[(&[Slot], &str)] = &[
        (&[5], "the vote for put x = 9 in slot 5 at 1.1"),
        (&[1, 2], "the vote for put x = 9 in slot 1 at 1.1 and the vote for put x = 9 in slot 2 at 1.1"),
        (&[3, 4, 5], "the votes at 1.1 in slots 3 to 5"),
        (&[4, 2, 5, 3, 7], "the votes at 1.1 in slots 2 to 5 and 7"),
        (&[2, 3, 7], "the votes at 1.1 in slots 2, 3 and 7"),
        (&[2, 4, 5], "the votes at 1.1 in slots 2, 4 and 5"),
        (&[1, 3, 5, 6, 7], "the votes at 1.1 in slots 1, 3 and 5 to 7"),
    ];
    for (slots, expected) in cases {
        assert_eq!(said(|to| votes(slots).as_slice().say(to)), *expected);
    }
}

#[test]
fn votes_are_told_together_only_where_they_stand_together_in_one_ballot() {
    let mut records = vec![promised()];
    records.extend(votes(&[1, 2, 3]));
    records.extend([voted(4, 2), promised()]);
    let expected = "the promise 1.1 and the votes at 1.1 in slots 1 to 3 and the vote for put x = 9 in slot 4 at 2.1 \
                    and the promise 1.1";
    assert_eq!(said(|to| records.as_slice().say(to)), expected);
}
