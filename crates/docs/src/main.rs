//! Builds the book: `quorum-docs BOOK OUT`.
//!
//! mdBook is used as a library, so nobody installs a tool. It is a crate of its own, so that nobody waits for it who only
//! wants to see the page.

use anyhow::{Context, Result, ensure};
use mdbook_driver::MDBook;
use mdbook_driver::book::BookItem;
use std::fs;
use std::path::{Path, PathBuf};

fn main() -> Result<()> {
    let mut arguments = std::env::args_os().skip(1).map(PathBuf::from);
    let (book, out) = arguments.next().zip(arguments.next()).context("it is quorum-docs BOOK OUT")?;
    let mut loaded = MDBook::load(&book).with_context(|| format!("{} is no book", book.display()))?;
    pages_are_listed(&book, &loaded)?;
    loaded.config.build.build_dir = out;
    loaded.build().context("the book does not build")
}

/// Every page has a line in the summary: mdBook leaves out a page that has none, without a word.
fn pages_are_listed(book: &Path, loaded: &MDBook) -> Result<()> {
    let chapters = loaded.iter().filter_map(|item| match item {
        BookItem::Chapter(chapter) => chapter.source_path.as_ref(),
        _ => None,
    });
    let listed: Vec<_> = chapters.map(|path| book.join(path)).collect();
    for page in pages(book)? {
        let is_listed = page == book.join("SUMMARY.md") || listed.contains(&page);
        ensure!(is_listed, "{} has no line in SUMMARY.md, so nobody would find it", page.display());
    }
    Ok(())
}

/// Every Markdown file below a directory.
fn pages(directory: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(directory).with_context(|| format!("{} cannot be read", directory.display()))? {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(pages(&path)?);
        } else if path.extension().is_some_and(|ending| ending == "md") {
            found.push(path);
        }
    }
    Ok(found)
}
