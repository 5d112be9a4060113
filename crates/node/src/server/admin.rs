//! The service `quorum.v1.Admin`: faults. It is there only where the process was started with a token, and only on loopback.

use quorum_core::limits::MAX_DELAY;
use quorum_core::paxos::NodeId;
use tokio::sync::oneshot;
use tokio::task::spawn_blocking;
use tonic::{Request, Response, Status};

use super::Faults;
use crate::proto::{self, admin_server};
use crate::record::begin_response;
use crate::runner::{Arrival, Inbox};
use crate::token::Token;

/// The door for faults.
#[derive(Clone, Debug)]
pub(super) struct Admin {
    pub(super) token: Token,
    pub(super) faults: Faults,
    pub(super) inbox: Inbox,
}

impl Admin {
    fn admit<T>(&self, request: Request<T>) -> Result<T, Status> {
        let near = request.remote_addr().is_some_and(|address| address.ip().is_loopback());
        let said = request.metadata().get("authorization").and_then(|value| value.to_str().ok()).unwrap_or_default();
        if !near || !said.strip_prefix("Bearer ").is_some_and(|said| self.token.is(said)) {
            return Err(Status::permission_denied("faults want the token that this cluster was started with"));
        }
        Ok(request.into_inner())
    }
}

#[tonic::async_trait]
impl admin_server::Admin for Admin {
    async fn set_link(
        &self,
        request: Request<proto::SetLinkRequest>,
    ) -> Result<Response<proto::SetLinkResponse>, Status> {
        let proto::SetLinkRequest { peer, cut_to, cut_from } = self.admit(request)?;
        if !NodeId::new(peer).is_some_and(|peer| self.faults.set(peer, cut_to, cut_from)) {
            return Err(Status::invalid_argument(format!("this server has no link to a server {peer}")));
        }
        Ok(Response::new(proto::SetLinkResponse {}))
    }

    async fn set_disk(
        &self,
        request: Request<proto::SetDiskRequest>,
    ) -> Result<Response<proto::SetDiskResponse>, Status> {
        let proto::SetDiskRequest { extra_ms } = self.admit(request)?;
        if extra_ms > MAX_DELAY {
            return Err(Status::invalid_argument(format!("a disk is slowed by at most {MAX_DELAY} ms")));
        }
        self.faults.set_disk(extra_ms);
        Ok(Response::new(proto::SetDiskResponse {}))
    }

    async fn begin(&self, request: Request<proto::BeginRequest>) -> Result<Response<proto::BeginResponse>, Status> {
        let proto::BeginRequest { epoch } = self.admit(request)?;
        let (answer, answered) = oneshot::channel();
        self.inbox.push(Arrival::Begin { epoch, answer }).map_err(|_| super::overloaded())?;
        let gone = |_| Status::failed_precondition("a later record has begun meanwhile, or this server ended");
        let begun = answered.await.map_err(gone)?;
        let none = "this server takes no notes any more: its file of notes could not be written";
        let notes = begun.notes.ok_or_else(|| Status::failed_precondition(none))?;
        let standing = begun.standing().await.map_err(|why| Status::internal(why.to_string()))?;
        let answer = spawn_blocking(move || begin_response(&standing, notes)).await;
        answer.map_err(|why| Status::internal(why.to_string()))?.map(Response::new)
    }
}
