//! One server as the one that is asked to read, and as one that is asked whether somebody still leads. See `reads`.

use alloc::{sync::Arc, vec::Vec};

use super::replica::{reject, send};
use super::{
    Command, Confirm, Confirmed, Effect, Message, MessageKind, Op, Reads, Replica, Reply, Role, Rule, Timer, Trace,
};
use crate::paxos::{Acceptor, Ballot, Nack, NodeId};

impl Replica {
    /// The rule that is off and lets the leader answer a read from its store at once.
    pub(super) fn reads_at_once(&self, command: &Command) -> Option<Rule> {
        let (Op::Get { .. }, Role::Leader(leader)) = (&command.op, &self.role) else { return None };
        let rules = self.settings.rules;
        let early = self.learned.applied() < leader.found_to();
        let because_new = rules.unless_on(Rule::ReadAfterFound).filter(|_| early);
        because_new.or_else(|| rules.unless_on(Rule::ReadThroughLog))
    }

    /// Whether this command takes no slot.
    pub(super) fn takes_no_slot(&self, command: &Command) -> bool {
        self.settings.reads == Reads::Index && command.op.only_reads()
    }

    /// Somebody reads, and the leader answers without a slot.
    pub(super) fn read(&mut self, command: Arc<Command>, out: &mut Vec<Effect>) {
        let known = self.learned.to();
        let Role::Leader(leader) = &mut self.role else { return };
        let index = known.max(leader.found_to());
        out.push(Effect::Trace(Trace::Asked { command: command.clone(), waits: false }));
        leader.reads.ask(command, index);
        self.ask_whether_it_leads(out);
    }

    /// The next question, if it is time for one.
    fn ask_whether_it_leads(&mut self, out: &mut Vec<Effect>) {
        let tries = self.tries;
        let Role::Leader(leader) = &mut self.role else { return };
        let rested = leader.rests();
        let Some((question, reads)) = leader.reads.next_question() else { return };
        let ballot = leader.ballot();
        out.push(Effect::Trace(Trace::AsksWhetherItLeads { ballot, question, reads, again: false }));
        if rested {
            out.push(Effect::SetTimer { timer: Timer::Repeat, tries });
        }
        let mut others = self.settings.paxos.roles.acceptors;
        let answers_itself = others.remove(self.me) && self.follows_nobody_above(ballot);
        for to in others {
            out.push(send(to, Message::Confirm(Confirm { ballot, question })));
        }
        if answers_itself {
            self.count_confirmation(self.me, &Confirmed { ballot, question }, out);
        }
    }

    /// Asks the question under way once more, those who have not answered it.
    pub(super) fn question_again(&self, out: &mut Vec<Effect>) -> Option<Trace> {
        let Role::Leader(leader) = &self.role else { return None };
        let answered = leader.reads.open()?;
        let (ballot, question) = (leader.ballot(), leader.reads.asked());
        for to in self.settings.paxos.roles.acceptors.without(answered) {
            if to != self.me {
                out.push(send(to, Message::Confirm(Confirm { ballot, question })));
            }
        }
        let reads = leader.reads.waiting().filter(|read| read.question <= question).count() as u32;
        Some(Trace::AsksWhetherItLeads { ballot, question, reads, again: true })
    }

    /// Whether its acceptor has promised nothing above this ballot.
    fn follows_nobody_above(&self, ballot: Ballot) -> bool {
        self.acceptor.as_ref().is_some_and(|acceptor| acceptor.promised() <= Some(ballot))
    }

    /// Somebody asks whether it leads. The answer rests on nothing that is not durable: that it has not promised more.
    pub(super) fn on_confirm(&self, from: NodeId, confirm: &Confirm, out: &mut Vec<Effect>) -> Option<()> {
        let Confirm { ballot, question } = *confirm;
        let promised = self.acceptor.as_ref().map(Acceptor::promised)?;
        match promised {
            Some(promised) if promised > ballot => {
                reject(from, MessageKind::Confirm, Nack { ballot, promised }, out);
            }
            _ => {
                out.push(Effect::Trace(Trace::Confirmed { to: from, ballot, promised }));
                out.push(send(from, Message::Confirmed(Confirmed { ballot, question })));
            }
        }
        Some(())
    }

    /// Somebody answers that it leads.
    pub(super) fn on_confirmed(&mut self, from: NodeId, confirmed: &Confirmed, out: &mut Vec<Effect>) -> Option<()> {
        if !self.proposes {
            return None;
        }
        self.count_confirmation(from, confirmed, out);
        Some(())
    }

    fn count_confirmation(&mut self, from: NodeId, confirmed: &Confirmed, out: &mut Vec<Effect>) {
        let have = match &mut self.role {
            Role::Leader(leader) if leader.ballot() == confirmed.ballot => {
                leader.reads.answered(&self.settings, from, confirmed)
            }
            _ => None,
        };
        let Some(have) = have else {
            return out.push(Effect::Trace(Trace::Stale { from, message: MessageKind::Confirmed }));
        };
        let needed = self.settings.paxos.quorums().phase2;
        out.push(Effect::Trace(Trace::CountedConfirmation { from, have, needed }));
        self.answer_reads(out);
        self.ask_whether_it_leads(out);
        self.rest(out);
    }

    /// Answers the reads whose time has come.
    pub(super) fn answer_reads(&mut self, out: &mut Vec<Effect>) {
        let applied = self.learned.applied();
        while let Role::Leader(leader) = &mut self.role
            && let Some(read) = leader.reads.next_within(applied)
        {
            let (_, output) = read.command.op.apply(self.machine.get(read.command.op.key()));
            let (command, index) = (read.command, read.index);
            out.push(Effect::Trace(Trace::Read { command: command.clone(), output: output.clone(), index, applied }));
            Self::say(&command, Reply::Done { output, slot: applied }, out);
        }
    }
}
