//! Having a run again, some steps at a time.
//!
//! A link of 45 characters may ask for a million steps. So replaying can be done in slices: between two of them a page
//! draws, a terminal shows how far it is, and a person who has waited long enough cancels by dropping it.

use alloc::string::String;

use super::{Event, History, Intervention, LoadError, Run};

/// A run on its way back.
///
/// * It leads to the same history in whatever slices it is done.
/// * Nothing is half loaded: there is no history before [`Replay::finish`].
#[derive(Clone, Debug)]
pub struct Replay {
    run: Run,
    history: History,
    /// How many interventions have been done.
    done: usize,
}

impl Replay {
    /// Nothing has been played yet.
    ///
    /// # Errors
    /// A sentence, when the run is of another format, is not well formed, or is too long.
    pub fn new(run: Run) -> Result<Self, LoadError> {
        run.validate()?;
        run.check_work()?;
        let history = History::new(run.config.clone())
            .map_err(|error| LoadError(text!("This run's config is not valid: ", error, ".")))?;
        Ok(Self { run, history, done: 0 })
    }

    /// How many steps have been played, of how many.
    #[must_use]
    pub const fn progress(&self) -> (u64, u64) {
        (self.history.now().steps(), self.run.length)
    }

    /// Plays so many steps more, or as many as are left. Whether none is left. `seen` is shown every event.
    ///
    /// # Errors
    /// A sentence, when the run asks for something impossible.
    pub fn advance(&mut self, steps: u64, seen: &mut dyn FnMut(&Event)) -> Result<bool, LoadError> {
        for _ in 0..steps {
            let step = self.history.now().steps();
            if step == self.run.length {
                return Ok(true);
            }
            self.one(step)?;
            for event in self.history.latest() {
                seen(event);
            }
        }
        Ok(self.history.now().steps() == self.run.length)
    }

    fn one(&mut self, step: u64) -> Result<(), LoadError> {
        match self.run.interventions.get(self.done) {
            Some(Intervention { step: due, action, at }) if *due == step => {
                self.done += 1;
                let done = self.history.apply_at(action, *at);
                done.map(drop)
                    .map_err(|refusal| LoadError(text!("This run cannot be replayed past step ", step, ". ", refusal)))
            }
            _ if self.history.step().is_none() => Err(LoadError(text!(
                "This run says it has ",
                self.run.length,
                " steps, but nothing is left to happen after step ",
                step,
                "."
            ))),
            _ => Ok(()),
        }
    }

    /// Plays what is left, and goes to the step the run points at.
    ///
    /// # Errors
    /// A sentence, when the run asks for something impossible, or turns out other than it did when it was saved.
    pub fn finish(mut self) -> Result<History, LoadError> {
        while !self.advance(u64::from(u32::MAX), &mut |_| ())? {}
        if self.history.now().digest() != self.run.digest {
            return Err(LoadError(differs(&self.run.engine)));
        }
        self.history.seek(self.run.cursor);
        Ok(self.history)
    }
}

/// Why a run is not what it was.
fn differs(engine: &str) -> String {
    if engine == Run::ENGINE {
        return "This run is damaged: replayed, it is not the run that was saved.".into();
    }
    text!(
        "This run was made by version ",
        crate::text::short(engine, 40),
        " of Quorum, and in this version, ",
        Run::ENGINE,
        ", it goes differently."
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::RandomRun;
    use alloc::string::ToString;

    #[test]
    fn slices_lead_to_what_all_at_once_leads_to() {
        for seed in 0..5 {
            let mut world = RandomRun::new(seed);
            world.disturb(300, drop);
            for cursor in [0, 1, 63, 64, 200, world.run().length] {
                let run = Run { cursor, ..world.run() };
                let at_once = run.replay().unwrap();
                for slice in [1, 7, 64, 1000] {
                    let mut replay = Replay::new(run.clone()).unwrap();
                    let mut seen = 0;
                    while !replay.advance(slice, &mut |_| ()).unwrap() {
                        assert_eq!(replay.progress(), (seen + slice, run.length));
                        seen += slice;
                    }
                    let history = replay.finish().unwrap();
                    assert_eq!(history.run(), run);
                    assert_eq!((history.view(), history.latest()), (at_once.view(), at_once.latest()));
                }
            }
        }
    }

    #[test]
    fn a_run_that_asks_for_too_much_work_is_refused_before_any_is_done() {
        let config = crate::sim::Config { nodes: 101, ..Default::default() };
        let run = Run { config, length: 1_000_000, ..RandomRun::new(1).run() };
        let refusal = Replay::new(run).unwrap_err().to_string();
        assert!(refusal.contains("101 servers, at most 495049 steps"), "{refusal}");
    }
}
