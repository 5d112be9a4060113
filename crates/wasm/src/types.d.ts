// Everything that crosses between JavaScript and the engine: plain data, as in the JSON of files and logs.
// Times are simulated milliseconds; ballots are text, `round.server` or a plain number where servers own ranges.

/** A server's number, from 1. */
export type NodeId = number;

/**
 * The number of a message: from 1, in the order messages were made, copies included. It exists for people to
 * point at; the protocol never sees it.
 */
export type MessageId = number;

/** Everything a run depends on, its interventions apart. In JSON every field may be left out. */
export interface Config {
  /** Servers, 1 to 101. */
  nodes?: number;
  /** The protocol. */
  protocol?: ProtocolKind;
  /** The seed of everything random, 0 to 2⁵³ − 1. */
  seed?: number;
  /** The quorum system. */
  quorums?: "majority" | { phase1: number; phase2: number };
  /** How ballots are numbered. */
  ballots?: Scheme;
  /** The roles of each server, server 1 first; `null`: every server plays all three. */
  roles?: Role[][];
  /** Whether an outbid proposer waits longer after every failed try. Without, it begins again at once. */
  backoff?: boolean;
  /** How the network treats messages to begin with. */
  network?: Partial<Conditions>;
  /** How long a disk takes to write, and again to sync: least and most, in simulated milliseconds. */
  disk?: [number, number];
  /**
   * How long a proposer waits for answers at first, in simulated milliseconds. Each failed try doubles it, up to
   * eightfold, and adds up to as much again at random.
   */
  retry?: number;
  /**
   * `guided`: somebody, such as a search, decides every step. What is done by hand then happens when it would have been
   * due, and the clock goes there. `seeded`, which may be left out: the clock decides.
   */
  clock?: "seeded" | "guided";
  /** Rules of the algorithm that are off to begin with, each with `false`; a rule that is not named holds. */
  rules?: Record<string, boolean>;
  /** Of a log: how many slots above the last one applied a leader may propose in. */
  window?: number;
  /** Of a log: when a server stands for leader. */
  election?: "content" | "timeout";
  /** Of a log: the server that stands at its first start without waiting; `null`: they find one. */
  leader?: NodeId | null;
  /** Of a log: how many clients there are, 1 to 26. */
  clients?: number;
  /** Of a log: what clients ask by themselves from the beginning. */
  workload?: Workload | null;
  /** Of a log: how often servers take a snapshot; `null`: never. */
  snapshots?: Snapshots | null;
  /** Of a log: how many clients servers remember; `null`: all. One more takes the place of the one that was served longest ago. */
  sessions?: number | null;
  /**
   * Of a log: what a leader does before it answers a read. `log`, the default: it gives it a slot. `index`: it asks a quorum whether
   * it still leads, and answers from its store.
   */
  reads?: "log" | "index";
  /**
   * Of a log: what servers, clients and the network are like where the run begins in the middle, as records of real servers do.
   */
  begins?: object | null;
}

/** A snapshot every so many applied slots; 0: only when somebody says so. Or that, and how many slots are kept beside it. */
export type Snapshots = number | { every: number; keep?: number };

/** A part a server plays. */
export type Role = "proposer" | "acceptor" | "learner";

/** How servers number their ballots. */
export type Scheme = "rounds" | "ranges";

/** Which protocol the servers speak. */
export type ProtocolKind = "single" | "log";

/** How the network treats messages from now on. A server's messages to itself are exempt. */
export interface Conditions {
  /** The probability that a message is lost, 0 to 1. */
  loss: number;
  /** The probability that a message is duplicated, 0 to 1. */
  duplicate: number;
  /**
   * How long a message travels: least and most, in simulated milliseconds, up to a minute. Unequal times
   * reorder messages.
   */
  latency: [number, number];
}

/**
 * One thing that happens: one step of a run.
 *
 * Around a write there are four moments to crash a server at, and an action leads from each to the next:
 *
 * 1. *before the write*: the server has decided, and the record waits in its memory;
 * 2. after `write`: written, and not yet durable;
 * 3. after `sync`: durable, and nothing said yet;
 * 4. after `flush` or `send`: said.
 */
