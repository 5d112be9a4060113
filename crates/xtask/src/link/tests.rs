use super::*;
use anyhow::Context;

type Site = &'static [(&'static str, &'static str)];

fn linked(site: Site) -> Result<Linked> {
    let text = |path: &str| site.iter().find(|(name, _)| *name == path).map(|(_, text)| (*text).to_owned());
    link("entry.js", |path| text(path).with_context(|| format!("{path} is not there")))
}

/// A file of the linked site, without the lines that only separate modules.
fn file(site: Site, path: &str) -> String {
    let linked = linked(site).expect("linked");
    let text = linked.file(path).unwrap_or_else(|| panic!("there is no {path} in {linked:?}"));
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && *line != ";");
    lines.collect::<Vec<_>>().join("\n")
}

fn refusal(site: Site) -> String {
    format!("{:#}", linked(site).expect_err("it is refused"))
}

#[test]
fn what_the_entry_imports_stands_before_it_in_one_file() {
    let site: Site = &[
        ("entry.js", "import { twice as double } from './lib/math.js';\nexport const four = double(2);"),
        ("lib/math.js", "export function twice(n) { return n * 2; }"),
    ];
    let expected = "function twice$(n) { return n * 2; }\nconst four$ = twice$(2);\nexport { four$ as four };";
    assert_eq!(file(site, "entry.js"), expected);
    let linked = linked(site).expect("linked");
    assert!(linked.is_joined("lib/math.js") && !linked.is_joined("entry.js") && linked.file("lib/math.js").is_none());
}

#[test]
fn names_that_are_the_same_in_two_modules_are_told_apart() {
    let site: Site = &[
        ("entry.js", "import { get } from './a/x.js';\nimport './b/x.js';\nconst name = 1;\nget(name);"),
        ("a/x.js", "const name = 'a'; export const get = () => name;"),
        ("b/x.js", "const name = 'b'; name;"),
    ];
    let expected = "const name$ = 'a'; const get$ = () => name$;\nconst name$x = 'b'; name$x;\nconst name$entry = 1;\n\
        get$(name$entry);\nexport {  };";
    assert_eq!(file(site, "entry.js"), expected);
}

#[test]
fn a_name_that_somebody_uses_already_is_not_given_to_another() {
    let site: Site = &[
        ("entry.js", "import { get } from './x.js';\nconst run = (get$x) => get(get$x);"),
        ("x.js", "export const get = 1;"),
    ];
    let text = file(site, "entry.js");
    assert!(text.contains("(get$x) => get$x$2(get$x)"), "{text}");
}

