//! Whatever JavaScript hands over is refused or taken, and never the end of the lab.

#[allow(dead_code)]
mod support;

use support::{Lab, refusal, text};
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

/// Things nobody should pass, and somebody will.
const NONSENSE: &[&str] = &[
    "() => 1",
    "class { }",
    "Symbol('x')",
    "10n",
    "NaN",
    "-Infinity",
    "1e308",
    "-0",
    "true",
    "''",
    "'\\ud800'",
    "'x'.repeat(1e6)",
    "[]",
    "[[[[]]]]",
    "new Array(5)",
    "new Date()",
    "new Map([['type', 'heal']])",
    "new Proxy({}, {})",
    "Object.create(null)",
    "Object.create({type: 'heal'})",
    "JSON.parse('{\"__proto__\": {\"type\": \"heal\"}}')",
    "new Uint8Array(9)",
    "globalThis",
    "document.body",
    "(o => (o.o = o, o))({})",
    "(a => (a.push(a, a, a), a))([])",
    "(o => (o.self = o, o.type = 'crash', o.node = 1, o))({})",
    "(deep => { for (let i = 0; i < 1e4; i++) deep = {deep}; return deep; })({})",
    "(deep => { for (let i = 0; i < 1e4; i++) deep = [deep]; return deep; })([])",
];

#[wasm_bindgen_test]
fn nonsense_is_refused_wherever_data_goes_in() {
    let lab = Lab::new("{nodes: 3, seed: 2}");
    lab.call("apply", "{type: 'propose', node: 1, value: 'blue'}");
    let before = text(&lab.call("view", ""));
    for nonsense in NONSENSE {
        for method in ["apply", "commitment", "whyNot", "choices"] {
            let message = refusal(lab.try_call(method, nonsense));
            assert!(!message.is_empty(), "{method}({nonsense})");
        }
        refusal(Lab::load(&support::js(nonsense)).map(|_| ()));
        assert_eq!(text(&lab.call("view", "")), before, "{nonsense}");
    }
}

#[wasm_bindgen_test]
fn nonsense_in_a_field_is_refused() {
    let lab = Lab::new("{nodes: 3, seed: 2}");
    let before = text(&lab.call("view", ""));
    for nonsense in NONSENSE {
        for action in [
            format!("{{type: {nonsense}}}"),
            format!("{{type: 'crash', node: {nonsense}}}"),
            format!("{{type: 'deliver', message: {nonsense}}}"),
            format!("{{type: 'timeout', node: 1, timer: {nonsense}}}"),
            format!("{{type: 'partition', groups: {nonsense}}}"),
            format!("{{type: 'partition', groups: [[1], {nonsense}]}}"),
            format!("{{type: 'network', latency: {nonsense}}}"),
            format!("{{type: 'heal', also: {nonsense}}}"),
        ] {
            refusal(lab.try_call("apply", &action));
            assert_eq!(text(&lab.call("view", "")), before, "{action}");
        }
        for config in [
            format!("{{nodes: {nonsense}}}"),
            format!("{{roles: {nonsense}}}"),
            format!("{{quorums: {{phase1: {nonsense}, phase2: 2}}}}"),
            format!("{{network: {{latency: [{nonsense}, 5]}}}}"),
            format!("{{backoff: [{nonsense}]}}"),
        ] {
            if !(config.contains("-0") && config.contains("network")) {
                refusal(Lab::try_new(&config));
            }
        }
    }
}

#[wasm_bindgen_test]
fn a_value_is_any_text_and_stays_as_it_is() {
    let lab = Lab::new("{nodes: 3, seed: 2}");
    for value in ["'\\u0000'", "'__proto__'", "'</script>'", "'\\u202e\\u200d🏴‍☠️'", "' '", "'é'.repeat(32)"]
    {
        lab.call("apply", &format!("{{type: 'propose', node: 1, value: {value}}}"));
        let events = lab.call("events", "");
        let back = support::read(&events, "$.filter(e => e.event === 'proposed').at(-1).value");
        assert_eq!(back, text(&support::js(value)));
    }
    let shared = support::read(&support::js("{}"), "$.polluted === undefined");
    assert_eq!(shared, "true");
}

/// An object may run code of its own while it is read. What that code throws is its own, and the lab works on.
#[wasm_bindgen_test]
fn an_object_that_throws_while_it_is_read_does_not_lock_the_lab() {
    for trap in [
        "{get type() { throw new Error('mine'); }}",
        "new Proxy({}, {ownKeys() { throw new Error('mine'); }})",
        "new Proxy([], {get() { throw new Error('mine'); }})",
        "{type: 'crash', get node() { throw new TypeError('mine'); }}",
    ] {
        for method in ["apply", "commitment", "whyNot", "choices"] {
            let lab = Lab::new("{nodes: 3, seed: 2}");
            refusal(lab.try_call(method, trap));
            let crash = lab.try_call("apply", "{type: 'crash', node: 1}");
            assert!(crash.is_ok(), "after {method}({trap}): {crash:?}");
        }
        refusal(Lab::try_new(trap));
        refusal(Lab::load(&support::js(trap)).map(|_| ()));
    }
}

/// To read everything of a list that has no end, or of a small one in which everything is there many times, would take
/// for ever. The longest run there may be has far fewer things in it.
#[wasm_bindgen_test]
fn an_object_that_goes_on_and_on_is_not_read_to_its_end() {
    let watched = |list: &str| {
        format!(
            "((reads = 0, watch = (list, length) => new Proxy(list, {{ get(list, name) {{
                if (++reads > 5e6) throw new Error('This is read on and on.');
                return name === 'length' ? length ?? list.length : list[name] ?? null;
            }} }})) => {list})()"
        )
    };
    let many =
        "(() => { let item = 1; for (let i = 0; i < 12; i++) item = watch(Array(20).fill(item)); return item; })()";
    for list in ["watch([], 2 ** 32 - 1)", many] {
        let lab = Lab::new("{nodes: 3, seed: 2}");
        let message = refusal(lab.try_call("apply", &format!("{{type: 'partition', groups: {}}}", watched(list))));
        assert!(!message.contains("on and on"), "{list}: {message}");
        lab.call("apply", "{type: 'crash', node: 1}");
    }
}
