//! The programs that are not cargo's: browsers, their drivers, and node for the type checker.
//!
//! Each is looked for where its environment variable says and then on the PATH. As root on Debian, which is what
//! most containers are, a missing one is installed; anywhere else one sentence says how to get it.

use crate::command::{command, output, run};
use anyhow::{Context, Result, bail};
use clap::ValueEnum;
use std::env;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

/// A browser that can open the page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Browser {
    #[default]
    Chromium,
    Firefox,
    Webkit,
}

impl Browser {
    /// The name the browser tests know it by.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Chromium => "chromium",
            Self::Firefox => "firefox",
            Self::Webkit => "webkit",
        }
    }

    fn tools(self) -> Vec<Tool> {
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

/// A program that is needed, and how it is had.
struct Tool {
    name: &'static str,
    /// The environment variable that may say where it is.
    variable: Option<&'static str>,
    /// Its file names, the most likely first.
    programs: &'static [&'static str],
    install: Install,
}

enum Install {
    /// A Debian package.
    Debian(&'static str),
    /// A command that works wherever cargo does.
    Cargo(&'static str),
}

const CHROMIUM: Tool = Tool {
    name: "Chromium",
    variable: Some("CHROME"),
    programs: &[
        "chromium",
        "chromium-browser",
        "google-chrome",
        "google-chrome-stable",
        "chrome",
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    ],
    install: Install::Debian("chromium"),
};
const CHROMEDRIVER: Tool = Tool {
    name: "chromedriver",
    variable: Some("CHROMEDRIVER"),
    programs: &["chromedriver"],
    install: Install::Debian("chromium-driver"),
};
const FIREFOX: Tool = Tool {
    name: "Firefox",
    variable: Some("FIREFOX"),
    programs: &["firefox", "firefox-esr", "/Applications/Firefox.app/Contents/MacOS/firefox"],
    install: Install::Debian("firefox-esr"),
};
const GECKODRIVER: Tool = Tool {
    name: "geckodriver",
    variable: Some("GECKODRIVER"),
    programs: &["geckodriver"],
    install: Install::Cargo("cargo install --locked geckodriver"),
};
const WEBKITDRIVER: Tool = Tool {
    name: "WebKitWebDriver",
    variable: Some("WEBKITDRIVER"),
    programs: &["WebKitWebDriver"],
    install: Install::Debian("webkit2gtk-driver"),
};
const XVFB: Tool = Tool { name: "xvfb-run", variable: None, programs: &["xvfb-run"], install: Install::Debian("xvfb") };
const NODE: Tool = Tool { name: "node", variable: None, programs: &["node"], install: Install::Debian("nodejs") };
const NPM: Tool = Tool { name: "npm", variable: None, programs: &["npm", "npm.cmd"], install: Install::Debian("npm") };

/// Makes sure that `browser` and its driver are there.
///
/// # Errors
/// When one is not, and cannot be installed from here.
pub(crate) fn ensure_browser(browser: Browser) -> Result<()> {
    ensure(&browser.tools())
}

/// Whether a missing program may be installed: not if a person said no.
static MAY_INSTALL: AtomicBool = AtomicBool::new(true);

/// Says whether missing programs may be installed.
pub(crate) fn allow_installing(may: bool) {
    MAY_INSTALL.store(may, Ordering::Relaxed);
}

/// Makes sure that these browsers, their drivers, node and npm are there: all at once, so that what is going to be installed
/// is said in one line, before anything is.
///
/// # Errors
/// When one is not, and cannot be installed from here.
pub(crate) fn ensure_for_tests(browsers: &[Browser]) -> Result<()> {
    let mut tools = vec![NODE, NPM];
    for tool in browsers.iter().flat_map(|browser| browser.tools()) {
        if tools.iter().all(|other| other.name != tool.name) {
            tools.push(tool);
        }
    }
    ensure(&tools)
}

/// Makes sure that node and npm are there, and returns npm's name.
///
/// # Errors
/// When one is not, and cannot be installed from here.
pub(crate) fn ensure_npm() -> Result<PathBuf> {
    ensure(&[NODE, NPM])?;
    Ok(NPM.find()?.unwrap_or_else(|| "npm".into()))
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
    let found = driver.find()?;
    Ok((variable, found.unwrap_or_else(|| driver.programs[0].into())))
}

/// The first program of this name on the PATH.
pub(crate) fn on_path(program: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path)
        .flat_map(|directory| {
            [directory.join(program), directory.join(program).with_extension(env::consts::EXE_EXTENSION)]
        })
        .find(|file| file.is_file())
}

impl Tool {
    fn find(&self) -> Result<Option<PathBuf>> {
        let said = self.variable.and_then(|variable| Some((variable, PathBuf::from(env::var_os(variable)?))));
        if let Some((variable, path)) = said.filter(|(_, path)| !path.as_os_str().is_empty()) {
            if !path.is_file() && path.to_str().and_then(on_path).is_none() {
                bail!("{variable} is {}, and no such program is there. Correct it or unset it", path.display());
            }
            return Ok(Some(path));
        }
        Ok(self.programs.iter().find_map(|program| on_path(program)))
    }
}

fn ensure(tools: &[Tool]) -> Result<()> {
    let missing = missing(tools)?;
    if missing.is_empty() {
        return Ok(());
    }
    let packages: Vec<_> = missing.iter().filter_map(|tool| tool.package()).collect();
    let may_install = MAY_INSTALL.load(Ordering::Relaxed);
    if may_install && !packages.is_empty() && packages.len() == missing.len() && is_debian() && is_root() {
        install(&packages)?;
        if self::missing(tools)?.is_empty() {
            return Ok(());
        }
    }
    bail!("{}", advice(&missing, is_debian()))
}

fn missing(tools: &[Tool]) -> Result<Vec<&Tool>> {
    let mut missing = Vec::new();
    for tool in tools {
        if tool.find()?.is_none() {
            missing.push(tool);
        }
    }
    Ok(missing)
}

impl Tool {
    fn package(&self) -> Option<&'static str> {
        match self.install {
            Install::Debian(package) => Some(package),
            Install::Cargo(_) => None,
        }
    }
}

