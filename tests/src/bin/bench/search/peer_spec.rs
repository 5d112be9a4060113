//! The specification once more, written for `stateright` as it is fastest there: a state is one word. It is
//! asked for the same properties.

use stateright::{Checker, Model, Property};

const ACCEPTORS: u64 = 3;
const BALLOTS: u64 = 3;
const VALUES: u64 = 2;
const QUORUM: usize = 2;

/// Bits 0 to 8: for each ballot begun (1) and the value asked for (2; 0 is none). Then 16 bits for each acceptor: `maxBal`
/// (2; 0 is none), `maxVBal` (2) and for each ballot voted (1) and the report (3; 0 is no promise, 1 no vote).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
struct Word(u64);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Action {
    Prepare(u64),
    Promise(u64, u64),
    Ask(u64, u64),
    Vote(u64, u64),
}

struct Spec;

impl Word {
    const fn get(self, at: u64, bits: u64) -> u64 {
        self.0 >> at & ((1 << bits) - 1)
    }

    const fn set(&mut self, at: u64, bits: u64, to: u64) {
        self.0 = self.0 & !(((1 << bits) - 1) << at) | to << at;
    }

    const fn begun(self, ballot: u64) -> bool {
        self.get(3 * ballot, 1) == 1
    }

    const fn asked(self, ballot: u64) -> u64 {
        self.get(3 * ballot + 1, 2)
    }

    const fn max_bal(self, acceptor: u64) -> u64 {
        self.get(own(acceptor), 2)
    }

    const fn voted(self, acceptor: u64, ballot: u64) -> bool {
        self.get(vote(acceptor, ballot), 1) == 1
    }

    /// The values that a ballot may ask for, as bits.
    fn allowed(self, ballot: u64) -> u64 {
        let mut reports = [0; ACCEPTORS as usize];
        let mut count = 0;
        for report in (0..ACCEPTORS).map(|acceptor| self.get(vote(acceptor, ballot) + 1, 3)).filter(|it| *it > 0) {
            reports[count] = report;
            count += 1;
        }
        if count < QUORUM {
            return 0;
        }
        reports[..count].sort_unstable();
        if reports[QUORUM - 1] == 1 {
            return (1 << VALUES) - 1;
        }
        reports[QUORUM - 1..count].iter().fold(0, |values, report| values | 1 << (self.asked(report - 2) - 1))
    }

    fn choosing(self) -> impl Iterator<Item = u64> {
        let chooses = move |ballot: &u64| (0..ACCEPTORS).filter(|it| self.voted(*it, *ballot)).count() >= QUORUM;
        (0..BALLOTS).filter(chooses)
    }

    /// The values that are chosen, as bits.
    fn chosen(self) -> u64 {
        self.choosing().fold(0, |chosen, ballot| chosen | 1 << (self.asked(ballot) - 1))
    }

    /// Whether a ballot asks for a value that it was not free to pick.
    fn adopted(self) -> bool {
        let is_fresh = |acceptor: &u64, ballot: u64| self.get(vote(*acceptor, ballot) + 1, 3) == 1;
        (0..BALLOTS)
            .any(|ballot| self.asked(ballot) != 0 && (0..ACCEPTORS).filter(|it| is_fresh(it, ballot)).count() < QUORUM)
    }
}

const fn own(acceptor: u64) -> u64 {
    3 * BALLOTS + 16 * acceptor
}

const fn vote(acceptor: u64, ballot: u64) -> u64 {
    own(acceptor) + 4 + 4 * ballot
}

impl Model for Spec {
    type State = Word;
    type Action = Action;

    fn init_states(&self) -> Vec<Word> {
        vec![Word::default()]
    }

    fn actions(&self, state: &Word, actions: &mut Vec<Action>) {
        for ballot in 0..BALLOTS {
            if state.begun(ballot) {
                let promising = (0..ACCEPTORS).filter(|acceptor| state.max_bal(*acceptor) <= ballot);
                actions.extend(promising.map(|acceptor| Action::Promise(acceptor, ballot)));
            } else {
                actions.push(Action::Prepare(ballot));
            }
            if state.asked(ballot) == 0 {
                let allowed = state.allowed(ballot);
                let asking = (0..VALUES).filter(|value| allowed >> value & 1 == 1);
                actions.extend(asking.map(|value| Action::Ask(ballot, value)));
            } else {
                let can_vote =
                    |acceptor: &u64| state.max_bal(*acceptor) <= ballot + 1 && !state.voted(*acceptor, ballot);
                actions.extend((0..ACCEPTORS).filter(can_vote).map(|acceptor| Action::Vote(acceptor, ballot)));
            }
        }
    }

    fn next_state(&self, last: &Word, action: Action) -> Option<Word> {
        let mut next = *last;
        match action {
            Action::Prepare(ballot) => next.set(3 * ballot, 1, 1),
            Action::Promise(acceptor, ballot) => {
                next.set(own(acceptor), 2, ballot + 1);
                next.set(vote(acceptor, ballot) + 1, 3, last.get(own(acceptor) + 2, 2) + 1);
            }
            Action::Ask(ballot, value) => next.set(3 * ballot + 1, 2, value + 1),
            Action::Vote(acceptor, ballot) => {
                next.set(own(acceptor), 2, ballot + 1);
                next.set(own(acceptor) + 2, 2, ballot + 1);
                next.set(vote(acceptor, ballot), 1, 1);
            }
        }
        Some(next)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        vec![
            Property::always("at most one value is chosen", |_, state: &Word| state.chosen().count_ones() <= 1),
            Property::sometimes("a value is chosen", |_, state: &Word| state.choosing().next().is_some()),
            Property::sometimes("a ballot must ask for a value that was voted for", |_, state: &Word| state.adopted()),
            Property::sometimes("two ballots choose", |_, state: &Word| state.choosing().nth(1).is_some()),
            Property::sometimes("value 1 is chosen", |_, state: &Word| state.chosen() & 1 != 0),
            Property::sometimes("value 2 is chosen", |_, state: &Word| state.chosen() & 2 != 0),
        ]
    }
}

/// Searches all of it on one thread, and says how many states there are.
pub(super) fn search() -> usize {
    let checker = Spec.checker().threads(1).spawn_bfs().join();
    checker.assert_properties();
    checker.unique_state_count()
}
