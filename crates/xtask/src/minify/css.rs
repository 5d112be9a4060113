//! Style sheets: comments go, and the white space that means nothing. Nothing is reordered, merged or renamed.

/// The same style in fewer bytes.
pub(super) fn minify(style: &str) -> String {
    let mut small = String::with_capacity(style.len());
    // Whether white space was passed since the last thing written.
    let mut space = false;
    let mut rest = style;
    while let Some(c) = rest.chars().next() {
        let length = if rest.starts_with("/*") {
            space = true;
            rest.find("*/").map_or(rest.len(), |end| end + 2)
        } else if c.is_whitespace() {
            space = true;
            c.len_utf8()
        } else {
            let length = if matches!(c, '"' | '\'') { text(rest, c) } else { c.len_utf8() };
            if space && !small.is_empty() && !small.ends_with(AFTER) && !BEFORE.contains(&c) {
                small.push(' ');
            }
            if c == '}' && small.ends_with(';') {
                small.pop();
            }
            small.push_str(&rest[..length]);
            space = false;
            length
        };
        rest = &rest[length..];
    }
    small
}

/// White space after these means nothing. Not after `)`: `not (…) and` needs it; not around `+` and `-`, for `calc()`.
const AFTER: [char; 7] = ['{', '}', ';', ':', ',', '(', '>'];
/// Nor before these. Not before `:`, where it is a descendant, nor before `(`, which would make a function of `and (`.
const BEFORE: [char; 7] = ['{', '}', ';', ',', ')', '>', '!'];

/// How long the string is that `style` begins with.
fn text(style: &str, quote: char) -> usize {
    let mut escaped = false;
    let end = style.char_indices().skip(1).find(|&(_, c)| {
        let ends = c == quote && !escaped;
        escaped = c == '\\' && !escaped;
        ends
    });
    end.map_or(style.len(), |(at, quote)| at + quote.len_utf8())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_means_nothing_goes() {
        for (style, expected) in [
            ("/* why */ a , b > c { color: red; margin: 0 auto; }\n", "a,b>c{color:red;margin:0 auto}"),
            (".a :is( b, c ) .d:hover {}", ".a :is(b,c) .d:hover{}"),
            (
                "a { width: calc( 100% - 2 * (1em + 2px) ) !important }",
                "a{width:calc(100% - 2 * (1em + 2px))!important}",
            ),
            ("@media (a: b) and (c: d) { e { f: g } }", "@media (a:b) and (c:d){e{f:g}}"),
            ("a::before { content: \"/* } */  \\\" ; \" }", "a::before{content:\"/* } */  \\\" ; \"}"),
            ("a { content: '\\\\'; b: c }", "a{content:'\\\\';b:c}"),
            ("a/**/b { c: d }", "a b{c:d}"),
            ("a { grid: \"b  c\" auto\n  \"d e\" 1fr / 2em; }", "a{grid:\"b  c\" auto \"d e\" 1fr / 2em}"),
            ("a { b: url( x.png ) }", "a{b:url(x.png)}"),
            ("* + * { --c: var(--d); }", "* + *{--c:var(--d)}"),
        ] {
            assert_eq!(minify(style), expected);
        }
    }
}
