//! A `<quorum-lab>` in the page, with the verbs of its public interface.

use crate::bar::Bar;
use crate::page::{Thrown, eventually, read, run};
use crate::part::Part;
use anyhow::{Context, Result, bail};
use serde_json::{Value, json};
use thirtyfour::{WebDriver, WebElement};

/// Finds an element in the lab's shadow tree, and in the trees of the elements inside it.
const FIND: &str = "
    const find = (root) => {
        const found = root.querySelector(args[1]);
        if (found) return found;
        for (const element of root.querySelectorAll('*')) {
            const inside = element.shadowRoot && find(element.shadowRoot);
            if (inside) return inside;
        }
        return null;
    };
    return find(args[0].shadowRoot ?? args[0]);";

/// More steps than any run of a test needs to come to its end.
const LONG: u32 = 5000;

/// One `<quorum-lab>`. Its methods are the element's, as anybody embedding it calls them; what the element throws
/// is an error with exactly that message.
#[derive(Clone, Debug)]
pub struct Lab {
    session: WebDriver,
    element: WebElement,
}

impl Lab {
    pub(crate) fn new(session: WebDriver, element: WebElement) -> Self {
        Self { session, element }
    }

    /// The element itself.
    pub fn element(&self) -> &WebElement {
        &self.element
    }

    /// The lab as a person sees it, to find parts in by role and name.
    pub fn seen(&self) -> Part {
        Part::new(self.session.clone(), self.element.clone())
    }

    /// Waits for a part of the lab, by its role and its name.
    ///
    /// # Errors
    /// When there is none in time.
    pub async fn part(&self, role: &str, name: &str) -> Result<Part> {
        self.seen().part(role, name).await
    }

    /// Presses a button of the lab.
    ///
    /// # Errors
    /// When there is none of that name in time.
    pub async fn press(&self, name: &str) -> Result<()> {
        self.seen().press(name).await
    }

    /// Presses an entry of its header: on a narrow screen it is under “Menu”.
    ///
    /// # Errors
    /// When there is none of that name in time.
    pub async fn choose(&self, name: &str) -> Result<()> {
        let seen = self.seen();
        if !seen.has("button", name).await? && seen.has("button", "Menu").await? {
            self.press("Menu").await?;
        }
        self.press(name).await
    }

    /// Calls any method of the element, and waits for its promise if it gives one.
    ///
    /// # Errors
    /// [`Thrown`] when the element refuses.
    pub async fn call(&self, method: &str, arguments: impl IntoIterator<Item = Value>) -> Result<Value> {
        let mut args = vec![self.element.to_json()?, json!(method)];
        args.extend(arguments);
        run(&self.session, "return args[0][args[1]](...args.slice(2));", args).await
    }

    /// `step(n)`: `n` steps of the clock.
    ///
    /// # Errors
    /// When the element refuses.
    pub async fn step(&self, n: u32) -> Result<()> {
        self.change("step", [json!(n)]).await
    }

    /// `back(n)`: `n` steps back.
    ///
    /// # Errors
    /// When the element refuses.
    pub async fn back(&self, n: u32) -> Result<()> {
        self.change("back", [json!(n)]).await
    }

    /// `seek(step)`: to a step, in either direction.
    ///
    /// # Errors
    /// When the element refuses.
    pub async fn seek(&self, step: u32) -> Result<()> {
        self.change("seek", [json!(step)]).await
    }

    /// `beat(n)`: on by `n` beats, or back by as many if it is negative.
    ///
    /// # Errors
    /// When the element refuses.
    pub async fn beat(&self, n: i32) -> Result<()> {
        self.change("beat", [json!(n)]).await
    }

    /// Chooses single steps as beats: then Step and Back go by one, and play makes no pause but for each.
    ///
    /// # Errors
    /// When the lab has no such choice.
    pub async fn by_single_steps(&self) -> Result<()> {
        self.press("Everything").await
    }

    /// `play()`.
    ///
    /// # Errors
    /// When the element refuses.
    pub async fn play(&self) -> Result<()> {
        self.change("play", []).await
    }

    /// `pause()`.
    ///
    /// # Errors
    /// When the element refuses.
    pub async fn pause(&self) -> Result<()> {
        self.change("pause", []).await
    }

    /// `apply(action)`: what a person does.
    ///
    /// # Errors
    /// When the element refuses.
    pub async fn apply(&self, action: Value) -> Result<()> {
        self.change("apply", [action]).await
    }

    /// Asks a server for a value.
    ///
    /// # Errors
    /// When the element refuses.
    pub async fn propose(&self, node: u32, value: &str) -> Result<()> {
        self.apply(json!({ "type": "propose", "node": node, "value": value })).await
    }

    /// Does to one server what needs no more words: `crash`, `restart`, `pause`, `sync`, …
    ///
    /// # Errors
    /// When the element refuses.
    pub async fn server(&self, node: u32, does: &str) -> Result<()> {
        self.apply(json!({ "type": does, "node": node })).await
    }

    /// Follows the clock until nothing is left to happen, and returns what is true then.
    ///
    /// # Errors
    /// When the element refuses, or there is no end of it.
    pub async fn settle(&self) -> Result<Value> {
        self.step(LONG).await?;
        let view = self.view().await?;
        if !view["next"].is_null() {
            bail!("after {LONG} steps there is still something to happen; the view is {view}");
        }
        Ok(view)
    }

