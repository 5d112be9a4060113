//! How far a search of the cluster looks.

use alloc::{format, string::String};
use core::fmt;

use crate::json::{Json, Malformed, Object};
use crate::paxos::{Rule, Rules};

/// How often each thing may happen in a run that the search looks at. Everything else is free: how long a message travels, in
/// which order messages arrive, when a timer runs out, whether a message arrives at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// Servers, 1 to 7. Each plays every role.
    pub servers: u32,
    /// Client requests, 0 to 4, each with a value of its own.
    pub values: u32,
    /// Ballots begun, 0 to 8, by all proposers together: as many as the specification has.
    pub ballots: u32,
    /// Ballots begun by any one proposer, at most.
    pub ballots_each: u32,
    /// Servers that propose: the first ones. The others only vote.
    pub proposers: u32,
    /// Crashes, each followed by a restart.
    pub crashes: u32,
    /// Messages lost. A message that never arrives is as good as lost, so safety needs no lost ones.
    pub losses: u32,
    /// Messages duplicated.
    pub duplicates: u32,
    /// Disks lost, each followed by a restart.
    pub wipes: u32,
}

impl Default for Bounds {
    /// Three servers, two values and three ballots: with two ballots, two of the broken protocols look safe.
    fn default() -> Self {
        Self {
            servers: 3,
            values: 2,
            ballots: 3,
            ballots_each: 3,
            proposers: 2,
            crashes: 0,
            losses: 0,
            duplicates: 0,
            wipes: 0,
        }
    }
}

impl Bounds {
    /// Most servers.
    pub const MOST_SERVERS: u32 = 7;
    /// Most client requests.
    pub const MOST_VALUES: u32 = 4;

    /// Each bound with its name in JSON and the most it can be.
    pub(crate) fn fields(&mut self) -> [(&'static str, &mut u32, u32); 9] {
        let most_proposers = self.servers;
        [
            ("servers", &mut self.servers, Self::MOST_SERVERS),
            ("values", &mut self.values, Self::MOST_VALUES),
            ("ballots", &mut self.ballots, 8),
            ("ballotsEach", &mut self.ballots_each, 8),
            ("proposers", &mut self.proposers, most_proposers),
            ("crashes", &mut self.crashes, 4),
            ("losses", &mut self.losses, 4),
            ("duplicates", &mut self.duplicates, 4),
            ("wipes", &mut self.wipes, 4),
        ]
    }

    /// A sentence about what makes no sense in these bounds.
    pub(crate) fn refusal(mut self) -> Option<String> {
        if self.servers == 0 || self.proposers == 0 {
            return Some("A search needs at least one server, and one that proposes.".into());
        }
        for (name, number, most) in self.fields() {
            if *number > most {
                return Some(beyond("A search", name, *number, most));
            }
        }
        None
    }

    /// About how many states there are: in the searches that were tried, between a tenth and ten times as many.
    #[must_use]
    pub fn estimate(&self) -> f64 {
        let power = |base: f64, exponent: u32| (0..exponent).fold(1.0, |product, _| product * base);
        // A ballot is a handful of messages for each server, and each of them has arrived or not.
        let ballots = power(4.2, self.servers * self.ballots);
        let requests = power(3.0, self.values.saturating_sub(2));
        let faults = self.crashes + self.wipes + self.losses + self.duplicates;
        ballots * requests * power(12.0, faults)
    }

    /// The ordinary bounds, and the faults that must happen for these rules to matter: without a crash, breaking a rule about
    /// crashes does no harm. With a fault, two ballots are enough to violate a property.
    #[must_use]
    pub fn for_rules(rules: Rules) -> Self {
        let mut bounds = Self::default();
        for rule in rules.off() {
            let fault = match rule {
                Rule::BallotsUniqueAcrossRestarts
                | Rule::PersistBeforeReply
                | Rule::PersistPromise
                | Rule::PersistAccepted
                | Rule::PersistRound
                | Rule::RecoverState
                | Rule::RecoverPromise
                | Rule::RecoverAccepted => &mut bounds.crashes,
                Rule::WipedStaysSilent => &mut bounds.wipes,
                Rule::OneVotePerAcceptor => &mut bounds.duplicates,
                _ => continue,
            };
            *fault = 1;
            (bounds.ballots, bounds.ballots_each) = (2, 2);
        }
        bounds
    }
}

/// That a search would have more of something than searches have, and what to do; `name` is the bound's in JSON.
pub(in crate::search) fn beyond(search: &str, name: &str, number: u32, most: u32) -> String {
    let what = match name {
        "ballotsEach" => "ballots of one server",
        // There are no more of them than servers, of which there may be one.
        "proposers" if most == 1 => "server that proposes",
        "proposers" => "servers that propose",
        "losses" => "lost messages",
        "duplicates" => "duplicated messages",
        "wipes" => "lost disks",
        "window" => "slots at once",
        "asks" => "requests of each client",
        "sessions" => "remembered clients",
        plain => plain,
    };
    format!("{search} looks at up to {most} {what}, and this one would have {number}. Search within fewer.")
}

/// That the run from which a search would go on has more servers than searches have.
pub(in crate::search) fn too_large(search: &str, servers: u32, most: u32) -> String {
    format!("{search} looks at up to {most} servers, and this run has {servers}. Search on from a run of fewer.")
}

fn count(f: &mut fmt::Formatter<'_>, before: &str, number: u32, what: &str) -> fmt::Result {
    match (number, what) {
        (1, _) => write!(f, "{before}1 {what}"),
        (_, "loss") => write!(f, "{before}{number} losses"),
        (_, "crash") => write!(f, "{before}{number} crashes"),
        _ => write!(f, "{before}{number} {what}s"),
    }
}

/// In words: `3 servers, 2 values, 3 ballots, 1 crash`.
impl fmt::Display for Bounds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        count(f, "", self.servers, "server")?;
        count(f, ", ", self.values, "value")?;
        count(f, ", ", self.ballots, "ballot")?;
        let rare =
            [(self.crashes, "crash"), (self.wipes, "lost disk"), (self.losses, "loss"), (self.duplicates, "duplicate")];
        for (number, what) in rare {
            if number > 0 {
                count(f, ", ", number, what)?;
            }
        }
        Ok(())
    }
}

