//! What a note is in the laboratory.

use quorum_core::log::{Client, ClientId, Message, Op, Reads};
use quorum_core::paxos::{NodeId, Slot};
use quorum_core::sim::{self, Action, ClientAction, Endpoint, Envelope, MessageId, Rule, ServerStatus, Timer};

use crate::names::digest;
use crate::recording::{OnItsWay, Recording, What};
use crate::{Note, Number};

impl Recording {
    pub(crate) fn play(&mut self, node: NodeId, at: u64, note: &Note) -> Result<(), What> {
        if let Note::Sent { to, number, digest, taken } = note {
            return self.sent(node, at, *to, *number, *digest, *taken);
        }
        match note {
            Note::Sent { .. } => Ok(()),
            Note::Outside => {
                let why =
                    "somebody outside of the cluster asked for a promise or a vote, which the laboratory does not have";
                Err(What::Refused(why.to_owned()))
            }
            Note::Start { incarnation, records, replaced, off } => {
                self.has_the_rules(off)?;
                if *replaced && !self.is_lost(node) {
                    // Nobody noted when it was lost.
                    self.wiped(node, at)?;
                }
                self.start(node, at, *incarnation, *records)
            }
            Note::Killed { records } => self.killed(node, at, *records),
            Note::Wiped => self.wiped(node, at),
            Note::Stopped => {
                self.servers[node.index()].stopped = true;
                self.stands_still(node, at)
            }
            Note::Continued => {
                let server = &mut self.servers[node.index()];
                (server.stopped, server.hears_since) = (false, at);
                self.goes_on(node, at)
            }
            Note::Cut(from) => {
                self.cuts.insert((*from, node));
                self.act(Action::Cut { from: (*from).into(), to: node.into() }, at).map(drop)
            }
            Note::Mended(from) => {
                self.cuts.remove(&(*from, node));
                self.act(Action::Mend { from: (*from).into(), to: node.into() }, at).map(drop)
            }
            Note::Request { .. }
            | Note::Received { .. }
            | Note::Crossed { .. }
            | Note::Timeout(_)
            | Note::Durable(_) => {
                // The server was done with what left together. What is done to it from outside may come in between.
                if let Some(envelope) = self.servers[node.index()].leaving.front() {
                    return Err(What::More(envelope.to.named().to_string()));
                }
                // A signal reaches a process a little after it was noted.
                self.goes_on(node, at)?;
                self.input(node, at, note)?;
                if self.servers[node.index()].stopped {
                    self.stands_still(node, at)?;
                }
                Ok(())
            }
        }
    }

    fn input(&mut self, node: NodeId, at: u64, note: &Note) -> Result<(), What> {
        match note {
            Note::Request { client, seq, op, since } => self.request(node, at, *client, (*seq, op, *since)),
            Note::Received { from, number } | Note::Crossed { from, number, .. } => {
                let link = self.links.get_mut(&(*from, node));
                let Some(way) = link.and_then(|link| link.remove(number)) else { return Err(What::Unsent) };
                self.deliver(*from, node, way.message, at)
            }
            Note::Timeout(timer) => {
                self.lose(node, at)?;
                self.act(Action::Timeout { node, timer: Timer::Log(*timer) }, at).map(drop)
            }
            Note::Durable(records) => {
                let before = self.servers[node.index()].before;
                self.durable(node, at, before + records)
            }
            _ => Ok(()),
        }
    }

    /// A process that has not come to its first word may be stopped, too: in the laboratory it is down until then.
    fn stands_still(&mut self, node: NodeId, at: u64) -> Result<(), What> {
        if self.simulation.cluster().server(node).status() == ServerStatus::Up {
            self.act(Action::Pause { node }, at)?;
        }
        Ok(())
    }

    fn goes_on(&mut self, node: NodeId, at: u64) -> Result<(), What> {
        if self.simulation.cluster().server(node).status() == ServerStatus::Paused {
            self.act(Action::Resume { node }, at)?;
        }
        Ok(())
    }

    /// A message that was under way when its link was cut may have arrived all the same.
    fn deliver(&mut self, from: NodeId, to: NodeId, message: MessageId, at: u64) -> Result<(), What> {
        let cut = self.cuts.contains(&(from, to));
        let (from, to) = (Endpoint::from(from), Endpoint::from(to));
        if cut {
            self.act(Action::Mend { from, to }, at)?;
        }
        self.act(Action::Deliver { message }, at)?;
        if cut {
            self.act(Action::Cut { from, to }, at)?;
        }
        Ok(())
    }

