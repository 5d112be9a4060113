//! What has happened, as far as it is judged: every vote that ever counted, and what clients were told.
//!
//! Nobody in the model knows all of this. What is *chosen* follows from it: an entry is chosen in a slot when a quorum voted for
//! it there in one ballot. A vote counts when it is durable or when the server said so, whichever is first.
//!
//! The right answer to a command follows, too. It is what the machine says at the first slot that the command is chosen in, when
//! it is run through the chosen prefix by itself here, with every rule on.
//!
//! A search may begin in the middle of a run. What had happened by then is the same in every state of the search: it is kept
//! once, as [`Before`], and a [`Past`] has only what came after it.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::{sync::Arc, vec::Vec};

use super::Bounds;
use super::server::Server;
use crate::log::{Applied, Command, Entry, Machine, Op, Output, Reply, Rules};
use crate::paxos::{Ballot, NodeId, NodeSet, Quorums, Slot};
use crate::search::explorer::Property;

/// What a search decides about every run within its bounds.
pub(super) const PROPERTIES: [Property; 13] = [
    Property::always("one-command-per-slot"),
    Property::always("only-chosen-learned"),
    Property::always("applied-is-chosen"),
    Property::always("equal-stores"),
    Property::always("applied-once"),
    Property::always("within-window"),
    Property::always("answers-follow-the-log"),
    Property::sometimes("every client's command is chosen"),
    Property::sometimes("a no-op is chosen"),
    Property::sometimes("a slot is chosen before one in front of it"),
    Property::sometimes("a slot is chosen in two ballots"),
    Property::sometimes("a command is chosen in two slots"),
    Property::sometimes("a command is chosen in one slot and voted for in another"),
];

/// The place in [`PROPERTIES`] of what can be broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Broken {
    OneCommandPerSlot,
    OnlyChosenLearned,
    AppliedIsChosen,
    EqualStores,
    AppliedOnce,
    WithinWindow,
    AnswersFollowTheLog,
}

/// A vote that counts.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Cast {
    pub(super) slot: Slot,
    pub(super) ballot: Ballot,
    pub(super) entry: Entry,
    pub(super) by: NodeId,
}

/// What a server did that has to be judged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Note {
    /// It took an entry for chosen.
    Learned(Slot, Entry),
    /// It applied an entry, and that changed the store or not. Before, every slot up to the first number was applied.
    Applied { before: Slot, slot: Slot, entry: Entry, changed: bool },
    /// Afterwards, it has applied every slot up to this one, and this is its machine.
    Stands(Slot, Machine),
    /// It proposed in a slot above its window.
    AboveWindow,
    /// It answered a client.
    Answered(Command, Reply),
}

/// What is chosen in each slot: the entries, with the ballots.
type Chosen = BTreeMap<Slot, Vec<(Entry, Ballot)>>;

/// What had happened when the search began.
#[derive(Clone, Debug)]
pub(super) struct Before {
    /// Every vote that counted by then, sorted.
    cast: Vec<Cast>,
    chosen: Chosen,
    /// The first slot in which each command is chosen.
    slots: BTreeMap<Command, Slot>,
    /// The machine after each slot that is chosen with all slots in front of it; the first is that of an empty log. By the rules
    /// that the servers go by, and by those that are right.
    machines: Vec<(Machine, Machine)>,
    /// The first answer to each command in those slots.
    answers: BTreeMap<Command, Output>,
    /// The commands that clients wait for, and up to which slot clients had been told when each was asked for.
    waiting: Vec<(Arc<Command>, Slot)>,
    /// What was broken, one bit each.
    broken: u32,
}

impl Before {
    /// These votes counted, and the servers go by these rules. They remember so many clients.
    pub(super) fn new(
        mut cast: Vec<Cast>,
        waiting: Vec<(Arc<Command>, Slot)>,
        (quorums, rules): (Quorums, Rules),
        most_sessions: Option<u32>,
        broken: &[Broken],
    ) -> Self {
        cast.sort_unstable();
        cast.dedup();
        let mut chosen = Chosen::new();
        choose(&cast, quorums, &mut chosen);
        let mut broken = broken.iter().fold(0, |bits, what| bits | 1 << *what as u32);
        let differ = chosen.values().any(|entries| entries.iter().any(|(entry, _)| *entry != entries[0].0));
        broken |= u32::from(differ) << Broken::OneCommandPerSlot as u32;
        let mut slots = BTreeMap::new();
        for (slot, entries) in &chosen {
            for command in entries.iter().filter_map(|(entry, _)| entry.command()) {
                slots.entry(command.clone()).or_insert(*slot);
            }
        }
        let empty = Machine::new(most_sessions);
        let (machines, answers) = (Vec::from([(empty.clone(), empty)]), BTreeMap::new());
        let mut before = Self { cast, chosen, slots, machines, answers, waiting, broken };
        let log: Vec<Entry> = prefix(&before.chosen, &Chosen::new()).cloned().collect();
        for (slot, entry) in (1..).zip(&log) {
            let (mut here, mut right) = before.machines.last().cloned().unwrap_or_default();
            here.apply(slot, entry, rules);
            if let (Applied::Done(output), Some(command)) =
                (right.apply(slot, entry, Rules::default()), entry.command())
            {
                before.answers.insert(command.clone(), output);
            }
            before.machines.push((here, right));
        }
        before
    }

