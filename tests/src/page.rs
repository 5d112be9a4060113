//! A browser window on the site.

use crate::driver::Driver;
use crate::{Browser, Lab};
use anyhow::{Context, Result, anyhow, bail};
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use quorum_site_server::{Site, SiteServer};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use std::cell::RefCell;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tempfile::TempDir;
use thirtyfour::error::WebDriverErrorInner;
use thirtyfour::{WebDriver, WebElement};

/// How long something may take that should happen by itself. Generous: it is only ever used up by a failure.
const PATIENCE: Duration = Duration::from_secs(20);
/// Below this many pixels a screen is taken to be a telephone's.
const NARROW: u32 = 600;
const PAUSE: Duration = Duration::from_millis(20);

/// What a browser without a log is given before the page's own scripts run.
const COLLECT_ERRORS: &str = include_str!("collect-errors.js");

/// An error the page threw, with exactly its message. Found in an error with `downcast_ref`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Thrown(pub String);

impl std::fmt::Display for Thrown {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Thrown {}

/// A tab in a browser that no other test has meanwhile, and the site it can visit, at an origin of its own.
pub struct Page {
    browser: Browser,
    session: WebDriver,
    // After the session, since fields are dropped in this order.
    driver: Arc<Driver>,
    profile: TempDir,
    server: SiteServer,
    /// Errors of pages that were left, for a browser that forgets them then.
    left_behind: RefCell<Vec<String>>,
}

impl Page {
    pub(crate) async fn start(browser: Browser, site: Site) -> Result<Self> {
        let site = if browser.has_devtools() { site } else { site.first_script(COLLECT_ERRORS) };
        let server = quorum_site_server::serve(site, 0).context("no port for the site")?;
        let driver = Driver::of(browser)?;
        let (session, profile) = match driver.idle() {
            Some(running) => running,
            None => {
                let profile = tempfile::tempdir().context("no directory for the browser's profile")?;
                (session(browser, &driver, profile.path()).await?, profile)
            }
        };
        Ok(Self { browser, session, driver, profile, server, left_behind: RefCell::default() })
    }

    /// Closes the browser.
    pub(crate) async fn end(self) -> Result<()> {
        self.session.quit().await.context("the browser does not close")
    }

    /// Leaves the browser to the next test, with one blank tab and nothing stored for this site; closes it if it cannot be
    /// left so.
    pub(crate) async fn leave(self) -> Result<()> {
        if !self.browser.has_devtools() || self.tidy().await.is_err() {
            return self.end().await;
        }
        self.driver.keep((self.session, self.profile));
        Ok(())
    }

    async fn tidy(&self) -> Result<()> {
        let used = self.session.windows().await?;
        let blank = self.session.new_tab().await?;
        for tab in used {
            self.session.switch_to_window(tab).await?;
            self.session.close_window().await?;
        }
        self.session.switch_to_window(blank).await?;
        // Otherwise nothing in it may have the focus.
        self.devtools("Page.bringToFront", json!({})).await?;
        // Another test may be served from the same port.
        self.forget().await?;
        self.take_errors().await?;
        Ok(())
    }

    /// Which browser this is.
    pub fn browser(&self) -> Browser {
        self.browser
    }

    /// The WebDriver session, for what this harness has no word for.
    pub fn driver(&self) -> &WebDriver {
        &self.session
    }

    /// The address of `path`: an absolute path, or one relative to the site (`""`, `"?nodes=5"`, `"#q1…"`).
    pub fn url(&self, path: &str) -> String {
        if path.starts_with('/') {
            format!("{}{path}", self.server.origin())
        } else {
            format!("{}{path}", self.server.url())
        }
    }

    /// Goes to `path` (see [`Page::url`]) and waits until its `<quorum-lab>` is ready.
    ///
    /// # Errors
    /// When the page does not load, or its lab does not get ready.
    pub async fn open(&self, path: &str) -> Result<Lab> {
        self.go(path).await?;
        self.lab("quorum-lab").await
    }

