//! Checkpoints, and the messages that are under way beside them, as files have them: reading. A file may come from anybody: what
//! cannot be is refused with a sentence.

use alloc::{collections::VecDeque, sync::Arc, vec::Vec};

use litemap::LiteMap;

use super::{Checkpoint, Memory};
use crate::json::{FromJson, Json, Malformed, Object};
use crate::limits::{MAX_INTERVENTIONS, MAX_SEED};
use crate::log::{
    Accept, Accepted, Because, Candidate, ClientId, Command, Confirm, Confirmed, Entry, Fetch, Fetched,
    FetchedSnapshot, Found, Hearing, Heartbeat, Leader, Learned, Machine, Message, Op, Output, Pending, Promise, Read,
    ReadQueue, Records, Role, Session, Snapshot, Stored, Text, Timer,
};
use crate::paxos::{self, Ballot, Known, LatestVotes, Nack, NodeId, NodeSet, Prepare, Slot, Vote};

/// The commands that were written once.
struct Reader(Vec<Arc<Command>>);

fn wrong(name: &str, what: &str) -> Malformed {
    Malformed::new(&text!("\"", name, "\" must be ", what))
}

fn items<'a>(json: &'a Json, name: &str) -> Result<&'a [Json], Malformed> {
    match json {
        Json::List(items) if items.len() <= MAX_INTERVENTIONS => Ok(items),
        Json::List(items) => {
            let count = text!("\"", name, "\" is a list of ", items.len());
            Err(Malformed::new(&text!(count, ", and may have at most ", MAX_INTERVENTIONS, " items")))
        }
        _ => Err(wrong(name, "a list")),
    }
}

fn row<'a, const N: usize>(json: &'a Json, name: &str) -> Result<&'a [Json; N], Malformed> {
    items(json, name)?.try_into().map_err(|_| wrong(name, &text!("a list of rows of ", N)))
}

fn field<'a>(fields: &'a Object, name: &str) -> &'a Json {
    fields.get(name).unwrap_or(&Json::Null)
}

fn optional<T>(json: &Json, read: impl FnOnce(&Json) -> Result<T, Malformed>) -> Result<Option<T>, Malformed> {
    if *json == Json::Null { Ok(None) } else { read(json).map(Some) }
}

fn read_ballot(json: &Json) -> Result<Ballot, Malformed> {
    let [round, server] = row(json, "ballot")?;
    Ok(Ballot { round: u32::from_json(round, "ballot")?, server: NodeId::from_json(server, "ballot")? })
}

fn read_client(json: &Json) -> Result<ClientId, Malformed> {
    ClientId::named(json.text("client")?).ok_or_else(|| wrong("client", "a client's name"))
}

fn read_nodes(json: &Json) -> Result<NodeSet, Malformed> {
    items(json, "servers")?.iter().map(|node| NodeId::from_json(node, "servers")).collect()
}

fn read_output(json: &Json) -> Result<Output, Malformed> {
    Ok(match json {
        Json::Text(text) if text == "ok" => Output::Done,
        Json::Text(text) if text == "too-long" => Output::TooLong,
        Json::Bool(swapped) => Output::Swapped(*swapped),
        Json::List(value) if value.len() < 2 => {
            Output::Value(value.first().map(|value| Text::from_json(value, "value")).transpose()?)
        }
        _ => return Err(wrong("answer", "\"ok\", \"too-long\", true, false, or a list with a value or none")),
    })
}

/// A store and sessions, as they are at this slot.
fn read_store(fields: &Object, to: Slot) -> Result<Snapshot, Malformed> {
    let (mut pairs, mut sessions): (LiteMap<Text, Text>, LiteMap<ClientId, Session>) = Default::default();
    for pair in items(field(fields, "store"), "store")? {
        let [key, value] = row(pair, "store")?;
        pairs.insert(Text::from_json(key, "store")?, Text::from_json(value, "store")?);
    }
    for session in items(field(fields, "sessions"), "sessions")? {
        let [client, seq, output, slot] = row(session, "sessions")?;
        let (seq, slot) = (u32::from_json(seq, "sessions")?, Slot::from_json(slot, "sessions")?);
        sessions.insert(read_client(client)?, Session { seq, output: read_output(output)?, slot });
    }
    let horizon = fields.optional("horizon")?.unwrap_or(0);
    Ok(Snapshot { to, store: pairs.into_iter().collect(), sessions: sessions.into_iter().collect(), horizon })
}