/// One sentence: what is missing, the command that brings it, and the variables that may say where it is.
fn advice(missing: &[&Tool], debian: bool) -> String {
    let names = missing.iter().map(|tool| tool.name).collect::<Vec<_>>().join(" and ");
    let are = if missing.len() == 1 { "is" } else { "are" };
    let mut commands = Vec::new();
    let packages: Vec<_> = missing.iter().filter_map(|tool| tool.package()).collect();
    if debian && !packages.is_empty() {
        commands.push(format!("sudo apt-get install -y {}", packages.join(" ")));
    }
    commands.extend(missing.iter().filter_map(|tool| match tool.install {
        Install::Cargo(command) => Some(command.to_owned()),
        Install::Debian(_) => None,
    }));
    let how = match commands.is_empty() {
        false => format!("`{}` installs what is missing", commands.join(" && ")),
        true => "install what is missing the way this system installs programs".into(),
    };
    let variables: Vec<_> = missing.iter().filter_map(|tool| tool.variable).collect();
    let or = if variables.is_empty() {
        String::new()
    } else {
        format!("; if it is somewhere else, say where in {}", variables.join(" and "))
    };
    format!("{names} {are} needed and not found. {}{or}", capitalised(&how))
}

fn capitalised(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map_or_else(String::new, |first| first.to_uppercase().chain(characters).collect())
}

fn install(packages: &[&str]) -> Result<()> {
    eprintln!(
        "The tests need {}, which this machine does not have. Installing with apt-get: {}. (--no-install leaves that to you.)",
        if packages.len() == 1 { "a program" } else { "programs" },
        packages.join(" ")
    );
    let installed = run(command("apt-get").args(["update", "-qq"])).and_then(|()| {
        let install = ["install", "-y", "-qq"];
        run(command("apt-get").args(install).args(packages).env("DEBIAN_FRONTEND", "noninteractive"))
    });
    installed.with_context(|| format!("{} cannot be installed", packages.join(" and ")))
}

fn is_debian() -> bool {
    let release = std::fs::read_to_string("/etc/os-release").unwrap_or_default();
    release.lines().any(|line| line == "ID=debian") && Path::new("/usr/bin/apt-get").exists()
}

fn is_root() -> bool {
    output(command("id").arg("-u")).is_ok_and(|id| id.trim() == "0")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_advice_is_one_command_where_there_is_one() {
        assert_eq!(
            advice(&[&CHROMIUM, &CHROMEDRIVER], true),
            "Chromium and chromedriver are needed and not found. `sudo apt-get install -y chromium chromium-driver` \
             installs what is missing; if it is somewhere else, say where in CHROME and CHROMEDRIVER"
        );
        assert_eq!(
            advice(&[&FIREFOX, &GECKODRIVER], true),
            "Firefox and geckodriver are needed and not found. `sudo apt-get install -y firefox-esr && cargo install \
             --locked geckodriver` installs what is missing; if it is somewhere else, say where in FIREFOX and GECKODRIVER"
        );
        assert_eq!(
            advice(&[&NPM], false),
            "npm is needed and not found. Install what is missing the way this system installs programs"
        );
    }

    #[test]
    fn cargo_itself_is_on_the_path_and_nonsense_is_not() {
        assert!(on_path("cargo").is_some());
        assert!(on_path("no-such-program-here").is_none());
    }
}
