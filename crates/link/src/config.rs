//! A config in a link: only what is out of the ordinary.
//!
//! Fields stand in the order of their numbers, each as its number and its value; 0 ends them. A field that is not there
//! has the value it has in [`ordinary`].

use alloc::{format, vec::Vec};

use crate::LinkError;
use crate::action::read_switch;
use crate::binary::{Reader, Writer, damaged, refused};
use crate::clients::{read_workload, write_workload};
use crate::number::{Numbered, numbered};
use quorum_core::limits::MAX_NODES;
use quorum_core::log::{self, Election, Reads, Snapshots};
use quorum_core::paxos::{NodeId, Role, Rule, Rules, Scheme};
use quorum_core::sim::{self, Clock, Conditions, Config, LogConfig, Probability, ProtocolKind, QuorumSpec};

/// After the last field.
const END: u8 = 0;

numbered! {
    /// The fields of a config.
    enum Field {
        Nodes = 1,
        Protocol = 2,
        Seed = 3,
        Quorums = 4,
        Ballots = 5,
        Roles = 6,
        Backoff = 7,
        Loss = 8,
        Duplicate = 9,
        Latency = 10,
        Disk = 11,
        Retry = 12,
        Rules = 13,
        Clock = 14,
        Window = 15,
        Election = 16,
        Leader = 17,
        Clients = 18,
        Workload = 19,
        Snapshots = 20,
        Sessions = 21,
        Reads = 22,
    }
}

numbered! {
    Rule {
        KeepPromise = 1,
        AcceptPromises = 2,
        AdoptReported = 3,
        AdoptHighest = 4,
        AdoptByBallot = 5,
        Phase1Intersects = 6,
        Phase2Intersects = 7,
        OneVotePerAcceptor = 8,
        VotesWithinBallot = 9,
        PromisesForOwnBallot = 10,
        BallotsUniqueAcrossServers = 11,
        BallotsUniqueAcrossRestarts = 12,
        PersistBeforeReply = 13,
        PersistPromise = 14,
        PersistAccepted = 15,
        PersistRound = 16,
        RecoverState = 17,
        RecoverPromise = 18,
        RecoverAccepted = 19,
        WipedStaysSilent = 20,
    }
}

numbered! {
    log::Rule {
        FillGaps = 65,
        ReportEveryVote = 66,
        NextAboveKnown = 67,
        IndexNeedsBallot = 68,
        ApplyInOrder = 69,
        Deduplicate = 70,
        DeduplicateWhenApplying = 71,
        OwnVoteWhenDurable = 72,
        AnswerOwnCommand = 73,
        ReadAfterFound = 74,
        ReadThroughLog = 75,
        ContentBeforeStanding = 76,
        RepeatAccepts = 77,
        FetchGaps = 78,
        SayTruncated = 79,
        SessionsInSnapshot = 80,
        SnapshotSaysWhere = 81,
        SnapshotKeepsVotes = 82,
        TruncateAfterDurable = 83,
        RefuseExpired = 84,
    }
}

impl Numbered for sim::Rule {
    fn number(self) -> u8 {
        match self {
            Self::Paxos(rule) => rule.number(),
            Self::Log(rule) => rule.number(),
        }
    }

    fn numbered(number: u8) -> Option<Self> {
        Rule::numbered(number).map(Self::Paxos).or_else(|| log::Rule::numbered(number).map(Self::Log))
    }
}

numbered! { ProtocolKind { Single = 1, Log = 2, } }
numbered! { Election { Content = 1, Timeout = 2, } }
numbered! { Reads { Log = 1, Index = 2, } }
numbered! { Scheme { Rounds = 1, Ranges = 2, } }
numbered! { Role { Proposer = 1, Acceptor = 2, Learner = 3, } }

numbered! {
    /// What kind of quorums.
    enum QuorumKind {
        Majority = 1,
        Sizes = 2,
    }
}

