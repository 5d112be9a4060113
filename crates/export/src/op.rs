//! What clients of a log ask for, as a picture writes it: as on the page (`web/lab/shared/operations.js`). Keys and values are
//! anybody's text, so they are spelled.

use alloc::{format, string::String};

use quorum_core::log::{Entry, Op, Output, Text};
use quorum_core::text::{short, told};

/// Most letters of a key or a value, where there is little room and where there is more.
const FEW: usize = 8;
const MANY: usize = 20;

fn shown(text: &Text, most: usize) -> String {
    told(&short(text.as_str(), most), most)
}

fn few(text: &Text) -> String {
    shown(text, FEW)
}

/// In as few letters as a cell has: `x=9`, `x?`, `x:1→2`.
pub(crate) fn brief(op: &Op) -> String {
    match op {
        Op::Put { key, value } => format!("{}={}", few(key), few(value)),
        Op::Get { key } => format!("{}?", few(key)),
        Op::Delete { key } => format!("{}=∅", few(key)),
        Op::Cas { key, from, to } => format!("{}:{}→{}", few(key), few(from), few(to)),
        // What is there, and then this: with a plus it would be read as a sum.
        Op::Append { key, value } => format!("{}»{}", few(key), few(value)),
    }
}

/// What a slot holds, in as few letters.
pub(crate) fn held(entry: &Entry) -> String {
    entry.command().map_or_else(|| "no-op".into(), |command| brief(&command.op))
}

/// As in the console: `put x 9`.
pub(crate) fn written(op: &Op) -> String {
    let mut line = String::from(op.name());
    for text in op.operands() {
        let word = shown(text, MANY);
        let is_word =
            !word.is_empty() && !text.as_str().contains(|letter: char| letter.is_whitespace() || letter == '"');
        line += &if is_word { format!(" {word}") } else { format!(" \"{word}\"") };
    }
    line
}

/// What a client was told.
pub(crate) fn told_as(output: &Output) -> String {
    match output {
        Output::Done => "ok".into(),
        Output::Value(Some(value)) => few(value),
        Output::Value(None) => "no value".into(),
        Output::Swapped(true) => "swapped".into(),
        Output::Swapped(false) => "not swapped".into(),
        Output::TooLong => "too long".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Text {
        Text::new(text).unwrap()
    }

    #[test]
    fn operations_read_as_on_the_page() {
        let (key, one, two) = (text("x"), text("1"), text("2"));
        let all = [
            (Op::Put { key: key.clone(), value: one.clone() }, "x=1", "put x 1"),
            (Op::Get { key: key.clone() }, "x?", "get x"),
            (Op::Delete { key: key.clone() }, "x=∅", "delete x"),
            (Op::Cas { key: key.clone(), from: one.clone(), to: two }, "x:1→2", "cas x 1 2"),
            (Op::Append { key, value: one }, "x»1", "append x 1"),
        ];
        for (op, few, many) in all {
            assert_eq!((brief(&op), written(&op)), (few.into(), many.into()));
        }
    }

    #[test]
    fn a_text_that_is_no_word_stands_in_quotation_marks_and_a_long_one_is_cut() {
        let put = |value: &str| Op::Put { key: text("k"), value: text(value) };
        assert_eq!(written(&put("two words")), "put k \"two words\"");
        assert_eq!(written(&put("")), "put k \"\"");
        assert_eq!(brief(&put("abcdefghijkl")), "k=abcdefg…");
    }
}
