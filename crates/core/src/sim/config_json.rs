//! Configs as people and pages write them: every field may be left out.

#[cfg(feature = "log")]
use super::LogConfig;
use super::{Clock, Conditions, Config, ProtocolKind, QuorumSpec};
use crate::json::{FromJson, Json, Malformed, Object};
use crate::limits::MAX_NODES;
#[cfg(feature = "log")]
use crate::log::{self, Reads, Snapshots};
use crate::paxos::{Role, Rule, Rules, Scheme};

impl From<&Config> for Json {
    fn from(config: &Config) -> Self {
        let quorums = match config.quorums {
            QuorumSpec::Majority => "majority".into(),
            QuorumSpec::Sizes { phase1, phase2 } => {
                Self::Object(Object::new().with("phase1", phase1).with("phase2", phase2))
            }
        };
        let roles = config.roles.as_ref().map(|servers| {
            servers.iter().map(|roles| roles.iter().map(|role| role.as_str()).collect::<Self>()).collect::<Self>()
        });
        let object = Object::new()
            .with("nodes", config.nodes)
            .with("protocol", config.protocol.as_str())
            .with("seed", config.seed)
            .with("quorums", quorums)
            .with("ballots", config.ballots.as_str())
            .maybe("roles", roles)
            .with("backoff", config.backoff)
            .with("network", config.network)
            .with("disk", config.disk)
            .with("retry", config.retry)
            .maybe("clock", (config.clock != Clock::Seeded).then(|| config.clock.as_str()))
            .maybe("rules", config.rules_off());
        #[cfg(feature = "log")]
        if config.protocol == ProtocolKind::Log {
            let LogConfig { window, election, leader, clients, workload, snapshots, sessions, reads, .. } = config.log;
            let begins = config.log.begins.as_deref();
            return object
                .with("window", window)
                .with("election", election.as_str())
                .with("leader", leader)
                .with("clients", clients)
                .maybe("workload", workload)
                .maybe("snapshots", snapshots.map(|snapshots| snapshots_json(snapshots, window)))
                .maybe("sessions", sessions)
                .maybe("reads", (reads != Reads::default()).then(|| reads.as_str()))
                .maybe("begins", begins.map(Self::from))
                .into();
        }
        object.into()
    }
}

impl FromJson for Config {
    fn from_json(json: &Json, name: &str) -> Result<Self, Malformed> {
        // Runs kept by early versions say `"led": true` of a clock that is guided.
        const FIELDS: &[&str] = &[
            "nodes",
            "protocol",
            "seed",
            "quorums",
            "ballots",
            "roles",
            "backoff",
            "network",
            "disk",
            "retry",
            "clock",
            "rules",
            "led",
            #[cfg(feature = "log")]
            "window",
            #[cfg(feature = "log")]
            "election",
            #[cfg(feature = "log")]
            "leader",
            #[cfg(feature = "log")]
            "clients",
            #[cfg(feature = "log")]
            "workload",
            #[cfg(feature = "log")]
            "snapshots",
            #[cfg(feature = "log")]
            "sessions",
            #[cfg(feature = "log")]
            "reads",
            #[cfg(feature = "log")]
            "begins",
        ];
        let fields = Object::of(json, name, FIELDS)?;
        let mut config = Self::default();
        fields.update("nodes", &mut config.nodes)?;
        fields.update("protocol", &mut config.protocol)?;
        fields.update("seed", &mut config.seed)?;
        fields.update("quorums", &mut config.quorums)?;
        fields.update("ballots", &mut config.ballots)?;
        fields.at_most("roles", MAX_NODES as usize)?;
        config.roles = fields.optional("roles")?;
        fields.update("backoff", &mut config.backoff)?;
        fields.update("network", &mut config.network)?;
        fields.update("disk", &mut config.disk)?;
        fields.update("retry", &mut config.retry)?;
        if fields.optional("led")?.unwrap_or(false) {
            config.clock = Clock::Guided;
        }
        fields.update("clock", &mut config.clock)?;
        #[cfg(feature = "log")]
        if config.protocol == ProtocolKind::Log {
            config.read_log(fields)?;
            return Ok(config);
        }
        #[cfg(feature = "log")]
        for only in ["window", "election", "leader", "clients", "workload", "snapshots", "sessions", "reads", "begins"]
        {
            if fields.get(only).is_some() {
                let hint = ": add \"protocol\": \"log\", or leave it out";
                return Err(Malformed::new(&text!("\"", only, "\" is a field of a replicated log", hint)));
            }
        }
        fields.update("rules", &mut config.rules)?;
        Ok(config)
    }
}

