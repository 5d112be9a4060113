//! The browsers: what each is told when it starts, and what only some of them can.

use anyhow::{Result, bail};
use serde_json::{Value, json};
use std::env;
use std::path::Path;
use thirtyfour::Capabilities;

/// A browser that can open the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Browser {
    /// Chromium or Chrome, through chromedriver.
    Chromium,
    /// Firefox, through geckodriver.
    Firefox,
    /// WebKitGTK, through WebKitWebDriver.
    Webkit,
}

impl Browser {
    /// The browser that `QUORUM_BROWSER` names; Chromium when it names none.
    ///
    /// # Errors
    /// When it names one that is not known.
    pub fn chosen() -> Result<Self> {
        match env::var("QUORUM_BROWSER").as_deref() {
            Err(_) | Ok("" | "chromium") => Ok(Self::Chromium),
            Ok("firefox") => Ok(Self::Firefox),
            Ok("webkit") => Ok(Self::Webkit),
            Ok(other) => {
                bail!("QUORUM_BROWSER is {other}; it can be chromium, firefox or webkit")
            }
        }
    }

    /// The driver's file name, and the variable that may say where it is.
    pub(crate) fn driver(self) -> (&'static str, &'static str) {
        match self {
            Self::Chromium => ("chromedriver", "CHROMEDRIVER"),
            Self::Firefox => ("geckodriver", "GECKODRIVER"),
            Self::Webkit => ("WebKitWebDriver", "WEBKITDRIVER"),
        }
    }

    pub(crate) fn driver_takes_many_sessions(self) -> bool {
        self == Self::Chromium
    }

    /// Whether it speaks the Chrome DevTools Protocol, and so has a log and can pretend to be a small screen.
    pub(crate) fn has_devtools(self) -> bool {
        self == Self::Chromium
    }

    /// What the driver is asked for: headless, quiet, and with a profile of its own.
    pub(crate) fn capabilities(self, profile: &Path) -> Capabilities {
        let profile = profile.to_string_lossy();
        let asked = match self {
            Self::Chromium => json!({
                "browserName": "chrome",
                "goog:loggingPrefs": { "browser": "ALL" },
                "goog:chromeOptions": with_binary("CHROME", json!({ "args": [
                    "--headless=new",
                    // Without it Chromium does not start as root, as in most containers. What it opens is ours.
                    "--no-sandbox",
                    "--disable-gpu",
                    "--disable-dev-shm-usage",
                    "--disable-quic",
                    "--no-first-run",
                    "--disable-background-networking",
                    "--disable-component-update",
                    "--disable-sync",
                    "--window-size=1280,880",
                    format!("--user-data-dir={profile}"),
                ] })),
            }),
            Self::Firefox => json!({
                "browserName": "firefox",
                "moz:firefoxOptions": with_binary("FIREFOX", json!({
                    "args": ["-headless", "-profile", profile],
                })),
            }),
            Self::Webkit => json!({ "browserName": "MiniBrowser" }),
        };
        match asked {
            Value::Object(asked) => asked.into(),
            _ => Capabilities::new(),
        }
    }
}

/// `options`, saying also which binary to start when the variable names one.
fn with_binary(variable: &str, mut options: Value) -> Value {
    if let Ok(binary) = env::var(variable)
        && !binary.is_empty()
    {
        options["binary"] = binary.into();
    }
    options
}
