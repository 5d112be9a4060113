//! What is said of reads that take no slot.

use std::collections::BTreeMap;

use serde_json::Value;

use super::reasons::{Checked, ensure, same};
use super::{Witness, ballot, number, set};

/// The questions of a leader, and the reads that wait for them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Questions {
    /// How many it has asked.
    pub(crate) asked: u64,
    /// Who has answered which.
    answered: BTreeMap<u64, std::collections::BTreeSet<u64>>,
    /// By client and sequence number: how many questions had been asked when the read came, and what must be applied.
    waiting: BTreeMap<(String, u64), (u64, u64)>,
}

impl Questions {
    pub(crate) fn is_answered(&mut self, question: u64, by: u64) {
        self.answered.entry(question).or_default().insert(by);
    }
}

fn operation(event: &Value) -> (String, u64) {
    let command = &event["command"];
    (command["client"].as_str().unwrap_or_default().into(), number(&command["seq"]))
}

impl Witness {
    /// A leader takes a read. Where reads take slots, nobody asks for what is noted here.
    pub(super) fn takes_read(&mut self, event: &Value) {
        if event["command"]["op"]["get"].is_null() {
            return;
        }
        let server = self.server_mut(number(&event["node"]));
        let known = server.to();
        let Some(own) = &mut server.own else { return };
        let reported = own.promises.values().flatten().map(|(slot, ..)| *slot).max().unwrap_or(0);
        own.questions.waiting.insert(operation(event), (own.questions.asked, known.max(reported)));
    }

    pub(super) fn asks_whether_it_leads(&mut self, event: &Value) {
        let node = number(&event["node"]);
        let votes = self.voters.contains(&node);
        let Some(own) = &mut self.server_mut(node).own else { return };
        own.questions.asked = number(&event["question"]);
        // A leader that has promised more would not lead any more.
        if votes {
            own.questions.is_answered(own.questions.asked, node);
        }
    }

    /// Why it asks, or asks again.
    pub(super) fn question(&self, event: &Value, again: bool) -> Checked {
        let own = self.own(event)?;
        ensure!(own.leads, "it does not lead");
        same!("its ballot", ballot(&event["ballot"]), Some(own.ballot));
        let question = own.questions.asked + u64::from(!again);
        same!("the number of the question", number(&event["question"]), question);
        let came = own.questions.waiting.values().filter(|(asked, _)| *asked < question).count() as u64;
        ensure!((1..=came).contains(&number(&event["count"])), "{came} reads wait");
        Ok(())
    }

    /// Why it says that somebody leads.
    pub(super) fn confirms(&self, event: &Value) -> Checked {
        let server = self.server(number(&event["node"]));
        let message = self.delivered.as_ref().ok_or("no message has arrived")?;
        same!("who asked", event["to"], message["from"]);
        same!("the ballot that was asked about", event["ballot"], message["ballot"]);
        same!("what it has promised", ballot(&event["because"]["promised"]), server.promised);
        ensure!(server.promised <= ballot(&event["ballot"]), "it has promised more");
        Ok(())
    }

    /// What a count of answers says.
    pub(super) fn counts_answers(&self, event: &Value, enough: bool) -> Checked {
        let (own, because) = (self.own(event)?, &event["because"]);
        let have = own.questions.answered.get(&own.questions.asked).cloned().unwrap_or_default();
        same!("who has answered", set(&because["have"]), have);
        same!("what is needed", number(&because["needed"]), self.phase2);
        same!("whether that is enough", enough, have.len() as u64 >= self.phase2);
        ensure!(have.contains(&number(&event["from"])), "what it counts is not from there");
        Ok(())
    }

    /// Why it may answer from its store.
    pub(super) fn still_leads(&self, event: &Value) -> Checked {
        let (own, server, because) = (self.own(event)?, self.server(number(&event["node"])), &event["because"]);
        let (asked, index) = *own.questions.waiting.get(&operation(event)).ok_or("that read has not come")?;
        let enough = |(question, by): (&u64, &std::collections::BTreeSet<u64>)| {
            *question > asked && by.len() as u64 >= self.phase2
        };
        ensure!(own.questions.answered.iter().any(enough), "no question was answered that was asked after it came");
        ensure!(number(&because["index"]) >= index, "the read must wait for slot {index}");
        ensure!(server.applied >= number(&because["index"]), "the log is not applied that far");
        same!("how far the log is applied", number(&because["slot"]), server.applied);
        same!("how far the log is applied", number(&event["slot"]), server.applied);
        Ok(())
    }
}
