// What is true of a server and of a message in every protocol: what waits for its disk and its clock, the way to its
// links, and when and how a message ends.

import { h } from "./dom.js";
/** @import { EndId, MessageView, NodeView, Target, View } from "../engine/engine.js" */
/** @import { Fact } from "./facts.js" */

/** More servers than this are no list of links to read. */
const LINKED = 13;

/** What waits for its disk, and for its clock. @param {Pick<View, "messages">} view
 * @param {Pick<NodeView, "outbox" | "timers">} node @returns {(Fact | false)[]} */
export function waiting(view, node) {
  const held = view.messages.filter((m) => node.outbox.includes(m.id)).length;
  const text = `${held} ${held > 1 ? "messages wait" : "message waits"} for the disk`;
  const timers = node.timers.map(
    (t) => t.due != null && /** @type {Fact} */ ([`${t.timer} timer`, t, () => [`at ${t.due} ms`]]),
  );
  return [held > 0 && ["outbox", held, () => [text]], ...timers];
}

/** When a message arrives; as things stand, it may be lost then.
 * @param {Pick<View, "links"> & { nodes: { id: number, status: string }[] }} view
 * @param {Pick<MessageView, "from" | "to" | "dueAt">} message @returns {string | false} */
export function arrival({ links, nodes }, { from, to, dueAt }) {
  if (dueAt == null) return false;
  const cut = links.some((link) => !link.up && link.from === from && link.to === to);
  const status = nodes.find(({ id }) => id === to)?.status ?? "up";
  const lost = cut ? "the link is cut" : status !== "up" ? `server ${to} is ${status}` : "";
  return lost ? `at ${dueAt} ms, and is lost then: ${lost}` : `at ${dueAt} ms`;
}

/** A sentence about a message; a server may send one to itself. @param {string} sentence
 * @param {Pick<MessageView, "from" | "to">} message @returns {string} */
export const toItself = (sentence, { from, to }) =>
  from === to ? sentence.replace(new RegExp(`(?<!^)server ${to}\\b`), "itself") : sentence;

/** The way to its links with servers. @param {Pick<View, "links"> & { nodes: { id: number }[] }} view @param {{ id: EndId }} node a server or a client
 * @param {(target: Target) => void} select @returns {Fact | false} */
export function links(view, node, select) {
  const others = view.nodes.map(({ id }) => id).filter((id) => id !== node.id);
  if (!others.length || others.length >= LINKED) return false;
  /** @type {Map<EndId, string>} which way each is cut */
  const cut = new Map();
  const add = (/** @type {EndId} */ id, /** @type {string} */ way) => cut.set(id, cut.has(id) ? "both ways" : way);
  for (const { from, to, up } of view.links) {
    if (!up && from === node.id) add(to, `from ${node.id} to ${to}`);
    if (!up && to === node.id) add(from, `from ${from} to ${node.id}`);
  }
  const button = (/** @type {number} */ id) => {
    const way = cut.get(id);
    const props = {
      class: `link-to${way ? " cut" : ""}`,
      title: way && `cut ${way}`,
      "aria-label": `Link to server ${id}${way ? `, cut ${way}` : ""}`,
      onclick: () => select({ link: [node.id, id] }),
    };
    return h("button", props, `${id}`);
  };
  return ["links to", [node.id, [...cut]], () => others.map(button)];
}
