//! Under the ring: which step it is, what is said of it, long enough to be read, and how far the animation has come.

use alloc::{format, string::String, vec::Vec};

use super::{CARD, Drawing, MARGIN};
use crate::axis::Axis;
use crate::excerpt::{Excerpt, Moment, Saying};
use crate::shapes::put;
use crate::words::{Px, Xml, wrapped};

/// What people read in a minute, in words.
const WORDS: f64 = 230.0;
/// The least time for a caption, in milliseconds.
const LEAST: f64 = 1000.0;
const LETTERS: f64 = 14.0;
/// From one line to the next.
const LINE: f64 = 20.0;
/// The first caption's height under the ring, where step and time are above it; and from its last line to the end.
const FIRST: f64 = 46.0;
const REST: f64 = 30.0;

/// How long the film is held at each caption: until it has been read, when the next one comes.
pub(super) fn holds(excerpt: &Excerpt, axis: &Axis) -> Vec<(Moment, f64)> {
    let next = |position: usize| excerpt.sayings.get(position + 1).map_or(excerpt.end, |next| next.since.at);
    let hold = |(position, Saying { since, says, .. }): (usize, &Saying)| {
        let moves = axis.at(next(position)) - axis.at(since.at);
        (*since, (reading_time(says) - moves).max(0.0))
    };
    excerpt.sayings.iter().enumerate().map(hold).collect()
}

/// How long a text takes to read, in milliseconds.
fn reading_time(text: &str) -> f64 {
    (text.split_whitespace().count() as f64 / WORDS * 60_000.0).max(LEAST)
}

