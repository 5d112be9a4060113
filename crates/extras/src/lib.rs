//! What a first visit does not need: links, scenarios, challenges, comparisons, exports.
//!
//! A module of its own, with a copy of the engine inside, that the page loads when somebody first shares a run, opens a
//! link or picks a scenario. A run goes in, as plain data, and what becomes of it comes out. Only a judge has state: it follows
//! one run, so that being asked after every step costs no more than the step.

use quorum_border::{not_valid, read, write};
use quorum_core::json::{Json, Object};
use quorum_core::run::{Edit, Run};
use quorum_core::scenario::{self, Challenge, Question, Scenario};
use quorum_core::sim::Rule;
use quorum_core::tell::first_difference;
use quorum_export::Format;
use wasm_bindgen::prelude::*;

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = include_str!("types.d.ts");

#[wasm_bindgen(start)]
fn start() {
    quorum_border::report_panics();
}

/// The link that has this run in it: `#q1.…`.
///
/// # Errors
/// An `Error` that says why it has none: it is no run, or it is too long for a link.
#[wasm_bindgen(js_name = toLink)]
pub fn to_link(#[wasm_bindgen(unchecked_param_type = "Run")] run: &JsValue) -> Result<String, JsError> {
    let run: Run = read(run, "run").map_err(|malformed| not_valid("run", &malformed))?;
    Ok(quorum_link::to_link(&run)?)
}

/// The run in a link, which may be a whole address or only what follows its `#`.
///
/// # Errors
/// An `Error` that says why there is none: it is no link, damaged, or from a newer version.
#[wasm_bindgen(js_name = fromLink, unchecked_return_type = "Run")]
pub fn from_link(link: &str) -> Result<JsValue, JsError> {
    Ok(write(&Json::from(&quorum_link::from_link(link)?)))
}

/// Plays a scenario to its end: the run, with its title and its notes, and what came of its expectations.
///
/// # Errors
/// An `Error` that says what is wrong with it, or where it cannot be played on.
#[wasm_bindgen(unchecked_return_type = "Played")]
pub fn play(#[wasm_bindgen(unchecked_param_type = "Scenario")] scenario: &JsValue) -> Result<JsValue, JsError> {
    let scenario: Scenario = read(scenario, "scenario").map_err(|malformed| not_valid("scenario", &malformed))?;
    let played = scenario.play()?;
    let object = Object::new().with("run", &played.run()).with("about", scenario.about.as_str());
    let object = object.with("ended", played.ended.as_str());
    Ok(write(&object.with("expectations", played.checked.iter().collect::<Json>()).into()))
}

/// The same run with one difference.
///
/// # Errors
/// An `Error` that says why there is none: the run does not replay, or the change is none.
#[wasm_bindgen(unchecked_return_type = "Varied")]
pub fn vary(
    #[wasm_bindgen(unchecked_param_type = "Run")] run: &JsValue,
    #[wasm_bindgen(unchecked_param_type = "Change")] change: &JsValue,
) -> Result<JsValue, JsError> {
    let run: Run = read(run, "run").map_err(|malformed| not_valid("run", &malformed))?;
    let change: Edit = read(change, "change").map_err(|malformed| not_valid("change", &malformed))?;
    Ok(write(&Json::from(&run.varied(&change)?)))
}

/// What was done to a run, told: the interventions that a change counts.
///
/// # Errors
/// An `Error` that says why the run does not replay.
#[wasm_bindgen(unchecked_return_type = "Done[]")]
pub fn done(#[wasm_bindgen(unchecked_param_type = "Run")] run: &JsValue) -> Result<JsValue, JsError> {
    let run: Run = read(run, "run").map_err(|malformed| not_valid("run", &malformed))?;
    Ok(write(&run.replay()?.done().iter().collect()))
}

/// What the rules of a run's protocol are called for people, by their names.
///
/// # Errors
/// An `Error` that says why it is no run.
#[wasm_bindgen(js_name = ruleTitles, unchecked_return_type = "Record<string, string>")]
pub fn rule_titles(#[wasm_bindgen(unchecked_param_type = "Run")] run: &JsValue) -> Result<JsValue, JsError> {
    let run: Run = read(run, "run").map_err(|malformed| not_valid("run", &malformed))?;
    let titles =
        Rule::of(run.config.protocol).fold(Object::new(), |titles, rule| titles.with(rule.as_str(), rule.title()));
    Ok(write(&titles.into()))
}

