//! Key frames. Every animation spans the whole film, so that all loop together.

use alloc::{format, string::String, vec::Vec};

use crate::shapes::put;
use crate::words::Px;

/// The time it takes to appear or to be gone, in milliseconds: none that anybody sees.
const BLINK: f64 = 1.0;

/// The style sheet of the animation.
pub(super) struct Keyframes {
    /// What its animations' names begin with: names count in the whole page that a picture is part of.
    name: String,
    /// In milliseconds.
    length: f64,
    frames: String,
    /// What was asked for, and how many there are: the same is not made twice.
    known: Vec<((f64, Option<f64>), usize)>,
    count: usize,
}

impl Keyframes {
    pub(super) fn new(name: &str, length: f64) -> Self {
        Self { name: name.into(), length, frames: String::new(), known: Vec::new(), count: 0 }
    }

    /// A moment as a part of the animation, to a thousandth of a percent.
    fn percent(&self, at: f64) -> String {
        let thousandths = libm::round(at.clamp(0.0, self.length) / self.length * 100_000.0) as u64;
        format!("{}.{:03}%", thousandths / 1000, thousandths % 1000)
    }

    fn next(&mut self) -> usize {
        self.count += 1;
        put!(&mut self.frames, "\n@keyframes {}{}{{", self.name, self.count);
        self.count
    }

    /// The attributes of something that is seen from one moment to another, or to the end of the animation. Without
    /// animations, only the last is seen.
    pub(super) fn seen(&mut self, since: f64, until: Option<f64>) -> String {
        let opacity = if until.is_none() { 1 } else { 0 };
        if since <= 0.0 && until.is_none() {
            return String::new();
        }
        let known = self.known.iter().find(|(asked, _)| *asked == (since, until)).map(|(_, number)| *number);
        let number = known.unwrap_or_else(|| {
            let number = self.next();
            let (begin, end) = (self.percent(since), self.percent(until.unwrap_or(self.length)));
            let first = if since <= 0.0 { 1 } else { 0 };
            put!(&mut self.frames, "0%{{opacity:{first}}}{begin}{{opacity:1}}");
            match until {
                Some(_) => put!(&mut self.frames, "{end},100%{{opacity:0}}}}"),
                None => self.frames.push_str("100%{opacity:1}}"),
            }
            self.known.push(((since, until), number));
            number
        });
        format!("opacity=\"{opacity}\" style=\"animation-name:{}{number}\" class=\"a j\"", self.name)
    }

    /// The attributes of something that moves from point to point, each with its moment, and is seen only then; if it
    /// `stays`, also afterwards.
    pub(super) fn moving(&mut self, way: &[(f64, (f64, f64))], stays: bool) -> String {
        let number = self.next();
        let place = |(x, y): (f64, f64)| format!("transform:translate({}px,{}px)", Px(x), Px(y));
        let (Some((begin, from)), Some((end, to))) = (way.first(), way.last()) else { return String::new() };
        let hidden = self.percent(begin - BLINK);
        put!(&mut self.frames, "0%,{hidden}{{opacity:0;{}}}", place(*from));
        for (at, point) in way {
            let at = self.percent(*at);
            put!(&mut self.frames, "{at}{{opacity:1;{}}}", place(*point));
        }
        let (gone, after) = (self.percent(end + BLINK), u8::from(stays));
        put!(&mut self.frames, "{gone},100%{{opacity:{after};{}}}}}", place(*to));
        let (x, y) = (Px(to.0), Px(to.1));
        let name = &self.name;
        format!(
            "transform=\"translate({x} {y})\" opacity=\"{after}\" style=\"animation-name:{name}{number}\" class=\"a\""
        )
    }

    /// A column of lines, each so high, of which the one at the top changes at these moments; the last is the one that
    /// stays.
    pub(super) fn turning(&mut self, moments: &[f64], height: f64) -> String {
        let number = self.next();
        let mut up = 0.0;
        for (position, at) in moments.iter().enumerate() {
            up = -height * position as f64;
            let at = if position == 0 { "0%".into() } else { self.percent(*at) };
            put!(&mut self.frames, "{at}{{transform:translate(0,{}px)}}", Px(up));
        }
        let last = Px(up);
        put!(&mut self.frames, "100%{{transform:translate(0,{last}px)}}}}");
        format!("transform=\"translate(0 {last})\" style=\"animation-name:{}{number}\" class=\"a j\"", self.name)
    }

    /// A bar that fills while the animation goes on, this wide.
    pub(super) fn filling(&mut self, since: f64, until: f64) -> String {
        let number = self.next();
        let (begin, end) = (self.percent(since), self.percent(until));
        put!(&mut self.frames, "0%,{begin}{{transform:scaleX(0)}}{end},100%{{transform:scaleX(1)}}}}");
        format!("style=\"animation-name:{}{number}\" class=\"a\"", self.name)
    }

    /// Everything asked for, as a style sheet.
    pub(super) fn style(&self) -> String {
        let seconds = libm::round(self.length) / 1000.0;
        format!(
            ".q .a{{animation:{seconds}s linear infinite}}.q .j{{animation-timing-function:step-end}}\
             \n@media (prefers-reduced-motion:reduce){{.q .a{{animation:none}}}}\
             \n@media print{{.q .a{{animation:none}}}}{}\n",
            self.frames
        )
    }
}