fn read_snapshot(fields: &Object) -> Result<Snapshot, Malformed> {
    read_store(fields, fields.required("to")?)
}

fn read_heartbeat(json: &Json) -> Result<Heartbeat, Malformed> {
    let [ballot, leads, content, chosen_to] = row(json, "heartbeat")?;
    Ok(Heartbeat {
        ballot: optional(ballot, read_ballot)?,
        leads: bool::from_json(leads, "heartbeat")?,
        content: bool::from_json(content, "heartbeat")?,
        chosen_to: Slot::from_json(chosen_to, "heartbeat")?,
    })
}

impl Reader {
    fn of(fields: &Object) -> Result<Self, Malformed> {
        let mut commands = Vec::new();
        for command in items(field(fields, "commands"), "commands")? {
            let (client, seq, op, since) = match items(command, "commands")? {
                [client, seq, op] => (client, seq, op, 0),
                [client, seq, op, since] => (client, seq, op, Slot::from_json(since, "commands")?),
                _ => return Err(wrong("commands", "a list of rows of 3 or 4")),
            };
            let (seq, op) = (u32::from_json(seq, "commands")?, Op::from_json(op, "commands")?);
            commands.push(Arc::new(Command { client: read_client(client)?, seq, op, since }));
        }
        Ok(Self(commands))
    }

    fn entry(&self, json: &Json) -> Result<Entry, Malformed> {
        match json.whole("entry", 0..=self.0.len() as u64)?.checked_sub(1) {
            None => Ok(Entry::NoOp),
            Some(at) => Ok(Entry::Command(self.0[at as usize].clone())),
        }
    }

    fn command(&self, json: &Json) -> Result<Arc<Command>, Malformed> {
        match self.entry(json)? {
            Entry::Command(command) => Ok(command),
            Entry::NoOp => Err(wrong("entry", "a client's command here")),
        }
    }

    fn queue(&self, json: &Json) -> Result<VecDeque<Arc<Command>>, Malformed> {
        items(json, "queue")?.iter().map(|command| self.command(command)).collect()
    }

    /// Entries in slots that follow each other.
    fn run(&self, first: &Json, row: &Json, name: &str) -> Result<Vec<(Slot, Entry)>, Malformed> {
        let first = first.whole(name, 1..=MAX_SEED / 2)?;
        (first..).zip(items(row, name)?).map(|(slot, entry)| Ok((slot, self.entry(entry)?))).collect()
    }

    fn votes(&self, json: &Json) -> Result<LatestVotes<Entry>, Malformed> {
        let mut votes = LatestVotes::new();
        for it in items(json, "votes")? {
            let [ballot, first, row] = row(it, "votes")?;
            let ballot = read_ballot(ballot)?;
            for (slot, value) in self.run(first, row, "votes")? {
                votes.cast(Vote { slot, ballot, value });
            }
        }
        Ok(votes)
    }

    fn records(&self, json: &Json) -> Result<Records, Malformed> {
        let fields = Object::of(json, "disk", &["promised", "round", "votes", "lost", "snapshot"])?;
        let lost = fields.optional("lost")?.unwrap_or(false);
        let (promised, round) = (optional(field(fields, "promised"), read_ballot)?, fields.optional("round")?);
        let paxos = paxos::Records { promised, accepted: self.votes(field(fields, "votes"))?, round, lost };
        let known = &["store", "sessions", "horizon", "to", "keptFrom", "inPlaceOfAll"];
        let snapshot = fields.get("snapshot").map(|json| {
            let fields = Object::of(json, "snapshot", known)?;
            let (kept_from, in_place_of_all) = (fields.required("keptFrom")?, fields.optional("inPlaceOfAll")?);
            let in_place_of_all = in_place_of_all.unwrap_or(false);
            Ok::<_, Malformed>(Stored { snapshot: read_snapshot(fields)?.into(), kept_from, in_place_of_all })
        });
        Ok(Records { paxos, snapshot: snapshot.transpose()? })
    }

