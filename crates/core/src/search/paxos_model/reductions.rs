//! What may be left out of a state because it changes nothing that a search looks for.
//!
//! Each reduction rests on rules. Where one of them is off, or a crash could undo what the reduction counts on, the state keeps
//! what it would otherwise leave out. So a search without a rule visits more states than a search with it, and is exact as well.
//!
//! Some things are left out under any rules: numbers of messages, times, how often a proposer has tried, and the moments
//! between a server's answer and the sending of it (see `execute.rs`). A message that is never delivered is as good as lost, so
//! safety needs no lost messages. The table lists the rest. Its tests are in `reductions/tests.rs`, and each searches with
//! the reduction and without it. Whether a reduction also yields to every rule it rests on is for `tests/counterexamples.rs`, which
//! pins the shortest run without each rule. No test was found that needs
//! the conditions of `deliveries_commute` and of `refusals_last`; the reasons in the table do.
//!
//! | reduction | rests on | why | tested by |
//! |---|---|---|---|
//! | `ballots_are_unique`: answers to an attempt that is over are dropped | unique ballots[^unique]; *promises-for-own-ballot* | A proposer that has left a ballot never comes back to it, so it ignores every answer to it. | `a_reduction_hides_no_violation` |
//! | `refusals_last`: once no ballot can begin, requests that would be refused are dropped | lasting promises[^last], or no crash and no lost disk within bounds | An acceptor that refuses now refuses for ever, and no proposer can use the refusal. | `a_reduction_hides_no_violation` |
//! | `listener`: only the last server hears of votes, and only if it does not propose | none | What one learner can learn, another learner could have learned from the same votes. | `every_learner_is_as_good_as_the_listener` |
//! | votes to proposers are dropped | none | A proposer that hears that it has won only falls silent, and it may be silent without hearing it. | `every_learner_is_as_good_as_the_listener` |
//! | `votes_arrive_at_once`: the listener hears of a vote the moment it is cast | unique ballots; *one-vote-per-acceptor*; *votes-within-ballot*; nothing broken and empty outboxes to begin with | A learner can only learn what is chosen, so the order of votes does not matter, and a vote heard early does no harm. | `a_reduction_hides_no_violation` |
//! | `learns_once`: a listener that has learned is sent no more votes | as `votes_arrive_at_once`, or no crash and no lost disk within bounds | A learner keeps the first value it learns, and if it forgets, it can only learn the same value again. | `a_reduction_hides_no_violation` |
//! | `decomposes`: a server that can begin no ballot is looked at role by role | no message may overtake the disk; backoff (proposers that are not eager) | Roles share only the ballots they have seen, which nothing but the next ballot reads. | `a_decomposed_server_can_do_what_a_whole_one_can` |
//! | `forgets_ballots`: a server that can begin no ballot forgets which ballots it used and saw, and its timers | none | Nothing but the next ballot reads them. | `a_reduction_hides_no_violation` |
//! | `settles`: once no crash can happen, a disk that lags is synced | none | Only a crash could show that a record is not durable. | `a_reduction_hides_no_violation` |
//! | `deliveries_commute`: sleep sets of deliveries | empty outboxes to begin with; backoff (proposers that are not eager) | Deliveries never start a ballot, so two deliveries are dependent only if they change the same component. | `sleep_sets_leave_out_no_state` |
//! | `crashes_commute`: sleep sets of crashes | as `deliveries_commute`, `votes_arrive_at_once`, `ballots_are_unique` and `refusals_last`; no message may overtake the disk | Once no ballot can begin, a delivery at one server and a crash at another commute: a message that is irrelevant before the crash stays irrelevant. | `sleep_sets_leave_out_no_state`, `…_where_a_crash_makes_a_refusal_news` |
//!
//! [^unique]: *ballots-unique-across-servers*, *ballots-unique-across-restarts*, *persist-before-reply*, *persist-round*.
//! [^last]: *persist-before-reply*, *persist-promise*, *persist-accepted*, *recover-state*, *recover-promise*,
//!     *recover-accepted*, *wiped-stays-silent*.

use super::Bounds;
use super::state::Used;
use crate::paxos::{MessageKind, NodeId, Role, Rule, Rules};
use crate::sim::Cluster;

/// Which reductions are sound, given the rules, the bounds and what has happened so far: see the table above.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Reductions {
    /// The server whose learner hears of votes. Votes to all others stay in flight for ever.
    pub(super) listener: Option<NodeId>,
    /// The listener hears of a vote the moment it is cast.
    pub(super) votes_arrive_at_once: bool,
    /// A listener that has learned needs no more votes.
    pub(super) learns_once: bool,
    /// No ballot is used twice, and a proposer never goes back to one.
    pub(super) ballots_are_unique: bool,
    /// What an acceptor refuses it refuses for ever, even after a crash.
    pub(super) refusals_last: bool,
    /// Two deliveries are dependent only if they change the same component.
    pub(super) deliveries_commute: bool,
    /// Once no ballot can begin, a crash and a delivery at another server are independent.
    pub(super) crashes_commute: bool,
    /// A server that can begin no further ballot forgets which ballots it used and saw.
    pub(super) forgets_ballots: bool,
    /// The roles of a server that can begin no further ballot share nothing: see [`Scope`](super::component::Scope).
    pub(super) decomposes: bool,
    /// Some message may overtake the disk, so a disk can lag, and is synced once no crash can happen.
    pub(super) settles: bool,
}

