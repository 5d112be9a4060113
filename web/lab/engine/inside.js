// What the modules of engine/ that are loaded later see of a session: types only.

/** @import { Action, Config, Engine, Lab, Row, Run } from "./engine.js" */
/** @import { Keeper } from "./keeper.js" */
/** @import { Reader } from "./reader.js" */
/** @import { Record } from "./record.js" */
/** @import { Kept } from "./storage.js" */

/**
 * @typedef {"power-cut" | "restored" | "replaced" | "unsaved" | "set-aside" | "read-only" | "not-persisted" |
 *   "linked" | "back" | "address" | "attributes" | "cluster"} Topic
 */

/**
 * @typedef {object} Options
 * @property {string | null} name under which the run is kept; null keeps it in memory
 * @property {Config} config of a run made afresh
 * @property {Run} [run] what to begin with instead
 * @property {boolean} afresh whether to set aside what is kept, because it led to a bug
 * @property {(lab: Lab) => void} begin brings a run made afresh to where it should start
 * @property {(rows: Row[]) => void} changed after every step
 * @property {() => void} moved after going to another moment
 * @property {(topic: Topic, text: string) => void} tell a sentence for the page to show
 * @property {(text: string) => void} panicked the engine hit a bug in itself
 * @property {(done: number, steps: number, cancel: () => void) => void} opening a run is being played again
 */

/**
 * @typedef {object} Leads real servers, where the run is theirs
 * @property {(session: any) => boolean} here whether the present is as far as they are, so that they say what comes next
 * @property {(action: Action) => Promise<void>} act does it to them
 */

/** @typedef {{ lab: Lab, module: Engine, records: Map<number, Record> }} Found a run again, the engine it is in, and what
 * happened in each of its branches */

/**
 * @typedef {object} Changes
 * @property {Options} options
 * @property {Keeper} keeper
 * @property {string | null} readOnly why nothing can be done here
 * @property {number} branch the one that is kept
 * @property {boolean} fresh whether this page has just made the run, rather than found it
 * @property {boolean} own whether the run was gone on with since it was opened
 * @property {Kept["scenario"]} scenario that its first branch began as
 * @property {Keeper["kept"]} kept
 * @property {() => void} writable throws where another tab runs this lab
 * @property {() => Run} run with its title and its notes
 * @property {(move: (lab: Lab) => void) => void} go to another moment
 * @property {() => void} by takes in where the notes are
 * @property {(action?: Action) => Promise<void>} act prepares, makes durable and confirms a step
 * @property {() => Promise<void>} begin keeps the present branch, in place of whatever was kept
 * @property {(marked: boolean, others: boolean) => Kept} snapshot
 * @property {(found: Found, kept: Omit<Kept, "disks">) => Promise<void>} swap takes another run in place of this one
 * @property {() => void} branchesChanged
 */

/** @typedef {Reader & Changes} Inside */

export {};
