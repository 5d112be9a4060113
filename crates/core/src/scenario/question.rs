//! A question at a moment of a lesson.
//!
//! A note says something. A question wants something back before the lesson goes on: the right one of a few choices, or a
//! goal, which is met by doing something, as in a challenge. It is kept beside the sentence of its note as plain data, so that
//! programs that only play a run need not know what a goal is.

use alloc::{format, string::String, vec::Vec};

use super::challenge::{Limits, check_goal};
use super::{Expectation, Judge, ScenarioError, Scope, optional_text};
use crate::json::{FromJson, Json, Malformed, Object};
use crate::limits::{MAX_CHOICE_BYTES, MAX_CHOICES, MAX_GOAL, MAX_NOTE_BYTES};
use crate::run::{Annotation, Run};

/// What is wanted.
#[derive(Clone, Debug, PartialEq)]
pub enum Wanted {
    /// The right one of these choices.
    Choice {
        /// What there is to choose from.
        choices: Vec<String>,
        /// Which of them is right, counted from 1.
        right: usize,
    },
    /// That all of this comes about, by what the person does from here on.
    Goal(Vec<Expectation>),
}

/// A question; the sentence that asks it is that of its note.
#[derive(Clone, Debug, PartialEq)]
pub struct Question {
    /// What is wanted.
    pub wanted: Wanted,
    /// What is said once it is answered; may be empty.
    pub answer: String,
}

impl FromJson for Question {
    fn from_json(json: &Json, name: &str) -> Result<Self, Malformed> {
        let fields = Object::of(json, name, &["choices", "right", "goal", "answer"])?;
        fields.at_most("choices", MAX_CHOICES)?;
        fields.at_most("goal", MAX_GOAL)?;
        let wanted = match (fields.optional::<Vec<String>>("choices")?, fields.optional("goal")?) {
            (Some(choices), None) => choice(fields, choices)?,
            (None, Some(goal)) if fields.get("right").is_none() => Wanted::Goal(goal),
            _ => {
                let either = "a question has \"choices\" and which of them is \"right\", or a \"goal\"";
                return Err(Malformed::new(either));
            }
        };
        Ok(Self { wanted, answer: optional_text(fields, "answer", MAX_NOTE_BYTES)? })
    }
}

fn choice(fields: &Object, choices: Vec<String>) -> Result<Wanted, Malformed> {
    if choices.len() < 2 {
        return Err(Malformed::new("a question has at least two \"choices\""));
    }
    let fits = |text: &String| (1..=MAX_CHOICE_BYTES).contains(&text.len());
    if !choices.iter().all(fits) {
        return Err(Malformed::new(&format!("each of the \"choices\" is 1 to {MAX_CHOICE_BYTES} bytes of text")));
    }
    let Some(right) = fields.get("right") else {
        return Err(Malformed::new("a question says in \"right\" which of its \"choices\" is right, counted from 1"));
    };
    let right = right.whole("right", 1..=choices.len() as u64)? as usize;
    Ok(Wanted::Choice { choices, right })
}

impl Question {
    /// Reads a question about a run that starts from this.
    ///
    /// # Errors
    /// What is wrong with it, and of a goal also what it names that does not exist.
    pub fn read(json: &Json, scope: Scope) -> Result<Self, Malformed> {
        let question = Self::from_json(json, "question")?;
        match &question.wanted {
            Wanted::Goal(goal) if goal.is_empty() => {
                Err(Malformed::new("the goal of a question has at least one part"))
            }
            Wanted::Goal(goal) => check_goal(goal, scope).map(|()| question),
            Wanted::Choice { .. } => Ok(question),
        }
    }

    /// The question of a note, if it asks one.
    ///
    /// # Errors
    /// What is wrong with it, with the step of the note.
    pub fn of(note: &Annotation, scope: Scope) -> Result<Option<Self>, ScenarioError> {
        let Some(json) = &note.question else { return Ok(None) };
        let wrong =
            |why: Malformed| ScenarioError(format!("The question at step {} cannot be asked: {why}.", note.step));
        Self::read(json, scope).map(Some).map_err(wrong)
    }

    /// Checks every question of a run.
    ///
    /// # Errors
    /// What is wrong with the first that cannot be asked.
    pub fn check_all(run: &Run) -> Result<(), ScenarioError> {
        run.notes.iter().try_for_each(|note| Self::of(note, (&run.config).into()).map(drop))
    }

