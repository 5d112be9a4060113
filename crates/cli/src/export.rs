use crate::command::Outcome;
use crate::{files, output};
use anyhow::Result;
use clap::Args;
use quorum_core::run::Format;
use std::path::PathBuf;
/// The arguments of `export`.
#[derive(Args)]
pub(crate) struct Export {
    #[arg(long, value_name = "NAME", conflicts_with = "file", required_unless_present = "file")]
    scenario: Option<String>,
    file: Option<PathBuf>,
    #[arg(long)]
    format: String,
    #[arg(long, default_value_t = 0)]
    from: u64,
    #[arg(long, default_value_t = u64::MAX)]
    to: u64,
}
impl Export {
    pub(crate) fn execute(&self, _: bool) -> Result<Outcome> {
        let s = match (&self.scenario, &self.file) {
            (Some(name), _) => files::play(files::shipped(name)?)?,
            (None, Some(path)) => files::open(path, None)?,
            (None, None) => unreachable!("one of them is required"),
        };
        let f = Format::ALL.into_iter().find(|f| f.word() == self.format).unwrap();
        output::print(&s.played.history.export(f, self.from, self.to))?;
        Ok(Outcome::Held)
    }
}
