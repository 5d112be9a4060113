//! Five real processes: what clients are told, whoever is killed, stopped or cut off.

mod support;

use std::time::Duration;

use quorum_core::check::linear::{History, Verdict, judge};
use quorum_core::log::{Op, Output};
use quorum_node::client::{Client, ClientError, Way};
use quorum_node::load::Load;
use quorum_node::proto::key_value_client::KeyValueClient;
use quorum_node::proto::{self, StatusResponse, put_response};
use support::{Processes, SOON, eventually, get, put, snapshots_in, text};

async fn done(client: &mut Client, op: &Op) -> Output {
    client.execute(op, SOON).await.unwrap().0
}

fn value(value: &str) -> Output {
    Output::Value(Some(text(value)))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_may_ask_any_server_and_is_sent_to_the_one_that_leads() {
    let processes = Processes::start(5);
    let leader = processes.leader().await;
    let follower = leader % 5 + 1;
    let mut client = Client::new(vec![processes.address(follower)], Way::default()).unwrap();
    assert_eq!(done(&mut client, &put("k", "v")).await, Output::Done);
    assert_eq!(done(&mut client, &get("k")).await, value("v"));
    let cas = Op::Cas { key: text("k"), from: text("v"), to: text("w") };
    assert_eq!(done(&mut client, &cas).await, Output::Swapped(true));
    assert_eq!(done(&mut client, &cas).await, Output::Swapped(false));
    assert_eq!(done(&mut client, &Op::Delete { key: text("k") }).await, Output::Done);
    assert_eq!(done(&mut client, &get("k")).await, Output::Value(None));

    // The same by hand: the follower says who leads, or passes it on.
    let mut store = KeyValueClient::new(Way::default().channel(&processes.address(follower)).unwrap());
    let ask = |seq, forward| {
        let caller = Some(proto::Caller { client: 77, seq, forward, since: 0 });
        proto::PutRequest { caller, key: "f".into(), value: "x".into() }
    };
    let outcome = store.put(ask(1, false)).await.unwrap().into_inner().outcome;
    let told = proto::Member { id: leader, address: processes.address(leader) };
    assert_eq!(outcome, Some(put_response::Outcome::NotLeader(proto::NotLeader { leader: Some(told.clone()) })));
    let outcome = store.put(ask(1, true)).await.unwrap().into_inner().outcome;
    let Some(put_response::Outcome::Slot(slot)) = outcome else { panic!("{outcome:?}") };
    // The very same again: it took effect once, in that slot.
    assert_eq!(store.put(ask(1, true)).await.unwrap().into_inner().outcome, Some(put_response::Outcome::Slot(slot)));
    assert_eq!(store.get_leader(proto::GetLeaderRequest {}).await.unwrap().into_inner().leader, Some(told));
    store.put(ask(2, true)).await.unwrap();
    let back = store.put(ask(1, true)).await.unwrap_err();
    assert!(back.message().contains("sequence numbers never go back"), "{back}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn when_the_leader_is_killed_under_load_clients_go_on_and_nothing_is_lost() {
    let mut processes = Processes::start(5);
    let leader = processes.leader().await;
    let load =
        Load { servers: processes.addresses(), way: Way::default(), clients: 8, time: Duration::from_millis(2500) };
    let running = tokio::spawn(async move { load.run().await.unwrap() });
    let before = eventually("the load is under way", || async {
        processes.status(leader).await.map(|status| status.applied_to).filter(|applied| *applied > 50)
    });
    let before = before.await;
    processes.kill(leader);
    let report = running.await.unwrap();
    assert!(report.errors.is_empty(), "{:?}", report.errors);
    let next = processes.leader().await;
    assert_ne!(next, leader);
    let after = processes.status(next).await.unwrap().applied_to;
    assert!(after > before + 50, "the load went on: {before}, {after}");
    let names = (0..8).map(|client| client.to_string()).collect();
    let history = History::new(names, Default::default(), report.operations()).unwrap();
    let verdict = judge(&history);
    assert!(matches!(verdict, Verdict::Linearizable { .. }), "{verdict:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_append_across_a_kill_takes_effect_once() {
    const APPENDS: u32 = 60;
    let mut processes = Processes::start(5);
    processes.leader().await;
    let mut client = processes.client();
    let appending = tokio::spawn(async move {
        for number in 1..=APPENDS {
            let op = Op::Append { key: text("log"), value: text(&format!("{number};")) };
            assert_eq!(done(&mut client, &op).await, Output::Done);
        }
        client
    });
    // Whoever leads is killed, three times, at whatever moment it is.
    for _ in 0..3 {
        let leader = processes.leader().await;
        processes.kill(leader);
        let alive = processes.ids().into_iter().find(|id| processes.is_running(*id)).unwrap();
        eventually("another one leads", || async { processes.try_leader().await.filter(|next| *next != leader) }).await;
        assert!(processes.status(alive).await.is_some());
        processes.start_one(leader);
    }
    let mut client = appending.await.unwrap();
    let expected: String = (1..=APPENDS).map(|number| format!("{number};")).collect();
    assert_eq!(done(&mut client, &get("log")).await, value(&expected));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_was_away_catches_up_and_all_of_them_come_back_with_what_they_had() {
    let mut processes = Processes::start(5);
    let leader = processes.leader().await;
    let away = leader % 5 + 1;
    let mut client = processes.client();
    done(&mut client, &put("before", "1")).await;
    processes.kill(away);
    for number in 0..100 {
        done(&mut client, &put(&format!("k{number}"), "v")).await;
    }
    processes.start_one(away);
    let applied = processes.status(processes.leader().await).await.unwrap().applied_to;
    let caught_up = || async { processes.status(away).await.filter(|status| status.applied_to >= applied) };
    let status = eventually("it has caught up", caught_up).await;
    assert_eq!(status.keys, 101);
    for id in processes.ids() {
        processes.kill(id);
    }
    processes.start_all();
    assert_eq!(done(&mut client, &get("before")).await, value("1"));
    assert_eq!(done(&mut client, &get("k99")).await, value("v"));
}

/// Away for longer than the others keep votes, with a store that fits into no envelope. What it is sent is in the record, to the
/// byte, and so is how it goes on; and all of them come back from snapshot and votes.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_was_away_for_longer_than_the_others_keep_votes_is_sent_a_snapshot_in_pieces() {
    const EVERY: u64 = 40;
    const WINDOW: u64 = 64;
    let mut processes = Processes::with_snapshots(3, EVERY as u32);
    let leader = processes.leader().await;
    let away = leader % 3 + 1;
    let mut client = processes.client();
    done(&mut client, &put("before", "1")).await;
    processes.kill(away);
    let large = "v".repeat(60_000);
    for number in 0..WINDOW + 16 + 2 * EVERY {
        done(&mut client, &put(&format!("k{}", number % 30), &format!("{number} {large}"))).await;
    }
    let ahead = processes.status(leader).await.unwrap();
    assert!(ahead.kept_from > 2, "it has let go of what the other one lacks: {}", ahead.kept_from);
    processes.start_one(away);
    let has_all =
        |status: &StatusResponse| status.applied_to >= ahead.applied_to && status.snapshot_to >= ahead.snapshot_to;
    let caught_up = async || processes.status(away).await.filter(has_all);
    let status = eventually("it has caught up, and its snapshot is durable", caught_up).await;
    assert_eq!(status.keys, 31);
    done(&mut client, &put("after", "2")).await;
    for id in processes.ids() {
        processes.kill(id);
    }
    processes.start_all();
    assert_eq!(done(&mut client, &get("k29")).await, value(&format!("149 {large}")));
    assert_eq!(done(&mut client, &get("after")).await, value("2"));
    for id in processes.ids() {
        processes.kill(id);
    }
    let recording = processes.recording();
    assert_eq!((recording.waiting(), recording.now().violations()), (0, &[][..]));
    let installed =
        snapshots_in(&recording).into_iter().filter(|(to, kind)| *to == away && *kind == "installed").count();
    assert!(installed > 0, "the laboratory's server took it in, too");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_majority_nobody_is_answered_and_with_one_more_server_everybody_is() {
    let mut processes = Processes::start(5);
    let leader = processes.leader().await;
    let mut client = processes.client();
    done(&mut client, &put("k", "1")).await;
    let down: Vec<u32> = (1..=3).map(|step| (leader + step - 1) % 5 + 1).collect();
    for id in &down {
        processes.kill(*id);
    }
    let refused = client.execute(&put("k", "2"), Duration::from_millis(1500)).await.unwrap_err();
    assert!(matches!(&refused, ClientError::Unanswered(why) if why.contains("is open")), "{refused}");
    processes.start_one(down[0]);
    let read = done(&mut client, &get("k")).await;
    assert!(read == value("1") || read == value("2"), "{read:?}");
    assert_eq!(done(&mut client, &put("k", "3")).await, Output::Done);
    assert_eq!(done(&mut client, &get("k")).await, value("3"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_leader_that_stands_still_is_replaced_and_follows_when_it_goes_on() {
    let processes = Processes::start(5);
    let leader = processes.leader().await;
    let mut client = processes.client();
    done(&mut client, &put("k", "1")).await;
    processes.stop(leader);
    // A server that passes a request on to it does not wait for ever.
    let mut store = Way::default().store(&processes.address(leader % 5 + 1)).unwrap();
    let caller = Some(proto::Caller { client: 7, seq: 1, forward: true, since: 0 });
    let request = proto::PutRequest { caller, key: "f".into(), value: "x".into() };
    let passed_on = tokio::spawn(tokio::time::timeout(SOON, async move { store.put(request).await.unwrap_err() }));
    assert_eq!(done(&mut client, &put("k", "2")).await, Output::Done);
    let said = passed_on.await.unwrap().expect("it was answered").message().to_owned();
    assert!(said.starts_with("nothing was decided within 5 seconds"), "{said}");
    processes.go_on(leader);
    let mut late = Client::new(vec![processes.address(leader)], Way::default()).unwrap();
    assert_eq!(done(&mut late, &get("k")).await, value("2"), "it does not answer from what it knew");
    eventually("it follows", || async { processes.status(leader).await.filter(|it| it.leader != Some(leader)) }).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_is_stopped_or_killed_before_its_first_word_is_in_the_record_all_the_same() {
    let mut processes = Processes::start(3);
    processes.leader().await;
    let mut client = processes.client();
    for tenth in 0..10 {
        let id = tenth % 3 + 1;
        processes.kill(id);
        processes.start_one(id);
        processes.stop(id);
        assert_eq!(done(&mut client, &put("k", "v")).await, Output::Done);
        if tenth % 2 == 0 {
            processes.kill(id);
            processes.start_one(id);
        } else {
            processes.go_on(id);
        }
        processes.leader().await;
    }
    let recording = processes.recording();
    assert!(recording.now().violations().is_empty(), "{:?}", recording.now().violations());
    assert!(recording.messages() > 100, "{} messages were compared", recording.messages());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_leader_that_is_cut_off_answers_nobody_and_the_others_go_on() {
    let processes = Processes::start(5);
    let leader = processes.leader().await;
    let mut client = processes.client();
    done(&mut client, &put("k", "1")).await;
    let others: Vec<u32> = processes.ids().into_iter().filter(|id| *id != leader).collect();
    for other in &others {
        processes.cut(leader, *other, true).await;
    }
    let mut near = Client::new(vec![processes.address(leader)], Way::default()).unwrap();
    let refused = near.execute(&get("k"), Duration::from_millis(1000)).await.unwrap_err();
    assert!(matches!(refused, ClientError::Unanswered(_)), "{refused}");
    let mut far = Client::new(others.iter().map(|id| processes.address(*id)).collect(), Way::default()).unwrap();
    assert_eq!(done(&mut far, &put("k", "2")).await, Output::Done);
    for other in &others {
        processes.cut(leader, *other, false).await;
    }
    assert_eq!(done(&mut near, &get("k")).await, value("2"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_cut_at_either_end_does_not_arrive() {
    let processes = Processes::start(3);
    let first = processes.leader().await;
    let others = |leader: u32| processes.ids().into_iter().filter(move |id| *id != leader);
    let replaced = async |leader: u32| {
        eventually("another one leads", || async { processes.try_leader().await.filter(|next| *next != leader) }).await
    };
    for other in others(first) {
        processes.set_link(first, other, Some(true), None).await;
    }
    let second = replaced(first).await;
    for other in others(first) {
        processes.set_link(first, other, Some(false), None).await;
    }
    for other in others(second) {
        processes.set_link(other, second, None, Some(true)).await;
    }
    let third = replaced(second).await;
    assert_ne!(third, second);
}
