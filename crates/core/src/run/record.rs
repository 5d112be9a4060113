//! A run as it is kept: a file, a link, a bug report.

use alloc::{string::String, vec::Vec};

use super::{History, Replay};
use crate::json::{FromJson, Json, Malformed, Object};
use crate::limits::{MAX_INTERVENTIONS, MAX_NOTE_BYTES, MAX_NOTES, MAX_STEPS, MAX_TIME, MAX_TITLE_BYTES, max_steps};
use crate::sim::{Action, Config, Time};
use crate::text::Piece;

/// Something done to a run by somebody other than its clock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Intervention {
    /// After how many steps.
    pub step: u64,
    /// What.
    pub action: Action,
    /// When, in milliseconds since the run began; `None`: at once. A run that was recorded from real servers says when each
    /// of its steps happened. A time that is past already means at once.
    pub at: Option<Time>,
}

impl Intervention {
    /// Whether nobody chose it: real servers did it, as a clock would have had it done.
    pub(super) const fn happened_by_itself(&self) -> bool {
        let of_a_clock = match &self.action {
            Action::Deliver { .. }
            | Action::Drop { .. }
            | Action::Timeout { .. }
            | Action::SyncFirst { .. }
            | Action::Flush { .. } => true,
            #[cfg(feature = "log")]
            Action::Client(_) => true,
            _ => false,
        };
        of_a_clock && self.at.is_some()
    }
}

/// A sentence at a step of a run, for whoever watches.
#[derive(Clone, Debug, PartialEq)]
pub struct Annotation {
    /// After how many steps it is said.
    pub step: u64,
    /// The sentence, 1 to 600 bytes.
    pub says: String,
    /// What it wants to know before the run goes on, as data: see [`crate::scenario::Question`].
    pub question: Option<Json>,
}

/// Everything needed to have the same run again.
#[derive(Clone, Debug, PartialEq)]
pub struct Run {
    /// The version of this format: [`Run::FORMAT`].
    pub quorum: u32,
    /// The version of the program that made it.
    pub engine: String,
    /// What it starts from.
    pub config: Config,
    /// What was done to it, in order of steps.
    pub interventions: Vec<Intervention>,
    /// The step to show.
    pub cursor: u64,
    /// How many steps it has.
    pub length: u64,
    /// The digest of all its events, 16 hexadecimal digits.
    pub digest: String,
    /// What it is called, up to 120 bytes; empty if it has no name.
    pub title: String,
    /// What is said about it, in order of steps. It has no part in what happens.
    pub notes: Vec<Annotation>,
}

/// Why a run cannot be had again: a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoadError(pub(super) String);

impl Piece for LoadError {
    fn put(&self, to: &mut String) {
        to.push_str(&self.0);
    }
}

displayed!(LoadError);

impl core::error::Error for LoadError {}

impl From<&Run> for Json {
    fn from(run: &Run) -> Self {
        let interventions = run
            .interventions
            .iter()
            .map(|one| Object::new().with("step", one.step).with("action", &one.action).maybe("at", one.at));
        let object = Object::new()
            .with("quorum", run.quorum)
            .with("engine", run.engine.as_str())
            .with("config", &run.config)
            .with("interventions", interventions.collect::<Self>())
            .with("cursor", run.cursor)
            .with("length", run.length)
            .with("digest", run.digest.as_str());
        // Most runs have nothing to say for themselves.
        let title = Some(run.title.as_str()).filter(|title| !title.is_empty());
        let notes = Some(run.notes.iter().collect::<Self>()).filter(|_| !run.notes.is_empty());
        object.maybe("title", title).maybe("notes", notes).into()
    }
}

impl From<&Annotation> for Json {
    fn from(note: &Annotation) -> Self {
        let object = Object::new().with("step", note.step).with("says", note.says.as_str());
        object.maybe("question", note.question.clone()).into()
    }
}

impl FromJson for Annotation {
    fn from_json(json: &Json, name: &str) -> Result<Self, Malformed> {
        let fields = Object::of(json, name, &["step", "says", "question"])?;
        let question = fields.get("question").cloned();
        Ok(Self { step: fields.required("step")?, says: fields.required("says")?, question })
    }
}

impl FromJson for Run {
    fn from_json(json: &Json, name: &str) -> Result<Self, Malformed> {
        const FIELDS: [&str; 9] =
            ["quorum", "engine", "config", "interventions", "cursor", "length", "digest", "title", "notes"];
        let fields = Object::of(json, name, &FIELDS)?;
        fields.at_most("interventions", MAX_INTERVENTIONS)?;
        fields.at_most("notes", MAX_NOTES)?;
        Ok(Self {
            quorum: fields.required("quorum")?,
            engine: fields.required("engine")?,
            config: fields.required("config")?,
            interventions: fields.required("interventions")?,
            cursor: fields.required("cursor")?,
            length: fields.required("length")?,
            digest: fields.required("digest")?,
            title: fields.optional("title")?.unwrap_or_default(),
            notes: fields.optional("notes")?.unwrap_or_default(),
        })
    }
}

