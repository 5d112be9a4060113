//! What is read from and written to disk. Nothing is left half-written: a file is made beside its place and moved there.

use anyhow::{Context, Result, bail};
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

/// Longest file that is read, in bytes: a run of a hundred thousand interventions is shorter.
const LONGEST: u64 = 32 << 20;

/// The text in a file.
///
/// # Errors
/// Why it cannot be read, with its name.
pub(crate) fn read(path: &Path) -> Result<String> {
    let name = path.display();
    let about = fs::metadata(path).with_context(|| format!("{name} cannot be read"))?;
    if about.is_dir() {
        bail!("{name} is a directory: give the name of a file in it");
    }
    if about.len() > LONGEST {
        bail!("{name} has {} bytes, and a run or scenario has at most {LONGEST}", about.len());
    }
    let bytes = fs::read(path).with_context(|| format!("{name} cannot be read"))?;
    String::from_utf8(bytes).map_err(|_| anyhow::anyhow!("{name} is not text (UTF-8), as a run or scenario is"))
}

/// Writes a file whole or not at all, and makes the directories it is in.
///
/// # Errors
/// When it cannot be written; then there is what was there before.
pub(crate) fn write(path: &Path, contents: &[u8]) -> Result<()> {
    let name = path.display();
    let directory = path.parent().unwrap_or(Path::new(""));
    fs::create_dir_all(directory)
        .with_context(|| format!("{name} cannot be written, because {} is no directory", directory.display()))?;
    let half = beside(path);
    let written = fs::write(&half, contents).and_then(|()| fs::rename(&half, path));
    if written.is_err() {
        drop(fs::remove_file(&half));
    }
    if written.is_err() && path.is_dir() {
        bail!("{name} is a directory: give the name of a file in it");
    }
    written.with_context(|| format!("{name} cannot be written"))
}

/// Where a file is made: in the same directory, because only there it can be moved in one piece, under a name that
/// nobody else uses.
fn beside(path: &Path) -> PathBuf {
    let mut name = OsString::from(".");
    name.push(path.file_name().unwrap_or_default());
    name.push(format!(".{}.part", std::process::id()));
    path.with_file_name(name)
}
