//! Links in a page: its tags, its inline scripts and its inline styles.

use super::{Kind, Link, css, js};

/// What `page` loads when it is opened with JavaScript on.
pub(super) fn links(page: &str) -> Vec<Link> {
    let mut found = Vec::new();
    let mut rest = page;
    while let Some(at) = rest.find('<') {
        rest = &rest[at..];
        if let Some(comment) = rest.strip_prefix("<!--") {
            rest = comment.split_once("-->").map_or("", |(_, after)| after);
            continue;
        }
        let Some(tag) = Tag::read(rest) else {
            rest = &rest[1..];
            continue;
        };
        rest = &rest[tag.length..];
        if matches!(tag.name.as_str(), "script" | "style" | "noscript") {
            let (inside, after) = split_at_end_of(&tag.name, rest);
            match tag.name.as_str() {
                "script" if tag.get("src").is_none() && tag.is_code() => {
                    found.extend(js::links(inside));
                }
                "style" => found.extend(css::links(inside)),
                _ => {}
            }
            rest = after;
        }
        found.extend(tag.link());
    }
    found
}

/// What is inside the element that `rest` continues, and what comes after it.
fn split_at_end_of<'a>(name: &str, rest: &'a str) -> (&'a str, &'a str) {
    let end = rest.to_ascii_lowercase().find(&format!("</{name}")).unwrap_or(rest.len());
    rest.split_at(end)
}

/// An opening tag.
struct Tag {
    name: String,
    attributes: Vec<(String, String)>,
    /// How much of the page it takes.
    length: usize,
}

impl Tag {
    /// The tag that `text` begins with, if it begins with one.
    fn read(text: &str) -> Option<Self> {
        let inside = text.strip_prefix('<')?;
        let end = inside.find(|c: char| !c.is_ascii_alphanumeric() && c != '-')?;
        let name = inside[..end].to_ascii_lowercase();
        if !name.starts_with(|c: char| c.is_ascii_alphabetic()) {
            return None;
        }
        let mut attributes = Vec::new();
        let mut rest = &inside[end..];
        loop {
            rest = rest.trim_start_matches(|c: char| c.is_whitespace() || c == '/');
            if let Some(after) = rest.strip_prefix('>') {
                return Some(Self { name, attributes, length: text.len() - after.len() });
            }
            let (attribute, after) = attribute(rest)?;
            attributes.push(attribute);
            rest = after;
        }
    }

    fn get(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// Whether a script element holds a program rather than data.
    fn is_code(&self) -> bool {
        matches!(self.get("type"), None | Some("" | "module" | "text/javascript"))
    }

    /// What opening the page loads because of this tag.
    fn link(&self) -> Option<Link> {
        match self.name.as_str() {
            "script" => Some(Link::new(self.get("src")?, Kind::Script)),
            "img" => Some(Link::new(self.get("src")?, Kind::Opaque)),
            "link" => {
                let relation = self.get("rel")?.to_ascii_lowercase();
                let loads = ["stylesheet", "modulepreload", "preload", "icon", "manifest"];
                let relation = relation.split_whitespace().find(|word| loads.contains(word))?;
                let kind = match (relation, self.get("as")) {
                    ("stylesheet", _) | ("preload", Some("style")) => Kind::Style,
                    ("modulepreload", _) | ("preload", Some("script")) => Kind::Script,
                    _ => Kind::Opaque,
                };
                Some(Link::new(self.get("href")?, kind))
            }
            _ => None,
        }
    }
}

/// The attribute that `text` begins with, and what comes after it.
fn attribute(text: &str) -> Option<((String, String), &str)> {
    let end = text.find(|c: char| c.is_whitespace() || matches!(c, '=' | '>'))?;
    let name = text[..end].to_ascii_lowercase();
    let Some(value) = text[end..].trim_start().strip_prefix('=') else {
        return Some(((name, String::new()), &text[end..]));
    };
    let value = value.trim_start();
    let (value, after) = match value.chars().next()? {
        quote @ ('"' | '\'') => value[1..].split_once(quote)?,
        _ => value.split_at(value.find(|c: char| c.is_whitespace() || c == '>')?),
    };
    Some(((name, value.replace("&amp;", "&")), after))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn addresses(page: &str) -> Vec<String> {
        links(page).into_iter().map(|link| link.address).collect()
    }

    #[test]
    fn tags_that_load_are_read_and_others_are_not() {
        let page = r#"<!doctype html><html lang=en>
          <link rel="canonical" href="https://example.org/"> <a href="other.html">x</a> <!-- <img src="no.png"> -->
          <link href='a.css' rel='stylesheet'><LINK REL="modulepreload" HREF=b.js>
          <link rel="shortcut icon" href="i.svg"/><script src=c.js defer></script><img alt="1 > 0" src="d.png">
          <noscript><img src="only-without-scripts.png"></noscript> 1 < 2"#;
        assert_eq!(addresses(page), ["a.css", "b.js", "i.svg", "c.js", "d.png"]);
    }

    #[test]
    fn inline_scripts_and_styles_are_read_in_their_own_language() {
        let page = r#"<script type="module">import "./a.js"; const s = "<img src='no.png'>";</script>
          <script type="application/json">{"import": "./no.js"}</script>
          <style>p { background: url(b.svg) }</style>"#;
        assert_eq!(addresses(page), ["./a.js", "b.svg"]);
    }
}
