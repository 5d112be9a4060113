// What is true of a log as a whole, on the stage: its ballots in the order in which they appeared, and how far it has
// come.

import { held } from "../../shared/operations.js";
import { ofLog } from "./card.js";
/** @import { LogView, View } from "../../engine/engine.js" */
/** @import { Values } from "../../shared/values.js" */

/** The view as what it is: the page's parts hand on what they were given. @param {View} view @returns {LogView} */
const whole = (view) => /** @type {any} */ (view);

/** The numbers of a ballot, to compare. @param {string} ballot */
const numbers = (ballot) => ballot.split(".").map(Number);

/** Which of two ballots is the lower one. @param {string} one @param {string} other */
export function lower(one, other) {
  const [[a, b = 0], [c, d = 0]] = [numbers(one), numbers(other)];
  return a - c || b - d;
}

/** Gives the ballots that are seen their colours: those that are new the lowest first, as they appear in a run.
 * @param {View} view @param {Values} ballots */
export function meet({ nodes, messages }, ballots) {
  const seen = new Set(messages.map(({ ballot }) => ballot));
  for (const node of nodes.map(ofLog)) {
    if (node.promised) seen.add(node.promised);
    for (const { ballot } of node.accepted) seen.add(ballot);
  }
  ballots.meet([...seen].filter((ballot) => ballot).toSorted(lower));
}

/** What to say in the middle of the stage. @param {View} view
 * @returns {{ says: string, more: string[] }} in large letters, and below them */
export function middle(view) {
  const { nodes, window } = whole(view);
  const all = nodes.map((node) => ({ ...node, chosenTo: node.chosenTo ?? 0 }));
  const most = all.reduce((a, b) => (b.chosenTo > a.chosenTo ? b : a));
  const last = most.learned.find(({ slot }) => slot === most.chosenTo);
  const leading = all.filter(({ leads }) => leads).map(({ id }) => id);
  const who = leading.length ? `Server ${leading[0]} leads` : "Nobody leads";
  const room = window && leading.length ? `, in slots ${window[0]} to ${window[1]}.` : ".";
  if (!most.chosenTo) return { says: "nothing chosen yet", more: [`${who}${room}`] };
  const holds = last ? `: ${held(last.command)}` : "";
  return { says: `slot ${most.chosenTo}${holds}`, more: ["known to be chosen up to here", `${who}${room}`] };
}
