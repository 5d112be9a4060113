//! The programs that are not cargo's: browsers, their drivers, and node with npm.
//!
//! Each is looked for where its environment variable says and then on the PATH. What is missing is [`crate::install`]'s.

use anyhow::{Result, anyhow};
use clap::ValueEnum;
use std::env;
use std::path::PathBuf;
use which::which;

/// A browser that can open the page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Browser {
    #[default]
    Chromium,
    Firefox,
    Webkit,
}

impl Browser {
    /// All of them.
    pub(crate) const ALL: [Self; 3] = [Self::Chromium, Self::Firefox, Self::Webkit];

    /// The name people know it by.
    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::Chromium => "Chromium",
            Self::Firefox => "Firefox",
            Self::Webkit => "WebKit",
        }
    }

    /// The name the browser tests know it by.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Chromium => "chromium",
            Self::Firefox => "firefox",
            Self::Webkit => "webkit",
        }
    }

    /// What has to be there for it to be driven.
    pub(crate) fn programs(self) -> Vec<Program> {
        match self {
            Self::Chromium => vec![CHROMIUM, CHROMEDRIVER],
            Self::Firefox => vec![FIREFOX, GECKODRIVER],
            Self::Webkit if self.needs_a_screen() => vec![WEBKITDRIVER, XVFB],
            Self::Webkit => vec![WEBKITDRIVER],
        }
    }

    /// Whether a screen has to be made up for it: WebKitGTK has no headless mode.
    pub(crate) fn needs_a_screen(self) -> bool {
        self == Self::Webkit && !a_screen_is_here()
    }
}

/// Whether this Linux shows windows to somebody.
pub(crate) fn a_screen_is_here() -> bool {
    let set = |name| env::var_os(name).is_some_and(|value| !value.is_empty());
    set("DISPLAY") || set("WAYLAND_DISPLAY")
}

/// A program that is needed.
pub(crate) struct Program {
    pub(crate) name: &'static str,
    /// The environment variable that may say where it is.
    pub(crate) variable: Option<&'static str>,
    /// Its file names, the most likely first.
    files: &'static [&'static str],
    /// Where it comes from.
    pub(crate) from: Source,
}

/// How a program is had.
pub(crate) enum Source {
    /// A Debian package.
    Debian(&'static str),
    /// A crate whose program cargo installs, for this person alone.
    Crate(&'static str),
}

const CHROMIUM: Program = Program {
    name: "Chromium",
    variable: Some("CHROME"),
    files: &[
        "chromium",
        "chromium-browser",
        "google-chrome",
        "google-chrome-stable",
        "chrome",
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    ],
    from: Source::Debian("chromium"),
};
const CHROMEDRIVER: Program = Program {
    name: "chromedriver",
    variable: Some("CHROMEDRIVER"),
    files: &["chromedriver"],
    from: Source::Debian("chromium-driver"),
};
const FIREFOX: Program = Program {
    name: "Firefox",
    variable: Some("FIREFOX"),
    files: &["firefox", "firefox-esr", "/Applications/Firefox.app/Contents/MacOS/firefox"],
    from: Source::Debian("firefox-esr"),
};
const GECKODRIVER: Program = Program {
    name: "geckodriver",
    variable: Some("GECKODRIVER"),
    files: &["geckodriver"],
    from: Source::Crate("geckodriver"),
};
const WEBKITDRIVER: Program = Program {
    name: "WebKitWebDriver",
    variable: Some("WEBKITDRIVER"),
    files: &["WebKitWebDriver"],
    from: Source::Debian("webkit2gtk-driver"),
};
const XVFB: Program = Program { name: "xvfb-run", variable: None, files: &["xvfb-run"], from: Source::Debian("xvfb") };
const NODE: Program = Program { name: "node", variable: None, files: &["node"], from: Source::Debian("nodejs") };
const NPM: Program = Program { name: "npm", variable: None, files: &["npm"], from: Source::Debian("npm") };

/// What checks and packages the page.
pub(crate) const FOR_THE_PAGE: [Program; 2] = [NODE, NPM];

impl Program {
    /// Where it is, or nothing when it is not there.
    ///
    /// # Errors
    /// When its variable names a program that is not there.
    pub(crate) fn find(&self) -> Result<Option<PathBuf>> {
        let named = self.variable.and_then(|variable| Some((variable, env::var_os(variable)?)));
        match named.filter(|(_, value)| !value.is_empty()) {
            Some((variable, value)) => which(&value).map(Some).map_err(|_| {
                let value = value.to_string_lossy();
                anyhow!("{variable} is {value}, and no such program is there. Correct it or unset it")
            }),
            None => Ok(self.files.iter().find_map(|file| which(file).ok())),
        }
    }
}

/// Where npm is.
pub(crate) fn npm() -> PathBuf {
    NPM.find().ok().flatten().unwrap_or_else(|| "npm".into())
}

/// Where the driver of `browser` is, with the variable that says so to other programs.
///
/// # Errors
/// When that variable names a file that is not there.
pub(crate) fn driver(browser: Browser) -> Result<(&'static str, PathBuf)> {
    let (variable, driver) = match browser {
        Browser::Chromium => ("CHROMEDRIVER", CHROMEDRIVER),
        Browser::Firefox => ("GECKODRIVER", GECKODRIVER),
        Browser::Webkit => ("WEBKITDRIVER", WEBKITDRIVER),
    };
    Ok((variable, driver.find()?.unwrap_or_else(|| driver.files[0].into())))
}
