//! The present, for whoever draws it: plain data, nothing left to interpret.
//!
//! Names are those of the JSON that pages and scripts rely on. Ballots are text here, because how a ballot is written
//! depends on the run.

use alloc::{string::String, vec::Vec};

use serde::Serialize;

use super::{EventView, Next};
use crate::check::Invariant;
use crate::paxos::{Kind, NodeId, NodeSet, Phase, Role, Slot, Timer, Value};
use crate::sim::{Conditions, MessageId, ProtocolKind, Status, Time};

/// Where a message is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "kebab-case")]
pub enum MessageStatus {
    /// On its way.
    Flying,
    /// Stopped on its way.
    Held,
    /// In its server's outbox, behind a write that is not durable.
    WaitingForDisk,
    /// In its server's outbox, and free to leave.
    Ready,
}

/// A vote: what an acceptor accepted.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct VoteView {
    /// The slot.
    pub slot: Slot,
    /// The ballot.
    pub ballot: String,
    /// The value.
    #[cfg_attr(feature = "typescript", tsify(type = "string"))]
    pub value: Value,
}

/// One record on its way to a disk: exactly one of the three is there.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct RecordView {
    /// A promise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub promised: Option<String>,
    /// A vote.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub accepted: Option<VoteView>,
    /// The round, or plain number, that the proposer used.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub round: Option<u32>,
}

/// What a disk would give back.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct DurableView {
    /// The highest ballot promised.
    pub promised: Option<String>,
    /// The latest vote in each slot.
    pub accepted: Vec<VoteView>,
    /// The round, or plain number, that the proposer last used.
    pub round: Option<u32>,
}

/// A disk with what is on its way to it.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct NodeDiskView {
    /// What survives a crash.
    pub durable: DurableView,
    /// In memory, waiting to be written.
    pub queued: Vec<RecordView>,
    /// Written, not durable.
    pub pending: Vec<RecordView>,
    /// Whether this disk replaces one that was lost.
    pub lost: bool,
}

/// A durable disk by itself, as browsers and files keep it.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct DiskView {
    /// Whose.
    pub node: NodeId,
    /// Whether it replaces one that was lost.
    pub lost: bool,
    /// The highest ballot promised.
    pub promised: Option<String>,
    /// The latest vote in each slot.
    pub accepted: Vec<VoteView>,
    /// The round, or plain number, that the proposer last used.
    pub round: Option<u32>,
}

/// What a proposer is trying.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct ProposalView {
    /// Its ballot; `null` between two tries.
    pub ballot: Option<String>,
    /// What it asks acceptors to accept; `null` in phase 1.
    #[cfg_attr(feature = "typescript", tsify(type = "string | null"))]
    pub value: Option<Value>,
    /// What its client asked for.
    #[cfg_attr(feature = "typescript", tsify(type = "string | null"))]
    pub asked: Option<Value>,
    /// Who has promised.
    #[cfg_attr(feature = "typescript", tsify(type = "NodeId[]"))]
    pub promises: NodeSet,
    /// Who has accepted.
    #[cfg_attr(feature = "typescript", tsify(type = "NodeId[]"))]
    pub accepts: NodeSet,
}

/// What a server knows to be chosen.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct LearnedView {
    /// The slot.
    pub slot: Slot,
    /// The value.
    #[cfg_attr(feature = "typescript", tsify(type = "string"))]
    pub value: Value,
}

/// A timer that is set.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct TimerView {
    /// Which.
    pub timer: Timer,
    /// When it runs out.
    pub due: Option<Time>,
}

/// One server.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct NodeView {
    /// Its number, from 1.
    pub id: NodeId,
    /// Whether it runs.
    pub status: Status,
    /// The parts it plays.
    pub roles: Vec<Role>,
    /// Whether it may vote and propose; `false` once its disk was lost.
    pub voting: bool,
    /// What its proposer is doing.
    pub phase: Phase,
    /// What its proposer is trying, or waits to try again.
    pub proposal: Option<ProposalView>,
    /// The highest ballot its acceptor has promised, in memory; on disk only while the server is down.
    pub promised: Option<String>,
    /// What its acceptor has accepted, likewise.
    pub accepted: Vec<VoteView>,
    /// What it knows to be chosen.
    pub learned: Vec<LearnedView>,
    /// Its disk.
    pub disk: NodeDiskView,
    /// Messages that have not left it.
    pub outbox: Vec<MessageId>,
    /// Timers that are set.
    pub timers: Vec<TimerView>,
}

