//! Servers that do without other rules than the cluster are no run of the laboratory: there, a rule is everybody's.

use std::time::Duration;

use quorum_core::log;
use quorum_core::paxos::NodeId;
use quorum_core::sim::{Config, LogConfig, ProtocolKind, Rule};
use quorum_recording::{Note, Recording};

fn starts(cluster: &[log::Rule], server: &[log::Rule]) -> Result<(), String> {
    let log = LogConfig { rules: log::Rules::without(cluster), ..LogConfig::default() };
    let mut recording = Recording::new(Config { protocol: ProtocolKind::Log, log, ..Config::default() }).unwrap();
    let off = server.iter().copied().map(Rule::from).collect();
    recording.note(NodeId::FIRST, Duration::ZERO, Note::Start { incarnation: 1, records: 0, replaced: false, off });
    recording.advance(None).map(drop).map_err(|mismatch| mismatch.to_string())
}

#[test]
fn a_record_wants_servers_that_have_the_rules_of_the_cluster() {
    let (twice, holes) = (log::Rule::Deduplicate, log::Rule::FillGaps);
    assert_eq!(starts(&[], &[]), Ok(()));
    assert_eq!(starts(&[twice, holes], &[holes, twice]), Ok(()));
    let refused = starts(&[], &[twice]).unwrap_err();
    assert!(refused.contains("this server ran without deduplicate, and the cluster with all rules"), "{refused}");
    let refused = starts(&[holes, twice], &[]).unwrap_err();
    assert!(
        refused.contains("this server ran with all rules, and the cluster without fill-gaps, deduplicate"),
        "{refused}"
    );
}
