//! What each reason has to say, to be true.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{Own, Witness, ballot, number, set};

macro_rules! ensure {
    ($holds:expr, $($says:tt)+) => {
        if !$holds {
            return Err(format!($($says)+));
        }
    };
}

/// Compares two things that must be equal.
macro_rules! same {
    ($what:literal, $said:expr, $was:expr) => {
        let (said, was) = (&$said, &$was);
        ensure!(said == was, concat!($what, " is said to be {:?}, and was {:?}"), said, was);
    };
}

pub(super) use {ensure, same};

pub(super) type Checked = Result<(), String>;

/// Whether an event of this name needs a reason.
fn needs_a_reason(event: &Value) -> bool {
    let needs = [
        "discontent",
        "prepares",
        "promised",
        "rejected",
        "counted",
        "catches-up",
        "leads",
        "adopted",
        "finishes",
        "fills",
        "proposed",
        "accepted",
        "learned",
        "applied",
        "answers",
        "stepped-down",
        "fetches",
        "repeats",
        "ignored",
        "retried",
        "redirected",
        "chosen",
        "restarted",
        "snapshot",
        "truncated",
        "sends-snapshot",
        "installed",
        "gave-up",
        "asks-whether-it-leads",
        "confirmed",
        "reads",
    ];
    needs.contains(&event["event"].as_str().unwrap())
}

impl Witness {
    /// Whether an event says why, and that is so.
    pub(super) fn check(&mut self, event: &Value) -> Checked {
        let because = &event["because"];
        let Some(kind) = because["kind"].as_str() else {
            ensure!(!needs_a_reason(event), "it says no reason");
            return Ok(());
        };
        self.read += 1;
        ensure!(event["although"].is_null(), "a rule is blamed, and all hold");
        match (event["event"].as_str().unwrap(), kind) {
            ("prepares", "above-known") => self.above_known(event),
            ("promised" | "accepted", _) => self.admitted(event, kind),
            ("rejected", "below-promise") => self.below_promise(event),
            ("counted", "too-few" | "enough") if self.counts_a_confirmation(event) => {
                self.counts_answers(event, kind == "enough")
            }
            ("asks-whether-it-leads", "reads-wait" | "not-answered") => self.question(event, kind == "not-answered"),
            ("confirmed", "promised-no-more") => self.confirms(event),
            ("reads", "still-leads") => self.still_leads(event),
            ("counted", "too-few" | "enough") => self.counted(event, kind == "enough"),
            ("leads", "enough") => self.leads(event),
            ("catches-up", "knows-more") => self.knows_more(event),
            ("adopted", "highest-vote") => self.highest_vote(event),
            ("finishes", "known-chosen") => self.known_chosen(event),
            ("fills", "no-vote-reported") => self.no_vote(event),
            ("taken", "window-full") => self.window_full(event),
            ("proposed", "next-free") => self.next_free(event),
            ("learned", _) => self.learned(event, kind),
            ("chosen", "quorum-accepted") => self.quorum_accepted(event),
            ("applied", _) => self.applied(event, kind),
            ("answers", _) => self.answers(event, kind),
            ("stepped-down", "outbid") => self.outbid(event),
            ("fetches", "lacks") => self.lacks(event),
            ("snapshot", "slots-applied" | "by-hand") => self.takes_snapshot(event, kind == "by-hand"),
            ("truncated", "in-snapshot") => self.truncated(event),
            ("sends-snapshot", "not-kept") => self.not_kept(event),
            ("installed", "lacks") => self.installed(event),
            ("gave-up", "votes-not-kept") => self.votes_not_kept(event),
            ("discontent", "not-content") => self.not_content(event),
            ("retried", "no-answer") => self.no_answer(event),
            ("redirected", "not-leader") => self.redirected(event),
            ("ignored", "too-late" | "under-way" | "not-my-role") | ("repeats", "not-answered") => Ok(()),
            ("restarted", "from-disk" | "from-new-disk") => self.comes_back(event),
            ("timer", "by-hand") => self.by_hand(event),
            // Why a message is lost is for the world, and not for the log.
            ("dropped", _) => Ok(()),
            (name, kind) => Err(format!("nobody knows what it means that {name} is because of {kind}")),
        }
    }

