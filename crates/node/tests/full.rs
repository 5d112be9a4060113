//! A disk that is full, and one that cannot be written: a sentence, nothing lost, nothing served.
//!
//! One of three servers has its folder on a file system of its own, a few megabytes in memory. Making one takes root.

mod support;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use quorum_core::log::Output;
use support::{Processes, SOON, eventually, get, not_tested, put, text};

/// A small file system in memory. It is gone when this is.
struct Small(PathBuf);

fn run(program: &str, arguments: &[&str], folder: &Path) -> Result<(), String> {
    let output = Command::new(program).args(arguments).arg(folder).output().map_err(|error| error.to_string())?;
    if output.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&output.stderr).trim().to_owned()) }
}

impl Small {
    /// In place of this folder, with what is in it.
    fn around(folder: &Path) -> Result<Self, String> {
        let files: Vec<_> = fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).collect();
        let read: Vec<_> = files.iter().map(|file| (file, fs::read(file).unwrap())).collect();
        run("mount", &["-t", "tmpfs", "-o", "size=6m", "tmpfs"], folder)?;
        for (file, bytes) in read {
            fs::write(file, bytes).unwrap();
        }
        Ok(Self(folder.to_owned()))
    }

    /// It is as large as that from now on, or read-only.
    fn is_now(&self, how: &str) {
        run("mount", &["-o", &format!("remount,{how}")], &self.0).unwrap();
    }
}

impl Drop for Small {
    fn drop(&mut self) {
        let _ = run("umount", &["-l"], &self.0);
    }
}

/// Three servers, and a follower of them whose disk is small. `None`: there can be no such disk here.
async fn with_a_small_disk(what: &str) -> Option<(Processes, u32, Small)> {
    if !rustix::process::geteuid().is_root() {
        not_tested(what, "this takes root");
        return None;
    }
    let mut processes = Processes::start(3);
    let follower = processes.leader().await % 3 + 1;
    processes.kill(follower);
    match Small::around(&processes.files(follower).1) {
        Ok(small) => Some((processes, follower, small)),
        Err(why) => {
            not_tested(what, &why);
            None
        }
    }
}

fn file(small: &Small) -> Vec<u8> {
    fs::read(small.0.join("server.redb")).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_whose_disk_is_full_ends_and_comes_back_with_what_it_had() {
    let Some((mut processes, follower, small)) = with_a_small_disk("a full disk").await else { return };
    processes.start_heard(follower);
    eventually("it is there", || processes.status(follower)).await;
    let mut client = processes.client();
    let value = "x".repeat(60_000);
    let mut puts = 0;
    while !processes.has_ended(follower) {
        puts += 1;
        assert!(puts < 1000, "6 MiB are never full");
        assert_eq!(client.execute(&put(&format!("k{puts}"), &value), SOON).await.unwrap().0, Output::Done);
    }
    let said = processes.last_words(follower).await;
    println!("after {puts} puts: {said}");
    assert!(said.contains("server.redb cannot be written: ") && said.contains("No space left on device"), "{said}");
    assert!(said.ends_with("This server ends: what it said is durable."), "{said}");
    assert_eq!(client.execute(&put("after", "1"), SOON).await.unwrap().0, Output::Done, "the others go on");
    // Still full. It has what it had, and ends at the first thing that it must not forget.
    processes.start_heard(follower);
    eventually("it is there again", || processes.status(follower)).await;
    while !processes.has_ended(follower) {
        puts += 1;
        assert_eq!(client.execute(&put(&format!("k{puts}"), &value), SOON).await.unwrap().0, Output::Done);
    }
    let said = processes.last_words(follower).await;
    println!("started again, after {puts} puts: {said}");
    assert!(said.contains("No space left on device"), "{said}");
    small.is_now("size=64m");
    processes.start_one(follower);
    let keys = puts + 1;
    let caught_up = || async { processes.status(follower).await.filter(|status| status.keys == keys) };
    eventually("it has room, and has caught up", caught_up).await;
    assert_eq!(client.execute(&get("k1"), SOON).await.unwrap().0, Output::Value(Some(text(&value))));
    for id in processes.ids() {
        processes.kill(id);
    }
    let recording = processes.recording();
    println!("{} messages compared with the laboratory's", recording.messages());
    assert!(recording.now().violations().is_empty(), "{:?}", recording.now().violations());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_whose_disk_is_read_only_does_not_start_and_nothing_is_changed() {
    let Some((mut processes, follower, small)) = with_a_small_disk("a read-only disk").await else { return };
    let mut client = processes.client();
    assert_eq!(client.execute(&put("k", "v"), SOON).await.unwrap().0, Output::Done, "two of three are enough");
    let before = file(&small);
    small.is_now("ro");
    let said = processes.refuses_to_start(follower).await;
    println!("{said}");
    assert!(said.contains("server.redb cannot be opened for writing: Read-only file system"), "{said}");
    assert!(file(&small) == before);
    small.is_now("rw");
    processes.start_one(follower);
    let caught_up = || async { processes.status(follower).await.filter(|status| status.keys == 1) };
    eventually("it can write, and has caught up", caught_up).await;
}