    /// Up to which slot clients had been told when this was asked for; `None`: it was not asked for yet.
    pub(super) fn asked(&self, command: &Command) -> Option<Slot> {
        Some(self.waiting.iter().find(|(waiting, _)| **waiting == *command)?.1)
    }

    /// Whether a server has the store that the slots come to which it has applied, as far as these are known to be chosen.
    pub(super) fn has_led_to(&self, server: &Server) -> bool {
        let applied = usize::try_from(server.replica.learned().applied()).ok();
        let here = applied.and_then(|applied| self.machines.get(applied));
        here.is_none_or(|(machine, _)| machine == server.replica.machine())
    }
}

/// What these votes choose, sorted as they are, joins what is chosen.
fn choose(cast: &[Cast], quorums: Quorums, chosen: &mut Chosen) {
    for group in cast.chunk_by(Cast::is_with) {
        let voters: NodeSet = group.iter().map(|vote| vote.by).collect();
        if quorums.chooses(voters) {
            chosen.entry(group[0].slot).or_default().push((group[0].entry.clone(), group[0].ballot));
        }
    }
}

/// What is chosen in slot 1, 2, 3 …, up to the first slot in which nothing is.
fn prefix<'a>(before: &'a Chosen, after: &'a Chosen) -> impl Iterator<Item = &'a Entry> {
    (1..).map_while(|slot| Some(&before.get(&slot).or_else(|| after.get(&slot))?.first()?.0))
}

impl Cast {
    /// Whether the other vote is for the same entry, in the same slot and ballot.
    fn is_with(&self, other: &Self) -> bool {
        (self.slot, self.ballot, &self.entry) == (other.slot, other.ballot, &other.entry)
    }
}

/// Everything that happened in the search and matters for a verdict.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Past {
    /// Every vote that counts, sorted; without those from before.
    cast: Vec<Cast>,
    /// The highest slot that a client was told of. It is kept where somebody reads.
    answered_to: Slot,
    /// What it was when the reader asked first.
    floor: Slot,
    /// Answers about a slot with another one in front of it that is not chosen yet: what is right will turn out.
    open: Vec<(Command, Output, Slot)>,
    /// What was broken, one bit each.
    broken: u32,
}

impl Past {
    /// Clients were told of slots up to this one, and these answers are under way to them.
    pub(super) fn told(answered_to: Slot, open: Vec<(Command, Output, Slot)>) -> Self {
        Self { answered_to, open, ..Self::default() }
    }

    /// The reader asks for the first time.
    pub(super) const fn reads(&mut self) {
        self.floor = self.answered_to;
    }

    /// A vote counts.
    pub(super) fn cast(&mut self, before: &Before, vote: Cast) {
        if let (Err(_), Err(position)) = (before.cast.binary_search(&vote), self.cast.binary_search(&vote)) {
            self.cast.insert(position, vote);
        }
    }

    fn breaks(&mut self, what: Broken, broken: bool) {
        self.broken |= u32::from(broken) << what as u32;
    }

    /// What is chosen by the votes that came since the search began, with those from before for the same.
    fn chosen(&self, before: &Before, quorums: Quorums) -> Chosen {
        let mut chosen = Chosen::new();
        for group in self.cast.chunk_by(Cast::is_with) {
            let first = before.cast.partition_point(|vote| {
                (vote.slot, vote.ballot, &vote.entry) < (group[0].slot, group[0].ballot, &group[0].entry)
            });
            let earlier = before.cast[first..].iter().take_while(|vote| vote.is_with(&group[0]));
            let all: Vec<Cast> = earlier.chain(group).cloned().collect();
            choose(&all, quorums, &mut chosen);
        }
        chosen
    }