    /// Promises are counted before a server leads, votes in a slot, and answers to a question otherwise.
    fn counts_a_confirmation(&self, event: &Value) -> bool {
        event["slot"].is_null() && self.own(event).is_ok_and(|own| own.leads)
    }

    pub(super) fn own(&self, event: &Value) -> Result<&Own, String> {
        self.server(number(&event["node"])).own.as_ref().ok_or_else(|| "it neither leads nor stands".into())
    }

    fn above_known(&self, event: &Value) -> Checked {
        let (server, because) = (self.server(number(&event["node"])), &event["because"]);
        same!("the round used", because["used"].as_u64(), server.used);
        same!("the highest ballot met", ballot(&because["promised"]), server.seen);
        let of = ballot(&event["ballot"]);
        same!("its ballot", ballot(&because["ballot"]), of);
        ensure!(of > server.seen && of.map(|of| of.0) > server.used, "its ballot is not above what it knows");
        Ok(())
    }

    fn admitted(&self, event: &Value, kind: &str) -> Checked {
        let (server, because) = (self.server(number(&event["node"])), &event["because"]);
        let (of, slot) = (ballot(&event["ballot"]), number(&event["slot"]));
        same!("the ballot", ballot(&because["ballot"]), of);
        same!("the promise before", ballot(&because["promised"]), server.promised);
        let kind_of = match server.promised {
            None => "nothing-promised",
            Some(promised) if Some(promised) == of => "at-promise",
            _ => "above-promise",
        };
        same!("the reason", kind, kind_of);
        ensure!(of >= server.promised, "the ballot is below the promise");
        if event["event"] == "accepted" {
            let voted = server.votes.get(&slot).map(|(voted, _)| *voted);
            same!("the vote before", ballot(&because["voted"]), voted);
        } else {
            let reported = server.votes.range(slot..).count() as u64;
            same!("how many votes it reports", number(&event["votes"]), reported);
        }
        Ok(())
    }

    fn below_promise(&self, event: &Value) -> Checked {
        let (server, because) = (self.server(number(&event["node"])), &event["because"]);
        same!("the promise", ballot(&because["promised"]), server.promised);
        let message = self.delivered.as_ref().ok_or("no message has arrived")?;
        same!("the ballot refused", because["ballot"], message["ballot"]);
        ensure!(ballot(&message["ballot"]) < server.promised, "the ballot is not below the promise");
        Ok(())
    }

    fn counted(&self, event: &Value, enough: bool) -> Checked {
        let (own, because) = (self.own(event)?, &event["because"]);
        let (have, needed) = match event["slot"].as_u64() {
            None => (own.promises.keys().copied().collect(), self.phase1),
            Some(slot) => (own.votes.get(&slot).cloned().unwrap_or_default(), self.phase2),
        };
        let have: BTreeSet<u64> = have;
        same!("what it has", set(&because["have"]), have);
        same!("what is needed", number(&because["needed"]), needed);
        same!("whether that is enough", enough, have.len() as u64 >= needed);
        ensure!(have.contains(&number(&event["from"])), "what it counts is not from there");
        Ok(())
    }

    fn leads(&self, event: &Value) -> Checked {
        let (own, because) = (self.own(event)?, &event["because"]);
        let have: BTreeSet<u64> = own.promises.keys().copied().collect();
        same!("whose promises it has", set(&because["have"]), have);
        same!("its ballot", ballot(&because["ballot"]), Some(own.ballot));
        ensure!(have.len() as u64 >= self.phase1, "that is no quorum");
        let reported = own.promises.values().flatten().map(|(slot, ..)| *slot).max().unwrap_or(0);
        let server = self.server(number(&event["node"]));
        let known = server.learned.keys().max().copied().unwrap_or(0).max(server.base);
        same!("its first free slot", number(&event["slot"]), reported.max(known) + 1);
        Ok(())
    }

    fn knows_more(&self, event: &Value) -> Checked {
        let (own, because) = (self.own(event)?, &event["because"]);
        let from = number(&because["from"]);
        ensure!(own.promises.contains_key(&from), "that server has not promised");
        same!("how far that server knows the log", number(&because["slot"]), own.chosen_to[&from]);
        ensure!(number(&because["slot"]) > self.server(number(&event["node"])).to(), "it knows as much itself");
        Ok(())
    }

