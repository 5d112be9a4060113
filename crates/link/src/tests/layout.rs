//! The layout of a link: where every byte stands, for as long as anybody keeps one.

use super::*;

#[test]
fn every_action_comes_back_and_every_other_number_is_of_a_newer_version() {
    let mut kinds = 0;
    for number in 0..=u8::MAX {
        let Some(kind) = ActionCode::numbered(number) else {
            let mut binary = to_binary(&run(&[Action::Heal])).unwrap();
            *binary.last_mut().unwrap() = number;
            let error = from_binary(&binary).unwrap_err();
            assert_eq!(error, LinkError::Newer(format!("an action with number {number}")));
            continue;
        };
        kinds += 1;
        assert_eq!(kind.number(), number);
        for action in samples(kind) {
            let run = run(&[action]);
            assert_eq!(from_link(&to_link(&run).unwrap()).unwrap(), run);
            assert_eq!(to_binary(&run).unwrap()[START], number, "{run:?}");
        }
    }
    let all: Vec<_> = (0..=u8::MAX).filter_map(ActionCode::numbered).flat_map(samples).collect();
    // A client that asks again does so at the next server, or at one that is named: one name, two numbers. And a request says what
    // its client knew, or not, and so does one that turns up late.
    assert_eq!(all.iter().map(Action::name).collect::<alloc::collections::BTreeSet<_>>().len(), kinds - 3);
    let run = run(&all);
    assert_eq!(from_link(&to_link(&run).unwrap()).unwrap(), run);
}

/// Where the number of the first action is in a [`run`] with one: after format, engine, digest, length, cursor, the
/// number of servers, the end of the config, the count and the step.
const START: usize = 1 + 6 + 8 + 2 + 1 + 2 + 1 + 1 + 1;

/// The layout, spelt out. If this test must change, links that people keep no longer open.
#[test]
fn every_byte_of_a_run_stands_where_it_always_stood() {
    let mut run = run(&[
        action(r#"{"type":"propose","node":2,"value":"blue"}"#),
        action(r#"{"type":"partition","groups":[[1,2],[3,4,5]]}"#),
        action(r#"{"type":"network","loss":0.2,"latency":[5,200]}"#),
        action(r#"{"type":"timeout","node":3,"timer":"learn"}"#),
        action(r#"{"type":"drop","message":300}"#),
        Action::PowerCut,
    ]);
    let config = r#"{"nodes":5,"seed":1000000,"quorums":{"phase1":4,"phase2":2},"ballots":"ranges","backoff":false,
        "roles":[["proposer","learner"],["acceptor"],["acceptor"],["acceptor"],["learner","acceptor"]],"retry":1,
        "network":{"loss":0.3,"duplicate":1,"latency":[30,41]},"disk":[0,0]}"#;
    run.config = Config::from_json(&serde_json::from_str(config).unwrap(), "config").unwrap();
    run.interventions[1].step = 1;
    let bytes: &[&[u8]] = &[
        &[1],                                              // format
        b"\x050.1.0",                                      // engine
        &[0x00, 0xfe, 0xdc, 0xba, 0x98, 0x76, 0x54, 0x32], // digest
        &[0xac, 0x02, 2],                                  // length 300, the cursor 2 before it
        &[1, 5],                                           // nodes
        &[3, 0xc0, 0x84, 0x3d],                            // seed
        &[4, 2, 4, 2],                                     // quorums: sizes, 4 and 2
        &[5, 2],                                           // ballots: ranges
        &[6, 5, 2, 1, 3, 1, 2, 1, 2, 1, 2, 2, 3, 2],       // roles: 5 servers
        &[7, 0],                                           // backoff
        &[8, 0xac, 0x02],                                  // loss, in thousandths
        &[9, 0xe8, 0x07],                                  // duplicate
        &[10, 30, 41],                                     // latency
        &[11, 0, 0],                                       // disk
        &[12, 1],                                          // retry
        &[0],                                              // end of the config
        &[6],                                              // interventions
        b"\x00\x01\x02\x04blue",                           // step 0: propose at 2
        &[0, 21, 2, 2, 1, 2, 3, 3, 4, 5],                  // step 1: partition
        &[2, 23, 1 | 4, 0xc8, 0x01, 5, 0xc8, 0x01],        // step 4: network, loss and latency
        &[1, 8, 3, 2],                                     // step 6: timeout of 3, learn
        &[1, 3, 0xac, 0x02],                               // step 8: drop
        &[1, 24],                                          // step 10: power cut
    ];
    assert_eq!(to_binary(&run).unwrap(), bytes.concat());
    assert_eq!(from_binary(&bytes.concat()).unwrap(), run);
}

/// Whatever today's default is, a link that says nothing means what it meant.
#[test]
fn a_link_that_says_nothing_of_its_config_means_the_config_of_its_time() {
    let silent = b"\x01\x050.1.0\x01\x02\x03\x04\x05\x06\x07\x08\x00\x00\x00\x00";
    let run = from_binary(silent).unwrap();
    let json = r#"{"nodes":3,"protocol":"single","seed":1,"quorums":"majority","ballots":"rounds","backoff":true,
        "network":{"loss":0,"duplicate":0,"latency":[30,40]},"disk":[2,5],"retry":300}"#;
    assert_eq!(Json::from(&run.config), serde_json::from_str(json).unwrap());
    assert_eq!(to_binary(&run).unwrap(), silent);
}

/// The config of a log, spelt out.
#[test]
fn every_byte_of_a_log_stands_where_it_stands() {
    let mut run = run(&[]);
    let config = r#"{"protocol":"log","window":3,"election":"timeout","leader":null,"clients":5,
        "workload":{"clients":4,"rate":20,"keys":3},"snapshots":{"every":64,"keep":200},
        "sessions":300,"reads":"index","rules":{"keep-promise":false,"fill-gaps":false,"truncate-after-durable":false}}"#;
    run.config = Config::from_json(&serde_json::from_str(config).unwrap(), "config").unwrap();
    let bytes: &[&[u8]] = &[
        &[2, 2],               // protocol: log
        &[13, 3, 1, 65, 83],   // three rules are off
        &[15, 3],              // window
        &[16, 2],              // election: timeout
        &[17, 0],              // leader: none
        &[18, 5],              // clients
        &[19, 20, 4, 3],       // workload: rate, clients, keys
        &[20, 64, 0xc8, 0x01], // snapshots: every, keep
        &[21, 0xac, 0x02],     // sessions
        &[22, 2],              // reads: index
        &[0],                  // the end of the config
    ];
    let binary = to_binary(&run).unwrap();
    let bytes = bytes.concat();
    assert!(binary.windows(bytes.len()).any(|window| window == bytes), "{binary:?}");
    assert_eq!(from_binary(&binary).unwrap(), run);
}

/// JSON has no larger number, and whoever opens a link may save its run as a file.
#[test]
fn what_a_client_knew_is_a_slot_that_a_file_can_have_too() {
    let asks = |slot| {
        let mut asks = action(r#"{"type":"request","client":"b","op":{"get":"x"},"since":0}"#);
        if let Action::Client(ClientAction::Request { since, .. }) = &mut asks {
            *since = Some(slot);
        }
        // What nobody could open is not written either.
        to_link(&run(&[asks])).and_then(|link| from_link(&link)).map_err(|error| error.to_string())
    };
    assert!(asks((1 << 53) - 1).is_ok());
    let far = asks(1 << 53).unwrap_err();
    assert!(
        far.contains("What a client knew is a slot, 0 to 9007199254740991, and here it is 9007199254740992."),
        "{far}"
    );
}
