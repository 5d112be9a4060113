//! What is missing, said before it is installed.
//!
//! As root on Debian, which is what most containers are, programs are installed with apt-get; anywhere else one sentence
//! says what to type. Programs that are crates come through cargo. Rust targets come through rustup, and the tools of the page through npm, everywhere.

use crate::command::{command, output, run, shown};
use crate::tools::{self, Browser, Program, Source};
use crate::{npm, targets};
use anyhow::{Result, bail};
use std::path::Path;
use std::process::Command;

/// What a command needs beside cargo.
#[derive(Default)]
pub(crate) struct Needs {
    pub(crate) browsers: Vec<Browser>,
    pub(crate) targets: Vec<&'static str>,
    /// node, npm and what package-lock.json pins.
    pub(crate) page_tools: bool,
}

impl Needs {
    /// A browser and nothing else.
    pub(crate) fn browser(browser: Browser) -> Self {
        Self { browsers: vec![browser], ..Self::default() }
    }

    /// The tools of the page and nothing else.
    pub(crate) fn page_tools() -> Self {
        Self { page_tools: true, ..Self::default() }
    }

    /// Makes sure that everything is there: says what it is going to install, and installs it.
    ///
    /// # Errors
    /// When something is missing and `may_install` is false, or it cannot be installed from here.
    pub(crate) fn ensure(&self, may_install: bool) -> Result<()> {
        let programs = self.missing_programs()?;
        let names: Vec<_> = programs.iter().map(|program| program.name).collect();
        let by_hand = !can_install(&programs);
        if by_hand && may_install {
            bail!("{}", advice(&programs, is_debian()));
        }
        let mut commands = if by_hand { Vec::new() } else { installing(&programs) };
        let mut targets = Vec::new();
        for target in self.targets.iter().copied() {
            if !targets::is_here(target)? {
                targets.push(target);
                commands.push(targets::adding(target)?);
            }
        }
        let no_packages = self.page_tools && !npm::is_installed();
        let rust = targets.iter().map(|target| format!("Rust for {target}"));
        let packages = no_packages.then(|| "the packages of package-lock.json".to_owned());
        let missing = names.iter().map(ToString::to_string).chain(rust).chain(packages).collect::<Vec<_>>().join(", ");
        if missing.is_empty() {
            return Ok(());
        }
        commands.extend(no_packages.then(npm::installing));
        let typed: Vec<_> = commands.iter().map(shown).collect();
        if !may_install {
            let how = match by_hand {
                true => advice(&programs, is_debian()),
                false => format!("`{}` installs it", typed.join(" && ")),
            };
            bail!("--no-install forbids to install what is missing: {missing}. {how}");
        }
        eprintln!("Missing: {missing}. This is going to be run:\n    {}", typed.join("\n    "));
        // npm comes last and by itself: it leaves a note of what it installed.
        commands.truncate(commands.len() - usize::from(no_packages));
        commands.iter_mut().try_for_each(run)?;
        let missing = self.missing_programs()?;
        if !missing.is_empty() {
            bail!("{}", advice(&missing, is_debian()));
        }
        if self.page_tools { npm::ensure() } else { Ok(()) }
    }

    /// Whether everything is there, or could be installed without asking a person.
    ///
    /// # Errors
    /// When a variable names a program that is not there.
    pub(crate) fn can_be_met(&self, may_install: bool) -> Result<bool> {
        let programs = self.missing_programs()?;
        Ok(programs.is_empty() || may_install && can_install(&programs))
    }

    fn missing_programs(&self) -> Result<Vec<Program>> {
        let page_tools = self.page_tools.then_some(tools::FOR_THE_PAGE);
        let programs =
            self.browsers.iter().flat_map(|browser| browser.programs()).chain(page_tools.into_iter().flatten());
        let mut missing: Vec<Program> = Vec::new();
        for program in programs {
            let is_named = missing.iter().any(|other| other.name == program.name);
            if !is_named && program.find()?.is_none() {
                missing.push(program);
            }
        }
        Ok(missing)
    }
}

