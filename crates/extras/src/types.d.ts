/** A run as it is kept: see the engine's own declarations. */
export type Run = import("./quorum_wasm.js").Run;

/** A lesson that is a test: what a run starts from, what is done to it and when, what is said, and what must come of it.
 * docs/scenarios.md describes it. */
export interface Scenario {
    /** The version of this format: 1. */
    quorum: number;
    /** What it is called, 1 to 120 bytes. */
    title: string;
    /** What it shows, 1 to 600 bytes. */
    about: string;
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
    /** What it shows. */
    about: string;
    /** Each expectation, whether it was met, and what was seen instead. */
    expectations: { says: string, met: boolean, seen: string }[];
}

/** What a run can be written as. */
export type Format = "svg" | "animated-svg" | "mermaid" | "shiviz" | "jsonl" | "script";
