//! The door for faults: HTTP on loopback, for the terminal and for a page.
//!
//! Pages of other sites run on this machine, too, in its browser. So a request must name this very host, come from no other
//! site, and carry the token that the supervisor printed.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use axum::extract::{DefaultBodyLimit, Query, Request, State as Shared};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::sse::{KeepAlive, Sse};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::{Deserialize, Serialize};
use tokio::net::TcpListener;
use tokio::task::spawn_blocking;
use tokio::time::sleep;
use tokio_stream::StreamExt as _;
use tokio_stream::wrappers::ReceiverStream;
use tower_http::services::ServeDir;

use super::begin::Begun;
use super::{Fault, Processes, ServerState};
use crate::limits::{MAX_FAULT_BYTES, MAX_RECORD_MS};
use crate::record::{Notes, Record, RecordError};
use crate::token::Token;

/// What the page of a cluster does.
const SCRIPT: &str = include_str!("../../page/cluster.js");
/// What is said where the page should be.
const NO_SITE: &str = "the page is not there: `cargo xtask build` makes it in dist, and `cluster --site DIR` names another \
                       folder. What is asked of the cluster itself is /cluster, /fault, /record and /live";

/// A cluster at one moment, as the door tells it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct State {
    /// Its name.
    pub cluster: String,
    /// Its servers.
    pub servers: Vec<Server>,
    /// The ways that are cut: from, to.
    pub cuts: Vec<(u32, u32)>,
    /// The rules that do not hold.
    pub off: Vec<String>,
}

/// A server at one moment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Server {
    /// Its number.
    pub id: u32,
    /// Host and port.
    pub address: String,
    /// Whether its process runs.
    pub state: ServerState,
    /// By how much its disk is slowed, in milliseconds.
    pub extra_ms: u32,
}

#[derive(Clone)]
struct Guard {
    own: SocketAddr,
    token: Token,
}

/// What is answered where something cannot be.
#[derive(Serialize)]
struct Refusal {
    error: String,
}

fn refuse(status: StatusCode, error: impl Into<String>) -> Response {
    (status, Json(Refusal { error: error.into() })).into_response()
}

pub(super) async fn serve(
    listener: TcpListener,
    own: SocketAddr,
    token: Token,
    processes: Arc<Processes>,
    site: Option<&Path>,
) -> Result<()> {
    let guard = Guard { own, token };
    let door = Router::new()
        .route("/cluster", get(tell))
        .route("/fault", post(inflict))
        .route("/record", get(record))
        .route("/live", get(live))
        .with_state(processes)
        .layer(DefaultBodyLimit::max(MAX_FAULT_BYTES))
        .layer(from_fn_with_state(guard.clone(), admit));
    // The page is nobody's secret. What it may do, it may do with the token.
    let router = match site {
        Some(site) => door
            .route("/cluster.html", get(|| async { Html(include_str!("../../page/cluster.html")) }))
            .route("/cluster.js", get(|| async { ([(header::CONTENT_TYPE, "text/javascript")], SCRIPT) }))
            .fallback_service(ServeDir::new(site)),
        None => door.fallback(|| async { refuse(StatusCode::NOT_FOUND, NO_SITE) }),
    };
    let router = router.layer(from_fn_with_state(guard, near));
    Ok(axum::serve(listener, router).await?)
}

async fn near(Shared(guard): Shared<Guard>, request: Request, next: Next) -> Response {
    match guard.is_near(request.headers()) {
        Ok(()) => next.run(request).await,
        Err(why) => refuse(StatusCode::FORBIDDEN, why),
    }
}

async fn admit(Shared(guard): Shared<Guard>, request: Request, next: Next) -> Response {
    match guard.admits(request.headers()) {
        Ok(()) => next.run(request).await,
        Err(why) => refuse(StatusCode::FORBIDDEN, why),
    }
}

impl Guard {
    /// Whether a request names this very host, and comes from no other site.
    fn is_near(&self, headers: &HeaderMap) -> Result<(), &'static str> {
        let said = |name| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
        let port = self.own.port();
        let own = [format!("127.0.0.1:{port}"), format!("localhost:{port}"), format!("[::1]:{port}")];
        if !said(header::HOST).is_some_and(|host| own.iter().any(|own| own == host)) {
            return Err("this door is on this machine's loopback address only");
        }
        if said(header::ORIGIN).is_some_and(|origin| !own.iter().any(|own| origin == format!("http://{own}"))) {
            return Err("pages of other sites are not let in");
        }
        Ok(())
    }

    fn admits(&self, headers: &HeaderMap) -> Result<(), &'static str> {
        self.is_near(headers)?;
        let said = headers.get(header::AUTHORIZATION).map(|value| value.to_str().unwrap_or("?"));
        let token = said.and_then(|said| said.strip_prefix("Bearer "));
        if !token.is_some_and(|said| self.token.is(said)) {
            return Err("this wants the token that the cluster printed when it started");
        }
        Ok(())
    }
}

