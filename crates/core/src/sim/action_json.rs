//! Actions as people and pages write them: `{"type": "crash", "node": 3}`.
//!
//! One flat object for all of them, turned into an [`Action`] with checks of its own: a field that is missing or does
//! not belong gets a sentence that names it, and the code stays far smaller than a derived tagged enum, which matters
//! where it has to travel.

use alloc::{borrow::Cow, format, string::String, vec::Vec};

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{Action, Chance, MessageId};
use crate::paxos::{NodeId, Timer, Value};

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Fields<'a> {
    r#type: Cow<'a, str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    node: Option<NodeId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<MessageId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    timer: Option<Timer>,
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<NodeId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    to: Option<NodeId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    groups: Option<Vec<Vec<NodeId>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    loss: Option<Chance>,
    #[serde(skip_serializing_if = "Option::is_none")]
    duplicate: Option<Chance>,
    #[serde(skip_serializing_if = "Option::is_none")]
    latency: Option<(u32, u32)>,
}

impl Serialize for Action {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Fields::of(self).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Action {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let fields = Fields::deserialize(deserializer)?;
        let action = fields.action().map_err(D::Error::custom)?;
        if Fields::of(&action) == fields {
            return Ok(action);
        }
        Err(D::Error::custom(format!("an action of type \"{}\" does not have all of these fields", fields.r#type)))
    }
}

impl Fields<'_> {
    fn of(action: &Action) -> Self {
        let mut fields = Self { r#type: Cow::Borrowed(action.name()), message: action.message(), ..Self::default() };
        match action {
            Action::Cut { from, to } | Action::Mend { from, to } => (fields.from, fields.to) = (Some(*from), Some(*to)),
            Action::Partition { groups } => fields.groups = Some(groups.clone()),
            Action::Network { loss, duplicate, latency } => {
                (fields.loss, fields.duplicate, fields.latency) = (*loss, *duplicate, *latency);
            }
            _ => fields.node = action.nodes().first().copied(),
        }
        match action {
            Action::Propose { value, .. } => fields.value = Some(value.clone()),
            Action::Timeout { timer, .. } => fields.timer = Some(*timer),
            _ => {}
        }
        fields
    }

    fn action(&self) -> Result<Action, String> {
        let kind = &*self.r#type;
        let missing = |field: &str| format!("an action of type \"{kind}\" needs a field \"{field}\"");
        let node = || self.node.ok_or_else(|| missing("node"));
        let message = || self.message.ok_or_else(|| missing("message"));
        let link =
            || Ok::<_, String>((self.from.ok_or_else(|| missing("from"))?, self.to.ok_or_else(|| missing("to"))?));
        Ok(match kind {
            "propose" => {
                let value = self.value.clone().ok_or_else(|| missing("value"))?;
                Action::Propose { node: node()?, value }
            }
            "deliver" => Action::Deliver { message: message()? },
            "drop" => Action::Drop { message: message()? },
            "duplicate" => Action::Duplicate { message: message()? },
            "hold" => Action::Hold { message: message()? },
            "release" => Action::Release { message: message()? },
            "send" => Action::Send { message: message()? },
            "timeout" => Action::Timeout { node: node()?, timer: self.timer.ok_or_else(|| missing("timer"))? },
            "write" => Action::Write { node: node()? },
            "sync" => Action::Sync { node: node()? },
            "flush" => Action::Flush { node: node()? },
            "crash" => Action::Crash { node: node()? },
            "restart" => Action::Restart { node: node()? },
            "wipe" => Action::Wipe { node: node()? },
            "pause" => Action::Pause { node: node()? },
            "resume" => Action::Resume { node: node()? },
            "isolate" => Action::Isolate { node: node()? },
            "rejoin" => Action::Rejoin { node: node()? },
            "cut" => link().map(|(from, to)| Action::Cut { from, to })?,
            "mend" => link().map(|(from, to)| Action::Mend { from, to })?,
            "partition" => Action::Partition { groups: self.groups.clone().ok_or_else(|| missing("groups"))? },
            "heal" => Action::Heal,
            "network" => Action::Network { loss: self.loss, duplicate: self.duplicate, latency: self.latency },
            "power-cut" => Action::PowerCut,
            _ => return Err(format!("there is no action of type \"{kind}\"")),
        })
    }
}

impl Action {
    /// Its name in JSON.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Propose { .. } => "propose",
            Self::Deliver { .. } => "deliver",
            Self::Drop { .. } => "drop",
            Self::Duplicate { .. } => "duplicate",
            Self::Hold { .. } => "hold",
            Self::Release { .. } => "release",
            Self::Send { .. } => "send",
            Self::Timeout { .. } => "timeout",
            Self::Write { .. } => "write",
            Self::Sync { .. } => "sync",
            Self::Flush { .. } => "flush",
            Self::Crash { .. } => "crash",
            Self::Restart { .. } => "restart",
            Self::Wipe { .. } => "wipe",
            Self::Pause { .. } => "pause",
            Self::Resume { .. } => "resume",
            Self::Isolate { .. } => "isolate",
            Self::Rejoin { .. } => "rejoin",
            Self::Cut { .. } => "cut",
            Self::Mend { .. } => "mend",
            Self::Partition { .. } => "partition",
            Self::Heal => "heal",
            Self::Network { .. } => "network",
            Self::PowerCut => "power-cut",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    #[test]
    fn every_action_is_read_as_it_is_written() {
        let actions = [
            r#"{"type":"propose","node":1,"value":"blue"}"#,
            r#"{"type":"deliver","message":17}"#,
            r#"{"type":"drop","message":17}"#,
            r#"{"type":"duplicate","message":17}"#,
            r#"{"type":"hold","message":17}"#,
            r#"{"type":"release","message":17}"#,
            r#"{"type":"send","message":17}"#,
            r#"{"type":"timeout","node":2,"timer":"retry"}"#,
            r#"{"type":"write","node":3}"#,
            r#"{"type":"sync","node":3}"#,
            r#"{"type":"flush","node":3}"#,
            r#"{"type":"crash","node":3}"#,
            r#"{"type":"restart","node":3}"#,
            r#"{"type":"wipe","node":3}"#,
            r#"{"type":"pause","node":3}"#,
            r#"{"type":"resume","node":3}"#,
            r#"{"type":"isolate","node":3}"#,
            r#"{"type":"rejoin","node":3}"#,
            r#"{"type":"cut","from":1,"to":2}"#,
            r#"{"type":"mend","from":1,"to":2}"#,
            r#"{"type":"partition","groups":[[1,2],[3,4,5]]}"#,
            r#"{"type":"heal"}"#,
            r#"{"type":"network","loss":0.2,"duplicate":0.1,"latency":[5,50]}"#,
            r#"{"type":"network","loss":0.2}"#,
            r#"{"type":"power-cut"}"#,
        ];
        for json in actions {
            let action: Action = serde_json::from_str(json).unwrap_or_else(|error| panic!("{json}: {error}"));
            assert_eq!(serde_json::to_string(&action).unwrap(), json);
        }
    }

    #[test]
    fn what_is_wrong_with_an_action_is_named() {
        let wrong = |json: &str| serde_json::from_str::<Action>(json).unwrap_err().to_string();
        assert!(wrong(r#"{"type":"explode"}"#).contains("no action of type \"explode\""));
        assert!(wrong(r#"{"type":"crash"}"#).contains("needs a field \"node\""));
        assert!(wrong(r#"{"type":"cut","from":1}"#).contains("needs a field \"to\""));
        assert!(wrong(r#"{"type":"crash","node":3,"value":"x"}"#).contains("does not have all of these fields"));
        assert!(wrong(r#"{"type":"crash","nodes":3}"#).contains("unknown field `nodes`"));
        assert!(wrong(r#"{"type":"crash","node":0}"#).contains("no server 0"));
        assert!(wrong(r#"{"type":"crash","node":300}"#).contains("no server 300"));
        assert!(wrong(r#"{"type":"propose","node":1,"value":""}"#).contains("cannot be empty"));
        assert!(wrong(r#"{"type":"network","loss":2}"#).contains("from 0 to 1"));
    }
}
