//! What the rules of a log are for: as [`crate::tell::RULE_STORIES`], for those that single-decree Paxos does not need.

use crate::json::Json;
use crate::log::Rule;
use crate::tell::RuleStory;

words! {
    /// What a rule of the log is about. Switches are shown in these groups, in this order.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum LogGroup {
        /// What is in a slot, and who knows it.
        Slots = "slots",
        /// What clients are answered.
        Clients = "clients",
        /// What goes wrong without these is that nothing happens.
        Progress = "progress",
        /// What takes the place of slots, so that a log does not grow for ever.
        Snapshots = "snapshots",
    }
}

impl LogGroup {
    /// The group of a rule.
    #[must_use]
    pub const fn of(rule: Rule) -> Self {
        match rule {
            Rule::ReportEveryVote
            | Rule::NextAboveKnown
            | Rule::IndexNeedsBallot
            | Rule::ApplyInOrder
            | Rule::OwnVoteWhenDurable => Self::Slots,
            Rule::Deduplicate
            | Rule::DeduplicateWhenApplying
            | Rule::AnswerOwnCommand
            | Rule::ReadAfterFound
            | Rule::ReadThroughLog
            | Rule::RefuseExpired => Self::Clients,
            Rule::FillGaps | Rule::ContentBeforeStanding | Rule::RepeatAccepts | Rule::FetchGaps => Self::Progress,
            Rule::SayTruncated
            | Rule::SessionsInSnapshot
            | Rule::SnapshotSaysWhere
            | Rule::SnapshotKeepsVotes
            | Rule::TruncateAfterDurable => Self::Snapshots,
        }
    }
}

/// What is to be known about a rule of the log.
#[must_use]
pub const fn log_rule_story(rule: Rule) -> &'static RuleStory<Rule> {
    &LOG_RULE_STORIES[rule as usize]
}

impl From<&RuleStory<Rule>> for Json {
    fn from(story: &RuleStory<Rule>) -> Self {
        story.json(story.rule.as_str(), LogGroup::of(story.rule).as_str()).into()
    }
}