export type Action =
  | { type: "propose"; node: NodeId; value: string }
  | { type: "deliver"; message: MessageId }
  | { type: "drop"; message: MessageId }
  | { type: "duplicate"; message: MessageId }
  | { type: "hold"; message: MessageId }
  | { type: "release"; message: MessageId }
  | { type: "timeout"; node: NodeId; timer: Timer }
  | { type: "write"; node: NodeId }
  | { type: "sync"; node: NodeId }
  | { type: "flush"; node: NodeId }
  | { type: "send"; message: MessageId }
  | { type: "crash"; node: NodeId }
  | { type: "restart"; node: NodeId }
  | { type: "wipe"; node: NodeId }
  | { type: "pause"; node: NodeId }
  | { type: "resume"; node: NodeId }
  | { type: "cut"; from: EndId; to: EndId }
  | { type: "mend"; from: EndId; to: EndId }
  | { type: "isolate"; node: NodeId }
  | { type: "rejoin"; node: NodeId }
  | { type: "partition"; groups: NodeId[][] }
  | { type: "heal" }
  | { type: "network"; loss?: number; duplicate?: number; latency?: [number, number] }
  | { type: "rule"; rule: string; on: boolean }
  | { type: "power-cut" }
  | { type: "request"; client: ClientId; op: Op; node?: NodeId; since?: number }
  | { type: "retry"; client: ClientId }
  | { type: "snapshot"; node: NodeId }
  | ({ type: "workload" } & (Workload | { rate: 0 }));

/** Something a server waits for. Setting a timer that is set starts it anew. The last three are those of a log. */
export type Timer = "retry" | "learn" | "heartbeat" | "stand" | "repeat";

/** A client of a log, a letter. */
export type ClientId = string;

/** An end of the network: a server or a client. */
export type EndId = NodeId | ClientId;

/** A thing a person can act on. */
export type Target = { node: NodeId } | { message: MessageId } | { link: [EndId, EndId] } | { client: ClientId };

/** One entry of a menu. */
export interface Choice {
  /** What it does. A proposal carries a suggested value. */
  action: Action;
  /** Its name, as on a button. */
  name: string;
  /** The key for it, a lower-case letter of its name. */
  key: string | null;
  /** Why it is not possible now; `null` if it is. */
  why: string | null;
}

/** What the clock would do next. */
export interface Next {
  /** When, in simulated milliseconds. */
  at: number;
  /** What. */
  action: Action;
  /** What that is, in a few words. */
  says: string;
}

/** Everything there is to draw. */
export interface View {
  /** Steps so far. */
  step: number;
  /** The time, in simulated milliseconds. */
  at: number;
  /** The protocol. */
  protocol: ProtocolKind;
  /** The servers, in order. */
  nodes: NodeView[];
  /** Messages under way: first those that have left, in the order they were made, then each server's outbox. */
  messages: MessageView[];
  /** Links: all of them in a cluster of up to nine, otherwise those that are cut. */
  links: LinkView[];
  /** Everything chosen, in that order. */
  chosen: ChosenView[];
  /** Everything broken, in that order. */
  violations: ViolationView[];
  /** Safety rules that can be switched off, and whether each is on. */
  rules: Record<string, boolean>;
  /** The rules that are off, each with its name in words. */
  off: { rule: string; name: string }[];
  /** The quorum system. */
  quorums: QuorumsView;
  /** How the network treats messages. */
  network: Conditions;
  /** The event that says most about the latest step. */
  headline: Event | null;
  /** What happens next: what is on record, or else what the clock does. */
  next: Next | null;
  /** How many steps the branch has: more than `step` while looking back. */
  length: number;
  /** The branch this is a moment of. */
  branch: BranchId;
  /** How many marks the branch has: when it changes, so does the timeline. */
  marks: number;
  /** Why nothing comes next; `null` when something does. */
  ended: Ended | null;
  /** The beat that led here. */
  beat: BeatView;
  /** Why no value can be agreed on as things are, and what would help; `null` while one can, or everybody knows one. */
  stuck: string | null;
  /** Of a log: the clients, in order. */
  clients?: ClientView[];
  /** Of a log: what was found out about what clients asked and were told. */
  history?: HistoryView;
  /** Of a log: the slots that a leader may propose in, first and last. */
  window?: [first: number, last: number];
  /** Of a log: what clients ask by themselves. */
  workload?: Workload | null;
}