    fn found(&self, json: &Json) -> Result<Found, Malformed> {
        let [slot, entry, because] = row(json, "found")?;
        let because = match because {
            Json::Text(word) if word == "chosen" => Because::Chosen,
            Json::Text(word) if word == "nobody-voted" => Because::NobodyVoted,
            _ => {
                let [ballot, by] = row(because, "found")?;
                Because::Reported { ballot: read_ballot(ballot)?, by: NodeId::from_json(by, "found")? }
            }
        };
        Ok(Found { slot: Slot::from_json(slot, "found")?, entry: self.entry(entry)?, because })
    }

    fn candidate(&self, json: &Json) -> Result<Role, Malformed> {
        let known = ["ballot", "from", "promises", "reported", "ahead", "keptFrom", "queue", "catchesUp"];
        let fields = Object::of(json, "candidate", &known)?;
        let ballot = read_ballot(field(fields, "ballot"))?;
        let promises = read_nodes(field(fields, "promises"))?;
        let mut candidate = Candidate::restored(ballot, fields.required("from")?, promises);
        for json in items(field(fields, "reported"), "reported")? {
            let [ballot, slot, entry, by] = row(json, "reported")?;
            let slot = Slot::from_json(slot, "reported")?;
            let vote = Vote { slot, ballot: read_ballot(ballot)?, value: self.entry(entry)? };
            candidate.reported.insert(slot, (vote, NodeId::from_json(by, "reported")?));
        }
        let at = |json: &Json| {
            let [node, slot] = row(json, "candidate")?;
            Ok((NodeId::from_json(node, "candidate")?, Slot::from_json(slot, "candidate")?))
        };
        candidate.ahead = optional(field(fields, "ahead"), at)?;
        candidate.kept_from = optional(field(fields, "keptFrom"), at)?;
        let (queue, catches_up) = (self.queue(field(fields, "queue"))?, fields.required("catchesUp")?);
        Ok(Role::Candidate { candidate, queue, catches_up })
    }

    fn leader(&self, json: &Json) -> Result<Role, Malformed> {
        let fields = Object::of(json, "leader", &["ballot", "found", "foundTo", "next", "pending", "queue", "reads"])?;
        let found = items(field(fields, "found"), "found")?;
        let found = found.iter().map(|found| self.found(found)).collect::<Result<_, _>>()?;
        let mut pending = LiteMap::new();
        for json in items(field(fields, "pending"), "pending")? {
            let [slot, entry, votes] = row(json, "pending")?;
            let it = Pending { entry: self.entry(entry)?, votes: read_nodes(votes)? };
            pending.insert(Slot::from_json(slot, "pending")?, it);
        }
        let next = field(fields, "next").whole("next", 1..=MAX_SEED)?;
        let (ballot, queue) = (read_ballot(field(fields, "ballot"))?, self.queue(field(fields, "queue"))?);
        let reads = fields.get("reads").map(|json| self.reads(json)).transpose()?.unwrap_or_default();
        Ok(Role::Leader(Leader::restored(ballot, (found, fields.required("foundTo")?), next, queue, pending, reads)))
    }

    fn reads(&self, json: &Json) -> Result<ReadQueue, Malformed> {
        let fields = Object::of(json, "reads", &["asked", "answered", "waiting"])?;
        let mut waiting = VecDeque::new();
        for json in items(field(fields, "waiting"), "waiting")? {
            let [command, index, question] = row(json, "waiting")?;
            let (index, question) = (Slot::from_json(index, "waiting")?, u64::from_json(question, "waiting")?);
            waiting.push_back(Read { command: self.command(command)?, index, question });
        }
        let open = fields.get("answered").map(read_nodes).transpose()?;
        let reads = ReadQueue::restored(fields.required("asked")?, open, waiting);
        reads.ok_or_else(|| {
            wrong("reads", "reads in the order in which they came, and no question that is not asked next")
        })
    }

