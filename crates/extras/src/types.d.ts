/** A run as it is kept: see the engine's own declarations. */
export type Run = import("./quorum_wasm.js").Run;

/** A lesson that is a test: what a run starts from, what is done to it and when, what is said, and what must come of it.
 * docs/scenarios.md describes it. */
export interface Scenario {
  /** The version of this format: 1. */
  quorum: number;
  /** What it is called, 1 to 120 bytes; may be left out. */
  title?: string;
  /** What it shows, 1 to 600 bytes; may be left out. */
  about?: string;
  /** What it starts from; everything may be left out. */
  config?: Partial<import("./quorum_wasm.js").Config>;
  /** What is done to it, in order. */
  interventions?: object[];
  /** What is said about it, in order. */
  notes?: object[];
  /** When it ends. */
  until?: object;
  /** What must be true of it. */
  expect?: object[];
}

/** What came of a scenario. */
export interface Played {
  /** The run, with its title and its notes, at its beginning. */
  run: Run;
  /** What it shows; empty if the scenario does not say. */
  about: string;
  /** Why the run ended: at a limit, nothing is known about its end. */
  ended: "nothing-left" | "until" | "limit";
  /** Each expectation, whether it was met, and what was seen instead. */
  expectations: { says: string; met: boolean; seen: string }[];
}

/** Something to bring about: a scenario that somebody else finishes. docs/challenges.md describes it. */
export interface Challenge {
  /** The version of this format: 1. */
  quorum: number;
  /** What it is called. */
  title: string;
  /** The goal, in a sentence or two. */
  about: string;
  /** What it starts from; everything may be left out. */
  config?: Partial<import("./quorum_wasm.js").Config>;
  /** What has been done by its start, in order. */
  interventions?: object[];
  /** When it starts. */
  until?: object;
  /** The goal: expectations, all of them at one moment. */
  goal: object[];
  /** The kinds of actions that may be used; without it, all. */
  actions?: string[];
  /** The rules that may be switched. */
  rules?: string[];
  /** In how many steps. */
  steps?: number;
  /** What helps, the smallest help first. */
  hints: string[];
  /** What meets the goal. */
  solution?: object[];
}

/** What the judge says of a run. */
export interface Verdict {
  /** The first step after which the whole goal was met; null if there is none. */
  met: number | null;
  /** Each part of the goal, whether it is met, and what is seen instead. */
  goal: { says: string; met: boolean; seen: string }[];
  /** Why this run cannot meet the goal any more: a sentence. */
  lost: string | null;
}

/** The one difference of a variation. Interventions are counted from 0, as they stand in the run. */
export type Change =
  /** It starts from something else: another seed, no backoff, and whatever else a config may say. All of the config. */
  | { type: "config"; config: import("./quorum_wasm.js").Config }
  /** One intervention was never done. */
  | { type: "without"; which: number }
  /** One intervention was done after so many steps of the original instead. */
  | { type: "moved"; which: number; step: number };

/** Something that was done to a run, told. */
export interface Done {
  /** After how many steps. */
  step: number;
  /** When, in simulated milliseconds. */
  at: number;
  /** What, in a few words: "Crash server 3". */
  says: string;
}

/** A run with one difference. */
export interface Varied {
  /** At its beginning, without a title and notes. What was done to the original is done at the same time. */
  run: Run;
  /** What could not be done to it any more, and why: one sentence each. */
  leftOut: string[];
}

/** Where two runs come apart. */
export interface Difference {
  /** The first step that is not the same in both, from 1. */
  step: number;
  /** When, in simulated milliseconds: in the run in which it is earlier. */
  at: number;
  /** The first event of `runA` that differs; null when it has no more. */
  a: import("./quorum_wasm.js").Event | null;
  /** What `runB` has in its place; null when it has no more. */
  b: import("./quorum_wasm.js").Event | null;
  /** The difference in two or three sentences, in which `runA` is “here” and `runB` “there”. */
  says: string;
}

/** What a run can be written as. */
export type Format = "svg" | "animated-svg" | "stage" | "mermaid" | "shiviz" | "jsonl" | "script";