    /// The laboratory's servers do without the same rules, all of them.
    fn has_the_rules(&self, off: &[Rule]) -> Result<(), What> {
        let config = self.simulation.config();
        let ours: Vec<Rule> =
            config.rules.off().map(Rule::from).chain(config.log.rules.off().map(Rule::from)).collect();
        if ours == off {
            return Ok(());
        }
        let names = |rules: &[Rule]| match rules {
            [] => "with all rules".to_owned(),
            off => format!("without {}", off.iter().map(|rule| rule.as_str()).collect::<Vec<_>>().join(", ")),
        };
        let (this, cluster) = (names(off), names(&ours));
        Err(What::Refused(format!(
            "this server ran {this}, and the cluster {cluster}: a record wants all servers alike"
        )))
    }

    /// A process starts. The laboratory's servers start for the first time by themselves.
    fn start(&mut self, node: NodeId, at: u64, incarnation: u64, records: u64) -> Result<(), What> {
        let server = &self.servers[node.index()];
        let first = server.incarnation.is_none();
        let stopped = server.down && server.stopped;
        if !first {
            self.killed(node, at, Some(records))?;
            if self.servers[node.index()].durable != records {
                return Err(What::Refused(format!("its disk had {} records", self.servers[node.index()].durable)));
            }
            self.act(Action::Restart { node }, at)?;
        }
        let server = &mut self.servers[node.index()];
        (server.before, server.hears_since) = (server.durable, at);
        (server.incarnation, server.down) = (Some(incarnation), false);
        if stopped {
            // The signal was noted before it reached the process.
            server.stopped = true;
            self.stands_still(node, at)?;
        }
        Ok(())
    }

    /// A process is gone.
    fn killed(&mut self, node: NodeId, at: u64, records: Option<u64>) -> Result<(), What> {
        let server = &mut self.servers[node.index()];
        server.leaving.clear();
        server.stopped = false;
        // Even if it was killed before its first word: what starts next is no first process.
        server.incarnation.get_or_insert(0);
        if std::mem::replace(&mut server.down, true) {
            return Ok(());
        }
        // What its disk finished in its last moment it could not note any more.
        if let Some(records) = records.or_else(|| self.records_at_next_start(node)) {
            self.durable(node, at, records)?;
        }
        self.act(Action::Crash { node }, at).map(drop)
    }

    /// A process is gone, and its disk, too.
    fn wiped(&mut self, node: NodeId, at: u64) -> Result<(), What> {
        self.killed(node, at, None)?;
        let server = &mut self.servers[node.index()];
        let empty = (server.durable, server.before) == (0, 0);
        (server.durable, server.before) = (0, 0);
        // One that stayed silent has nothing to lose again.
        if empty && self.is_lost(node) {
            return Ok(());
        }
        self.act(Action::Wipe { node }, at).map(drop)
    }

    fn is_lost(&self, node: NodeId) -> bool {
        self.simulation.cluster().server(node).disk().durable().is_lost()
    }

    fn records_at_next_start(&self, node: NodeId) -> Option<u64> {
        let mut notes = self.servers[node.index()].notes.iter();
        notes.find_map(|(_, note)| if let Note::Start { records, .. } = note { Some(*records) } else { None })
    }

    /// So many records of a disk are durable, in all.
    fn durable(&mut self, node: NodeId, at: u64, records: u64) -> Result<(), What> {
        let server = &mut self.servers[node.index()];
        let more = records.saturating_sub(server.durable) as u32;
        server.durable = server.durable.max(records);
        if more > 0 {
            // A disk finishes what it was given, whether or not its process stands still.
            self.goes_on(node, at)?;
            self.act(Action::SyncFirst { node, records: more }, at)?;
        }
        Ok(())
    }