/// What a link of format 1 means where it says nothing. **Never changed**, whatever becomes of [`Config::default`]:
/// links in the world count on it. A field that did not exist when they were made has the value here that it had in
/// effect then.
fn ordinary() -> Config {
    Config {
        nodes: 3,
        protocol: ProtocolKind::Single,
        seed: 1,
        quorums: QuorumSpec::Majority,
        ballots: Scheme::Rounds,
        roles: None,
        backoff: true,
        network: Conditions { loss: Probability::default(), duplicate: Probability::default(), latency: (30, 40) },
        disk: (2, 5),
        retry: 300,
        clock: Clock::Seeded,
        rules: Rules::default(),
        log: LogConfig {
            window: 8,
            election: Election::Content,
            leader: Some(NodeId::FIRST),
            clients: 2,
            workload: None,
            rules: log::Rules::default(),
            snapshots: None,
            sessions: None,
            reads: Reads::Log,
            begins: None,
        },
    }
}

pub(crate) fn write(config: &Config, to: &mut Writer) {
    let ordinary = ordinary();
    for field in (1..=u8::MAX).filter_map(Field::numbered) {
        let value = value(field, config);
        if value != self::value(field, &ordinary) {
            to.numbered(field);
            to.append(&value);
        }
    }
    to.byte(END);
}

/// The value of one field. Every field of a config is named here, so that a new one cannot be left out.
fn value(field: Field, config: &Config) -> Writer {
    let Config { nodes, protocol, seed, quorums, ballots, roles, backoff, network, disk, retry, clock, rules, log } =
        config;
    // What a run begins with in the middle is refused before it is written: it is larger than any link.
    let LogConfig {
        window,
        election,
        leader,
        clients,
        workload,
        rules: log_rules,
        snapshots,
        sessions,
        reads,
        begins: _,
    } = log;
    let Conditions { loss, duplicate, latency } = network;
    let mut to = Writer::default();
    match field {
        Field::Nodes => to.number(*nodes),
        Field::Protocol => to.numbered(*protocol),
        Field::Seed => to.number(*seed),
        Field::Quorums => match quorums {
            QuorumSpec::Majority => to.numbered(QuorumKind::Majority),
            QuorumSpec::Sizes { phase1, phase2 } => {
                to.numbered(QuorumKind::Sizes);
                to.pair((*phase1, *phase2));
            }
        },
        Field::Ballots => to.numbered(*ballots),
        // Nothing for "every role": it is ordinary, and so never written.
        Field::Roles => roles.iter().for_each(|roles| write_roles(roles, &mut to)),
        Field::Backoff => to.byte((*backoff).into()),
        Field::Loss => to.number(loss.in_thousandths()),
        Field::Duplicate => to.number(duplicate.in_thousandths()),
        Field::Latency => to.pair(*latency),
        Field::Disk => to.pair(*disk),
        Field::Retry => to.number(*retry),
        Field::Clock => to.byte((*clock == Clock::Guided).into()),
        // Those that are off, in the order of their numbers.
        Field::Rules => {
            to.count(rules.off().count() + log_rules.off().count());
            rules.off().for_each(|rule| to.numbered(rule));
            log_rules.off().for_each(|rule| to.numbered(rule));
        }
        Field::Window => to.number(*window),
        Field::Election => to.numbered(*election),
        // There is no server 0.
        Field::Leader => to.number(leader.map_or(0, NodeId::get)),
        Field::Clients => to.number(*clients),
        Field::Workload => write_workload(*workload, &mut to),
        // Nothing for "none": it is ordinary, and so never written.
        Field::Snapshots => snapshots.iter().for_each(|Snapshots { every, keep }| {
            to.number(*every);
            to.number(*keep);
        }),
        // The same.
        Field::Sessions => sessions.iter().for_each(|most| to.number(*most)),
        Field::Reads => to.numbered(*reads),
    }
    to
}