#[test]
fn only_names_of_the_top_change_and_only_where_they_mean_it() {
    let site: Site = &[
        (
            "entry.js",
            "import { b } from './b.js';
        const a = 1; let c, d;
        const inner = (a) => ({ a, b, c: d, [d]: b.a, a() {} });
        const { e, f: g, h = b, ...i } = { b };
        ({ c, d = b } = i);
        class K { a = a; #a = b; static b() { return this.#a; } }
        a: for (const b of [c]) { let a = b; break a; }
        globalThis.open(e, g, h, K, inner);",
        ),
        ("b.js", "export const b = 2;"),
    ];
    let expected = "const b$ = 2;
const a$ = 1; let c$, d$;
const inner$ = (a) => ({ a: a, b: b$, c: d$, [d$]: b$.a, a() {} });
const { e: e$, f: g$, h: h$ = b$, ...i$ } = { b: b$ };
({ c: c$, d: d$ = b$ } = i$);
class K$ { a = a$; #a = b$; static b() { return this.#a; } }
a: for (const b of [c$]) { let a = b; break a; }
globalThis.open(e$, g$, h$, K$, inner$);
export {  };";
    assert_eq!(file(site, "entry.js"), expected);
}

#[test]
fn a_let_that_is_exported_stays_one_variable_within_a_file_and_across_files() {
    let site: Site = &[
        ("entry.js", "import { count, add } from './count.js';\nadd(); show(count); import('./later.js');"),
        ("count.js", "export let count = 0;\nexport const add = () => count++;"),
        ("later.js", "import { count } from './count.js';\nexport const now = () => count;"),
    ];
    let expected = "let count$ = 0;\nconst add$ = () => count$++;\n\
        add$(); show(count$); import('./later.js');\nexport { count$ as count$ };";
    assert_eq!(file(site, "entry.js"), expected);
    let expected = "import { count$ } from \"./entry.js\";\nconst now$ = () => count$;\nexport { now$ as now };";
    assert_eq!(file(site, "later.js"), expected);
}

#[test]
fn modules_run_once_and_in_the_order_of_a_browser() {
    let site: Site = &[
        ("entry.js", "import './c.js';\nimport './a.js';\nimport './b.js';\nrun('entry');"),
        ("a.js", "import './d.js';\nrun('a');"),
        ("b.js", "import './d.js';\nrun('b');"),
        ("c.js", "import './b.js'; run('c')"),
        ("d.js", "run('d') // no semicolon"),
    ];
    let text = file(site, "entry.js");
    let order: Vec<_> = text.split("run('").skip(1).filter_map(|rest| rest.split('\'').next()).collect();
    assert_eq!(order, ["d", "b", "c", "a", "entry"]);
}

#[test]
fn modules_that_import_each_other_are_joined_in_the_order_of_a_browser() {
    let site: Site = &[
        ("entry.js", "import { a } from './a.js'; a();"),
        ("a.js", "import { b } from './b.js'; export function a() { return b; }"),
        ("b.js", "import { a } from './a.js'; export const b = () => a();"),
    ];
    let expected = "const b$ = () => a$();\nfunction a$() { return b$; }\na$();\nexport {  };";
    assert_eq!(file(site, "entry.js"), expected);
}

#[test]
fn a_module_imported_for_its_effect_alone_is_kept_and_comes_first() {
    let site: Site = &[
        ("entry.js", "import './polyfill.js'; use(); import('./one.js'); import('./two.js');"),
        ("polyfill.js", "globalThis.use = () => {};"),
        ("one.js", "import './shared.js';"),
        ("two.js", "import './shared.js';"),
        ("shared.js", "globalThis.shared = 1;"),
    ];
    assert_eq!(
        file(site, "entry.js"),
        "globalThis.use = () => {};\nuse(); import('./one.js'); import('./two.js');\nexport {  };"
    );
    assert_eq!(file(site, "one.js"), "import {  } from \"./shared.js\";\nexport {  };");
    assert_eq!(file(site, "shared.js"), "globalThis.shared = 1;\nexport {  };");
}

#[test]
fn what_two_later_files_share_exists_once() {
    let site: Site = &[
        ("entry.js", "import('./one.js'); import('./two.js');"),
        ("one.js", "import { shared } from './lib/shared.js'; export { shared };"),
        ("two.js", "export { shared as other } from './lib/shared.js';"),
        ("lib/shared.js", "export const shared = {};"),
    ];
    assert_eq!(file(site, "lib/shared.js"), "const shared$ = {};\nexport { shared$ as shared$ };");
    let taken = "import { shared$ } from \"./lib/shared.js\";\n";
    assert_eq!(file(site, "one.js"), format!("{taken}export {{ shared$ as shared }};"));
    assert_eq!(file(site, "two.js"), format!("{taken}export {{ shared$ as other }};"));
}

#[test]
fn exports_are_passed_on_by_name_and_by_star_and_one_s_own_win() {
    let site: Site = &[
        (
            "entry.js",
            "export { b as c } from './a.js'; export * from './a.js'; const own = 1; export { own as d, own as default };",
        ),
        ("a.js", "export * from './b.js'; export const d = 0; import { e } from './b.js'; export { e as f };"),
        ("b.js", "export class b {} export const e = 2, [g] = [3]; export { e as default };"),
    ];
    let text = file(site, "entry.js");
    let (_, exports) = text.rsplit_once('\n').expect("a last line");
    let expected = "export { b$ as b, b$ as c, own$ as d, own$ as default, e$ as e, e$ as f, g$ as g };";
    assert_eq!(exports, expected);
}

#[test]
fn the_default_is_a_name_like_others_except_that_a_star_does_not_pass_it_on() {
    let site: Site = &[
        ("entry.js", "import b from './b.js'; b; import('./later.js');"),
        ("later.js", "export * from './b.js';"),
        ("b.js", "const b = 1; export { b as default, b as c };"),
    ];
    assert!(file(site, "entry.js").contains("b$; import("));
    assert_eq!(file(site, "later.js"), "import { b$ } from \"./entry.js\";\nexport { b$ as c };");
    let site: Site = &[
        ("entry.js", "import a from './a.js'; a;"),
        ("a.js", "export * from './b.js';"),
        ("b.js", "const b = 1; export { b as default };"),
    ];
    assert_eq!(refusal(site), "entry.js:1 imports default: a.js does not export default");
}

#[test]
fn an_entry_that_imports_nothing_still_gives_what_others_take_from_it() {
    let site: Site = &[
        ("entry.js", "export const a = 1; import('./later.js');"),
        ("later.js", "import { a } from './entry.js'; a;"),
    ];
    assert_eq!(file(site, "entry.js"), "const a$ = 1; import('./later.js');\nexport { a$ as a, a$ as a$ };");
    assert_eq!(file(site, "later.js"), "import { a$ } from \"./entry.js\";\na$;\nexport {  };");
}

#[test]
fn addresses_beside_a_module_still_mean_the_same_place() {
    let site: Site = &[
        ("entry.js", "import './lab/a.js';"),
        (
            "lab/a.js",
            "const n = 2; import(`./later.js`); import('../wasm/w.js');
            new URL('./a.css', import.meta.url); new URL(`../wasm/w.js?${n}`, import.meta.url);
            import(new URL('b.js?1', import.meta.url).href); new URL(n, location.href);",
        ),
        ("lab/later.js", "new URL('../picture.svg', import.meta.url);"),
        ("wasm/w.js", "export default new URL('w.wasm', import.meta.url);"),
    ];
    let expected = "const n$ = 2; import(`./lab/later.js`); import('./wasm/w.js');
new URL('./lab/a.css', import.meta.url); new URL(`./wasm/w.js?${n$}`, import.meta.url);
import(new URL('./lab/b.js?1', import.meta.url).href); new URL(n$, location.href);
export {  };";
    assert_eq!(file(site, "entry.js"), expected);
    assert_eq!(file(site, "lab/later.js"), "new URL('../picture.svg', import.meta.url);");
    assert_eq!(file(site, "wasm/w.js"), "export default new URL('w.wasm', import.meta.url);", "word for word");
}

#[test]
fn what_is_not_understood_is_refused_with_its_place() {
    for (module, sentence) in [
        ("import * as b from './b.js';", "a.js:2: import * as cannot be joined with other modules"),
        ("export * as b from './b.js';", "a.js:2: export * as cannot be joined with other modules"),
        ("export default 1;", "a.js:2: export default cannot be joined with other modules"),
        (
            "import b from './b.css' with { type: 'css' };",
            "a.js:2: an import with attributes cannot be joined with other modules",
        ),
        (
            "const at = import.meta.url;",
            "a.js:2: import.meta, except as new URL(\"…\", import.meta.url), cannot be joined with other modules",
        ),
        (
            "new URL(`./x${name}`, import.meta.url);",
            "a.js:2: import.meta, except as new URL(\"…\", import.meta.url), cannot be joined with other modules",
        ),
        (
            "import(name);",
            "a.js:2: import() of an address that its text does not tell cannot be joined with other modules",
        ),
        ("import { gone } from './b.js';\ngone();", "a.js:2 imports gone: b.js does not export gone"),
        ("import b from './b.js';\nb();", "a.js:2 imports default: b.js does not export default"),
        ("import 'lodash';", "only modules of the site, named with ./ or ../, can be joined: a.js:2 loads lodash"),
        ("import './gone.js';", "gone.js is not there"),
        (
            "import { b } from './b.js'; import('./b.js');",
            "a.js imports b.js, which is also loaded with import(). Do one or the other",
        ),
        ("export const = 1;", "a.js: Unexpected token"),
    ] {
        let module: &'static str = String::leak(format!("// Two lines.\n{module}"));
        let entry = ("entry.js", "import './a.js';");
        let site: Site = Vec::leak(vec![entry, ("a.js", module), ("b.js", "export const b = 1;"), ("b.css", "")]);
        assert_eq!(refusal(site), sentence, "{module}");
    }
}

#[test]
fn a_name_that_two_stars_pass_on_is_refused() {
    let site: Site = &[
        ("entry.js", "import { x } from './both.js'; x();"),
        ("both.js", "export * from './one.js'; export * from './two.js';"),
        ("one.js", "export const x = 1;"),
        ("two.js", "export const x = 2;"),
    ];
    let sentence =
        "entry.js:1 imports x: both.js exports x twice, from one.js and from two.js. Name the one that is meant";
    assert_eq!(refusal(site), sentence);
}

#[test]
fn relative_addresses_lead_from_the_file() {
    for (from, to, expected) in [
        ("a.js", "b.js", "./b.js"),
        ("a.js", "lab/b.js", "./lab/b.js"),
        ("lab/a.js", "lab/b.js", "./b.js"),
        ("lab/a.js", "b.js?x=/y", "../b.js?x=/y"),
        ("lab/deep/a.js", "lab/other/b.js", "../other/b.js"),
        ("lab/a.js", "label/b.js", "../label/b.js"),
    ] {
        assert_eq!(relative(from, to), expected, "{from} to {to}");
    }
}