impl Drawing<'_> {
    /// Where the ring ends.
    pub(super) fn under(&self) -> f64 {
        let lowest = self.excerpt.nodes.iter().map(|node| self.place(*node).1).fold(0.0, f64::max);
        lowest + CARD.1 / 2.0 + MARGIN + self.room_of_clients()
    }

    /// Draws it all, and says how high the picture is.
    pub(super) fn captions(&mut self) -> f64 {
        let (top, since, excerpt) = (self.under(), self.since(), self.excerpt);
        self.clock(top);
        let mut most = 1;
        for (position, saying) in excerpt.sayings.iter().enumerate() {
            let seen = self.keyframes.seen(since[position], since.get(position + 1).copied());
            put!(&mut self.body, "<g {seen}>");
            let lines = wrapped(&excerpt.value_styles.plain(&saying.says), self.width - 2.0 * MARGIN, LETTERS);
            most = most.max(lines.len());
            for (number, line) in lines.iter().enumerate() {
                let y = Px(top + FIRST + number as f64 * LINE);
                put!(&mut self.body, "<text class=\"c\" x=\"{}\" y=\"{y}\">{}</text>", Px(MARGIN), Xml(line));
            }
            self.body.push_str("</g>\n");
        }
        // As high as the longest needs, so that nothing moves when one is longer than the one before.
        let bottom = top + FIRST + (most - 1) as f64 * LINE + REST;
        self.bar(bottom - 14.0);
        bottom
    }

    /// When each caption is first seen, in milliseconds since the film began.
    fn since(&self) -> Vec<f64> {
        let since = |(position, saying): (usize, &Saying)| match position {
            // What was said before is there before anything moves.
            0 if saying.since == self.excerpt.moments[0] => 0.0,
            _ => self.wall(saying.since),
        };
        self.excerpt.sayings.iter().enumerate().map(since).collect()
    }

    /// What each line above the captions says, and since when: the steps of the caption under it, for as long as that is
    /// seen. Before the first caption it goes on step by step.
    fn clock_says(&self) -> Vec<(f64, String)> {
        let captions = self.since();
        let first = captions.first().copied().unwrap_or(f64::INFINITY);
        let mut turns: Vec<(f64, String)> = Vec::new();
        for moment in &self.excerpt.moments {
            let since = self.wall(*moment);
            if since >= first {
                break;
            }
            // Of steps at one time the last is seen.
            turns.pop_if(|(last, _)| *last >= since);
            turns.push((since, moment.says()));
        }
        turns.extend(captions.into_iter().zip(self.excerpt.sayings.iter().map(Saying::when)));
        turns
    }

    /// Which step it is, and when: a column of which one line is seen at a time.
    fn clock(&mut self, top: f64) {
        let turns = self.clock_says();
        let since: Vec<f64> = turns.iter().map(|(since, _)| *since).collect();
        let turning = self.keyframes.turning(&since, LINE);
        let (left, top) = (Px(MARGIN), Px(top + 3.0));
        put!(&mut self.body, "<svg x=\"{left}\" y=\"{top}\" width=\"300\" height=\"{LINE}\"><g {turning}>\n");
        for (number, (_, says)) in turns.iter().enumerate() {
            let y = Px(number as f64 * LINE + 14.5);
            put!(&mut self.body, "<text class=\"m\" y=\"{y}\">{says}</text>\n");
        }
        self.body.push_str("</g></svg>\n");
    }

    fn bar(&mut self, y: f64) {
        let [begin, .., end] = self.excerpt.moments[..] else { return };
        let (since, until) = (self.wall(begin), self.wall(end));
        let filling = self.keyframes.filling(since, until);
        let (left, top, wide) = (Px(MARGIN), Px(y), Px(self.width - 2.0 * MARGIN));
        let bar = format!("width=\"{wide}\" height=\"3\" fill=\"currentColor\"");
        put!(&mut self.body, "<g transform=\"translate({left} {top})\">");
        put!(&mut self.body, "<g class=\"l\"><rect {bar}/></g><g class=\"m\"><rect {filling} {bar}/></g></g>\n");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use quorum_core::json::{FromJson, Json};
    use quorum_core::paxos::NodeId;
    use quorum_core::run::{Annotation, History};
    use quorum_core::scenario::{LOG_SCENARIOS, Played, SCENARIOS, Scenario};
    use quorum_core::sim::{Action, Config};

    fn play(text: &str) -> Played {
        let json: Json = serde_json::from_str(text).unwrap();
        Scenario::from_json(&json, "scenario").unwrap().play().unwrap()
    }

    #[test]
    fn every_caption_is_seen_until_it_can_have_been_read() {
        for (name, text) in SCENARIOS.iter().chain(LOG_SCENARIOS) {
            let played = play(text);
            for notes in [&[][..], &played.notes] {
                let excerpt = Excerpt::of(&played.history, notes, 0, u64::MAX);
                let (drawing, length) = Drawing::new(&excerpt);
                let mut since = drawing.since();
                assert!(since.len() >= 3 && since.is_sorted(), "{name}");
                since.push(length);
                for (Saying { says, .. }, seen) in excerpt.sayings.iter().zip(since.windows(2)) {
                    let time = seen[1] - seen[0];
                    assert!(time >= reading_time(says) - 1e-6, "{name}: {time} ms for {says}");
                }
                // The longest is that of a server that is away for 1,000 slots.
                assert!(length < 600_000.0, "{name}: a film of {length} ms");
            }
        }
    }

    #[test]
    fn a_run_with_notes_says_them_at_their_moments_and_then_its_ideas() {
        for (name, text) in SCENARIOS.iter().chain(LOG_SCENARIOS) {
            let Played { history, notes, .. } = play(text);
            let said = |notes: &[Annotation], from, to| Excerpt::of(&history, notes, from, to).sayings;
            let told = |sayings: &[Saying]| {
                sayings.iter().map(|saying| (saying.since.step, saying.says.clone())).collect::<Vec<_>>()
            };
            let all: Vec<_> = notes.iter().map(|note| (note.step, note.says.clone())).collect();
            let [first, .., last] = &notes[..] else { panic!("{name} has notes") };
            assert_eq!(told(&said(&notes, 0, last.step)), all, "{name}");
            // Without the last note, what happened instead is told as an idea.
            let fewer = told(&said(&notes[..1], 0, u64::MAX));
            assert_eq!(fewer[0], all[0], "{name}");
            assert!(fewer[1..].iter().all(|(step, _)| *step > first.step) && fewer.len() > 1, "{name}");
            // A film that begins later begins with the note that is in force then.
            let late = told(&said(&notes, last.step + 1, last.step + 1));
            assert_eq!(late[0], (last.step, last.says.clone()), "{name}");
        }
    }

    #[test]
    fn what_follows_a_note_within_the_same_millisecond_is_seen_after_it() {
        let played = play(SCENARIOS[0].1);
        let note = Annotation { step: 0, says: "The run begins here.".into(), question: None };
        let excerpt = Excerpt::of(&played.history, &[note], 0, u64::MAX);
        let (drawing, _) = Drawing::new(&excerpt);
        let [begin, first, ..] = excerpt.moments[..] else { panic!("it has steps") };
        assert_eq!(begin.at, first.at);
        assert!(drawing.wall(first) >= drawing.wall(begin) + 1000.0);
    }

    #[test]
    fn beside_a_caption_are_its_own_steps_for_as_long_as_it_is_seen() {
        let node = |number| NodeId::new(number).unwrap();
        let mut history = History::new(Config { nodes: 5, ..Config::default() }).unwrap();
        history.apply(&Action::Propose { node: node(1), value: "blue".parse().unwrap() }).unwrap();
        for number in 3..=5 {
            history.apply(&Action::Crash { node: node(number) }).unwrap();
        }
        (0..40).for_each(|_| assert!(history.step().is_some()));
        let excerpt = Excerpt::of(&history, &[], 0, u64::MAX);
        let (drawing, _) = Drawing::new(&excerpt);
        let beside = |caption: &str| {
            let position = excerpt.sayings.iter().position(|saying| saying.says == caption).unwrap();
            let since = drawing.since();
            let until = since.get(position + 1).copied().unwrap_or(f64::INFINITY);
            let turns = drawing.clock_says();
            let seen = turns.iter().enumerate().filter(|(turn, (begin, _))| {
                *begin < until && turns.get(turn + 1).is_none_or(|(end, _)| *end > since[position])
            });
            seen.map(|(_, (_, says))| says.clone()).collect::<Vec<_>>()
        };
        assert_eq!(beside("Server 5 crashes."), ["Step 4 · 0 ms"]);
        for saying in &excerpt.sayings {
            assert_eq!(beside(&saying.says), [saying.when()], "{}", saying.says);
        }
    }
}
