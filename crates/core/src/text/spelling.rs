//! How text from outside is written, so that a person sees all of it.
//!
//! A value may be any text: two blanks, a bell, a word that runs from right to left. What could not be seen is spelled
//! out, and what runs the other way is kept to itself, or it would turn the words around it. The page does the same
//! (`web/lab/shared/spelling.js`). Whatever a person reads goes through here, in pictures, diagrams, logs and on a
//! terminal; what a machine reads back does not.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::Write;

/// Begins and ends a stretch of text whose direction is its own.
pub const ISOLATE: (char, char) = ('\u{2068}', '\u{2069}');

/// Text a person can see, on one line: controls become their pictures (␀ … ␡), what changes the direction of text or
/// is no character at all becomes its number.
///
/// A terminal obeys control characters, so every text from outside goes through here before it is printed.
#[must_use]
pub fn visible(text: &str) -> String {
    let mut seen = String::new();
    text.chars().for_each(|letter| see(letter, &mut seen));
    seen
}

/// Adds a letter as a person can see it: see [`visible`].
pub fn see(letter: char, to: &mut String) {
    let code = letter as u32;
    match letter {
        '\0'..='\u{1f}' => to.extend(char::from_u32(0x2400 + code)),
        '\u{7f}' => to.push('␡'),
        '\u{80}'..='\u{9f}'
        | '\u{61c}'
        | '\u{200b}'
        | '\u{200e}'
        | '\u{200f}'
        | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{feff}'
        | '\u{fffe}'
        | '\u{ffff}' => number(letter, to),
        _ => to.push(letter),
    }
}

fn number(letter: char, to: &mut String) {
    let _ = write!(to, "⟨{:x}⟩", letter as u32);
}

/// A value a person can see: blanks too, where they would be lost: at an end, several in a row, or other ones than that
/// of the keyboard.
#[must_use]
pub fn spelled(value: &str) -> String {
    let seen = visible(value);
    let mut spelled = String::new();
    let mut rest = seen.as_str();
    while let Some(letter) = rest.chars().next() {
        let after = rest.trim_start_matches(' ');
        let blanks = rest.len() - after.len();
        match letter {
            ' ' => {
                let lost = blanks > 1 || spelled.is_empty() || after.is_empty();
                spelled.extend(core::iter::repeat_n(if lost { '␣' } else { ' ' }, blanks));
                rest = after;
                continue;
            }
            '\u{a0}' | '\u{1680}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}' => {
                number(letter, &mut spelled);
            }
            _ => spelled.push(letter),
        }
        rest = &rest[letter.len_utf8()..];
    }
    spelled
}

/// Whether any of it runs from right to left: Hebrew, Arabic and the scripts beside them.
fn runs_left(text: &str) -> bool {
    text.chars().any(|letter| {
        matches!(letter,
            '\u{590}'..='\u{8ff}'
            | '\u{fb1d}'..='\u{fdff}'
            | '\u{fe70}'..='\u{fefc}'
            | '\u{10800}'..='\u{10fff}'
            | '\u{1e800}'..='\u{1efff}')
    })
}

/// A value as it stands among other words, at most so many letters of it: spelled, and kept to itself if it runs from
/// right to left.
#[must_use]
pub fn told(value: &str, letters: usize) -> String {
    let text = super::short(&spelled(value), letters);
    if !runs_left(&text) {
        return text;
    }
    let (begin, end) = ISOLATE;
    text!(begin.encode_utf8(&mut [0; 4]) as &str, text, end.encode_utf8(&mut [0; 4]) as &str)
}

/// A sentence a person can see: the values it names are [`told`] where they would be hard to see, and all else is made
/// [`visible`].
#[must_use]
pub fn plain<'a>(sentence: &str, values: impl IntoIterator<Item = &'a str>) -> String {
    let hard = |value: &&str| !value.is_empty() && told(value, usize::MAX) != *value;
    let mut hard: Vec<&str> = values.into_iter().filter(hard).collect();
    // The longest come first: one may be in another.
    hard.sort_by_key(|value| core::cmp::Reverse(value.len()));
    let mut text = String::new();
    tell(sentence, &hard, &mut text);
    text
}

fn tell(sentence: &str, values: &[&str], to: &mut String) {
    let Some((value, others)) = values.split_first() else {
        *to += &visible(sentence);
        return;
    };
    for (position, part) in around(sentence, value).into_iter().enumerate() {
        if position > 0 {
            *to += &told(value, usize::MAX);
        }
        tell(part, others, to);
    }
}

/// What stands around a value where a sentence names it as a word of its own: all of the sentence, if it does not.
fn around<'a>(sentence: &'a str, value: &str) -> Vec<&'a str> {
    let blank = |letter: char| letter.is_whitespace() || letter == '\u{feff}';
    let before = |letter: char| blank(letter) || "“‘\"(".contains(letter);
    let after = |letter: char| blank(letter) || "”’\").,:;?!".contains(letter);
    let (mut parts, mut from, mut at) = (Vec::new(), 0, 0);
    while let Some(found) = sentence[at..].find(value) {
        let (begin, end) = (at + found, at + found + value.len());
        let stands = sentence[..begin].chars().next_back().is_none_or(before)
            && sentence[end..].chars().next().is_none_or(after);
        if stands {
            parts.push(&sentence[from..begin]);
            from = end;
        }
        let first = value.chars().next().map_or(1, char::len_utf8);
        at = if stands { end } else { begin + first };
    }
    parts.push(&sentence[from..]);
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_that_nobody_could_see_is_shown() {
        assert_eq!(visible("a\nb\u{0}\u{202e}c"), "a␊b␀⟨202e⟩c");
        assert_eq!(visible("\u{1b}[2K\u{9b}1m\u{7f}é漢"), "␛[2K⟨9b⟩1m␡é漢");
    }

    #[test]
    fn blanks_are_spelled_where_they_would_be_lost() {
        let all =
            [("  ", "␣␣"), (" a b ", "␣a b␣"), ("a  b", "a␣␣b"), ("a\u{a0}b\u{3000}", "a⟨a0⟩b⟨3000⟩"), ("red", "red")];
        for (value, seen) in all {
            assert_eq!(spelled(value), seen);
        }
        assert_eq!(spelled("\t \n"), "␉ ␊", "a blank between two that are seen is seen");
    }

    #[test]
    fn what_runs_from_right_to_left_is_kept_to_itself_also_when_it_is_cut() {
        assert_eq!(told("שלום", 9), "\u{2068}שלום\u{2069}");
        assert_eq!(told("שלום", 3), "\u{2068}של…\u{2069}");
        assert_eq!((told("blue", 9), told("\u{2067}x", 9)), ("blue".into(), "⟨2067⟩x".into()));
    }

    #[test]
    fn a_sentence_spells_the_values_it_names_and_leaves_its_own_blanks() {
        let plain = |sentence: &str| plain(sentence, ["  ", "red", "a  b", "\n", "עברית"]);
        assert_eq!(plain("Server 1 asks for   ."), "Server 1 asks for ␣␣.");
        assert_eq!(plain("Server 1 votes for a  b at 1.1."), "Server 1 votes for a␣␣b at 1.1.");
        assert_eq!(plain("It asks for red, then for \n."), "It asks for red, then for ␊.");
        assert_eq!(plain("עברית is chosen\u{7}."), "\u{2068}עברית\u{2069} is chosen␇.");
    }
}
