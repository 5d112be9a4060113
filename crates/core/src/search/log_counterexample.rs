//! A path through the model of a log, played on a real cluster.
//!
//! The model and the world differ in what they leave out. In the model a message stays after it has arrived; in the world it is
//! copied first, if it is to arrive again. In the model clients are requests; in the world they are asked, ask again elsewhere,
//! and have to be answered before a wrong answer does harm. In the model a server's words to itself arrive at once; in the world
//! they are delivered next.

use alloc::vec::Vec;

use super::LogQuestion;
use super::counterexample::describe;
use super::explorer::{Edge, Model, Search};
use super::log_model::{Happens, LogModel};
use super::paxos_model::settle_io;
use crate::check::Invariant;
use crate::endpoint::Endpoint;
use crate::log::{self, ClientId, Command, Message, Op};
use crate::paxos::NodeId;
use crate::run::{History, Run, Simulation};
use crate::sim::{Action, ClientAction, Cluster, MessageId, Record, ServerStatus, Timer};
use crate::tell::{log_rule_story, rule_story};

/// How many steps the world goes on by itself at most, until a read is answered.
const PATIENCE: u32 = 2000;

/// The run that leads to a state which violates a property. `None`: the world cannot be led there: there, a
/// client has one operation.
pub(super) fn run(question: &LogQuestion, search: &Search<LogModel>, property: usize, state: u32) -> Option<Run> {
    let history = question.history().unwrap_or_else(|error| unreachable!("{error}"));
    let begins = history.now().steps();
    let path = search.path(state);
    let mut player = Player { history, question, search, property: search.model().properties()[property].name };
    if question.from.is_some() {
        player.settle_at_work(path.first().map_or(state, |edge| edge.from));
    }
    for (at, edge) in path.iter().enumerate() {
        if player.is_broken() {
            break;
        }
        let after = path.get(at + 1).map_or(state, |next| next.from);
        player.perform(*edge, &path[at + 1..])?;
        player.settle_all(after);
    }
    // A wrong answer does harm when it arrives.
    while !player.is_broken() && player.deliver_answer(|_| true).is_some() {}
    if !player.is_broken() && player.history.now().violations().iter().all(|(step, _)| *step <= begins) {
        player.reads_afterwards()?;
    }
    let mut history = player.history;
    history.seek(begins);
    let mut run = history.run();
    history.seek(u64::MAX);
    let of_log = question.rules.off().map(log_rule_story).map(|story| (story.name, story.without));
    let single = question.single.off().map(rule_story).map(|story| (story.name, story.without));
    describe(&mut run, &of_log.chain(single).collect::<Vec<_>>(), begins, &history);
    Some(run)
}

struct Player<'a> {
    history: History,
    question: &'a LogQuestion,
    search: &'a Search<LogModel>,
    /// The property that is violated at the end of the path.
    property: &'static str,
}