    /// A message left. The laboratory lets go everything that may leave, as the server did.
    fn sent(
        &mut self,
        node: NodeId,
        at: u64,
        to: Endpoint,
        number: Number,
        noted: u64,
        taken: bool,
    ) -> Result<(), What> {
        if self.servers[node.index()].leaving.is_empty() {
            self.goes_on(node, at)?;
            let left = self.act(Action::Flush { node }, at).map_err(|_| What::Unsent)?;
            self.servers[node.index()].leaving = left.into();
        }
        let Some(envelope) = self.servers[node.index()].leaving.pop_front() else { return Err(What::Unsent) };
        let message = log(&envelope).map(|message| self.names.outside(message));
        if self.names.endpoint(envelope.to) != to || message.as_ref().map(digest) != Some(noted) {
            return Err(What::Differs);
        }
        self.compared();
        match envelope.to {
            Endpoint::Server(receiver) => {
                let large = log(&envelope).is_some_and(|message| message.kind().may_be_large());
                let way = OnItsWay { message: envelope.id, left: at, large };
                self.links.entry((node, receiver)).or_default().insert(number, way);
                self.last_sent.insert((node, receiver), number);
                Ok(())
            }
            Endpoint::Client(client) => {
                if taken {
                    self.known.insert(client);
                }
                self.answered(envelope.id, at, taken)
            }
        }
    }

    /// An answer reaches its client, or nobody.
    fn answered(&mut self, answer: MessageId, at: u64, taken: bool) -> Result<(), What> {
        let message = answer;
        let action = if taken { Action::Deliver { message } } else { Action::Drop { message } };
        self.act(action, at).map(drop)
    }

    /// A request reaches a server: one that its client sent there, maybe long ago, or else the client sends it now.
    fn request(&mut self, node: NodeId, at: u64, number: u64, (seq, op, since): (u32, &Op, Slot)) -> Result<(), What> {
        let client = self.names.name(number);
        let Some(now) = self.client(client) else { return Err(What::Unsent) };
        let (waits, mut next) = (now.waiting().is_some(), now.seq() + 1);
        let forgotten = !waits && self.has_forgotten_reads();
        if forgotten && seq > next {
            self.counts_to(node, at, client, (seq - 1, op, since))?;
            next = seq;
        }
        if seq == next && !op.only_reads() {
            self.known.insert(client);
        }
        let unknown = forgotten && !self.known.contains(&client);
        if self.request_under_way(client, node, seq).is_none() {
            let action = match () {
                () if waits && seq + 1 == next => ClientAction::Retry { client, node: Some(node) },
                () if seq < next || unknown && op.only_reads() => {
                    ClientAction::Stray { client, seq, op: op.clone(), node, since }
                }
                () if seq == next => {
                    ClientAction::Request { client, op: op.clone(), node: Some(node), since: Some(since) }
                }
                () => {
                    let why = format!("a client counts its operations from 1, and its next one is {next}");
                    return Err(What::Refused(why));
                }
            };
            self.act(Action::Client(action), at)?;
        }
        let message = self.request_under_way(client, node, seq).ok_or(What::Unsent)?;
        self.act(Action::Deliver { message }, at).map(drop)
    }

    /// Whether clients may have asked for things before the record began that left no session: reads that take no slot. Then the first
    /// thing that one asks for may have any number. And until one has taken an answer or asked for something else, a read may be a late
    /// copy of one that was answered.
    ///
    /// One thing stays unknown: a client that was answered by a server for which the record had not begun yet, and had asked another
    /// one once more, for which it had. Its next request is refused, and the record with it.
    fn has_forgotten_reads(&self) -> bool {
        let config = self.simulation.config();
        config.begins().is_some() && config.log.reads == Reads::Index
    }

    /// A client has asked for so many things before the record began, and the last ones were reads: one of them turns up, and is lost.
    fn counts_to(&mut self, node: NodeId, at: u64, client: ClientId, read: (u32, &Op, Slot)) -> Result<(), What> {
        let (seq, op, since) = read;
        let op = Op::Get { key: op.key().clone() };
        self.act(Action::Client(ClientAction::Stray { client, seq, op, node, since }), at)?;
        let message = self.request_under_way(client, node, seq).ok_or(What::Unsent)?;
        self.act(Action::Drop { message }, at).map(drop)
    }

    fn client(&self, client: ClientId) -> Option<&Client> {
        self.simulation.cluster().clients().nth(client.number() as usize)
    }

    /// A client's request for an operation that is on its way to a server: the one sent first.
    fn request_under_way(&self, client: ClientId, node: NodeId, seq: u32) -> Option<MessageId> {
        let asked = |envelope: &&Envelope| {
            let Some(Message::Request(command)) = log(envelope) else { return false };
            (command.client, command.seq) == (client, seq) && envelope.to.server() == Some(node)
        };
        self.simulation.cluster().network().in_flight().find(asked).map(|envelope| envelope.id)
    }
}

fn log(envelope: &Envelope) -> Option<&Message> {
    match &envelope.message {
        sim::Message::Log(message) => Some(message),
        sim::Message::Paxos(_) => None,
    }
}
