//! Which note comes next: the earliest whose cause is there.

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};
use std::time::Duration;

use quorum_core::limits::MAX_INTERVENTIONS;
use quorum_core::log::ClientId;
use quorum_core::paxos::{NodeId, NodeSet};
use quorum_core::run::{Intervention, Run, Simulation};
use quorum_core::sim::{Action, Config, ConfigError, Envelope, MessageId};

use crate::names::Names;
use crate::{Note, Number};

/// How long a message that nobody noted to have arrived is on its way at least, in milliseconds. After that it is lost, if there
/// is a sign of it: the receiver is down, the link is cut, or a later message arrived.
const LOST_AFTER: u64 = 5_000;
/// After so many milliseconds without a sign it is lost, too. A large one takes its time, and has pieces between which others go.
const LOST_WITHOUT_A_SIGN: u64 = 60_000;

/// One step of the run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// What is done.
    pub action: Action,
    /// When, in milliseconds since the first note.
    pub at: u64,
}

/// What is wrong, where real servers and the laboratory do not agree.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum What {
    /// It is another message.
    #[error("it is not the message that the laboratory sends there")]
    Differs,
    /// The laboratory sends nothing.
    #[error("the laboratory has nothing to send there")]
    Unsent,
    /// The laboratory sends a message more.
    #[error("the laboratory sends one message more, to {0}, before that")]
    More(String),
    /// It cannot happen in the laboratory.
    #[error("{0}")]
    Refused(String),
}

/// A note that the laboratory cannot follow: the real server does not run as the simulated one does.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("Server {node}, note {place}, step {step}: {what}. The note is {note:?}.")]
pub struct Mismatch {
    /// The server.
    pub node: NodeId,
    /// The how-manieth note of that server it is, from 1.
    pub place: u64,
    /// After how many steps of the run.
    pub step: u64,
    /// What it says.
    pub note: Box<Note>,
    /// What is wrong with it.
    pub what: What,
}

/// A message between two servers.
#[derive(Clone, Copy, Debug)]
pub(crate) struct OnItsWay {
    pub(crate) message: MessageId,
    /// When it left, in milliseconds since the first note.
    pub(crate) left: u64,
    /// Whether it may be so large that it is sent in pieces: then later ones may arrive before it.
    pub(crate) large: bool,
}

/// One server's notes, and what is known of it.
#[derive(Debug, Default)]
pub(crate) struct Server {
    pub(crate) notes: VecDeque<(Duration, Note)>,
    pub(crate) played: u64,
    /// The process that runs, once one did.
    pub(crate) incarnation: Option<u64>,
    /// Whether it was killed, and has not started again.
    pub(crate) down: bool,
    /// Whether it stands still.
    pub(crate) stopped: bool,
    /// Since when it takes in what arrives: what had come while it stood still it takes in late.
    pub(crate) hears_since: u64,
    /// Records durable on its disk: in all, and before this process.
    pub(crate) durable: u64,
    pub(crate) before: u64,
    /// What the laboratory let go, and the notes have not told of yet.
    pub(crate) leaving: VecDeque<Envelope>,
}

impl Server {
    fn runs(&self) -> bool {
        self.incarnation.is_some() && !self.down
    }
}

/// The notes of all servers, becoming a run.
///
/// * Notes of one server are played in their order, and a message arrives after it left.
/// * Besides that, the earlier note comes first.
/// * It ends at a [`Mismatch`], and when the run is as long as a recorded run may be.
#[derive(Debug)]
pub struct Recording {
    pub(crate) simulation: Simulation,
    interventions: Vec<Intervention>,
    pub(crate) servers: Vec<Server>,
    /// Messages that left and have not arrived.
    pub(crate) links: HashMap<(NodeId, NodeId), BTreeMap<Number, OnItsWay>>,
    /// The last message that left, for each link.
    pub(crate) last_sent: HashMap<(NodeId, NodeId), Number>,
    /// Messages that arrive, as far as that is known.
    arrives: HashSet<(NodeId, NodeId, Number)>,
    /// The last one of them, for each link.
    last_arrival: HashMap<(NodeId, NodeId), Number>,
    pub(crate) cuts: HashSet<(NodeId, NodeId)>,
    pub(crate) names: Names,
    pub(crate) begins: Option<Duration>,
    pub(crate) steps: Vec<Step>,
    compared: u64,
    /// The clients of which it is known how many things they have asked for.
    pub(crate) known: HashSet<ClientId>,
    /// Whether a client came for whom there is no place.
    crowded: bool,
}

