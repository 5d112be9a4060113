//! The present and the courses around it, for whoever draws them.

use crate::json::{Json, Object};
use crate::run::{Branch, Fork, History, Mark};

impl History {
    /// Everything there is to draw, now: what is true of the world, and how many steps the branch has.
    #[must_use]
    pub fn view(&self) -> Json {
        let view = self.now().view(self.latest()).set("next", self.next().map(Json::from).into());
        view.with("length", self.branch().length())
            .with("branch", self.branch().id())
            .with("marks", self.branch().marks().len() as u64)
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
