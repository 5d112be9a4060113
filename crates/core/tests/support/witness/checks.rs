//! Whether what an event gives as its reason is what was there.

use std::collections::BTreeSet;

use quorum_core::paxos::{Role, Rule};

use super::{Ballot, Event, Message, Server, Vote, Witness};

pub(super) type Checked = Result<(), String>;

/// Without these, an acceptor may hold a vote above its promise.
const VOTES_WITHIN_PROMISE: [Rule; 3] = [Rule::AcceptPromises, Rule::RecoverPromise, Rule::RecoverState];

/// Without these, one ballot may ask for two values.
const ONE_VALUE_PER_BALLOT: [Rule; 4] =
    [Rule::BallotsUniqueAcrossServers, Rule::BallotsUniqueAcrossRestarts, Rule::PersistBeforeReply, Rule::PersistRound];

/// Without these, an acceptor may forget what it has promised.
const KEEPS_PROMISES: [Rule; 5] =
    [Rule::PersistBeforeReply, Rule::PersistPromise, Rule::RecoverState, Rule::RecoverPromise, Rule::WipedStaysSilent];

impl Witness {
    /// Objects to the first thing that is not true.
    pub(super) fn check(&self, event: &Event, step: &[Event]) -> Checked {
        self.check_although(event)?;
        let reason = match event.because() {
            Some(because) => self.check_reason(event, &because),
            None => self.check_none(event),
        };
        reason?;
        self.check_phrases(event, step)
    }

    fn check_none(&self, event: &Event) -> Checked {
        const DECISIONS: [&str; 13] = [
            "prepares",
            "promised",
            "accepted",
            "rejected",
            "counted",
            "quorum",
            "adopted",
            "free-choice",
            "gave-up",
            "exhausted",
            "learned",
            "ignored",
            "chosen",
        ];
        ensure!(!DECISIONS.contains(&event.kind()), "a decision has no reason");
        if let ("sent", Some(message)) = (event.kind(), event.message()) {
            ensure!(self.is_durable(&message), "what it rests on was not durable, and nobody says so");
        }
        Ok(())
    }

    fn check_reason(&self, event: &Event, because: &Event) -> Checked {
        let kinds: &[&str] = match event.kind() {
            "chosen" => &["quorum-accepted"],
            "sent" => &["not-durable"],
            "rejected" => &["below-promise"],
            "prepares" => &["above-known"],
            "counted" => &["too-few"],
            "quorum" | "learned" => &["enough"],
            "exhausted" => &["ballots-used-up"],
            // These depend on what is known, and are looked at below.
            _ => &[],
        };
        let kind = because.text("kind");
        ensure!(kinds.is_empty() || kinds.contains(&kind), "{kind} is no reason for that");
        let node = event.number("node").unwrap_or_default();
        match event.kind() {
            "chosen" => self.check_chosen(event, because),
            "sent" => {
                ensure!(!self.is_durable(&event.message().unwrap()), "what it rests on was durable");
                self.expect(
                    event,
                    &[Rule::PersistBeforeReply, Rule::PersistPromise, Rule::PersistAccepted, Rule::PersistRound],
                )
            }
            "dropped" => self.check_dropped(&event.message().unwrap(), because.text("kind")),
            "restarted" => self.check_restarted(event, because),
            "promised" => self.check_promised(event, because),
            "accepted" => self.check_accepted(event, because),
            "rejected" => {
                same!("the promise", because.ballot("promised"), self.server(node).promised);
                same!("the ballot", because.ballot("ballot"), self.arrived()?.ballot.into());
                ensure!(because.ballot("promised") > because.ballot("ballot"), "the promise is not above the ballot");
                self.expect(event, &[])
            }
            "prepares" => self.check_prepares(event, because),
            "counted" | "quorum" | "learned" => self.check_counted(event, because),
            "adopted" => self.check_adopted(event, because),
            "free-choice" => self.check_free_choice(event, because),
            "gave-up" => self.check_gave_up(event, because),
            "exhausted" => {
                same!("the last number used", because.number("used"), self.server(node).used);
                same!("the ballot to go above", because.ballot("promised"), self.server(node).seen);
                let shares = !self.rules.on(Rule::BallotsUniqueAcrossServers) && node != 1;
                self.expect(event, if shares { &[Rule::BallotsUniqueAcrossServers] } else { &[] })
            }
            "ignored" => self.check_ignored(event, because.text("kind"), because.ballot("ballot")),
            _ => Ok(()),
        }
    }