impl Recording {
    /// A recording of a cluster that has never run before. One that has is begun with [`Recording::begin`].
    ///
    /// # Errors
    /// What is wrong with the config.
    pub fn new(config: Config) -> Result<Self, ConfigError> {
        let servers = (0..config.nodes).map(|_| Server::default()).collect();
        Ok(Self {
            simulation: Simulation::new(config)?,
            interventions: Vec::new(),
            servers,
            links: HashMap::new(),
            last_sent: HashMap::new(),
            arrives: HashSet::new(),
            last_arrival: HashMap::new(),
            cuts: HashSet::new(),
            names: Names::default(),
            begins: None,
            steps: Vec::new(),
            compared: 0,
            known: HashSet::new(),
            crowded: false,
        })
    }

    /// A server, or whoever looks after it, notes something. Times are since any moment that is the same for all servers; those
    /// of one server never go back.
    pub fn note(&mut self, node: NodeId, at: Duration, note: Note) {
        if let Note::Received { from, number } | Note::Crossed { from, number, .. } = &note {
            self.arrives.insert((*from, node, *number));
            let last = self.last_arrival.entry((*from, node)).or_insert(*number);
            *last = (*last).max(*number);
        }
        if let Some(server) = self.servers.get_mut(node.index()) {
            server.notes.push_back((at, note));
        }
    }

    /// Plays every note whose cause is there, up to this moment; `None`: all. Returns what was done. A note that waits for
    /// another server's stays, until that server's notes are there.
    ///
    /// # Errors
    /// The first note that the laboratory cannot follow.
    pub fn advance(&mut self, until: Option<Duration>) -> Result<Vec<Step>, Mismatch> {
        while !self.is_full()
            && let Some(node) = self.next(until)
        {
            if self.is_crowded_by(node) {
                self.crowded = true;
                break;
            }
            self.play_next(node)?;
        }
        Ok(std::mem::take(&mut self.steps))
    }

    /// The server whose note comes next.
    fn next(&self, until: Option<Duration>) -> Option<NodeId> {
        let heads = NodeSet::first(self.servers.len() as u32).iter().filter_map(|node| {
            let (at, note) = self.servers[node.index()].notes.front()?;
            (until.is_none_or(|until| *at <= until) && self.has_its_cause(node, note)).then_some((*at, node))
        });
        heads.min().map(|(_, node)| node)
    }

    /// Whether the next note of a server is of one client more than the run has.
    fn is_crowded_by(&self, node: NodeId) -> bool {
        let next = self.servers[node.index()].notes.front();
        let most = self.simulation.cluster().clients().len();
        match next {
            Some((_, Note::Request { client, .. })) => !self.names.has_room(*client, most),
            // What leaves together may have an answer in it for somebody who has no place.
            Some((_, Note::Sent { .. })) => {
                let waiting = self.simulation.cluster().server(node).outbox();
                waiting.iter().any(|it| it.message.to.client().is_some_and(|client| client.index() >= most))
            }
            _ => false,
        }
    }

    fn has_its_cause(&self, node: NodeId, note: &Note) -> bool {
        match note {
            Note::Received { from, number } | Note::Crossed { from, number, .. } => {
                self.links.get(&(*from, node)).is_some_and(|link| link.contains_key(number))
            }
            _ => true,
        }
    }

    fn play_next(&mut self, node: NodeId) -> Result<(), Mismatch> {
        let server = &mut self.servers[node.index()];
        let Some((at, note)) = server.notes.pop_front() else { return Ok(()) };
        server.played += 1;
        let (place, step) = (server.played, self.simulation.steps());
        let begins = *self.begins.get_or_insert(at);
        let at = at.saturating_sub(begins).as_millis() as u64;
        self.play(node, at, &note).map_err(|what| Mismatch { node, place, step, note: Box::new(note), what })
    }

