//! What a visitor is given is what is written in web/, without what only its writers need: comments, indentation
//! and the names of local variables. Names that can be seen from outside a script stay. [`crate::link`] has joined the
//! modules before, so most of them are local by now.

mod css;
mod html;
mod js;

use anyhow::{Context, Result};
use std::path::Path;

/// The file at `path`, as small as it can be made safely. Files of other kinds are returned as they are.
///
/// # Errors
/// When it is not valid JavaScript, or not text.
pub(crate) fn minify(path: &Path, bytes: Vec<u8>) -> Result<Vec<u8>> {
    let smaller: fn(&str) -> Result<String> = match path.extension().and_then(|ending| ending.to_str()) {
        Some("js" | "mjs") => js::minify,
        Some("css") => |style| Ok(css::minify(style)),
        Some("html") => |page| Ok(html::minify(page)),
        _ => return Ok(bytes),
    };
    let text = String::from_utf8(bytes).with_context(|| format!("{} is not text", path.display()))?;
    let small = smaller(&text).with_context(|| format!("{} cannot be made smaller", path.display()))?;
    Ok(small.into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_read_by_its_ending() {
        for (path, text, expected) in [
            ("lab/a.js", "export const a = 1; // one", "export const a=1;"),
            ("a.css", "a { color : red; }", "a{color :red}"),
            ("a.html", "<p><!-- one --></p>", "<p></p>"),
            ("a.svg", "<svg> <!-- one --> </svg>", "<svg> <!-- one --> </svg>"),
        ] {
            let small = minify(Path::new(path), text.into()).expect("minified");
            assert_eq!(String::from_utf8(small).expect("text"), expected, "{path}");
        }
    }

    #[test]
    fn a_mistake_names_its_file() {
        let error = minify(Path::new("lab/a.js"), "let a = ;".into()).expect_err("it is wrong");
        assert!(format!("{error:#}").starts_with("lab/a.js cannot be made smaller: "), "{error:#}");
    }
}
