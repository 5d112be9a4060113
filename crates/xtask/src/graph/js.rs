//! Links in a module: static `import … from`, `export … from`, and `new URL("…", import.meta.url)`, which is how a
//! module names a file beside it (wasm-bindgen's glue its WebAssembly). `import()` loads later and is not one.

use super::{Kind, Link};
use oxc::allocator::Allocator;
use oxc::ast::ast::{Argument, Expression, NewExpression};
use oxc::ast_visit::{Visit, walk};
use oxc::parser::Parser;
use oxc::span::SourceType;

/// What `script` refers to, in the order in which it is written.
pub(super) fn links(script: &str) -> Vec<Link> {
    let allocator = Allocator::default();
    let parsed = Parser::new(&allocator, script, SourceType::mjs()).parse();
    let requested = parsed.module_record.requested_modules.iter();
    let mut imports: Vec<_> = requested.filter_map(|(to, places)| Some((places.first()?.span.start, to))).collect();
    imports.sort_unstable_by_key(|&(at, _)| at);
    let mut found: Vec<_> = imports.into_iter().map(|(_, to)| Link::new(to.as_str(), Kind::Script)).collect();
    let mut beside = Beside(Vec::new());
    beside.visit_program(&parsed.program);
    found.extend(beside.0.into_iter().map(Link::by_ending));
    found
}

/// Collects what is named as `new URL("…", import.meta.url)`.
struct Beside(Vec<String>);

impl<'a> Visit<'a> for Beside {
    fn visit_new_expression(&mut self, new: &NewExpression<'a>) {
        if let Expression::Identifier(class) = &new.callee
            && class.name == "URL"
            && let [to, base] = new.arguments.as_slice()
            && is_this_module(base)
        {
            self.0.extend(constant(to));
        }
        walk::walk_new_expression(self, new);
    }
}

fn constant(argument: &Argument<'_>) -> Option<String> {
    match argument {
        Argument::StringLiteral(text) => Some(text.value.to_string()),
        Argument::TemplateLiteral(text) => Some(text.single_quasi()?.to_string()),
        _ => None,
    }
}

/// Whether this is `import.meta.url`.
pub(crate) fn is_this_module(argument: &Argument<'_>) -> bool {
    matches!(argument, Argument::StaticMemberExpression(member)
        if member.property.name == "url" && matches!(member.object, Expression::MetaProperty(_)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn addresses(script: &str) -> Vec<String> {
        links(script).into_iter().map(|link| link.address).collect()
    }

    #[test]
    fn every_static_form_is_found() {
        let script = r#"
            import "./a.js"; import b from './b.js'; import c, { d as e } from "./c.js";
            import * as f from "./f.js"; import sheet from "./g.css" with { type: "css" };
            export * from "./h.js"; export { i } from "./i.js";
            const w = new URL("w.wasm", import.meta.url), x = new URL(`x.svg`, import.meta.url);"#;
        let expected = ["./a.js", "./b.js", "./c.js", "./f.js", "./g.css", "./h.js", "./i.js", "w.wasm", "x.svg"];
        assert_eq!(addresses(script), expected);
    }

    #[test]
    fn what_only_looks_like_an_import_is_not_one() {
        for script in [
            "// import './no.js'",
            "/* import './no.js' **/",
            "const s = 'import \"./no.js\"';",
            "const s = `import './no.js' ${x} import './no.js'`;",
            "const r = /import '.[/]no.js'/;",
            "await import('./later.js');",
            "x.import('./no.js'); a.import;",
            "export const from = 1; const x = 'y';",
            "export { a }; const from = 'y';",
            "new URL('x.js', location.href)",
            "new URL(`x.js?${n}`, import.meta.url)",
        ] {
            assert!(addresses(script).is_empty(), "{script} gives {:?}", addresses(script));
        }
    }
}
