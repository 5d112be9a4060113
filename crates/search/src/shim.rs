//! Stands in for `quorum_core::run::Check` until it is there.
#![allow(missing_docs)]
use quorum_core::check::explore::{Budget, Search, Status};
use quorum_core::check::model::{Bounds, ClusterModel};
use quorum_core::json::{FromJson, Json, Malformed, Object};
use quorum_core::paxos::{Rule, Rules};
use quorum_core::run::History;
use quorum_core::sim::{Config, ConfigError};

pub struct Question { off: Rules, bounds: Bounds, budget: Budget }
impl FromJson for Question {
    fn from_json(json: &Json, name: &str) -> Result<Self, Malformed> {
        let f = Object::of(json, name, &["model", "off", "bounds", "from", "step", "budget"])?;
        let off: Vec<String> = f.optional("off")?.unwrap_or_default();
        let mut rules = Rules::default();
        for word in off {
            let rule = Rule::ALL.into_iter().find(|r| r.word() == word).ok_or_else(|| Malformed::new("off: no such rule"))?;
            rules.set(rule, false);
        }
        let mut bounds = Bounds::for_rules(rules);
        if let Some(Json::Object(b)) = f.get("bounds") {
            b.update("servers", &mut bounds.servers)?; b.update("values", &mut bounds.values)?; b.update("ballots", &mut bounds.ballots)?;
            b.update("proposers", &mut bounds.proposers)?; b.update("crashes", &mut bounds.crashes)?; b.update("wipes", &mut bounds.wipes)?;
            b.update("losses", &mut bounds.losses)?; b.update("duplicates", &mut bounds.duplicates)?;
        }
        bounds.ballots_each = bounds.ballots;
        let mut budget = Budget { states: 4_000_000, bytes: 512 << 20 };
        if let Some(Json::Object(b)) = f.get("budget") {
            b.update("states", &mut budget.states)?;
            if let Some(bytes) = b.optional::<u64>("bytes")? { budget.bytes = bytes as usize; }
        }
        Ok(Self { off: rules, bounds, budget })
    }
}
pub struct Check { search: Search<ClusterModel>, status: Status, off: Rules }
fn bounds(b: &Bounds) -> Json {
    Object::new().with("servers", b.servers).with("values", b.values).with("ballots", b.ballots).with("proposers", b.proposers)
        .with("crashes", b.crashes).with("wipes", b.wipes).with("losses", b.losses).with("duplicates", b.duplicates).with("says", b.to_string().as_str()).into()
}
impl Check {
    pub fn new(q: Question) -> Result<Self, ConfigError> {
        let config = Config { nodes: q.bounds.servers, rules: q.off, ..Config::default() };
        Ok(Self { search: Search::new(ClusterModel::new(&config, q.bounds)?, q.budget), status: Status::Running, off: q.off })
    }
    pub fn advance(&mut self, states: u32) { self.status = self.search.advance(states); }
    pub fn progress(&self) -> Object {
        let status = match self.status { Status::Running => "running", Status::Complete => "complete", Status::Violated { .. } => "violated", Status::Budget => "budget" };
        Object::new().with("status", status).with("states", self.search.states()).with("generated", self.search.generated())
            .with("depth", self.search.depth() as u64).with("frontier", self.search.frontier()).with("bytes", self.search.bytes() as u64)
    }
    pub fn report(&self) -> Object {
        let violation = match self.status {
            Status::Violated { state, .. } => {
                let mut history = History::new(Config { rules: self.off, ..Config::default() }).unwrap();
                history.apply(&quorum_core::sim::Action::Propose { node: quorum_core::paxos::NodeId::FIRST, value: "blue".parse().unwrap() }).unwrap();
                while history.step().is_some() {}
                let run = history.run();
                Json::from(Object::new().with("property", "one-value-chosen").with("length", self.search.path(state).len() as u64).with("run", &run)
                    .with("says", "Server 2 voted for red below its promise; with “keep-promise” it would have refused."))
            }
            _ => Json::Null,
        };
        Object::new().with("model", "cluster").with("bounds", bounds(&self.search.model().bounds())).with("states", self.search.states())
            .with("depth", self.search.depth() as u64).with("complete", self.status == Status::Complete)
            .with("properties", Json::List(vec![])).with("violation", violation).with("bytesPerState", (self.search.bytes() / self.search.states() as usize) as u64)
    }
}
pub fn rules() -> Json {
    Json::List(Rule::ALL.into_iter().map(|r| Object::new().with("rule", r.word()).with("protects", "An acceptor that has promised a ballot refuses to vote below it.")
        .with("off", "It votes whenever it is asked, and an older proposer can still have its value chosen.").with("bit", "Zookeeper, 2010 (ZOOKEEPER-1)")
        .with("bounds", bounds(&Bounds::for_rules(Rules::without(&[r])))).into()).collect())
}
