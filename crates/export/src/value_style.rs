//! What a value looks like: one colour and one glyph, the same in every picture, and as on the page
//! (`web/lab/shared/values.js`), so that it can be followed without reading, and without telling colours apart.

use alloc::{string::String, vec::Vec};

use quorum_core::paxos::Value;
use quorum_core::run::History;
use quorum_core::sim::Action;
use quorum_core::text::plain;

/// Glyphs in a box of 10 by 10; none looks like a message (triangle, square, cross) or like a mark on the line of time (star,
/// crossed card).
pub(crate) const GLYPHS: [&str; 7] = [
    "M5 0 10 5 5 10 0 5Z",
    "M5 .4a4.6 4.6 0 1 0 0 9.2a4.6 4.6 0 1 0 0-9.2Z",
    "M5 0C5.9 2.3 9 4 9 6.3a4 3.7 0 0 1-8 0C1 4 4.1 2.3 5 0Z",
    "M2.5 .7h5L10 5 7.5 9.3h-5L0 5Z",
    "M3.4 0h3.2v3.4H10v3.2H6.6V10H3.4V6.6H0V3.4H3.4Z",
    "M5 9.6C-1 5 0 .8 2.7 .8 4 .8 4.7 1.6 5 2.4 5.3 1.6 6 .8 7.3 .8 10 .8 11 5 5 9.6Z",
    "M7 .4A4.7 4.7 0 1 0 9.6 7 4.2 4.2 0 0 1 7 .4Z",
];

/// Okabe and Ito's palette, made dark enough to read as text on white, and light enough on black.
pub(crate) const COLOURS: [(&str, &str); 7] = [
    ("#bf4300", "#ff9057"),
    ("#0068a8", "#5cb8f0"),
    ("#00764f", "#2fc79a"),
    ("#8a5c00", "#f0b429"),
    ("#a13a77", "#e79bc3"),
    ("#6b6300", "#f0e442"),
    ("#2a6f80", "#9ad9ec"),
];

/// A value that names a colour should look like it: reading "red" in blue is hard (Stroop, 1935).
const NAMED: [&[&str]; 7] = [
    &["red", "vermillion", "scarlet"],
    &["blue", "navy"],
    &["green", "teal"],
    &["orange", "amber"],
    &["purple", "pink", "violet"],
    &["yellow", "gold"],
    &["sky", "cyan", "azure"],
];

/// A colour and a glyph, as positions in [`COLOURS`] and [`GLYPHS`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ValueStyle {
    pub(crate) colour: usize,
    pub(crate) glyph: usize,
}

/// The styles of the values of a run, handed out in the order in which they are first met.
#[derive(Default)]
pub(crate) struct ValueStyles(Vec<(Value, usize)>);

impl ValueStyles {
    /// Values look the same in every excerpt of a run: they are met in the order in which clients asked for them, and
    /// no value comes from anybody else.
    pub(crate) fn met_in(history: &History) -> Self {
        let mut styles = Self::default();
        let interventions = history.branch().interventions().iter();
        styles.meet(interventions.filter_map(|intervention| match &intervention.action {
            Action::Propose { value, .. } => Some(value),
            _ => None,
        }));
        styles
    }

    /// A sentence in which the values it names are spelled so that they can be seen.
    pub(crate) fn plain(&self, sentence: &str) -> String {
        plain(sentence, self.all().map(Value::as_str))
    }

    /// Meets values in this order.
    pub(crate) fn meet<'a>(&mut self, values: impl IntoIterator<Item = &'a Value>) {
        for value in values {
            if !self.all().any(|known| known == value) {
                let look = self.free(value);
                self.0.push((value.clone(), look));
            }
        }
    }

    fn free(&self, value: &Value) -> usize {
        let is_free = |look: &usize| !self.0.iter().any(|(_, taken)| taken == look);
        let word = value.as_str().to_lowercase();
        let named = NAMED.iter().position(|names| names.contains(&word.as_str()));
        named.filter(is_free).or_else(|| (0..).find(is_free)).unwrap_or_default()
    }

    /// What a value looks like. Every value of the run has been met.
    pub(crate) fn of(&self, value: &Value) -> ValueStyle {
        let look = self.0.iter().find(|(known, _)| known == value).map_or(0, |(_, look)| *look);
        ValueStyle { colour: look % 7, glyph: (look + look / 7) % 7 }
    }

    /// The values, in the order they were met.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Value> {
        self.0.iter().map(|(value, _)| value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::{collections::BTreeSet, format};

    #[test]
    fn a_colour_has_its_own_colour_and_no_two_of_many_values_look_alike() {
        let values: Vec<Value> = (0..47).map(|number| format!("value {number}").parse().unwrap()).collect();
        let mut value_styles = ValueStyles::default();
        value_styles.meet(["blue".parse().unwrap(), "RED".parse().unwrap()].iter().chain(&values));
        assert_eq!(value_styles.of(&"blue".parse().unwrap()), ValueStyle { colour: 1, glyph: 1 });
        assert_eq!(value_styles.of(&"RED".parse().unwrap()), ValueStyle { colour: 0, glyph: 0 });
        let seen: BTreeSet<_> =
            value_styles.all().map(|value| (value_styles.of(value).colour, value_styles.of(value).glyph)).collect();
        assert_eq!(seen.len(), 49, "seven colours by seven glyphs");
    }
}
