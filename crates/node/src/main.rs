//! `quorum-node`: real servers on a terminal.

mod faults;
mod options;
mod store;

use std::io::{Read as _, Write as _};
use std::process::ExitCode;
use std::sync::Arc;
use std::thread;

use anyhow::{Context, Result, anyhow};
use clap::Parser;
use quorum_core::paxos::{NodeId, NodeSet};
use quorum_node::config::Cluster;
use quorum_node::load::Load;
use quorum_node::record::NoteFile;
use quorum_node::rules;
use quorum_node::runner::Recorder;
use quorum_node::server::{self, InitialFaults, Member, Start};
use quorum_node::storage::Store;
use quorum_node::supervisor::{self, TOKEN_VARIABLE};
use quorum_node::tls;
use quorum_node::token::Token;

use options::{CertsOptions, Command, LoadOptions, Options, RunOptions};

fn main() -> ExitCode {
    let options = Options::parse();
    let done = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("there are no threads to run on")
        .and_then(|runtime| runtime.block_on(execute(options.command)));
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("quorum-node: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn execute(command: Command) -> Result<()> {
    match command {
        Command::Run(options) => run(&options).await,
        Command::Cluster(options) => supervisor::run(&options.into()).await,
        Command::Load(options) => load(&options).await,
        Command::Store(command) => store::execute(command).await,
        Command::Fault(command) => faults::execute(command).await,
        Command::Record(options) => faults::record(&options).await,
        Command::Certs(options) => certs(&options),
    }
}

async fn run(options: &RunOptions) -> Result<()> {
    if options.supervised {
        thread::spawn(end_with_supervisor);
    }
    let cluster = Arc::new(Cluster::load(&options.config)?.without(&options.off));
    let id = NodeId::new(options.id).filter(|id| cluster.servers.contains_key(id));
    let id = id.with_context(|| format!("{} has no server {}", options.config.display(), options.id))?;
    let token = std::env::var(TOKEN_VARIABLE).ok().map(|token| Token::new(&token));
    let nodes = |numbers: &[u32]| numbers.iter().filter_map(|number| NodeId::new(*number)).collect();
    let faults = InitialFaults {
        cut_to: nodes(&options.cut_to),
        cut_from: nodes(&options.cut_from),
        extra_ms: options.slow_disk,
    };
    println!("server {id} of {} at {}", cluster.name, cluster.servers[&id]);
    if !cluster.off.is_empty() {
        println!("{}", rules::warning(&cluster.off));
    }
    if options.replaced {
        Store::replace(&options.data, &cluster.identity(id))?;
        println!("server {id} lost its disk: it votes no more, and only learns");
    }
    let member = Member { id, cluster };
    let recorder = match &options.notes {
        None => None,
        Some(path) => {
            let file = NoteFile::open(path).with_context(|| format!("{} cannot be written", path.display()))?;
            Some(Box::new(file) as Box<dyn Recorder>)
        }
    };
    server::run(Start { member, token, recorder, faults, epoch: options.epoch }, &options.data).await
}

/// The supervisor holds the other end of standard input, and writes nothing to it.
fn end_with_supervisor() {
    let _ = std::io::stdin().read(&mut [0]);
    std::process::exit(0);
}

fn certs(options: &CertsOptions) -> Result<()> {
    tls::make(&options.folder, NodeSet::first(options.nodes).iter())?;
    let folder = options.folder.display();
    println!(
        "{folder} has the keys of {} servers. Give each server ca.pem, token, all server-*.pem, and server-N.key of its own; \
         give clients ca.pem and token.",
        options.nodes
    );
    Ok(())
}

async fn load(options: &LoadOptions) -> Result<()> {
    let load =
        Load { servers: options.at.servers()?, way: options.at.way()?, clients: options.clients, time: options.time };
    let report = load.run().await?;
    if options.json {
        let lines = report.lines().map_err(|why| anyhow!("there is no history: {why}"))?;
        std::io::stdout().write_all(lines.as_bytes()).context("the history cannot be written")?;
        eprint!("{}", report.summary());
    } else {
        print!("{}", report.summary());
    }
    if report.errors.len() == options.clients { Err(anyhow!("no client was answered to the end")) } else { Ok(()) }
}
