//! Actions as people and pages write them: `{"type": "crash", "node": 3}`.

#[cfg(feature = "log")]
use super::ClientAction;
use super::{Action, MessageId, Rule, Target, Timer};
use crate::json::{FromJson, Json, Malformed, Object};
use crate::limits::MAX_NODES;
use crate::paxos::{self, NodeId};
use crate::text::short;

impl From<&Action> for Json {
    fn from(action: &Action) -> Self {
        let object = Object::new().with("type", action.name()).maybe("message", action.message());
        let object = match action {
            Action::Cut { from, to } | Action::Mend { from, to } => object.with("from", *from).with("to", *to),
            Action::Partition { groups } => {
                let groups: Json = groups.iter().map(|group| group.iter().copied().collect::<Json>()).collect();
                object.with("groups", groups)
            }
            Action::Network { loss, duplicate, latency } => {
                object.maybe("loss", *loss).maybe("duplicate", *duplicate).maybe("latency", *latency)
            }
            _ => object.maybe("node", action.node()),
        };
        match action {
            Action::Propose { value, .. } => object.with("value", value),
            Action::Timeout { timer, .. } => object.with("timer", timer.as_str()),
            Action::SyncFirst { records, .. } => object.with("records", *records),
            Action::Rule { rule, on } => object.with("rule", rule.as_str()).with("on", *on),
            #[cfg(feature = "log")]
            Action::Client(action) => action.json(object),
            _ => object,
        }
        .into()
    }
}

impl FromJson for Action {
    fn from_json(json: &Json, _: &str) -> Result<Self, Malformed> {
        let untyped = || Malformed::new("an action is an object with a field \"type\"");
        let Json::Object(fields) = json else { return Err(untyped()) };
        let kind: alloc::string::String = fields.required("type").map_err(|_| untyped())?;
        let cannot = |why: &Malformed| Malformed::new(&text!("cannot ", kind, ": ", why));
        let action = match Self::read(&kind, fields) {
            Ok(Some(action)) => action,
            Ok(None) => return Err(Malformed::new(&text!("there is no action of type \"", short(&kind, 40), "\""))),
            Err(why) => return Err(cannot(&why)),
        };
        Object::of(json, "action", action.fields()).map_err(|why| cannot(&why))?;
        Ok(action)
    }
}

impl Action {
    const fn fields(&self) -> &'static [&'static str] {
        match self {
            Self::Propose { .. } => &["type", "node", "value"],
            Self::Timeout { .. } => &["type", "node", "timer"],
            Self::SyncFirst { .. } => &["type", "node", "records"],
            Self::Cut { .. } | Self::Mend { .. } => &["type", "from", "to"],
            Self::Partition { .. } => &["type", "groups"],
            Self::Network { .. } => &["type", "loss", "duplicate", "latency"],
            Self::Rule { .. } => &["type", "rule", "on"],
            Self::Heal | Self::PowerCut => &["type"],
            #[cfg(feature = "log")]
            Self::Client(action) => action.fields(),
            _ if self.message().is_some() => &["type", "message"],
            _ => &["type", "node"],
        }
    }

    fn read(kind: &str, fields: &Object) -> Result<Option<Self>, Malformed> {
        if let Some((_, make)) = ON_MESSAGES.iter().find(|(name, _)| *name == kind) {
            return Ok(Some(make(fields.required("message")?)));
        }
        if let Some((_, make)) = ON_SERVERS.iter().find(|(name, _)| *name == kind) {
            return Ok(Some(make(fields.required("node")?)));
        }
        Ok(Some(match kind {
            "propose" => Self::Propose { node: fields.required("node")?, value: fields.required("value")? },
            "timeout" => Self::Timeout { node: fields.required("node")?, timer: fields.required("timer")? },
            "sync-first" => Self::SyncFirst { node: fields.required("node")?, records: fields.required("records")? },
            "cut" => Self::Cut { from: fields.required("from")?, to: fields.required("to")? },
            "mend" => Self::Mend { from: fields.required("from")?, to: fields.required("to")? },
            "partition" => {
                fields.at_most("groups", MAX_NODES as usize)?;
                Self::Partition { groups: fields.required("groups")? }
            }
            "heal" => Self::Heal,
            "network" => Self::Network {
                loss: fields.optional("loss")?,
                duplicate: fields.optional("duplicate")?,
                latency: fields.optional("latency")?,
            },
            "power-cut" => Self::PowerCut,
            "rule" => Self::Rule { rule: fields.required("rule")?, on: fields.required("on")? },
            #[cfg(feature = "log")]
            _ => return Ok(ClientAction::read(kind, fields)?.map(Self::Client)),
            #[cfg(not(feature = "log"))]
            _ => return Ok(None),
        }))
    }
}

