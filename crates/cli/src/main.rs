//! `quorum`: the laboratory on a terminal. The same engine, the same runs and the same sentences as the page.
//!
//! What a command has to say goes to standard output, one JSON object with `--json`; what goes wrong, and progress, to
//! standard error. Exit codes: 0, it held or succeeded; 1, a violation or an expectation that was not met; 2, bad input, or
//! nowhere to write to; 3, undecided within the budget.

mod check;
mod check_log;
mod demo;
mod export;
mod files;
mod fuzz;
mod linearizable;
mod outcome;
mod output;
mod progress;
mod run;
mod scenarios;
mod standard;
mod story;
mod subject;
mod threads;

use clap::{Parser, Subcommand};
use quorum_core::text::{short, visible};
use std::process::ExitCode;

/// A laboratory for Paxos, on a terminal.
#[derive(Parser)]
#[command(name = "quorum", version, about, after_help = EXIT_CODES)]
struct Arguments {
    /// One JSON object on standard output, for machines
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    command: Command,
}

const EXIT_CODES: &str = "Exit codes: 0 it held or succeeded; 1 a violation or an unmet expectation; 2 bad input; 3 \
                          undecided within the budget.";

#[derive(Subcommand)]
enum Command {
    /// Play the first scenarios, readably
    Demo(demo::Demo),
    /// Play a scenario, or a run from a file or a link, and say what came of it
    Run(run::Run),
    /// Write a scenario or a run in another format: a picture, a diagram, a log, a test
    Export(export::Export),
    /// Search every run within bounds: does agreement hold, and what breaks it without one of the rules?
    Check(check::Check),
    /// Try random worlds with every fault at once: each must stay safe, and agree once it is healed
    Fuzz(fuzz::Fuzz),
    /// Judge a history of clients: does it look as though each operation took effect at one moment?
    Linearizable(linearizable::Linearizable),
    /// List the scenarios that come with the program, or check every one
    Scenarios(scenarios::Scenarios),
}

fn main() -> ExitCode {
    let Arguments { json, command } = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => return ExitCode::from(refuse(error)),
    };
    let outcome = match command {
        Command::Demo(demo) => demo.execute(json),
        Command::Run(run) => run.execute(json),
        Command::Export(export) => export.execute(json),
        Command::Check(check) => check.execute(json),
        Command::Fuzz(fuzz) => fuzz.execute(json),
        Command::Linearizable(linearizable) => linearizable.execute(json),
        Command::Scenarios(scenarios) => scenarios.execute(json),
    };
    match outcome {
        Ok(outcome::Outcome::Held) => ExitCode::SUCCESS,
        Ok(outcome::Outcome::Failed) => ExitCode::from(1),
        Ok(outcome::Outcome::Undecided) => ExitCode::from(3),
        Err(error) => {
            output::say(&format!("error: {error:#}"));
            ExitCode::from(2)
        }
    }
}

/// Most letters of an argument that a refusal repeats.
const SHORT: usize = 200;

/// Says what is wrong with the arguments, or the help that was asked for; gives the exit code.
fn refuse(error: clap::Error) -> u8 {
    if !error.use_stderr() {
        if standard::output_was_closed() {
            output::say("error: standard output is closed: there is nowhere to write the answer to");
            return 2;
        }
        // What cannot be written has no reader.
        drop(error.print());
        return 0;
    }
    // The sentence repeats arguments as they are. So it is made once more, of arguments that are short and that no terminal
    // obeys.
    let tame = std::env::args_os().map(|argument| visible(&short(&argument.to_string_lossy(), SHORT)));
    drop(Arguments::try_parse_from(tame).err().unwrap_or(error).print());
    2
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        Arguments::command().debug_assert();
    }
}
