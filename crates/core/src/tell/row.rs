//! Events in brief: where and when something happened, and no sentence yet.
//!
//! A run has hundreds of thousands of events, and a person sees forty of them at a time. So what steps bring about is
//! handed over in brief, and told in full ([`Event::json`]) where somebody looks.

use crate::json::{Json, Object};
use crate::paxos;
use crate::run::{Event, EventKind};
use crate::sim::{Envelope, Fact, Trace};

impl Event {
    /// The event without its sentences and without most of what it says: kind, server, message and value.
    #[must_use]
    pub fn row(&self) -> Json {
        let head = Object::new().with("step", self.step).with("at", self.at).with("event", self.name());
        let EventKind::Fact(fact) = &self.kind else {
            let EventKind::Chosen(chosen) = &self.kind else { return head.into() };
            return head.with("value", &chosen.vote.value).into();
        };
        let head = head.maybe("node", fact.node());
        if let Some(Envelope { id, from, to, .. }) = fact.envelope() {
            return head.with("message", *id).with("from", *from).with("to", *to).into();
        }
        match fact {
            Fact::Did { trace: Trace::Paxos(paxos::Trace::Proposed { value, .. }), .. } => head.with("value", value),
            Fact::Did { trace: Trace::Paxos(paxos::Trace::Learned { chosen: learned, .. }), .. } => {
                head.with("value", &learned.vote.value)
            }
            _ => head,
        }
        .into()
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
                (from, to) = (envelope.from.get(), envelope.to.get());
            }
        }
        let what = self.kind_name() as u32 | node << 8 | from << 16 | to << 24;
        [self.step as f64, self.at as f64, f64::from(what)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::RandomRun;
    use crate::tell::EventName;

    #[test]
    fn a_row_says_what_the_whole_event_says_and_so_do_its_three_numbers() {
        for seed in 0..20 {
            let mut world = RandomRun::new(seed);
            world.disturb(300, |event| {
                let (Json::Object(whole), Json::Object(row)) = (event.json(Default::default()), event.row()) else {
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
