//! `docs`: the book, with labs in its pages.
//!
//! The pages are in docs/. Beside them in the book stands the packaged site, as `lab/`: a figure in a page is the very
//! element that is published.

use crate::command::{own_program, run};
use crate::{build, mirror, project};
use anyhow::Result;
use std::path::PathBuf;

/// Builds the book into target/docs and returns where that is. Its labs are those of dist/, which is built first.
///
/// # Errors
/// When the site or the book does not build.
pub(crate) fn docs() -> Result<()> {
    build::build()?;
    let book = build()?;
    println!("The book is in {}", book.display());
    Ok(())
}

/// Builds the book around the site that is in dist/ already.
///
/// # Errors
/// When the book does not build, or there is no site.
pub(crate) fn build() -> Result<PathBuf> {
    let book = project::book();
    run(own_program("quorum-docs")?.arg(project::docs()).arg(&book))?;
    mirror::mirror(&project::dist(), &book.join("lab"), mirror::everything)?;
    Ok(book)
}