    /// The sentence with which `action` is refused.
    ///
    /// # Errors
    /// When it is not refused.
    pub async fn refusal(&self, action: Value) -> Result<String> {
        match self.apply(action.clone()).await {
            Ok(()) => bail!("{action} should have been refused"),
            Err(error) => match error.downcast::<Thrown>() {
                Ok(Thrown(sentence)) => Ok(sentence),
                Err(error) => Err(error),
            },
        }
    }

    /// `load(run)`.
    ///
    /// # Errors
    /// When the element refuses.
    pub async fn load(&self, run: Value) -> Result<()> {
        self.change("load", [run]).await
    }

    /// `reset(config)`.
    ///
    /// # Errors
    /// When the element refuses.
    pub async fn reset(&self, config: Value) -> Result<()> {
        self.change("reset", [config]).await
    }

    /// `view()`: what is true now.
    ///
    /// # Errors
    /// When the element does not answer.
    pub async fn view(&self) -> Result<Value> {
        self.call("view", []).await
    }

    /// `events(from)`: what has happened since a step.
    ///
    /// # Errors
    /// When the element does not answer, or not with a list.
    pub async fn events(&self, from: u32) -> Result<Vec<Value>> {
        self.list("events", [json!(from)]).await
    }

    /// `actions()`: what may be done now.
    ///
    /// # Errors
    /// When the element does not answer, or not with a list.
    pub async fn actions(&self) -> Result<Vec<Value>> {
        self.list("actions", []).await
    }

    /// `run()`: the run so far, as a file has it.
    ///
    /// # Errors
    /// When the element does not answer.
    pub async fn run(&self) -> Result<Value> {
        self.call("run", []).await
    }

    /// `share()`: the run so far, as a link has it.
    ///
    /// # Errors
    /// When the element does not answer, or not with text.
    pub async fn share(&self) -> Result<String> {
        let link = self.call("share", []).await?;
        Ok(link.as_str().with_context(|| format!("share() gave {link}"))?.to_owned())
    }

    /// Sets an attribute of the element; with `None`, removes it.
    ///
    /// # Errors
    /// When the element is gone.
    pub async fn set(&self, attribute: &str, value: Option<&str>) -> Result<()> {
        let set = "const [lab, name, value] = args;
            value === null ? lab.removeAttribute(name) : lab.setAttribute(name, value);";
        run(&self.session, set, vec![self.element.to_json()?, json!(attribute), json!(value)]).await?;
        Ok(())
    }

    /// Waits until the view is as `condition` says, and returns it. `what` completes "it never happened that …".
    ///
    /// # Errors
    /// When it does not come to that in time.
    pub async fn until(&self, what: &str, condition: impl Fn(&Value) -> bool) -> Result<Value> {
        let reached = eventually(what, async || Ok(Some(self.view().await?).filter(&condition)));
        match reached.await {
            Ok(view) => Ok(view),
            Err(error) => bail!("{error:#}; the view is {}", self.view().await?),
        }
    }

    /// Waits for what `selector` finds in the lab's shadow tree, or in those inside it.
    ///
    /// # Errors
    /// When nothing turns up in time.
    pub async fn find(&self, selector: &str) -> Result<WebElement> {
        let what = format!("{selector} is in the lab");
        let found = eventually(&what, async || {
            let args = vec![self.element.to_json()?, json!(selector)];
            Ok(Some(read(&self.session, FIND, args).await?).filter(|found| !found.is_null()))
        })
        .await?;
        Ok(WebElement::from_json(found, self.session.handle().clone())?)
    }

    /// The text of what `selector` finds now; `None` if there is nothing.
    ///
    /// # Errors
    /// When the page does not answer.
    pub async fn shown(&self, selector: &str) -> Result<Option<String>> {
        let inner = "return args[0].shadowRoot?.querySelector(args[1])?.innerText ?? null;";
        let text = read(&self.session, inner, vec![self.element.to_json()?, json!(selector)]).await?;
        Ok(text.as_str().map(ToOwned::to_owned))
    }

    /// What stands above its stage.
    pub fn bar(&self) -> Bar {
        Bar::of(self.clone())
    }

    /// Everything the lab shows as text, as a person would read it.
    ///
    /// # Errors
    /// When the element is gone.
    pub async fn text(&self) -> Result<String> {
        let all = "
            const read = (root) => [...root.children].map((element) => element.innerText ?? '').join('\\n');
            return read(args[0].shadowRoot ?? args[0]);";
        let text = read(&self.session, all, vec![self.element.to_json()?]).await?;
        Ok(text.as_str().unwrap_or_default().to_owned())
    }

    async fn change(&self, method: &str, arguments: impl IntoIterator<Item = Value>) -> Result<()> {
        self.call(method, arguments).await.map(|_| ())
    }

    async fn list(&self, method: &str, arguments: impl IntoIterator<Item = Value>) -> Result<Vec<Value>> {
        match self.call(method, arguments).await? {
            Value::Array(list) => Ok(list),
            other => bail!("{method}() gave {other}"),
        }
    }
}
