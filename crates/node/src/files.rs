//! Files that are there whole or not at all.

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use anyhow::{Context, Result};

/// Writes a file that anybody may read.
///
/// # Errors
/// Why it cannot be written.
pub(crate) fn for_everybody(path: &Path, bytes: &[u8]) -> Result<()> {
    replace(path, bytes, 0o644)
}

/// Writes a file that nobody else may read, from its first moment on.
///
/// # Errors
/// Why it cannot be written.
pub(crate) fn for_oneself(path: &Path, bytes: &[u8]) -> Result<()> {
    replace(path, bytes, 0o600)
}

fn replace(path: &Path, bytes: &[u8], mode: u32) -> Result<()> {
    let mut new = path.as_os_str().to_owned();
    new.push(".new");
    let _ = fs::remove_file(&new);
    let write = || {
        OpenOptions::new().write(true).create_new(true).mode(mode).open(&new)?.write_all(bytes)?;
        fs::rename(&new, path)
    };
    write().with_context(|| format!("{} cannot be written", path.display()))
}