/// A message and what it says.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct EnvelopeView {
    /// Its number.
    pub id: MessageId,
    /// Its kind.
    pub kind: Kind,
    /// Who sent it.
    pub from: NodeId,
    /// Whom it is for; possibly the sender.
    pub to: NodeId,
    /// Its ballot.
    pub ballot: String,
    /// Its slot.
    pub slot: Slot,
    /// Its value, for accept and accepted.
    #[cfg_attr(feature = "typescript", tsify(type = "string | null"))]
    pub value: Option<Value>,
    /// The votes it reports, for a promise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub accepted: Option<Vec<VoteView>>,
    /// The promise that caused it, for a nack.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub promised: Option<String>,
}

/// A message under way.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct MessageView {
    /// Its number.
    pub id: MessageId,
    /// Its kind.
    pub kind: Kind,
    /// Who sent it.
    pub from: NodeId,
    /// Whom it is for; possibly the sender.
    pub to: NodeId,
    /// Its ballot.
    pub ballot: String,
    /// Its slot.
    pub slot: Slot,
    /// Its value, for accept and accepted.
    #[cfg_attr(feature = "typescript", tsify(type = "string | null"))]
    pub value: Option<Value>,
    /// The votes it reports, for a promise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub accepted: Option<Vec<VoteView>>,
    /// The promise that caused it, for a nack.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub promised: Option<String>,
    /// When it left, in simulated milliseconds; `null` in an outbox.
    pub sent_at: Option<Time>,
    /// When it arrives, in simulated milliseconds; `null` in an outbox and while it is held.
    pub due_at: Option<Time>,
    /// How far a held message had come, in thousandths of its way; else `null`.
    pub progress: Option<u32>,
    /// Where it is.
    pub status: MessageStatus,
}

/// One direction of a link.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct LinkView {
    /// From here …
    pub from: NodeId,
    /// … to here.
    pub to: NodeId,
    /// Whether messages get through.
    pub up: bool,
}

/// A chosen value: a fact about the world, whoever knows it.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct ChosenView {
    /// The slot.
    pub slot: Slot,
    /// The value.
    #[cfg_attr(feature = "typescript", tsify(type = "string"))]
    pub value: Value,
    /// The ballot that chose it.
    pub ballot: String,
    /// The acceptors that chose it.
    #[cfg_attr(feature = "typescript", tsify(type = "NodeId[]"))]
    pub quorum: NodeSet,
}

/// A broken invariant.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct ViolationView {
    /// The step that broke it.
    pub step: u64,
    /// Which.
    pub invariant: Invariant,
    /// How, in one sentence.
    pub why: String,
}

/// How many is enough.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct QuorumsView {
    /// Promises that complete phase 1.
    pub phase1: u32,
    /// Votes that choose a value.
    pub phase2: u32,
    /// Servers that vote.
    pub acceptors: u32,
}

/// Safety rules that can be switched off, by name. There are none yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct RulesView {}

/// Everything there is to draw.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct View {
    /// Steps so far.
    pub step: u64,
    /// The time, in simulated milliseconds.
    pub at: Time,
    /// The protocol.
    pub protocol: ProtocolKind,
    /// The servers, in order.
    pub nodes: Vec<NodeView>,
    /// Messages under way: first those that have left, in the order they were made, then each server's outbox.
    pub messages: Vec<MessageView>,
    /// Links: all of them in a cluster of up to nine, otherwise those that are cut.
    pub links: Vec<LinkView>,
    /// Everything chosen, in that order.
    pub chosen: Vec<ChosenView>,
    /// Everything broken, in that order.
    pub violations: Vec<ViolationView>,
    /// Safety rules that can be switched off, and whether each is on.
    #[cfg_attr(feature = "typescript", tsify(type = "Record<string, boolean>"))]
    pub rules: RulesView,
    /// The quorum system.
    pub quorums: QuorumsView,
    /// How the network treats messages.
    pub network: Conditions,
    /// The event that says most about the latest step.
    pub headline: Option<EventView>,
    /// What the clock does next.
    pub next: Option<Next>,
}
