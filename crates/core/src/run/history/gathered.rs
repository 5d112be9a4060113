//! Branches had again: each was kept as a run of its own, is replayed alone, and then joins the others.
//!
//! A branch is whole, so no branch has to be replayed through another. What a run does not say of itself is told
//! besides: the number, the name, and where the branch left another.

use alloc::string::ToString;

use super::{BranchError, BranchId, Fork, History};
use crate::limits::{MAX_BRANCHES, MAX_KEYFRAME_BYTES};

impl History {
    /// Says which branch the current one is: the number it had, and where it left another. Branches made from now on get
    /// higher numbers.
    ///
    /// # Errors
    /// A sentence, when another branch has that number, the number is 0, or the name is none.
    pub fn identify(&mut self, id: BranchId, name: &str, fork: Option<Fork>) -> Result<(), BranchError> {
        let current = self.branch().id;
        if id == 0 || (id != current && self.index(id).is_ok()) {
            return Err(BranchError(text!("There cannot be another branch ", id, ".")));
        }
        self.rename(current, name)?;
        let branch = &mut self.branches[self.current];
        (branch.id, branch.fork) = (id, fork);
        self.last_id = self.last_id.max(id);
        Ok(())
    }

    /// Takes in the branches of another history of the same config. The present stays where it is.
    ///
    /// # Errors
    /// A sentence, when the other starts from something else, has a branch of a number that is taken, or there would be
    /// too many. Then nothing has changed.
    pub fn join(&mut self, other: Self) -> Result<(), BranchError> {
        if self.now.config() != other.now.config() {
            return Err(BranchError("Branches of one run start from the same config.".to_string()));
        }
        if let Some(taken) = other.branches.iter().find(|branch| self.index(branch.id).is_ok()) {
            return Err(BranchError(text!("There cannot be another branch ", taken.id, ".")));
        }
        if self.branches.len() + other.branches.len() > MAX_BRANCHES {
            return Err(BranchError(text!("A run has at most ", MAX_BRANCHES, " branches.")));
        }
        self.prepared = None;
        self.branches.extend(other.branches);
        self.last_id = self.last_id.max(other.last_id);
        self.forget_keyframes(MAX_KEYFRAME_BYTES);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::Run;
    use crate::scenario::RandomRun;
    use crate::sim::Action;

    /// A run with three branches, of which the first was discarded, and its present in the middle of one.
    fn branched() -> History {
        let mut world = RandomRun::new(7);
        world.disturb(120, drop);
        let mut history = world.run().replay().unwrap();
        for (step, action) in [(20, Action::PowerCut), (12, Action::PowerCut)] {
            history.seek(step);
            history.apply(&action).unwrap();
            for _ in 0..9 {
                history.step();
            }
        }
        assert_eq!(history.branch().id(), 3);
        history.discard(1).unwrap();
        history.rename(2, "the second").unwrap();
        history.seek(15);
        history
    }

    fn again(run: &Run, history: &History, id: BranchId) -> History {
        let branch = history.branches().iter().find(|branch| branch.id() == id).unwrap();
        let mut alone = run.replay().unwrap();
        alone.identify(id, branch.name(), branch.left()).unwrap();
        alone
    }

    #[test]
    fn branches_that_were_kept_one_by_one_are_together_what_they_were() {
        let history = branched();
        let ids: alloc::vec::Vec<_> = history.branches().iter().map(crate::run::Branch::id).collect();
        assert_eq!(ids, [2, 3]);
        let mut all = ids.iter().map(|id| again(&history.run_of(*id).unwrap(), &history, *id));
        let mut back = all.next().unwrap();
        all.for_each(|one| back.join(one).unwrap());
        back.switch(history.branch().id()).unwrap();
        back.seek(history.now().steps());
        assert_eq!((back.view(), back.timeline()), (history.view(), history.timeline()));
        assert_eq!(back.run(), history.run());
        back.seek(5);
        back.apply(&Action::PowerCut).unwrap();
        assert_eq!(back.branch().id(), 4, "no number is given twice");
    }

    #[test]
    fn a_branch_of_another_run_or_of_a_number_that_is_taken_does_not_join() {
        let mut history = branched();
        let before = history.timeline();
        let mut stranger = RandomRun::new(8).run().replay().unwrap();
        stranger.identify(9, "stranger", None).unwrap();
        assert!(history.join(stranger).unwrap_err().to_string().contains("same config"));
        let twin = again(&history.run_of(2).unwrap(), &history, 2);
        assert!(history.join(twin).unwrap_err().to_string().contains("another branch 2"));
        for id in [0, 2] {
            assert!(history.identify(id, "x", None).is_err(), "{id}");
        }
        assert_eq!(history.timeline(), before);
    }
}