    /// Who says whether somebody has done what the question at a step of a run asks for.
    ///
    /// # Errors
    /// A sentence, when nothing is to be done there, or the run does not replay.
    pub fn judge(run: &Run, step: u64) -> Result<Judge, ScenarioError> {
        let note = run.notes.iter().find(|note| note.step == step);
        let question = note.map(|note| Self::of(note, (&run.config).into())).transpose()?.flatten();
        let Some(Self { wanted: Wanted::Goal(goal), .. }) = question else {
            return Err(ScenarioError(format!("Nothing is asked for at step {step} that could be done.")));
        };
        let mut history = Run { notes: Vec::new(), ..run.clone() }.replay()?;
        history.seek(step);
        history.fork().map_err(|error| ScenarioError(format!("{error}")))?;
        Judge::new(history.run(), goal, Limits { idly: true, ..Limits::default() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::History;
    use crate::sim::{Action, Config};
    use alloc::string::ToString;
    use alloc::vec;

    fn read(text: &str) -> Result<Question, Malformed> {
        let config = crate::sim::Config { nodes: 3, ..Default::default() };
        Question::read(&serde_json::from_str(text).unwrap(), (&config).into())
    }

    #[test]
    fn a_question_has_choices_or_a_goal() {
        let choice = read(r#"{"choices":["blue","red"],"right":2,"answer":"Red was accepted first."}"#).unwrap();
        assert_eq!(choice.wanted, Wanted::Choice { choices: vec!["blue".into(), "red".into()], right: 2 });
        assert_eq!(choice.answer, "Red was accepted first.");
        let goal = read(r#"{"goal":[{"loses":"vote"},{"chosen":null}]}"#).unwrap();
        assert!(matches!(goal.wanted, Wanted::Goal(parts) if parts.len() == 2));
    }

    #[test]
    fn what_cannot_be_asked_is_refused_with_a_sentence() {
        for (text, report) in [
            ("{}", "\"choices\" and which of them is \"right\", or a \"goal\""),
            (r#"{"choices":["a","b"],"right":1,"goal":[{"chosen":true}]}"#, "or a \"goal\""),
            (r#"{"goal":[{"chosen":true}],"right":1}"#, "or a \"goal\""),
            (r#"{"choices":["a"],"right":1}"#, "at least two"),
            (r#"{"choices":["a",""],"right":1}"#, "1 to 200 bytes"),
            (r#"{"choices":["a","b"]}"#, "counted from 1"),
            (r#"{"choices":["a","b"],"right":3}"#, "\"right\" must be a whole number from 1 to 2"),
            (r#"{"choices":["1","2","3","4","5","6","7"],"right":3}"#, "may have at most 6"),
            (r#"{"goal":[]}"#, "at least one part"),
            (r#"{"goal":[{"knows":[4]}]}"#, "part 1 of the goal: there is no server 4"),
            (r#"{"goal":[{"chosen":true,"step":1}]}"#, "a goal is judged after every step"),
            (r#"{"hint":1}"#, "no field \"hint\""),
        ] {
            let error = read(text).unwrap_err().to_string();
            assert!(error.contains(report), "{error} should have {report}");
        }
    }

    #[test]
    fn what_a_question_asks_to_do_is_judged_from_its_moment_on() {
        let mut history = History::new(Config::default()).unwrap();
        let node = crate::paxos::NodeId::new(1).unwrap();
        history.apply(&Action::Propose { node, value: "blue".parse().unwrap() }).unwrap();
        while history.step().is_some() {}
        let json = serde_json::from_str(r#"{"goal":[{"loses":"vote"}]}"#).unwrap();
        let accepted = history.events(0, u64::MAX).iter().find(|event| event.name() == "accepted").unwrap().step;
        let note = Annotation { step: accepted, says: "Lose this vote.".into(), question: Some(json) };
        let lesson = Run { notes: vec![note], ..history.run() };
        Question::check_all(&lesson).unwrap();
        let mut judge = Question::judge(&lesson, accepted).unwrap();
        assert_eq!(judge.look(&lesson).unwrap().met, None, "the lesson itself does nothing");
        history.seek(accepted);
        history.apply(&Action::Crash { node }).unwrap();
        assert_eq!(judge.look(&history.run()).unwrap().met, Some(accepted + 1));
        history.seek(accepted - 1);
        history.apply(&Action::Crash { node }).unwrap();
        assert!(judge.look(&history.run()).unwrap().lost.is_some(), "that is another past");
        // Where time alone brings it about, time alone is enough.
        let chosen = serde_json::from_str(r#"{"goal":[{"chosen":true}]}"#).unwrap();
        let wait = Annotation { step: accepted, says: "Wait until a value is chosen.".into(), question: Some(chosen) };
        let waits = Run { notes: vec![wait], ..lesson.clone() };
        let mut judge = Question::judge(&waits, accepted).unwrap();
        let until = |length| {
            let interventions = waits.interventions.iter().filter(|one| one.step < length).cloned().collect();
            Run { length, cursor: length, interventions, notes: Vec::new(), ..waits.clone() }
        };
        assert_eq!(judge.look(&until(accepted)).unwrap().met, None, "no time has passed");
        assert!(judge.look(&until(waits.length)).unwrap().met.is_some());
        let none = Question::judge(&lesson, accepted + 1).unwrap_err();
        assert!(none.to_string().starts_with("Nothing is asked for at step"), "{none}");
        let broken = Annotation { question: Some(Json::Null), ..lesson.notes[0].clone() };
        let error = Question::check_all(&Run { notes: vec![broken], ..lesson }).unwrap_err().to_string();
        assert!(error.starts_with("The question at step") && error.contains("must be an object"), "{error}");
    }
}
