//! A client: it asks, and asks again, until it is answered.
//!
//! A client has one operation under way at most, and never gives one up: it keeps the sequence number from the first sending
//! to the first answer. What it does not know, while it waits, is whether the operation took effect.
//!
//! Where servers remember so many clients and no more, a client says with each operation up to where it knew the log when it took
//! the number: up to the slot of the last answer. If it is told that it was forgotten, the outcome of that operation is open, and
//! the next one has a new number. It must not ask for the same thing under a new number by itself, because a copy of its request
//! may have taken effect.

use alloc::{sync::Arc, vec::Vec};

use super::{Answer, ClientId, Command, Message, Op, Reply};
use crate::paxos::{NodeId, NodeSet, Slot};

/// The operation that a client waits for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// What it asked.
    pub command: Arc<Command>,
    /// The server it asked last.
    pub at: NodeId,
    /// How often it has asked in vain.
    pub tries: u32,
}

/// What happens to a client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ClientInput {
    /// It wants something, of this server or of the one it takes for the leader.
    Ask {
        /// What.
        op: Op,
        /// Of whom.
        of: Option<NodeId>,
        /// Up to where it says that it knows the log; `None`: up to the slot of the last answer, if that matters.
        since: Option<Slot>,
    },
    /// A server answers.
    Answer {
        /// Which.
        from: NodeId,
        /// What.
        answer: Answer,
    },
    /// It has waited long enough, and asks this server, or the one after the one it asked last.
    Timeout(Option<NodeId>),
}

/// What a client does about it, in this order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ClientEffect {
    /// Say this to a server.
    Send {
        /// To whom.
        to: NodeId,
        /// What.
        message: Message,
    },
    /// Wake me up. The more failed tries, the later.
    SetTimer {
        /// Failed tries so far.
        tries: u32,
    },
    /// Do not, after all.
    CancelTimer,
    /// The operation is over: this was the first answer.
    Done {
        /// What it had asked.
        command: Arc<Command>,
        /// The answer.
        reply: Reply,
    },
}

/// One client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Client {
    id: ClientId,
    seq: u32,
    leader: NodeId,
    waiting: Option<Waiting>,
    /// The slot of the last answer. `None`: it need not say, because servers remember all clients.
    knows: Option<Slot>,
}

impl Client {
    /// A client that has never asked for anything, and takes server 1 for the leader. `may_expire`: servers may forget it.
    #[must_use]
    pub const fn new(id: ClientId, may_expire: bool) -> Self {
        Self { id, seq: 0, leader: NodeId::FIRST, waiting: None, knows: if may_expire { Some(0) } else { None } }
    }

    /// A client that has asked for so many things, and may wait for the last of them. It takes server 1 for the leader. `since`: up
    /// to where it says that it knows the log, with what it waits for or else with what it asks for next. `may_expire`: servers may
    /// forget it.
    #[must_use]
    pub fn begun(id: ClientId, seq: u32, waits_for: Option<Op>, since: Slot, may_expire: bool) -> Self {
        let command = waits_for.map(|op| Arc::new(Command { client: id, seq, op, since }));
        let waiting = command.map(|command| Waiting { command, at: NodeId::FIRST, tries: 0 });
        Self { seq, waiting, knows: may_expire.then_some(since), ..Self::new(id, may_expire) }
    }

    /// Its name.
    #[must_use]
    pub const fn id(&self) -> ClientId {
        self.id
    }

    /// The sequence number of its last operation; 0: it never had one.
    #[must_use]
    pub const fn seq(&self) -> u32 {
        self.seq
    }

    /// Up to where its next operation says that it knows the log.
    #[must_use]
    pub fn since(&self) -> Slot {
        self.knows.unwrap_or(0)
    }

    /// The operation that it waits for.
    #[must_use]
    pub const fn waiting(&self) -> Option<&Waiting> {
        self.waiting.as_ref()
    }

    /// It has asked for so many things: a request of its own turned up that says so.
    pub fn counts_to(&mut self, seq: u32) {
        self.seq = self.seq.max(seq);
    }

    /// The server that it takes for the leader.
    #[must_use]
    pub const fn leader(&self) -> NodeId {
        self.leader
    }

    /// Takes one input, and appends what is to be done about it. It is not asked while it waits.
    pub fn handle(&mut self, input: ClientInput, servers: NodeSet, out: &mut Vec<ClientEffect>) {
        match input {
            ClientInput::Ask { op, of, since } => {
                self.seq += 1;
                let since = since.unwrap_or_else(|| self.since());
                let command = Arc::new(Command { client: self.id, seq: self.seq, op, since });
                self.waiting = Some(Waiting { command, at: of.unwrap_or(self.leader), tries: 0 });
                self.send(out);
            }
            ClientInput::Answer { from, answer } => self.answered(from, answer, out),
            ClientInput::Timeout(of) => {
                let Some(waiting) = &mut self.waiting else { return };
                waiting.tries = waiting.tries.saturating_add(1);
                waiting.at = of.unwrap_or_else(|| after(waiting.at, servers));
                self.send(out);
            }
        }
    }

