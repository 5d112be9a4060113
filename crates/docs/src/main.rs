//! Builds the book: `quorum-docs BOOK OUT`.
//!
//! mdBook is used as a library, so nobody installs a tool. It is a crate of its own, so that nobody waits for it who only
//! wants to see the page.

use anyhow::{Context, Result};
use mdbook_driver::MDBook;
use std::path::PathBuf;

fn main() -> Result<()> {
    let mut arguments = std::env::args_os().skip(1).map(PathBuf::from);
    let (book, out) = arguments.next().zip(arguments.next()).context("it is quorum-docs BOOK OUT")?;
    let mut book = MDBook::load(&book).with_context(|| format!("{} is no book", book.display()))?;
    book.config.build.build_dir = out;
    book.build().context("the book does not build")
}