    fn role(&self, json: &Json) -> Result<Role, Malformed> {
        if let Json::Text(_) = json {
            return json.one_of("role", &[Role::Follower; 1].map(|_| ()), |()| "follower").map(|()| Role::Follower);
        }
        let fields = Object::of(json, "role", &["candidate", "leader"])?;
        match fields.get("candidate") {
            Some(json) => self.candidate(json),
            None => self.leader(field(fields, "leader")),
        }
    }

    fn learned(&self, fields: &Object) -> Result<Learned, Malformed> {
        let mut entries = Vec::new();
        for json in items(field(fields, "learned"), "learned")? {
            let [first, row] = row(json, "learned")?;
            entries.extend(self.run(first, row, "learned")?);
        }
        let early = fields.optional("early")?.unwrap_or_default();
        let learned = Learned::restored(fields.required("forgotten")?, fields.required("applied")?, early, &entries);
        learned.ok_or_else(|| {
            wrong("learned", "the entries behind those that were forgotten, up to what is applied at least")
        })
    }

    fn hearing(&self, json: &Json) -> Result<Hearing, Malformed> {
        let fields = Object::of(json, "hearing", &["tick", "promised", "heard"])?;
        let mut hearing =
            Hearing { tick: fields.required("tick")?, promised: fields.optional("promised")?, last: Vec::new() };
        let tick = hearing.tick;
        for json in items(field(fields, "heard"), "heard")? {
            let [node, when, says] = row(json, "heard")?;
            hearing.tick = u32::from_json(when, "heard")?;
            if hearing.tick > tick {
                return Err(wrong("heard", "heartbeats that have come by now"));
            }
            hearing.hear(NodeId::from_json(node, "heard")?, read_heartbeat(says)?);
        }
        hearing.tick = tick;
        if hearing.promised > Some(tick) {
            return Err(wrong("promised", "a tick that has passed"));
        }
        Ok(hearing)
    }

    fn memory(&self, json: &Json) -> Result<Memory, Malformed> {
        const FIELDS: &[&str] = &[
            "known",
            "acceptor",
            "role",
            "forgotten",
            "applied",
            "early",
            "learned",
            "machine",
            "hearing",
            "standsSoon",
            "leader",
            "heardTo",
            "lacks",
            "asked",
            "tries",
            "repeatsTo",
            "takenTo",
        ];
        let fields = Object::of(json, "memory", FIELDS)?;
        let [used, seen, forgot] = row(field(fields, "known"), "known")?;
        let round = |json: &Json| u32::from_json(json, "known");
        let known = Known {
            used: optional(used, round)?,
            seen: optional(seen, read_ballot)?,
            forgot: optional(forgot, round)?,
        };
        let acceptor = fields.get("acceptor").map(|json| {
            let fields = Object::of(json, "acceptor", &["promised", "votes"])?;
            let promised = optional(field(fields, "promised"), read_ballot)?;
            Ok::<_, Malformed>((promised, self.votes(field(fields, "votes"))?))
        });
        let machine = fields.get("machine").map(|json| {
            let fields = Object::of(json, "machine", &["store", "sessions", "horizon"])?;
            // How many sessions there may be, the config says.
            Ok::<_, Malformed>(Machine::from_snapshot(&read_store(fields, 0)?, None))
        });
        let mut asked = LiteMap::new();
        for json in items(field(fields, "asked"), "asked")? {
            let [slot, command] = row(json, "asked")?;
            asked.insert(Slot::from_json(slot, "asked")?, self.command(command)?);
        }
        Ok(Memory {
            known,
            acceptor: acceptor.transpose()?,
            role: self.role(field(fields, "role"))?,
            learned: self.learned(fields)?,
            machine: machine.transpose()?,
            hearing: self.hearing(field(fields, "hearing"))?,
            stands_soon: fields.required("standsSoon")?,
            leader: fields.optional("leader")?,
            heard_to: fields.required("heardTo")?,
            lacks: fields.optional("lacks")?,
            asked,
            tries: fields.required("tries")?,
            repeats_to: fields.required("repeatsTo")?,
            taken_to: fields.required("takenTo")?,
        })
    }

