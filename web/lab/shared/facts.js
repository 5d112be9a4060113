// The shapes of what the inspector shows: types only.

/** @import { Action } from "../engine/engine.js" */
/** @import { Child } from "./dom.js" */

/** One line of facts: drawn again when its key differs.
 * @typedef {[term: string, key: unknown, build: () => Child[]]} Fact */
/** A form to fill in first, or a line to type. @typedef {"propose" | "partition" | "network" | "request"} Opens */
/**
 * Something to do.
 * @typedef {object} Item
 * @property {string} name @property {string | null} key
 * @property {string | null} why it is not possible now
 * @property {Opens | false} [opens] @property {Action[]} [acts]
 * @property {boolean} [asks] whether it takes a second press
 */

export {};
