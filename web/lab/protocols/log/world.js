// What is true of a log as a whole, on the stage: its ballots in the order in which they appeared, and how far it has
// come.

import { list } from "../../shared/dom.js";
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

/** Who knows what is chosen in a slot, in words. Without a rule a server may have learned another command. Behind a
 * snapshot there are no slots any more: what was in them is in the store.
 * @param {LogView["nodes"]} nodes @param {Pick<LogView["chosen"][number], "slot" | "command">} chosen */
function knowing(nodes, { slot, command }) {
  const is = (/** @type {LogView["nodes"][number]["learned"][number]} */ entry) =>
    entry.slot === slot && JSON.stringify(entry.command) === JSON.stringify(command);
  const knows = (/** @type {LogView["nodes"][number]} */ { learned, snapshot }) =>
    learned.some(is) || slot < (snapshot?.knownFrom ?? 1);
  const who = nodes.filter(knows).map(({ id }) => id);
  if (!who.length) return "No server knows it.";
  return who.length === nodes.length ? "Everyone knows." : `Known to ${list(who)}.`;
}

/** What to say in the middle of the stage. @param {View} view
 * @returns {{ says: string, more: string[] }} in large letters, and below them */
export function middle(view) {
  const { nodes, window, chosen } = whole(view);
  const leading = nodes.filter(({ leads }) => leads).map(({ id }) => id);
  const room = window && leading.length ? `, in slots ${window[0]} to ${window[1]}.` : ".";
  const who = `${leading.length ? `Server ${leading[0]} leads` : "Nobody leads"}${room}`;
  const last = chosen.at(-1);
  if (last) {
    const by = `chosen by ${list(last.quorum.toSorted((a, b) => a - b))}. ${knowing(nodes, last)}`;
    return { says: `slot ${last.slot}: ${held(last.command)}`, more: [by, who] };
  }
  const known = Math.max(0, ...nodes.map(({ chosenTo }) => chosenTo ?? 0));
  return known
    ? { says: `slot ${known}`, more: ["known to be chosen up to here", who] }
    : { says: "nothing chosen yet", more: [who] };
}
