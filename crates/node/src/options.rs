//! What can be asked for on the command line.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Result, ensure};
use clap::{Args, Parser, Subcommand};
use quorum_core::limits::{MAX_NODES, MAX_SESSIONS, MAX_SNAPSHOT_SLOTS};
use quorum_node::client::Way;
use quorum_node::config::Cluster;
use quorum_node::rules::{self, Rule};
use quorum_node::supervisor;
use quorum_node::tls::ClientKeys;

/// Where `cluster` keeps everything, unless it is told.
const DATA: &str = "quorum-data";

/// Real servers that run the laboratory's replica of a log.
#[derive(Parser)]
#[command(version, arg_required_else_help = true)]
pub(crate) struct Options {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Run a cluster on this machine: servers as processes, and a door for faults; Ctrl-C ends it
    Cluster(ClusterOptions),
    /// Run one server, for a machine of its own
    Run(RunOptions),
    #[command(flatten)]
    Store(StoreCommand),
    #[command(flatten)]
    Fault(FaultCommand),
    /// Ask as fast as is answered: puts a second, and how late
    Load(LoadOptions),
    /// Write what the servers of a `cluster` do, or did since its beginning, as a run of the laboratory
    Record(RecordOptions),
    /// Make the keys of a cluster of one's own
    Certs(CertsOptions),
}

#[derive(Args)]
pub(crate) struct CertsOptions {
    /// A new folder
    pub(crate) folder: PathBuf,
    /// How many servers
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..=i64::from(MAX_NODES)))]
    pub(crate) nodes: u32,
}

#[derive(Args)]
pub(crate) struct ClusterOptions {
    /// How many servers, 1 to 9
    #[arg(long, default_value_t = 5)]
    nodes: u32,
    /// Where everything is kept
    #[arg(long, default_value = DATA)]
    data: PathBuf,
    /// So many slots lie between two snapshots of a server; 0: its log grows for ever [default: 4096]
    #[arg(long, value_name = "SLOTS", value_parser = clap::value_parser!(u32).range(..=i64::from(MAX_SNAPSHOT_SLOTS)))]
    snapshot_every: Option<u32>,
    /// So many clients are remembered, and one more takes the place of the one that was served longest ago; 0: all [default: 65536]
    #[arg(long, value_name = "CLIENTS", value_parser = clap::value_parser!(u32).range(..=i64::from(MAX_SESSIONS)))]
    sessions: Option<u32>,
    /// The port of the door for faults; the servers have those that follow
    #[arg(long, default_value_t = 7000)]
    port: u16,
    /// The folder with the page [default: dist, where `cargo xtask build` makes it]
    #[arg(long)]
    site: Option<PathBuf>,
    /// Do not open the page
    #[arg(long)]
    no_open: bool,
    /// A rule that does not hold, by the name that the laboratory has for it; may be given several times
    #[arg(long, value_name = "RULE", value_parser = rules::named)]
    off: Vec<Rule>,
}

impl From<ClusterOptions> for supervisor::Options {
    fn from(
        ClusterOptions { nodes, data, snapshot_every, sessions, port, site, no_open, off }: ClusterOptions,
    ) -> Self {
        let built = || {
            let near = [PathBuf::from("dist"), PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../dist"))];
            near.into_iter().find(|folder| folder.join("quorum-lab.js").exists())
        };
        Self { nodes, data, snapshot_every, sessions, port, site: site.or_else(built), opens: !no_open, off }
    }
}

#[derive(Args)]
pub(crate) struct RunOptions {
    /// Which server of the cluster it is
    #[arg(long)]
    pub(crate) id: u32,
    /// The cluster
    #[arg(long, value_name = "cluster.toml")]
    pub(crate) config: PathBuf,
    /// Where its file is kept
    #[arg(long)]
    pub(crate) data: PathBuf,
    /// Keep notes of all that happens in this file: a run of the laboratory can be made of those of all servers
    #[arg(long)]
    pub(crate) notes: Option<PathBuf>,
    /// This server's disk was lost, and this is an empty one: it votes no more, and only learns
    #[arg(long)]
    pub(crate) replaced: bool,
    /// A rule that does not hold for this server, beside those that the cluster does without; may be given several times
    #[arg(long, value_name = "RULE", value_parser = rules::named)]
    pub(crate) off: Vec<Rule>,
    /// End when standard input does
    #[arg(long, hide = true)]
    pub(crate) supervised: bool,
    #[arg(long, hide = true)]
    pub(crate) cut_to: Vec<u32>,
    #[arg(long, hide = true)]
    pub(crate) cut_from: Vec<u32>,
    #[arg(long, hide = true, default_value_t = 0)]
    pub(crate) slow_disk: u32,
    #[arg(long, hide = true, default_value_t = 0)]
    pub(crate) epoch: u64,
}

/// Where to ask.
#[derive(Args)]
pub(crate) struct At {
    /// A server's host and port; may be given several times [default: those of the cluster in --data]
    #[arg(long = "at", value_name = "ADDRESS")]
    at: Vec<String>,
    /// The folder of a `cluster`
    #[arg(long, default_value = DATA)]
    data: PathBuf,
    /// The folder with the keys of a cluster that wants them
    #[arg(long)]
    keys: Option<PathBuf>,
}

impl At {
    pub(crate) fn way(&self) -> Result<Way> {
        self.keys.as_deref().map_or_else(|| Ok(Way::default()), |keys| Ok(ClientKeys::load(keys)?.into()))
    }

