//! A challenge: a scenario that somebody else finishes.
//!
//! It has a scenario's beginning, and a goal made of the same expectations. In between, a person acts, and the judge says at
//! which step the goal was met. What would meet it is shipped along, and so are tries that look right and are not: they
//! are its tests.

use alloc::{format, string::String, vec::Vec};

use super::play::{follow, plan};
use super::vocabulary::{ACTIONS, Scope};
use super::{
    Expectation, Judge, Moment, Planned, ScenarioError, Verdict, named_moment, optional_text, read_format, within,
};
use crate::json::{FromJson, Json, Malformed, Object};
use crate::limits::{
    MAX_CHALLENGE_STEPS, MAX_GOAL, MAX_HINTS, MAX_INTERVENTIONS, MAX_NOTE_BYTES, MAX_STEPS, MAX_TITLE_BYTES,
};
use crate::paxos::Rule;
use crate::run::{History, Run};
use crate::sim::{Action, Config};
use crate::text::{commas, short};

/// What may be done to meet a goal.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    /// The kinds of actions that may be used; empty: all of them.
    pub actions: Vec<String>,
    /// The rules that may be switched. No others may.
    pub rules: Vec<Rule>,
    /// In how many steps since the start; `None`: in any number.
    pub steps: Option<u64>,
    /// Whether it is enough that time passes, as where a question of a lesson asks for something: nobody need do anything else.
    pub idly: bool,
}

impl Limits {
    /// Why the goal cannot be met any more once this was done, or this step has come: a sentence.
    pub(super) fn broken(&self, action: Option<&Action>, step: u64, start: u64) -> Option<String> {
        let back = format!("Go back to before step {step}.");
        let refused = |action: &Action| match action {
            Action::Rule { rule, .. } => (!rule.paxos().is_some_and(|rule| self.rules.contains(&rule)))
                .then(|| format!("The rule {} has to stay as it is. {back}", rule.as_str())),
            action if self.actions.is_empty() || self.actions.iter().any(|it| it == action.name()) => None,
            action => {
                let allowed = commas(&self.actions.iter().map(String::as_str).collect::<Vec<_>>());
                Some(format!("Only these may be used: {allowed}, and not {}. {back}", action.name()))
            }
        };
        if let Some(sentence) = action.and_then(refused) {
            return Some(sentence);
        }
        let most = self.steps.filter(|most| step - start > *most)?;
        Some(format!("It is to be done within {most} steps. Go back, or start again."))
    }

    /// The fields they are written with.
    pub(super) const FIELDS: [&'static str; 3] = ["actions", "rules", "steps"];

    /// Reads them among other fields.
    pub(super) fn among(fields: &Object) -> Result<Self, Malformed> {
        fields.at_most("actions", ACTIONS.len())?;
        fields.at_most("rules", Rule::ALL.len())?;
        let actions: Vec<String> = fields.optional("actions")?.unwrap_or_default();
        for action in &actions {
            Json::from(action.as_str()).one_of("actions", &ACTIONS, |name| name)?;
        }
        let rules = match fields.get("rules") {
            Some(Json::List(rules)) => {
                rules.iter().map(|rule| rule.one_of("rules", &Rule::ALL, Rule::as_str)).collect::<Result<_, _>>()?
            }
            Some(_) => return Err(Malformed::new("\"rules\" must be a list")),
            None => Vec::new(),
        };
        let steps = fields.get("steps").map(|steps| steps.whole("steps", 1..=MAX_STEPS)).transpose()?;
        Ok(Self { actions, rules, steps, idly: false })
    }
}

/// Something to bring about.
#[derive(Clone, Debug, PartialEq)]
pub struct Challenge {
    /// What it is called.
    pub title: String,
    /// The goal, in a sentence or two.
    pub about: String,
    /// What it starts from.
    pub config: Config,
    /// What has been done by its start, in order.
    pub interventions: Vec<Planned>,
    /// When it starts; [`Moment::Next`]: right after the last of them.
    pub until: Moment,
    /// The goal: all of it at one moment.
    pub goal: Vec<Expectation>,
    /// What may be done.
    pub limits: Limits,
    /// What helps, the smallest help first.
    pub hints: Vec<String>,
    /// What meets the goal.
    pub solution: Vec<Planned>,
    /// What looks as if it did.
    pub wrong: Vec<Vec<Planned>>,
}

impl FromJson for Challenge {
    fn from_json(json: &Json, name: &str) -> Result<Self, Malformed> {
        const FIELDS: [&str; 10] =
            ["quorum", "title", "about", "config", "interventions", "until", "goal", "hints", "solution", "wrong"];
        let fields = Object::of(json, name, &[&FIELDS[..], &Limits::FIELDS].concat())?;
        read_format(fields, "challenge")?;
        for (list, most) in [
            ("interventions", MAX_INTERVENTIONS),
            ("goal", MAX_GOAL),
            ("hints", MAX_HINTS),
            ("solution", MAX_INTERVENTIONS),
            ("wrong", MAX_HINTS),
        ] {
            fields.at_most(list, most)?;
        }
        let challenge = Self {
            title: optional_text(fields, "title", MAX_TITLE_BYTES)?,
            about: optional_text(fields, "about", MAX_NOTE_BYTES)?,
            config: fields.optional("config")?.unwrap_or_default(),
            interventions: fields.optional("interventions")?.unwrap_or_default(),
            until: named_moment(fields, "until")?,
            goal: fields.required("goal")?,
            limits: Limits::among(fields)?,
            hints: fields.optional("hints")?.unwrap_or_default(),
            solution: fields.optional("solution")?.unwrap_or_default(),
            wrong: fields.optional("wrong")?.unwrap_or_default(),
        };
        challenge.check()?;
        Ok(challenge)
    }
}

impl Challenge {
    fn check(&self) -> Result<(), Malformed> {
        let scope = (&self.config).into();
        if self.goal.is_empty() {
            return Err(Malformed::new("a challenge needs a goal: a list of expectations"));
        }
        if let Some(hint) = self.hints.iter().find(|hint| hint.is_empty() || hint.len() > MAX_NOTE_BYTES) {
            let bytes = hint.len();
            return Err(Malformed::new(&format!("a hint is 1 to {MAX_NOTE_BYTES} bytes of text, not {bytes}")));
        }
        check_goal(&self.goal, scope)?;
        self.until.check(scope).map_err(within("\"until\"".into()))?;
        let tries = self.wrong.iter().chain([&self.interventions, &self.solution]);
        for (planned, number) in tries.flat_map(|planned| planned.iter().zip(1_usize..)) {
            planned.check_names(scope).map_err(within(format!("intervention {number}")))?;
        }
        Ok(())
    }

