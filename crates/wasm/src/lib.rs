//! The step-driven laboratory for JavaScript.
//!
//! One class, [`Lab`]: a run in progress. Plain data goes in and comes out; every refusal is thrown as an `Error` whose
//! message a person can read, and changes nothing. Everything here answers at once. What may have to wait (a browser's
//! storage, a clock on the wall) is for the page: [`Lab::commitment`] tells it what has to be kept before what may
//! happen.
//!
//! No rule of Paxos is in this crate: it only translates.

mod panic;
mod read;

use quorum_core::json::{FromJson, Json, Malformed};
use quorum_core::run::{Event, Run, Simulation};
use quorum_core::sim::{Action, Config, Target};
use serde::Serialize;
use wasm_bindgen::prelude::*;

pub use panic::panic_message;

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = include_str!("types.d.ts");

#[wasm_bindgen(start)]
fn start() {
    panic::keep_message();
}

/// A run in progress.
#[wasm_bindgen]
pub struct Lab {
    simulation: Simulation,
    log: Vec<Event>,
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
        let simulation = Simulation::new(config).map_err(|error| not_valid("config", &error))?;
        Ok(Self { simulation, log: Vec::new() })
    }

    /// Has a saved run again, at its last step.
    ///
    /// # Errors
    /// An `Error` that says why it cannot be had: not a run, another format, damaged.
    pub fn load(#[wasm_bindgen(unchecked_param_type = "Run")] run: &JsValue) -> Result<Self, JsError> {
        let run: Run = read(run, "run").map_err(|malformed| not_valid("run", &malformed))?;
        let mut log = Vec::new();
        let simulation = run.replay(|event| log.push(event))?;
        Ok(Self { simulation, log })
    }

    /// A seed that no run had before: from the browser's own source of randomness, 0 to 2³² − 1.
    ///
    /// # Errors
    /// An `Error` where the browser offers none.
    #[wasm_bindgen(js_name = freshSeed)]
    pub fn fresh_seed() -> Result<u32, JsError> {
        let none = || JsError::new("This browser has no source of randomness: choose a seed yourself.");
        let crypto = js_sys::Reflect::get(&js_sys::global(), &"crypto".into()).map_err(|_| none())?;
        let crypto: web_sys::Crypto = crypto.dyn_into().map_err(|_| none())?;
        let mut bytes = [0; 4];
        crypto.get_random_values_with_u8_array(&mut bytes).map_err(|_| none())?;
        Ok(u32::from_le_bytes(bytes))
    }

    /// Everything there is to draw, now.
    ///
    /// # Errors
    /// None that a caller can bring about.
    #[wasm_bindgen(unchecked_return_type = "View")]
    pub fn view(&self) -> Result<JsValue, JsError> {
        let latest = self.log.partition_point(|event| event.step < self.simulation.steps());
        write(&self.simulation.view(&self.log[latest..]))
    }

    /// The events of steps `from` to `to`, both included; by default all.
    ///
    /// # Errors
    /// None that a caller can bring about.
    #[wasm_bindgen(unchecked_return_type = "Event[]")]
    pub fn events(&self, from: Option<f64>, to: Option<f64>) -> Result<JsValue, JsError> {
        let from = from.unwrap_or(0.0);
        let to = to.unwrap_or(f64::INFINITY);
        let start = self.log.partition_point(|event| (event.step as f64) < from);
        let end = self.log.partition_point(|event| (event.step as f64) <= to);
        self.write_events(self.log.get(start..end).unwrap_or_default())
    }

    /// What the clock does next; `null` when nothing is left to happen.
    ///
    /// # Errors
    /// None that a caller can bring about.
    #[wasm_bindgen(unchecked_return_type = "Next | null")]
    pub fn next(&self) -> Result<JsValue, JsError> {
        write(&self.simulation.next().map(Json::from).into())
    }

    /// Follows the clock for one step; no events when nothing is left to happen.
    ///
    /// # Errors
    /// None that a caller can bring about.
    #[wasm_bindgen(unchecked_return_type = "Event[]")]
    pub fn step(&mut self) -> Result<JsValue, JsError> {
        let events = self.simulation.step().unwrap_or_default();
        self.took(events)
    }

    /// Does something now that the clock did not choose.
    ///
    /// # Errors
    /// An `Error` that names the action and the reason why it is not possible.
    #[wasm_bindgen(unchecked_return_type = "Event[]")]
    pub fn apply(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "Action")] action: &JsValue,
    ) -> Result<JsValue, JsError> {
        let events = self.simulation.apply(&read_action(action)?)?;
        self.took(events)
    }

    /// Everything that may happen now, in a fixed order.
    ///
    /// # Errors
    /// None that a caller can bring about.
    #[wasm_bindgen(unchecked_return_type = "Action[]")]
    pub fn actions(&self) -> Result<JsValue, JsError> {
        write(&self.simulation.cluster().actions().iter().collect())
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
        write(&self.simulation.choices(target))
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
        let refusal = self.simulation.check(&read_action(action)?).err();
        Ok(refusal.map_or(JsValue::NULL, |refusal| refusal.to_string().into()))
    }

    /// What must be kept outside before `action` (by default, what the clock does next) may happen; `null` when it
    /// changes nothing that survives a crash.
    ///
    /// # Errors
    /// An `Error` when the action is not possible.
    #[wasm_bindgen(unchecked_return_type = "Commitment | null")]
    pub fn commitment(
        &self,
        #[wasm_bindgen(unchecked_optional_param_type = "Action")] action: &JsValue,
    ) -> Result<JsValue, JsError> {
        let action = if action.is_undefined() || action.is_null() { None } else { Some(read_action(action)?) };
        write(&self.simulation.commitment(action.as_ref())?.map(Json::from).into())
    }

    /// Every server's durable disk, now.
    ///
    /// # Errors
    /// None that a caller can bring about.
    #[wasm_bindgen(unchecked_return_type = "DiskView[]")]
    pub fn disks(&self) -> Result<JsValue, JsError> {
        write(&self.simulation.disks())
    }

    /// The run so far, to be kept.
    ///
    /// # Errors
    /// None that a caller can bring about.
    #[wasm_bindgen(unchecked_return_type = "Run")]
    pub fn run(&self) -> Result<JsValue, JsError> {
        write(&Json::from(&self.simulation.run()))
    }

    fn took(&mut self, events: Vec<Event>) -> Result<JsValue, JsError> {
        let written = self.write_events(&events);
        self.log.extend(events);
        written
    }

    fn write_events(&self, events: &[Event]) -> Result<JsValue, JsError> {
        let scheme = self.simulation.config().ballots;
        write(&events.iter().map(|event| event.json(scheme)).collect())
    }
}

fn read_action(action: &JsValue) -> Result<Action, JsError> {
    read(action, "action").map_err(|malformed| JsError::new(&malformed.sentence()))
}

fn read<T: FromJson>(value: &JsValue, name: &str) -> Result<T, Malformed> {
    T::from_json(&read::tree(value).ok_or_else(|| Malformed::new("it is not plain data"))?, name)
}

fn not_valid(what: &str, error: &dyn core::fmt::Display) -> JsError {
    JsError::new(&format!("This {what} is not valid: {error}."))
}

/// Plain objects, as `JSON.parse` would make them.
fn write(json: &Json) -> Result<JsValue, JsError> {
    json.serialize(&serde_wasm_bindgen::Serializer::json_compatible()).map_err(Into::into)
}
