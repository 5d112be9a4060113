//! One server as a candidate and as a leader.

use alloc::{collections::VecDeque, sync::Arc, vec::Vec};

use super::replica::send;
use super::{
    Accept, Accepted, Applied, Candidate, Command, Decision, Effect, Entry, Found, How, Leader, Message, MessageKind,
    Next, Promise, Replica, Reply, Role, Rule, Rules, Session, Timer, Trace,
};
use crate::paxos::{self, Ballot, NodeId, Prepare, Slot, Vote};

impl Replica {
    /// Phase 1a, for every slot that it does not know to be chosen.
    pub(super) fn stand(&mut self, out: &mut Vec<Effect>) {
        let known = self.known;
        let ballot = match self.known.next(&self.settings.paxos, self.me) {
            Ok(ballot) => ballot,
            Err(exhausted) => return out.push(Effect::Trace(Trace::BallotsExhausted(exhausted))),
        };
        let from = self.learned.to() + 1;
        out.push(Effect::Trace(Trace::Stands { ballot, from, known }));
        out.push(Effect::Write(paxos::Record::Round(ballot.round).into()));
        let candidate = Candidate::new(ballot, from);
        self.role = Role::Candidate { candidate, queue: VecDeque::new(), catches_up: false };
        for to in self.settings.paxos.roles.acceptors {
            out.push(send(to, Message::Prepare(Prepare { ballot, from })));
        }
        self.tries = 0;
        out.push(Effect::SetTimer { timer: Timer::Repeat, tries: 0 });
    }

    /// A promise has come in.
    pub(super) fn on_promise(&mut self, from: NodeId, promise: &Promise, out: &mut Vec<Effect>) -> Option<()> {
        if !self.proposes {
            return None;
        }
        let stale = Effect::Trace(Trace::Stale { from, message: MessageKind::Promise });
        let Role::Candidate { candidate, catches_up: false, .. } = &mut self.role else {
            out.push(stale);
            return Some(());
        };
        if !candidate.promised(&self.settings, from, promise) {
            out.push(stale);
            return Some(());
        }
        let (have, needed) = (candidate.promises(), self.settings.paxos.quorums().phase1);
        out.push(Effect::Trace(Trace::Counted { from, have, needed }));
        if candidate.has_quorum(&self.settings) {
            self.has_quorum(out);
        }
        Some(())
    }

    /// A quorum has promised. What one of them knows to be chosen is learned first, and not proposed again.
    fn has_quorum(&mut self, out: &mut Vec<Effect>) {
        let Role::Candidate { candidate, catches_up, .. } = &mut self.role else { return };
        match candidate.ahead_of(self.learned.to()) {
            Some((from, to)) if from != self.me => {
                *catches_up = true;
                out.push(Effect::Trace(Trace::CatchesUp { ballot: candidate.ballot(), from, to }));
                self.fetch(from, to, out);
            }
            _ => self.lead(out),
        }
    }

    /// Whether it is catching up before it leads; if it is done with that, it leads.
    pub(super) fn goes_on_after_catching_up(&mut self, out: &mut Vec<Effect>) -> bool {
        let Role::Candidate { candidate, catches_up: true, .. } = &self.role else { return false };
        match candidate.ahead_of(self.learned.to()) {
            Some((of, to)) => self.fetch(of, to, out),
            None => self.lead(out),
        }
        true
    }

    /// Phase 2a for all slots, at a quorum of promises.
    fn lead(&mut self, out: &mut Vec<Effect>) {
        let Role::Candidate { candidate, queue, .. } = core::mem::replace(&mut self.role, Role::Follower) else {
            return;
        };
        let decision = candidate.decide(&self.settings, &self.learned);
        let (ballot, promises) = (candidate.ballot(), candidate.promises());
        let (found, next) = (decision.found.len() as u32, decision.next);
        let although = self.leaves_open(&decision);
        out.push(Effect::Trace(Trace::Leads { ballot, promises, found, next, although }));
        out.push(Effect::CancelTimer(Timer::Repeat));
        self.tries = 0;
        self.role = Role::Leader(Leader::new(ballot, decision, VecDeque::new()));
        self.send_heartbeats(out);
        for command in queue {
            self.request(command, out);
        }
        self.fill_window(out);
    }

