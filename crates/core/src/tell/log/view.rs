//! The present of a log, as data: what each server knows, the window, and the clients.

use alloc::vec::Vec;

use super::data::entry;
use super::log_votes;
use crate::check::{LogObserver, Operation};
use crate::digest::{digest, hexadecimal};
use crate::json::{Json, Object};
use crate::log::{Candidate, Client, Leader, Machine, ReadQueue, Records, Replica, Role};
use crate::paxos::{Acceptor, Ballot, NodeId, Slot};
use crate::run::Simulation;
use crate::tell::view::Slots;
use crate::text::short;

/// So many slots are listed, the latest ones, where nobody asks for others.
const LISTED: Slot = 40;
/// So many operations of the clients' history are listed, the latest ones, and all that are not answered.
const OPERATIONS: u32 = 200;
/// So many keys of a store are shown.
const KEYS: usize = 4;
/// So many letters of a key or of a value.
const LETTERS: usize = 40;

impl Simulation {
    fn log(&self, node: NodeId) -> Option<&Replica> {
        self.cluster().server(node).log()
    }

    /// The last slots that anybody knows something of.
    pub(in crate::tell) fn latest_slots(&self) -> Slots {
        let known = |node: NodeId| {
            let kept = self.cluster().server(node).disk().durable().log();
            let voted = kept.and_then(|kept| kept.paxos.accepted.last()).map_or(0, |vote| vote.slot);
            let here = self.log(node).map_or(0, |replica| {
                let votes = replica.acceptor().and_then(|acceptor| acceptor.votes().last());
                replica.learned().highest().max(votes.map_or(0, |vote| vote.slot))
            });
            voted.max(here)
        };
        let to = self.cluster().nodes().map(known).max().unwrap_or(0).max(1);
        Slots { from: to.saturating_sub(LISTED - 1).max(1), to }
    }

    /// What a server of a log is in the middle of. Of one that is down, the disk is all there is.
    pub(in crate::tell) fn log_parts(&self, object: Object, id: NodeId, kept: &Records, slots: Slots) -> Object {
        let language = &self.language();
        let replica = self.log(id);
        let (promised, accepted) = match replica.and_then(Replica::acceptor) {
            Some(acceptor) => (acceptor.promised(), acceptor.votes()),
            None => (kept.paxos.promised, &kept.paxos.accepted),
        };
        let mut learned = Vec::new();
        for (slot, known) in replica.iter().flat_map(|replica| replica.learned().since(slots.from)) {
            if slot > slots.to {
                break;
            }
            learned.push(Object::new().with("slot", slot).with("command", entry(known)).into());
        }
        let phase = match replica.map(Replica::role) {
            None | Some(Role::Follower) => "idle",
            Some(Role::Candidate { .. }) => "preparing",
            Some(Role::Leader(_)) => "leading",
        };
        let object = object
            .with("phase", phase)
            .with("proposal", replica.and_then(|replica| self.log_proposal(replica)))
            .with("promised", promised.map(|ballot| language.text(ballot)))
            .with("accepted", log_votes(accepted, slots, language))
            .with("learned", Json::List(learned));
        let machine = replica.map(Replica::machine);
        object
            .with("leader", replica.and_then(Replica::leader))
            .with("leads", self.leads(id))
            .with("believes", leading(replica).is_some())
            .with("content", replica.is_some_and(Replica::is_content))
            .with("chosenTo", replica.map_or(0, |replica| replica.learned().to()))
            .with("applied", replica.map_or(0, |replica| replica.learned().applied()))
            .with("keptFrom", replica.map_or_else(|| kept.kept_from(), Replica::kept_from))
            .with("store", machine.map(store))
            .with("sessions", machine.map(sessions))
            .maybe("snapshot", self.log_snapshot(replica, kept))
            .maybe("reads", leading(replica).and_then(|leader| reads(leader.reads())))
    }

    /// Its latest durable snapshot, and from which slot on it knows what is chosen. Only where snapshots are taken.
    fn log_snapshot(&self, replica: Option<&Replica>, kept: &Records) -> Option<Object> {
        self.cluster().log_settings()?.snapshots?;
        let forgotten = replica.map_or(0, |replica| replica.learned().forgotten());
        let object = Object::new().with("to", kept.latest().map(|snapshot| snapshot.to));
        Some(object.with("knownFrom", forgotten + 1))
    }

    /// What a server tries to get chosen.
    fn log_proposal(&self, replica: &Replica) -> Option<Object> {
        let object = Object::new().with("ballot", self.language().text(replica.own_ballot()?));
        let under_way = |leader: &Leader| {
            let pending = leader.pending().iter().map(|(slot, pending)| {
                let object = Object::new().with("slot", *slot).with("command", entry(&pending.entry));
                object.with("votes", pending.votes)
            });
            pending.collect::<Json>()
        };
        Some(match replica.role() {
            Role::Follower => return None,
            Role::Candidate { candidate, queue, .. } => {
                of_candidate(object, candidate).with("queued", queue.len() as u32)
            }
            Role::Leader(leader) => object
                .with("promises", Json::List(Vec::new()))
                .with("pending", under_way(leader))
                .with("next", leader.next())
                .with("queued", leader.queue().len() as u32),
        })
    }

