//! Links, in both directions: how they are laid out, what is read, and what is written.

use alloc::{
    format,
    string::{String, ToString},
    vec,
    vec::Vec,
};

use super::action::ActionCode;
use super::number::Numbered;
use super::*;
use quorum_core::json::{FromJson, Json};
use quorum_core::limits::{MAX_INTERVENTIONS, MAX_STEPS};
use quorum_core::run::{Annotation, Intervention};
use quorum_core::sim::{Action, ClientAction, Config};

mod layout;
mod reading;
mod writing;

fn action(json: &str) -> Action {
    Action::from_json(&serde_json::from_str(json).unwrap(), "action").unwrap()
}

/// A run in which these things happened, at steps 0, 2, 4, …
fn run(actions: &[Action]) -> Run {
    let interventions: Vec<_> = (0..)
        .step_by(2)
        .zip(actions)
        .map(|(step, action)| Intervention { step, action: action.clone(), at: None })
        .collect();
    Run {
        quorum: 1,
        engine: "0.1.0".into(),
        config: Config { nodes: 5, ..Config::default() },
        interventions,
        cursor: 298,
        length: 300,
        digest: "00fedcba98765432".into(),
        title: String::new(),
        notes: Vec::new(),
    }
}

/// At least one of every kind. The match is what a new kind does not get past.
fn samples(kind: ActionCode) -> Vec<Action> {
    let texts: &[&str] = match kind {
        ActionCode::Propose => {
            &[r#"{"type":"propose","node":1,"value":"blue"}"#, r#"{"type":"propose","node":5,"value":"é"}"#]
        }
        ActionCode::Deliver => &[r#"{"type":"deliver","message":17}"#, r#"{"type":"deliver","message":4294967295}"#],
        ActionCode::Drop => &[r#"{"type":"drop","message":0}"#],
        ActionCode::Duplicate => &[r#"{"type":"duplicate","message":127}"#],
        ActionCode::Hold => &[r#"{"type":"hold","message":128}"#],
        ActionCode::Release => &[r#"{"type":"release","message":16384}"#],
        ActionCode::Send => &[r#"{"type":"send","message":20000}"#],
        ActionCode::Timeout => &[
            r#"{"type":"timeout","node":2,"timer":"retry"}"#,
            r#"{"type":"timeout","node":2,"timer":"learn"}"#,
            r#"{"type":"timeout","node":2,"timer":"stand"}"#,
        ],
        ActionCode::Write => &[r#"{"type":"write","node":101}"#],
        ActionCode::Sync => &[r#"{"type":"sync","node":1}"#],
        ActionCode::Flush => &[r#"{"type":"flush","node":2}"#],
        ActionCode::Crash => &[r#"{"type":"crash","node":3}"#],
        ActionCode::Restart => &[r#"{"type":"restart","node":3}"#],
        ActionCode::Wipe => &[r#"{"type":"wipe","node":3}"#],
        ActionCode::Pause => &[r#"{"type":"pause","node":3}"#],
        ActionCode::Resume => &[r#"{"type":"resume","node":3}"#],
        ActionCode::Cut => &[r#"{"type":"cut","from":1,"to":2}"#, r#"{"type":"cut","from":"a","to":101}"#],
        ActionCode::Mend => &[r#"{"type":"mend","from":2,"to":1}"#],
        ActionCode::Isolate => &[r#"{"type":"isolate","node":4}"#],
        ActionCode::Rejoin => &[r#"{"type":"rejoin","node":4}"#],
        ActionCode::Partition => {
            &[r#"{"type":"partition","groups":[[2,1],[3,4,5]]}"#, r#"{"type":"partition","groups":[]}"#]
        }
        ActionCode::Heal => &[r#"{"type":"heal"}"#],
        ActionCode::Network => &[
            r#"{"type":"network","loss":0.2,"duplicate":0.1,"latency":[5,50]}"#,
            r#"{"type":"network","duplicate":1}"#,
            r#"{"type":"network","latency":[0,60000]}"#,
            r#"{"type":"network"}"#,
        ],
        ActionCode::PowerCut => &[r#"{"type":"power-cut"}"#],
        ActionCode::Rule => &[
            r#"{"type":"rule","rule":"keep-promise","on":false}"#,
            r#"{"type":"rule","rule":"wiped-stays-silent","on":true}"#,
            r#"{"type":"rule","rule":"fill-gaps","on":false}"#,
            r#"{"type":"rule","rule":"fetch-gaps","on":true}"#,
        ],
        ActionCode::Request => &[
            r#"{"type":"request","client":"a","op":{"put":["x","1"]},"node":5}"#,
            r#"{"type":"request","client":"z","op":{"get":""}}"#,
            r#"{"type":"request","client":"b","op":{"delete":"é"},"node":101}"#,
            r#"{"type":"request","client":"b","op":{"cas":["x","1","2"]}}"#,
            r#"{"type":"request","client":"b","op":{"append":["x",""]}}"#,
        ],
        ActionCode::RequestSince => &[
            r#"{"type":"request","client":"b","op":{"get":"x"},"node":2,"since":300}"#,
            r#"{"type":"request","client":"b","op":{"get":"x"},"since":0}"#,
        ],
        ActionCode::StraySince => {
            &[r#"{"type":"stray","client":"b","seq":7,"op":{"append":["x","1"]},"node":3,"since":300}"#]
        }
        ActionCode::Snapshot => &[r#"{"type":"snapshot","node":3}"#],
        ActionCode::RetryOfClient => &[r#"{"type":"retry","client":"a"}"#],
        ActionCode::SyncFirst => &[r#"{"type":"sync-first","node":2,"records":300}"#],
        ActionCode::RetryOfClientAt => &[r#"{"type":"retry","client":"a","node":3}"#],
        ActionCode::Stray => &[r#"{"type":"stray","client":"b","seq":7,"op":{"append":["x","1"]},"node":3}"#],
        ActionCode::Workload => {
            &[r#"{"type":"workload","clients":26,"rate":1000,"keys":1000}"#, r#"{"type":"workload","rate":0}"#]
        }
    };
    texts.iter().map(|text| action(text)).collect()
}