/**
 * How much a beat is: what a story of the run would mention, a command of a log from asking to the answer, one arrival with
 * all it causes, or one step.
 */
export type BeatSize = "ideas" | "commands" | "messages" | "everything";

/** What a person takes in at once. */
export interface BeatView {
  /** How much that is. */
  size: BeatSize;
  /** After how many steps it began. */
  from: number;
  /** After how many steps it ends: before its end, at most the last step on record. */
  to: number;
  /** What it has brought so far, in a sentence or two; empty at the beginning, and while an idea is still to come. */
  says: string;
  /** How long nothing happened before the latest arrival, in simulated milliseconds. */
  after: number;
  /** Which idea this is, where the run's notes are its ideas. */
  number: number | null;
  /** How many ideas there are then. */
  of: number | null;
}

/** The number of a branch, from 1. */
export type BranchId = number;

/** Where the present is among all courses the run took. */
export interface Timeline {
  /** Steps to the present. */
  step: number;
  /** Steps of the branch. */
  length: number;
  /** The branch the present is in. */
  branch: BranchId;
  /** All branches, in the order they were made. */
  branches: BranchView[];
  /** What there is to find in the present branch, in order of steps. */
  marks: MarkView[];
}

/** One course the run took, from its beginning to the last step anyone has seen. */
export interface BranchView {
  /** Its number, never given to another. */
  id: BranchId;
  /** What it is called, 1 to 64 bytes. */
  name: string;
  /** The branch it left, and after how many steps. */
  from: { branch: BranchId; step: number } | null;
  /** How many steps it has. */
  length: number;
  /** The digest of all its events, 16 hexadecimal digits. */
  digest: string;
}

/** A moment worth finding again. */
export interface MarkView {
  /** The step that made it. */
  step: number;
  /** What it is. */
  mark: "intervention" | "crash" | "chosen" | "violation";
}

/** One server. */
export interface NodeView {
  /** Its number, from 1. */
  id: NodeId;
  /** Whether it runs. */
  status: Status;
  /** The parts it plays. */
  roles: Role[];
  /** Whether it may vote: an acceptor whose disk was never lost. */
  voting: boolean;
  /** What its proposer is doing. */
  phase: Phase;
  /** What its proposer is trying, or waits to try again. */
  proposal: ProposalView | null;
  /** The highest ballot its acceptor has promised, in memory; on disk only while the server is down. */
  promised: string | null;
  /** What its acceptor has accepted, likewise. */
  accepted: VoteView[];
  /** What it knows to be chosen. */
  learned: LearnedView[];
  /** Its disk. */
  disk: NodeDiskView;
  /** Messages that have not left it. */
  outbox: MessageId[];
  /** Timers that are set. */
  timers: TimerView[];
}

/** Whether a server runs. */
export type Status = "up" | "down" | "paused";

/** What a proposer is doing. */
export type Phase = "idle" | "preparing" | "accepting";

/** What a proposer is trying. */
export interface ProposalView {
  /** Its ballot; `null` between two tries. */
  ballot: string | null;
  /** What it asks acceptors to accept; `null` in phase 1. */
  value: string | null;
  /** What its client asked for. */
  asked: string | null;
  /** Who has promised. */
  promises: NodeId[];
  /** Who has accepted. */
  accepts: NodeId[];
}

/** What a server knows to be chosen. */
export interface LearnedView {
  /** The slot. */
  slot: number;
  /** The value. */
  value: string;
}

