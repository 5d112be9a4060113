//! Parts of the page, found as a person finds them: by their role and their name.

use crate::page::{eventually, read, run};
use anyhow::Result;
use serde_json::{Value, json};
use thirtyfour::{WebDriver, WebElement};

/// Finds a part by role and name.
const FIND: &str = include_str!("find.js");

/// A button, a field, a dialog, … or a whole lab, to look for others in.
#[derive(Clone, Debug)]
pub struct Part {
    session: WebDriver,
    element: WebElement,
}

impl Part {
    pub(crate) fn new(session: WebDriver, element: WebElement) -> Self {
        Self { session, element }
    }

    /// Waits for a part inside this one that is seen: one of exactly this name, or else one whose name begins with it, or
    /// has it inside.
    ///
    /// # Errors
    /// When there is none in time.
    pub async fn part(&self, role: &str, name: &str) -> Result<Self> {
        let what = format!("there is a {role} “{name}”");
        let found =
            eventually(&what, async || Ok(Some(self.look(role, name).await?).filter(|it| !it.is_null()))).await?;
        Ok(Self::new(self.session.clone(), WebElement::from_json(found, self.session.handle().clone())?))
    }

    /// Whether there is such a part now.
    ///
    /// # Errors
    /// When the page does not answer.
    pub async fn has(&self, role: &str, name: &str) -> Result<bool> {
        Ok(!self.look(role, name).await?.is_null())
    }

    /// Waits until there is no such part.
    ///
    /// # Errors
    /// When there still is one after a while.
    pub async fn gone(&self, role: &str, name: &str) -> Result<()> {
        let what = format!("the {role} “{name}” goes");
        eventually(&what, async || Ok((!self.has(role, name).await?).then_some(()))).await
    }

    /// Presses a button inside this part.
    ///
    /// # Errors
    /// When there is none in time.
    pub async fn press(&self, name: &str) -> Result<()> {
        self.part("button", name).await?.click().await
    }

    /// Clicks this part: focuses it, as a mouse does, and activates it.
    ///
    /// # Errors
    /// When it is gone.
    pub async fn click(&self) -> Result<()> {
        self.tell("args[0].focus(); args[0].click();", Value::Null).await.map(drop)
    }

    /// Puts a value into this field, as a person does who then leaves it.
    ///
    /// # Errors
    /// When it is gone.
    pub async fn fill(&self, value: impl Into<Value>) -> Result<()> {
        let fill = "
            args[0].value = args[1];
            for (const type of ['input', 'change']) args[0].dispatchEvent(new Event(type, { bubbles: true }));";
        self.tell(fill, value.into()).await.map(drop)
    }

    /// The text of this part.
    ///
    /// # Errors
    /// When it is gone.
    pub async fn text(&self) -> Result<String> {
        self.read("return args[0].textContent;").await
    }

    /// Whether this switch or box is on.
    ///
    /// # Errors
    /// When it is gone.
    pub async fn is_on(&self) -> Result<bool> {
        Ok(read(&self.session, "return args[0].checked;", vec![self.element.to_json()?]).await? == json!(true))
    }

    /// The value of this field.
    ///
    /// # Errors
    /// When it is gone.
    pub async fn value(&self) -> Result<String> {
        self.read("return args[0].value;").await
    }

    async fn look(&self, role: &str, name: &str) -> Result<Value> {
        read(&self.session, FIND, vec![self.element.to_json()?, json!(role), json!(name)]).await
    }

    async fn tell(&self, body: &str, value: Value) -> Result<Value> {
        run(&self.session, body, vec![self.element.to_json()?, value]).await
    }

    async fn read(&self, body: &str) -> Result<String> {
        Ok(read(&self.session, body, vec![self.element.to_json()?]).await?.as_str().unwrap_or_default().to_owned())
    }
}