    /// The run at the moment at which the person takes over, with the title of the challenge.
    ///
    /// # Errors
    /// A sentence, when it cannot be played.
    pub fn start(&self) -> Result<Run, ScenarioError> {
        let mut run = self.begin()?.run();
        run.title.clone_from(&self.title);
        Ok(run)
    }

    fn begin(&self) -> Result<History, ScenarioError> {
        let history = History::new(self.config.clone());
        let mut history = history.map_err(|error| ScenarioError(format!("Its config is not valid: {error}.")))?;
        plan(&mut history, &self.interventions)?;
        follow(&mut history, &self.until).map_err(|why| ScenarioError(format!("Its start: {why}")))?;
        Ok(history)
    }

    /// Who says whether somebody has met the goal.
    ///
    /// # Errors
    /// A sentence, when its start cannot be played.
    pub fn judge(&self) -> Result<Judge, ScenarioError> {
        Judge::new(self.start()?, self.goal.clone(), self.limits.clone())
    }

    /// Does what is planned from the start on, then follows the clock until the goal is met, nothing is left to happen, or
    /// for very long. The run, and what the judge says of it.
    ///
    /// # Errors
    /// A sentence, when something planned is not possible.
    pub fn attempt(&self, planned: &[Planned]) -> Result<(Run, Verdict), ScenarioError> {
        let mut history = self.begin()?;
        let mut judge = self.judge()?;
        plan(&mut history, planned)?;
        let mut verdict = judge.look(&history.run())?;
        for _ in 0..MAX_CHALLENGE_STEPS {
            if verdict.met.is_some() || history.step().is_none() {
                break;
            }
            verdict = judge.look(&history.run())?;
        }
        Ok((history.run(), verdict))
    }
}

/// Refuses a goal that names something unknown, or a moment.
pub(super) fn check_goal(goal: &[Expectation], scope: Scope) -> Result<(), Malformed> {
    for (part, number) in goal.iter().zip(1_usize..) {
        let place = || format!("part {number} of the goal");
        part.check_names(scope).map_err(within(place()))?;
        part.check_is_a_goal().map_err(within(place()))?;
    }
    Ok(())
}

macro_rules! challenges {
    ($folder:literal: $($name:literal),* $(,)?) => {
        &[$(($name, include_str!(concat!("../../challenges/", $folder, $name, ".quorum.json")))),*]
    };
}

/// Each challenge of single-decree Paxos: its name and its file, in the order in which they are set.
pub const CHALLENGES: &[(&str, &str)] = challenges!["":
    "first-agreement",
    "chosen-but-unknown",
    "not-its-own-value",
    "a-lost-vote",
    "a-lost-promise",
    "a-duel-of-five",
    "a-minority-that-cannot",
    "a-majority-comes-back",
    "chosen-twice",
    "a-one-way-link",
    "too-late",
    "agreement-broken",
];

/// Each challenge of a replicated log.
#[cfg(feature = "log")]
pub const LOG_CHALLENGES: &[(&str, &str)] = challenges!["log/":
    "a-gap-in-the-log",
    "one-operation-two-slots",
    "an-old-leader",
    "a-stale-read",
];

/// A challenge that comes with the program.
///
/// # Errors
/// The names that there are, when there is none of this name.
pub fn shipped(name: &str) -> Result<&'static str, ScenarioError> {
    let all = CHALLENGES.iter();
    #[cfg(feature = "log")]
    let all = all.chain(LOG_CHALLENGES);
    let found = all.clone().find(|(known, _)| *known == name);
    found.map(|(_, text)| *text).ok_or_else(|| {
        let names: Vec<_> = all.map(|(name, _)| *name).collect();
        ScenarioError(format!("There is no challenge \"{}\". There are: {}.", short(name, 40), commas(&names)))
    })
}
