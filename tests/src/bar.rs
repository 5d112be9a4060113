//! What stands above the stage: a challenge, a question, or the tools of a lesson.

use crate::page::eventually;
use crate::{Lab, Part};
use anyhow::Result;

/// The bar of a lab, whatever stands there now.
#[derive(Clone, Debug)]
pub struct Bar(Lab);

impl Bar {
    /// That of this lab.
    pub const fn of(lab: Lab) -> Self {
        Self(lab)
    }

    /// Waits until the bar says this.
    ///
    /// # Errors
    /// When it does not in time.
    pub async fn says(&self, text: &str) -> Result<()> {
        eventually(&format!("the bar says “{text}”"), async || Ok(self.text().await?.contains(text).then_some(())))
            .await
    }

    /// All that it says; nothing while there is none.
    ///
    /// # Errors
    /// When the page does not answer.
    pub async fn text(&self) -> Result<String> {
        let shown = self.0.shown(".lessonbar").await?;
        Ok(shown.unwrap_or_default())
    }

    /// Presses one of its buttons.
    ///
    /// # Errors
    /// When there is none of that name in time.
    pub async fn press(&self, name: &str) -> Result<()> {
        self.0.press(name).await
    }

    /// One of its fields, by name.
    ///
    /// # Errors
    /// When there is none in time.
    pub async fn field(&self, role: &str, name: &str) -> Result<Part> {
        self.0.part(role, name).await
    }
}
