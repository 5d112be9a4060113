//! The book: its pages hold labs that work.

use quorum_tests::{Setup, ensure};

#[test]
fn a_lab_in_a_page_of_the_book_steps() {
    Setup::book().browse(async |page| {
        let lab = page.open("introduction.html").await?;
        lab.seek(0).await?;
        lab.step(3).await?;
        let step = lab.view().await?["step"].as_u64();
        ensure!(step == Some(3), "after three steps from the beginning it is at {step:?}");
        Ok(())
    });
}

#[test]
fn a_page_without_a_lab_loads_no_engine() {
    Setup::book().browse(async |page| {
        page.go("glossary.html").await?;
        let list = "return performance.getEntriesByType('resource').map((it) => it.name);";
        let names: Vec<String> = page.js(list, Vec::new()).await?;
        ensure!(names.iter().any(|name| name.contains("/book-")), "the book's own script is there: {names:?}");
        ensure!(!names.iter().any(|name| name.contains("/lab/")), "and nothing of the site: {names:?}");
        Ok(())
    });
}
