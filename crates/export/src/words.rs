//! Text from outside, made fit to be drawn.

use alloc::{string::String, vec::Vec};
use core::fmt::{self, Display, Formatter, Write};

use quorum_core::text::{ISOLATE, see};

/// The items with this between them.
pub(crate) fn joined<T: Display>(items: impl IntoIterator<Item = T>, between: &str) -> String {
    let mut text = String::new();
    for item in items {
        let between = if text.is_empty() { "" } else { between };
        let _ = write!(text, "{between}{item}");
    }
    text
}

/// Text of which a person sees every letter, if its values are spelled already: what keeps a value that runs from right to
/// left to itself stays as it is.
pub(crate) fn seen(text: &str) -> String {
    let mut seen = String::new();
    for letter in text.chars() {
        if letter == ISOLATE.0 || letter == ISOLATE.1 {
            seen.push(letter);
        } else {
            see(letter, &mut seen);
        }
    }
    seen
}

/// Text as it stands in XML, in elements and in attributes alike. Values in it are spelled already.
pub(crate) struct Xml<'a>(pub(crate) &'a str);

impl Display for Xml<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        for letter in seen(self.0).chars() {
            match letter {
                '&' => f.write_str("&amp;")?,
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '"' => f.write_str("&quot;")?,
                '\'' => f.write_str("&#39;")?,
                _ => f.write_char(letter)?,
            }
        }
        Ok(())
    }
}

/// A length or a place in a drawing, written to a tenth and no longer than it needs to be.
#[derive(Clone, Copy)]
pub(crate) struct Px(pub(crate) f64);

impl Display for Px {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let tenths = libm::round(self.0 * 10.0) as i64;
        let sign = if tenths < 0 { "-" } else { "" };
        let (whole, rest) = (tenths.abs() / 10, tenths.abs() % 10);
        match rest {
            0 => write!(f, "{sign}{whole}"),
            _ => write!(f, "{sign}{whole}.{rest}"),
        }
    }
}

/// About how wide a text is in a font of this size. Nobody can know here; it is only used to keep texts apart, so it
/// is rather too much than too little.
pub(crate) fn width(text: &str, size: f64) -> f64 {
    let letter = |letter: char| match letter {
        _ if letter == ISOLATE.0 || letter == ISOLATE.1 => 0.0,
        'i' | 'j' | 'l' | 'I' | '.' | ',' | ':' | ';' | '\'' | '|' | ' ' => 0.32,
        'm' | 'w' | 'M' | 'W' | '…' => 0.9,
        '\0'..='\u{2ff}' => 0.6,
        _ => 1.05,
    };
    text.chars().map(letter).sum::<f64>() * size
}

/// The text in lines of at most so many pixels in a font of this size, as far as words allow.
pub(crate) fn wrapped(text: &str, most: f64, size: f64) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ') {
        match lines.last_mut() {
            Some(line) if width(line, size) + width(word, size) < most => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.into()),
        }
    }
    balance(&mut lines);
    lines
}

/// A value that is kept to itself and falls on two lines is kept to itself on both.
fn balance(lines: &mut [String]) {
    let mut open = false;
    for line in lines {
        if open {
            line.insert(0, ISOLATE.0);
        }
        open = line.rfind(ISOLATE.0) > line.rfind(ISOLATE.1);
        if open {
            line.push(ISOLATE.1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    #[test]
    fn what_nobody_could_see_is_shown_and_what_markup_is_made_of_is_escaped() {
        assert_eq!(Xml("<b a='\"'>&\u{ffff}").to_string(), "&lt;b a=&#39;&quot;&#39;&gt;&amp;⟨ffff⟩");
    }

    #[test]
    fn lengths_are_written_to_a_tenth() {
        let written = |px| Px(px).to_string();
        assert_eq!(
            (written(1.0), written(-0.25), written(-0.01), written(12.34)),
            ("1".into(), "-0.3".into(), "0".into(), "12.3".into())
        );
    }

    #[test]
    fn lines_break_between_words_and_keep_them_all() {
        let lines = wrapped(&"word ".repeat(40), 200.0, 14.0);
        assert!(lines.len() > 1 && lines.iter().all(|line| width(line, 14.0) <= 200.0), "{lines:?}");
        assert_eq!(lines.join(" ").matches("word").count(), 40);
    }

    #[test]
    fn a_value_from_right_to_left_that_falls_on_two_lines_turns_neither() {
        let lines = wrapped("chosen: \u{2068}אב גד\u{2069} at 1.1", 60.0, 14.0);
        assert!(lines.len() > 1, "{lines:?}");
        for line in lines {
            assert_eq!(line.matches(ISOLATE.0).count(), line.matches(ISOLATE.1).count(), "{line:?}");
        }
    }
}
