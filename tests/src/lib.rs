//! The page in real browsers: everything a test needs to open it, act on it and look at it.
//!
//! A test is a function that gets a tab in a running browser that no other test has meanwhile, and a site of its own:
//!
//! ```no_run
//! use quorum_tests::{Result, browse, json};
//!
//! #[test]
//! fn a_crashed_server_is_shown_as_down() {
//!     browse(async |page| {
//!         let lab = page.open("").await?;
//!         lab.step(5).await?;
//!         lab.apply(json!({ "type": "crash", "node": 3 })).await?;
//!         lab.until("server 3 is down", |view| view["nodes"][2]["status"] == "down").await?;
//!         let sentence = lab.refusal(json!({ "type": "crash", "node": 3 })).await?;
//!         assert!(sentence.contains("down"), "{sentence}");
//!         Ok(())
//!     });
//! }
//! ```
//!
//! What holds for every test, so that none has to see to it:
//!
//! - **Any error of the page fails the test**: an uncaught exception, a rejected promise nobody handled, a file
//!   that is not there, a `console.error`. A test that provokes one takes it with [`Page::take_errors`].
//! - **Nothing is left behind**, not even by a panic. The tab and what the site stored end with the test, and with a test
//!   that fails the browser; browsers, their profiles and the driver end with the last test. A picture of the page at the
//!   moment of failure stays in `target/failed`.
//! - **Nobody sleeps.** What takes time is waited for with [`Lab::until`] or [`Page::eventually`], which say what
//!   they waited for when it does not come.
//! - **Parts are found as a person finds them**, by role and name: [`Lab::part`], [`Lab::press`].
//! - **Tests run side by side**, each in a browser of its own. Chromium's share one driver, and a browser in which a test
//!   went well is given to the next one: to start it would take longer than most tests do.
//!
//! The site is taken from `dist/`, as built by `cargo xtask build`. [`Setup`] serves it another way: below a path,
//! with a security policy, or inside somebody else's page. `QUORUM_BROWSER` names the browser: `chromium` (the
//! default), `firefox` or `webkit`; `CHROME`, `CHROMEDRIVER` and their like say where it is.

mod bar;
mod browser;
mod driver;
pub mod geometry;
mod lab;
pub mod log;
mod page;
mod part;
mod refusal;
mod setup;
pub mod states;
mod what_if;
mod words;

pub use anyhow::{Context, Error, Result, bail, ensure};
pub use bar::Bar;
pub use browser::Browser;
pub use lab::Lab;
pub use log::Log;
pub use page::{Page, Thrown};
pub use part::Part;
/// In a page that a test adds: where the site is served.
pub use quorum_site_server::ORIGIN;
pub use refusal::refused;
pub use serde_json::{Value, json};
pub use setup::{PLAIN, Setup, browse, package};
/// The WebDriver client, for what this harness has no word for: keys, pointers, windows.
pub use thirtyfour;
pub use what_if::WhatIf;
pub use words::{ballot, chosen, event, learned, state};
