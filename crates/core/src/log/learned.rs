//! What one server knows to be chosen, and how far it has applied that.
//!
//! Chosen is a fact about many disks; what a server knows of it is here. It may know a slot before the slots in front of it:
//! `to` says up to where it knows all.

use alloc::vec::Vec;

use super::{Entry, Rule, Rules};
use crate::cow_map::CowMap;
use crate::paxos::Slot;

/// The slots that a server knows to be chosen.
///
/// * Slots count from 1. Every slot up to `to` is known, and the next one is not.
/// * A slot that is known never changes.
/// * What was in the slots up to `forgotten` is known to be chosen and not kept: a snapshot has what it came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Learned {
    forgotten: Slot,
    to: Slot,
    highest: Slot,
    entries: CowMap<Slot, Entry>,
    applied: Slot,
    /// Slots above `applied` that were applied already, because [`Rule::ApplyInOrder`] is off.
    pub(super) early: Vec<Slot>,
}

impl Learned {
    /// What one begins with who has everything up to this slot from a snapshot.
    #[must_use]
    pub fn after(snapshot: Slot) -> Self {
        Self { forgotten: snapshot, to: snapshot, highest: snapshot, applied: snapshot, ..Self::default() }
    }

    /// Everything up to this slot, which is not all known yet, is in a snapshot that has taken the place of the store.
    pub fn install(&mut self, snapshot: Slot) {
        self.forget_below(snapshot + 1);
        (self.to, self.applied) = (snapshot, snapshot);
        self.highest = self.highest.max(snapshot);
        self.early.clear();
        self.advance();
    }

    /// Forgets what is in the slots below this one.
    pub fn forget_below(&mut self, slot: Slot) {
        self.entries.drop_below(slot);
        self.forgotten = self.forgotten.max(slot.saturating_sub(1));
    }

    /// What is in the slots up to this one is not kept any more; 0: everything is.
    #[must_use]
    pub const fn forgotten(&self) -> Slot {
        self.forgotten
    }

    /// Every slot up to this one is known; 0: none is.
    #[must_use]
    pub const fn to(&self) -> Slot {
        self.to
    }

    /// The highest slot that is known; 0: none is.
    #[must_use]
    pub const fn highest(&self) -> Slot {
        self.highest
    }

    /// Every slot up to this one is applied.
    #[must_use]
    pub const fn applied(&self) -> Slot {
        self.applied
    }

    /// What is chosen in a slot, if that is known.
    #[must_use]
    pub fn get(&self, slot: Slot) -> Option<&Entry> {
        self.entries.get(&slot)
    }

    /// All slots that are known, lowest first.
    pub fn iter(&self) -> impl Iterator<Item = (Slot, &Entry)> {
        self.entries.iter().map(|(slot, entry)| (*slot, entry))
    }

    /// Those from this slot on that are known, lowest first.
    pub fn since(&self, slot: Slot) -> impl Iterator<Item = (Slot, &Entry)> {
        self.entries.since(slot).map(|(slot, entry)| (*slot, entry))
    }

    /// Takes in that a slot is chosen; whether that is news.
    pub fn learn(&mut self, slot: Slot, entry: Entry) -> bool {
        if slot <= self.to || self.get(slot).is_some() {
            return false;
        }
        *self.entries.entry(slot) = entry;
        self.highest = self.highest.max(slot);
        self.advance();
        true
    }

    fn advance(&mut self) {
        while self.get(self.to + 1).is_some() {
            self.to += 1;
        }
    }

    /// The next entry to be applied, if there is one. It counts as applied from then on.
    pub fn next(&mut self, rules: Rules) -> Option<(Slot, Entry)> {
        while self.early.first() == Some(&(self.applied + 1)) {
            self.early.remove(0);
            self.applied += 1;
        }
        let next = self.applied + 1;
        if let Some(entry) = self.get(next).cloned() {
            self.applied = next;
            return Some((next, entry));
        }
        if rules.on(Rule::ApplyInOrder) {
            return None;
        }
        let slot = (next..=self.highest).find(|slot| self.get(*slot).is_some() && !self.early.contains(slot))?;
        let position = self.early.partition_point(|other| *other < slot);
        self.early.insert(position, slot);
        Some((slot, self.get(slot).cloned()?))
    }

