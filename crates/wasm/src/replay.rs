//! Having a run again, in slices.

use alloc::vec::Vec;

use quorum_border::{not_valid, read, refused};
use quorum_core::run::{self, Run};
use wasm_bindgen::prelude::*;

use crate::Lab;

/// A run on its way back. Between two slices a page can draw, say how far it is, and let a person cancel: by forgetting it.
#[wasm_bindgen]
pub struct Replay {
    replay: run::Replay,
    rows: Vec<f64>,
}

#[wasm_bindgen]
impl Replay {
    /// Nothing has been played yet.
    ///
    /// # Errors
    /// An `Error` that says why it never will be: not a run, another format, too long.
    #[wasm_bindgen(constructor)]
    pub fn new(#[wasm_bindgen(unchecked_param_type = "Run")] run: &JsValue) -> Result<Self, JsError> {
        let run: Run = read(run, "run").map_err(|malformed| not_valid("run", &malformed))?;
        Ok(Self { replay: run::Replay::new(run).map_err(refused)?, rows: Vec::new() })
    }

    /// How many steps have been played.
    #[wasm_bindgen(getter)]
    pub fn step(&self) -> f64 {
        self.replay.progress().0 as f64
    }

    /// How many steps there are.
    #[wasm_bindgen(getter)]
    pub fn length(&self) -> f64 {
        self.replay.progress().1 as f64
    }

    /// Plays so many steps more, or as many as are left. Whether none is left.
    ///
    /// # Errors
    /// An `Error` when the run asks for something impossible.
    pub fn advance(&mut self, steps: u32) -> Result<bool, JsError> {
        let rows = &mut self.rows;
        let mut seen = |event: &run::Event| rows.extend(event.packed());
        self.replay.advance(u64::from(steps), &mut seen).map_err(refused)
    }

    /// The events since the last time this was asked, three numbers each: step, time, and what it is. Its lowest byte is
    /// the kind of event, as a position in `Lab.eventNames()`; then follow the server, and the sender and the receiver of
    /// the message, a byte each, and 0 for none.
    pub fn rows(&mut self) -> Vec<f64> {
        core::mem::take(&mut self.rows)
    }

    /// Plays what is left: the lab, at the step the run points at.
    ///
    /// # Errors
    /// An `Error` when the run asks for something impossible, or is not what it was when it was saved.
    pub fn finish(self) -> Result<Lab, JsError> {
        Ok(self.replay.finish().map_err(refused)?.into())
    }
}