    fn message(&self, kind: &str, fields: &Object) -> Result<Message, Malformed> {
        let ballot = || read_ballot(field(fields, "ballot"));
        let follows = || optional(field(fields, "ballot"), read_ballot);
        Ok(match kind {
            "heartbeat" => Message::Heartbeat(read_heartbeat(field(fields, "says"))?),
            "prepare" => Message::Prepare(Prepare { ballot: ballot()?, from: fields.required("from")? }),
            "promise" => {
                let accepted = self.votes(field(fields, "votes"))?.iter().cloned().collect();
                let (chosen_to, kept_from) = (fields.required("chosenTo")?, fields.required("keptFrom")?);
                Message::Promise(Promise {
                    promise: paxos::Promise { ballot: ballot()?, accepted },
                    chosen_to,
                    kept_from,
                })
            }
            "accept" => {
                let votes = self.votes(field(fields, "votes"))?;
                let vote = votes.last().cloned().ok_or_else(|| wrong("votes", "the vote that is asked for"))?;
                Message::Accept(Accept { vote, chosen_to: fields.required("chosenTo")? })
            }
            "accepted" => Message::Accepted(Accepted { ballot: ballot()?, slot: fields.required("slot")? }),
            "nack" => Message::Nack(Nack { ballot: ballot()?, promised: read_ballot(field(fields, "promised"))? }),
            "fetch" => {
                let (from, to) = (fields.required("from")?, fields.required("to")?);
                Message::Fetch(Fetch { ballot: follows()?, from, to })
            }
            "fetched" => {
                let entries = items(field(fields, "entries"), "entries")?;
                let entries = entries.iter().map(|entry| self.entry(entry)).collect::<Result<_, _>>()?;
                Message::Fetched(Fetched { ballot: follows()?, from: fields.required("from")?, entries })
            }
            "snapshot" => {
                let known = &["store", "sessions", "horizon", "to"];
                let snapshot = read_snapshot(Object::of(field(fields, "snapshot"), "snapshot", known)?)?;
                Message::Snapshot(FetchedSnapshot { ballot: follows()?, snapshot: snapshot.into() })
            }
            "confirm" => Message::Confirm(Confirm { ballot: ballot()?, question: fields.required("question")? }),
            "confirmed" => Message::Confirmed(Confirmed { ballot: ballot()?, question: fields.required("question")? }),
            _ => return Err(wrong("kind", "a kind of message between two servers")),
        })
    }
}

impl FromJson for Checkpoint {
    fn from_json(json: &Json, name: &str) -> Result<Self, Malformed> {
        let fields = Object::of(json, name, &["disk", "memory", "timers", "commands"])?;
        let reader = Reader::of(fields)?;
        let timers = items(field(fields, "timers"), "timers")?.iter();
        Ok(Self {
            durable: reader.records(field(fields, "disk"))?,
            memory: fields.get("memory").map(|json| reader.memory(json)).transpose()?,
            timers: timers.map(|timer| timer.one_of("timers", &Timer::ALL, Timer::as_str)).collect::<Result<_, _>>()?,
        })
    }
}

impl FromJson for Message {
    fn from_json(json: &Json, name: &str) -> Result<Self, Malformed> {
        const FIELDS: &[&str] = &[
            "kind", "says", "ballot", "from", "to", "votes", "chosenTo", "keptFrom", "slot", "promised", "entries",
            "snapshot", "commands", "question",
        ];
        let fields = Object::of(json, name, FIELDS)?;
        Reader::of(fields)?.message(field(fields, "kind").text("kind")?, fields)
    }
}
