//! Events in brief: where and when something happened, and no sentence yet.
//!
//! A run has hundreds of thousands of events, and a person sees forty of them at a time. So what steps bring about is
//! handed over in brief, and told in full ([`Event::json`]) where somebody looks.

use alloc::string::String;

use crate::json::Flat;
use crate::paxos;
use crate::run::{Event, EventKind};
use crate::sim::{Envelope, Fact, Trace};
#[cfg(feature = "log")]
use crate::tell::log;

impl Event {
    /// Writes the event without its sentences and without most of what it says, as an object: kind, server, message and value;
    /// of a log, the slot and the client.
    pub fn row(&self, text: &mut String) {
        let mut row = Flat::new(text);
        row.number("step", self.step);
        row.number("at", self.at);
        row.text("event", self.name());
        match &self.kind {
            EventKind::Chosen(chosen) => row.text("value", chosen.vote.value.as_str()),
            #[cfg(feature = "log")]
            EventKind::ChosenInSlot(chosen) => row.number("slot", chosen.vote.slot),
            EventKind::Violated(_) => {}
            EventKind::Fact(fact) => {
                if let Some(node) = fact.node() {
                    row.number("node", node.get().into());
                }
                if let Some(Envelope { id, from, to, .. }) = fact.envelope() {
                    row.number("message", id.0.into());
                    match from.server() {
                        Some(from) => row.number("from", from.get().into()),
                        None => row.text("from", &text!(*from)),
                    }
                    match to.server() {
                        Some(to) => row.number("to", to.get().into()),
                        None => row.text("to", &text!(*to)),
                    }
                }
                match fact {
                    Fact::Did { trace: Trace::Paxos(trace), .. } => match trace {
                        paxos::Trace::Proposed { value, .. } => row.text("value", value.as_str()),
                        paxos::Trace::Learned { chosen, .. } => row.text("value", chosen.vote.value.as_str()),
                        _ => {}
                    },
                    #[cfg(feature = "log")]
                    Fact::Did { trace: Trace::Log(trace), .. } => log::row(trace, &mut row),
                    #[cfg(feature = "log")]
                    Fact::Client(fact) => log::row_of_client(fact, &mut row),
                    _ => {}
                }
            }
        }
        row.end();
    }

    /// The event in three numbers, where very many are handed over at once: its step, its time, and what it is. The lowest
    /// byte of the last one is the kind's position in [`EventName::ALL`](super::EventName::ALL); then follow the server,
    /// and the message's sender and receiver, a byte each and 0 for none.
    #[must_use]
    pub fn packed(&self) -> [f64; 3] {
        let (mut node, mut from, mut to) = (0, 0, 0);
        if let EventKind::Fact(fact) = &self.kind {
            node = fact.node().map_or(0, paxos::NodeId::get);
            if let Some(envelope) = fact.envelope() {
                (from, to) = (envelope.from.number(), envelope.to.number());
            }
        }
        let what = self.kind_name() as u32 | node << 8 | from << 16 | to << 24;
        [self.step as f64, self.at as f64, f64::from(what)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::{Json, Object};
    use crate::scenario::RandomRun;
    use crate::tell::EventName;

    #[test]
    fn a_row_says_what_the_whole_event_says_and_so_do_its_three_numbers() {
        for seed in 0..20 {
            let mut world = RandomRun::new(seed);
            world.disturb(300, |event| {
                let mut row = String::new();
                event.row(&mut row);
                let (Json::Object(whole), Json::Object(row)) =
                    (event.json(Default::default()), serde_json::from_str(&row).unwrap())
                else {
                    panic!("{event:?}");
                };
                let field = |object: &Object, name: &str| object.get(name).cloned().unwrap_or(Json::Null);
                for name in ["step", "at", "event", "node"] {
                    assert_eq!(field(&row, name), field(&whole, name), "{event:?}");
                }
                let mut ends = (Json::from(0_u32), Json::from(0_u32));
                if let Some(Json::Object(message)) = whole.get("message") {
                    ends = (field(message, "from"), field(message, "to"));
                    let told = (field(&row, "message"), field(&row, "from"), field(&row, "to"));
                    assert_eq!(told, (field(message, "id"), ends.0.clone(), ends.1.clone()));
                }
                let [step, at, what] = event.packed();
                let what = what as u32;
                assert_eq!((Json::Number(step), Json::Number(at)), (field(&row, "step"), field(&row, "at")));
                assert_eq!(EventName::ALL[what as usize & 255].as_str(), event.name());
                let node = Some(what >> 8 & 255).filter(|node| *node > 0);
                assert_eq!(Json::from(node), field(&row, "node"));
                assert_eq!((Json::from(what >> 16 & 255), Json::from(what >> 24)), ends);
            });
        }
    }
}
