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

/** What to look for, and where. */
export interface Question {
  /** Lamport's specification, or the very servers that the laboratory runs; by default these. */
  model?: "cluster" | "spec";
  /** The rules that are off. A search that goes on from a run has the rules of the run there. */
  off?: string[];
  /** Those left out are as the rules that are off ask for. */
  bounds?: Partial<Bounds>;
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
  model: "cluster" | "spec";
  /** The rules that were off. */
  off: string[];
  bounds: Bounds;
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
  violation: null | { property: string; length: number; run: Run; says: string };
  bytesPerState: number;
}

/** What is to be known about a rule of the algorithm. */
export interface Lesson {
  /** Its name in a question, such as "keep-promise". */
  rule: string;
  /** What it is about. */
  group: "promises" | "adoption" | "quorums" | "ballots" | "disk";
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
  bounds: Bounds;
  says: string;
}
