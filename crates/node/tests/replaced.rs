//! A server that comes back with an empty disk.
//!
//! Three servers. Two of them vote for a put, which is answered. One of these two loses its disk, and the other one its power. The
//! two that are there now are a majority, and neither knows of the put.

mod support;

use std::process::{Command, Stdio};
use std::time::Duration;

use quorum_core::log::{Op, Output};
use quorum_node::client::{Client, ClientError};
use quorum_node::rules::{self, Rule};
use support::{Processes, SOON, eventually, get, put, text};

async fn done(client: &mut Client, op: &Op) -> Output {
    client.execute(op, SOON).await.unwrap().0
}

/// Up to the moment at which two of three have forgotten, or never heard.
async fn two_that_know_nothing(off: &[Rule]) -> (Processes, Client, u32) {
    let mut processes = Processes::start_without(3, off);
    let leader = processes.leader().await;
    let (other, away) = (leader % 3 + 1, (leader + 1) % 3 + 1);
    let mut client = processes.client();
    processes.kill(away);
    assert_eq!(done(&mut client, &put("k", "v")).await, Output::Done);
    processes.kill_at_once(&[leader, other]);
    processes.replace(other);
    processes.start_one(away);
    eventually("both are there", || async { processes.status(away).await.and(processes.status(other).await) }).await;
    assert!(processes.status(other).await.unwrap().replaced && !processes.status(away).await.unwrap().replaced);
    (processes, client, leader)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_replaced_server_does_not_vote_and_learns_what_is_chosen() {
    let (mut processes, mut client, third) = two_that_know_nothing(&[]).await;
    // A client that gives up never asks again.
    let refused = processes.client().execute(&get("k"), Duration::from_secs(2)).await.unwrap_err();
    assert!(matches!(refused, ClientError::Unanswered(_)), "one voter is no majority of three: {refused}");
    processes.start_one(third);
    assert_eq!(done(&mut client, &get("k")).await, Output::Value(Some(text("v"))));
    let silent = processes.ids().into_iter().find(|id| *id == third % 3 + 1).unwrap();
    let learned = || async { processes.status(silent).await.filter(|status| status.keys == 1) };
    assert!(eventually("it has learned the put", learned).await.replaced);
    for id in processes.ids() {
        processes.kill(id);
    }
    let recording = processes.recording();
    assert!(recording.now().violations().is_empty(), "{:?}", recording.now().violations());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_the_rule_it_votes_and_an_answered_put_is_gone() {
    let silent = rules::named("wiped-stays-silent").unwrap();
    let (mut processes, mut client, _) = two_that_know_nothing(&[silent]).await;
    assert_eq!(done(&mut client, &get("k")).await, Output::Value(None), "it was answered, and is not there");
    for id in processes.ids().into_iter().filter(|id| processes.is_running(*id)).collect::<Vec<_>>() {
        processes.kill(id);
    }
    let recording = processes.recording();
    let now = recording.now();
    let told: Vec<_> = now.violations().iter().map(|(_, broken)| broken.sentence(now.config().ballots)).collect();
    assert!(told.iter().any(|told| told.contains("helped to choose") || told.contains("No order")), "{told:?}");
}

/// Somebody starts a server with an empty folder, and says nothing. Those who heard of its old file do not listen to it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_comes_with_another_file_and_says_nothing_is_refused() {
    let mut processes = Processes::start(3);
    let leader = processes.leader().await;
    let mut client = processes.client();
    assert_eq!(done(&mut client, &put("k", "v")).await, Output::Done);
    let forgets = leader % 3 + 1;
    // Who starts a moment later has not heard of all files yet.
    for id in (1..=3).filter(|id| *id != forgets) {
        let knows = || async { processes.status(id).await.filter(|status| status.knows_files_of.contains(&forgets)) };
        eventually("the others know its file", knows).await;
    }
    processes.kill(forgets);
    std::fs::remove_dir_all(processes.files(forgets).1).unwrap();
    processes.start_one(forgets);
    let refused = || async { processes.status(forgets).await.filter(|status| status.refusals.len() == 2) };
    let status = eventually("both others refuse it", refused).await;
    let why = format!(
        "refuses what it says: server {forgets} had another file before. If that is lost, take the new one away"
    );
    assert!(status.refusals.iter().all(|refusal| refusal.contains(&why)), "{:?}", status.refusals);
    // It is no second vote.
    let other = forgets % 3 + 1;
    let other = if other == leader { other % 3 + 1 } else { other };
    processes.kill(other);
    let open = processes.client().execute(&put("k", "w"), Duration::from_secs(2)).await.unwrap_err();
    assert!(matches!(open, ClientError::Unanswered(_)), "{open}");
    // Said, it is welcome: it learns.
    processes.kill(forgets);
    processes.replace(forgets);
    processes.start_one(other);
    let learned = || async { processes.status(forgets).await.filter(|it| it.keys == 1 && it.refusals.is_empty()) };
    assert!(eventually("it has learned", learned).await.replaced);
}

/// Whoever says that a disk was lost while it is there is told so, and nothing is changed.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_has_its_file_has_lost_nothing() {
    let mut processes = Processes::start(1);
    let mut client = processes.client();
    assert_eq!(done(&mut client, &put("k", "v")).await, Output::Done);
    processes.kill(1);
    let (config, data) = processes.files(1);
    let output = Command::new(env!("CARGO_BIN_EXE_quorum-node"))
        .args(["run", "--id", "1", "--replaced", "--config"])
        .arg(config)
        .arg("--data")
        .arg(data)
        .stdout(Stdio::null())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && said.contains("this server has lost nothing"), "{said}");
    processes.start_one(1);
    assert_eq!(done(&mut client, &get("k")).await, Output::Value(Some(text("v"))));
}