    /// Goes to `path` and waits for nothing but the page itself. With only another fragment it does not load again.
    ///
    /// # Errors
    /// When the page does not load.
    pub async fn go(&self, path: &str) -> Result<()> {
        let url = self.url(path);
        if !self.browser.has_devtools() {
            let errors = self.errors_noted_by_the_page().await?;
            self.left_behind.borrow_mut().extend(errors);
        }
        self.session.goto(&url).await.with_context(|| format!("{url} does not load"))
    }

    /// Turns to another fragment of the address, as a link in the page does, and waits until what it names is shown: nothing loads
    /// again.
    ///
    /// # Errors
    /// When the lab does not get ready.
    pub async fn turn_to(&self, fragment: &str) -> Result<Lab> {
        let turn = "
            const turned = new Promise((done) => addEventListener('hashchange', done, { once: true }));
            location.hash = args[0];
            await turned;";
        self.js::<()>(turn, vec![json!(fragment)]).await?;
        self.lab("quorum-lab").await
    }

    /// The lab that `selector` finds, once it is ready.
    ///
    /// # Errors
    /// When there is none, or it does not get ready.
    pub async fn lab(&self, selector: &str) -> Result<Lab> {
        let find = "return document.querySelector(args[0]);";
        let found = eventually(&format!("the page has a {selector}"), async || {
            let found = run(&self.session, find, vec![json!(selector)]).await?;
            Ok(Some(found).filter(|found| !found.is_null()))
        })
        .await?;
        let ready = "await customElements.whenDefined('quorum-lab'); await args[0].ready;";
        let waited = run(&self.session, ready, vec![found.clone()]).await;
        waited.with_context(|| format!("{selector} does not get ready"))?;
        let element = WebElement::from_json(found, self.session.handle().clone())?;
        Ok(Lab::new(self.session.clone(), element))
    }

    /// Runs `body` as the body of an async function and returns what it returns; `args` is the array given here.
    ///
    /// # Errors
    /// [`Thrown`] when it throws; something else when it cannot run or returns something unexpected.
    pub async fn js<T: DeserializeOwned>(&self, body: &str, args: Vec<Value>) -> Result<T> {
        let value = run(&self.session, body, args).await?;
        serde_json::from_value(value.clone()).with_context(|| format!("the script returned {value}"))
    }

    /// Waits until `condition` gives something, and returns it. `what` completes "it never happened that …".
    ///
    /// # Errors
    /// When `condition` fails, or time is up.
    pub async fn eventually<T>(&self, what: &str, condition: impl AsyncFnMut() -> Result<Option<T>>) -> Result<T> {
        eventually(what, condition).await
    }

    /// The errors the page has had since it was last asked. A test that provokes one takes it here.
    ///
    /// # Errors
    /// When the browser does not answer.
    pub async fn take_errors(&self) -> Result<Vec<String>> {
        if !self.browser.has_devtools() {
            let now = self.errors_noted_by_the_page().await?;
            return Ok(self.left_behind.take().into_iter().chain(now).collect());
        }
        let log = self.session.browser_log().await.context("the browser's log cannot be read")?;
        Ok(log.into_iter().filter(|entry| entry.level == "SEVERE").map(|entry| entry.message).collect())
    }

    async fn errors_noted_by_the_page(&self) -> Result<Vec<String>> {
        self.js("return (globalThis.quorumTestErrors ?? []).splice(0);", Vec::new()).await
    }

    /// Gives the page this many CSS pixels. Browsers without DevTools refuse very narrow windows.
    ///
    /// # Errors
    /// When the browser refuses.
    pub async fn resize(&self, width: u32, height: u32) -> Result<()> {
        if self.browser.has_devtools() {
            // A narrow screen is a telephone, whose scroll bar takes no room.
            let mobile = width < NARROW;
            let size = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": mobile });
            self.devtools("Emulation.setDeviceMetricsOverride", size).await?;
            return Ok(());
        }
        self.session.set_window_rect(0, 0, width, height).await?;
        Ok(())
    }