/** A vote: what an acceptor accepted. */
export interface VoteView {
  /** The slot. */
  slot: number;
  /** The ballot. */
  ballot: string;
  /** The value. */
  value: string;
}

/** A disk with what is on its way to it. */
export interface NodeDiskView {
  /** What survives a crash. */
  durable: DurableView;
  /** In memory, waiting to be written. */
  queued: RecordView[];
  /** Written, not durable. */
  pending: RecordView[];
  /** Whether this disk replaces one that was lost. */
  lost: boolean;
}

/** What a disk would give back. */
export interface DurableView {
  /** The highest ballot promised. */
  promised: string | null;
  /** The latest vote in each slot. */
  accepted: VoteView[];
  /** The round, or plain number, that the proposer last used. */
  round: number | null;
  /** Of a log with snapshots: the latest one. */
  snapshot?: SnapshotView;
}

/** A snapshot of a log, in brief. */
export interface SnapshotView {
  /** The last slot that is applied in it. */
  slot: number;
  /** How many keys have a value in it. */
  keys: number;
  /** Of how many clients it has the last operation. */
  sessions: number;
  /** On a disk: votes below this slot have made room for it. */
  keptFrom?: number;
}

/** One record on its way to a disk: exactly one of these is there. */
export interface RecordView {
  /** A promise. */
  promised?: string;
  /** A vote. */
  accepted?: VoteView;
  /** The round, or plain number, that the proposer used. */
  round?: number;
  /** Of a log: a snapshot. */
  snapshot?: SnapshotView;
}

/** A timer that is set. */
export interface TimerView {
  /** Which. */
  timer: Timer;
  /** When it runs out. */
  due: number | null;
}

/** A message under way. */
export interface MessageView extends EnvelopeView {
  /** When it left, in simulated milliseconds; `null` in an outbox. */
  sentAt: number | null;
  /** When it arrives, in simulated milliseconds; `null` in an outbox and while it is held. */
  dueAt: number | null;
  /** How far a held message had come, in thousandths of its way; else `null`. */
  progress: number | null;
  /** Where it is. */
  status: MessageStatus;
}

/** A message and what it says. */
export interface EnvelopeView {
  /** Its number. */
  id: MessageId;
  /** Its kind. */
  kind: Kind;
  /** Who sent it. */
  from: EndId;
  /** Whom it is for; possibly the sender. */
  to: EndId;
  /** Its ballot. */
  ballot: string;
  /** Its slot. */
  slot: number;
  /** Its value, for accept and accepted. */
  value: string | null;
  /** The votes it reports, for a promise. */
  accepted?: VoteView[];
  /** The promise that caused it, for a nack. */
  promised?: string;
  /** Of a log: what it carries; `"no-op"`: nothing. */
  command?: Command | "no-op" | null;
}

/** The name of a kind of message. */
export type Kind = "prepare" | "promise" | "accept" | "accepted" | "nack";

/** Where a message is. */
export type MessageStatus = "flying" | "held" | "waiting-for-disk" | "ready";

/** One direction of a link. */
export interface LinkView {
  /** From here … */
  from: EndId;
  /** … to here. */
  to: EndId;
  /** Whether messages get through. */
  up: boolean;
}

/** A chosen value: a fact about the world, whoever knows it. */
export interface ChosenView {
  /** The slot. */
  slot: number;
  /** The value. */
  value: string;
  /** The ballot that chose it. */
  ballot: string;
  /** The acceptors that chose it. */
  quorum: NodeId[];
}

/** How many is enough. */
export interface QuorumsView {
  /** Promises that complete phase 1. */
  phase1: number;
  /** Votes that choose a value. */
  phase2: number;
  /** Servers that vote. */
  acceptors: number;
}

/** A broken invariant. */
export interface ViolationView {
  /** The step that broke it. */
  step: number;
  /** Which. */
  invariant: Invariant;
  /** How, in one sentence. */
  why: string;
}

