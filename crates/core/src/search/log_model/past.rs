//! What has happened, as far as it is judged: every vote that ever counted, and what clients were told.
//!
//! Nobody in the model knows all of this. What is *chosen* follows from it: an entry is chosen in a slot when a quorum voted for
//! it there in one ballot. A vote counts when it is durable or when the server said so, whichever is first.
//!
//! The right answer to a command follows, too. It is what the machine says at the first slot that the command is chosen in, when
//! it is run through the chosen prefix by itself here, with every rule on.

use alloc::{collections::BTreeMap, vec::Vec};

use super::Bounds;
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

/// Everything that happened and matters for a verdict.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Past {
    /// Every vote that counts, sorted.
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

/// What is chosen in each slot: the entries, with the ballots.
type Chosen = BTreeMap<Slot, Vec<(Entry, Ballot)>>;

impl Past {
    /// The reader asks for the first time.
    pub(super) const fn reads(&mut self) {
        self.floor = self.answered_to;
    }

    /// A vote counts.
    pub(super) fn cast(&mut self, vote: Cast) {
        if let Err(position) = self.cast.binary_search(&vote) {
            self.cast.insert(position, vote);
        }
    }

    fn breaks(&mut self, what: Broken, broken: bool) {
        self.broken |= u32::from(broken) << what as u32;
    }

    fn chosen(&self, quorums: Quorums) -> Chosen {
        let mut chosen = Chosen::new();
        for group in self.cast.chunk_by(|a, b| (a.slot, a.ballot, &a.entry) == (b.slot, b.ballot, &b.entry)) {
            let voters: NodeSet = group.iter().map(|vote| vote.by).collect();
            if quorums.chooses(voters) {
                chosen.entry(group[0].slot).or_default().push((group[0].entry.clone(), group[0].ballot));
            }
        }
        chosen
    }

    /// Takes in what a server did, after the votes that came of it.
    pub(super) fn judge(&mut self, bounds: &Bounds, quorums: Quorums, rules: Rules, notes: &[Note]) {
        let chosen = self.chosen(quorums);
        let differ = chosen.values().any(|entries| entries.iter().any(|(entry, _)| *entry != entries[0].0));
        self.breaks(Broken::OneCommandPerSlot, differ);
        let log: Vec<&Entry> = (1..)
            .zip(&chosen)
            .take_while(|(at, (slot, _))| at == *slot)
            .map(|(_, (_, entries))| &entries[0].0)
            .collect();
        for note in notes {
            match note {
                Note::Learned(slot, entry) => {
                    let is_chosen =
                        chosen.get(slot).is_some_and(|entries| entries.iter().any(|(other, _)| other == entry));
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
                    let (reference, _) = run(log.iter().take(*slot as usize).copied(), rules);
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
                Note::Answered(_, Reply::NotLeader { .. }) => {}
            }
        }
        self.open.sort_unstable();
        self.open.dedup();
        let is_open = |answer: &mut (Command, Output, Slot)| answer.2 as usize > log.len();
        for (command, output, _) in self.open.extract_if(.., |answer| !is_open(answer)).collect::<Vec<_>>() {
            let right = self.is_right(&log, &command, &output);
            self.breaks(Broken::AnswersFollowTheLog, !right);
        }
    }

    /// Whether an answer is what the command came to where it took effect. A read may also be answered without a slot, as the
    /// store was at any position from the one that clients knew of when it was asked.
    fn is_right(&self, log: &[&Entry], command: &Command, answer: &Output) -> bool {
        let (_, answers) = run(log.iter().copied(), Rules::default());
        if answers.iter().any(|(other, output)| *other == command && output == answer) {
            return true;
        }
        let from = self.floor as usize;
        matches!(command.op, Op::Get { .. })
            && (from..=log.len()).any(|count| {
                let (machine, _) = run(log.iter().take(count).copied(), Rules::default());
                command.op.apply(machine.get(command.op.key())).1 == *answer
            })
    }

    /// One bit for each of the [`PROPERTIES`].
    pub(super) fn verdict(&self, quorums: Quorums, clients: u32) -> u32 {
        let chosen = self.chosen(quorums);
        let entries = || chosen.values().flatten().map(|(entry, _)| entry);
        let mut commands: Vec<_> = chosen
            .iter()
            .flat_map(|(slot, entries)| entries.iter().map(move |(entry, _)| (entry.command(), *slot)))
            .collect();
        commands.retain(|(command, _)| command.is_some());
        commands.sort_unstable();
        commands.dedup();
        let twice = commands.windows(2).any(|pair| pair[0].0 == pair[1].0);
        let mut different: Vec<_> = commands.iter().map(|(command, _)| *command).collect();
        different.dedup();
        let hole = chosen.keys().max().is_some_and(|last| chosen.len() < *last as usize);
        let ballots = chosen.values().any(|entries| entries.iter().any(|(_, ballot)| *ballot != entries[0].1));
        let moved = self.cast.iter().any(|cast| {
            let first = commands.iter().find(|(command, _)| *command == cast.entry.command());
            first.is_some_and(|(_, slot)| *slot != cast.slot)
                && !chosen.get(&cast.slot).is_some_and(|entries| entries.iter().any(|(entry, _)| *entry == cast.entry))
        });
        let reached = [
            different.len() == clients as usize,
            entries().any(|entry| *entry == Entry::NoOp),
            hole,
            ballots,
            twice,
            moved,
        ];
        let first = PROPERTIES.len() - reached.len();
        (first..).zip(reached).fold(self.broken, |bits, (at, reached)| bits | u32::from(reached) << at)
    }
}

/// The machine after these entries, and each command's first answer.
fn run<'a>(entries: impl Iterator<Item = &'a Entry>, rules: Rules) -> (Machine, Vec<(&'a Command, Output)>) {
    let (mut machine, mut answers) = (Machine::default(), Vec::new());
    for (slot, entry) in (1..).zip(entries) {
        if let (Applied::Done(output), Some(command)) = (machine.apply(slot, entry, rules), entry.command()) {
            answers.push((command, output));
        }
    }
    (machine, answers)
}