impl Config {
    /// The rules that do not hold to begin with, each with `false`; `None` if all hold.
    fn rules_off(&self) -> Option<Json> {
        let mut off = Object::new();
        for rule in self.rules.off() {
            off = off.with(rule.as_str(), false);
        }
        #[cfg(feature = "log")]
        for rule in self.log.rules.off() {
            off = off.with(rule.as_str(), false);
        }
        let some = off.iter().next().is_some();
        some.then(|| off.into())
    }

    #[cfg(feature = "log")]
    fn read_log(&mut self, fields: &Object) -> Result<(), Malformed> {
        let log = &mut self.log;
        fields.update("window", &mut log.window)?;
        fields.update("election", &mut log.election)?;
        fields.update("clients", &mut log.clients)?;
        if fields.has("leader") {
            log.leader = fields.optional("leader")?;
        }
        log.workload = fields.optional("workload")?;
        log.snapshots = read_snapshots(fields, log.window)?;
        log.sessions = fields.optional("sessions")?;
        fields.update("reads", &mut log.reads)?;
        log.begins = fields.optional("begins")?.map(alloc::sync::Arc::new);
        let Some(rules) = fields.get("rules") else { return Ok(()) };
        let names: alloc::vec::Vec<_> = super::Rule::of(ProtocolKind::Log).map(super::Rule::as_str).collect();
        let rules = Object::of(rules, "rules", &names)?;
        for rule in Rule::ALL {
            self.rules.set(rule, rules.optional(rule.as_str())?.unwrap_or(true));
        }
        for rule in log::Rule::ALL {
            self.log.rules.set(rule, rules.optional(rule.as_str())?.unwrap_or(true));
        }
        Ok(())
    }
}

/// `64`: one every 64 slots. `{"every":64,"keep":0}` where they do not keep as many slots as is usual.
#[cfg(feature = "log")]
fn snapshots_json(Snapshots { every, keep }: Snapshots, window: u32) -> Json {
    if keep == Snapshots::keep_beside(window) {
        return every.into();
    }
    Object::new().with("every", every).with("keep", keep).into()
}

#[cfg(feature = "log")]
fn read_snapshots(fields: &Object, window: u32) -> Result<Option<Snapshots>, Malformed> {
    let usual = Snapshots::keep_beside(window);
    Ok(match fields.get("snapshots") {
        Some(json @ Json::Object(_)) => {
            let fields = Object::of(json, "snapshots", &["every", "keep"])?;
            let keep = fields.optional("keep")?.unwrap_or(usual);
            Some(Snapshots { every: fields.required("every")?, keep })
        }
        _ => fields.optional("snapshots")?.map(|every| Snapshots { every, keep: usual }),
    })
}

impl From<Conditions> for Json {
    fn from(conditions: Conditions) -> Self {
        let object = Object::new().with("loss", conditions.loss).with("duplicate", conditions.duplicate);
        object.with("latency", conditions.latency).into()
    }
}

impl FromJson for Conditions {
    fn from_json(json: &Json, name: &str) -> Result<Self, Malformed> {
        let fields = Object::of(json, name, &["loss", "duplicate", "latency"])?;
        let mut conditions = Self::default();
        fields.update("loss", &mut conditions.loss)?;
        fields.update("duplicate", &mut conditions.duplicate)?;
        fields.update("latency", &mut conditions.latency)?;
        Ok(conditions)
    }
}

impl FromJson for QuorumSpec {
    fn from_json(json: &Json, name: &str) -> Result<Self, Malformed> {
        match json {
            Json::Object(_) => {
                let fields = Object::of(json, name, &["phase1", "phase2"])?;
                Ok(Self::Sizes { phase1: fields.required("phase1")?, phase2: fields.required("phase2")? })
            }
            _ => json.one_of(name, &[Self::Majority], |_| "majority"),
        }
    }
}

/// `{"persist-before-reply": false}`: rules that are not named hold.
impl FromJson for Rules {
    fn from_json(json: &Json, name: &str) -> Result<Self, Malformed> {
        let fields = Object::of(json, name, &Rule::ALL.map(Rule::as_str))?;
        let mut rules = Self::default();
        for rule in Rule::ALL {
            rules.set(rule, fields.optional(rule.as_str())?.unwrap_or(true));
        }
        Ok(rules)
    }
}

impl FromJson for ProtocolKind {
    fn from_json(json: &Json, name: &str) -> Result<Self, Malformed> {
        json.one_of(name, &Self::ALL, Self::as_str)
    }
}

impl FromJson for Clock {
    fn from_json(json: &Json, name: &str) -> Result<Self, Malformed> {
        json.one_of(name, &Self::ALL, Self::as_str)
    }
}

