//! A record that begins in the middle of what a room does, at a consistent cut: as servers find it.

use std::time::Duration;

use quorum_core::log::Checkpoint;
use quorum_core::paxos::NodeId;
use quorum_recording::{Note, Standing};

use super::Room;

impl Room {
    /// A record begins, for one server at once, and for the others when they hear of it.
    pub(crate) fn begin(&mut self) {
        self.begins = true;
        let node = self.any();
        self.begin_at(node);
    }

    /// Where the record begins, for all servers.
    pub(crate) fn beginning(&mut self) -> Vec<Standing> {
        self.nodes().iter().for_each(|node| self.begin_at(node));
        self.begun.iter().flatten().map(|(standing, _)| standing.clone()).collect()
    }

    /// What is noted of each server from there on.
    pub(crate) fn notes_since(&self) -> Vec<(NodeId, Duration, Note)> {
        let since = |(place, (node, ..)): &(usize, &(NodeId, Duration, Note))| {
            self.begun[node.index()].as_ref().is_some_and(|(_, from)| place >= from)
        };
        self.notes.iter().enumerate().filter(since).map(|(_, note)| note.clone()).collect()
    }

    /// A server finishes what waits for its disk, and then is what the record begins with.
    pub(super) fn begin_at(&mut self, node: NodeId) {
        if !self.begins || self.begun[node.index()].is_some() {
            return;
        }
        let stopped = self.servers[node.index()].process.as_ref().is_some_and(|process| process.stopped);
        if stopped {
            // Nothing of what it does now may be in the record, and it stands still when it begins.
            self.servers[node.index()].process.as_mut().unwrap().stopped = false;
        }
        while self.runs(node).is_some_and(|process| process.durable < process.written) {
            self.commit(node, usize::MAX);
        }
        self.release(node);
        let server = &mut self.servers[node.index()];
        let (records, taken) = (server.records.clone(), server.taken);
        let standing = match &mut server.process {
            None => Standing { records: taken, checkpoint: Checkpoint::down(records), ..Standing::default() },
            Some(process) => {
                assert!(process.outbox.is_empty() && process.pending.is_empty());
                process.stopped = stopped;
                let (incarnation, written) = (process.incarnation, process.written);
                let checkpoint = Checkpoint::of(&process.replica, records, process.timers.clone());
                Standing { incarnation, records: taken, written, checkpoint }
            }
        };
        self.begun[node.index()] = Some((standing, self.notes.len()));
        for (from, _) in self.cut.clone().into_iter().filter(|(_, to)| *to == node) {
            self.note(node, Note::Cut(from));
        }
        if stopped {
            self.note(node, Note::Stopped);
        }
    }
}