    /// Answers the page's media queries: `[("prefers-color-scheme", "dark"), ("prefers-reduced-motion", "reduce")]`.
    ///
    /// # Errors
    /// When this browser cannot.
    pub async fn prefer(&self, features: &[(&str, &str)]) -> Result<()> {
        let features: Vec<_> = features.iter().map(|(name, value)| json!({ "name": name, "value": value })).collect();
        self.devtools("Emulation.setEmulatedMedia", json!({ "features": features })).await?;
        Ok(())
    }

    /// Sends one command of the Chrome DevTools Protocol, and returns its answer.
    ///
    /// # Errors
    /// When this browser does not speak it, or refuses.
    pub async fn devtools(&self, method: &str, parameters: Value) -> Result<Value> {
        if !self.browser.has_devtools() {
            bail!("{method} needs Chromium, and this is {:?}", self.browser);
        }
        let answer = self.session.cdp().send_raw(method, parameters).await;
        answer.with_context(|| method.to_owned())
    }

    /// Saves what the page looks like now, as PNG.
    ///
    /// # Errors
    /// When there is no picture to be had, or it cannot be written.
    pub async fn picture(&self, path: &Path) -> Result<()> {
        write(path, &self.session.screenshot_as_png().await?)
    }

    /// Saves the whole page as PNG, with what is below the edge of the window too.
    ///
    /// # Errors
    /// When this browser cannot, or the file cannot be written.
    pub async fn whole_picture(&self, path: &Path) -> Result<()> {
        let how = json!({ "format": "png", "captureBeyondViewport": true });
        let answer = self.devtools("Page.captureScreenshot", how).await?;
        let picture = answer["data"].as_str().context("the browser gave no picture")?;
        write(path, &BASE64.decode(picture).context("the browser gave a damaged picture")?)
    }

    /// Waits until the browser has drawn what has changed.
    ///
    /// # Errors
    /// When the page does not answer.
    pub async fn drawn(&self) -> Result<()> {
        let two_frames = "await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));";
        self.js(two_frames, Vec::new()).await
    }

    /// Waits until every box of the labs has stayed where it is for a while, and says where that is. A lab does some of
    /// its work a little after it has drawn (what space-time tells a screen reader, say): two layouts are compared only
    /// once both are at rest.
    ///
    /// # Errors
    /// When the page does not answer, or does not come to rest in ten seconds.
    pub async fn layout(&self) -> Result<Value> {
        let at_rest = "
            const frame = () => new Promise(requestAnimationFrame);
            const boxes = () => [...document.querySelectorAll('quorum-lab')].flatMap((lab) =>
                [...lab.shadowRoot.querySelectorAll('.lab *')].map((part) => {
                    const { x, y, width, height } = part.getBoundingClientRect();
                    return `${part.localName}.${part.getAttribute('class')} ` + [x, y, width, height].map(Math.round).join(' ');
                }));
            await frame();
            const begun = performance.now();
            for (let [seen, since] = [boxes(), begun], frames = 0; performance.now() < begun + 10000; frames++) {
                if (frames > 5 && performance.now() > since + 500) return seen;
                await frame();
                const now = boxes();
                if (now.join() !== seen.join()) [seen, since, frames] = [now, performance.now(), 0];
            }
            throw new Error('its boxes go on moving');";
        self.js(at_rest, Vec::new()).await
    }

    /// Forgets everything the site has stored in this browser.
    ///
    /// # Errors
    /// When this browser cannot.
    pub async fn forget(&self) -> Result<()> {
        let everything = json!({ "origin": self.server.origin(), "storageTypes": "all" });
        self.devtools("Storage.clearDataForOrigin", everything).await?;
        Ok(())
    }

