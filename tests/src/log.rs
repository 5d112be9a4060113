//! A replicated log on the page: how a person begins one, lets clients ask, and sees who leads.

use crate::{Lab, Part};
use anyhow::{Result, bail};
use serde_json::Value;

/// More steps than a log needs to answer those who wait.
const LONG: u32 = 20_000;
/// So many steps are gone at once, and then somebody looks.
const STRIDE: u32 = 10;

/// A lab that shows a log.
#[derive(Clone, Debug)]
pub struct Log(Lab);

impl Log {
    /// Begins one as a person does, by the form of a new run: `filled` are fields of the form beside the protocol, by role
    /// and name.
    ///
    /// # Errors
    /// When the form does not take it.
    pub async fn begin(lab: &Lab, filled: &[(&str, &str, &str)]) -> Result<Self> {
        lab.choose("Scenarios").await?;
        lab.press("New run…").await?;
        let form = lab.part("dialog", "New run").await?;
        form.part("combobox", "Protocol").await?.fill("log").await?;
        for (role, name, value) in filled {
            form.part(role, name).await?.fill(*value).await?;
        }
        form.press("Start").await?;
        lab.seen().gone("dialog", "New run").await?;
        lab.until("it is a log", |view| view["protocol"] == "log").await?;
        Ok(Self(lab.clone()))
    }

    /// That of a lab which shows one.
    pub const fn of(lab: Lab) -> Self {
        Self(lab)
    }

    /// What clients ask with, beside the stage.
    ///
    /// # Errors
    /// When it is not there in time.
    pub async fn clients(&self) -> Result<Part> {
        self.0.part("region", "Clients").await
    }

    /// Types a line into the console, and sends it.
    ///
    /// # Errors
    /// When there is no console.
    pub async fn ask(&self, line: &str) -> Result<()> {
        let clients = self.clients().await?;
        clients.part("textbox", "What the client asks").await?.fill(line).await?;
        clients.press("Ask").await
    }

    /// Lets clients ask by themselves.
    ///
    /// # Errors
    /// When there is no form for it.
    pub async fn workload(&self, clients: u32, rate: u32, keys: u32) -> Result<()> {
        let form = self.clients().await?;
        for (name, value) in [("Clients", clients), ("Requests a second", rate), ("Keys", keys)] {
            form.part("spinbutton", name).await?.fill(value.to_string()).await?;
        }
        form.press("Start").await?;
        self.0.until("clients ask by themselves", |view| !view["workload"].is_null()).await.map(drop)
    }

    /// Lets no client ask by itself any more.
    ///
    /// # Errors
    /// When none does.
    pub async fn stop(&self) -> Result<()> {
        self.clients().await?.press("Stop").await?;
        self.0.until("clients ask no more", |view| view["workload"].is_null()).await.map(drop)
    }

    /// Follows the clock until something holds of the view, and returns that.
    ///
    /// # Errors
    /// When it does not come to that.
    pub async fn on(&self, what: &str, reached: impl Fn(&Value) -> bool) -> Result<Value> {
        for _ in 0..LONG / STRIDE {
            let view = self.0.view().await?;
            if reached(&view) {
                return Ok(view);
            }
            self.0.step(STRIDE).await?;
        }
        bail!("within {LONG} steps it does not happen that {what}; the view is {}", self.0.view().await?)
    }
}

/// Who leads, by the ballots of all; nobody while that is open.
pub fn leader(view: &Value) -> Option<u64> {
    let nodes = view["nodes"].as_array().into_iter().flatten();
    nodes.filter(|node| node["status"] == "up" && node["leads"] == true).find_map(|node| node["id"].as_u64())
}

/// The clients that wait for an answer, by name.
pub fn waiting(view: &Value) -> Vec<&str> {
    let clients = view["clients"].as_array().into_iter().flatten();
    clients.filter(|client| !client["waiting"].is_null()).filter_map(|client| client["id"].as_str()).collect()
}