/**
 * A property of every state of a correct run.
 *
 * The first four are what consensus *means* (*Paxos Made Simple*, §2.1 and §2.2); the others are how Paxos gets there.
 */
export type Invariant =
  | "one-value-chosen"
  | "only-proposed-chosen"
  | "chosen-stays-chosen"
  | "only-chosen-learned"
  | "promises-never-go-back"
  | "durable-before-sent"
  | "one-value-per-ballot"
  | "step-of-specification"
  | "one-command-per-slot"
  | "only-asked-applied"
  | "applied-is-chosen"
  | "equal-stores"
  | "applied-once"
  | "within-window"
  | "linearizable";

/** Where the present is, and what comes next, in brief. */
export interface Position {
  /** The step of the present. */
  step: number;
  /** How many steps the branch has. */
  length: number;
  /** The branch. */
  branch: number;
  /** The time of the present, in simulated milliseconds. */
  at: number;
  /** When something comes next, in simulated milliseconds; `null` when nothing does. */
  next: number | null;
  /** Why nothing comes next; `null` when something does. */
  ended: Ended | null;
  /** Whether a beat ends here, of the size chosen. */
  beat: boolean;
}

/** Why nothing comes next: nothing is left to happen, or the run is as long as a run may be. */
export type Ended = "nothing-left" | "limit";

/** An event in brief, as steps bring it about: `lab.tell(step, step)` tells it in full. */
export interface Row {
  /** The step that made it, from 1. */
  step: number;
  /** When, in simulated milliseconds. */
  at: number;
  /** Which kind of event: `sent`, `promised`, `chosen`, … */
  event: string;
  /** The server it happened on. */
  node?: NodeId;
  /** The message it is about. */
  message?: MessageId;
  /** Who sent that message. */
  from?: EndId;
  /** Whom that message is for. */
  to?: EndId;
  /** The value that was asked for, chosen or learned. */
  value?: string;
}

/** An event for JavaScript and for JSON: one flat object. Fields that say nothing are left out. */
export interface Event {
  /** The step that made it, from 1. */
  step: number;
  /** When, in simulated milliseconds. */
  at: number;
  /** Which kind of event: `sent`, `promised`, `chosen`, … */
  event: string;
  /** The server it happened on. */
  node?: NodeId;
  /** The message it is about. */
  message?: EnvelopeView;
  /** The number of the copy, for `duplicated`. */
  copy?: MessageId;
  /** One end of a link. */
  from?: EndId;
  /** The other end of a link, or whom an answer is for. */
  to?: EndId;
  /** The ballot it is about. */
  ballot?: string;
  /** The slot it is about. */
  slot?: number;
  /** The value it is about. */
  value?: string;
  /** The servers that make up a quorum, or have answered so far. */
  quorum?: NodeId[];
  /** The votes a promise reports. */
  accepted?: VoteView[];
  /** The vote that must be adopted. */
  reported?: VoteView;
  /** The promise that caused a refusal. */
  promised?: string;
  /** What was written, became durable, or was lost. */
  records?: RecordView[];
  /** The timer that ran out. */
  timer?: Timer;
  /** Of a log: the client that it happened to. */
  client?: ClientId;
  /** Of a log: the command it is about. */
  command?: Command | "no-op";
  /** Of a log: what a client was told. */
  result?: Result;
  /** The groups of a partition. */
  groups?: NodeId[][];
  /** The network's new conditions. */
  network?: Conditions;
  /** The invariant that is broken. */
  invariant?: Invariant;
  /** Why, as data: the kind of reason, and what was compared. Every decision has one. */
  because?: { kind: string; [fact: string]: unknown };
  /** The rule that is off and decided it. The sentence names it, too. */
  although?: string;
  /** What happened and why, in one sentence. */
  why: string;
  /** What follows from it, where that is worth a sentence. */
  so?: string;
  /**
   * The steps of Lamport's abstract Paxos that it is, if it is any: `Phase1a(3.1)`, `Phase1b(2, 3.1)`,
   * `Phase2a(3.1, blue)`, `Phase2b(2, 3.1, blue)`. Where records become durable together there can be several, with
   * commas between them.
   */
  spec?: string;
}