    fn send(&mut self, out: &mut Vec<ClientEffect>) {
        let Some(waiting) = &self.waiting else { return };
        out.push(ClientEffect::Send { to: waiting.at, message: Message::Request(waiting.command.clone()) });
        out.push(ClientEffect::SetTimer { tries: waiting.tries });
    }

    fn answered(&mut self, from: NodeId, answer: Answer, out: &mut Vec<ClientEffect>) {
        let Some(waiting) = self.waiting.as_mut().filter(|waiting| waiting.command.seq == answer.seq) else { return };
        match answer.reply {
            // It asks there at once. Where it was sent back to the one it asked, or to nobody, it waits: an election takes time.
            Reply::NotLeader { leader } => {
                if let Some(leader) = leader.filter(|leader| *leader != from && waiting.at == from) {
                    (self.leader, waiting.at) = (leader, leader);
                    self.send(out);
                }
            }
            reply => {
                if let (Some(knows), Reply::Done { slot, .. } | Reply::Expired { from: slot }) =
                    (&mut self.knows, &reply)
                {
                    *knows = (*knows).max(*slot);
                }
                self.leader = from;
                out.push(ClientEffect::CancelTimer);
                let command = waiting.command.clone();
                self.waiting = None;
                out.push(ClientEffect::Done { command, reply });
            }
        }
    }
}

/// The server after this one; after the last, the first.
fn after(node: NodeId, servers: NodeSet) -> NodeId {
    servers.iter().find(|other| *other > node).or_else(|| servers.iter().next()).unwrap_or(node)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::log::{Output, Text};
    use crate::sample::node;

    fn get() -> Op {
        Op::Get { key: Text::new("x").unwrap() }
    }

    fn done(seq: u32) -> Answer {
        let reply = Reply::Done { output: Output::Value(None), slot: 1 };
        Answer { client: ClientId::at(0).unwrap(), seq, reply }
    }

    fn not_leader(leader: Option<NodeId>) -> Answer {
        Answer { reply: Reply::NotLeader { leader }, ..done(1) }
    }

    /// The servers it asks, and the sequence numbers, in the order of what happens.
    fn asks(inputs: impl IntoIterator<Item = ClientInput>) -> Vec<(NodeId, u32)> {
        let mut client = Client::new(ClientId::at(0).unwrap(), false);
        let mut out = Vec::new();
        for input in inputs {
            client.handle(input, NodeSet::first(3), &mut out);
        }
        let sent = out.into_iter().filter_map(|effect| match effect {
            ClientEffect::Send { to, message: Message::Request(command) } => Some((to, command.seq)),
            _ => None,
        });
        sent.collect()
    }

    fn ask(of: Option<u32>) -> ClientInput {
        ClientInput::Ask { op: get(), of: of.map(node), since: None }
    }

    fn answer(from: u32, answer: Answer) -> ClientInput {
        ClientInput::Answer { from: node(from), answer }
    }

    #[test]
    fn it_asks_again_elsewhere_with_the_same_number() {
        let asked = asks([ask(Some(2)), ClientInput::Timeout(None), ClientInput::Timeout(None)]);
        assert_eq!(asked, [(node(2), 1), (node(3), 1), (node(1), 1)]);
    }

    #[test]
    fn it_goes_where_it_is_sent_and_waits_where_nobody_knows() {
        let asked = asks([ask(None), answer(1, not_leader(Some(node(3))))]);
        assert_eq!(asked, [(node(1), 1), (node(3), 1)]);
        assert_eq!(asks([ask(None), answer(1, not_leader(None))]), [(node(1), 1)]);
        let late = answer(1, not_leader(Some(node(2))));
        assert_eq!(asks([ask(None), ClientInput::Timeout(None), late]), [(node(1), 1), (node(2), 1)]);
    }

    #[test]
    fn it_says_what_it_knew_when_it_took_the_number_where_servers_may_forget_it() {
        let says = |may_expire| {
            let mut client = Client::new(ClientId::at(0).unwrap(), may_expire);
            let mut out = Vec::new();
            let reply = |seq, reply| answer(1, Answer { reply, ..done(seq) });
            let done = |slot| Reply::Done { output: Output::Done, slot };
            for input in [
                ask(None),
                reply(1, done(7)),
                ask(None),
                ClientInput::Timeout(None),
                reply(2, Reply::Expired { from: 9 }),
                ask(None),
            ] {
                client.handle(input, NodeSet::first(3), &mut out);
            }
            let sent = out.into_iter().filter_map(|effect| match effect {
                ClientEffect::Send { message: Message::Request(command), .. } => Some((command.seq, command.since)),
                _ => None,
            });
            sent.collect::<Vec<_>>()
        };
        assert_eq!(says(true), [(1, 0), (2, 7), (2, 7), (3, 9)]);
        assert_eq!(says(false), [(1, 0), (2, 0), (2, 0), (3, 0)]);
    }

    #[test]
    fn the_next_operation_has_the_next_number_and_an_old_answer_ends_nothing() {
        let asked = asks([ask(None), answer(2, done(1)), ask(None), answer(2, done(1)), ClientInput::Timeout(None)]);
        assert_eq!(asked, [(node(1), 1), (node(2), 2), (node(3), 2)]);
    }
}
