//! Lamport's abstract Paxos, searched in full; and once more by a search that shares nothing with ours: states are what the
//! specification says they are, with an explicit set of messages, and they are remembered in a sorted set.

use quorum_core::search::explorer::{Budget, Model, PropertyKind, Search, SearchStatus};
use quorum_core::search::spec::{Fault, Names, Report, Spec, SpecAction, State};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

fn spec(ballots: u8) -> Spec {
    Spec::new(3, 2, ballots).unwrap()
}

fn searched(spec: Spec) -> Search<Spec> {
    let mut search = Search::new(spec, Budget::UNLIMITED);
    while search.advance(1000) == SearchStatus::Running {}
    search
}

/// A message of the specification.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Message {
    OneA(u8),
    OneB { acceptor: u8, ballot: u8, vote: Option<(u8, u8)> },
    TwoA(u8, u8),
    TwoB { acceptor: u8, ballot: u8, value: u8 },
}
use Message::{OneA, OneB, TwoA, TwoB};

/// A state of the specification, for three acceptors, as it is written down there.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
struct Plain {
    max_bal: [Option<u8>; 3],
    vote: [Option<(u8, u8)>; 3],
    messages: BTreeSet<Message>,
}

impl Plain {
    /// The state after sending one more message.
    fn send(&self, message: Message) -> Self {
        let mut next = self.clone();
        next.messages.insert(message);
        next
    }

    /// `Q1b` of some majority, two acceptors at least, shows that this value is safe in this ballot.
    fn shows_safe(&self, ballot: u8, value: u8) -> bool {
        [&[0, 1][..], &[0, 2], &[1, 2], &[0, 1, 2]].into_iter().any(|quorum| {
            let reports: Vec<_> = self
                .messages
                .iter()
                .filter_map(|message| match message {
                    OneB { acceptor, ballot: of, vote } if *of == ballot && quorum.contains(acceptor) => Some(*vote),
                    _ => None,
                })
                .collect();
            let highest = reports.iter().copied().flatten().map(|(ballot, _)| ballot).max();
            reports.len() == quorum.len()
                && (highest.is_none() || reports.contains(&highest.map(|ballot| (ballot, value))))
        })
    }

    fn next(&self, ballots: u8, values: u8, raises: bool) -> Vec<(SpecAction, Self)> {
        let mut all = Vec::new();
        for ballot in 0..ballots {
            all.push((SpecAction::Phase1a { ballot }, self.send(OneA(ballot))));
            for value in 0..values {
                let asked = self.messages.iter().any(|message| matches!(message, TwoA(of, _) if *of == ballot));
                if !asked && self.shows_safe(ballot, value) {
                    all.push((SpecAction::Phase2a { ballot, value }, self.send(TwoA(ballot, value))));
                }
            }
        }
        for (acceptor, message) in (0..3u8).flat_map(|acceptor| self.messages.iter().map(move |it| (acceptor, *it))) {
            let at = usize::from(acceptor);
            match message {
                OneA(ballot) if self.max_bal[at] < Some(ballot) => {
                    let mut next = self.send(OneB { acceptor, ballot, vote: self.vote[at] });
                    next.max_bal[at] = Some(ballot);
                    all.push((SpecAction::Phase1b { acceptor, ballot }, next));
                }
                TwoA(ballot, value) if self.max_bal[at] <= Some(ballot) => {
                    let mut next = self.send(TwoB { acceptor, ballot, value });
                    next.vote[at] = Some((ballot, value));
                    if raises {
                        next.max_bal[at] = Some(ballot);
                    }
                    all.push((SpecAction::Phase2b { acceptor, ballot }, next));
                }
                _ => {}
            }
        }
        all.retain(|(_, next)| next != self);
        all
    }

    fn chosen(&self) -> BTreeSet<u8> {
        let mut votes = BTreeMap::<_, usize>::new();
        for message in &self.messages {
            if let TwoB { ballot, value, .. } = message {
                *votes.entry((ballot, *value)).or_default() += 1;
            }
        }
        votes.into_iter().filter(|(_, votes)| *votes >= 2).map(|((_, value), _)| value).collect()
    }