/** Everything needed to have the same run again. */
export interface Run {
  /** The version of this format: 1. */
  quorum: number;
  /** The version of the program that made it. */
  engine: string;
  /** What it starts from. */
  config: Config;
  /** What was done to it, in order of steps. */
  interventions: Intervention[];
  /** The step to show. */
  cursor: number;
  /** How many steps it has. */
  length: number;
  /** The digest of all its events, 16 hexadecimal digits. */
  digest: string;
  /** What it is called, up to 120 bytes. */
  title?: string;
  /** What is said about it, in order of steps. */
  notes?: Note[];
}

/** A sentence at a step of a run. */
export interface Note {
  /** After how many steps. */
  step: number;
  /** The sentence, 1 to 600 bytes. */
  says: string;
  /** What it wants to know before the run goes on. */
  question?: Question;
}

/** What a note wants to know: the right one of a few choices, or something that is to be done. */
export interface Question {
  /** What there is to choose from, 2 to 6 texts of 1 to 200 bytes. */
  choices?: string[];
  /** Which of them is right, counted from 1. */
  right?: number;
  /** What is to be brought about instead: expectations, all of them at one moment. */
  goal?: object[];
  /** What is said once it is answered. */
  answer?: string;
}

/** Something done to a run by somebody other than its clock. */
export interface Intervention {
  /** After how many steps. */
  step: number;
  /** What. */
  action: Action;
}

/** What must be kept outside before a step may happen. */
export interface PendingSave {
  /** The run up to and including the step. */
  run: Run;
  /** Every server's disk after it. */
  disks: DiskView[];
}

/** A durable disk by itself, as browsers and files keep it. */
export interface DiskView {
  /** Whose. */
  node: NodeId;
  /** Whether it replaces one that was lost. */
  lost: boolean;
  /** The highest ballot promised. */
  promised: string | null;
  /** The latest vote in each slot. */
  accepted: VoteView[];
  /** The round, or plain number, that the proposer last used. */
  round: number | null;
}

// A replicated log: what its views have beside those of single-decree Paxos.

/** What a client asks of the store: exactly one of these. */
export type Op =
  | { get: string }
  | { put: [key: string, value: string] }
  | { delete: string }
  | { cas: [key: string, from: string, to: string] }
  | { append: [key: string, value: string] };

/** One operation of one client. */
export interface Command {
  /** Who asks. */
  client: ClientId;
  /** The how-manieth operation of this client it is, from 1. */
  seq: number;
  /** What is asked for. */
  op: Op;
}

/** Clients that ask by themselves. */
export interface Workload {
  /** How many of them. */
  clients: number;
  /** Requests a second of simulated time, of all of them together. */
  rate: number;
  /** How many keys they ask for. */
  keys?: number;
}

/** Everything there is to draw of a log. */
export interface LogView extends Omit<View, "nodes" | "messages" | "chosen"> {
  protocol: "log";
  /** The servers, in order. */
  nodes: LogNodeView[];
  /** Messages under way. */
  messages: LogMessageView[];
  /** What is chosen in the slots asked for, lowest first. */
  chosen: LogChosen[];
  /** The slots that a leader may propose in, first and last. */
  window: [first: number, last: number];
  /** The clients, in order. */
  clients: ClientView[];
  /** What clients asked and were told. */
  history?: HistoryView;
  /** What clients ask by themselves. */
  workload?: Workload | null;
  /** The slots that are listed, first and last. */
  slots?: [first: number, last: number];
}