/// The first event in which two runs differ; `null` when they are the same.
///
/// # Errors
/// An `Error` that says which of them does not replay, and why, or that they are of different protocols.
#[wasm_bindgen(unchecked_return_type = "Difference | null")]
pub fn compare(
    #[wasm_bindgen(unchecked_param_type = "Run", js_name = runA)] run_a: &JsValue,
    #[wasm_bindgen(unchecked_param_type = "Run", js_name = runB)] run_b: &JsValue,
) -> Result<JsValue, JsError> {
    let run = |run: &JsValue, name: &str| read(run, name).map_err(|malformed| not_valid(name, &malformed));
    let (a, b): (Run, Run) = (run(run_a, "runA")?, run(run_b, "runB")?);
    if a.config.protocol != b.config.protocol {
        return Err(JsError::new(
            "One of these runs is of a replicated log, and the other of one agreed value: they have no event in common. \
             Compare two runs of the same protocol.",
        ));
    }
    let (a, b) = (a.replay()?, b.replay()?);
    Ok(write(&first_difference(&a, &b).as_ref().map(Json::from).into()))
}

/// Steps `from` to `to` of a run, both included and by default all, in another format: `svg`, `animated-svg`, `stage`,
/// `mermaid`, `shiviz`, `jsonl` or `script`. `stage` is of step `to` alone. It and the film say
/// what the notes of the run say.
///
/// # Errors
/// An `Error` that says what is wrong with the run, or that there is no such format.
#[wasm_bindgen(js_name = exportRun)]
pub fn export_run(
    #[wasm_bindgen(unchecked_param_type = "Run")] run: &JsValue,
    #[wasm_bindgen(unchecked_param_type = "Format")] format: &str,
    from: Option<f64>,
    to: Option<f64>,
) -> Result<String, JsError> {
    let run: Run = read(run, "run").map_err(|malformed| not_valid("run", &malformed))?;
    let Some(format) = Format::ALL.into_iter().find(|known| known.as_str() == format) else {
        let known = Format::ALL.map(Format::as_str).join(", ");
        return Err(JsError::new(&format!("There is no format \"{format}\". There are: {known}.")));
    };
    // Numbers that are too small, too large or none become the nearest step there is.
    let (from, to) = (from.unwrap_or_default() as u64, to.unwrap_or(f64::INFINITY) as u64);
    let history = run.replay()?;
    Ok(quorum_export::export(&history, &run.notes, format, from, to))
}

/// Refuses a run with a question that cannot be asked: a lesson is opened whole or not at all.
///
/// # Errors
/// An `Error` that says what is wrong with the first such question.
#[wasm_bindgen(js_name = checkQuestions)]
pub fn check_questions(#[wasm_bindgen(unchecked_param_type = "Run")] run: &JsValue) -> Result<(), JsError> {
    let run: Run = read(run, "run").map_err(|malformed| not_valid("run", &malformed))?;
    Ok(Question::check_all(&run)?)
}

/// Says whether somebody has met a goal, and at which step.
#[wasm_bindgen]
pub struct Judge(scenario::Judge);

#[wasm_bindgen]
impl Judge {
    /// The judge of a challenge.
    ///
    /// # Errors
    /// An `Error` that says what is wrong with it.
    #[wasm_bindgen(js_name = ofChallenge)]
    pub fn of_challenge(
        #[wasm_bindgen(unchecked_param_type = "Challenge")] challenge: &JsValue,
    ) -> Result<Self, JsError> {
        let challenge: Challenge =
            read(challenge, "challenge").map_err(|malformed| not_valid("challenge", &malformed))?;
        Ok(Self(challenge.judge()?))
    }

    /// The judge of what a question at a step of a run asks to do.
    ///
    /// # Errors
    /// An `Error` that says what is wrong with it, or that nothing is asked for there.
    #[wasm_bindgen(js_name = ofQuestion)]
    pub fn of_question(
        #[wasm_bindgen(unchecked_param_type = "Run")] run: &JsValue,
        step: u32,
    ) -> Result<Self, JsError> {
        let run: Run = read(run, "run").map_err(|malformed| not_valid("run", &malformed))?;
        Ok(Self(Question::judge(&run, u64::from(step))?))
    }

    /// The run that every run it judges begins with.
    #[wasm_bindgen(unchecked_return_type = "Run")]
    #[must_use]
    pub fn start(&self) -> JsValue {
        write(&Json::from(self.0.start()))
    }

    /// Judges a run, to its end.
    ///
    /// # Errors
    /// An `Error` that says why it is no run that can be judged.
    #[wasm_bindgen(unchecked_return_type = "Verdict")]
    pub fn look(&mut self, #[wasm_bindgen(unchecked_param_type = "Run")] run: &JsValue) -> Result<JsValue, JsError> {
        let run: Run = read(run, "run").map_err(|malformed| not_valid("run", &malformed))?;
        Ok(write(&Json::from(&self.0.look(&run)?)))
    }
}
