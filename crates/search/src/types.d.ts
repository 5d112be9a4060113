/** A run as it is kept: see the engine's own declarations. */
export type Run = import("./quorum_wasm.js").Run;

/** How much may happen in every run that is looked at. */
export interface Bounds {
  /** 1 to 7. */
  servers: number;
  /** Requests of clients, each with a value of its own, 0 to 4. */
  values: number;
  /** Ballots begun, by all servers together, 0 to 8. */
  ballots: number;
  /** Ballots begun by any one server. */
  ballotsEach: number;
  /** Servers that propose. */
  proposers: number;
  /** Crashes, each followed by a restart. */
  crashes: number;
  /** Disks lost. */
  wipes: number;
  /** Messages lost. */
  losses: number;
  /** Messages duplicated. */
  duplicates: number;
}

/** How much may happen in every run of a log that is looked at. */
export interface LogBounds {
  /** 1 to 5. */
  servers: number;
  /** Servers that stand for leader. */
  proposers: number;
  /** How many slots a leader proposes in at once, 1 to 4. */
  window: number;
  /** Clients, each with one command, 1 to 3. */
  clients: number;
  /** How often each client asks, any server, 0 to 4. */
  asks: number;
  /** Ballots begun, by all servers together, 0 to 4. */
  ballots: number;
  /** Heartbeats of leaders, 0 to 4. */
  heartbeats: number;
  /** How often a leader repeats what was not answered, 0 to 4. */
  repeats: number;
  /** Crashes, each followed by a restart, 0 to 4. */
  crashes: number;
  /** Disks lost, 0 to 4. */
  wipes: number;
  /** Whether the last client reads. */
  reads: boolean;
}

/** What to look for, and where. */
export interface Question {
  /** About one agreed value, which is what it is by default, or about a replicated log. */
  protocol?: "single" | "log";
  /** Lamport's specification, or the very servers that the laboratory runs; by default these. */
  model?: "cluster" | "spec";
  /** The rules that are off. A search that goes on from a run has the rules of the run there. */
  off?: string[];
  /** Those left out are as the rules that are off ask for. */
  bounds?: Partial<Bounds | LogBounds>;
  /** The run to go on from, instead of from the beginning, and at which of its steps. */
  from?: Run;
  step?: number;
  /** Where to give up: after so many states, or so many bytes. */
  budget?: { states?: number; bytes?: number };
}

/** How far a search has come. */
export interface Progress {
  status: "running" | "complete" | "violated" | "budget";
  /** Different states found. */
  states: number;
  /** The same, each time it was found. */
  generated: number;
  /** Moves from the beginning to the states it looks at now. */
  depth: number;
  /** States that wait to be looked at. */
  frontier: number;
  /** Of memory. */
  bytes: number;
}

/** What a search has found. */
export interface Report {
  model: "cluster" | "spec" | "log";
  /** The rules that were off. */
  off: string[];
  bounds: Bounds | LogBounds;
  /** The bounds in words: "3 servers, 2 values, 3 ballots". */
  says: string;
  states: number;
  depth: number;
  /** Whether every state was visited. */
  complete: boolean;
  /** Whether it gave up. */
  budgetReached: boolean;
  /** What must always hold, and what must sometimes happen; `null` is what was not decided. */
  properties: { name: string; kind: "always" | "sometimes"; holds: boolean | null }[];
  /** A shortest run that breaks a property, how many moves it has, and what broke it. */
  violation: null | {
    property: string;
    length: number;
    /** `null`: the way to the harm can be told, and the laboratory's world cannot be led there. */
    run: Run | null;
    says: string | null;
    /** With a log: the way to the harm, a sentence for each move. */
    steps?: string[];
  };
  bytesPerState: number;
}

/** What is to be known about a rule of the algorithm. */
export interface Lesson {
  /** Its name in a question, such as "keep-promise". */
  rule: string;
  /** What it is about. */
  group: "promises" | "adoption" | "quorums" | "ballots" | "disk" | "slots" | "clients" | "progress" | "snapshots";
  /** A few plain words for its switch. */
  name: string;
  /** What it protects: one sentence. */
  protects: string;
  /** What a server does when it is off: one sentence. */
  without: string;
  /** Where leaving it out bit somebody: one or two sentences. */
  bit: string;
  /** Where that is told. Addresses in it begin with https:. */
  source: string;
  /** Within what a search finds out why it is there, and that in words. */
  bounds: Bounds | LogBounds;
  says: string;
}
