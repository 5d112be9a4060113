//! What lies on what on the stage of a lab, and what is cut off: measured in the page, which alone knows where its letters are.

use crate::{Lab, Page};
use anyhow::Result;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

/// What is measured.
const MEASURE: &str = include_str!("geometry.js");
/// Moments looked at in one script. A browser gives a script a limited time, and a run may be long.
const PIECE: usize = 20;

/// What a walk through a run found.
#[derive(Debug, Default, Deserialize)]
pub struct Walked {
    /// How many moments were looked at.
    pub moments: usize,
    /// What was wrong, as sentences.
    pub wrong: Vec<String>,
    /// The most crowded of the moments.
    #[serde(default)]
    pub worst: Worst,
    /// Where things stood in the first of them.
    #[serde(default)]
    stood: Value,
}

/// The most crowded moment of a walk.
#[derive(Clone, Copy, Debug, Deserialize)]
pub struct Worst {
    /// How many marks, labels and heaps there are.
    pub things: i32,
    /// The step at which they are there.
    pub step: u64,
}

impl Default for Worst {
    fn default() -> Self {
        Self { things: -1, step: 0 }
    }
}

/// Asks one of the functions of geometry.js, which get the lab as `lab`.
///
/// # Errors
/// When the page does not answer, or not with what is asked for.
pub async fn measure<T: DeserializeOwned>(page: &Page, lab: &Lab, call: &str) -> Result<T> {
    ask(page, lab, call, Value::Null).await
}

async fn ask<T: DeserializeOwned>(page: &Page, lab: &Lab, call: &str, given: Value) -> Result<T> {
    let script = format!("{MEASURE}; const [lab, given] = args; await frame(); return {call};");
    page.js(&script, vec![lab.element().to_json()?, given]).await
}

/// Which moments of a run are looked at: from `begin`, every so many steps, but `most` of them at most.
#[derive(Clone, Copy, Debug)]
pub struct Moments {
    /// The first step.
    pub begin: usize,
    /// Steps from one to the next. More in a run that would have more than `most`.
    pub every: usize,
    /// How many at most.
    pub most: usize,
}

/// Walks through the run that is open. `also` names a function of geometry.js that says what else is wrong in a moment.
///
/// # Errors
/// When the page does not answer.
pub async fn tour(page: &Page, lab: &Lab, moments: Moments, also: Option<&str>) -> Result<Walked> {
    let Moments { begin, every, most } = moments;
    let length: usize = page.js("return args[0].view().length;", vec![lab.element().to_json()?]).await?;
    let steps: Vec<_> = (begin.min(length)..=length).step_by(every.max(length.div_ceil(most))).collect();
    let call = format!("await walk(lab, given.steps, {}, given.stood)", also.unwrap_or("undefined"));
    let mut whole = Walked::default();
    for piece in steps.chunks(PIECE) {
        let walked: Walked = ask(page, lab, &call, json!({ "steps": piece, "stood": whole.stood })).await?;
        whole.moments += walked.moments;
        whole.wrong.extend(walked.wrong);
        whole.stood = walked.stood;
        if walked.worst.things > whole.worst.things {
            whole.worst = walked.worst;
        }
    }
    Ok(whole)
}
