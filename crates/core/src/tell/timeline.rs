//! The present and the courses around it, for whoever draws them.

use alloc::string::String;

use super::view::Slots;
use crate::json::{Flat, Json, Object};
use crate::run::{Branch, Ended, Fork, History, Mark, Pace};

impl History {
    /// Everything there is to draw, now: what is true of the world, and how many steps the branch has. By messages.
    #[must_use]
    pub fn view(&self) -> Json {
        self.view_by(&Pace::default())
    }

    /// [`History::view`], for somebody who watches by these beats.
    #[must_use]
    pub fn view_by(&self, pace: &Pace) -> Json {
        self.view_of(pace, None)
    }

    /// [`History::view_by`], with these slots of a log; if none are given, the latest ones.
    #[must_use]
    pub fn view_of(&self, pace: &Pace, slots: Option<Slots>) -> Json {
        let view = self.now().view_of(self.latest(), slots).set("next", self.next().map(Json::from).into());
        view.with("length", self.branch().length())
            .with("branch", self.branch().id())
            .with("marks", self.branch().marks().len() as u64)
            .with("ended", self.ended().map(Ended::as_str))
            .with("beat", self.beat(pace))
            .with("stuck", self.now().stuck())
            .into()
    }

    /// Writes where the present is and what comes next, as an object of seven fields: all that a player has to know at
    /// every step.
    pub fn position(&self, pace: &Pace, text: &mut String) {
        let mut position = Flat::new(text);
        position.number("step", self.now().steps());
        position.number("length", self.branch().length());
        position.number("branch", self.branch().id().into());
        position.number("at", self.now().schedule().now());
        let next = self.next_at();
        position.number_or_null("next", next);
        match if next.is_some() { None } else { self.ended() } {
            Some(ended) => position.text("ended", ended.as_str()),
            None => position.null("ended"),
        }
        position.bool("beat", self.ends_beat(pace, self.now().steps()));
        position.end();
    }

    /// Where the present is among all branches, and what there is to find in the current one.
    #[must_use]
    pub fn timeline(&self) -> Json {
        let branches: Json = self.branches().iter().map(branch).collect();
        let marks: Json = self.branch().marks().iter().map(mark).collect();
        Object::new()
            .with("step", self.now().steps())
            .with("length", self.branch().length())
            .with("branch", self.branch().id())
            .with("branches", branches)
            .with("marks", marks)
            .into()
    }
}

fn branch(branch: &Branch) -> Object {
    let from = |Fork { branch, step }| Object::new().with("branch", branch).with("step", step);
    Object::new()
        .with("id", branch.id())
        .with("name", branch.name())
        .with("from", branch.left().map(from))
        .with("length", branch.length())
        .with("digest", branch.digest())
}

fn mark((step, mark): &(u64, Mark)) -> Object {
    Object::new().with("step", *step).with("mark", mark.as_str())
}