impl FromJson for Intervention {
    fn from_json(json: &Json, name: &str) -> Result<Self, Malformed> {
        let fields = Object::of(json, name, &["step", "action", "at"])?;
        let at = fields.optional("at")?;
        Ok(Self { step: fields.required("step")?, action: fields.required("action")?, at })
    }
}

impl Run {
    /// The format written and read here.
    pub const FORMAT: u32 = 1;
    /// The version of this program.
    pub const ENGINE: &str = env!("CARGO_PKG_VERSION");

    /// A run from its parts.
    pub(super) fn of(
        config: &Config,
        interventions: Vec<Intervention>,
        cursor: u64,
        length: u64,
        digest: String,
    ) -> Self {
        let (engine, config) = (Self::ENGINE.into(), config.clone());
        let (title, notes) = (String::new(), Vec::new());
        Self { quorum: Self::FORMAT, engine, config, interventions, cursor, length, digest, title, notes }
    }

    /// Plays the run to its end, and goes to the step it points at. All at once: a long run takes a while, and whoever has
    /// something else to do meanwhile takes a [`Replay`].
    ///
    /// # Errors
    /// A sentence, when the run is of another format, is not well formed, asks for something impossible, or turns
    /// out other than it did when it was saved. Nothing is half loaded.
    pub fn replay(&self) -> Result<History, LoadError> {
        Replay::new(self.clone())?.finish()
    }

    /// Whether this could be a run: its format, its engine, its limits and the order of its interventions. Whether what was
    /// done was possible is found out by replaying it ([`Run::replay`]).
    ///
    /// # Errors
    /// [`LoadError`], with a sentence.
    pub fn validate(&self) -> Result<(), LoadError> {
        let wrong = |text: String| Err(LoadError(text));
        if self.quorum != Self::FORMAT {
            return wrong(text!(
                "This run is in format ",
                self.quorum,
                ", and this version of Quorum reads format ",
                Self::FORMAT,
                "."
            ));
        }
        if self.length > MAX_STEPS || self.interventions.len() > MAX_INTERVENTIONS {
            return wrong(text!(
                "This run is too long: at most ",
                MAX_STEPS,
                " steps and ",
                MAX_INTERVENTIONS,
                " interventions can be loaded."
            ));
        }
        if self.cursor > self.length {
            return wrong(text!("This run points at step ", self.cursor, ", and has only ", self.length, "."));
        }
        let steps = self.interventions.iter().map(|intervention| intervention.step);
        if !steps.clone().zip(steps.clone().skip(1)).all(|(a, b)| a < b) {
            return wrong(
                "This run's interventions are not in order: each needs a later step than the one before.".into(),
            );
        }
        let times = self.interventions.iter().filter_map(|one| one.at);
        if !times.clone().zip(times.clone().skip(1)).all(|(a, b)| a <= b) || times.max() > Some(MAX_TIME) {
            return wrong(text!(
                "This run's times are not in order: none is before the one in front of it, or after ",
                MAX_TIME,
                " ms."
            ));
        }
        if self.interventions.last().is_some_and(|last| last.step >= self.length) {
            return wrong("This run has interventions after its end.".into());
        }
        self.check_words()
    }

    /// Whether replaying it is less work than a run may ask for: steps times servers.
    ///
    /// # Errors
    /// [`LoadError`], with a sentence.
    pub(crate) fn check_work(&self) -> Result<(), LoadError> {
        let (nodes, most) = (self.config.nodes, max_steps(self.config.nodes));
        if self.length <= most {
            return Ok(());
        }
        Err(LoadError(text!(
            "This run asks for too much: with ",
            nodes,
            " servers, at most ",
            most,
            " steps can be loaded, and it has ",
            self.length,
            "."
        )))
    }