    fn highest_vote(&self, event: &Value) -> Checked {
        let (own, because) = (self.own(event)?, &event["because"]);
        let (slot, reported) = (number(&event["slot"]), &because["reported"]);
        let votes = own.promises.iter().flat_map(|(from, votes)| votes.iter().map(move |vote| (*from, vote)));
        let highest = votes.filter(|(_, vote)| vote.0 == slot).max_by_key(|(_, vote)| vote.1);
        let (_, (_, of, command)) = highest.ok_or("nobody reports a vote there")?;
        same!("the highest vote", ballot(&reported["ballot"]), Some(*of));
        same!("what it is for", reported["command"], *command);
        same!("what is proposed", event["command"], *command);
        same!("its slot", number(&reported["slot"]), slot);
        let by = own.promises.get(&number(&because["from"])).ok_or("that server has not promised")?;
        ensure!(by.iter().any(|vote| (vote.0, vote.1) == (slot, *of)), "that server does not report it");
        Ok(())
    }

    fn known_chosen(&self, event: &Value) -> Checked {
        let server = self.server(number(&event["node"]));
        same!("what it knows to be chosen", server.learned.get(&number(&event["slot"])), Some(&event["command"]));
        Ok(())
    }

    fn no_vote(&self, event: &Value) -> Checked {
        let (own, slot) = (self.own(event)?, number(&event["slot"]));
        let reported = own.promises.values().flatten().any(|vote| vote.0 == slot);
        ensure!(!reported, "somebody reports a vote there");
        ensure!(!self.server(number(&event["node"])).learned.contains_key(&slot), "it knows what is chosen there");
        Ok(())
    }

    fn window_full(&self, event: &Value) -> Checked {
        let (own, server) = (self.own(event)?, self.server(number(&event["node"])));
        let last = own.proposed.keys().max().copied().unwrap_or(server.applied);
        ensure!(last + 1 > server.applied + self.window || !own.leads, "there is room in the window");
        Ok(())
    }

    fn next_free(&self, event: &Value) -> Checked {
        let (own, server, slot) = (self.own(event)?, self.server(number(&event["node"])), number(&event["slot"]));
        same!("the slot", number(&event["because"]["slot"]), slot);
        ensure!(own.leads, "it does not lead");
        ensure!(own.proposed.keys().all(|other| *other < slot), "it has proposed there, or behind it");
        ensure!(!server.learned.contains_key(&slot), "it knows what is chosen there");
        ensure!(
            own.promises.values().flatten().all(|vote| vote.0 < slot),
            "somebody reported a vote there or behind it"
        );
        ensure!(slot <= server.applied + self.window, "it is beyond the window");
        Ok(())
    }

    fn learned(&self, event: &Value, kind: &str) -> Checked {
        let (node, slot, because) = (number(&event["node"]), number(&event["slot"]), &event["because"]);
        same!("what is chosen there", self.chosen.get(&slot), Some(&event["command"]));
        let message = self.delivered.as_ref().ok_or("no message has arrived")?;
        match kind {
            "enough" => {
                let have = self.own(event)?.votes.get(&slot).cloned().unwrap_or_default();
                same!("whose votes it has", set(&because["have"]), have);
                ensure!(have.len() as u64 >= self.phase2, "that is no quorum");
            }
            "index" => {
                let vote = self.server(node).votes.get(&slot).ok_or("it has not voted there")?;
                same!("the ballot it voted in", ballot(&because["voted"]), Some(vote.0));
                same!("the ballot of the index", ballot(&because["ballot"]), ballot(&message["ballot"]));
                same!("the two ballots", ballot(&because["ballot"]), ballot(&because["voted"]));
                same!("who says so", because["from"], message["from"]);
                ensure!(number(&message["chosenTo"]) >= slot, "the index does not reach that far");
                ensure!(message["kind"] == "accept" || message["leads"] == true, "that server does not lead");
            }
            "told" => {
                same!("who told it", because["from"], message["from"]);
                same!("how it was told", message["kind"], "fetched");
                let told = &message["commands"][(slot - number(&message["slot"])) as usize];
                same!("what it was told", *told, event["command"]);
            }
            _ => return Err(format!("nobody learns because of {kind}")),
        }
        Ok(())
    }

