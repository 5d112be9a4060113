//! JavaScript, by oxc.

use anyhow::{Result, bail};
use oxc::allocator::Allocator;
use oxc::codegen::{Codegen, CodegenOptions};
use oxc::minifier::{CompressOptions, MangleOptions, Minifier, MinifierOptions};
use oxc::parser::Parser;
use oxc::span::SourceType;

/// A module that does the same, in fewer bytes.
pub(super) fn minify(module: &str) -> Result<String> {
    let allocator = Allocator::default();
    let parsed = Parser::new(&allocator, module, SourceType::mjs()).parse();
    if let Some(error) = parsed.errors.first() {
        bail!("{error}");
    }
    let mut program = parsed.program;
    let options = MinifierOptions {
        // A module's own top level is as local as a function's; what it exports keeps its name.
        mangle: Some(MangleOptions { top_level: true, ..MangleOptions::default() }),
        compress: Some(CompressOptions::smallest()),
    };
    let minified = Minifier::new(options).minify(&allocator, &mut program);
    let code = Codegen::new()
        .with_options(CodegenOptions::minify())
        .with_scoping(minified.scoping)
        .with_private_member_mappings(minified.class_private_mappings)
        .build(&program)
        .code;
    Ok(code)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn minified(module: &str) -> String {
        minify(module).expect("valid")
    }

    #[test]
    fn what_looks_like_a_comment_inside_text_stays() {
        for (module, kept) in [
            (r#"export const a = "http://x/*y*/";"#, "http://x/*y*/"),
            (r"export const a = 'it\'s // not one';", "it's // not one"),
            ("export const a = `// ${f(`/* ${b} */`)}`;", "`// ${f(`/* ${b} */`)}`"),
            ("export const a = `two\n  // lines`;", "`two\n  // lines`"),
            (r#"export const a = /[/*]\/\/"+/g;"#, r#"/[/*]\/\/"+/g"#),
            ("export const a = b / c / d; // e", "b/c/d;"),
        ] {
            let small = minified(module);
            assert!(small.contains(kept), "{module} became {small}");
        }
    }

    #[test]
    fn comments_and_local_names_go_and_the_names_others_use_stay() {
        let module = "
            // Why.
            import { inside } from './inside.js';
            /** @param {number} number */
            export function twice(number) { const result = inside(number); return result.value + result.value; }
            export class Thing { #secret = 1; open = 2; read() { return this.#secret + this.open; } }
            export { twice as again };";
        let small = minified(module);
        for kept in ["'./inside.js'", "{inside as ", "function twice(", "class Thing", "open=2", "read()", "as again"] {
            assert!(small.replace('"', "'").contains(kept), "{kept} is not in {small}");
        }
        for gone in ["Why", "@param", "number", "result"] {
            assert!(!small.contains(gone), "{gone} is in {small}");
        }
    }

    #[test]
    fn private_names_stay_private_and_agree() {
        let small = minified("export class A { #long = 1; static has(a) { return #long in a && a.#long; } }");
        let (_, rest) = small.split_once("{#").expect("a private field");
        let name = &rest[..rest.find('=').expect("a value")];
        assert_eq!(small.matches(&format!("#{name}")).count(), 3, "{small}");
    }

    #[test]
    fn addresses_stay_where_the_page_looks_for_them() {
        let small = minified(
            "export const at = new URL('../picture.svg', import.meta.url).href;
             export const later = () => import('./later.js'); export * from './more.js';",
        );
        for kept in ["../picture.svg", "import.meta.url", "import(", "./later.js", "./more.js"] {
            assert!(small.contains(kept), "{kept} is not in {small}");
        }
    }

    #[test]
    fn what_has_an_effect_is_not_taken_for_unused() {
        let small = minified(
            "import './effect.js'; const element = document.body; customElements.define('a-b', class extends HTMLElement {});",
        );
        assert!(small.contains("./effect.js") && small.contains("customElements.define("), "{small}");
    }

    #[test]
    fn a_mistake_is_reported() {
        assert!(minify("export const = 1;").is_err());
    }
}