    /// Takes in what a server did, after the votes that came of it.
    pub(super) fn judge(
        &mut self,
        before: &Before,
        bounds: &Bounds,
        (quorums, rules): (Quorums, Rules),
        notes: &[Note],
    ) {
        let now = self.chosen(before, quorums);
        let of = |slot: &Slot| before.chosen.get(slot).into_iter().chain(now.get(slot)).flatten();
        let differ = |slot: &Slot| of(slot).any(|(entry, _)| of(slot).next().is_some_and(|first| first.0 != *entry));
        self.breaks(Broken::OneCommandPerSlot, now.keys().any(differ));
        let log: Vec<&Entry> = prefix(&before.chosen, &now).collect();
        for note in notes {
            match note {
                Note::Learned(slot, entry) => {
                    let is_chosen = of(slot).any(|(other, _)| other == entry);
                    self.breaks(Broken::OnlyChosenLearned, !is_chosen);
                }
                Note::Applied { before, slot, entry, changed } => {
                    let position = (*slot as usize).saturating_sub(1);
                    let right = *slot == before + 1 && log.get(position) == Some(&entry);
                    self.breaks(Broken::AppliedIsChosen, !right);
                    let earlier = log.get(..position).is_some_and(|earlier| earlier.contains(&entry));
                    self.breaks(Broken::AppliedOnce, *changed && earlier && entry.command().is_some());
                }
                Note::Stands(slot, machine) => {
                    let reference = stands(before, &log, *slot as usize, rules);
                    self.breaks(Broken::EqualStores, reference != *machine);
                }
                Note::AboveWindow => self.breaks(Broken::WithinWindow, true),
                Note::Answered(command, Reply::Done { output, slot }) => {
                    self.open.push((command.clone(), output.clone(), *slot));
                    if bounds.reads {
                        self.answered_to = self.answered_to.max(*slot);
                    }
                }
                Note::Answered(_, Reply::Old { .. }) => self.breaks(Broken::AnswersFollowTheLog, true),
                Note::Answered(_, Reply::NotLeader { .. } | Reply::Expired { .. }) => {}
            }
        }
        self.open.sort_unstable();
        self.open.dedup();
        let is_open = |answer: &mut (Command, Output, Slot)| answer.2 as usize > log.len();
        for (command, output, _) in self.open.extract_if(.., |answer| !is_open(answer)).collect::<Vec<_>>() {
            let right = self.is_right(before, &log, &command, &output);
            self.breaks(Broken::AnswersFollowTheLog, !right);
        }
    }

    /// Whether an answer is what the command came to where it took effect. A read may also be answered without a slot, as the
    /// store was at any position from the one that clients knew of when it was asked.
    fn is_right(&self, before: &Before, log: &[&Entry], command: &Command, answer: &Output) -> bool {
        let known = before.machines.len() - 1;
        let mut machine = before.machines[known].1.clone();
        let mut first = before.answers.get(command).cloned();
        // The store at each position from there on.
        let mut stores = Vec::from([machine.get(command.op.key()).cloned()]);
        for (slot, entry) in (1..).zip(log).skip(known) {
            let applied = machine.apply(slot, entry, Rules::default());
            if let (Applied::Done(output), true, None) = (applied, entry.command() == Some(command), &first) {
                first = Some(output);
            }
            stores.push(machine.get(command.op.key()).cloned());
        }
        if first.as_ref() == Some(answer) {
            return true;
        }
        let at = |count: usize| match count.checked_sub(known) {
            Some(later) => stores.get(later).and_then(Option::as_ref),
            None => before.machines[count].1.get(command.op.key()),
        };
        let from = before.asked(command).unwrap_or(self.floor) as usize;
        matches!(command.op, Op::Get { .. }) && (from..=log.len()).any(|count| command.op.apply(at(count)).1 == *answer)
    }

    /// One bit for each of the [`PROPERTIES`]. What may happen is looked for in what came since the search began.
    pub(super) fn verdict(&self, before: &Before, quorums: Quorums, asked: &[Arc<Command>]) -> u32 {
        let now = self.chosen(before, quorums);
        let mut slots = BTreeSet::new();
        for (slot, entries) in &now {
            slots.extend(entries.iter().filter_map(|(entry, _)| Some((entry.command()?, *slot))));
        }
        let first_of = |command: &Command| {
            let new = slots.iter().find(|(other, _)| *other == command).map(|(_, slot)| *slot);
            new.into_iter().chain(before.slots.get(command).copied()).min()
        };
        let every = asked.iter().all(|asked| first_of(asked).is_some());
        let twice = slots.iter().any(|(command, slot)| first_of(command).is_some_and(|first| first != *slot));
        let last = now.keys().chain(before.chosen.keys()).max().copied().unwrap_or(0);
        let hole = prefix(&before.chosen, &now).count() < last as usize;
        let of = |slot: &Slot| before.chosen.get(slot).into_iter().chain(now.get(slot)).flatten();
        let ballots = now.iter().any(|(slot, entries)| of(slot).any(|(_, ballot)| *ballot != entries[0].1));
        let moved = self.cast.iter().any(|cast| {
            let first = cast.entry.command().and_then(first_of);
            first.is_some_and(|first| first != cast.slot) && !of(&cast.slot).any(|(entry, _)| *entry == cast.entry)
        });
        let no_op = now.values().flatten().any(|(entry, _)| *entry == Entry::NoOp);
        let reached = [every, no_op, hole, ballots, twice, moved];
        let first = PROPERTIES.len() - reached.len();
        let broken = before.broken | self.broken;
        (first..).zip(reached).fold(broken, |bits, (at, reached)| bits | u32::from(reached) << at)
    }
}

/// The machine of a server that has applied so many slots of this log.
fn stands(before: &Before, log: &[&Entry], count: usize, rules: Rules) -> Machine {
    let count = count.min(log.len());
    let known = count.min(before.machines.len() - 1);
    let mut machine = before.machines[known].0.clone();
    for (slot, entry) in (1..).zip(&log[..count]).skip(known) {
        machine.apply(slot, entry, rules);
    }
    machine
}
