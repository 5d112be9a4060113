//! Running other programs, and saying in a sentence what went wrong with one.

use crate::project;
use anyhow::{Result, bail};
use std::ffi::OsStr;
use std::io::ErrorKind;
use std::process::{Command, Output};

/// A cargo command, run by the very cargo that runs this program.
pub(crate) fn cargo<I: AsRef<OsStr>>(arguments: impl IntoIterator<Item = I>) -> Command {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = command(cargo);
    command.args(arguments);
    command
}

/// A program of this workspace, built if it is not yet.
///
/// It is built as one of the whole workspace, as the tests are. Built as a package of its own, the libraries it shares with
/// others would have other features, and would be compiled once more.
///
/// # Errors
/// When it does not compile.
pub(crate) fn own_program(name: &str) -> Result<Command> {
    run(&mut cargo(["build", "--quiet", "--workspace", "--bin", name]))?;
    Ok(command(project::built(name)))
}

/// A command that runs at the root of the repository.
pub(crate) fn command(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    command.current_dir(project::root());
    command
}

/// Runs `command`, its output going where ours goes.
///
/// # Errors
/// When it cannot be started or does not succeed.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let status = command.status().or_else(|error| cannot_start(command, &error))?;
    if !status.success() {
        bail!("`{}` failed ({status})", shown(command));
    }
    Ok(())
}

/// Runs `command` and keeps what it says on standard output.
///
/// # Errors
/// When it cannot be started or does not succeed.
pub(crate) fn output(command: &mut Command) -> Result<String> {
    command.stderr(std::process::Stdio::inherit());
    let Output { status, stdout, .. } = command.output().or_else(|error| cannot_start(command, &error))?;
    if !status.success() {
        bail!("`{}` failed ({status})", shown(command));
    }
    Ok(String::from_utf8_lossy(&stdout).into_owned())
}

fn cannot_start<T>(command: &Command, error: &std::io::Error) -> Result<T> {
    let program = command.get_program().to_string_lossy();
    if error.kind() == ErrorKind::NotFound {
        bail!("`{program}` is not installed, or not on the PATH");
    }
    bail!("`{program}` does not start: {error}")
}

/// The command as a person would type it.
pub(crate) fn shown(command: &Command) -> String {
    let program = std::path::Path::new(command.get_program());
    let name = program.file_stem().unwrap_or(program.as_os_str());
    std::iter::once(name)
        .chain(command.get_args())
        .map(|word| {
            let word = word.to_string_lossy();
            if word.contains(' ') { format!("'{word}'") } else { word.into_owned() }
        })
        .collect::<Vec<_>>()
        .join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_program_is_named() {
        let error = run(&mut command("no-such-program-here")).expect_err("it cannot run");
        assert_eq!(error.to_string(), "`no-such-program-here` is not installed, or not on the PATH");
    }

    #[test]
    fn a_command_is_shown_as_typed() {
        let mut command = command("/some/where/cargo");
        command.args(["test", "--", "two words"]);
        assert_eq!(shown(&command), "cargo test -- 'two words'");
    }
}