    /// Whether a server leads, and not only believes so: those who have promised no higher ballot are enough for a slot to be
    /// chosen.
    #[must_use]
    pub fn leads(&self, node: NodeId) -> bool {
        let Some(leader) = leading(self.log(node)) else { return false };
        let quorums = self.cluster().settings().quorums();
        let follows = quorums.acceptors.iter().filter(|acceptor| self.log_promised(*acceptor) <= Some(leader.ballot()));
        quorums.chooses(follows.collect())
    }

    fn log_promised(&self, node: NodeId) -> Option<Ballot> {
        let acceptor = self.log(node).and_then(Replica::acceptor);
        let kept = || self.cluster().server(node).disk().durable().log().and_then(|kept| kept.paxos.promised);
        acceptor.map_or_else(kept, Acceptor::promised)
    }

    /// What only a log has to show.
    pub(in crate::tell) fn log_view(&self, view: Object, slots: Slots) -> Object {
        let nodes = || self.cluster().nodes();
        // Where nobody leads, the next leader has applied at most this.
        let leader = nodes().filter(|node| self.leads(*node)).max_by_key(|node| self.log_promised(*node));
        let applied = |node: NodeId| self.log(node).map_or(0, |replica| replica.learned().applied());
        let applied = leader.map_or_else(|| nodes().map(applied).max().unwrap_or(0), applied);
        let window = self.cluster().log_settings().map_or(1, |settings| settings.window);
        let window = [applied + 1, applied + Slot::from(window)].map(Json::from);
        let view = match self.observer().log() {
            Some(observer) => self.observed(view, observer, slots),
            None => view,
        };
        view.with("slots", [slots.from, slots.to].into_iter().collect::<Json>())
            .with("window", Json::List(window.into()))
            .with("clients", self.cluster().clients().map(|client| self.client(client)).collect::<Json>())
            .with("workload", self.cluster().workload())
    }

    /// What only an observer of the whole knows: what is chosen in these slots, and whether the clients' history can be explained.
    fn observed(&self, view: Object, observer: &LogObserver, slots: Slots) -> Object {
        let mut chosen = Vec::new();
        for slot in slots.from..=slots.to.min(observer.highest_chosen()) {
            for it in observer.chosen(slot) {
                let object = Object::new().with("slot", slot).with("command", entry(&it.vote.value));
                let object = object.with("ballot", self.language().text(it.vote.ballot));
                chosen.push(object.with("quorum", it.quorum).into());
            }
        }
        let operations: Json = observer.latest(OPERATIONS).map(of_history).collect();
        let history = Object::new()
            .with("operations", operations)
            .with("of", observer.asked_so_far())
            .with("verdict", observer.judged().as_str())
            .with("since", observer.since());
        view.set("chosen", Json::List(chosen)).with("history", history)
    }

    fn client(&self, client: &Client) -> Object {
        let waiting = client.waiting().map(|waiting| {
            let object = Object::new().with("op", &waiting.command.op).with("since", self.asked_at(client.id()));
            object.with("at", waiting.at).with("tries", waiting.tries)
        });
        let object = Object::new().with("id", client.id()).with("seq", client.seq());
        object.with("leader", client.leader()).with("waiting", waiting)
    }
}

/// An operation as a client saw it: the steps in which it was asked for and answered.
fn of_history(operation: &Operation) -> Object {
    let Operation { command, call, returned, result } = operation;
    let (output, slot) = result.as_ref().map(|(output, slot)| (output, *slot)).unzip();
    let object = Object::new().with("client", command.client).with("seq", command.seq).with("op", &command.op);
    let object = object.with("call", *call).with("return", *returned);
    object.with("result", output).with("slot", slot)
}

/// How many reads that take no slot are not answered, and who has said to the question under way that it leads.
fn reads(reads: &ReadQueue) -> Option<Object> {
    let waiting = reads.waiting().len() as u32;
    (waiting > 0).then(|| Object::new().with("waiting", waiting).with("confirmed", reads.open()))
}

/// A server that believes that it leads.
fn leading(replica: Option<&Replica>) -> Option<&Leader> {
    match replica?.role() {
        Role::Leader(leader) => Some(leader),
        _ => None,
    }
}

fn of_candidate(object: Object, candidate: &Candidate) -> Object {
    object.with("promises", candidate.promises()).with("pending", Json::List(Vec::new())).with("next", candidate.from())
}

/// How many keys a store has, what it is like as a whole, and a few of its keys.
fn store(machine: &Machine) -> Object {
    let pairs: Vec<_> = machine.store().collect();
    let shown = |text: &crate::log::Text| Json::from(short(text.as_str(), LETTERS));
    let some = pairs.iter().take(KEYS).map(|(key, value)| Json::List([shown(key), shown(value)].into()));
    Object::new()
        .with("keys", pairs.len() as u32)
        .with("digest", hexadecimal(digest(&pairs, 0)))
        .with("some", some.collect::<Json>())
}

/// The last operation of each client that took effect.
fn sessions(machine: &Machine) -> Object {
    let mut all = Object::new();
    for (client, session) in machine.sessions() {
        all.push(text!(client).into(), session.seq.into());
    }
    all
}
