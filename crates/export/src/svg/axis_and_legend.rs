//! What a diagram needs besides what happened: a title, times, and a legend.

use alloc::{format, vec::Vec};

use super::lanes::APPLIED;
use super::{Drawing, LEFT, LETTERS, shown, title};
use crate::excerpt::Excerpt;
use crate::shapes::{class, glyph, is_quiet, kind_of, put, shape, star};
use crate::words::{Px, width};
use quorum_core::log::MessageKind;
use quorum_core::paxos::Ballot;
use quorum_core::sim::Time;

/// Times are at least so far apart.
const APART: f64 = 64.0;
/// Room on each side, and between two things of the legend.
const MARGIN: f64 = 14.0;
const BETWEEN: f64 = 22.0;

impl Drawing<'_> {
    /// Draws it, and says how high the picture is.
    pub(super) fn axis_and_legend(&mut self) -> f64 {
        let says = title(self.excerpt);
        self.text((MARGIN, 26.0), "b", &says);
        let bottom = self.last_lane() + 34.0;
        self.times(bottom);
        self.legend(bottom + 58.0) + 24.0
    }

    /// The axis: a time where one fits, and where waiting is drawn short, how long it was.
    fn times(&mut self, y: f64) {
        let (left, right, top) = (Px(LEFT - 10.0), Px(LEFT + self.axis.length() + 12.0), Px(y));
        put!(&mut self.lines, "<path class=\"e\" stroke=\"currentColor\" d=\"M{left} {top}H{right}\"/>\n");
        let waits = self.axis.waits().to_vec();
        let mut taken: Vec<f64> = Vec::new();
        for (since, until) in waits {
            let middle = f64::midpoint(self.x(since), self.x(until));
            let x = Px(middle);
            put!(&mut self.marks, "<path class=\"bg\" d=\"M{x} {top}m-7-5h14v10h-14z\"/>");
            put!(
                &mut self.marks,
                "<path class=\"m\" fill=\"none\" stroke=\"currentColor\" d=\"M{x} {top}m-8 5 6-10m4 10 6-10\"/>\n"
            );
            self.time(middle, y, &format!("{} ms pass", until - since));
            taken.push(middle);
        }
        for time in self.ticks() {
            let x = self.x(time);
            if taken.iter().any(|other| libm::fabs(other - x) < APART) {
                continue;
            }
            let (left, top, foot) = (Px(x), Px(self.top - 20.0), Px(y + 4.0));
            put!(&mut self.lines, "<path class=\"l\" stroke=\"currentColor\" d=\"M{left} {top}V{foot}\"/>\n");
            self.time(x, y, &format!("{time} ms"));
            taken.push(x);
        }
    }

    /// Words under the axis, their middle here.
    fn time(&mut self, x: f64, y: f64, says: &str) {
        self.text((x - width(says, LETTERS) / 2.0, y + 17.0), "m", says);
    }

    /// Round times, none of them within a wait.
    fn ticks(&self) -> Vec<Time> {
        let step = self.step();
        let mut ticks = Vec::new();
        let mut time = self.excerpt.start.next_multiple_of(step);
        while time <= self.excerpt.end {
            let within = self.axis.waits().iter().find(|(since, until)| (*since..*until).contains(&time));
            match within {
                Some((_, until)) => time = until.next_multiple_of(step),
                None => {
                    ticks.push(time);
                    time += step;
                }
            }
        }
        ticks
    }

    /// Milliseconds from one time to the next: 1, 2 or 5 of some power of ten.
    fn step(&self) -> Time {
        let waited: Time = self.axis.waits().iter().map(|(since, until)| until - since).sum();
        let drawn = (self.excerpt.end - self.excerpt.start).saturating_sub(waited).max(1);
        let scale = self.axis.length() / drawn as f64;
        let round = |power: u32| [1, 2, 5].map(|digit| digit * 10_u64.pow(power));
        (0..12).flat_map(round).find(|step| *step as f64 * scale >= APART).unwrap_or(Time::MAX)
    }

    /// What the shapes mean, in rows of what fits. Says where it ends.
    fn legend(&mut self, top: f64) -> f64 {
        let (mut x, mut y) = (MARGIN, top);
        let mut next = |says: &str, width_of: f64, limit: f64| {
            let wide = 18.0 + width_of + width(says, LETTERS);
            if x + wide > limit && x > MARGIN {
                (x, y) = (MARGIN, y + 22.0);
            }
            let at = (x + 7.0, y);
            x += wide + BETWEEN;
            at
        };
        let limit = self.width - MARGIN;
        for kind in self.kinds() {
            let (x, y) = next(kind.as_str(), 0.0, limit);
            put!(&mut self.marks, "<g class=\"m\" transform=\"translate({} {})\">", Px(x), Px(y));
            if is_quiet(kind) {
                self.marks.push_str("<path stroke=\"currentColor\" stroke-width=\".8\" d=\"M-8 3 8-3\"/>");
            } else {
                shape(&mut self.marks, kind);
            }
            self.marks.push_str("</g>");
            self.text((x + 11.0, y), "m", kind.as_str());
        }
        for (says, path) in [
            ("lost", "m-9 0h9m-4-4 8 8m0-8-8 8"),
            ("held", "m-5-5v10m4-10v10m4-5h5"),
            ("written, durable", "m-9-3h10v6h-10zm10 0h6v6h-6zm0 1h6m-6 2h6m-6 2h6"),
        ] {
            let (x, y) = next(says, 4.0, limit);
            let (left, top) = (Px(x), Px(y));
            put!(
                &mut self.marks,
                "<path class=\"m\" fill=\"none\" stroke=\"currentColor\" stroke-width=\"1.6\" d=\"M{left} {top}{path}\"/>"
            );
            self.text((x + 13.0, y), "m", says);
        }
        let (x, y) = next("chosen, by the ringed", 0.0, limit);
        self.marks.push_str("<g class=\"m\">");
        star(&mut self.marks, (x, y));
        self.marks.push_str("</g>");
        self.text((x + 11.0, y), "m", "chosen, by the ringed");
        if self.excerpt.is_log() {
            let (x, y) = next("applied", 0.0, limit);
            let (left, top) = (Px(x), Px(y));
            put!(&mut self.marks, "<path class=\"m\" fill=\"currentColor\" d=\"M{left} {top}{APPLIED}\"/>");
            self.text((x + 9.0, y), "m", "applied");
        }
        let values: Vec<_> = self.excerpt.value_styles.all().take(7).cloned().collect();
        for value in values {
            let (look, says) = (self.excerpt.value_styles.of(&value), shown(value.as_str()));
            let (x, y) = next(&says, 0.0, limit);
            put!(&mut self.marks, "<g class=\"{}\">", class(look));
            glyph(&mut self.marks, look, (x, y), 11.0);
            self.text((x + 10.0, y), "b", &says);
            self.marks.push_str("</g>\n");
        }
        for ballot in self.ballots() {
            let says = format!("ballot {}", self.excerpt.ballot(ballot));
            let (x, y) = next(&says, 0.0, limit);
            let (left, top) = (Px(x - 6.0), Px(y));
            put!(&mut self.marks, "<g class=\"{}\">", self.excerpt.ballot_styles.class(ballot));
            put!(&mut self.marks, "<path stroke=\"currentColor\" stroke-width=\"4\" d=\"M{left} {top}h13\"/>");
            self.text((x + 12.0, y), "b", &says);
            self.marks.push_str("</g>\n");
        }
        y
    }

    /// The kinds of messages that are explained: all five of single-decree Paxos; in a log, those that are seen.
    fn kinds(&self) -> Vec<MessageKind> {
        use MessageKind::{Accept, Accepted, Answer, Fetch, Fetched, Heartbeat, Nack, Prepare, Promise, Request};
        if !self.excerpt.is_log() {
            return [Prepare, Promise, Accept, Accepted, Nack].into();
        }
        let seen = |kind: &MessageKind| self.excerpt.paths.iter().any(|path| kind_of(path.message()) == *kind);
        let all = [Request, Prepare, Promise, Accept, Accepted, Nack, Answer, Fetch, Fetched, Heartbeat];
        all.into_iter().filter(seen).collect()
    }

    /// The ballots that are explained: those of messages, and those that servers lead with.
    fn ballots(&self) -> Vec<Ballot> {
        let excerpt = self.excerpt;
        let said =
            |ballot: &Ballot| excerpt.paths.iter().any(|path| Excerpt::ballot_of(path.message()) == Some(*ballot));
        excerpt.ballot_styles.all().filter(said).collect()
    }
}