    /// The rule named must be one of these, and off; if there are none, none may be named.
    pub(super) fn expect(&self, event: &Event, rules: &[Rule]) -> Checked {
        let named = event.text("although");
        let expected: Vec<_> = rules.iter().filter(|rule| self.was_off(**rule)).map(|rule| rule.as_str()).collect();
        ensure!(
            if rules.is_empty() { named.is_empty() } else { expected.contains(&named) },
            "although {named:?}, and it should be one of {expected:?}"
        );
        Ok(())
    }

    fn check_although(&self, event: &Event) -> Checked {
        let although = event.text("although");
        if let Some(rule) = Rule::ALL.into_iter().find(|rule| rule.as_str() == although) {
            ensure!(self.was_off(rule), "{although} was never off");
        } else {
            ensure!(although.is_empty(), "there is no rule {although}");
        }
        Ok(())
    }

    fn arrived(&self) -> Result<&Message, String> {
        self.delivered.as_ref().ok_or_else(|| "no message arrived".into())
    }

    fn check_admitted(
        &self,
        because: &Event,
        ballot: Ballot,
        promised: Option<Ballot>,
        voted: Option<Ballot>,
    ) -> Checked {
        let kind = match promised {
            Some(promised) if promised > ballot => "below-promise",
            _ if voted > Some(ballot) => "below-vote",
            None => "nothing-promised",
            Some(promised) if promised == ballot => "at-promise",
            Some(_) => "above-promise",
        };
        same!("the kind", because.text("kind"), kind);
        same!("the ballot", because.ballot("ballot"), Some(ballot));
        same!("the promise before", because.ballot("promised"), promised);
        same!("the latest vote", because.ballot("voted"), voted);
        Ok(())
    }

    fn check_promised(&self, event: &Event, because: &Event) -> Checked {
        let server = self.server(event.number("node").unwrap());
        same!("the vote reported", event.accepted(), server.accepted);
        let (ballot, voted) = (self.arrived()?.ballot, server.accepted.as_ref().map(|vote| vote.ballot));
        self.check_admitted(because, ballot, server.promised, voted)?;
        ensure!(server.promised <= Some(ballot), "an acceptor promised less than it had promised");
        self.expect(
            event,
            match voted > Some(ballot) {
                true => &VOTES_WITHIN_PROMISE,
                false if server.bound > Some(ballot) => &KEEPS_PROMISES,
                false => &[],
            },
        )
    }

    fn check_accepted(&self, event: &Event, because: &Event) -> Checked {
        let server = self.server(event.number("node").unwrap());
        same!("the vote", event.own_vote(), self.arrived()?.vote());
        let (ballot, voted) = (self.arrived()?.ballot, server.accepted.as_ref().map(|vote| vote.ballot));
        self.check_admitted(because, ballot, server.promised, voted)?;
        let expected: &[Rule] = if server.promised > Some(ballot) {
            &[Rule::KeepPromise]
        } else if server.promised < Some(ballot) && !self.rules.on(Rule::AcceptPromises) {
            &[Rule::AcceptPromises]
        } else if voted > Some(ballot) {
            &VOTES_WITHIN_PROMISE
        } else if server.bound > Some(ballot) {
            &KEEPS_PROMISES
        } else {
            &[]
        };
        self.expect(event, expected)
    }

    fn check_prepares(&self, event: &Event, because: &Event) -> Checked {
        let node = event.number("node").unwrap();
        let Server { used, seen, forgot, begun, .. } = *self.server(node);
        let ballot = event.ballot("ballot").unwrap();
        same!("the round used before", because.number("used"), used);
        same!("the highest promise known", because.ballot("promised"), seen);
        same!("the round forgotten", because.number("forgot"), forgot);
        ensure!(
            Some(ballot.0) > used && Some(ballot.0) > seen.map(|seen| seen.0),
            "the ballot is not above what it knows"
        );
        let own = if ballot.1 == 0 { ballot.0 / 1000 + 1 == node } else { ballot.1 == node };
        let expected: &[Rule] = if forgot >= Some(ballot.0) {
            &[Rule::BallotsUniqueAcrossRestarts]
        } else if begun >= Some(ballot.0) {
            &[Rule::PersistBeforeReply, Rule::PersistRound]
        } else if own {
            &[]
        } else {
            &[Rule::BallotsUniqueAcrossServers]
        };
        self.expect(event, expected)
    }