impl FromJson for Scheme {
    fn from_json(json: &Json, name: &str) -> Result<Self, Malformed> {
        json.one_of(name, &Self::ALL, Self::as_str)
    }
}

impl FromJson for Role {
    fn from_json(json: &Json, name: &str) -> Result<Self, Malformed> {
        json.one_of(name, &Self::ALL, Self::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    #[test]
    #[cfg(feature = "log")]
    fn snapshots_are_a_number_or_say_what_is_kept() {
        let read = |json: &str| Config::from_json(&serde_json::from_str(json).unwrap(), "config");
        for (json, every, keep) in [
            (r#"{"protocol":"log","window":4,"snapshots":64}"#, 64, 20),
            (r#"{"protocol":"log","snapshots":{"every":4,"keep":0}}"#, 4, 0),
            (r#"{"protocol":"log","snapshots":{"every":0}}"#, 0, 24),
        ] {
            let config = read(json).unwrap();
            assert_eq!(config.log.snapshots, Some(Snapshots { every, keep }), "{json}");
            assert_eq!(Config::from_json(&Json::from(&config), "config").unwrap(), config);
        }
        assert_eq!(read(r#"{"protocol":"log","snapshots":null}"#).unwrap().log.snapshots, None);
        assert!(read(r#"{"snapshots":64}"#).unwrap_err().to_string().contains("a field of a replicated log"));
        assert!(read(r#"{"protocol":"log","snapshots":"often"}"#).unwrap_err().to_string().contains("snapshots"));
        let roles = r#"{"protocol":"log","snapshots":4,"roles":[["proposer","acceptor"],["acceptor"],["learner"]]}"#;
        assert!(read(roles).unwrap().check().unwrap_err().to_string().contains("make server 1 a learner, too"));
        let often = read(r#"{"protocol":"log","snapshots":100001}"#).unwrap();
        assert!(often.check().unwrap_err().to_string().contains("at most 100000 slots"));
    }

    #[test]
    #[cfg(feature = "log")]
    fn sessions_are_a_number_or_all_are_remembered() {
        let read = |json: &str| Config::from_json(&serde_json::from_str(json).unwrap(), "config");
        let config = read(r#"{"protocol":"log","sessions":2}"#).unwrap();
        assert_eq!(config.log.sessions, Some(2));
        assert_eq!(Config::from_json(&Json::from(&config), "config").unwrap(), config);
        assert_eq!(read(r#"{"protocol":"log","sessions":null}"#).unwrap().log.sessions, None);
        assert!(read(r#"{"sessions":2}"#).unwrap_err().to_string().contains("a field of a replicated log"));
        for wrong in ["0", "1000001"] {
            let config = read(&alloc::format!(r#"{{"protocol":"log","sessions":{wrong}}}"#)).unwrap();
            assert!(config.check().unwrap_err().to_string().contains("remember 1 to 1000000 sessions"), "{wrong}");
        }
    }

    #[test]
    fn json_may_leave_everything_out_and_may_not_bring_anything_unknown() {
        let read = |json: &str| Config::from_json(&serde_json::from_str(json).unwrap(), "config");
        assert_eq!(read("{}").unwrap(), Config::default());
        let config = read(
            r#"{"nodes":5,"seed":7,"quorums":{"phase1":4,"phase2":2},"ballots":"ranges","backoff":false,"disk":[1,2],
                "roles":[["proposer"],["acceptor"],["acceptor"],["acceptor"],["learner"]],"network":{"loss":0.25},"clock":"guided","rules":{"keep-promise":false}}"#,
        )
        .unwrap();
        assert_eq!(config.quorums, QuorumSpec::Sizes { phase1: 4, phase2: 2 });
        assert_eq!(Config::from_json(&Json::from(&config), "config").unwrap(), config);
        assert_eq!(read(r#"{"led":true}"#).unwrap().clock, Clock::Guided, "an older word for it");
        assert_eq!(read(r#"{"quorums":"majority"}"#).unwrap().quorums, QuorumSpec::Majority);
        let wrong = |json: &str| read(json).unwrap_err().to_string();
        assert!(wrong(r#"{"node":5}"#).contains("no field \"node\"; it may have nodes, protocol"));
        assert!(wrong(r#"{"nodes":-5}"#).contains("\"nodes\" must be a whole number"));
        assert!(wrong(r#"{"quorums":"most"}"#).contains("one of majority, not \"most\""));
        assert!(wrong(r#"{"quorums":{"phase1":2}}"#).contains("\"phase2\" is missing"));
        assert!(wrong(r#"{"network":{"latency":[5]}}"#).contains("two whole numbers"));
        assert!(wrong("3").contains("must be an object"));
    }
}