async fn tell(Shared(processes): Shared<Arc<Processes>>) -> Json<State> {
    let cluster = processes.cluster();
    let servers = cluster.servers.iter().map(|(id, address)| Server {
        id: id.get(),
        address: address.to_string(),
        state: processes.state(*id),
        extra_ms: processes.extra_ms(*id),
    });
    let cuts = processes.cuts().into_iter().map(|(from, to)| (from.get(), to.get())).collect();
    let off = cluster.off.iter().map(|rule| rule.as_str().to_owned()).collect();
    Json(State { cluster: cluster.name.clone(), servers: servers.collect(), cuts, off })
}

async fn inflict(Shared(processes): Shared<Arc<Processes>>, Json(fault): Json<Fault>) -> Response {
    match processes.inflict(fault).await {
        Ok(()) => StatusCode::NO_CONTENT.into_response(),
        Err(error) => refuse(StatusCode::CONFLICT, format!("{error:#}")),
    }
}

/// From when on a record is wanted.
#[derive(Deserialize)]
struct Wanted {
    /// From now on, for so many milliseconds. Where nothing is said: from the beginning until now.
    ms: Option<u64>,
}

/// What servers did from their beginning until now, or do from now on.
async fn record(Shared(processes): Shared<Arc<Processes>>, Query(Wanted { ms }): Query<Wanted>) -> Response {
    let begun = match ms {
        None => None,
        Some(ms) => match processes.begin().await {
            Ok(begun) => {
                sleep(Duration::from_millis(ms.min(MAX_RECORD_MS))).await;
                Some(begun)
            }
            Err(error) => return refuse(StatusCode::CONFLICT, format!("{error:#}")),
        },
    };
    let made = spawn_blocking(move || {
        let (data, cluster) = (processes.data(), processes.cluster());
        let recording = match begun {
            None => Notes::recording(data, cluster, processes.notes(0))?,
            Some(Begun { beginning, holds, done }) => {
                let supervised = holds.into_iter().chain(processes.notes(done)).collect();
                Notes::recording_from(data, cluster, &beginning, supervised)?
            }
        };
        Ok::<_, RecordError>(Record::of(&recording))
    });
    match made.await {
        Ok(Ok(record)) => Json(record).into_response(),
        Ok(Err(error)) => refuse(StatusCode::CONFLICT, error.to_string()),
        Err(error) => refuse(StatusCode::INTERNAL_SERVER_ERROR, error.to_string()),
    }
}

/// Which steps a page has already.
#[derive(Deserialize)]
struct Has {
    live: Option<u64>,
    from: Option<usize>,
}

/// What servers do, as they do it: server-sent events.
async fn live(Shared(processes): Shared<Arc<Processes>>, Query(has): Query<Has>) -> Response {
    match processes.live().await {
        Ok(live) => {
            let events = live.events(has.live.zip(has.from));
            Sse::new(ReceiverStream::new(events).map(Ok::<_, Infallible>))
                .keep_alive(KeepAlive::default())
                .into_response()
        }
        Err(error) => refuse(StatusCode::CONFLICT, format!("{error:#}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_lets_in_who_has_the_token_and_comes_from_this_host_and_nobody_else() {
        let guard = Guard { own: "127.0.0.1:7000".parse().unwrap(), token: Token::new("secret") };
        let admits = |host: &str, origin: Option<&str>, token: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::HOST, host.parse().unwrap());
            headers.insert(header::AUTHORIZATION, format!("Bearer {token}").parse().unwrap());
            origin.map(|origin| headers.insert(header::ORIGIN, origin.parse().unwrap()));
            guard.admits(&headers)
        };
        assert!(admits("127.0.0.1:7000", None, "secret").is_ok());
        assert!(admits("localhost:7000", Some("http://localhost:7000"), "secret").is_ok());
        assert!(admits("127.0.0.1:7000", None, "guess").unwrap_err().contains("token"));
        assert!(admits("evil.example:7000", None, "secret").unwrap_err().contains("loopback"));
        for origin in ["http://evil.example", "null", "https://127.0.0.1:7000", "http://127.0.0.1:8080"] {
            assert!(admits("127.0.0.1:7000", Some(origin), "secret").unwrap_err().contains("other sites"), "{origin}");
        }
        assert!(guard.admits(&HeaderMap::new()).is_err());
    }
}