/// What an action is called, and how it is made of the one thing it is about.
type About<T> = (&'static str, fn(T) -> Action);

/// Actions that are about a message, and need to know nothing else.
const ON_MESSAGES: [About<MessageId>; 6] = [
    ("deliver", |message| Action::Deliver { message }),
    ("drop", |message| Action::Drop { message }),
    ("duplicate", |message| Action::Duplicate { message }),
    ("hold", |message| Action::Hold { message }),
    ("release", |message| Action::Release { message }),
    ("send", |message| Action::Send { message }),
];

/// Actions that are about a server, and need to know nothing else.
const ON_SERVERS: &[About<NodeId>] = &[
    ("write", |node| Action::Write { node }),
    ("sync", |node| Action::Sync { node }),
    ("flush", |node| Action::Flush { node }),
    ("crash", |node| Action::Crash { node }),
    ("restart", |node| Action::Restart { node }),
    ("wipe", |node| Action::Wipe { node }),
    ("pause", |node| Action::Pause { node }),
    ("resume", |node| Action::Resume { node }),
    ("isolate", |node| Action::Isolate { node }),
    ("rejoin", |node| Action::Rejoin { node }),
    #[cfg(feature = "log")]
    ("snapshot", |node| Action::Snapshot { node }),
];

impl FromJson for Timer {
    fn from_json(json: &Json, name: &str) -> Result<Self, Malformed> {
        json.one_of(name, &Self::ALL, Self::as_str)
    }
}

impl FromJson for paxos::Rule {
    fn from_json(json: &Json, name: &str) -> Result<Self, Malformed> {
        json.one_of(name, &Self::ALL, Self::as_str)
    }
}

#[cfg(feature = "log")]
impl FromJson for Rule {
    fn from_json(json: &Json, name: &str) -> Result<Self, Malformed> {
        let all: alloc::vec::Vec<Self> = Self::of(super::ProtocolKind::Log).collect();
        json.one_of(name, &all, Self::as_str)
    }
}

#[cfg(not(feature = "log"))]
impl FromJson for Rule {
    fn from_json(json: &Json, name: &str) -> Result<Self, Malformed> {
        paxos::Rule::from_json(json, name).map(Self::Paxos)
    }
}

impl FromJson for Target {
    fn from_json(json: &Json, name: &str) -> Result<Self, Malformed> {
        let fields = Object::of(json, name, &["node", "message", "client", "link"])?;
        if let Some(node) = fields.optional("node")? {
            return Ok(Self::Node(node));
        }
        if let Some(message) = fields.optional("message")? {
            return Ok(Self::Message(message));
        }
        #[cfg(feature = "log")]
        if let Some(client) = fields.optional("client")? {
            return Ok(Self::Client(client));
        }
        match fields.required::<alloc::vec::Vec<_>>("link")?.as_slice() {
            [from, to] => Ok(Self::Link(*from, *to)),
            _ => Err(Malformed::new("\"link\" must be two servers, from and to")),
        }
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
            Self::SyncFirst { .. } => "sync-first",
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
            #[cfg(feature = "log")]
            Self::Client(action) => action.name(),
            #[cfg(feature = "log")]
            Self::Snapshot { .. } => "snapshot",
            Self::Rule { .. } => "rule",
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
            r#"{"type":"sync-first","node":3,"records":2}"#,
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
            r#"{"type":"rule","rule":"persist-before-reply","on":false}"#,
            r#"{"type":"network","loss":0.2,"duplicate":0.1,"latency":[5,50]}"#,
            r#"{"type":"network","loss":0.2}"#,
            r#"{"type":"power-cut"}"#,
        ];
        for json in actions {
            let action = read(json).unwrap_or_else(|error| panic!("{json}: {error}"));
            let written: Json = serde_json::from_str(json).unwrap();
            assert_eq!(Json::from(&action), written);
        }
    }

    #[test]
    fn what_is_wrong_with_an_action_is_named() {
        let wrong = |json: &str| read(json).unwrap_err().to_string();
        assert!(wrong(r#"{"type":"explode"}"#).contains("no action of type \"explode\""));
        assert!(wrong(r#"{"type":"crash"}"#).contains("field \"node\" is missing"));
        assert!(wrong(r#"{"type":"cut","from":1}"#).contains("field \"to\" is missing"));
        assert!(
            wrong(r#"{"type":"crash","node":3,"value":"x"}"#)
                .contains("cannot crash: \"action\" has no field \"value\"; it may have type, node")
        );
        assert!(wrong(r#"{"type":"crash","node":0}"#).contains("no server 0"));
        assert!(wrong(r#"{"type":"crash","node":300}"#).contains("no server 300"));
        assert!(wrong(r#"{"type":"crash","node":1.5}"#).contains("\"node\" must be a whole number"));
        assert!(wrong(r#"{"type":"crash","node":"3"}"#).contains("\"node\" must be a whole number"));
        assert!(wrong(r#"{"type":"deliver","message":-1}"#).contains("whole number"));
        assert!(wrong(r#"{"type":"timeout","node":1,"timer":"egg"}"#).contains("one of retry, learn"));
        assert!(wrong(r#"{"type":"propose","node":1,"value":""}"#).contains("cannot propose: a value cannot be empty"));
        assert!(wrong(r#"{"type":"network","loss":2}"#).contains("from 0 to 1"));
        assert!(wrong(r#""crash""#).contains("an action is an object"));
    }

    fn read(json: &str) -> Result<Action, Malformed> {
        Action::from_json(&serde_json::from_str(json).unwrap(), "action")
    }
}