impl Player<'_> {
    fn cluster(&self) -> &Cluster {
        self.history.now().cluster()
    }

    fn is_broken(&self) -> bool {
        self.is_broken_in(self.history.now())
    }

    fn is_broken_in(&self, simulation: &Simulation) -> bool {
        let wanted = match self.property {
            "answers-follow-the-log" => Invariant::Linearizable.as_str(),
            property => property,
        };
        simulation.violations().iter().any(|(_, violation)| violation.invariant().as_str() == wanted)
    }

    /// Does one thing; `None`: the world cannot.
    fn act(&mut self, action: &Action) -> Option<()> {
        self.history.apply(action).ok().map(drop)
    }

    fn time_out(&mut self, node: NodeId, timer: log::Timer) -> Option<()> {
        self.act(&Action::Timeout { node, timer: Timer::Log(timer) })
    }

    fn perform(&mut self, edge: Edge, later: &[Edge]) -> Option<()> {
        let state = self.search.state(edge.from);
        let (node, happens) = self.search.model().happens(edge.number, state);
        self.wakes(node, state);
        match happens {
            Happens::Deliver(from, message) => {
                self.opens_the_way(from, node, state);
                let (id, again) = (self.find(from.into(), node.into(), message)?, self.arrives_again(edge, later));
                if again {
                    self.act(&Action::Duplicate { message: id })?;
                }
                self.arrives(id)?;
            }
            Happens::Ask(command) => self.ask(node, command)?,
            Happens::Stand => self.stands(node)?,
            Happens::Repeat => self.repeat(node)?,
            Happens::Heartbeat => self.time_out(node, log::Timer::Heartbeat)?,
            Happens::Sync => {
                self.act(&Action::Sync { node })?;
                self.flush(node);
            }
            Happens::Crash { kept, lost } => {
                if kept > 0 {
                    let (all, some) = (Action::Sync { node }, Action::SyncFirst { node, records: kept as u32 });
                    self.act(if lost > 0 { &some } else { &all })?;
                    self.flush(node);
                }
                self.act(&Action::Crash { node })?;
                self.act(&Action::Restart { node })?;
            }
            Happens::Snapshot => self.act(&Action::Snapshot { node })?,
            Happens::Wipe => {
                self.act(&Action::Wipe { node })?;
                self.act(&Action::Restart { node })?;
            }
        }
        self.settle(node, self.search.model().is_durable_at_once(state, node));
        Some(())
    }

    /// Whether the message that an action delivers is delivered once more later.
    fn arrives_again(&self, edge: Edge, later: &[Edge]) -> bool {
        let model = self.search.model();
        let what = |edge: &Edge| model.happens(edge.number, self.search.state(edge.from));
        later.iter().any(|other| what(other) == what(&edge))
    }

    /// A client asks a server: for the first time, or again until it has come to that server.
    fn ask(&mut self, node: NodeId, command: &Command) -> Option<()> {
        let client = command.client;
        let reads = matches!(command.op, Op::Get { .. });
        self.mends(client.into(), node.into());
        if !self.has_asked(command) {
            while reads && self.deliver_answer(|other| other != client).is_some() {}
            let request = ClientAction::Request { client, op: command.op.clone(), node: Some(node), since: None };
            self.act(&Action::Client(request))?;
        }
        let request = Message::Request(command.clone().into());
        for _ in 0..=self.cluster().everyone().len() {
            if let Some(message) = self.find(client.into(), node.into(), &request) {
                return self.arrives(message);
            }
            self.act(&Action::Client(ClientAction::Retry { client, node: None }))?;
        }
        None
    }

    fn has_asked(&self, command: &Command) -> bool {
        self.cluster().clients().any(|it| it.id() == command.client && it.seq() >= command.seq)
    }

    /// A server stands. If its timer was set for that, and it hears a leader when the timer runs out, it is made to stand.
    fn stands(&mut self, node: NodeId) -> Option<()> {
        self.time_out(node, log::Timer::Stand)?;
        if self.cluster().server(node).log().is_some_and(log::Replica::may_stand) {
            self.time_out(node, log::Timer::Stand)?;
        }
        Some(())
    }

    /// The timer of a server runs out, and once more if it only noted what was not answered by then.
    fn repeat(&mut self, node: NodeId) -> Option<()> {
        let before = self.cluster().messages();
        self.time_out(node, log::Timer::Repeat)?;
        if self.cluster().messages() == before {
            self.time_out(node, log::Timer::Repeat)?;
        }
        Some(())
    }

    /// An answer under way to such a client arrives, if there is one: the one that does harm when it does, or else the first.
    fn deliver_answer(&mut self, to: impl Fn(ClientId) -> bool) -> Option<()> {
        let answers = self.cluster().network().in_flight().filter(|envelope| {
            let done = match envelope.message.log() {
                Some(Message::Answer(answer)) => !matches!(answer.reply, log::Reply::NotLeader { .. }),
                _ => false,
            };
            done && matches!(envelope.to, Endpoint::Client(client) if to(client))
        });
        let answers: Vec<_> = answers.map(|answer| (answer.id, answer.from, answer.to)).collect();
        let harms = |(id, from, to): &(MessageId, Endpoint, Endpoint)| {
            let mut trial = self.history.now().clone();
            for action in [Action::Mend { from: *from, to: *to }, Action::Release { message: *id }] {
                let _ = trial.apply(&action);
            }
            trial.apply(&Action::Deliver { message: *id }).is_ok() && self.is_broken_in(&trial)
        };
        let (id, from, to) = *answers.iter().find(|answer| harms(answer)).or(answers.first())?;
        self.mends(from, to);
        self.arrives(id)
    }

    /// Who was told a falsehood may not have noticed. So a client that was answered reads, and the world goes on by itself until
    /// somebody notices.
    fn reads_afterwards(&mut self) -> Option<()> {
        let idle = self.cluster().clients().find(|it| it.seq() > 0 && it.waiting().is_none())?.id();
        let key = self.search.model().key();
        let read = ClientAction::Request { client: idle, op: Op::Get { key }, node: None, since: None };
        self.act(&Action::Client(read))?;
        for _ in 0..PATIENCE {
            if self.is_broken() {
                return Some(());
            }
            self.history.step()?;
        }
        None
    }

    /// The first message under way that says this. What a heartbeat says of contentment the model leaves out.
    fn find(&self, from: Endpoint, to: Endpoint, says: &Message) -> Option<MessageId> {
        let same = |other: &Message| match (other, says) {
            (Message::Heartbeat(other), Message::Heartbeat(says)) => {
                (other.ballot, other.leads, other.chosen_to) == (says.ballot, says.leads, says.chosen_to)
            }
            (other, says) => other == says,
        };
        let mut all = self.cluster().network().in_flight();
        let found = all.find(|it| (it.from, it.to) == (from, to) && it.message.log().is_some_and(same))?;
        Some(found.id)
    }

    /// A message arrives, held or not.
    fn arrives(&mut self, message: MessageId) -> Option<()> {
        if self.cluster().network().is_held(message) {
            self.act(&Action::Release { message })?;
        }
        self.act(&Action::Deliver { message })
    }

    /// In the model a cut link is a slow one.
    fn mends(&mut self, from: Endpoint, to: Endpoint) {
        if self.cluster().network().is_cut(from, to) {
            let _ = self.act(&Action::Mend { from, to });
        }
    }

    /// In the model a server that is down is slow to come back, and a paused one is slow. Here it comes back before it does
    /// anything.
    fn wakes(&mut self, node: NodeId, state: &[u8]) {
        let back = match self.cluster().server(node).status() {
            ServerStatus::Up => return,
            ServerStatus::Paused => Action::Resume { node },
            ServerStatus::Down => Action::Restart { node },
        };
        if self.act(&back).is_some() {
            self.settle(node, self.search.model().is_durable_at_once(state, node));
        }
    }

    /// What a message needs to arrive: a link, and a sender that has sent it.
    fn opens_the_way(&mut self, from: NodeId, to: NodeId, state: &[u8]) {
        if self.cluster().server(from).status() == ServerStatus::Paused {
            self.wakes(from, state);
        }
        self.mends(from.into(), to.into());
    }

    /// At the beginning, servers that are at work say what they may, and hear what they have said to themselves.
    fn settle_at_work(&mut self, state: u32) {
        let state = self.search.state(state);
        for node in self.cluster().nodes().collect::<Vec<_>>() {
            if self.cluster().server(node).status() == ServerStatus::Up {
                self.settle(node, self.search.model().is_durable_at_once(state, node));
            }
        }
    }

    /// Every server of a state whose disk is quick writes what it has.
    fn settle_all(&mut self, state: u32) {
        let state = self.search.state(state);
        for node in self.cluster().nodes().collect::<Vec<_>>() {
            if self.search.model().is_durable_at_once(state, node) {
                self.settle(node, true);
            }
        }
    }

    /// Lets a server say what it may, write first if its disk is quick, and hear what it says to itself. The run ends where it
    /// is broken.
    fn settle(&mut self, node: NodeId, at_once: bool) {
        loop {
            let own = || self.cluster().network().in_flight().find(|it| it.from == node && it.to == node);
            let next = match settle_io(self.cluster(), node) {
                Some(action) if at_once || matches!(action, Action::Flush { .. }) => Some(action),
                // Nothing waits for a snapshot. Its server is to hear that it is durable.
                None if at_once && self.writes_snapshot(node) => Some(Action::Sync { node }),
                _ if self.question.bounds.own_travel => None,
                _ => own().map(|it| Action::Deliver { message: it.id }),
            };
            match next {
                Some(action) if !self.is_broken() && self.act(&action).is_some() => {}
                _ => return,
            }
        }
    }

    fn writes_snapshot(&self, node: NodeId) -> bool {
        let disk = self.cluster().server(node).disk();
        let mut records = disk.queued().iter().chain(disk.written()).filter_map(Record::log);
        records.any(|record| record.snapshot().is_some())
    }

    fn flush(&mut self, node: NodeId) {
        if self.cluster().server(node).ready() > 0 && !self.is_broken() {
            let _ = self.act(&Action::Flush { node });
        }
    }
}