    fn quorum_accepted(&self, event: &Value) -> Checked {
        let (because, slot) = (&event["because"], number(&event["slot"]));
        let of = ballot(&event["ballot"]).ok_or("it has no ballot")?;
        same!("its ballot", ballot(&because["ballot"]), Some(of));
        let cast = self.cast.get(&(slot, of)).cloned().unwrap_or_default();
        let have = set(&because["have"]);
        ensure!(have.is_subset(&cast), "not all of them have voted: {cast:?}");
        ensure!(have.len() as u64 >= self.phase2, "that is no quorum");
        Ok(())
    }

    fn applied(&self, event: &Value, kind: &str) -> Checked {
        let (server, slot, because) = (self.server(number(&event["node"])), number(&event["slot"]), &event["because"]);
        same!("what it knows to be chosen there", server.learned.get(&slot), Some(&event["command"]));
        same!("the slot", slot, server.applied + 1);
        let seq = number(&event["command"]["seq"]);
        let session = event["command"]["client"].as_str().and_then(|client| server.sessions.get(client));
        match kind {
            "next-in-order" => ensure!(session.is_none_or(|(last, _)| *last < seq), "it took effect before"),
            "applied-before" => {
                same!("its first slot", Some((seq, number(&because["slot"]))), session.copied());
            }
            "later-applied" => {
                same!("the later operation", Some(number(&because["latest"])), session.map(|(last, _)| *last));
                ensure!(number(&because["latest"]) > seq, "it is not later");
            }
            "client-forgotten" => {
                same!("its session", session, None);
                ensure!(event["command"]["since"].as_u64().unwrap_or(0) < server.horizon, "its client knew as much");
            }
            _ => return Err(format!("nothing is applied because of {kind}")),
        }
        if let Some(forgotten) = event["forgets"].as_str() {
            let oldest = server.sessions.iter().min_by_key(|(_, (_, slot))| *slot);
            same!("who was served longest ago", oldest.map(|(client, _)| client.as_str()), Some(forgotten));
        }
        Ok(())
    }

    fn answers(&self, event: &Value, kind: &str) -> Checked {
        let (server, because) = (self.server(number(&event["node"])), &event["because"]);
        let session = server.sessions.get(event["client"].as_str().unwrap()).copied();
        let seq = number(&event["seq"]);
        match kind {
            "applied" => {
                same!("the slot it took effect in", Some((seq, number(&because["slot"]))), session);
            }
            "not-leader" => {
                ensure!(server.own.as_ref().is_none_or(|own| !own.leads), "it leads");
            }
            "later-applied" => {
                same!("the later operation", Some(number(&because["latest"])), session.map(|(last, _)| last));
                ensure!(number(&because["latest"]) > seq, "it is not later");
            }
            "client-forgotten" => {
                same!("its session", session, None);
                ensure!(number(&because["since"]) <= server.applied, "it says that it has applied more");
                ensure!(server.horizon > 0, "nobody was forgotten");
            }
            _ => return Err(format!("nothing is answered because of {kind}")),
        }
        Ok(())
    }

    fn outbid(&self, event: &Value) -> Checked {
        let (node, because) = (number(&event["node"]), &event["because"]);
        let (own, higher) = (self.own(event)?, ballot(&because["promised"]));
        same!("its ballot", ballot(&because["ballot"]), Some(own.ballot));
        ensure!(higher > Some(own.ballot), "that is no higher ballot");
        if number(&because["from"]) == node && self.server(node).promised == higher {
            return Ok(());
        }
        let message = self.delivered.as_ref().ok_or("no message has arrived")?;
        same!("who told it", because["from"], message["from"]);
        let of = &message[if message["kind"] == "nack" { "promised" } else { "ballot" }];
        same!("the ballot of the message", higher, ballot(of));
        Ok(())
    }

    fn lacks(&self, event: &Value) -> Checked {
        let (server, slots) = (self.server(number(&event["node"])), &event["because"]["slots"]);
        same!("the first slot it lacks", number(&slots[0]), server.to() + 1);
        ensure!(number(&slots[1]) >= number(&slots[0]), "it lacks nothing");
        let of = number(&event["of"]);
        ensure!(of == 0 || server.heard.contains(&of), "it does not hear that server");
        Ok(())
    }

    fn takes_snapshot(&self, event: &Value, by_hand: bool) -> Checked {
        let (server, because) = (self.server(number(&event["node"])), &event["because"]);
        same!("its last slot", number(&event["slot"]), server.applied);
        same!("how many clients it has served", number(&event["sessions"]), server.sessions.len() as u64);
        if !by_hand {
            same!("how many slots since the last one", number(&because["since"]), server.applied - server.taken);
            same!("how far it has applied the log", number(&because["applied"]), server.applied);
        }
        Ok(())
    }