    /// What one knows who has forgotten the first slots, knows these, and has applied so many. `None`: that cannot be.
    pub(super) fn restored(
        forgotten: Slot,
        applied: Slot,
        early: Vec<Slot>,
        entries: &[(Slot, Entry)],
    ) -> Option<Self> {
        let mut learned = Self::after(forgotten);
        for (slot, entry) in entries {
            if *slot <= forgotten {
                return None;
            }
            learned.learn(*slot, entry.clone());
        }
        let ascend = early.iter().zip(early.iter().skip(1)).all(|(one, next)| one < next);
        let known = early.iter().all(|slot| *slot > applied && learned.get(*slot).is_some());
        if !(forgotten..=learned.to).contains(&applied) || !ascend || !known {
            return None;
        }
        (learned.applied, learned.early) = (applied, early);
        Some(learned)
    }

    /// The same slots, with something else in place of each entry.
    pub(super) fn rename(&mut self, entry: &mut impl FnMut(&Entry) -> Entry) {
        let mut entries = CowMap::new();
        for (slot, it) in self.entries.iter() {
            *entries.entry(*slot) = entry(it);
        }
        self.entries = entries;
    }

    /// Roughly how many bytes a copy of it takes.
    #[must_use]
    pub const fn approx_bytes(&self) -> usize {
        self.entries.approx_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    fn slots(learned: &mut Learned, rules: Rules) -> Vec<Slot> {
        core::iter::from_fn(|| learned.next(rules)).map(|(slot, _)| slot).collect()
    }

    #[test]
    fn entries_are_applied_in_the_order_of_their_slots() {
        let mut learned = Learned::default();
        assert!(learned.learn(2, Entry::NoOp));
        assert!(!learned.learn(2, Entry::NoOp), "a slot is learned once");
        assert_eq!((learned.to(), learned.highest()), (0, 2));
        assert!(slots(&mut learned, Rules::default()).is_empty());
        learned.learn(1, Entry::NoOp);
        assert_eq!((learned.to(), slots(&mut learned, Rules::default())), (2, vec![1, 2]));
        assert_eq!(learned.applied(), 2);
    }

    #[test]
    fn a_snapshot_takes_the_place_of_slots_and_what_is_known_above_it_follows() {
        let mut learned = Learned::default();
        for slot in [1, 2, 6, 7, 9] {
            learned.learn(slot, Entry::NoOp);
        }
        assert_eq!(slots(&mut learned, Rules::default()), [1, 2]);
        learned.install(5);
        assert_eq!((learned.to(), learned.applied(), learned.forgotten(), learned.highest()), (7, 5, 5, 9));
        assert!(!learned.learn(4, Entry::NoOp), "it is in the snapshot");
        assert_eq!(slots(&mut learned, Rules::default()), [6, 7]);
        learned.forget_below(7);
        assert_eq!((learned.get(6), learned.get(7), learned.to()), (None, Some(&Entry::NoOp), 7));
        assert_eq!(Learned::after(5).to(), 5);
    }

    #[test]
    fn without_its_rule_an_entry_is_applied_as_soon_as_it_is_known_and_still_only_once() {
        let rules = Rules::without(&[Rule::ApplyInOrder]);
        let mut learned = Learned::default();
        learned.learn(3, Entry::NoOp);
        learned.learn(2, Entry::NoOp);
        assert_eq!(slots(&mut learned, rules), [2, 3]);
        learned.learn(1, Entry::NoOp);
        assert_eq!(slots(&mut learned, rules), [1]);
        learned.learn(4, Entry::NoOp);
        assert_eq!(slots(&mut learned, rules), [4]);
        assert_eq!(learned.applied(), 4);
    }
}
