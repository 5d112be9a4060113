//! A record begins in the middle: all servers are told, and say what they have.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::{Context as _, Result, bail};
use quorum_core::paxos::NodeId;
use quorum_recording::Note;
use tokio::task::{JoinSet, spawn_blocking};
use tokio::time::{Instant, sleep};
use tonic::Code;

use super::{Processes, ServerState};
use crate::proto::BeginRequest;
use crate::record::{Beginning, notes_in};

/// How long a server may take to begin with a record: it waits for its disk, and reads it.
const BEGINS_WITHIN: Duration = Duration::from_secs(20);
/// How long it is waited before a server is asked again that does not listen yet.
const A_MOMENT: Duration = Duration::from_millis(50);

/// Where a record begins.
#[derive(Debug)]
pub(super) struct Begun {
    pub(super) beginning: Beginning,
    /// What was done to the servers before, and still holds.
    pub(super) holds: Vec<(NodeId, Duration, Note)>,
    /// How much was done to them before.
    pub(super) done: usize,
}

impl Processes {
    /// A record begins: what each server has, at a consistent cut. With it, what was done to them by then that still holds, and
    /// how long the list is of what was done.
    ///
    /// # Errors
    /// A server stands still, ends meanwhile, or has too much.
    pub(super) async fn begin(&self) -> Result<Begun> {
        let _busy = self.busy.lock().await;
        let mut running = Vec::new();
        for id in self.cluster().servers.keys().copied() {
            self.looked_at(id).await;
            match self.state(id) {
                ServerState::Stopped => {
                    bail!("server {id} stands still, and cannot say what it has: `continue {id}` or `kill {id}` first")
                }
                ServerState::Up => running.push(id),
                ServerState::Down => {}
            }
        }
        let at = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let (epoch, done) = self.next_epoch();
        let deadline = Instant::now() + BEGINS_WITHIN;
        let ask = |id, asked: &mut JoinSet<_>| {
            let (mut admin, mut request) =
                self.admin(id, BeginRequest { epoch }).with_context(|| format!("server {id} ended meanwhile"))?;
            request.set_timeout(BEGINS_WITHIN);
            asked.spawn(async move { (id, admin.begin(request).await) });
            Ok::<_, anyhow::Error>(())
        };
        let mut asked = JoinSet::new();
        running.into_iter().try_for_each(|id| ask(id, &mut asked))?;
        let mut beginning = Beginning::new(epoch);
        while let Some(answer) = asked.join_next().await {
            match answer? {
                (id, Ok(answer)) => beginning.runs(id, answer.into_inner())?,
                // One that was started just now listens in a moment.
                (id, Err(status)) if status.code() == Code::Unavailable && Instant::now() < deadline => {
                    sleep(A_MOMENT).await;
                    ask(id, &mut asked)?;
                }
                (id, Err(status)) => bail!("server {id}: {}", status.message()),
            }
        }
        for id in self.cluster().servers.keys().copied() {
            if !beginning.standing.contains_key(&id) {
                let identity = self.cluster().identity(id);
                let (folder, notes) = (self.folder(id), notes_in(self.data(), id));
                let look = move || {
                    beginning.is_down(&identity, &folder, &notes)?;
                    Ok::<_, anyhow::Error>(beginning)
                };
                beginning = spawn_blocking(look).await??;
            }
        }
        let holds = self.cuts().into_iter().map(|(from, to)| (to, at, Note::Cut(from))).collect();
        Ok(Begun { beginning, holds, done })
    }
}
