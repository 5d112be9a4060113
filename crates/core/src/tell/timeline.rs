//! The present and the courses around it, for whoever draws them.

use crate::json::{Json, Object};
use crate::run::{Branch, Ended, Fork, History, Mark};

impl History {
    /// Everything there is to draw, now: what is true of the world, and how many steps the branch has.
    #[must_use]
    pub fn view(&self) -> Json {
        let view = self.now().view(self.latest()).set("next", self.next().map(Json::from).into());
        view.with("length", self.branch().length())
            .with("branch", self.branch().id())
            .with("marks", self.branch().marks().len() as u64)
            .with("ended", self.ended().map(Ended::as_str))
            .into()
    }

    /// Where the present is, and what comes next, in five numbers: all that whoever drives a run has to know at every step.
    #[must_use]
    pub fn position(&self) -> Json {
        let ended = self.ended().map(Ended::as_str);
        Object::new()
            .with("step", self.now().steps())
            .with("length", self.branch().length())
            .with("branch", self.branch().id())
            .with("at", self.now().schedule().now())
            .with("next", self.next_at())
            .with("ended", ended)
            .into()
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
