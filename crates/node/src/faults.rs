//! The commands that do something to a `cluster`: HTTP to its supervisor.

use std::fs;
use std::net::SocketAddr;

use anyhow::{Context, Result, anyhow, bail, ensure};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::Bytes;
use hyper::http::request::Builder;
use hyper::{Request, header};
use hyper_util::rt::TokioIo;
use quorum_node::limits::MAX_DOOR_ANSWER_BYTES;
use quorum_node::record::Record;
use quorum_node::supervisor::{Fault, token_in};
use tokio::net::TcpStream;

use crate::options::{Door, FaultCommand, RecordOptions};

pub(crate) async fn execute(command: FaultCommand) -> Result<()> {
    let (faults, said, door) = match command {
        FaultCommand::Kill { id, door } => (vec![Fault::Kill(id)], format!("server {id} is killed"), door),
        FaultCommand::Stop { id, door } => (vec![Fault::Stop(id)], format!("server {id} is stopped"), door),
        FaultCommand::Continue { id, door } => (vec![Fault::Continue(id)], format!("server {id} goes on"), door),
        FaultCommand::Start { id, door } => (vec![Fault::Start(id)], format!("server {id} is started"), door),
        FaultCommand::Replace { id, door } => {
            let said = format!("server {id} is started with an empty disk: it votes no more, and only learns");
            (vec![Fault::Replace(id)], said, door)
        }
        FaultCommand::Cut { a, b, one_way, door } => {
            (both(a, b, one_way, Fault::Cut), format!("{} cut", link(a, b, one_way)), door)
        }
        FaultCommand::Mend { a, b, one_way, door } => {
            (both(a, b, one_way, Fault::Mend), format!("{} whole", link(a, b, one_way)), door)
        }
        FaultCommand::SlowDisk { id, ms, door } => {
            (vec![Fault::SlowDisk(id, ms)], format!("each sync of server {id} takes {ms} ms longer"), door)
        }
    };
    let token = token(&door)?;
    for fault in faults {
        inflict(&door.address, &token, fault).await?;
    }
    println!("{said}");
    Ok(())
}

fn both(a: u32, b: u32, one_way: bool, fault: fn(u32, u32) -> Fault) -> Vec<Fault> {
    if one_way { vec![fault(a, b)] } else { vec![fault(a, b), fault(b, a)] }
}

fn link(a: u32, b: u32, one_way: bool) -> String {
    if one_way {
        format!("the way from server {a} to server {b} is")
    } else {
        format!("the link between {a} and {b} is")
    }
}

fn token(door: &Door) -> Result<String> {
    if let Some(token) = &door.token {
        return Ok(token.clone());
    }
    let path = token_in(&door.data);
    let token = std::fs::read_to_string(&path).map_err(|_| {
        anyhow!(
            "there is no running cluster in {}: name its folder with --data, or its token with --token",
            door.data.display()
        )
    })?;
    Ok(token.trim().to_owned())
}

async fn inflict(address: &str, token: &str, fault: Fault) -> Result<()> {
    ask(address, token, Request::post("/fault"), serde_json::to_vec(&fault)?).await.map(drop)
}

/// Asks the cluster for something, and returns what it says.
async fn ask(address: &str, token: &str, request: Builder, body: Vec<u8>) -> Result<Bytes> {
    let host = address.strip_prefix("http://").unwrap_or(address).trim_end_matches('/');
    let door: SocketAddr =
        host.parse().map_err(|_| anyhow!("{address:?} is no address: give what the cluster printed"))?;
    ensure!(door.ip().is_loopback(), "the token is sent to this machine's loopback address only, and not to {door}");
    let stream = TcpStream::connect(door).await.with_context(|| format!("no cluster answers at {address}"))?;
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
    tokio::spawn(connection);
    let request = request
        .header(header::HOST, host)
        .header(header::AUTHORIZATION, format!("Bearer {token}"))
        .header(header::CONTENT_TYPE, "application/json")
        .body(Full::new(Bytes::from(body)))?;
    let response = sender.send_request(request).await.context("the cluster ended meanwhile")?;
    let status = response.status();
    let body = Limited::new(response.into_body(), MAX_DOOR_ANSWER_BYTES)
        .collect()
        .await
        .map_err(|error| anyhow!("{error}"))?;
    let body = body.to_bytes();
    if status.is_success() {
        return Ok(body);
    }
    let said: serde_json::Value = serde_json::from_slice(&body).unwrap_or_default();
    match said.get("error").and_then(serde_json::Value::as_str) {
        Some(error) => bail!("{error}"),
        None => bail!("the cluster refused it ({status})"),
    }
}

/// Writes what the servers of a cluster did as a run of the laboratory.
pub(crate) async fn record(options: &RecordOptions) -> Result<()> {
    let RecordOptions { time, output, door } = options;
    let token = token(door)?;
    let path = time.map_or_else(|| "/record".to_owned(), |time| format!("/record?ms={}", time.as_millis()));
    let body = ask(&door.address, &token, Request::get(path), Vec::new()).await?;
    let record: Record = serde_json::from_slice(&body).context("the cluster is of another version")?;
    let text = serde_json::to_string(&record.run)?;
    let new = output.with_extension("new");
    fs::write(&new, text).and_then(|()| fs::rename(&new, output)).with_context(|| {
        let _ = fs::remove_file(&new);
        format!("{} cannot be written", output.display())
    })?;
    print!("{}", record.summary());
    println!("{} is a run: open it in the laboratory, or `quorum run {}`", output.display(), output.display());
    Ok(())
}
