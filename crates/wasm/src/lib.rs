//! The step-driven laboratory for JavaScript.
//!
//! One class, [`Lab`]: a run in progress. Plain data goes in and comes out; every refusal is thrown as an `Error` whose
//! message a person can read, and changes nothing. Everything here answers at once; having a long run again is done in
//! slices ([`Replay`]). What may have to wait (a browser's storage, a clock on the wall) is for the page: [`Lab::prepare`]
//! tells it what has to be kept before a step may happen, and [`Lab::confirm`] lets it happen.
//!
//! No rule of Paxos is in this crate: it only translates.

#![cfg_attr(feature = "alone", no_std)]

extern crate alloc;

mod replay;

use alloc::string::String;
use alloc::vec::Vec;

use quorum_border::{not_valid, read, refused, sentence, write, write_text};
use quorum_core::json::Json;
#[cfg(feature = "log")]
use quorum_core::json::{FromJson, Malformed, Object};
use quorum_core::run::{BeatSize, Event, Fork, History, Pace, Run};
use quorum_core::sim::{Action, Config, Target};
use quorum_core::tell::EventName;
#[cfg(feature = "log")]
use quorum_core::tell::Slots;
use wasm_bindgen::prelude::*;

pub use replay::Replay;

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = include_str!("types.d.ts");

/// A panic is a bug in this program: it is reported, and this instance stops.
#[cfg(feature = "alone")]
#[panic_handler]
fn panic(info: &core::panic::PanicInfo<'_>) -> ! {
    if let Some(place) = info.location() {
        quorum_border::report_panic(place);
    }
    core::arch::wasm32::unreachable()
}

#[wasm_bindgen]
extern "C" {
    /// Asks the browser's source of randomness, and throws where it has none.
    #[wasm_bindgen(catch, js_namespace = crypto, js_name = getRandomValues)]
    fn fill_with_random(bytes: &mut [u8]) -> Result<(), JsValue>;
    #[wasm_bindgen(js_namespace = console)]
    fn warn(text: &str);
}

/// A run in progress.
#[wasm_bindgen]
pub struct Lab {
    history: History,
    pace: Pace,
}

/// What a view is to show.
#[cfg(feature = "log")]
struct Options(Option<Slots>);

#[cfg(feature = "log")]
impl FromJson for Options {
    fn from_json(json: &Json, name: &str) -> Result<Self, Malformed> {
        Object::of(json, name, &["slots"])?.optional("slots").map(Self)
    }
}

impl From<History> for Lab {
    fn from(history: History) -> Self {
        Self { history, pace: Pace::default() }
    }
}

#[wasm_bindgen]
impl Lab {
    /// A new run. `config` may be left out, and so may each of its fields.
    ///
    /// # Errors
    /// An `Error` that says what is wrong with the config.
    #[wasm_bindgen(constructor)]
    pub fn new(
        #[wasm_bindgen(unchecked_optional_param_type = "Partial<Config>")] config: &JsValue,
    ) -> Result<Self, JsError> {
        let config: Config = if config.is_undefined() || config.is_null() {
            Config::default()
        } else {
            read(config, "config").map_err(|malformed| not_valid("config", &malformed))?
        };
        Ok(History::new(config).map_err(|error| not_valid("config", &error))?.into())
    }

    /// Has a saved run again, at the step it points at.
    ///
    /// # Errors
    /// An `Error` that says why it cannot be had: not a run, another format, damaged.
    pub fn load(#[wasm_bindgen(unchecked_param_type = "Run")] run: &JsValue) -> Result<Self, JsError> {
        let run: Run = read(run, "run").map_err(|malformed| not_valid("run", &malformed))?;
        Ok(run.replay().map_err(refused)?.into())
    }

    /// A seed that no run had before: from the browser's own source of randomness, 0 to 2³² − 1.
    ///
    /// # Errors
    /// An `Error` where the browser offers none.
    #[wasm_bindgen(js_name = freshSeed)]
    pub fn fresh_seed() -> Result<u32, JsError> {
        let mut bytes = [0; 4];
        match fill_with_random(&mut bytes) {
            Ok(()) => Ok(u32::from_le_bytes(bytes)),
            Err(_) => Err(JsError::new("This browser has no source of randomness: choose a seed yourself.")),
        }
    }

    /// The first scene of a new run, for somebody who has just come: a value is on its way, and a crash would still undo a
    /// vote for it. With a number of steps, the run goes on for so many instead.
    pub fn opening(&mut self, steps: Option<f64>) {
        self.history.open(steps.map(step));
    }

