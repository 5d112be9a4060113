//! The lessons themselves.

use super::RuleStory;
use crate::paxos::Rule;

/// One lesson for each rule, in the order of [`Rule::ALL`].
pub const RULE_STORIES: [RuleStory; Rule::ALL.len()] = [
    RuleStory {
        rule: Rule::KeepPromise,
        name: Rule::KeepPromise.title(),
        protects: "Once a quorum has promised a ballot, nothing can be chosen below it that its proposer was not \
                  told of.",
        without: "An acceptor votes for whatever it is asked to, also below a ballot that it has promised.",
        bit: "ScyllaDB pruned an acceptor's record after a commit, and with it the promise: an older transaction \
             could then be accepted, and two that conflict both succeed.",
        source: "Conflicting LWT transactions may be committed due to pruning (ScyllaDB issue 6154), \
                https://github.com/scylladb/scylladb/issues/6154; Lamport, Paxos Made Simple (2001), §2.2, P1a",
    },
    RuleStory {
        rule: Rule::AcceptPromises,
        name: Rule::AcceptPromises.title(),
        protects: "An acceptor that votes in a ballot it never promised must refuse lower ones all the same, or an \
                  older request takes the place of its vote.",
        without: "An acceptor that votes leaves its promise where it was, and may vote in a lower ballot next.",
        bit: "ScyllaDB's acceptors compared requests with their promises only, and could accept an older one after a \
             newer. Paxos Made Simple hardly says this rule, and its readers ask about it.",
        source: "Conflicting LWT transactions may be committed when prepares and accepts are using different quorums \
                (ScyllaDB issue 6139), https://github.com/scylladb/scylladb/issues/6139; Contradiction in Lamport's \
                Paxos made simple paper, https://stackoverflow.com/questions/29880949",
    },
    RuleStory {
        rule: Rule::AdoptReported,
        name: Rule::AdoptReported.title(),
        protects: "If a value has been chosen, every quorum of promises reports it, and to ask for it again is the \
                  only safe request.",
        without: "A proposer asks for its own client's value, whatever the promises report.",
        bit: "In Apache Iggy a new primary did not take over the operations that others held: what its own journal \
             lacked was cut off as lost, though committed and acknowledged.",
        source: "Stop view change discarding committed ops (Apache Iggy pull request 3824), \
                https://github.com/apache/iggy/pull/3824; Lamport, Paxos Made Simple (2001), §2.2, P2c",
    },
    RuleStory {
        rule: Rule::AdoptHighest,
        name: Rule::AdoptHighest.title(),
        protects: "If any value has been chosen, it is the one reported with the highest ballot; those of lower \
                  ballots may be long superseded.",
        without: "A proposer adopts the value that was reported with the lowest ballot.",
        bit: "Egalitarian Paxos was specified and built with one ballot variable for all that happens to a replica. \
             Which vote is the latest cannot be told from that, and replicas could disagree.",
        source: "Sutra, On the correctness of Egalitarian Paxos (2019), §1, https://arxiv.org/abs/1906.10917; \
                Lamport, Paxos Made Simple (2001), §2.2, P2c",
    },
    RuleStory {
        rule: Rule::AdoptByBallot,
        name: Rule::AdoptByBallot.title(),
        protects: "Promises arrive in any order, so the latest vote is the one with the highest ballot, not the one \
                  heard of last.",
        without: "A proposer adopts the vote that it heard of last, whatever its ballot.",
        bit: "CrystalBall, a tool against such mistakes, was tried on this very one: a Paxos leader that takes the \
             value of the last promise instead of the one with the highest number.",
        source: "Yabandeh, Knežević, Kostić, Kuncak, CrystalBall: Predicting and Preventing Inconsistencies in \
                Deployed Distributed Systems (NSDI 2009), evaluation on Paxos, \
                https://infoscience.epfl.ch/entities/publication/f84489e1-bff5-4ece-847e-f8c0de358c2a; Lamport, \
                Paxos Made Simple (2001), §2.2, P2c",
    },
    RuleStory {
        rule: Rule::Phase1Intersects,
        name: Rule::Phase1Intersects.title(),
        protects: "Any quorum that promises shares an acceptor with any quorum that votes, so a proposer hears of \
                  every value that was chosen.",
        without: "A proposer goes on with so few promises that all who voted may be among those it did not hear \
                 from.",
        bit: "In ScyllaDB replicas can be replaced while a transaction is under way: where D takes the place of A, C \
             and D are a quorum, and know nothing of what A and B accepted.",
        source: "CAS consistency may be violated after a topology change (ScyllaDB issue 5251), \
                https://github.com/scylladb/scylladb/issues/5251; Howard, Malkhi, Spiegelman, Flexible Paxos: Quorum \
                Intersection Revisited (OPODIS 2016), https://arxiv.org/abs/1608.06696",
    },
    RuleStory {
        rule: Rule::Phase2Intersects,
        name: Rule::Phase2Intersects.title(),
        protects: "A value is chosen only when so many have voted for it that nobody can collect promises without \
                  hearing of it.",
        without: "So few votes count as a quorum that a value passes for chosen though later promises may not report \
                 it.",
        bit: "Elasticsearch left the size of a quorum to a setting, and its example said 3: users took that for a \
             good default, and their clusters split in two.",
        source: "Removes minimum master nodes default number (Elasticsearch pull request 26803), \
                https://github.com/elastic/elasticsearch/pull/26803; Howard, Malkhi, Spiegelman, Flexible Paxos: \
                Quorum Intersection Revisited (OPODIS 2016), https://arxiv.org/abs/1608.06696",
    },
    RuleStory {
        rule: Rule::OneVotePerAcceptor,
        name: Rule::OneVotePerAcceptor.title(),
        protects: "A quorum is so many different acceptors; networks repeat messages, and the copy of a vote is no \
                  second vote.",
        without: "Servers count messages: the copy of a vote passes for the vote of an acceptor not yet heard from.",
        bit: "The Raft of Butane's oracles took a second answer of the same peer for a second vote, until a fix made \
             it count that vote once.",
        source: "Add tests and several bugfixes for raft logic (Butane oracles pull request 18), \
                https://github.com/butaneprotocol/oracles/pull/18; Lamport, Paxos Made Simple (2001), §2.2",
    },
    RuleStory {
        rule: Rule::VotesWithinBallot,
        name: Rule::VotesWithinBallot.title(),
        protects: "A value is chosen by a quorum of votes in one ballot; votes scattered over several can still be \
                  superseded by a higher one.",
        without: "A learner adds up all votes it hears of, in whatever ballot and for whatever value.",
        bit: "LogCabin, by the author of Raft, committed entries of earlier terms by counting their copies; he \
             called it a critical data corruption bug. The paper's Figure 8 shows what it leads to.",
        source: "Critical Raft data corruption bug: commitment of entries from prior terms (LogCabin issue 44), \
                https://github.com/logcabin/logcabin/issues/44; Ongaro, Ousterhout, In Search of an Understandable \
                Consensus Algorithm (USENIX ATC 2014), §5.4.2",
    },
    RuleStory {
        rule: Rule::PromisesForOwnBallot,
        name: Rule::PromisesForOwnBallot.title(),
        protects: "A promise speaks for the ballot it was asked for; one for an earlier attempt says nothing of \
                  votes cast since.",
        without: "A proposer counts late promises for its earlier ballots towards the quorum of its present one.",
        bit: "MyPaxos is reported to do so: a promise delayed since ballot 1 completes the quorum of a later \
             attempt, and two values are decided for one slot.",
        source: "Stale PrepareResponse may lead to two different values being decided for the same instance (MyPaxos \
                issue 18), https://github.com/luohaha/MyPaxos/issues/18; Lamport, Paxos Made Simple (2001), §2.2, \
                phase 2 (a)",
    },
    RuleStory {
        rule: Rule::BallotsUniqueAcrossServers,
        name: Rule::BallotsUniqueAcrossServers.title(),
        protects: "A ballot stands for one value; where two servers use the same one, votes for different values are \
                  taken for votes for one.",
        without: "A ballot is its round alone, and two servers may ask for different values under the same one.",
        bit: "The ballots of Cassandra's lightweight transactions could clash; its list of changes for 2.2.0-rc2 \
             reads: Avoids ballot clash in Paxos.",
        source: "CASSANDRA-9649, https://issues.apache.org/jira/browse/CASSANDRA-9649, in CHANGES.txt of Apache \
                Cassandra; Lamport, Paxos Made Simple (2001), §2.2",
    },
    RuleStory {
        rule: Rule::BallotsUniqueAcrossRestarts,
        name: Rule::BallotsUniqueAcrossRestarts.title(),
        protects: "A proposer that forgot its ballots could ask for a second value under one of them, and late \
                  answers would count for the wrong request.",
        without: "After a restart a proposer remembers no ballot of its own, only what the acceptor beside it \
                 promised.",
        bit: "PySyncObj is reported to begin its terms at 0 again whenever it starts: where all servers restarted \
             together, committed data could be overwritten.",
        source: "Persist raft currentTerm and votedFor to fix data divergence on simultaneous restart (PySyncObj \
                pull request 202), https://github.com/bakwc/PySyncObj/pull/202; Lamport, Paxos Made Simple (2001), \
                §2.5",
    },
    RuleStory {
        rule: Rule::PersistBeforeReply,
        name: Rule::PersistBeforeReply.title(),
        protects: "Others act on a message at once; if a crash can undo what it rests on, they have counted on \
                  something that never was.",
        without: "Every message leaves at once, and a crash may take back what the server has just said.",
        bit: "Redpanda shows with Apache Kafka that one server losing what it had not yet synced to disk can be \
             enough to lose data for the whole cluster.",
        source: "Why fsync(): Losing unsynced data on a single node leads to global data loss, \
                https://redpanda.com/blog/why-fsync-is-needed-for-data-safety-in-kafka-or-non-byzantine-protocols; \
                Lamport, Paxos Made Simple (2001), §2.5",
    },
    RuleStory {
        rule: Rule::PersistPromise,
        name: Rule::PersistPromise.title(),
        protects: "A promise that a crash can undo is none: its proposer goes on, and the acceptor may vote below it \
                  again.",
        without: "A promise may leave before it is durable, and a crash makes the acceptor forget that it gave it.",
        bit: "An audit of NodeDB found that answers to vote requests left before term and vote were on disk, where \
             they never arrived at all: a restart could split the cluster.",
        source: "Raft HardState (current_term/voted_for) is never persisted: split-brain on restart (NodeDB issue \
                161), https://github.com/NodeDB-Lab/nodedb/issues/161; Lamport, Paxos Made Simple (2001), §2.5",
    },
    RuleStory {
        rule: Rule::PersistAccepted,
        name: Rule::PersistAccepted.title(),
        protects: "A value is chosen once a quorum has voted; if votes that were counted can vanish in a crash, so \
                  can the value.",
        without: "A vote may leave before it is durable, and a crash makes the acceptor forget that it cast it.",
        bit: "A follower in YugabyteDB is reported to acknowledge operations ahead of its own log: the leader then \
             commits what may be on no follower's disk, and a crash can lose it.",
        source: "Raft follower acknowledges ops ahead of its own WAL durability on ops-empty requests (YugabyteDB \
                issue 32875), https://github.com/yugabyte/yugabyte-db/issues/32875; Lamport, Paxos Made Simple \
                (2001), §2.5",
    },
    RuleStory {
        rule: Rule::PersistRound,
        name: Rule::PersistRound.title(),
        protects: "A proposer that crashes must not come back and use the same ballot again for something else.",
        without: "A prepare or an accept may leave before the disk knows of its ballot.",
        bit: "A simulator found that TigerBeetle could work in view 1 before that view was durable: after a crash it \
             was back in view 0, and ignored an operation that it had committed.",
        source: "Don't transition R=1 to normal until view_durable_update (TigerBeetle pull request 650), \
                https://github.com/tigerbeetle/tigerbeetle/pull/650; Lamport, Paxos Made Simple (2001), §2.5",
    },
    RuleStory {
        rule: Rule::RecoverState,
        name: Rule::RecoverState.title(),
        protects: "Others count on what an acceptor said before a crash, so it must know it afterwards, too.",
        without: "After a restart an acceptor knows neither what it promised nor what it voted for.",
        bit: "To a user who kept all state in memory, Openraft's maintainer answered that Raft rests on nodes \
             recovering their vote and log after a restart, and that without it nothing is guaranteed.",
        source: "Node cannot join cluster after restart (Openraft issue 1535), \
                https://github.com/databendlabs/openraft/issues/1535; Lamport, Paxos Made Simple (2001), §2.5",
    },
    RuleStory {
        rule: Rule::RecoverPromise,
        name: Rule::RecoverPromise.title(),
        protects: "A promise holds for good; an acceptor that forgets it in a crash lets an older proposer in again.",
        without: "After a restart an acceptor still has its votes, but has promised nothing.",
        bit: "A counterexample to the specification of Raft shows that more than one leader can come out of one term \
             if terms are not kept on disk; its author confirms that this breaks safety.",
        source: "Counter example (raft.tla pull request 5), https://github.com/ongardie/raft.tla/pull/5; Lamport, \
                Paxos Made Simple (2001), §2.5",
    },
    RuleStory {
        rule: Rule::RecoverAccepted,
        name: Rule::RecoverAccepted.title(),
        protects: "A vote may be what made a value chosen; an acceptor that forgets it cannot tell later proposers \
                  of it.",
        without: "After a restart an acceptor still has its promise, but reports no votes.",
        bit: "In a test of NuRaft a killed server came back without its latest entries, because its log was \
             corrupted, and was elected leader: committed entries were rolled back.",
        source: "Rollback of committed entries (NuRaft issue 185), https://github.com/eBay/NuRaft/issues/185; \
                Lamport, Paxos Made Simple (2001), §2.5",
    },
    RuleStory {
        rule: Rule::WipedStaysSilent,
        name: Rule::WipedStaysSilent.title(),
        protects: "Behind an empty disk there may have been any promise and any vote, so its owner must not answer \
                  as if there had been none.",
        without: "An acceptor whose disk was lost takes part again, and remembers nothing.",
        bit: "AtlasDB goes through it in an issue: an acceptor that lost its log helps to choose a second value. \
             Published protocols for servers without disks were found to break in this way, too.",
        source: "Timelock: Handle general losses of Paxos logs (AtlasDB issue 1508), \
                https://github.com/palantir/atlasdb/issues/1508; Michael, Ports, Sharma, Szekeres, Recovering Shared \
                Objects Without Stable Storage (DISC 2017), https://doi.org/10.4230/LIPIcs.DISC.2017.36; Chandra, \
                Griesemer, Redstone, Paxos Made Live (PODC 2007), §5.1",
    },
];