/// Whether these programs can be installed without asking a person: packages by root on Debian, crates by anybody.
fn can_install(programs: &[Program]) -> bool {
    packages(programs).is_empty() || is_debian() && is_root()
}

fn installing(programs: &[Program]) -> Vec<Command> {
    let mut commands = apt_get(programs);
    commands.extend(crates(programs).map(|name| {
        let mut install = command("cargo");
        install.args(cargo_install(name));
        install
    }));
    commands
}

/// Without optimising: it takes a third of the time, and a driver waits for its browser anyway.
fn cargo_install(name: &str) -> [&str; 4] {
    ["install", "--locked", "--debug", name]
}

fn crates(programs: &[Program]) -> impl Iterator<Item = &'static str> {
    programs.iter().filter_map(|program| match program.from {
        Source::Crate(name) => Some(name),
        Source::Debian(_) => None,
    })
}

fn apt_get(programs: &[Program]) -> Vec<Command> {
    let packages = packages(programs);
    if packages.is_empty() {
        return Vec::new();
    }
    let (mut update, mut install) = (command("apt-get"), command("apt-get"));
    update.args(["update", "-qq"]);
    install.args(["install", "-y", "-qq"]).args(packages).env("DEBIAN_FRONTEND", "noninteractive");
    vec![update, install]
}

fn packages(programs: &[Program]) -> Vec<&'static str> {
    let package = |program: &Program| match program.from {
        Source::Debian(package) => Some(package),
        Source::Crate(_) => None,
    };
    programs.iter().filter_map(package).collect()
}

/// One sentence: what is missing, the command that brings it, and the variables that may say where it is.
fn advice(missing: &[Program], debian: bool) -> String {
    let names = missing.iter().map(|program| program.name).collect::<Vec<_>>().join(" and ");
    let are = if missing.len() == 1 { "is" } else { "are" };
    let mut commands = Vec::new();
    let packages = packages(missing);
    if debian && !packages.is_empty() {
        commands.push(format!("sudo apt-get install -y {}", packages.join(" ")));
    }
    commands.extend(crates(missing).map(|name| format!("cargo {}", cargo_install(name).join(" "))));
    let how = match commands.is_empty() {
        false => format!("`{}` installs what is missing", commands.join(" && ")),
        true => "Install what is missing the way this system installs programs".into(),
    };
    let variables: Vec<_> = missing.iter().filter_map(|program| program.variable).collect();
    let or = match variables.is_empty() {
        true => String::new(),
        false => format!("; if it is somewhere else, say where in {}", variables.join(" and ")),
    };
    format!("{names} {are} needed and not found. {how}{or}")
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
            advice(&Browser::Chromium.programs(), true),
            "Chromium and chromedriver are needed and not found. `sudo apt-get install -y chromium chromium-driver` \
             installs what is missing; if it is somewhere else, say where in CHROME and CHROMEDRIVER"
        );
        assert_eq!(
            advice(&Browser::Firefox.programs(), true),
            "Firefox and geckodriver are needed and not found. `sudo apt-get install -y firefox-esr && cargo install \
             --locked --debug geckodriver` installs what is missing; if it is somewhere else, say where in FIREFOX and GECKODRIVER"
        );
        assert_eq!(
            advice(&tools::FOR_THE_PAGE, false),
            "node and npm are needed and not found. Install what is missing the way this system installs programs"
        );
    }

    #[test]
    fn packages_come_from_debian_and_crates_from_cargo() {
        let typed = |programs: &[Program]| installing(programs).iter().map(shown).collect::<Vec<_>>();
        assert_eq!(
            typed(&Browser::Firefox.programs()),
            ["apt-get update -qq", "apt-get install -y -qq firefox-esr", "cargo install --locked --debug geckodriver"]
        );
        assert_eq!(
            typed(&Browser::Chromium.programs()),
            ["apt-get update -qq", "apt-get install -y -qq chromium chromium-driver"]
        );
        assert!(typed(&[]).is_empty());
        assert!(can_install(&[]));
    }
}
