//! Flat objects as text at once, for what is handed over at every step: a tree of each would cost more than the step.

use alloc::string::String;

/// An object on its way into a text. Its fields are numbers and texts.
#[derive(Debug)]
pub struct Flat<'a> {
    text: &'a mut String,
    /// What stands before the next field.
    before: char,
}

impl<'a> Flat<'a> {
    /// An object without fields.
    pub const fn new(text: &'a mut String) -> Self {
        Self { text, before: '{' }
    }

    fn name(&mut self, name: &str) {
        self.text.push(self.before);
        self.before = ',';
        self.text.push('"');
        self.text.push_str(name);
        self.text.push_str("\":");
    }

    /// A whole number of at most 2⁵³, which is where those of JavaScript end.
    pub fn number(&mut self, name: &str, number: u64) {
        self.name(name);
        digits(number, self.text);
    }

    /// A number, or `null`.
    pub fn number_or_null(&mut self, name: &str, number: Option<u64>) {
        match number {
            Some(number) => self.number(name, number),
            None => self.null(name),
        }
    }

    /// A text.
    pub fn text(&mut self, name: &str, text: &str) {
        self.name(name);
        quote(text, self.text);
    }

    /// `true` or `false`.
    pub fn bool(&mut self, name: &str, is_so: bool) {
        self.name(name);
        self.text.push_str(if is_so { "true" } else { "false" });
    }

    /// `null`.
    pub fn null(&mut self, name: &str) {
        self.name(name);
        self.text.push_str("null");
    }

    /// It has at least one field, and all of them.
    pub fn end(self) {
        self.text.push('}');
    }
}

/// A whole number in decimal.
pub fn digits(number: u64, to: &mut String) {
    let mut digits = [0; 20];
    let (mut rest, mut first) = (number, digits.len());
    loop {
        first -= 1;
        digits[first] = b'0' + (rest % 10) as u8;
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    for digit in &digits[first..] {
        to.push(*digit as char);
    }
}

/// A text in quotation marks. RFC 8259, §7: the quotation mark, the backslash and the control characters must be escaped;
/// all else may stand.
pub fn quote(text: &str, to: &mut String) {
    to.push('"');
    let mut plain = 0;
    for (position, byte) in text.bytes().enumerate() {
        if byte != b'"' && byte != b'\\' && byte >= b' ' {
            continue;
        }
        to.push_str(text.get(plain..position).unwrap_or_default());
        plain = position + 1;
        if byte < b' ' {
            to.push_str("\\u00");
            to.push(if byte < 16 { '0' } else { '1' });
            to.push(char::from_digit(u32::from(byte % 16), 16).unwrap_or('0'));
        } else {
            to.push('\\');
            to.push(byte as char);
        }
    }
    to.push_str(text.get(plain..).unwrap_or_default());
    to.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_back_as_what_it_was() {
        let every_letter_once: String = ('\0'..='\u{2fff}').chain("\u{fffd}\u{1f600}\"\\".chars()).collect();
        for number in [0, 7, 10, 99, 100, 4_294_967_296, (1 << 53) - 1] {
            let mut text = String::new();
            let mut flat = Flat::new(&mut text);
            flat.number("number", number);
            flat.text("text", &every_letter_once);
            flat.number_or_null("none", None);
            flat.number_or_null("some", Some(number));
            flat.end();
            let read: serde_json::Value = serde_json::from_str(&text).unwrap();
            let expected = serde_json::json!({
                "number": number, "text": every_letter_once, "none": null, "some": number,
            });
            assert_eq!(read, expected);
        }
        let mut largest = String::new();
        digits(u64::MAX, &mut largest);
        assert_eq!(largest, "18446744073709551615");
    }
}
