// What the grid of servers by slots shows: what each server knows of each slot. Nothing is drawn here.

import { held, spoken } from "../shared/operations.js";
/** @import { Command, LogNodeView, LogView } from "../engine/engine.js" */

/**
 * What a server knows of a slot: nothing; it voted; it voted for what was chosen; it knows that it was chosen; it has
 * applied it; it has applied it and keeps only what it came to, in a snapshot; or it lacks it, although it knows a later one.
 * @typedef {"empty" | "voted" | "chosen" | "known" | "applied" | "stored" | "gap"} Look
 */
/** @typedef {{ look: Look, command: Command | "no-op" | null, ballot: string | null }} Cell */
/** @typedef {{ command: Command | "no-op", ballot: string | null }} Held */
/** @typedef {{ node: LogNodeView, votes: Map<number, Held>, learned: Map<number, Held> }} Row */

/** Whether two slots hold the same. @param {Command | "no-op"} one @param {Command | "no-op"} other */
const same = (one, other) =>
  one === other || (one !== "no-op" && other !== "no-op" && one.client === other.client && one.seq === other.seq);

/** Whether a ballot is above another. @param {string | null} one @param {string | null} other */
function above(one, other) {
  const [[a, b = 0], [c, d = 0]] = [one, other].map((ballot) => (ballot ?? "-1").split(".").map(Number));
  return a > c || (a === c && b > d);
}

/** All that the cells of a view are read off. */
export class Grid {
  /** @type {Row[]} */
  rows;
  /** What is known to be chosen, by slot. @type {Map<number, Held>} */
  chosen = new Map();

  /** @param {LogView} view */
  constructor(view) {
    this.rows = view.nodes.map((node) => ({
      node,
      votes: new Map(node.accepted.map(({ slot, command, ballot }) => [slot, { command, ballot }])),
      learned: new Map(node.learned.map(({ slot, command }) => [slot, { command, ballot: null }])),
    }));
    for (const { slot, command, ballot } of view.chosen)
      if (!this.chosen.has(slot)) this.chosen.set(slot, { command, ballot });
    const told = new Set(this.chosen.keys());
    for (const { learned } of this.rows)
      for (const [slot, entry] of learned) if (!this.chosen.has(slot)) this.chosen.set(slot, { ...entry });
    // In which ballot, where that is not told: the highest that somebody voted for it in.
    for (const [slot, entry] of [...this.chosen].filter(([slot]) => !told.has(slot)))
      for (const { votes } of this.rows) {
        const vote = votes.get(slot);
        if (vote && same(vote.command, entry.command) && above(vote.ballot, entry.ballot)) entry.ballot = vote.ballot;
      }
  }

  /** @param {number} row @param {number} slot @returns {Cell} */
  cell(row, slot) {
    const { node, votes, learned } = this.rows[row];
    const vote = votes.get(slot);
    const known = learned.get(slot);
    if (known) {
      const ballot = (vote && same(vote.command, known.command) ? vote.ballot : this.chosen.get(slot)?.ballot) ?? null;
      return { look: slot <= node.applied ? "applied" : "known", command: known.command, ballot };
    }
    if (slot <= closed(node)) return { look: "stored", command: null, ballot: null };
    if (vote) {
      const chosen = this.chosen.get(slot);
      return { look: chosen && same(chosen.command, vote.command) ? "chosen" : "voted", ...vote };
    }
    const later = slot > node.applied && [...learned.keys()].some((other) => other > slot);
    return { look: later ? "gap" : "empty", command: null, ballot: null };
  }
}

/** The slots up to this one are a closed block: a server has what they came to, and not the slots themselves. Of one that is
 * down, its disk says so. 0: there is none. @param {LogNodeView} node */
export const closed = ({ snapshot, status }) =>
  snapshot ? (status === "down" ? (snapshot.to ?? 0) : snapshot.knownFrom - 1) : 0;

/** The last slot that there is anything to show of. @param {LogView} view */
export function lastSlot({ nodes, window }) {
  const of = (/** @type {LogNodeView} */ { chosenTo, accepted, learned }) =>
    Math.max(chosenTo ?? 0, accepted.at(-1)?.slot ?? 0, learned.at(-1)?.slot ?? 0);
  return Math.max(1, window?.[1] ?? 0, ...nodes.map(of));
}

/** The last slot that anybody has used, as far as slots are listed. @param {LogView} view */
export const lastUsed = ({ nodes }) =>
  Math.max(1, ...nodes.map(({ chosenTo, accepted }) => Math.max(chosenTo ?? 0, accepted.at(-1)?.slot ?? 0)));

/** What is written in a cell. @param {Cell} cell */
export const text = ({ command }) => (command ? held(command) : "");

/** @type {Record<Look, string>} */
const SAYS = {
  empty: "nothing yet",
  gap: "a gap: it knows a later slot, and not this one",
  voted: "accepted here, and not known to be chosen",
  chosen: "accepted here and chosen, which it does not know",
  known: "known here to be chosen, and not applied",
  applied: "applied here",
  stored: "applied, and kept only as what it came to, in a snapshot",
};

/** A cell in a sentence. @param {number} server @param {number} slot @param {Cell} cell */
export function says(server, slot, { look, command, ballot }) {
  const what = command ? `${spoken(command)}${ballot ? ` at ${ballot}` : ""}: ` : "";
  return `Server ${server}, slot ${slot}: ${what}${SAYS[look]}.`;
}

/** What a server is called at the head of its row. @param {LogNodeView} node @param {boolean} gap
 * @returns {string} beside its number */
export function standing({ status, leads, believes }, gap) {
  if (status !== "up") return status;
  if (leads) return "leads";
  if (believes) return "believes";
  return gap ? "behind" : "";
}