    pub(crate) fn servers(&self) -> Result<Vec<String>> {
        if !self.at.is_empty() {
            return Ok(self.at.clone());
        }
        let path = supervisor::config_in(&self.data);
        let hint = "name a server with --at, or the folder of a cluster with --data; `quorum-node cluster` starts one";
        ensure!(path.exists(), "there is no cluster in {}: {hint}", self.data.display());
        Ok(Cluster::load(&path)?.servers.values().map(ToString::to_string).collect())
    }
}

#[derive(Subcommand)]
pub(crate) enum StoreCommand {
    /// What is the key's value?
    Get {
        key: String,
        #[command(flatten)]
        at: At,
    },
    /// Give a key a value
    Put {
        key: String,
        value: String,
        #[command(flatten)]
        at: At,
    },
    /// Take a key's value away
    Delete {
        key: String,
        #[command(flatten)]
        at: At,
    },
    /// Compare and swap: the key's value becomes NEW if it is OLD
    Cas {
        key: String,
        old: String,
        new: String,
        #[command(flatten)]
        at: At,
    },
    /// Add a text behind the key's value
    Append {
        key: String,
        text: String,
        #[command(flatten)]
        at: At,
    },
    /// Who leads?
    Leader {
        #[command(flatten)]
        at: At,
    },
    /// What each server is at present
    Status {
        #[command(flatten)]
        at: At,
    },
}

/// The door of a `cluster`.
#[derive(Args)]
pub(crate) struct Door {
    /// The address that the cluster printed for faults
    #[arg(long = "at", value_name = "ADDRESS", default_value = "http://127.0.0.1:7000")]
    pub(crate) address: String,
    /// The folder of the cluster, in which its token is
    #[arg(long, default_value = DATA)]
    pub(crate) data: PathBuf,
    /// The token that the cluster printed [default: the one in the folder]
    #[arg(long, env = "QUORUM_TOKEN", hide_env_values = true)]
    pub(crate) token: Option<String>,
}

#[derive(Subcommand)]
pub(crate) enum FaultCommand {
    /// Kill a server of a `cluster`, as a power failure does
    Kill {
        id: u32,
        #[command(flatten)]
        door: Door,
    },
    /// Stop a server of a `cluster`; it keeps its memory
    Stop {
        id: u32,
        #[command(flatten)]
        door: Door,
    },
    /// Let a server go on that was stopped
    Continue {
        id: u32,
        #[command(flatten)]
        door: Door,
    },
    /// Start a server that is down
    Start {
        id: u32,
        #[command(flatten)]
        door: Door,
    },
    /// Take the disk of a server that is down away, and start it with an empty one: it votes no more, and only learns
    Replace {
        id: u32,
        #[command(flatten)]
        door: Door,
    },
    /// Cut the link between two servers
    Cut {
        a: u32,
        b: u32,
        /// Only the way from A to B
        #[arg(long)]
        one_way: bool,
        #[command(flatten)]
        door: Door,
    },
    /// Mend the link between two servers
    Mend {
        a: u32,
        b: u32,
        /// Only the way from A to B
        #[arg(long)]
        one_way: bool,
        #[command(flatten)]
        door: Door,
    },
    /// Make each sync of a server's disk take so many milliseconds longer; 0: as it is
    SlowDisk {
        id: u32,
        ms: u32,
        #[command(flatten)]
        door: Door,
    },
}

#[derive(Args)]
pub(crate) struct RecordOptions {
    /// What happens from now on, for so long: 30s, 500ms, 2m [default: everything since the beginning]
    #[arg(long = "for", value_name = "TIME", value_parser = duration)]
    pub(crate) time: Option<Duration>,
    /// The file
    #[arg(short, long, value_name = "FILE.quorum.json")]
    pub(crate) output: PathBuf,
    #[command(flatten)]
    pub(crate) door: Door,
}

#[derive(Args)]
pub(crate) struct LoadOptions {
    /// How many clients ask at once
    #[arg(long, default_value_t = 64, value_parser = clients)]
    pub(crate) clients: usize,
    /// For how long: 30s, 500ms, 2m
    #[arg(long = "for", default_value = "30s", value_name = "TIME", value_parser = duration)]
    pub(crate) time: Duration,
    /// Write the history to standard output, as `quorum linearizable` reads it
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) at: At,
}

fn clients(text: &str) -> Result<usize, String> {
    text.parse().ok().filter(|count| (1..=1000).contains(count)).ok_or_else(|| "1 to 1000".to_owned())
}

fn duration(text: &str) -> Result<Duration, String> {
    let digits = text.len() - text.trim_start_matches(|letter: char| letter.is_ascii_digit()).len();
    let (number, unit) = text.split_at(digits);
    let scale = match unit {
        "ms" => Some(1),
        "s" => Some(1000),
        "m" => Some(60_000),
        _ => None,
    };
    let ms = number.parse::<u64>().ok().zip(scale).and_then(|(number, scale)| number.checked_mul(scale));
    let most = 3_600_000;
    ms.filter(|ms| (1..=most).contains(ms))
        .map(Duration::from_millis)
        .ok_or_else(|| "a time is a number with ms, s or m behind it, at most 60m".to_owned())
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_commands_are_well_formed() {
        Options::command().debug_assert();
    }

    #[test]
    fn a_time_is_a_number_and_a_unit() {
        assert_eq!(duration("500ms"), Ok(Duration::from_millis(500)));
        assert_eq!(duration("2m"), Ok(Duration::from_secs(120)));
        for wrong in ["", "30", "s", "-1s", "61m", "1h", "99999999999999999999s"] {
            assert!(duration(wrong).is_err(), "{wrong}");
        }
    }
}
