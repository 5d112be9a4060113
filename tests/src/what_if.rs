//! “What if?”: the search, as a person uses it.

use crate::{Lab, Page, Part};
use anyhow::Result;

/// The pane, as a person uses it.
#[derive(Debug)]
pub struct WhatIf {
    /// All of it.
    pub pane: Part,
}

impl WhatIf {
    /// Opens it.
    ///
    /// # Errors
    /// When the page does not answer, or has not got it.
    pub async fn open(lab: &Lab) -> Result<Self> {
        lab.press("What if…").await?;
        Ok(Self { pane: lab.part("dialog", "What if?").await? })
    }

    /// Turns the switch of a rule.
    ///
    /// # Errors
    /// When the page does not answer, or has not got it.
    pub async fn switch(&self, rule: &str) -> Result<()> {
        self.pane.part("switch", rule).await?.click().await
    }

    /// Fills in a bound.
    ///
    /// # Errors
    /// When the page does not answer, or has not got it.
    pub async fn bound(&self, name: &str, number: f64) -> Result<()> {
        if !self.pane.has("spinbutton", name).await? {
            self.pane.part("disclosure", "Within").await?.click().await?;
        }
        self.pane.part("spinbutton", name).await?.fill(number).await
    }

    /// Presses a button, and waits for what is said then.
    ///
    /// # Errors
    /// When the page does not answer, or has not got it.
    pub async fn ask(&self, button: &str) -> Result<String> {
        self.pane.press(button).await?;
        self.says().await
    }

    /// What is said of the search, once there is a sentence.
    ///
    /// # Errors
    /// When the page does not answer, or has not got it.
    pub async fn says(&self) -> Result<String> {
        self.pane.part("status", ".").await?.text().await
    }

    /// Plays what was found, and stops once it has begun.
    ///
    /// # Errors
    /// When the page does not answer, or has not got it.
    pub async fn plays(&self, page: &Page, lab: &Lab) -> Result<()> {
        self.pane.press("Play it").await?;
        page.eventually("it plays", async || {
            let view = lab.view().await?;
            let open = lab.seen().has("dialog", "What if?").await?;
            Ok((!open && view["step"].as_u64() > Some(0)).then_some(()))
        })
        .await?;
        lab.pause().await
    }

    /// Closes it.
    ///
    /// # Errors
    /// When the page does not answer, or has not got it.
    pub async fn close(&self) -> Result<()> {
        self.pane.press("Close").await
    }
}