    /// The rule that is off, where a new leader leaves a gap open or takes a slot for free that it knows to be chosen.
    fn leaves_open(&self, decision: &Decision) -> Option<Rule> {
        let rules = self.settings.rules;
        let taken = decision.next <= self.learned.highest();
        let skips = (decision.found.len() as Slot) < decision.next.saturating_sub(self.learned.to() + 1);
        let free = rules.unless_on(Rule::NextAboveKnown).filter(|_| taken);
        free.or_else(|| rules.unless_on(Rule::FillGaps).filter(|_| skips))
    }

    /// A client asks for something.
    pub(super) fn request(&mut self, command: Arc<Command>, out: &mut Vec<Effect>) {
        match &mut self.role {
            Role::Follower => {
                let leader = self.leader();
                self.answer(&command, Reply::NotLeader { leader }, None, out);
            }
            Role::Candidate { queue, .. } => {
                queue.retain(|other| other.client != command.client);
                queue.push_back(command);
            }
            Role::Leader(_) => self.request_of_leader(command, out),
        }
    }

    fn request_of_leader(&mut self, command: Arc<Command>, out: &mut Vec<Effect>) {
        if let Some(session) = self.machine.session(command.client, self.settings.rules) {
            if session.seq == command.seq {
                let Session { output, slot, .. } = session.clone();
                return self.answer(&command, Reply::Done { output, slot }, None, out);
            }
            if session.seq > command.seq {
                let latest = session.seq;
                return self.answer(&command, Reply::Old { latest }, None, out);
            }
        }
        // A read that takes no slot may be answered twice: nobody needs to remember its client.
        if self.machine.is_expired(&command, self.settings.rules) && !self.takes_no_slot(&command) {
            let from = self.learned.applied();
            return self.answer(&command, Reply::Expired { from }, None, out);
        }
        if let Some(although) = self.reads_at_once(&command) {
            let (_, output) = command.op.apply(self.machine.get(command.op.key()));
            let slot = self.learned.applied();
            return self.answer(&command, Reply::Done { output, slot }, Some(although), out);
        }
        let (last, takes_no_slot) = (self.last_within(), self.takes_no_slot(&command));
        let Role::Leader(leader) = &mut self.role else { return };
        if leader.is_under_way(&command) {
            return out.push(Effect::Trace(Trace::AskedAgain { command }));
        }
        if takes_no_slot {
            return self.read(command, out);
        }
        let waits = leader.next() > last;
        out.push(Effect::Trace(Trace::Asked { command: command.clone(), waits }));
        leader.ask(command);
        self.fill_window(out);
    }

    /// The last slot of the window.
    fn last_within(&self) -> Slot {
        self.learned.applied() + Slot::from(self.settings.window)
    }

    /// Proposes as much as the window has room for.
    fn fill_window(&mut self, out: &mut Vec<Effect>) {
        loop {
            let last = self.last_within();
            let Role::Leader(leader) = &mut self.role else { return };
            let ballot = leader.ballot();
            match leader.next_within(last) {
                Some(Next::Found(Found { slot, entry, because })) => {
                    out.push(Effect::Trace(Trace::Finishes { ballot, slot, entry: entry.clone(), because }));
                    self.ask_for_votes(ballot, slot, entry, out);
                }
                Some(Next::Command(slot, command)) => {
                    out.push(Effect::Trace(Trace::Proposed { ballot, slot, command: command.clone() }));
                    self.asked.insert(slot, command.clone());
                    self.ask_for_votes(ballot, slot, Entry::Command(command), out);
                }
                None => return,
            }
        }
    }