pub(crate) fn read(from: &mut Reader<'_>) -> Result<Config, LinkError> {
    let mut config = ordinary();
    let mut last = END;
    loop {
        let number = from.byte("its config")?;
        if number == END {
            break;
        }
        if number <= last {
            return damaged("The fields of its config are not in order.");
        }
        last = number;
        let Some(field) = Field::numbered(number) else {
            return Err(LinkError::Newer(format!("a field of the config with number {number}")));
        };
        read_field(field, from, &mut config)?;
    }
    if config.protocol == ProtocolKind::Single && config.log != ordinary().log {
        return damaged("It has fields of a replicated log, and is none.");
    }
    match config.check() {
        Ok(_) => Ok(config),
        Err(error) => refused(error),
    }
}

fn read_field(field: Field, from: &mut Reader<'_>, config: &mut Config) -> Result<(), LinkError> {
    match field {
        Field::Nodes => config.nodes = from.small("the number of its servers")?,
        Field::Protocol => config.protocol = from.numbered("a protocol")?,
        Field::Seed => config.seed = from.number("its seed")?,
        Field::Quorums => {
            config.quorums = match from.numbered("a kind of quorums")? {
                QuorumKind::Majority => QuorumSpec::Majority,
                QuorumKind::Sizes => {
                    let (phase1, phase2) = from.pair("the size of a quorum")?;
                    QuorumSpec::Sizes { phase1, phase2 }
                }
            };
        }
        Field::Ballots => config.ballots = from.numbered("a ballot scheme")?,
        Field::Roles => config.roles = Some(read_roles(from)?),
        Field::Backoff => config.backoff = read_switch(from, "a kind of backoff")?,
        Field::Loss => config.network.loss = read_chance(from)?,
        Field::Duplicate => config.network.duplicate = read_chance(from)?,
        Field::Latency => config.network.latency = from.pair("its latency")?,
        Field::Disk => config.disk = from.pair("its disk time")?,
        Field::Retry => config.retry = from.small("its retry time")?,
        Field::Clock if read_switch(from, "a kind of clock")? => config.clock = Clock::Guided,
        Field::Clock => config.clock = Clock::Seeded,
        Field::Rules => {
            for _ in 0..from.count(Rule::ALL.len() + log::Rule::ALL.len(), 1, "the rules that are off")? {
                match from.numbered("a rule")? {
                    sim::Rule::Paxos(rule) => config.rules.set(rule, false),
                    sim::Rule::Log(rule) => config.log.rules.set(rule, false),
                }
            }
        }
        Field::Window => config.log.window = from.small("its window")?,
        Field::Election => config.log.election = from.numbered("a kind of election")?,
        Field::Leader => config.log.leader = from.optional_node()?,
        Field::Clients => config.log.clients = from.small("the number of its clients")?,
        Field::Workload => config.log.workload = read_workload(from)?,
        Field::Snapshots => {
            let every = from.small("how often there is a snapshot")?;
            config.log.snapshots = Some(Snapshots { every, keep: from.small("what is kept beside a snapshot")? });
        }
        Field::Sessions => config.log.sessions = Some(from.small("how many sessions there may be")?),
        Field::Reads => config.log.reads = from.numbered("a way to read")?,
    }
    Ok(())
}

pub(crate) fn read_chance(from: &mut Reader<'_>) -> Result<Probability, LinkError> {
    let number = from.number("a probability")?;
    let chance = u16::try_from(number).ok().and_then(Probability::thousandths);
    chance.map_or_else(|| refused(format!("it has a probability of {number} thousandths")), Ok)
}

fn write_roles(servers: &[Vec<Role>], to: &mut Writer) {
    to.count(servers.len());
    for roles in servers {
        to.count(roles.len());
        roles.iter().for_each(|role| to.numbered(*role));
    }
}

fn read_roles(from: &mut Reader<'_>) -> Result<Vec<Vec<Role>>, LinkError> {
    let servers = from.count(MAX_NODES as usize, 1, "the roles of its servers")?;
    let mut lists = Vec::with_capacity(servers);
    for _ in 0..servers {
        // A list may name a role twice, in a file as here; the bytes that are left are limit enough.
        let count = from.count(usize::MAX, 1, "the roles of a server")?;
        lists.push((0..count).map(|_| from.numbered("a role")).collect::<Result<_, _>>()?);
    }
    Ok(lists)
}
