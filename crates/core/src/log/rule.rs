//! The rules that a log rests on beside those of single-decree Paxos, each with a switch.
//!
//! Each is consulted in exactly one place, given below; switching one off changes nothing else. Three are about progress
//! (`ContentBeforeStanding`, `RepeatAccepts`, `FetchGaps`): without them nothing wrong is ever answered, and something is never answered at all.
//!
//! Most rules of [`crate::paxos`] are consulted there for the log, too. What a log does in its own way consults them here:
//! `Candidate` those about promises and adopting, `Leader` the one about votes of one ballot, `Replica::recover` the one about
//! a lost disk.
//!
//! | rule | consulted in |
//! |---|---|
//! | [`Rule::FillGaps`], [`Rule::NextAboveKnown`] | `Candidate::decide` |
//! | [`Rule::ReportEveryVote`] | `Replica::on_prepare` |
//! | [`Rule::IndexNeedsBallot`] | `Replica::hear_index` |
//! | [`Rule::ApplyInOrder`] | `Learned::next` |
//! | [`Rule::Deduplicate`] | `Machine::session` |
//! | [`Rule::DeduplicateWhenApplying`] | `Machine::apply` |
//! | [`Rule::OwnVoteWhenDurable`] | `Replica::ask_for_votes` |
//! | [`Rule::AnswerOwnCommand`] | `Replica::answer_whatever_is_in_it` |
//! | [`Rule::ReadAfterFound`], [`Rule::ReadThroughLog`] | `Replica::reads_at_once` |
//! | [`Rule::ContentBeforeStanding`] | `Hearing::may_stand` |
//! | [`Rule::RepeatAccepts`] | `Replica::repeat` |
//! | [`Rule::FetchGaps`] | `Replica::fetch` |
//! | [`Rule::SayTruncated`] | `Replica::says_kept_from` |
//! | [`Rule::SessionsInSnapshot`], [`Rule::SnapshotSaysWhere`] | `Snapshot::of` |
//! | [`Rule::SnapshotKeepsVotes`] | `Replica::install` |
//! | [`Rule::TruncateAfterDurable`] | `Replica::store` |
//! | [`Rule::RefuseExpired`] | `Machine::is_expired` |
//!
//! Where a rule that is off decided, the trace names it ([`Trace::although`](super::Trace::although)). What is not done
//! without `RepeatAccepts` and `FetchGaps` leaves no trace.

use serde::Serialize;

words! {
    /// A rule that a log rests on. Digests count on the order of these: add at the end.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
    pub enum Rule {
        /// A new leader fills the slots that nobody reports a vote for with no-ops (*Paxos Made Simple*, §3). Off: it
        /// skips them, and nothing behind such a slot is ever applied.
        FillGaps = "fill-gaps",
        /// A promise reports the votes of all slots asked about (§3). Off: only that of the last one.
        ReportEveryVote = "report-every-vote",
        /// A leader's next free slot is above every slot it knows to be chosen. Off: only above those that its phase 1
        /// reported.
        NextAboveKnown = "next-above-known",
        /// The index tells that a vote is chosen only if it was cast in the ballot that the index came with. Off: it tells
        /// so of any vote.
        IndexNeedsBallot = "index-needs-ballot",
        /// Commands are applied in the order of their slots. Off: as soon as they are known to be chosen.
        ApplyInOrder = "apply-in-order",
        /// A command that was applied before is answered again, and not applied again. Off: every chosen command is applied.
        Deduplicate = "deduplicate",
        /// … also where it is applied. Off: only the leader looks, when it is asked.
        DeduplicateWhenApplying = "deduplicate-when-applying",
        /// A leader's own vote counts once it is durable. Off: at once.
        OwnVoteWhenDurable = "own-vote-when-durable",
        /// A client is answered when its own command was applied. Off: when the slot that its command was proposed in is
        /// chosen, whatever is in it.
        AnswerOwnCommand = "answer-own-command",
        /// A new leader answers reads only after it has applied what its phase 1 found. Off: at once, from its store.
        ReadAfterFound = "read-after-found",
        /// Reads go through the log like all other commands, or a quorum is asked first whether the leader still leads. Off: a
        /// leader answers them from its store, without asking anybody.
        ReadThroughLog = "read-through-log",
        /// A server stands only if no server that it hears is content. Off: as soon as it does not hear a leader.
        ContentBeforeStanding = "content-before-standing",
        /// A leader repeats what was not answered. Off: it asks once.
        RepeatAccepts = "repeat-accepts",
        /// A server asks for the chosen commands that it lacks. Off: it waits for them.
        FetchGaps = "fetch-gaps",
        /// A promise says from which slot on its sender still has its votes. Off: slots whose votes have made room for a
        /// snapshot look as if nobody had voted there.
        SayTruncated = "say-truncated",
        /// A snapshot holds the sessions beside the store. Off: the store alone.
        SessionsInSnapshot = "sessions-in-snapshot",
        /// A snapshot says exactly up to which slot it was applied. Off: it says one slot less.
        SnapshotSaysWhere = "snapshot-says-where",
        /// A snapshot that is installed takes the place of the votes in the slots that it covers. Off: of all votes.
        SnapshotKeepsVotes = "snapshot-keeps-votes",
        /// Votes make room for a snapshot when it is durable. Off: as soon as it is taken.
        TruncateAfterDurable = "truncate-after-durable",
        /// An operation that may have taken effect before, because its client's session made room for another since, is refused.
        /// Off: it is taken for a new one.
        RefuseExpired = "refuse-expired",
    }
}