    /// Asks all acceptors for their votes in a slot. The leader's own vote counts when it is durable: then it hears of it by a
    /// message to itself.
    fn ask_for_votes(&mut self, ballot: Ballot, slot: Slot, entry: Entry, out: &mut Vec<Effect>) {
        let Role::Leader(leader) = &mut self.role else { return };
        if leader.pending().is_empty() {
            self.repeats_to = slot;
        }
        if leader.rests() {
            out.push(Effect::SetTimer { timer: Timer::Repeat, tries: self.tries });
        }
        leader.propose(slot, entry.clone());
        let vote = Vote { slot, ballot, value: entry };
        let chosen_to = self.learned.to();
        let mut others = self.settings.paxos.roles.acceptors;
        let votes_itself = others.remove(self.me) && self.acceptor.is_some();
        for to in others {
            out.push(send(to, Message::Accept(Accept { vote: vote.clone(), chosen_to })));
        }
        if !votes_itself {
            return;
        }
        match self.vote(&vote, out) {
            Ok(()) => {
                let accepted = Accepted { ballot, slot };
                if self.settings.rules.on(Rule::OwnVoteWhenDurable) {
                    out.push(send(self.me, Message::Accepted(accepted)));
                } else {
                    self.count_vote(self.me, &accepted, Some(Rule::OwnVoteWhenDurable), out);
                }
            }
            Err(nack) => self.step_down(nack.promised, self.me, out),
        }
    }

    /// A vote has come in.
    pub(super) fn on_accepted(&mut self, from: NodeId, accepted: &Accepted, out: &mut Vec<Effect>) -> Option<()> {
        if !self.proposes {
            return None;
        }
        self.count_vote(from, accepted, None, out);
        Some(())
    }

    fn count_vote(&mut self, from: NodeId, accepted: &Accepted, although: Option<Rule>, out: &mut Vec<Effect>) {
        let slot = accepted.slot;
        let needed = self.settings.paxos.quorums().phase2;
        let counted = match &mut self.role {
            Role::Leader(leader) => leader.accepted(&self.settings, from, accepted),
            _ => None,
        };
        match counted {
            None => out.push(Effect::Trace(Trace::Stale { from, message: MessageKind::Accepted })),
            Some((have, None)) => out.push(Effect::Trace(Trace::Voted { from, slot, have, needed, although })),
            Some((votes, Some(entry))) => {
                self.learn(slot, entry, How::Counted(votes), out);
                self.apply(out);
                self.fill_window(out);
                self.rest(out);
            }
        }
    }

    /// Nothing is under way: nothing is to be repeated.
    pub(super) fn rest(&mut self, out: &mut Vec<Effect>) {
        if let Role::Leader(leader) = &self.role
            && leader.rests()
        {
            self.tries = 0;
            out.push(Effect::CancelTimer(Timer::Repeat));
        }
    }

    /// Applies what is known, in order. A leader answers the clients whose commands these are.
    pub(super) fn apply(&mut self, out: &mut Vec<Effect>) {
        while let Some((slot, entry)) = self.learned.next(self.settings.rules) {
            let although = self.applies_although(slot, &entry);
            let (applied, dropped) = self.machine.apply_and_drop(slot, &entry, self.settings.rules);
            let reply = match &applied {
                Applied::Done(output) => Some(Reply::Done { output: output.clone(), slot }),
                Applied::Again(Session { output, slot, .. }) => {
                    Some(Reply::Done { output: output.clone(), slot: *slot })
                }
                Applied::Expired => Some(Reply::Expired { from: slot }),
                Applied::NoOp | Applied::Old { .. } => None,
            };
            out.push(Effect::Trace(Trace::Applied { slot, entry: entry.clone(), applied, although, dropped }));
            if let (Role::Leader(_), Some(reply), Some(command)) = (&self.role, reply, entry.command()) {
                self.answer(command, reply, None, out);
            }
        }
        self.answer_reads(out);
        self.take_snapshot(false, out);
    }

    /// The rule that is off, where a slot in front of this one is not applied, or its command took effect before, or may have.
    fn applies_although(&self, slot: Slot, entry: &Entry) -> Option<Rule> {
        let rules = self.settings.rules;
        if slot > self.learned.applied() {
            return rules.unless_on(Rule::ApplyInOrder);
        }
        let command = entry.command().filter(|_| !rules.all_on())?;
        if self.machine.is_forgotten(command) {
            return rules.unless_on(Rule::RefuseExpired);
        }
        self.machine.session(command.client, Rules::default()).filter(|session| session.seq >= command.seq)?;
        rules.unless_on(Rule::Deduplicate).or_else(|| rules.unless_on(Rule::DeduplicateWhenApplying))
    }

