//! Links in a style: `@import` and `url()`.

use super::Link;

/// What `style` refers to.
pub(super) fn links(style: &str) -> Vec<Link> {
    let style = without_comments(style);
    let mut found = Vec::new();
    for (at, _) in style.match_indices("url(") {
        let inside = style[at + 4..].trim_start();
        let end = match inside.chars().next() {
            Some(quote @ ('"' | '\'')) => inside[1..].find(quote).map(|end| &inside[1..=end]),
            _ => inside.find(')').map(|end| inside[..end].trim_end()),
        };
        found.extend(end.map(str::to_owned));
    }
    for (at, word) in style.match_indices("@import") {
        let inside = style[at + word.len()..].trim_start();
        if let Some(quote @ ('"' | '\'')) = inside.chars().next()
            && let Some(end) = inside[1..].find(quote)
        {
            found.push(inside[1..=end].to_owned());
        }
    }
    found.into_iter().map(Link::by_ending).collect()
}

fn without_comments(style: &str) -> String {
    let mut kept = String::with_capacity(style.len());
    let mut rest = style;
    while let Some((before, comment)) = rest.split_once("/*") {
        kept.push_str(before);
        rest = comment.split_once("*/").map_or("", |(_, after)| after);
    }
    kept + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_of_link_is_found_and_comments_are_not_read() {
        let style = r#"@import "a.css"; @import url(b.css); /* url(no.png) */ p { background: url( "c d.png" ), url('e.svg') }"#;
        let addresses: Vec<_> = links(style).into_iter().map(|link| link.address).collect();
        assert_eq!(addresses, ["b.css", "c d.png", "e.svg", "a.css"]);
    }
}