    /// Does one thing.
    pub(crate) fn act(&mut self, action: Action, at: u64) -> Result<Vec<Envelope>, What> {
        let at = at.max(self.simulation.schedule().now());
        let step = self.simulation.steps();
        let events = self
            .simulation
            .apply_at(&action, at)
            .map_err(|refusal| What::Refused(refusal.to_string().trim_end_matches('.').to_owned()))?;
        self.interventions.push(Intervention { step, action: action.clone(), at: Some(at) });
        self.steps.push(Step { action, at });
        Ok(events.iter().filter_map(sent).cloned().collect())
    }

    /// The first note that waits for a message which never comes: its sender noted to have sent a later one, and that is played.
    /// The message was not noted when it left, or was taken for lost. Nothing of the server that waits is played any more.
    /// Returns that server, and the sender.
    #[must_use]
    pub fn waits_in_vain(&self) -> Option<(NodeId, NodeId)> {
        let nodes = NodeSet::first(self.servers.len() as u32);
        nodes.iter().find_map(|node| {
            let (_, note) = self.servers[node.index()].notes.front()?;
            let (Note::Received { from, number } | Note::Crossed { from, number, .. }) = note else { return None };
            let later = self.last_sent.get(&(*from, node)).is_some_and(|last| last >= number);
            (later && !self.has_its_cause(node, note)).then_some((node, *from))
        })
    }

    /// Messages of a server that left long ago, and that nobody noted to have arrived, are lost: connections break.
    ///
    /// Time alone is no sign of it: a server that waits for its disk, or for its turn on a busy machine, notes what it took in late.
    pub(crate) fn lose(&mut self, from: NodeId, at: u64) -> Result<(), What> {
        let (arrives, last_arrival) = (&self.arrives, &self.last_arrival);
        let (servers, cuts) = (&self.servers, &self.cuts);
        let mut lost = Vec::new();
        for ((_, to), link) in self.links.iter_mut().filter(|((sender, _), _)| *sender == from) {
            let last = last_arrival.get(&(from, *to));
            link.retain(|number, way| {
                let receiver = &servers[to.index()];
                let overtaken = !way.large && last.is_some_and(|last| last > number);
                let sign = !receiver.runs() || cuts.contains(&(from, *to)) || overtaken;
                let patience = if sign { LOST_AFTER } else { LOST_WITHOUT_A_SIGN };
                let since = way.left.max(receiver.hears_since);
                let stays = receiver.stopped || since + patience > at || arrives.contains(&(from, *to, *number));
                if !stays {
                    lost.push(way.message);
                }
                stays
            });
        }
        lost.sort();
        lost.into_iter().try_for_each(|message| self.act(Action::Drop { message }, at).map(drop))
    }

    /// A message is as it was noted.
    pub(crate) const fn compared(&mut self) {
        self.compared += 1;
    }

    /// How many messages were compared with what the laboratory sends, and found to be the same.
    #[must_use]
    pub const fn messages(&self) -> u64 {
        self.compared
    }

    /// Whether the run is as long as a recorded run may be, or has as many clients. What is noted after that is not in it.
    #[must_use]
    pub fn is_full(&self) -> bool {
        if self.crowded {
            return true;
        }
        // A note is a few steps at most: a crash and a restart, or a message that is answered.
        self.interventions.len() + 8 > MAX_INTERVENTIONS
    }

    /// How many notes have not been played: they wait for others that are not there, or do not fit.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.servers.iter().map(|server| server.notes.len()).sum()
    }

    /// The world as far as it was played, with the judgement of its observer.
    #[must_use]
    pub const fn now(&self) -> &Simulation {
        &self.simulation
    }

    /// How many clients have asked for something.
    #[must_use]
    pub fn clients(&self) -> usize {
        self.names.len()
    }

    /// The run so far.
    #[must_use]
    pub fn run(&self) -> Run {
        Run {
            quorum: Run::FORMAT,
            engine: Run::ENGINE.into(),
            config: self.simulation.config().clone(),
            interventions: self.interventions.clone(),
            cursor: 0,
            length: self.simulation.steps(),
            digest: self.simulation.digest(),
            title: String::new(),
            notes: Vec::new(),
        }
    }
}

fn sent(event: &quorum_core::run::Event) -> Option<&Envelope> {
    use quorum_core::run::EventKind;
    use quorum_core::sim::Fact;
    match &event.kind {
        EventKind::Fact(Fact::Sent(envelope)) => Some(envelope),
        _ => None,
    }
}