impl Rule {
    /// What it is called for people, on its switch and in sentences: a few plain words, at most 45 bytes, without a full
    /// stop.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::FillGaps => "New leaders fill gaps with no-ops",
            Self::ReportEveryVote => "A promise reports the votes of all slots",
            Self::NextAboveKnown => "No slot known to be chosen is free",
            Self::IndexNeedsBallot => "The index needs its ballot",
            Self::ApplyInOrder => "Commands are applied in the order of slots",
            Self::Deduplicate => "No operation takes effect twice",
            Self::DeduplicateWhenApplying => "Who applies looks for repeats, too",
            Self::OwnVoteWhenDurable => "A leader’s own vote waits for its disk",
            Self::AnswerOwnCommand => "An answer is to the client’s own command",
            Self::ReadAfterFound => "New leaders finish before they answer reads",
            Self::ReadThroughLog => "A leader does not answer reads by itself",
            Self::ContentBeforeStanding => "Nobody stands where somebody is content",
            Self::RepeatAccepts => "Leaders repeat what was not answered",
            Self::FetchGaps => "Servers ask for what they lack",
            Self::SayTruncated => "A promise says which votes are gone",
            Self::SessionsInSnapshot => "A snapshot holds the sessions, too",
            Self::SnapshotSaysWhere => "A snapshot says exactly where it ends",
            Self::SnapshotKeepsVotes => "A snapshot leaves the votes above it",
            Self::TruncateAfterDurable => "Votes go when the snapshot is durable",
            Self::RefuseExpired => "What may be a repeat is refused",
        }
    }

    /// Whether it matters only where servers take snapshots.
    #[must_use]
    pub const fn is_about_snapshots(self) -> bool {
        match self {
            Self::SayTruncated
            | Self::SessionsInSnapshot
            | Self::SnapshotSaysWhere
            | Self::SnapshotKeepsVotes
            | Self::TruncateAfterDurable => true,
            Self::FillGaps
            | Self::ReportEveryVote
            | Self::NextAboveKnown
            | Self::IndexNeedsBallot
            | Self::ApplyInOrder
            | Self::Deduplicate
            | Self::DeduplicateWhenApplying
            | Self::OwnVoteWhenDurable
            | Self::AnswerOwnCommand
            | Self::ReadAfterFound
            | Self::ReadThroughLog
            | Self::ContentBeforeStanding
            | Self::RepeatAccepts
            | Self::FetchGaps
            | Self::RefuseExpired => false,
        }
    }

    /// Whether it matters only where there may be so many sessions and no more.
    #[must_use]
    pub const fn is_about_expiry(self) -> bool {
        matches!(self, Self::RefuseExpired)
    }
}

switches! {
    /// Which rules of the log hold. All of them, unless somebody switched one off.
    pub struct Rules of Rule
}