    /// The same state as the specification in the core keeps it, read through its public questions only.
    fn of(state: &State, ballots: u8) -> Self {
        let mut plain = Self::default();
        for acceptor in 0..3 {
            plain.max_bal[usize::from(acceptor)] = state.max_bal(acceptor);
            plain.vote[usize::from(acceptor)] = state.max_vbal(acceptor).zip(state.max_val(acceptor));
        }
        for ballot in 0..ballots {
            plain.messages.extend(state.begun(ballot).then_some(OneA(ballot)));
            plain.messages.extend(state.asked(ballot).map(|value| TwoA(ballot, value)));
            for acceptor in 0..3 {
                let value = state.asked(ballot).filter(|_| state.voted(acceptor, ballot));
                plain.messages.extend(value.map(|value| TwoB { acceptor, ballot, value }));
                plain.messages.extend(state.promise(acceptor, ballot).map(|Report { vote }| {
                    let vote = vote.and_then(|vote| Some((vote, state.asked(vote)?)));
                    OneB { acceptor, ballot, vote }
                }));
            }
        }
        plain
    }
}

/// All levels of the plain search, down to the first with two values chosen.
fn plainly(ballots: u8, raises: bool) -> Vec<BTreeSet<Plain>> {
    let mut known = BTreeSet::from([Plain::default()]);
    let mut levels = vec![known.clone()];
    loop {
        let last = &levels[levels.len() - 1];
        if last.iter().any(|state| state.chosen().len() > 1) {
            return levels;
        }
        let next = last.iter().flat_map(|state| state.next(ballots, 2, raises)).map(|(_, next)| next);
        let level: BTreeSet<_> = next.filter(|state| !known.contains(state)).collect();
        if level.is_empty() {
            return levels;
        }
        known.extend(level.iter().cloned());
        levels.push(level);
    }
}

/// With two ballots and with three: how many states there are, and at how many levels.
const PINNED: [(u8, u32, usize); 2] = [(2, 3_921, 17), (3, 185_369, 25)];

#[test]
fn the_specification_has_exactly_the_states_it_is_known_to_have() {
    for (ballots, states, depth) in PINNED {
        let search = searched(spec(ballots));
        assert_eq!((search.status(), search.states(), search.depth()), (SearchStatus::Complete, states, depth));
    }
}

#[test]
fn every_level_has_the_very_states_that_a_plain_search_finds_there() {
    for (ballots, raises) in [(2, true), (2, false), (3, true)] {
        let spec = if raises { spec(ballots) } else { spec(ballots).with_fault(Fault::VoteRaisesNoPromise) };
        let search = searched(spec);
        let mut levels = vec![BTreeSet::new(); search.depth()];
        for state in 0..search.states() {
            let plain = Plain::of(&search.model().decode(search.state(state)), ballots);
            levels[search.level(state) - 1].insert(plain);
        }
        assert!(levels == plainly(ballots, raises), "{ballots} ballots, raises: {raises}");
    }
}

#[test]
fn each_step_leads_where_it_leads_in_the_plain_specification() {
    let search = searched(spec(2));
    let steps = || {
        let ballots = (0..3).flat_map(|ballot| [SpecAction::Phase1a { ballot }].into_iter().chain(with(ballot)));
        ballots.collect::<Vec<_>>()
    };
    for state in 0..search.states() {
        let state = search.model().decode(search.state(state));
        let after = |step| Some((step, Plain::of(&search.model().after(&state, step)?, 2)));
        let ours: BTreeSet<_> = steps().into_iter().filter_map(after).collect();
        assert_eq!(ours, Plain::of(&state, 2).next(2, 2, true).into_iter().collect());
    }
}

/// All steps of a ballot but the first, and some that no bounds allow.
fn with(ballot: u8) -> Vec<SpecAction> {
    let of = |other| {
        [
            SpecAction::Phase1b { acceptor: other, ballot },
            SpecAction::Phase2a { ballot, value: other },
            SpecAction::Phase2b { acceptor: other, ballot },
        ]
    };
    (0..8).flat_map(of).collect()
}

