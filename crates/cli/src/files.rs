//! Reading and writing files. Only a regular file is ever replaced, whole or not at all; and never more is read than a
//! run may have, whatever the file is.

use anyhow::{Context, Result, anyhow, bail};
use quorum_core::limits::MAX_NODES;
use quorum_core::text::{decode, short};
use serde_json::Value;
use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Read, Write};
use std::path::{Path, PathBuf};

/// Longest file that is read, in bytes: a run of a hundred thousand interventions is shorter.
const LONGEST: u64 = 32 << 20;
/// Most letters of a path that an error repeats.
const LONGEST_NAME: usize = 300;
/// Most symbolic links that are followed one after the other, as many as Linux follows.
const MAX_LINKS: u32 = 40;

/// A path as an error names it.
pub(crate) fn shown(path: &Path) -> String {
    short(&path.display().to_string(), LONGEST_NAME)
}

/// The text in a file: UTF-8, or UTF-16 with a byte order mark.
///
/// # Errors
/// Why it cannot be read, with its name.
pub(crate) fn read(path: &Path) -> Result<String> {
    text(&shown(path), &file(path)?, "a run or scenario")
}

/// The text of a history, and what to call it: that in a file, or on standard input if the path is `-`.
///
/// # Errors
/// Why it cannot be read, with its name.
pub(crate) fn read_or_input(path: &Path) -> Result<(String, String)> {
    let (name, bytes) = if path.as_os_str() == "-" {
        ("standard input".into(), read_bytes(std::io::stdin().lock()).context("standard input cannot be read")?)
    } else {
        (shown(path), file(path)?)
    };
    let text = text(&name, &bytes, "a history")?;
    Ok((name, text))
}

fn file(path: &Path) -> Result<Vec<u8>> {
    let name = shown(path);
    if path.is_dir() {
        bail!("{name} is a directory: give the name of a file in it");
    }
    File::open(path).and_then(read_bytes).with_context(|| format!("{name} cannot be read"))
}

/// What the bytes say, if there are no more of them than `what` may have.
fn text(name: &str, bytes: &[u8], what: &str) -> Result<String> {
    if bytes.len() as u64 > LONGEST {
        bail!("{name} has more than {LONGEST} bytes, which is the most that {what} may have");
    }
    decode(bytes).ok_or_else(|| anyhow!("{name} is not text (UTF-8, or UTF-16 with a byte order mark)"))
}

