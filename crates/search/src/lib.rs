//! Every run there is, searched in a browser: is there one in which servers disagree?
//!
//! A third module with a copy of the engine inside, loaded when somebody first asks "what if". It is made to be cut into
//! slices: [`Search::advance`] works for as long as it is told to, and its caller decides what happens between two
//! slices. What it finds does not depend on how it was cut.

use quorum_border::{not_valid, read, write};
use quorum_core::json::{FromJson, Json, Malformed, Object};
use quorum_core::search::explorer::SearchStatus;
use quorum_core::search::{LogCheck, LogQuestion, ModelCheck, ModelCheckError, Question};
use quorum_core::sim::ProtocolKind;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::*;
use web_sys::{Performance, Window, WorkerGlobalScope};

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = include_str!("types.d.ts");

#[wasm_bindgen(start)]
fn start() {
    quorum_border::report_panics();
}

/// The rules that safety rests on: what each protects, and what happened where it was missing.
#[wasm_bindgen(unchecked_return_type = "Lesson[]")]
#[must_use]
pub fn rules() -> JsValue {
    write(&quorum_core::search::rules())
}

/// The rules that a replicated log rests on: its own first, and then those that it shares with single-decree Paxos.
#[wasm_bindgen(js_name = logRules, unchecked_return_type = "Lesson[]")]
#[must_use]
pub fn log_rules() -> JsValue {
    write(&quorum_core::search::log_rules())
}

/// So many states are looked at before looking at the clock.
const AT_ONCE: u32 = 64;

/// The clock of the page or of the worker.
fn performance() -> Option<Performance> {
    let global = js_sys::global();
    match global.dyn_ref::<Window>() {
        Some(window) => window.performance(),
        None => global.dyn_ref::<WorkerGlobalScope>()?.performance(),
    }
}

/// A question about either protocol.
enum Asked {
    Single(Box<Question>),
    Log(Box<LogQuestion>),
}

/// The field "protocol" says which; without it, the question is about single-decree Paxos.
impl FromJson for Asked {
    fn from_json(json: &Json, name: &str) -> Result<Self, Malformed> {
        let protocol = match json {
            Json::Object(fields) => fields.optional("protocol")?.unwrap_or_default(),
            _ => ProtocolKind::Single,
        };
        Ok(match protocol {
            ProtocolKind::Single => Self::Single(Question::from_json(json, name)?.into()),
            ProtocolKind::Log => Self::Log(LogQuestion::from_json(json, name)?.into()),
        })
    }
}

/// A search of either protocol.
enum Check {
    Single(Box<ModelCheck>),
    Log(Box<LogCheck>),
}

impl Check {
    fn new(asked: Asked) -> Result<Self, ModelCheckError> {
        Ok(match asked {
            Asked::Single(question) => Self::Single(ModelCheck::new(*question)?.into()),
            Asked::Log(question) => Self::Log(LogCheck::new(*question)?.into()),
        })
    }

    fn advance(&mut self, states: u32) -> SearchStatus {
        match self {
            Self::Single(check) => check.advance(states),
            Self::Log(check) => check.advance(states),
        }
    }

    fn progress(&self) -> Object {
        match self {
            Self::Single(check) => check.progress(),
            Self::Log(check) => check.progress(),
        }
    }

    fn report(&self) -> Object {
        match self {
            Self::Single(check) => check.report(),
            Self::Log(check) => check.report(),
        }
    }
}

/// A search in progress. `free()` gives its memory back.
#[wasm_bindgen]
pub struct Search {
    check: Check,
}

#[wasm_bindgen]
impl Search {
    /// A search that has not looked at anything yet.
    ///
    /// # Errors
    /// An `Error` that says what is wrong with the question, or that it is too large to be answered.
    #[wasm_bindgen(constructor)]
    pub fn new(#[wasm_bindgen(unchecked_param_type = "Question")] question: &JsValue) -> Result<Self, JsError> {
        let asked: Asked = read(question, "question").map_err(|malformed| not_valid("question", &malformed))?;
        Ok(Self { check: Check::new(asked)? })
    }

    /// Looks at so many states more, or at as many as there are, and says where it stands.
    #[wasm_bindgen(unchecked_return_type = "Progress")]
    pub fn advance(&mut self, states: u32) -> JsValue {
        self.check.advance(states);
        write(&self.check.progress().into())
    }

    /// Looks at more states for about so many milliseconds, or until there is an answer, and says where it stands. Growing
    /// the table of states is one piece of work, and may take longer.
    #[wasm_bindgen(js_name = advanceFor, unchecked_return_type = "Progress")]
    pub fn advance_for(&mut self, milliseconds: f64) -> JsValue {
        let clock = performance();
        let now = || clock.as_ref().map_or(f64::INFINITY, Performance::now);
        let begun = now();
        while self.check.advance(AT_ONCE) == SearchStatus::Running && now() - begun < milliseconds {}
        write(&self.check.progress().into())
    }

    /// What has been found.
    #[wasm_bindgen(unchecked_return_type = "Report")]
    pub fn report(&self) -> JsValue {
        write(&self.check.report().into())
    }
}