    /// How many are enough by the rules in force, and how many while all hold.
    fn enough(&self, is_promise: bool) -> (u32, u32) {
        let (rule, size, other) = match is_promise {
            true => (Rule::Phase1Intersects, self.phase1, self.phase2),
            false => (Rule::Phase2Intersects, self.phase2, self.phase1),
        };
        (if self.rules.on(rule) { size } else { (self.acceptors - other).max(1) }, size)
    }

    fn check_counted(&self, event: &Event, because: &Event) -> Checked {
        let server = self.server(event.number("node").unwrap());
        let arrived = self.arrived()?;
        let is_promise = arrived.kind == "promise";
        let have = because.nodes("have");
        same!("who answered", have, event.nodes("quorum"));
        let loose: Vec<(u32, u32, Ballot)> = because.parts("loose").iter().map(loose).collect::<Option<_>>().unwrap();
        let towards = because.ballot("ballot").unwrap();
        if is_promise {
            self.check_promises(server, towards, &have, &loose)?;
        } else {
            same!("the ballot counted for", towards, arrived.ballot);
            check_votes(server, towards, &have, &loose)?;
        }
        let (enough, size) = self.enough(is_promise);
        let reached = event.kind() != "counted";
        same!("how many are needed", because.number("needed"), Some(if reached { size } else { enough }));
        ensure!((have.len() as u32 >= enough) == reached, "{} answers, and {enough} are enough", have.len());
        let few = reached && (have.len() as u32) < size;
        let intersects = if is_promise { Rule::Phase1Intersects } else { Rule::Phase2Intersects };
        let expected: &[Rule] = match &loose[..] {
            _ if loose.iter().any(|(counts_for, from, _)| counts_for != from) => &[Rule::OneVotePerAcceptor],
            [_, ..] if is_promise => &[Rule::PromisesForOwnBallot],
            [_, ..] => &[Rule::VotesWithinBallot],
            [] if few => &[intersects],
            [] if event.kind() == "learned" && !self.chosen.contains(event.text("value")) => &ONE_VALUE_PER_BALLOT,
            [] => &[],
        };
        self.expect(event, expected)
    }

    fn check_promises(
        &self,
        server: &Server,
        towards: Ballot,
        have: &BTreeSet<u32>,
        loose: &[(u32, u32, Ballot)],
    ) -> Checked {
        let attempt = server.attempt.as_ref().ok_or("it has no attempt under way")?;
        same!("the ballot counted for", towards, attempt.ballot);
        same!("who promised", *have, attempt.promises.keys().copied().collect());
        for (from, said) in &attempt.promises {
            let own = said.iter().any(|(ballot, _)| *ballot == attempt.ballot);
            let listed = loose.iter().find(|(_, loose, _)| loose == from);
            ensure!(own == listed.is_none(), "server {from} promised {said:?}, and the reason lists {loose:?}");
            let known = |(_, _, loose): &(u32, u32, Ballot)| said.iter().any(|(ballot, _)| ballot == loose);
            ensure!(listed.is_none_or(known), "server {from} did not promise {listed:?}");
        }
        Ok(())
    }

    fn check_adopted(&self, event: &Event, because: &Event) -> Checked {
        let attempt = self.server(event.number("node").unwrap()).attempt.as_ref().ok_or("there is no attempt")?;
        let highest = attempt.reports().map(|(vote, _)| vote.ballot).max();
        let reported = because.vote("reported").unwrap();
        same!("the vote reported", event.vote("reported"), Some(reported.clone()));
        let was_reported =
            |vote: &Vote, by: Option<u32>| attempt.reports().any(|(it, from)| it == vote && Some(from) == by);
        ensure!(was_reported(&reported, because.number("from")), "nobody reported {reported:?} to it");
        same!("the vote asked for", event.own_vote(), Vote { ballot: attempt.ballot, value: reported.value.clone() });
        if because.text("kind") == "highest-vote" {
            same!("the highest vote reported", Some(reported.ballot), highest);
            return self.expect(event, &[]);
        }
        same!("the kind", because.text("kind"), "lower-vote");
        let passed_over = because.vote("highest").unwrap();
        ensure!(was_reported(&passed_over, because.number("highestFrom")), "nobody reported {passed_over:?} to it");
        same!("the highest vote reported", Some(passed_over.ballot), highest);
        ensure!(reported.ballot < passed_over.ballot, "it is the highest");
        self.expect(event, &[Rule::AdoptByBallot, Rule::AdoptHighest])
    }