    fn truncated(&self, event: &Value) -> Checked {
        let server = self.server(number(&event["node"]));
        let (to, kept_from) = server.stored.ok_or("no snapshot is durable")?;
        same!("the durable snapshot", number(&event["because"]["slot"]), to);
        same!("the first slot that is kept", number(&event["keptFrom"]), kept_from);
        same!("how many votes go", number(&event["votes"]), server.votes.range(..kept_from).count() as u64);
        same!("how many votes above it go", number(&event["above"]), 0);
        Ok(())
    }

    fn not_kept(&self, event: &Value) -> Checked {
        let (server, slots) = (self.server(number(&event["node"])), &event["because"]["slots"]);
        let message = self.delivered.as_ref().ok_or("no message has arrived")?;
        same!("what it was asked for", number(&slots[0]), number(&message["slot"]));
        same!("what it does not keep", number(&slots[1]), server.forgotten);
        same!("its snapshot", Some(number(&event["slot"])), server.stored.map(|(to, _)| to));
        Ok(())
    }

    fn installed(&self, event: &Value) -> Checked {
        let (server, slots) = (self.server(number(&event["node"])), &event["because"]["slots"]);
        let message = self.delivered.as_ref().ok_or("no message has arrived")?;
        same!("whose it is", event["from"], message["from"]);
        same!("its last slot", number(&slots[1]), number(&message["slot"]));
        same!("the first slot it lacks", number(&slots[0]), server.applied + 1);
        ensure!(number(&slots[1]) > server.to(), "it knows all that itself");
        Ok(())
    }

    fn votes_not_kept(&self, event: &Value) -> Checked {
        let (server, because) = (self.server(number(&event["node"])), &event["because"]);
        let from = number(&because["from"]);
        ensure!(self.own(event)?.promises.contains_key(&from), "that server has not promised");
        same!("the first slot it does not know", number(&because["slots"][0]), server.to() + 1);
        ensure!(number(&because["slots"][1]) > server.to(), "it knows all that is not kept");
        Ok(())
    }

    fn not_content(&self, event: &Value) -> Checked {
        let server = self.server(number(&event["node"]));
        let hears = set(&event["because"]["hears"]);
        ensure!(hears.is_subset(&server.heard), "it has not heard them all: {:?}", server.heard);
        ensure!(server.own.as_ref().is_none_or(|own| !own.leads), "it leads");
        Ok(())
    }

    fn comes_back(&self, event: &Value) -> Checked {
        let ((promised, votes, round), because) = (&self.server(number(&event["node"])).disk, &event["because"]);
        let stored = self.server(number(&event["node"])).stored.map(|(to, _)| to);
        same!("the snapshot on its disk", because["snapshot"]["slot"].as_u64(), stored);
        same!("the promise on its disk", ballot(&because["promised"]), *promised);
        same!("the round on its disk", because["round"].as_u64(), *round);
        let said: Vec<_> = because["accepted"].as_array().into_iter().flatten().collect();
        let said = said.into_iter().map(|vote| (number(&vote["slot"]), ballot(&vote["ballot"]), &vote["command"]));
        let kept = votes.iter().map(|(slot, (of, command))| (*slot, Some(*of), command));
        same!("its votes", said.collect::<Vec<_>>(), kept.collect::<Vec<_>>());
        Ok(())
    }

    fn by_hand(&self, event: &Value) -> Checked {
        ensure!(self.server(number(&event["node"])).own.is_none(), "it stands or leads already");
        Ok(())
    }

    fn no_answer(&self, event: &Value) -> Checked {
        let tries = self.tries.get(event["client"].as_str().unwrap()).copied().unwrap_or_default();
        same!("how often it asked in vain", number(&event["because"]["tries"]), tries + 1);
        Ok(())
    }

    fn redirected(&self, event: &Value) -> Checked {
        let message = self.delivered.as_ref().ok_or("no message has arrived")?;
        same!("who sent it on", event["because"]["from"], message["from"]);
        same!("who is said to lead", event["because"]["leader"], message["leader"]);
        same!("whom it asks", event["to"], message["leader"]);
        Ok(())
    }
}
