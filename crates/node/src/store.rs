//! The commands that ask the store.

use std::fmt::Write as _;
use std::time::Duration;

use anyhow::{Result, bail};
use quorum_core::log::{Op, Output, Text};
use quorum_node::client::Client;
use quorum_node::proto::status_response::Role;

use crate::options::{At, StoreCommand};

/// How long somebody at a terminal waits.
const PATIENCE: Duration = Duration::from_secs(10);

pub(crate) async fn execute(command: StoreCommand) -> Result<()> {
    let (op, at) = match command {
        StoreCommand::Leader { at } => return leader(&at).await,
        StoreCommand::Status { at } => return status(&at).await,
        StoreCommand::Get { key, at } => (Op::Get { key: text(&key)? }, at),
        StoreCommand::Put { key, value, at } => (Op::Put { key: text(&key)?, value: text(&value)? }, at),
        StoreCommand::Delete { key, at } => (Op::Delete { key: text(&key)? }, at),
        StoreCommand::Cas { key, old, new, at } => {
            (Op::Cas { key: text(&key)?, from: text(&old)?, to: text(&new)? }, at)
        }
        StoreCommand::Append { key, text: value, at } => (Op::Append { key: text(&key)?, value: text(&value)? }, at),
    };
    let (output, slot) = Client::new(at.servers()?, at.way()?)?.execute(&op, PATIENCE).await?;
    match output {
        Output::Done => println!("done in slot {slot}"),
        Output::Value(Some(value)) => println!("{}", value.as_str()),
        Output::Value(None) => bail!("{:?} has no value", op.key().as_str()),
        Output::Swapped(true) => println!("swapped in slot {slot}"),
        Output::Swapped(false) => bail!("not swapped: the value is another one"),
        Output::TooLong => bail!("not done: the value would become longer than 64 KiB"),
    }
    Ok(())
}

fn text(text: &str) -> Result<Text> {
    match Text::new(text) {
        Some(text) => Ok(text),
        None => bail!("keys and values have at most 64 KiB of text, and this one has {} bytes", text.len()),
    }
}

async fn leader(at: &At) -> Result<()> {
    let (way, mut silent) = (at.way()?, Vec::new());
    for server in at.servers()? {
        match way.status(&server).await {
            Ok(status) => {
                let leader = status.members.iter().find(|member| Some(member.id) == status.leader);
                if let Some(leader) = leader {
                    println!("server {} at {}", leader.id, leader.address);
                    return Ok(());
                }
                silent.push(format!("{server} knows none"));
            }
            Err(why) => silent.push(format!("{server} {why}")),
        }
    }
    bail!("nobody knows a leader: {}", silent.join("; "))
}

async fn status(at: &At) -> Result<()> {
    let mut text = format!(
        "{:<8}{:<22}{:<11}{:<9}{:>8}{:>9}{:>7}{:>9}\n",
        "server", "address", "role", "ballot", "chosen", "applied", "keys", "clients"
    );
    let (way, mut there, mut more) = (at.way()?, 0, Vec::new());
    for server in at.servers()? {
        let status = match way.status(&server).await {
            Ok(status) => status,
            Err(why) => {
                let _ = writeln!(text, "{:<8}{server:<22}{why}", "?");
                continue;
            }
        };
        there += 1;
        if status.replaced {
            let votes = status.off.iter().any(|rule| rule == "wiped-stays-silent");
            let does = if votes { "AND VOTES ALL THE SAME" } else { "it votes no more, and only learns" };
            more.push(format!("server {} lost its disk: {does}\n", status.id));
        }
        more.extend(status.refusals.iter().map(|why| format!("server {}: {why}\n", status.id)));
        if !status.off.is_empty() {
            more.push(format!("server {} runs WITHOUT {}\n", status.id, status.off.join(", ")));
        }
        let role = match status.role() {
            Role::Leader => "leader",
            Role::Candidate => "candidate",
            Role::Follower | Role::Unspecified => "follower",
        };
        let ballot =
            status.ballot.map_or_else(|| "-".to_owned(), |ballot| format!("{}.{}", ballot.round, ballot.server));
        let _ = writeln!(
            text,
            "{:<8}{server:<22}{role:<11}{ballot:<9}{:>8}{:>9}{:>7}{:>9}",
            status.id, status.chosen_to, status.applied_to, status.keys, status.clients
        );
    }
    print!("{text}{}", more.concat());
    if there == 0 {
        bail!("nobody answers. Is the cluster running? `quorum-node cluster` starts one");
    }
    Ok(())
}