    fn check_free_choice(&self, event: &Event, because: &Event) -> Checked {
        let server = self.server(event.number("node").unwrap());
        let attempt = server.attempt.as_ref().ok_or("there is no attempt")?;
        let highest = attempt.reports().max_by_key(|(vote, _)| vote.ballot);
        same!("the value", Some(event.text("value")), server.asked.as_deref());
        same!("the ballot", event.ballot("ballot"), Some(attempt.ballot));
        let Some((highest, _)) = highest else {
            same!("the kind", because.text("kind"), "no-vote-reported");
            return self.expect(event, &[]);
        };
        same!("the kind", because.text("kind"), "vote-ignored");
        same!("the highest vote reported", because.vote("reported").map(|vote| vote.ballot), Some(highest.ballot));
        self.expect(event, &[Rule::AdoptReported])
    }

    fn check_gave_up(&self, event: &Event, because: &Event) -> Checked {
        let node = event.number("node").unwrap();
        let server = self.server(node);
        let attempt = server.attempt.as_ref().ok_or("there is no attempt")?;
        same!("the ballot given up", event.ballot("ballot"), Some(attempt.ballot));
        same!("the ballot of the reason", because.ballot("ballot"), Some(attempt.ballot));
        if because.text("kind") == "nothing-to-propose" {
            ensure!(attempt.reports().next().is_none(), "a vote was reported");
            ensure!(server.asked.is_none(), "a client asked for a value");
            return Ok(());
        }
        same!("the kind", because.text("kind"), "outbid");
        let promised = because.ballot("promised");
        ensure!(promised > Some(attempt.ballot), "the promise is not higher");
        if because.number("from") == Some(node) && self.arrived()?.kind != "nack" {
            ensure!(server.promised.max(server.seen) == promised, "it has not met {promised:?}");
            return Ok(());
        }
        let nack = self.arrived()?;
        same!("who refused", because.number("from"), Some(nack.from));
        same!("the promise", promised, nack.promised);
        Ok(())
    }

    fn check_ignored(&self, event: &Event, kind: &str, present: Option<Ballot>) -> Checked {
        let (node, arrived) = (event.number("node").unwrap(), self.arrived()?);
        let server = self.server(node);
        let attempt = server.attempt.as_ref();
        let under_way = attempt.map(|attempt| attempt.ballot);
        let (acceptor, proposer, learner) = (Role::Acceptor, Role::Proposer, Role::Learner);
        let plays = |role| self.plays(node, role);
        let used = match arrived.kind.as_str() {
            "prepare" | "accept" => plays(acceptor),
            "accepted" => plays(proposer) || plays(learner),
            _ => plays(proposer),
        };
        let is_right = match kind {
            "disk-lost" => !used || server.lost,
            "not-my-role" => !used && !server.lost,
            "no-attempt" => attempt.is_none(),
            "other-attempt" => present == under_way && present != Some(arrived.ballot),
            "enough-already" => present == under_way && attempt.is_some_and(|attempt| attempt.asking),
            "not-asked-yet" => present == under_way && attempt.is_some_and(|attempt| !attempt.asking),
            "learned-already" => server.learned,
            _ => false,
        };
        ensure!(is_right, "{kind} {present:?} is not why: its attempt is {attempt:?}");
        self.expect(event, &[])
    }
}

fn loose(part: &Event) -> Option<(u32, u32, Ballot)> {
    Some((part.number("for")?, part.number("from")?, part.ballot("ballot")?))
}

/// Each counts for its own vote in the ballot, unless the reason says for whose it does.
fn check_votes(server: &Server, towards: Ballot, have: &BTreeSet<u32>, loose: &[(u32, u32, Ballot)]) -> Checked {
    let heard = |node: u32, ballot: Ballot| {
        server.heard.range((node, ballot, String::new())..).next().is_some_and(|it| (it.0, it.1) == (node, ballot))
    };
    for node in have {
        let stand_in = loose.iter().find(|(counts_for, ..)| counts_for == node);
        match stand_in {
            None => ensure!(heard(*node, towards), "it has heard no vote of server {node} in {towards:?}"),
            Some((_, from, ballot)) => {
                ensure!(heard(*from, *ballot), "it has heard no vote of server {from} in {ballot:?}");
                ensure!(from != node || *ballot != towards, "that is an ordinary vote");
            }
        }
    }
    let all_count = loose.iter().all(|(counts_for, ..)| have.contains(counts_for));
    ensure!(all_count, "the reason lists votes that do not count: {loose:?}");
    Ok(())
}