/// At most [`LONGEST`] bytes and one more: a device or a pipe may never end, and says nothing of its length.
fn read_bytes(source: impl Read) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    source.take(LONGEST + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Writes a file, and makes the directories it is in. A regular file is replaced whole or not at all, and keeps its
/// permissions; a symbolic link stays, and what it points at is written; a device or a pipe is written to.
///
/// # Errors
/// When it cannot be written. A regular file is then what it was before.
pub(crate) fn write(path: &Path, contents: &[u8]) -> Result<()> {
    let name = shown(path);
    let target = follow(path).with_context(|| format!("{name} cannot be written"))?;
    let there = fs::metadata(&target).ok();
    if there.as_ref().is_some_and(fs::Metadata::is_dir) {
        bail!("{name} is a directory: give the name of a file in it");
    }
    let written = match there {
        Some(about) if !about.is_file() || names_an_open_file(&target) => write_to(&target, contents),
        there => {
            let directory = directory_of(&target);
            fs::create_dir_all(directory)
                .with_context(|| format!("{name} cannot be written, because {} is no directory", shown(directory)))?;
            replace(&target, there.as_ref(), contents)
        }
    };
    written.with_context(|| format!("{name} cannot be written"))
}

/// Whether a path is a name for a file that is open already, such as `/dev/stdout`. That file may be a regular one, and
/// still it must not be replaced: a shell or another process goes on writing to it.
fn names_an_open_file(path: &Path) -> bool {
    let names = ["/dev/stdout", "/dev/stderr", "/dev/fd", "/proc"];
    names.iter().any(|name| path.starts_with(name))
}

/// Where a path leads to when its symbolic links are followed, also if nothing is there.
fn follow(path: &Path) -> Result<PathBuf> {
    let mut path = path.to_path_buf();
    for _ in 0..MAX_LINKS {
        if names_an_open_file(&path) {
            return Ok(path);
        }
        match fs::read_link(&path) {
            // A path that is absolute takes the place of all of it.
            Ok(target) => path = directory_of(&path).join(target),
            Err(_) => return Ok(path),
        }
    }
    bail!("its symbolic links lead in a circle")
}

fn directory_of(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

fn write_to(path: &Path, contents: &[u8]) -> Result<()> {
    let mut file = OpenOptions::new().append(true).open(path)?;
    match file.write_all(contents).and_then(|()| file.flush()) {
        // Its reader has read enough.
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        outcome => Ok(outcome?),
    }
}

/// A new file is made in the same directory, because only there it can be moved in one piece. It is on the disk before it
/// takes the place of the old one.
fn replace(target: &Path, old: Option<&fs::Metadata>, contents: &[u8]) -> Result<()> {
    let directory = directory_of(target);
    let mut builder = tempfile::Builder::new();
    builder.prefix(".quorum-").suffix(".part");
    #[cfg(unix)]
    if old.is_none() {
        use std::os::unix::fs::PermissionsExt;
        // As for every new file, the umask takes away from it.
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    let mut file = builder.tempfile_in(directory)?;
    file.write_all(contents)?;
    if let Some(old) = old {
        #[cfg(unix)]
        {
            use std::os::unix::fs::MetadataExt;
            // Only the administrator may give a file to somebody else. For everybody else, it is theirs already.
            drop(std::os::unix::fs::chown(file.path(), Some(old.uid()), Some(old.gid())));
        }
        file.as_file().set_permissions(old.permissions())?;
    }
    file.as_file().sync_all()?;
    file.persist(target).map_err(|error| error.error)?;
    // The new name must be on the disk too. Not every system can do that to a directory.
    if let Ok(directory) = File::open(directory) {
        drop(directory.sync_all());
    }
    Ok(())
}

/// The files of servers that a run of `servers` servers does not have, left by a run of more.
///
/// # Errors
/// When there is something of such a name that this program would not have written: it is nobody's to remove.
pub(crate) fn stale_servers(directory: &Path, servers: u32) -> Result<Vec<PathBuf>> {
    let mut stale = Vec::new();
    for number in servers + 1..=MAX_NODES {
        let path = directory.join(server(number));
        let Ok(about) = fs::symlink_metadata(&path) else { continue };
        if !about.is_file() || !is_a_disk(&path, number) {
            bail!(
                "{} is there, this run has only {servers} servers, and that file is not one that this command writes. \
                 Move it away",
                shown(&path)
            );
        }
        stale.push(path);
    }
    Ok(stale)
}

/// The name of the file that holds a server's durable state.
pub(crate) fn server(number: u32) -> String {
    format!("server-{number}.json")
}

/// Whether a file holds what [`server`]'s file holds: the fields of a disk, and the number in its name.
fn is_a_disk(path: &Path, number: u32) -> bool {
    let disk: Option<Value> = read(path).ok().and_then(|text| serde_json::from_str(&text).ok());
    let Some(Value::Object(disk)) = disk else { return false };
    disk.get("node") == Some(&number.into()) && disk.contains_key("lost") && disk.contains_key("accepted")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_followed_to_where_they_lead_and_not_in_a_circle() {
        let here = tempfile::tempdir().unwrap();
        let at = |name: &str| here.path().join(name);
        #[cfg(unix)]
        {
            use std::os::unix::fs::symlink;
            symlink("b", at("a")).unwrap();
            symlink(at("nothing"), at("b")).unwrap();
            symlink("circle", at("circle")).unwrap();
            assert_eq!(follow(&at("a")).unwrap(), at("nothing"));
            assert!(follow(&at("circle")).unwrap_err().to_string().contains("circle"));
        }
        assert_eq!(follow(&at("plain")).unwrap(), at("plain"));
    }

    #[test]
    fn a_file_in_this_directory_is_in_a_directory() {
        assert_eq!(directory_of(Path::new("a.svg")), Path::new("."));
        assert_eq!(directory_of(Path::new("b/a.svg")), Path::new("b"));
    }
}
