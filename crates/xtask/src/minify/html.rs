//! Pages: comments go, blank lines and indentation go. Line breaks stay, because between words they are spaces.

/// The same page in fewer bytes. A page with preformatted text is left as it is.
pub(super) fn minify(page: &str) -> String {
    if page.contains("<pre") || page.contains("<textarea") {
        return page.to_owned();
    }
    let mut kept = String::with_capacity(page.len());
    let mut rest = page;
    while let Some((before, comment)) = rest.split_once("<!--") {
        kept.push_str(before);
        rest = comment.split_once("-->").map_or("", |(_, after)| after);
    }
    kept.push_str(rest);
    let lines: Vec<_> = kept.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_indentation_go() {
        let page = "<p>\n  one <!-- two\n  three -->\n\n  four\n</p>\n";
        assert_eq!(minify(page), "<p>\none\nfour\n</p>");
        assert_eq!(minify("<pre>\n  a\n</pre>"), "<pre>\n  a\n</pre>");
    }
}