    /// A slot that this server proposed a command in is chosen. Whether that command is in it is found out when the slot is
    /// applied; without [`Rule::AnswerOwnCommand`], nobody asks.
    pub(super) fn answer_whatever_is_in_it(&self, slot: Slot, command: &Command, out: &mut Vec<Effect>) {
        if let Some(although) = self.settings.rules.unless_on(Rule::AnswerOwnCommand) {
            let (_, output) = command.op.apply(self.machine.get(command.op.key()));
            self.answer(command, Reply::Done { output, slot }, Some(although), out);
        }
    }

    /// It met a higher ballot. What it had not proposed yet was not taken: its clients are told. Of what it had proposed it
    /// says nothing: whether it will be chosen is open.
    pub(super) fn step_down(&mut self, higher: Ballot, by: NodeId, out: &mut Vec<Effect>) {
        let Some(ballot) = self.own_ballot() else { return };
        out.push(Effect::Trace(Trace::SteppedDown { ballot, higher, by }));
        out.push(Effect::CancelTimer(Timer::Repeat));
        self.tries = 0;
        let queue = match core::mem::replace(&mut self.role, Role::Follower) {
            Role::Follower => VecDeque::new(),
            Role::Candidate { queue, .. } => queue,
            Role::Leader(leader) => leader.into_queue(),
        };
        self.turn_away(queue, out);
    }

    fn turn_away(&self, queue: VecDeque<Arc<Command>>, out: &mut Vec<Effect>) {
        for command in queue {
            self.answer(&command, Reply::NotLeader { leader: None }, None, out);
        }
    }

    /// Somebody who promised does not keep slots that this server does not know, and whoever knows them is silent. Nothing may be
    /// decided there from this phase 1: it gives it up, and stands again when it is time.
    fn cannot_decide(&mut self, by: NodeId, kept_from: Slot, out: &mut Vec<Effect>) {
        let Role::Candidate { candidate, queue, .. } = core::mem::replace(&mut self.role, Role::Follower) else {
            return;
        };
        let (ballot, known) = (candidate.ballot(), self.learned.to());
        out.push(Effect::Trace(Trace::CannotDecide { ballot, known, by, kept_from }));
        self.tries = 0;
        self.turn_away(queue, out);
    }

    /// Time to repeat what was not answered: a prepare, or the accepts that were sent before the last time.
    pub(super) fn repeat(&mut self, out: &mut Vec<Effect>) {
        if let Role::Candidate { candidate, catches_up: true, .. } = &self.role {
            return match candidate.says_nothing_below(self.learned.to()) {
                // Whoever knew more is silent. Its promise reported its votes: they will do.
                None => self.lead(out),
                Some((by, kept_from)) => self.cannot_decide(by, kept_from, out),
            };
        }
        let acceptors = self.settings.paxos.roles.acceptors;
        let mut repeated = Vec::new();
        let mut slots = 0;
        let mut question = None;
        match &self.role {
            Role::Follower => return,
            Role::Candidate { candidate, .. } => {
                let prepare = Prepare { ballot: candidate.ballot(), from: candidate.from() };
                for to in acceptors.without(candidate.promises()) {
                    repeated.push(send(to, Message::Prepare(prepare.clone())));
                }
            }
            Role::Leader(leader) if self.settings.rules.on(Rule::RepeatAccepts) => {
                let chosen_to = self.learned.to();
                for (slot, pending) in leader.pending().iter().take_while(|(slot, _)| **slot <= self.repeats_to) {
                    slots += 1;
                    let vote = Vote { slot: *slot, ballot: leader.ballot(), value: pending.entry.clone() };
                    for to in acceptors.without(pending.votes) {
                        repeated.push(send(to, Message::Accept(Accept { vote: vote.clone(), chosen_to })));
                    }
                }
                self.repeats_to = leader.pending().last().map_or(0, |(slot, _)| *slot);
                question = self.question_again(&mut repeated);
            }
            Role::Leader(_) => return,
        }
        self.tries = if repeated.is_empty() { 0 } else { self.tries.saturating_add(1) };
        if slots > 0 || question.is_none() && !repeated.is_empty() {
            out.push(Effect::Trace(Trace::Repeats { slots }));
        }
        out.extend(question.map(Effect::Trace));
        out.append(&mut repeated);
        out.push(Effect::SetTimer { timer: Timer::Repeat, tries: self.tries });
    }
}