    /// What is said about it must fit where it is shown, and be about steps it has.
    fn check_words(&self) -> Result<(), LoadError> {
        let fit = |text: &str| (1..=MAX_NOTE_BYTES).contains(&text.len());
        let mut last = None;
        for note in &self.notes {
            if Some(note.step) <= last || note.step > self.length || !fit(&note.says) {
                return Err(LoadError(text!(
                    "This run's note at step ",
                    note.step,
                    " cannot be: notes are in order, one at a step, within the run, and of 1 to ",
                    MAX_NOTE_BYTES,
                    " bytes."
                )));
            }
            last = Some(note.step);
        }
        if self.notes.len() > MAX_NOTES || self.title.len() > MAX_TITLE_BYTES {
            return Err(LoadError(text!(
                "This run has too much to say: at most ",
                MAX_NOTES,
                " notes, and ",
                MAX_TITLE_BYTES,
                " bytes of title."
            )));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::paxos::NodeId;
    use alloc::string::ToString;

    fn saved() -> Run {
        let mut history = History::new(Config::default()).unwrap();
        let node = NodeId::new(1).unwrap();
        history.apply(&Action::Propose { node, value: "blue".parse().unwrap() }).unwrap();
        for _ in 0..10 {
            history.step();
        }
        history.apply(&Action::Crash { node: NodeId::new(3).unwrap() }).unwrap();
        for _ in 0..10 {
            history.step();
        }
        history.run()
    }

    #[test]
    fn a_run_survives_json_and_replays_to_the_same_digest_and_the_step_it_points_at() {
        let run = saved();
        let json = serde_json::to_string(&Json::from(&run)).unwrap();
        let read = Run::from_json(&serde_json::from_str(&json).unwrap(), "run").unwrap();
        assert_eq!(read, run);
        assert_eq!(read.replay().unwrap().run(), run);
        let earlier = Run { cursor: 7, ..run };
        let history = earlier.replay().unwrap();
        assert_eq!((history.now().steps(), history.run()), (7, earlier));
    }

    #[test]
    fn what_happened_at_a_time_is_had_again_at_that_time_also_after_going_back() {
        let node = |number| NodeId::new(number).unwrap();
        let mut history = History::new(Config::default()).unwrap();
        let propose = Action::Propose { node: node(1), value: "blue".parse().unwrap() };
        history.apply_at(&propose, Some(40)).unwrap();
        history.apply_at(&Action::Write { node: node(1) }, Some(41)).unwrap();
        history.apply_at(&Action::SyncFirst { node: node(1), records: 1 }, Some(55)).unwrap();
        // A time that is past means now.
        history.apply_at(&Action::Crash { node: node(3) }, Some(12)).unwrap();
        let times = |history: &mut History| -> Vec<u64> {
            let at = |step| {
                history.seek(step);
                history.now().schedule().now()
            };
            (1..=4).map(at).collect()
        };
        assert_eq!(times(&mut history), [40, 41, 55, 55]);
        let marked: Vec<u64> = history.branch().marks().iter().map(|(step, _)| *step).collect();
        assert_eq!(marked, [1, 2, 4, 4], "nobody chose that a disk was done");
        let mut run = history.run();
        assert!(run.replay().unwrap_err().to_string().contains("times are not in order"));
        run.interventions[3].at = Some(55);
        let read =
            Run::from_json(&serde_json::from_str(&serde_json::to_string(&Json::from(&run)).unwrap()).unwrap(), "run");
        assert_eq!(read.as_ref(), Ok(&run));
        assert_eq!(times(&mut run.replay().unwrap()), [40, 41, 55, 55]);
        // The clock goes on from there, and never goes back.
        history.seek(4);
        assert!(history.next().is_some_and(|next| next.at >= 55));
    }

    #[test]
    fn what_is_wrong_with_a_run_is_a_sentence() {
        let refusal = |change: fn(&mut Run)| {
            let mut run = saved();
            change(&mut run);
            run.replay().unwrap_err().to_string()
        };
        assert!(refusal(|run| run.quorum = 2).contains("format 2"));
        assert!(refusal(|run| run.config.nodes = 0).contains("1 to 101 servers"));
        assert!(refusal(|run| run.config.seed = 2).contains("damaged"));
        assert!(refusal(|run| run.digest.clear()).contains("damaged"));
        assert!(
            refusal(|run| {
                run.digest.clear();
                run.engine = "0.0.1".into();
            })
            .contains("version 0.0.1")
        );
        assert!(refusal(|run| run.length = 5).contains("points at step 22"));
        assert!(
            refusal(|run| {
                run.length = 5;
                run.cursor = 5;
            })
            .contains("after its end")
        );
        assert!(refusal(|run| run.length = u64::MAX).contains("too long"));
        assert!(refusal(|run| run.length = 400).contains("nothing is left to happen"));
        assert!(refusal(|run| run.interventions.reverse()).contains("not in order"));
        let note = |step, says: &str| Annotation { step, says: says.into(), question: None };
        let notes = |notes: &[Annotation]| {
            let run = Run { notes: notes.to_vec(), ..saved() };
            run.replay().map(|_| ()).map_err(|error| error.to_string())
        };
        assert_eq!(notes(&[note(0, "a"), note(22, "b")]), Ok(()));
        for wrong in [[note(3, "a"), note(3, "b")], [note(3, "a"), note(23, "b")], [note(3, "a"), note(4, "")]] {
            assert!(notes(&wrong).unwrap_err().contains("note at step"), "{wrong:?}");
        }
        assert!(refusal(|run| run.title = "é".repeat(61)).contains("too much to say"));
        assert!(refusal(|run| run.interventions[1].action = Action::Heal).contains("no link is cut"));
    }
}
