//! What may be left out of a state because it can make no difference.
//!
//! Each reduction others on something that the rules see to. Where such a rule is off, or somebody may crash and forget, what
//! could have been left out stays in. So a search without a rule looks at more than one with it, and is exact all the same.

use super::Bounds;
use crate::paxos::{MessageKind, NodeId, Role, Rule, Rules};
use crate::sim::Cluster;

/// Which reductions are sound, given the rules, the bounds and what has happened so far.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reductions {
    /// The server whose learner hears of votes: the last one, if it proposes nothing. To the others votes are for ever on
    /// their way: what one learner can learn, another could.
    pub(super) listener: Option<NodeId>,
    /// A learner can only learn what is chosen, whichever votes it hears of and in whatever order. So it may as well hear
    /// of each at once; a server that does nothing about it is never waited for.
    pub(super) hears_at_once: bool,
    /// Who has learned something never forgets it, or cannot be wrong when it learns again: further votes say nothing.
    pub(super) learns_once: bool,
    /// No ballot is used twice, and its owner never goes back to it: then answers to an earlier one say nothing.
    pub(super) ballots_once: bool,
    /// What an acceptor refuses it refuses for ever, even after a crash.
    pub(super) refuses_for_ever: bool,
    /// An arrival never begins a ballot. So where it matters for two arrivals which one comes first, they meet in one server.
    pub(super) commutes: bool,
    /// The same of an arrival here and a crash there, once no further ballot can begin: nothing that makes no difference before
    /// the crash makes one after it.
    pub(super) crashes_commute: bool,
    /// The roles of a server that can begin no further ballot share nothing: see [`Scope`](super::Scope). A proposer that is
    /// eager gives up at what its acceptor promises, and a disk that is behind belongs to all of them.
    pub(super) decomposes: bool,
    /// Something may be said before it is durable, so that a disk can be behind.
    pub(super) lazy: bool,
}

impl Reductions {
    /// By the rules that held all the time. `unbroken`: nothing has gone wrong so far.
    pub(super) fn new(cluster: &Cluster, rules: Rules, bounds: Bounds, unbroken: bool) -> Self {
        let nobody_forgets = bounds.crashes + bounds.wipes == 0;
        let kinds = [MessageKind::Prepare, MessageKind::Promise, MessageKind::Accepted];
        let ballots_are_unique = all_on(
            rules,
            &[
                Rule::BallotsUniqueAcrossServers,
                Rule::BallotsUniqueAcrossRestarts,
                Rule::PersistBeforeReply,
                Rule::PersistRound,
            ],
        );
        // What waits in an outbox leaves with whatever happens next, so that anything may have to do with anything.
        let quiet = cluster.nodes().all(|node| cluster.server(node).outbox().is_empty());
        let hears_at_once = quiet
            && unbroken
            && ballots_are_unique
            && all_on(rules, &[Rule::OneVotePerAcceptor, Rule::VotesWithinBallot]);
        let lazy = !kinds.into_iter().all(|kind| rules.waits_for_disk(kind));
        let commutes = quiet && !cluster.settings().eager;
        let ballots_once = ballots_are_unique && rules.on(Rule::PromisesForOwnBallot);
        let refuses_for_ever = nobody_forgets || all_on(rules, &PROMISES_LAST);
        Self {
            listener: listener(cluster, bounds),
            hears_at_once,
            learns_once: hears_at_once || nobody_forgets,
            ballots_once,
            refuses_for_ever,
            commutes,
            crashes_commute: commutes && !lazy && hears_at_once && ballots_once && refuses_for_ever,
            decomposes: !lazy && !cluster.settings().eager,
            lazy,
        }
    }

    /// Whether anybody hears of votes.
    pub(super) const fn listens(&self) -> bool {
        self.listener.is_some()
    }

    /// The role of a server, besides its acceptor, that hears of anything once it can begin no further ballot.
    pub(super) fn other_role(&self, node: NodeId) -> Role {
        if self.listener == Some(node) { Role::Learner } else { Role::Proposer }
    }
}

/// The rules that see to it that a promise outlives a crash.
const PROMISES_LAST: [Rule; 7] = [
    Rule::PersistBeforeReply,
    Rule::PersistPromise,
    Rule::PersistAccepted,
    Rule::RecoverState,
    Rule::RecoverPromise,
    Rule::RecoverAccepted,
    Rule::WipedStaysSilent,
];

fn all_on(rules: Rules, needed: &[Rule]) -> bool {
    needed.iter().all(|rule| rules.on(*rule))
}

fn listener(cluster: &Cluster, bounds: Bounds) -> Option<NodeId> {
    let last = NodeId::new(bounds.servers).filter(|_| bounds.servers > bounds.proposers)?;
    let proposer = cluster.server(last).paxos().and_then(|replica| replica.proposer());
    let learns = cluster.settings().roles.learners.contains(last);
    Some(last).filter(|_| learns && proposer.is_none_or(|it| it.asked().is_none() && it.ballot().is_none()))
}
