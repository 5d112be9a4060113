//! What clients were told, where it cannot be judged.

use super::*;
use crate::sim::Begun;

#[test]
fn where_there_are_too_many_explanations_it_is_unknown_and_no_pass() {
    let mut watch = Watch::new();
    let done = |slot| Reply::Done { output: Output::Done, slot };
    let append = |client: usize| {
        let value = text(["a", "b", "c", "d", "e", "f", "g", "h", "i"][client]);
        command(client, 1, Op::Append { key: text("x"), value })
    };
    assert_eq!(watch.observer.judged(), Judged::Linearizable);
    // Nine texts may be behind each other in any order.
    let all: Vec<_> = (0..9).map(append).collect();
    for command in &all {
        assert_eq!(watch.asks(command), []);
    }
    assert_eq!(watch.observer.judged(), Judged::Linearizable);
    assert_eq!(watch.answers(&all[0], done(1)), []);
    assert_eq!(watch.observer.judged(), Judged::Unknown);
    // From then on nothing that is said of this key is a pass, and nothing is a breach.
    let get = |client, key: &str| command(client, 2, Op::Get { key: text(key) });
    assert_eq!(watch.asks(&get(0, "x")), []);
    assert_eq!(watch.answers(&get(0, "x"), Reply::Done { output: Output::Value(Some(text("z"))), slot: 0 }), []);
    assert_eq!((watch.observer.judged(), watch.observer.since()), (Judged::Unknown, None));
    // Another key is judged as always.
    let other = command(9, 1, Op::Put { key: text("y"), value: text("1") });
    assert_eq!(watch.asks(&other), []);
    assert_eq!(watch.answers(&other, done(2)), []);
    assert_eq!(watch.asks(&get(9, "y")), []);
    let nothing = Reply::Done { output: Output::Value(None), slot: 0 };
    assert_eq!(watch.answers(&get(9, "y"), nothing), [Invariant::Linearizable]);
    assert_eq!(watch.observer.judged(), Judged::Not);
}

/// It took effect in front of where the history can be judged, and its session made room there. A leader that is behind answers it
/// later.
#[test]
fn what_took_effect_before_a_beginning_and_was_forgotten_does_not_take_effect_after_it() {
    let op = Op::Append { key: text("x"), value: text("1") };
    let appended = command(0, 1, op.clone());
    let other = command(1, 1, Op::Put { key: text("y"), value: text("1") });
    let mut machine = Machine::new(Some(1));
    machine.apply(1, &entry(&appended), Rules::default());
    machine.apply(2, &entry(&other), Rules::default());
    let mut watch = Watch::new();
    watch.observer.clients.begin(&[Begun { seq: 1, waiting: Some(op), since: 0 }], [&appended].into());
    watch.observer.clients.settle(&machine);
    assert_eq!(watch.answers(&appended, Reply::Done { output: Output::Done, slot: 1 }), []);
    let get = command(1, 2, Op::Get { key: text("x") });
    assert_eq!(watch.asks(&get), []);
    let once = Reply::Done { output: Output::Value(Some(text("1"))), slot: 3 };
    assert_eq!(watch.answers(&get, once), []);
    assert_eq!(watch.observer.judged(), Judged::Linearizable);
}
