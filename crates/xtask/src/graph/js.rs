//! Links in a module: static `import … from`, `export … from`, and `new URL("…", import.meta.url)`, which is how a
//! module names a file beside it (wasm-bindgen's glue its WebAssembly). `import()` loads later and is not one.
//!
//! It reads words, strings and punctuation, not the language: enough to tell an import from the same letters in a
//! string, a comment or a regular expression.

use super::{Kind, Link};
use std::iter::Peekable;
use std::str::CharIndices;

/// What `script` refers to.
pub(super) fn links(script: &str) -> Vec<Link> {
    let tokens = tokens(script);
    let mut found = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        let after_dot = at > 0 && tokens[at - 1] == Token::Sign('.');
        let rest = &tokens[at + 1..];
        match token {
            Token::Word("import") if !after_dot => {
                found.extend(imported(rest).map(|to| Link::new(to, Kind::Script)));
            }
            Token::Word("export") if !after_dot => {
                found.extend(exported(rest).map(|to| Link::new(to, Kind::Script)));
            }
            Token::Word("URL") => found.extend(beside(rest).map(Link::by_ending)),
            _ => {}
        }
    }
    found
}

/// `import "a"`, `import x, { y } from "a"`; not `import("a")` and not `import.meta`.
fn imported(rest: &[Token<'_>]) -> Option<String> {
    match rest.first()? {
        Token::Text(from) => Some(from.clone()),
        Token::Sign('(' | '.') => None,
        _ => from_clause(rest),
    }
}

/// `export * from "a"`, `export { x } from "a"`.
fn exported(rest: &[Token<'_>]) -> Option<String> {
    matches!(rest.first()?, Token::Sign('*' | '{')).then(|| from_clause(rest))?
}

fn from_clause(rest: &[Token<'_>]) -> Option<String> {
    let names = |token: &&Token<'_>| matches!(token, Token::Word(_) | Token::Sign('*' | '{' | '}' | ','));
    let length = rest.iter().take_while(names).count();
    match (rest.get(length.checked_sub(1)?)?, rest.get(length)?) {
        (Token::Word("from"), Token::Text(from)) => Some(from.clone()),
        _ => None,
    }
}

/// `URL("a", import.meta.url)`.
fn beside(rest: &[Token<'_>]) -> Option<String> {
    use Token::{Sign, Text, Word};
    match rest {
        [Sign('('), Text(to), Sign(','), Word("import"), Sign('.'), Word("meta"), Sign('.'), Word("url"), ..] => {
            Some(to.clone())
        }
        _ => None,
    }
}

#[derive(Debug, PartialEq)]
enum Token<'a> {
    Word(&'a str),
    Text(String),
    Sign(char),
}

type Characters<'a> = Peekable<CharIndices<'a>>;

fn tokens(script: &str) -> Vec<Token<'_>> {
    let mut found = Vec::new();
    let mut characters = script.char_indices().peekable();
    // For each template that is open, how many braces are open inside its `${`.
    let mut templates: Vec<usize> = Vec::new();
    while let Some((at, c)) = characters.next() {
        let next = characters.peek().map(|&(_, next)| next);
        match c {
            '/' if next == Some('/') => skip_line(&mut characters),
            '/' if next == Some('*') => skip_comment(&mut characters),
            '/' if a_value_may_begin(found.last()) => skip_pattern(&mut characters),
            '"' | '\'' => found.push(Token::Text(text(&mut characters, c))),
            '`' => skip_template(&mut characters, &mut templates),
            '}' if templates.last() == Some(&0) => {
                templates.pop();
                skip_template(&mut characters, &mut templates);
            }
            '{' | '}' => {
                if let Some(open) = templates.last_mut() {
                    *open = if c == '{' { *open + 1 } else { *open - 1 };
                }
                found.push(Token::Sign(c));
            }
            c if is_word(c) => found.push(Token::Word(word(script, at, &mut characters))),
            c if c.is_whitespace() => {}
            c => found.push(Token::Sign(c)),
        }
    }
    found
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '$' | '#')
}

fn word<'a>(script: &'a str, from: usize, characters: &mut Characters<'_>) -> &'a str {
    while characters.next_if(|&(_, c)| is_word(c)).is_some() {}
    let to = characters.peek().map_or(script.len(), |&(at, _)| at);
    &script[from..to]
}

/// Whether a `/` here begins a regular expression rather than divides.
fn a_value_may_begin(before: Option<&Token<'_>>) -> bool {
    match before {
        None => true,
        Some(Token::Sign(sign)) => !matches!(sign, ')' | ']' | '}'),
        Some(Token::Word(word)) => {
            matches!(*word, "return" | "typeof" | "case" | "of" | "in" | "await")
        }
        Some(Token::Text(_)) => false,
    }
}

fn text(characters: &mut Characters<'_>, quote: char) -> String {
    let mut text = String::new();
    while let Some((_, c)) = characters.next() {
        match c {
            '\\' => text.extend(characters.next().map(|(_, c)| c)),
            c if c == quote || c == '\n' => break,
            c => text.push(c),
        }
    }
    text
}

fn skip_line(characters: &mut Characters<'_>) {
    while characters.next_if(|&(_, c)| c != '\n').is_some() {}
}

fn skip_comment(characters: &mut Characters<'_>) {
    let mut before = ' ';
    characters.next();
    for (_, c) in characters {
        if before == '*' && c == '/' {
            return;
        }
        before = c;
    }
}

fn skip_pattern(characters: &mut Characters<'_>) {
    let mut in_class = false;
    while let Some((_, c)) = characters.next() {
        match c {
            '\\' => drop(characters.next()),
            '[' => in_class = true,
            ']' => in_class = false,
            '/' if !in_class => return,
            '\n' => return,
            _ => {}
        }
    }
}

/// Reads a template up to its end, or up to a `${`, inside which the ordinary rules hold again.
fn skip_template(characters: &mut Characters<'_>, templates: &mut Vec<usize>) {
    while let Some((_, c)) = characters.next() {
        match c {
            '\\' => drop(characters.next()),
            '`' => return,
            '$' if characters.next_if(|&(_, c)| c == '{').is_some() => {
                templates.push(0);
                return;
            }
            _ => {}
        }
    }
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
            const w = new URL("w.wasm", import.meta.url);"#;
        let expected = ["./a.js", "./b.js", "./c.js", "./f.js", "./g.css", "./h.js", "./i.js", "w.wasm"];
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
        ] {
            assert!(addresses(script).is_empty(), "{script} gives {:?}", addresses(script));
        }
    }

    #[test]
    fn code_after_awkward_text_is_still_read() {
        for before in
            ["const s = `a ${`b ${{c: 1}.c}`} d`;", r"const r = /['`\/]/g;", "const q = a / b / c;", "'it\\'s'"]
        {
            let script = format!("{before}\nimport './a.js';");
            assert_eq!(addresses(&script), ["./a.js"], "{before}");
        }
    }
}