/// Every state under another name: acceptors and values in any order.
fn orbit(plain: &Plain) -> BTreeSet<Plain> {
    let orders = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];
    let renamed = |order: [u8; 3], swap: u8| {
        let mut other = Plain::default();
        let named = |(ballot, value): (u8, u8)| (ballot, value ^ swap);
        for (at, to) in order.into_iter().map(usize::from).enumerate() {
            other.max_bal[to] = plain.max_bal[at];
            other.vote[to] = plain.vote[at].map(named);
        }
        let messages = plain.messages.iter().map(|message| match *message {
            OneB { acceptor, ballot, vote } => {
                OneB { acceptor: order[usize::from(acceptor)], ballot, vote: vote.map(named) }
            }
            TwoA(ballot, value) => TwoA(ballot, value ^ swap),
            TwoB { acceptor, ballot, value } => {
                TwoB { acceptor: order[usize::from(acceptor)], ballot, value: value ^ swap }
            }
            OneA(ballot) => OneA(ballot),
        });
        other.messages = messages.collect();
        other
    };
    orders.into_iter().flat_map(|order| [renamed(order, 0), renamed(order, 1)]).collect()
}

#[test]
fn states_that_differ_only_in_names_are_merged_and_no_others() {
    let plain = plainly(2, true);
    for (level, states) in (1..).zip(&plain) {
        let smallest: BTreeSet<_> = states.iter().filter_map(|state| orbit(state).pop_first()).collect();
        let merged = searched(spec(2).merged());
        let representatives = (0..merged.states()).filter(|state| merged.level(*state) == level);
        let ours = representatives.map(|state| Plain::of(&merged.model().decode(merged.state(state)), 2));
        let ours: Vec<_> = ours.filter_map(|state| orbit(&state).pop_first()).collect();
        assert_eq!(ours.len(), smallest.len(), "level {level}: none twice");
        assert_eq!(ours.into_iter().collect::<BTreeSet<_>>(), smallest);
    }
}

#[test]
fn merged_states_are_few_and_lie_as_deep() {
    for ((ballots, _, depth), states) in PINNED.into_iter().zip([443, 17_153]) {
        let search = searched(spec(ballots).merged());
        assert_eq!((search.status(), search.states(), search.depth()), (SearchStatus::Complete, states, depth));
    }
}

#[test]
fn one_value_is_chosen_and_everything_that_should_happen_happens() {
    for search in [spec(2), spec(3), spec(2).merged(), spec(3).merged()].map(searched) {
        assert!(search.model().properties().len() >= 4);
        for (at, property) in search.model().properties().iter().enumerate() {
            let name = property.name;
            assert_eq!(search.witness(at).is_some(), property.kind == PropertyKind::Sometimes, "{name}");
        }
    }
    let values = spec(2).properties().iter().filter(|property| property.name.starts_with("value ")).count();
    assert_eq!(values, 2, "each of them");
}

#[test]
fn properties_are_judged_as_the_plain_specification_judges() {
    for ballots in [2, 3] {
        let search = searched(spec(ballots));
        for state in 0..search.states() {
            let verdict = search.model().evaluate(search.state(state));
            let chosen = Plain::of(&search.model().decode(search.state(state)), ballots).chosen();
            let expected = [chosen.len() > 1, !chosen.is_empty(), chosen.contains(&0), chosen.contains(&1)];
            assert_eq!([0, 1, 4, 5].map(|bit| verdict >> bit & 1 == 1), expected);
        }
    }
}

/// Walks a run through the plain specification, and says what is chosen at its end.
fn replayed(run: &[SpecAction], ballots: u8, raises: bool) -> BTreeSet<u8> {
    let end = run.iter().fold(Plain::default(), |state, step| {
        let found = state.next(ballots, 2, raises).into_iter().find(|(possible, _)| possible == step);
        found.unwrap_or_else(|| panic!("{step} cannot happen")).1
    });
    end.chosen()
}