impl From<&Bounds> for Json {
    fn from(bounds: &Bounds) -> Self {
        let mut object = Object::new();
        let mut bounds = *bounds;
        for (name, number, _) in bounds.fields() {
            object = object.with(name, *number);
        }
        object.into()
    }
}

impl Bounds {
    /// These bounds, with some of them replaced by what JSON says.
    ///
    /// # Errors
    /// What is wrong with the JSON.
    pub fn with_json(mut self, json: &Json) -> Result<Self, Malformed> {
        let names = self.fields().map(|(name, ..)| name);
        let fields = Object::of(json, "bounds", &names)?;
        for (name, number, _) in self.fields() {
            fields.update(name, number)?;
        }
        // Where only servers or ballots are given, proposers and ballots each follow them.
        let given = |name| fields.get(name).is_some();
        if !given("proposers") {
            self.proposers = self.proposers.min(self.servers.max(1));
        }
        if !given("ballotsEach") {
            self.ballots_each = self.ballots;
        }
        Ok(self)
    }
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString;

    use super::*;
    use crate::run::History;
    use crate::search::{ModelCheck, Question};
    use crate::sim::Config;

    #[test]
    fn what_is_more_than_a_search_has_is_said_in_words_with_what_to_do() {
        let said = |(name, ..): (&str, &mut u32, u32)| {
            let mut bounds = Bounds { servers: 1, ..Bounds::default() };
            for (field, number, most) in bounds.fields() {
                *number = if field == name { most + 1 } else { (*number).min(most) };
            }
            bounds.refusal().expect("it is too much")
        };
        assert_eq!(
            Bounds::default().fields().map(said),
            [
                "7 servers, and this one would have 8",
                "4 values, and this one would have 5",
                "8 ballots, and this one would have 9",
                "8 ballots of one server, and this one would have 9",
                "1 server that proposes, and this one would have 2",
                "4 crashes, and this one would have 5",
                "4 lost messages, and this one would have 5",
                "4 duplicated messages, and this one would have 5",
                "4 lost disks, and this one would have 5",
            ]
            .map(|limit| format!("A search looks at up to {limit}. Search within fewer."))
        );
    }

    #[test]
    fn on_from_a_run_of_too_many_servers_another_run_is_what_helps() {
        let run = History::new(Config { nodes: 15, ..Config::default() }).expect("a run").run();
        let refused =
            ModelCheck::new(Question::without(Rules::default()).starting_at(run, 0)).expect_err("it is refused");
        assert_eq!(
            refused.to_string(),
            "A search looks at up to 7 servers, and this run has 15. Search on from a run of fewer."
        );
    }
}