/// Which reductions apply in one state, given how much of the bounds it has used.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Applicable {
    /// No further ballot can begin. Then a refusal changes nothing at its receiver.
    pub(super) no_ballot_left: bool,
    /// A request that would be refused now changes nothing any more.
    pub(super) refused_is_dropped: bool,
    /// A disk that lags is synced.
    pub(super) settles: bool,
}

impl Reductions {
    /// By the rules that held all the time. `unbroken`: nothing has gone wrong so far.
    pub(super) fn new(cluster: &Cluster, rules: Rules, bounds: Bounds, unbroken: bool) -> Self {
        let nothing_is_lost = bounds.crashes + bounds.wipes == 0;
        let unique = all_on(rules, &UNIQUE_BALLOTS);
        let may_overtake_disk = BEHIND_THE_DISK.into_iter().any(|kind| !rules.waits_for_disk(kind));
        // A non-empty outbox is flushed by the next event, so no two events are independent.
        let empty = cluster.nodes().all(|node| cluster.server(node).outbox().is_empty());
        let eager = cluster.settings().eager;
        let learners_are_right = unique && all_on(rules, &[Rule::OneVotePerAcceptor, Rule::VotesWithinBallot]);
        let votes_arrive_at_once = empty && unbroken && learners_are_right;
        let ballots_are_unique = unique && rules.on(Rule::PromisesForOwnBallot);
        let refusals_last = nothing_is_lost || all_on(rules, &LASTING_PROMISES);
        let deliveries_commute = empty && !eager;
        Self {
            listener: listener(cluster, bounds),
            votes_arrive_at_once,
            learns_once: votes_arrive_at_once || nothing_is_lost,
            ballots_are_unique,
            refusals_last,
            deliveries_commute,
            crashes_commute: deliveries_commute
                && !may_overtake_disk
                && votes_arrive_at_once
                && ballots_are_unique
                && refusals_last,
            forgets_ballots: true,
            decomposes: !may_overtake_disk && !eager,
            settles: may_overtake_disk,
        }
    }

    /// Those that apply in a state that has used so much of the bounds.
    #[inline]
    pub(super) fn applicable(&self, used: &Used, bounds: &Bounds) -> Applicable {
        let no_ballot_left = used.all_ballots() >= bounds.ballots;
        let no_crash = u32::from(used.crashes) >= bounds.crashes;
        let nothing_is_lost = no_crash && u32::from(used.wipes) >= bounds.wipes;
        Applicable {
            no_ballot_left,
            refused_is_dropped: no_ballot_left && (nothing_is_lost || self.refusals_last),
            settles: no_crash && self.settles,
        }
    }

    /// Whether any server hears of votes.
    pub(super) const fn listens(&self) -> bool {
        self.listener.is_some()
    }

    /// The listener, if it hears of votes the moment they are cast.
    pub(super) fn immediate_listener(&self) -> Option<NodeId> {
        self.listener.filter(|_| self.votes_arrive_at_once)
    }

    /// The role of a server, besides its acceptor, that receives messages once the server can begin no further ballot.
    pub(super) fn other_role(&self, node: NodeId) -> Role {
        if self.listener == Some(node) { Role::Learner } else { Role::Proposer }
    }
}

/// The rules that keep a ballot from being used twice.
const UNIQUE_BALLOTS: [Rule; 4] =
    [Rule::BallotsUniqueAcrossServers, Rule::BallotsUniqueAcrossRestarts, Rule::PersistBeforeReply, Rule::PersistRound];

/// The rules that keep a promise through a crash.
const LASTING_PROMISES: [Rule; 7] = [
    Rule::PersistBeforeReply,
    Rule::PersistPromise,
    Rule::PersistAccepted,
    Rule::RecoverState,
    Rule::RecoverPromise,
    Rule::RecoverAccepted,
    Rule::WipedStaysSilent,
];

/// The messages that say what a record on the disk must keep true.
const BEHIND_THE_DISK: [MessageKind; 3] = [MessageKind::Prepare, MessageKind::Promise, MessageKind::Accepted];

fn all_on(rules: Rules, needed: &[Rule]) -> bool {
    needed.iter().all(|rule| rules.on(*rule))
}

fn listener(cluster: &Cluster, bounds: Bounds) -> Option<NodeId> {
    let last = NodeId::new(bounds.servers).filter(|_| bounds.servers > bounds.proposers)?;
    let proposer = cluster.server(last).paxos().and_then(|replica| replica.proposer());
    let learns = cluster.settings().roles.learners.contains(last);
    Some(last).filter(|_| learns && proposer.is_none_or(|it| it.asked().is_none() && it.ballot().is_none()))
}

#[cfg(test)]
mod tests;