#[test]
fn a_vote_that_raises_no_promise_is_safe_with_two_ballots_and_not_with_three() {
    let fault = Fault::VoteRaisesNoPromise;
    assert_eq!(searched(spec(2).with_fault(fault)).status(), SearchStatus::Complete);
    assert_eq!(searched(spec(2).merged().with_fault(fault)).status(), SearchStatus::Complete);
    for spec in [spec(3).with_fault(fault), spec(3).merged().with_fault(fault)] {
        let search = searched(spec);
        let SearchStatus::Violated { property: 0, state } = search.status() else { panic!("{:?}", search.status()) };
        let run = Spec::run(&search, state);
        assert_eq!(run.len(), 17);
        assert_eq!(replayed(&run, 3, false).len(), 2, "{run:?}");
    }
    assert_eq!(plainly(3, false).len(), 18, "a plain search finds nothing nearer");
}

#[test]
fn a_ballot_that_ignores_reports_lets_two_values_be_chosen() {
    for spec in [spec(2), spec(2).merged()] {
        let search = searched(spec.with_fault(Fault::ReportsIgnored));
        let SearchStatus::Violated { property: 0, state } = search.status() else { panic!("{:?}", search.status()) };
        // Two ballots of six steps each, and none of them could be left out.
        assert_eq!(Spec::run(&search, state).len(), 12);
    }
}

#[test]
fn the_estimate_is_never_too_small_and_exact_for_one_ballot() {
    assert_eq!(spec(1).most_states(), f64::from(searched(spec(1)).states()));
    for (ballots, states, _) in PINNED {
        let most = spec(ballots).most_states();
        assert!(most >= f64::from(states) && most < 3.0 * f64::from(states), "{most}");
    }
}

#[test]
fn bounds_that_are_too_large_are_refused_with_a_sentence() {
    let refusals = [(0, 2, 2), (8, 2, 2), (3, 0, 2), (3, 5, 2), (3, 2, 0), (3, 2, 9)]
        .map(|(acceptors, values, ballots)| Spec::new(acceptors, values, ballots).expect_err("it is out of range"));
    assert_eq!(refusals[1], "the specification is searched with 1 to 7 acceptors, not with 8");
    assert_eq!(refusals[5], "the specification is searched with 1 to 8 ballots, not with 9");
    assert_eq!(Spec::new(3, 2, 4).unwrap().check(), Ok(()));
    assert_eq!(
        Spec::new(5, 2, 4).unwrap().check().expect_err("too many"),
        "5 acceptors, 2 values and 4 ballots have up to 1e12 states, and a search visits at most 1e9: take fewer of \
         them, or merge states that differ only in names"
    );
    assert!(Spec::new(7, 4, 8).unwrap().merged().check().is_err());
}

#[test]
fn the_largest_bounds_fit_into_a_state() {
    let spec = Spec::new(7, 4, 8).unwrap();
    let mut state = State::default();
    let mut taken = 0;
    // Whatever comes first in each state, until nothing more can happen.
    loop {
        let mut first = None;
        for ballot in 0..8 {
            for step in [SpecAction::Phase1a { ballot }].into_iter().chain(with(ballot)) {
                assert_eq!(SpecAction::numbered(step.number()), Some(step));
                first = first.or_else(|| spec.after(&state, step));
            }
        }
        let Some(next) = first else { break };
        assert_eq!(spec.decode(&spec.encode(&next)), next);
        (state, taken) = (next, taken + 1);
    }
    assert!(spec.encode(&state).len() <= 48 && taken > 100, "{taken}");
}

#[test]
fn steps_are_written_in_anybodys_names() {
    struct Servers;
    impl Names for Servers {
        fn ballot(&self, ballot: u8, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            write!(f, "{}.1", ballot + 1)
        }
    }
    assert_eq!(SpecAction::Phase1a { ballot: 2 }.told(&Servers).to_string(), "Phase1a(3.1)");
    let steps = [
        (SpecAction::Phase1a { ballot: 0 }, "Phase1a(0)"),
        (SpecAction::Phase1b { acceptor: 0, ballot: 1 }, "Phase1b(a1, 1)"),
        (SpecAction::Phase2a { ballot: 1, value: 1 }, "Phase2a(1, v2)"),
        (SpecAction::Phase2b { acceptor: 2, ballot: 0 }, "Phase2b(a3, 0)"),
    ];
    for (step, text) in steps {
        assert_eq!(step.to_string(), text);
    }
    assert_eq!(SpecAction::numbered(u32::MAX), None);
}