/** One server of a log. */
export interface LogNodeView extends Omit<NodeView, "accepted" | "learned"> {
  /** Whom it follows. */
  leader: NodeId | null;
  /** Whether it leads, and a quorum has not promised a higher ballot. */
  leads: boolean;
  /** Whether it takes itself for the leader. */
  believes: boolean;
  /** Every slot up to this one is known to be chosen. */
  chosenTo: number;
  /** Every slot up to this one is applied. */
  applied: number;
  /** From this slot on it still has its votes. */
  keptFrom: number;
  /** Where servers take snapshots: the last slot of its latest durable one, and the first slot that it still has itself. */
  snapshot?: { to: number | null; knownFrom: number };
  /**
   * Of a leader, where reads that take no slot wait: how many, and who has confirmed that it leads; `null`: a quorum has, and what it
   * must apply first is not chosen yet.
   */
  reads?: { waiting: number; confirmed: NodeId[] | null };
  /** What applying came to. */
  store: StoreView;
  /** The last operation of each client that was applied. */
  sessions: Record<ClientId, number>;
  /** Its votes, of the slots asked for. */
  accepted: LogVote[];
  /** What it knows to be chosen, of the slots asked for. */
  learned: LogEntry[];
}

/** A store in brief. */
export interface StoreView {
  /** How many keys it has. */
  keys: number;
  /** Equal for equal stores. */
  digest: string;
  /** A few keys with their values. */
  some: [key: string, value: string][];
}

/** What a slot holds. */
export interface LogEntry {
  /** The slot. */
  slot: number;
  /** What is in it. */
  command: Command | "no-op";
}

/** A vote in a slot. */
export interface LogVote extends LogEntry {
  /** The ballot. */
  ballot: string;
}

/** What is chosen in a slot: a fact about the world, whoever knows it. */
export interface LogChosen extends LogVote {
  /** The acceptors that chose it. */
  quorum: NodeId[];
}

/** A message of a log under way. */
export interface LogMessageView extends Omit<MessageView, "kind" | "accepted"> {
  /** Its kind. */
  kind: LogKind;
  /** The votes it reports, for a promise. */
  accepted?: LogVote[];
  /** For an answer, what it says. */
  result?: Result;
  /** Whether it is one, or sends the client on. */
  reply?: "done" | "not-leader" | "old" | "expired";
  /** For an answer of a server that does not lead, who it thinks does. */
  leader?: NodeId | null;
  /** For a snapshot, how many keys have a value in it. */
  keys?: number;
  /** For a snapshot, of how many clients it has the last operation. */
  sessions?: number;
  /** For a promise, the first slot that its sender still has its votes of. */
  keptFrom?: number;
  /** For a question whether its sender still leads, and for its answer: the how-manieth question of that leader it is, from 1. */
  question?: number;
}

/** The name of a kind of message of a log. */
export type LogKind =
  | Kind
  | "heartbeat"
  | "fetch"
  | "fetched"
  | "request"
  | "answer"
  | "snapshot"
  | "confirm"
  | "confirmed";

/** What an operation gave: `"ok"`, the value of a get or `null` without one, whether a cas swapped. */
export type Result = string | boolean | null;

/** A client. */
export interface ClientView {
  /** Its letter. */
  id: ClientId;
  /** The number of its last operation. */
  seq: number;
  /** What it waits for. */
  waiting: { op: Op; since: number; at: NodeId } | null;
}

/** What clients asked and were told. */
export interface HistoryView {
  /** The latest ones and all that are open, in the order in which they were asked. */
  operations: OperationView[];
  /** How many there were. */
  of?: number;
  /** Whether some order of them explains all results. */
  verdict: "linearizable" | "not" | "unknown";
  /** The step from which on none does, or from which on it was not decided any more. */
  since: number | null;
}

/** One operation of a client, from its call to its return. */
export interface OperationView extends Command {
  /** The step in which it was asked. */
  call: number;
  /** The step in which it was answered; `null` while it is not. */
  return: number | null;
  /** What it was told. */
  result: Result;
  /** In which slot it was chosen, as far as that is known. */
  slot: number | null;
}

/** What a view is to show. */
export interface ViewOptions {
  /** Of a log: what servers hold in the slots from the first to the last of these; by default in the latest 40. */
  slots?: [number, number];
}
