//! Making one directory equal to another, and touching nothing that already is.
//!
//! A file that is rewritten with the same bytes wakes every watcher and defeats every cache; a file that is left
//! behind is published long after it was deleted.

use anyhow::{Context, Result};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// Makes the files below `to` those that `keep` lets through from below `from`.
///
/// `keep` sees a path relative to `from` and the file's bytes, and returns what to write, or nothing.
///
/// # Errors
/// When a file cannot be read, written or removed, or `keep` fails.
pub(crate) fn mirror(from: &Path, to: &Path, keep: impl Fn(&Path, Vec<u8>) -> Result<Option<Vec<u8>>>) -> Result<()> {
    let mut wanted = BTreeMap::new();
    for path in files(from)? {
        let bytes = fs::read(from.join(&path)).with_context(|| format!("{} cannot be read", path.display()))?;
        if let Some(bytes) = keep(&path, bytes)? {
            wanted.insert(path, bytes);
        }
    }
    if to.exists() {
        for path in files(to)? {
            if !wanted.contains_key(&path) {
                remove(to, &path)?;
            }
        }
    }
    for (path, bytes) in &wanted {
        write_if_changed(&to.join(path), bytes)?;
    }
    Ok(())
}

/// Copies every file below `from` to `to`, over what is there, and removes none.
///
/// # Errors
/// When a file cannot be read or written.
pub(crate) fn add(from: &Path, to: &Path) -> Result<()> {
    for path in files(from)? {
        let bytes = fs::read(from.join(&path)).with_context(|| format!("{} cannot be read", path.display()))?;
        write_if_changed(&to.join(path), &bytes)?;
    }
    Ok(())
}

/// Lets every file through as it is.
pub(crate) fn everything(_: &Path, bytes: Vec<u8>) -> Result<Option<Vec<u8>>> {
    Ok(Some(bytes))
}

/// Every file below `root`, as a relative path, in a fixed order.
pub(crate) fn files(root: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut left = vec![PathBuf::new()];
    while let Some(inside) = left.pop() {
        let directory = root.join(&inside);
        let entries = fs::read_dir(&directory).with_context(|| format!("{} cannot be read", directory.display()))?;
        for entry in entries {
            let entry = entry.with_context(|| format!("{} cannot be read", directory.display()))?;
            let path = inside.join(entry.file_name());
            let is_directory = root.join(&path).is_dir();
            if is_directory {
                left.push(path);
            } else {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

fn write_if_changed(path: &Path, bytes: &[u8]) -> Result<()> {
    if fs::read(path).is_ok_and(|present| present == bytes) {
        return Ok(());
    }
    if let Some(directory) = path.parent() {
        fs::create_dir_all(directory).with_context(|| format!("{} cannot be made", directory.display()))?;
    }
    fs::write(path, bytes).with_context(|| format!("{} cannot be written", path.display()))
}

/// Removes a file, and the directories above it that are empty then.
fn remove(root: &Path, path: &Path) -> Result<()> {
    let file = root.join(path);
    fs::remove_file(&file).with_context(|| format!("{} cannot be removed", file.display()))?;
    for directory in path.ancestors().skip(1).filter(|directory| directory.file_name().is_some()) {
        // One that is not empty stays, and so do those above it.
        if fs::remove_dir(root.join(directory)).is_err() {
            break;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(root: &Path, path: &str, text: &str) {
        let path = root.join(path);
        fs::create_dir_all(path.parent().expect("a parent")).expect("made");
        fs::write(path, text).expect("written");
    }

    fn names(root: &Path) -> Vec<String> {
        files(root).expect("readable").iter().map(|path| path.display().to_string()).collect()
    }

    #[test]
    fn the_copy_has_what_is_wanted_and_nothing_else() {
        let (from, to) = (tempfile::tempdir().expect("from"), tempfile::tempdir().expect("to"));
        write(from.path(), "index.html", "new");
        write(from.path(), "deep/a.js", "a");
        write(from.path(), "deep/a.d.ts", "types");
        write(to.path(), "index.html", "old");
        write(to.path(), "gone/long/ago.js", "x");

        let keep = |path: &Path, bytes| Ok((path.extension() != Some("ts".as_ref())).then_some(bytes));
        mirror(from.path(), to.path(), keep).expect("mirrored");

        assert_eq!(names(to.path()), ["deep/a.js", "index.html"]);
        assert_eq!(fs::read_to_string(to.path().join("index.html")).expect("there"), "new");
        assert!(!to.path().join("gone").exists());
    }

    #[test]
    fn a_file_that_is_the_same_is_not_touched() {
        let (from, to) = (tempfile::tempdir().expect("from"), tempfile::tempdir().expect("to"));
        write(from.path(), "a", "same");
        mirror(from.path(), to.path(), everything).expect("mirrored");
        let long_ago = std::time::SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(1);
        let copy = to.path().join("a");
        fs::File::options().write(true).open(&copy).and_then(|file| file.set_modified(long_ago)).expect("set");

        mirror(from.path(), to.path(), everything).expect("mirrored");
        assert_eq!(fs::metadata(&copy).and_then(|data| data.modified()).expect("read"), long_ago);

        write(from.path(), "a", "other");
        mirror(from.path(), to.path(), everything).expect("mirrored");
        assert_ne!(fs::metadata(&copy).and_then(|data| data.modified()).expect("read"), long_ago);
    }
}