    /// Where the present is, when something comes next, and if nothing does, why: all that whoever drives a run has to know
    /// at every step. Much cheaper than a view.
    #[wasm_bindgen(unchecked_return_type = "Position")]
    pub fn position(&self) -> JsValue {
        let mut text = String::new();
        self.history.position(&self.pace, &mut text);
        write_text(&text)
    }

    /// Chooses the beats that the run is watched by: a size (`ideas`, `messages` or `everything`), and the steps with a note,
    /// ascending, which are ideas.
    ///
    /// # Errors
    /// An `Error` when there is no such size.
    pub fn pace(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "BeatSize")] size: &str,
        notes: &[f64],
    ) -> Result<(), JsError> {
        let found = BeatSize::ALL.into_iter().find(|known| known.as_str() == size);
        let size = found.ok_or_else(|| JsError::new("A beat is one of ideas, commands, messages and everything."))?;
        self.pace = Pace { size, notes: notes.iter().map(|note| step(*note)).collect() };
        Ok(())
    }

    /// Goes on to the end of a beat, for at most so many steps. Whether it got there: not if steps ran out, or nothing is
    /// left to happen.
    pub fn beat(&mut self, steps: u32) -> bool {
        for _ in 0..steps {
            if self.history.step().is_none() {
                return false;
            }
            if self.history.ends_beat(&self.pace, self.history.now().steps()) {
                return true;
            }
        }
        false
    }

    /// The step at which the beat before the present one ended: where going back by a beat leads to.
    #[wasm_bindgen(js_name = beatBefore)]
    pub fn beat_before(&self, step: f64) -> f64 {
        self.history.beat_before(&self.pace, step.max(0.0) as u64) as f64
    }

    /// The last step on record of this branch at or before a time, in simulated milliseconds.
    #[wasm_bindgen(js_name = stepAt)]
    pub fn step_at(&self, ms: f64) -> f64 {
        self.history.step_at(ms.max(0.0) as u64) as f64
    }

    /// Everything there is to draw, now. Of a log, what servers hold in these slots; by default in the latest.
    ///
    /// # Errors
    /// An `Error` when `options` are none.
    #[wasm_bindgen(unchecked_return_type = "View")]
    pub fn view(
        &self,
        #[wasm_bindgen(unchecked_optional_param_type = "ViewOptions")] options: &JsValue,
    ) -> Result<JsValue, JsError> {
        #[cfg(feature = "log")]
        if !(options.is_undefined() || options.is_null()) {
            let Options(slots) =
                read(options, "options").map_err(|malformed| not_valid("choice of slots", &malformed))?;
            return Ok(write(&self.history.view_of(&self.pace, slots)));
        }
        // One value is in no slot that anybody has to choose.
        let _ = options;
        Ok(write(&self.history.view_by(&self.pace)))
    }

    /// The events of the branch's steps `from` to `to`, both included; by default all up to its end, whether or not
    /// they are before the present. All of a long run take a lot of memory, once and for ever: read it in pieces.
    #[wasm_bindgen(unchecked_return_type = "Event[]")]
    pub fn events(&self, from: Option<f64>, to: Option<f64>) -> JsValue {
        self.tell(from.unwrap_or_default(), to.unwrap_or(f64::INFINITY))
    }

    /// The events of steps `from` to `to` of this branch, both included, with their sentences: what becomes of rows where
    /// somebody looks.
    #[wasm_bindgen(unchecked_return_type = "Event[]")]
    pub fn tell(&self, from: f64, to: f64) -> JsValue {
        let scheme = self.history.now().config().ballots;
        let events = self.history.events(step_from(from), step(to));
        write(&events.iter().map(|event| event.json(scheme)).collect())
    }

    /// The events of steps `from` to `to` of this branch, both included, three numbers each: see [`Replay::rows`].
    pub fn rows(&self, from: f64, to: f64) -> Vec<f64> {
        let events = self.history.events(step_from(from), step(to));
        events.iter().flat_map(Event::packed).collect()
    }

    /// The names of all kinds of events, in the order of their numbers.
    #[wasm_bindgen(js_name = eventNames, unchecked_return_type = "string[]")]
    pub fn event_names() -> JsValue {
        write(&EventName::ALL.iter().map(|name| Json::from(name.as_str())).collect())
    }

    /// What happens next: what is on record, or else what the clock does; `null` when nothing is left to happen.
    #[wasm_bindgen(unchecked_return_type = "Next | null")]
    pub fn next(&self) -> JsValue {
        write(&self.history.next().map(Json::from).into())
    }

    /// Repeats the next step on record; at the end, follows the clock for one step. No events when nothing is left to
    /// happen. Events come in brief; [`Lab::tell`] tells them.
    #[wasm_bindgen(unchecked_return_type = "Row[]")]
    pub fn step(&mut self) -> JsValue {
        rows(self.history.step())
    }

    /// Does something now that the clock did not choose. Where it is on record already it is repeated; elsewhere
    /// before the end it begins a branch. Events come in brief; [`Lab::tell`] tells them.
    ///
    /// # Errors
    /// An `Error` that names the action and the reason why it is not possible.
    #[wasm_bindgen(unchecked_return_type = "Row[]")]
    pub fn apply(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "Action")] action: &JsValue,
    ) -> Result<JsValue, JsError> {
        Ok(rows(Some(self.history.apply(&read_action(action)?).map_err(refused)?)))
    }

    /// Does what real servers did, each step when they did it: a list of `{action, at}`, `at` in milliseconds since the run
    /// began. Events come in brief, three numbers each: see [`Replay::rows`].
    ///
    /// # Errors
    /// An `Error` that names the first action that is not possible. Those before it have happened.
    #[cfg(feature = "log")]
    pub fn extend(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "Array<{ action: Action; at: number }>")] steps: &JsValue,
    ) -> Result<Vec<f64>, JsError> {
        let steps: Vec<Taken> = read(steps, "steps").map_err(|malformed| JsError::new(&malformed.sentence()))?;
        let mut rows = Vec::new();
        for Taken { action, at } in steps {
            let events = self.history.apply_at(&action, Some(at)).map_err(refused)?;
            rows.extend(events.iter().flat_map(Event::packed));
        }
        Ok(rows)
    }

    /// Prepares a step: `action`, or else what comes next. What must be kept outside before it may happen; `null` when what
    /// is kept of this branch already leads to the same disks. Nothing has happened until [`Lab::confirm`], and nothing
    /// will if something else happens first.
    ///
    /// # Errors
    /// An `Error` when the action is not possible.
    #[wasm_bindgen(unchecked_return_type = "PendingSave | null")]
    pub fn prepare(
        &mut self,
        #[wasm_bindgen(unchecked_optional_param_type = "Action")] action: &JsValue,
    ) -> Result<JsValue, JsError> {
        let action = if action.is_undefined() || action.is_null() { None } else { Some(read_action(action)?) };
        Ok(write(&self.history.prepare(action.as_ref()).map_err(refused)?.map(Json::from).into()))
    }

    /// What was prepared happens: it is not worked out again. No events when nothing was, or nothing is left to happen.
    #[wasm_bindgen(unchecked_return_type = "Row[]")]
    pub fn confirm(&mut self) -> JsValue {
        rows(self.history.confirm())
    }

    /// What was prepared will not happen.
    pub fn cancel(&mut self) {
        self.history.cancel();
    }

    /// Goes to a moment of the present branch, or to its end if it has fewer steps.
    pub fn seek(&mut self, step: f64) {
        self.history.seek(step.max(0.0) as u64);
    }

    /// Where the present is among all branches, and what there is to find in this one.
    #[wasm_bindgen(unchecked_return_type = "Timeline")]
    pub fn timeline(&self) -> JsValue {
        write(&self.history.timeline())
    }

    /// Begins a branch here, with the same past and no future yet. At the end there is nothing to leave.
    ///
    /// # Errors
    /// An `Error` when there are too many branches already.
    pub fn fork(&mut self) -> Result<(), JsError> {
        self.history.fork().map_err(refused)
    }

    /// Goes to the end of a branch.
    ///
    /// # Errors
    /// An `Error` when there is no such branch.
    #[wasm_bindgen(js_name = switchTo)]
    pub fn switch_to(&mut self, branch: u32) -> Result<(), JsError> {
        self.history.switch(branch).map_err(refused)
    }

    /// Gives a branch another name.
    ///
    /// # Errors
    /// An `Error` when there is no such branch, or the name is empty or too long.
    pub fn rename(&mut self, branch: u32, name: &str) -> Result<(), JsError> {
        self.history.rename(branch, name).map_err(refused)
    }

    /// Forgets a branch.
    ///
    /// # Errors
    /// An `Error` when there is no such branch, or it is the one the present is in.
    pub fn discard(&mut self, branch: u32) -> Result<(), JsError> {
        self.history.discard(branch).map_err(refused)
    }

    /// Says which branch the current one is: its number, its name, and where it left another, for a branch that was kept as a
    /// run of its own and is had again.
    ///
    /// # Errors
    /// An `Error` when there is such a branch already, or the name is none.
    pub fn identify(
        &mut self,
        id: u32,
        name: &str,
        #[wasm_bindgen(js_name = fromBranch)] from_branch: Option<u32>,
        #[wasm_bindgen(js_name = fromStep)] from_step: Option<f64>,
    ) -> Result<(), JsError> {
        let fork = from_branch.map(|branch| Fork { branch, step: step(from_step.unwrap_or_default()) });
        self.history.identify(id, name, fork).map_err(refused)
    }

    /// Takes in the branches of another lab, which is used up. The present stays where it is.
    ///
    /// # Errors
    /// An `Error` when the other is not a run of the same config, or has a branch that is here already.
    pub fn join(&mut self, other: Self) -> Result<(), JsError> {
        self.history.join(other.history).map_err(refused)
    }

    /// Everything that may happen now, in a fixed order.
    #[wasm_bindgen(unchecked_return_type = "Action[]")]
    pub fn actions(&self) -> JsValue {
        write(&self.history.now().cluster().actions().iter().collect())
    }

    /// The menu of one thing: `{node: 3}`, `{message: 17}` or `{link: [1, 2]}`. Empty when there is no such thing.
    ///
    /// # Errors
    /// An `Error` when `target` is none of these.
    #[wasm_bindgen(unchecked_return_type = "Choice[]")]
    pub fn choices(
        &self,
        #[wasm_bindgen(unchecked_param_type = "Target")] target: &JsValue,
    ) -> Result<JsValue, JsError> {
        let target: Target = read(target, "target").map_err(|malformed| not_valid("target", &malformed))?;
        Ok(write(&self.history.now().choices(target)))
    }

    /// Why an action is not possible now, in one sentence; `null` if it is.
    ///
    /// # Errors
    /// An `Error` when it is no action at all.
    #[wasm_bindgen(js_name = whyNot, unchecked_return_type = "string | null")]
    pub fn why_not(
        &self,
        #[wasm_bindgen(unchecked_param_type = "Action")] action: &JsValue,
    ) -> Result<JsValue, JsError> {
        let refusal = self.history.check(&read_action(action)?).err();
        Ok(refusal.map_or(JsValue::NULL, |refusal| sentence(&refusal).into()))
    }

    /// The former name of [`Lab::prepare`], which promises nothing about the step that follows.
    ///
    /// # Errors
    /// An `Error` when the action is not possible.
    #[wasm_bindgen(unchecked_return_type = "PendingSave | null")]
    pub fn commitment(
        &mut self,
        #[wasm_bindgen(unchecked_optional_param_type = "Action")] action: &JsValue,
    ) -> Result<JsValue, JsError> {
        warn("lab.commitment() will be gone in the next version: use lab.prepare(), and then lab.confirm().");
        let save = self.prepare(action);
        self.cancel();
        save
    }

    /// What is to be kept of this branch, wherever the present is: all of it, and every disk at its end.
    #[wasm_bindgen(unchecked_return_type = "PendingSave")]
    pub fn saved(&self) -> JsValue {
        write(&self.history.saved().into())
    }

    /// Every server's durable disk, now.
    #[wasm_bindgen(unchecked_return_type = "DiskView[]")]
    pub fn disks(&self) -> JsValue {
        write(&self.history.now().disks())
    }

    /// The present branch with the present as its cursor, to be kept.
    #[wasm_bindgen(unchecked_return_type = "Run")]
    pub fn run(&self) -> JsValue {
        write(&Json::from(&self.history.run()))
    }

    /// Another branch, as a run of its own.
    ///
    /// # Errors
    /// An `Error` when there is no such branch.
    #[wasm_bindgen(js_name = runOf, unchecked_return_type = "Run")]
    pub fn run_of(&self, branch: u32) -> Result<JsValue, JsError> {
        Ok(write(&Json::from(&self.history.run_of(branch).map_err(refused)?)))
    }
}

/// A step that real servers took.
#[cfg(feature = "log")]
struct Taken {
    action: Action,
    at: u64,
}

#[cfg(feature = "log")]
impl FromJson for Taken {
    fn from_json(json: &Json, name: &str) -> Result<Self, Malformed> {
        let fields = Object::of(json, name, &["action", "at"])?;
        Ok(Self { action: fields.required("action")?, at: fields.required("at")? })
    }
}

fn rows(happened: Option<&[Event]>) -> JsValue {
    let mut text = String::from("[");
    for event in happened.unwrap_or_default() {
        if text.len() > 1 {
            text.push(',');
        }
        event.row(&mut text);
    }
    text.push(']');
    write_text(&text)
}

/// A number of JavaScript's as that of a step: the nearest there is.
fn step(number: f64) -> u64 {
    number as u64 // towards zero, and 0 for what is below it
}

/// The same, rounded up.
fn step_from(number: f64) -> u64 {
    let below = step(number);
    if number > below as f64 { below.saturating_add(1) } else { below }
}

fn read_action(action: &JsValue) -> Result<Action, JsError> {
    read(action, "action").map_err(|malformed| JsError::new(&malformed.sentence()))
}
