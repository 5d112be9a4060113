//! What clients were told, where it cannot be judged.

use super::*;

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
