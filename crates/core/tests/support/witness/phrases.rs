//! Whether what a sentence says can be said: phrases that are only true while a rule holds, and names of rules.

use quorum_core::paxos::{Rule, Rules};
use quorum_core::tell::rule_story;

use super::{Event, Record, Witness};

const PERSIST: [Rule; 4] = [Rule::PersistBeforeReply, Rule::PersistPromise, Rule::PersistAccepted, Rule::PersistRound];

/// Whether a sentence names a rule in the rule's own words.
fn names(text: &str, rule: Rule) -> bool {
    text.to_lowercase().contains(&format!("“{}”", rule_story(rule).name.to_lowercase()))
}

impl Witness {
    pub(super) fn check_phrases(&self, event: &Event, _step: &[Event]) -> Result<(), String> {
        let (why, so) = (event.text("why"), event.text("so"));
        let both = format!("{why} {so}");
        let although = event.text("although");
        let rule = Rule::ALL.into_iter().find(|rule| rule.as_str() == although);
        if let Some(rule) = rule {
            ensure(names(why, rule), || format!("{although} decided, and the sentence does not name it"))?;
        }
        for rule in Rule::ALL.into_iter().filter(|rule| names(&both, *rule) && event.kind() != "rule") {
            ensure(self.was_off(rule), || format!("it names {}, which was never off", rule.as_str()))?;
        }
        let first = why.split(". ").next().unwrap_or_default();
        let actions = ["Phase1a(", "Phase1b(", "Phase2a(", "Phase2b(", "specification"];
        let technical = actions.iter().any(|action| first.contains(action));
        ensure(!technical, || "it begins with the specification".into())?;
        self.check_promises_for_ever(event, &both)?;
        self.check_disk_phrases(event, &both)?;
        self.check_memory_phrases(event, why)
    }

    /// What is said to hold for ever holds by rules that were always on.
    fn check_promises_for_ever(&self, event: &Event, text: &str) -> Result<(), String> {
        const ONLY_LEARNERS: [Rule; 2] = [Rule::OneVotePerAcceptor, Rule::VotesWithinBallot];
        if text.contains("never be undone") {
            let held = Rule::ALL.into_iter().all(|rule| ONLY_LEARNERS.contains(&rule) || self.always.on(rule));
            ensure(held, || "it can be undone: a rule is off".into())?;
        }
        if text.contains("Nothing can have been chosen below") {
            let rests_on = [
                Rule::KeepPromise,
                Rule::Phase1Intersects,
                Rule::Phase2Intersects,
                Rule::PromisesForOwnBallot,
                Rule::PersistPromise,
                Rule::RecoverState,
                Rule::RecoverAccepted,
                Rule::WipedStaysSilent,
            ];
            ensure(rests_on.into_iter().all(|rule| self.always.on(rule)), || "it can: a rule is off".into())?;
        }
        if text.contains("the value is chosen") {
            ensure(!self.chosen.is_empty(), || "nothing is chosen".into())?;
        }
        if text.contains("learns that") {
            ensure(self.chosen.contains(event.text("value")), || "that is not chosen".into())?;
        }
        Ok(())
    }

    /// What is said of disks.
    fn check_disk_phrases(&self, event: &Event, text: &str) -> Result<(), String> {
        let off = |rules: &[Rule]| rules.iter().copied().find(|rule| !self.rules.on(*rule));
        let own = match event.kind() {
            "promised" => Rule::PersistPromise,
            "accepted" => Rule::PersistAccepted,
            _ => Rule::PersistRound,
        };
        let waits = ["waits for server", "never happened", "was never cast"];
        if waits.iter().any(|phrase| text.contains(phrase)) && !text.contains("does not wait") {
            let off = off(&[Rule::PersistBeforeReply, own]);
            ensure(off.is_none(), || format!("it does not wait: {off:?} is off"))?;
        }
        if text.contains("so that a crash cannot make it be used twice") {
            let off = off(&[Rule::PersistBeforeReply, Rule::PersistRound, Rule::BallotsUniqueAcrossRestarts]);
            ensure(off.is_none(), || format!("it can: {off:?} is off"))?;
        }
        if text.contains("survive a crash") || text.contains("survives a crash") {
            let needed = event.records().into_iter().flat_map(|record| match record {
                Record::Promised(_) => vec![Rule::RecoverState, Rule::RecoverPromise],
                Record::Accepted(_) => vec![Rule::RecoverState, Rule::RecoverAccepted],
                Record::Round(_) => vec![Rule::BallotsUniqueAcrossRestarts],
            });
            let off = off(&needed.collect::<Vec<_>>());
            ensure(off.is_none(), || format!("it does not survive: {off:?} is off"))?;
        }
        if text.contains("durably accepted") {
            let vote = event.own_vote();
            let stored = |node: &u32| {
                let server = self.server(*node);
                server.lost || server.stored.contains(&(vote.ballot, vote.value.clone()))
            };
            ensure(event.nodes("quorum").iter().all(stored), || "not all of them durably".into())?;
        }
        let early = text.contains("before that is durable");
        ensure(!early || PERSIST.into_iter().any(|rule| self.was_off(rule)), || "no rule let it leave".into())
    }

    /// What is said of what a server remembers, and what a server has forgotten that it promised.
    fn check_memory_phrases(&self, event: &Event, why: &str) -> Result<(), String> {
        let Some(server) = event.number("node").map(|node| self.server(node)) else { return Ok(()) };
        let ballot = event.ballot("ballot");
        if why.contains("has promised nothing") && !why.contains("nothing higher") {
            ensure(server.bound.is_none(), || format!("it has promised {:?}", server.bound))?;
        }
        if why.contains("nothing higher") {
            ensure(server.bound <= ballot, || format!("it has promised {:?}", server.bound))?;
        }
        if why.contains("has accepted nothing") && event.kind() == "promised" {
            ensure(!server.has_voted, || "it has accepted something".into())?;
        }
        let reads = |rule| self.rules.on(Rule::RecoverState) && self.rules.on(rule);
        if event.kind() == "restarted" {
            let remembered = why.split("does not read").next().unwrap_or_default();
            ensure(!remembered.contains("it promised") || reads(Rule::RecoverPromise), || {
                "it does not remember its promise".into()
            })?;
            ensure(!remembered.contains("it accepted") || reads(Rule::RecoverAccepted), || {
                "it does not remember its vote".into()
            })?;
        }
        let goes_back = match event.kind() {
            "promised" | "accepted" => server.bound > ballot,
            "prepares" => server.begun >= ballot.map(|ballot| ballot.0),
            _ => false,
        };
        let named = Rule::ALL.into_iter().any(|rule| names(why, rule));
        ensure(!goes_back || named, || "a server goes back on its word, and no rule is named".into())?;
        ensure(self.always != Rules::default() || !why.contains('“'), || "all rules were always on".into())
    }
}

fn ensure(holds: bool, says: impl FnOnce() -> String) -> Result<(), String> {
    if holds { Ok(()) } else { Err(says()) }
}