    /// Kills the page's process, as running out of memory does, and goes on in another tab, which is blank. Nothing is told
    /// the page beforehand. Chromium only.
    ///
    /// # Errors
    /// When the page had errors, or this browser cannot.
    pub async fn kill(&self) -> Result<()> {
        let errors = self.take_errors().await?;
        if !errors.is_empty() {
            bail!("the page had errors before it was killed:\n  {}", errors.join("\n  "));
        }
        let killed = self.session.window().await?;
        let next = self.session.new_tab().await?;
        self.session.switch_to_window(killed).await?;
        // The answer would come from the process that is gone.
        if self.devtools("Page.crash", json!({})).await.is_ok() {
            bail!("the page answers after it was killed");
        }
        self.session.switch_to_window(next).await.context("no tab is left")
    }

    /// Closes the browser and starts it again with the same profile, as a person does the next day. The page is
    /// blank then; errors it had before are reported now. WebKit cannot: it keeps no profile for tests.
    ///
    /// # Errors
    /// When the page had errors, or the browser does not close or start.
    pub async fn restart_browser(&mut self) -> Result<()> {
        if self.browser == Browser::Webkit {
            bail!("WebKit forgets everything between sessions, so a test cannot restart it");
        }
        let errors = self.take_errors().await?;
        if !errors.is_empty() {
            bail!("the page had errors before the restart:\n  {}", errors.join("\n  "));
        }
        self.session.clone().quit().await.context("the browser does not close")?;
        self.session = session(self.browser, &self.driver, self.profile.path()).await?;
        Ok(())
    }
}

async fn session(browser: Browser, driver: &Driver, profile: &Path) -> Result<WebDriver> {
    let session = WebDriver::new(driver.url(), browser.capabilities(profile)).await;
    let session = session.with_context(|| format!("{browser:?} does not start"))?;
    session.set_script_timeout(PATIENCE).await?;
    Ok(session)
}

/// Runs `body` as the body of an async function in the page.
pub(crate) async fn run(session: &WebDriver, body: &str, args: Vec<Value>) -> Result<Value> {
    let script = format!(
        "const args = [...arguments];
         return (async () => {{ {body}\n }})().then(
             (value) => ({{ value: value === undefined ? null : value }}),
             (error) => ({{ thrown: String(error?.message ?? error) }}));"
    );
    let answer = session.execute(script, args).await.map_err(|error| match error.as_inner() {
        WebDriverErrorInner::ScriptTimeout(_) => anyhow!("the page does not answer"),
        _ => anyhow!(error),
    })?;
    let answer = answer.json();
    match answer.get("thrown") {
        Some(thrown) => Err(Thrown(thrown.as_str().unwrap_or_default().to_owned()).into()),
        None => Ok(answer["value"].clone()),
    }
}

/// As [`run`], for reading what the page shows. A lab draws what changed in the next frame, which on a busy machine may come
/// later than a test asks: so this lets that frame come first. A page that nobody sees has no frames and is not waited for.
pub(crate) async fn read(session: &WebDriver, body: &str, args: Vec<Value>) -> Result<Value> {
    let frame = "await new Promise((done) => (requestAnimationFrame(done), setTimeout(done, 300)));";
    run(session, &format!("{frame} {body}"), args).await
}

pub(crate) async fn eventually<T>(what: &str, mut condition: impl AsyncFnMut() -> Result<Option<T>>) -> Result<T> {
    let start = Instant::now();
    loop {
        if let Some(found) = condition().await? {
            return Ok(found);
        }
        if start.elapsed() > PATIENCE {
            bail!("it never happened that {what}");
        }
        tokio::time::sleep(PAUSE).await;
    }
}

fn write(path: &Path, picture: &[u8]) -> Result<()> {
    if let Some(directory) = path.parent() {
        std::fs::create_dir_all(directory).with_context(|| format!("{} cannot be made", directory.display()))?;
    }
    std::fs::write(path, picture).with_context(|| format!("{} cannot be written", path.display()))
}