/// One story for each rule of the log, in the order of [`Rule::ALL`].
pub const LOG_RULE_STORIES: [RuleStory<Rule>; Rule::ALL.len()] = [
    RuleStory {
        rule: Rule::FillGaps,
        name: Rule::FillGaps.title(),
        protects: "What is behind an empty slot can be applied only when that slot is chosen, so a new leader has a \
                   no-op chosen there.",
        without: "A new leader leaves slots empty that nobody reports a vote for, and nothing behind them is ever \
                  applied.",
        bit: "PhxPaxos, the library behind WeChat's storage, has one slot under way at a time. Its authors give as a \
              reason that with several, a slot that failed would have to be filled with a no-op.",
        source: "Questions about Multi-Paxos (PhxPaxos issue 27), https://github.com/Tencent/phxpaxos/issues/27; \
                 Lamport, Paxos Made Simple (2001), §3",
    },
    RuleStory {
        rule: Rule::ReportEveryVote,
        name: Rule::ReportEveryVote.title(),
        protects: "Any slot that was asked about may be chosen, so a candidate has to hear of the votes in each of \
                   them.",
        without: "A promise reports the vote of its last slot only, and a new leader takes the slots in front of it \
                  for empty.",
        bit: "TigerBeetle notes at the very constant that says how much a view change reports: it must cover all that \
              is not committed, or correctness would be broken.",
        source: "Trust committed ops (TigerBeetle pull request 102), \
                 https://github.com/tigerbeetle/tigerbeetle/pull/102; Lamport, Paxos Made Simple (2001), §3",
    },
    RuleStory {
        rule: Rule::NextAboveKnown,
        name: Rule::NextAboveKnown.title(),
        protects: "A slot may be chosen although no promise reports a vote there: the new leader knows it already, \
                   and asked only about those behind it.",
        without: "A new leader proposes from the first slot that no promise reports, also where it knows that \
                  something is chosen.",
        bit: "In Neo4j a server that joined could propose in an instance of Paxos that the others had used while it \
              was away. Messages came out of order, and the server was not available.",
        source: "Rare cluster join issue (Neo4j pull request 3555), https://github.com/neo4j/neo4j/pull/3555; \
                 Lamport, Paxos Made Simple (2001), §3",
    },
    RuleStory {
        rule: Rule::IndexNeedsBallot,
        name: Rule::IndexNeedsBallot.title(),
        protects: "The index says that a slot is chosen and not what is in it; only a vote of the same ballot is sure \
                   to be for that.",
        without: "A server takes any vote that the index covers for chosen, also one for what a former leader \
                  proposed.",
        bit: "In Copycat a former leader kept an entry that was never committed. An empty message of the new leader \
              carried a higher commit index, and the server applied its own entry.",
        source: "Followers may commit inconsistent entries (Copycat issue 265), \
                 https://github.com/atomix/copycat/issues/265; Ongaro, Ousterhout, In Search of an Understandable \
                 Consensus Algorithm (USENIX ATC 2014), §5.3",
    },
    RuleStory {
        rule: Rule::ApplyInOrder,
        name: Rule::ApplyInOrder.title(),
        protects: "Servers hold the same store because they apply the same commands in the same order.",
        without: "A server applies a command as soon as it knows that it is chosen, also before commands in front of \
                  it.",
        bit: "Apache Ratis hands entries to a store in the order of the log. Its documentation warns that a store \
              which applies them later, in the background, may do so in another order.",
        source: "RATIS-1309. Clarify ApplyTransaction Javadoc (Ratis pull request 416), \
                 https://github.com/apache/ratis/pull/416; Lamport, Paxos Made Simple (2001), §3",
    },
    RuleStory {
        rule: Rule::Deduplicate,
        name: Rule::Deduplicate.title(),
        protects: "A client that hears no answer asks again, and its operation may be chosen twice; it must take \
                   effect once.",
        without: "Every chosen command takes effect, also one whose operation took effect in a slot before.",
        bit: "PaxosCluster had no numbers for requests at first. Its author notes what follows: a leader fails before \
              it answers, the client asks the next one, and the instruction is carried out twice.",
        source: "Add client-generated request ID to eliminate duplicated requests due to failures (PaxosCluster issue \
                 3), https://github.com/ahelwer/PaxosCluster/issues/3; Ongaro, Consensus: Bridging Theory and Practice \
                 (2014), §6.3",
    },
    RuleStory {
        rule: Rule::DeduplicateWhenApplying,
        name: Rule::DeduplicateWhenApplying.title(),
        protects: "A new leader has never served the client that asks again; what was applied is the one memory that \
                   all servers share.",
        without: "Only the server that is asked looks whether it has served the operation before, and who applies a \
                  command does not look.",
        bit: "Curvine kept the numbers of requests in a leader's memory. After a crash the client asked the next \
              leader, and a follower deleted a folder twice: its loop that applies entries crashed.",
        source: "Client retry after master failover produces duplicate JournalEntry, causing follower apply loop to \
                 crash (Curvine issue 676), https://github.com/CurvineIO/curvine/issues/676; Ongaro, Consensus: \
                 Bridging Theory and Practice (2014), §6.3",
    },
    RuleStory {
        rule: Rule::OwnVoteWhenDurable,
        name: Rule::OwnVoteWhenDurable.title(),
        protects: "A leader's vote is a vote like any other: counted before it is on the disk, it can vanish in a \
                   crash after the answer.",
        without: "A leader counts its own vote as soon as it casts it.",
        bit: "A cluster of etcd with one member could answer that a write is done before it was on its disk: a crash \
              right after that lost it.",
        source: "Durability API guarantee broken in single node cluster (etcd issue 14370), \
                 https://github.com/etcd-io/etcd/issues/14370; Lamport, Paxos Made Simple (2001), §2.5",
    },
    RuleStory {
        rule: Rule::AnswerOwnCommand,
        name: Rule::AnswerOwnCommand.title(),
        protects: "A leader that was replaced may see another command chosen in the slot it proposed in, and its \
                   client's has not happened.",
        without: "A client is told that its operation is done when the slot it was proposed in is chosen, whatever is \
                  in it.",
        bit: "Redpanda could claim that entries were replicated which the next leader then cut off. It had looked \
              whether its own log still held them before it knew what was committed.",
        source: "Fixed handling replicate result when term changed (Redpanda pull request 3003), \
                 https://github.com/redpanda-data/redpanda/pull/3003; Lamport, Paxos Made Simple (2001), §3",
    },
    RuleStory {
        rule: Rule::ReadAfterFound,
        name: Rule::ReadAfterFound.title(),
        protects: "A former leader may have answered a write that the new one has only found in promises; a read must \
                   see it.",
        without: "A new leader answers reads from its store although it has not applied what its phase 1 found.",
        bit: "A new leader in etcd could take its own commit index for the cluster's when it was asked for a read: \
              the value was older than one already answered.",
        source: "ReadIndex may read stale value (etcd issue 7331), https://github.com/etcd-io/etcd/issues/7331; \
                 Ongaro, Consensus: Bridging Theory and Practice (2014), §6.4",
    },
    RuleStory {
        rule: Rule::ReadThroughLog,
        name: Rule::ReadThroughLog.title(),
        protects: "A leader cannot know by itself that nobody has replaced it; a read that is chosen in a slot proves \
                   that, and so do the answers of a quorum that it asks.",
        without: "A leader answers reads from its store at once, also one that was replaced and has not heard of it.",
        bit: "Xline reports what its leaders did: one on the smaller side of a partition may not know that there is a \
              new one, and goes on answering reads that are stale.",
        source: "Implement ReadIndex (Xline issue 870), https://github.com/xline-kv/Xline/issues/870; Ongaro, \
                 Consensus: Bridging Theory and Practice (2014), §6.4",
    },
    RuleStory {
        rule: Rule::ContentBeforeStanding,
        name: Rule::ContentBeforeStanding.title(),
        protects: "A server that does not hear a leader whom others do hear would end a ballot that works, and could \
                   not do better.",
        without: "A server stands for leader as soon as it hears no leader, whatever the others hear.",
        bit: "Tarantool describes it for Raft: a server that was cut off comes back with a higher term, the leader \
              steps down, and nothing can be written until there is another.",
        source: "Raft: implement Pre-Vote stage (Tarantool issue 6654), \
                 https://github.com/tarantool/tarantool/issues/6654; Ongaro, Consensus: Bridging Theory and Practice \
                 (2014), §9.6",
    },
    RuleStory {
        rule: Rule::RepeatAccepts,
        name: Rule::RepeatAccepts.title(),
        protects: "Networks lose messages; a leader that asks once may wait for ever for a vote that nobody was asked \
                   for.",
        without: "A leader asks for votes once, and a slot whose messages are lost stays open.",
        bit: "Paxos-rs notes of itself that a proposer may not get its quorum in phase 2 where servers miss the \
              messages that ask for their votes.",
        source: "Liveness hooks for proposers (Paxos-rs issue 79), https://github.com/zowens/paxos-rs/issues/79; \
                 Lamport, Paxos Made Simple (2001), §2.4",
    },
    RuleStory {
        rule: Rule::FetchGaps,
        name: Rule::FetchGaps.title(),
        protects: "Nobody sends an accept for a slot that is chosen; a server that was away has to ask for what it \
                   missed.",
        without: "A server waits for what it lacks, and applies nothing more once it has missed a slot.",
        bit: "In Paxos-rs a server that dropped out and came back did not learn of the instances it had missed, and \
              its state machine stood still.",
        source: "Learning old instances (Paxos-rs issue 76), https://github.com/zowens/paxos-rs/issues/76; Lamport, \
                 Paxos Made Simple (2001), §2.3",
    },
    RuleStory {
        rule: Rule::SayTruncated,
        name: Rule::SayTruncated.title(),
        protects: "Where a vote has made room for a snapshot, its absence says nothing; a candidate has to know from \
                   which slot on it can rely on a promise.",
        without: "Slots whose votes made room for a snapshot look as if nobody had voted there, and a new leader \
                  proposes in them.",
        bit: "In NuRaft a server that had compacted its whole log looked as if its last entry were of term 0. \
              It could vote for a candidate that lacked entries of its own snapshot.",
        source: "Fix RequestVote freshness after full log compaction (NuRaft pull request 668), \
                  https://github.com/eBay/NuRaft/pull/668; Chandra, Griesemer, Redstone, Paxos Made Live (PODC \
                  2007), §5.5",
    },
    RuleStory {
        rule: Rule::SessionsInSnapshot,
        name: Rule::SessionsInSnapshot.title(),
        protects: "Whether an operation took effect is part of the state: who begins with a snapshot must know it as \
                   well as who applied every slot.",
        without: "A snapshot holds the store alone, and who begins with it applies an operation again that others \
                  skip.",
        bit: "RedisRaft writes the sessions of its clients into each snapshot, and tests that they are there \
              after its servers have been restarted from one.",
        source: "Basic snapshotting (RedisRaft pull request 568), \
                  https://github.com/RedisLabs/redisraft/pull/568; Ongaro, Consensus: Bridging Theory and Practice \
                  (2014), §6.3",
    },
    RuleStory {
        rule: Rule::SnapshotSaysWhere,
        name: Rule::SnapshotSaysWhere.title(),
        protects: "Who begins with a snapshot goes on with the very next slot: one earlier, and a command is applied \
                   twice.",
        without: "A snapshot says one slot less than it holds, and who begins with it applies that slot once more.",
        bit: "A snapshot of d-engine said that it ended at entry 90, and its data was that of entry 100. Who \
              installed it would have applied the ten entries in between again.",
        source: "Snapshot last_included mismatch (d-engine issue 418), \
                  https://github.com/deventlab/d-engine/issues/418; Ongaro, Consensus: Bridging Theory and \
                  Practice (2014), §5.1",
    },
    RuleStory {
        rule: Rule::SnapshotKeepsVotes,
        name: Rule::SnapshotKeepsVotes.title(),
        protects: "A vote above a snapshot may be one of those that chose something; whose acceptor forgets it may \
                   help to choose another.",
        without: "Who begins with the snapshot of another server forgets its votes in later slots, too.",
        bit: "In Zeebe a follower that installed a snapshot from the middle of its log cut off what was behind \
              it, and kept what the snapshot covers.",
        source: "Snapshot install on follower can cause entries to be lost (Zeebe issue 6092), \
                  https://github.com/camunda/camunda/issues/6092; Ongaro, Ousterhout, In Search of an \
                  Understandable Consensus Algorithm (USENIX ATC 2014), §7",
    },
    RuleStory {
        rule: Rule::TruncateAfterDurable,
        name: Rule::TruncateAfterDurable.title(),
        protects: "Either the votes or the snapshot must be on the disk at any moment; a crash in between would find \
                   neither.",
        without: "Votes go as soon as a snapshot is taken, and a crash before it is durable loses them.",
        bit: "NATS could compact its log for a snapshot while the data that the snapshot stands for was \
              written and not yet synced: a power cut would find neither.",
        source: "Snapshot install compacts the Raft log before the store data it covers is durable (NATS issue \
                  8425), https://github.com/nats-io/nats-server/issues/8425; Lamport, Paxos Made Simple (2001), \
                  §2.5",
    },
    RuleStory {
        rule: Rule::RefuseExpired,
        name: Rule::RefuseExpired.title(),
        protects: "Servers that remember so many clients and no more forget what they have done for others; whoever \
                   asks again must not be taken for new.",
        without: "A client whose session made room for another is taken for one that never asked, and its operation \
                  takes effect again.",
        bit: "In Iggy a client whose entry had made room for another looked like a new one when it came back: the \
              retry of a request that was committed would have been carried out again.",
        source: "Keep a client's dedup fence across capacity eviction (Iggy pull request 3934), \
                 https://github.com/apache/iggy/pull/3934; Ongaro, Consensus: Bridging Theory and Practice (2014), \
                 §6.3",
    },
];
