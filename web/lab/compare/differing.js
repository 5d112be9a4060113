// What differs between two runs at one moment, read off what their labs show. Whatever is not the same on both is found
// on both: a server, if anything that can be read on its card is another; a message, if the other run has none like it.

/** @import { MessageView, NodeView, View } from "../engine/engine.js" */

/** @typedef {{ nodes: number[], messages: number[] }} Found the numbers of what differs, on one side */

/** What can be read on a server's card, and above it. @param {NodeView} node */
const read = ({ status, voting, phase, proposal, promised, accepted, learned, disk }) =>
  JSON.stringify([status, voting, phase, proposal, promised, accepted, learned, disk]);

/** What a message is, between whom, and whether it is held or still at home. Its number counts all messages before it,
 * and so says nothing; nor does it differ for being a little further on. @param {MessageView} message */
const looks = ({ kind, from, to, ballot, slot, value, accepted, promised, status }) =>
  JSON.stringify([kind, from, to, ballot, slot, value, accepted, promised, status]);

/** What is on one side and not on the other: of things alike, so many as there are more of. @template T
 * @param {T[]} these @param {T[]} those @param {(one: T) => string} key @returns {T[]} */
function only(these, those, key) {
  /** @type {Map<string, number>} */
  const left = new Map();
  for (const one of those) left.set(key(one), (left.get(key(one)) ?? 0) + 1);
  return these.filter((one) => {
    const many = left.get(key(one)) ?? 0;
    left.set(key(one), many - 1);
    return many <= 0;
  });
}

/** @typedef {Pick<View, "nodes" | "messages">} Seen */

/** @param {Seen} here @param {Seen} there @returns {[here: Found, there: Found]} */
export function differing(here, there) {
  const server = (/** @type {NodeView} */ node) => `${node.id} ${read(node)}`;
  const found = (/** @type {Seen} */ one, /** @type {Seen} */ other) => ({
    nodes: only(one.nodes, other.nodes, server).map(({ id }) => id),
    messages: only(one.messages, other.messages, looks).map(({ id }) => id),
  });
  return [found(here, there), found(there, here)];
}
