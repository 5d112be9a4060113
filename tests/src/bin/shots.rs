//! Pictures of the page's [main states](quorum_tests::states), light and dark, on a screen, a projector and a telephone:
//! `cargo xtask shots` builds the site and runs this with the directory to put them in, and with `readme` for the two
//! pictures of the README.

use quorum_tests::states::{self, STATES};
use quorum_tests::{Context, Page, Result};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

const THEMES: [&str; 2] = ["light", "dark"];
/// Names and sizes, in CSS pixels.
const SIZES: [(&str, (u32, u32)); 4] =
    [("wide", (1280, 900)), ("projector", (1024, 768)), ("phone", (390, 844)), ("narrow", (320, 700))];
const README: (u32, u32) = (1280, 640);

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args_os().skip(1).collect();
    let Some(directory) = arguments.first().map(PathBuf::from) else {
        eprintln!("error: say which directory to put the pictures in, or run cargo xtask shots");
        return ExitCode::FAILURE;
    };
    let for_the_readme = arguments.get(1).is_some_and(|word| word == "readme");
    let outcome = states::site().visit(async |page| match for_the_readme {
        true => readme(page, &directory).await,
        false => take_all(page, &directory).await,
    });
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn take_all(page: &Page, directory: &Path) -> Result<()> {
    for (size, pixels) in SIZES {
        for (number, (name, state)) in (1..).zip(STATES) {
            states::prepare(page, THEMES[0], pixels).await?;
            states::reach(page, state).await.with_context(|| format!("{name}, {size}"))?;
            for theme in THEMES {
                states::dress(page, theme).await?;
                page.drawn().await?;
                let file = directory.join(format!("{number:02}-{name}-{size}-{theme}.png"));
                if size == "wide" {
                    page.whole_picture(&file).await?;
                } else {
                    page.picture(&file).await?;
                }
                println!("{}", file.display());
            }
        }
    }
    Ok(())
}

async fn readme(page: &Page, directory: &Path) -> Result<()> {
    for (theme, name) in THEMES.into_iter().zip(["quorum.png", "quorum-dark.png"]) {
        states::prepare(page, theme, README).await?;
        states::readme(page).await?;
        page.drawn().await?;
        page.picture(&directory.join(name)).await?;
    }
    Ok(())
}
