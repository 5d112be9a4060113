// The facts about one server or one message of Paxos, term by term: loaded when a person first selects a thing.

import { h, list } from "../../shared/dom.js";
import { chip } from "../../shared/values.js";
import { card, chips } from "./card.js";
import { carried, isRefusal } from "./kinds.js";
/** @import { EndId, MessageView, NodeView, Target, View } from "../../engine/engine.js" */
/** @import { Fact } from "../../shared/facts.js" */
/** @import { Values } from "../../shared/values.js" */

const FEW = 7;
/** More servers than this are no list of links to read. */
const LINKED = 13;

/** @param {(Fact | false | null | undefined)[]} facts @returns {Fact[]} */
const known = (facts) => facts.filter((fact) => !!fact);

/** @param {View} view @param {NodeView} node @param {Values} values @param {(target: Target) => void} select
 * @returns {Fact[]} */
export function node(view, node, values, select) {
  return known([
    ...proposing(view, node, values),
    ...knowing(node, values),
    ...waiting(view, node),
    links(view, node, select),
  ]);
}

/** What it is doing, and for whom it waits. @param {View} view @param {NodeView} node @param {Values} values
 * @returns {(Fact | false | null)[]} */
function proposing(view, node, values) {
  const p = node.proposal;
  const { doing, gathering } = card(node, view.quorums);
  const heard = gathering && `from ${gathering.from.length > FEW ? gathering.from.length : list(gathering.from)}`;
  return [
    ["is", doing, () => [doing]],
    p && p.value == null && p.asked !== null && ["asked for", p.asked, () => [values.tag(p.asked ?? "")]],
    p && p.value != null && ["proposes", p, () => [values.tag(p.value ?? ""), p.ballot && ` at ${p.ballot}`]],
    gathering && [
      gathering.what,
      gathering,
      () => [
        gathering.from.length ? `${heard}: ` : "",
        `${Math.min(gathering.from.length, gathering.needed)} of ${gathering.needed} needed`,
      ],
    ],
  ];
}

/** What it remembers. @param {NodeView} node @param {Values} values @returns {Fact[]} */
function knowing(node, values) {
  const accepted = node.accepted.at(-1);
  const learned = node.learned.at(-1);
  const records = chips(node.disk);
  return [
    ["promised", node.promised, () => [node.promised ?? "nothing"]],
    ["accepted", accepted, () => (accepted ? [values.tag(accepted.value), ` at ${accepted.ballot}`] : ["nothing"])],
    ["learned", learned, () => (learned ? [values.tag(learned.value)] : ["nothing"])],
    [
      "disk",
      [records, node.disk.lost],
      () => (records.length ? records.map((record) => chip(record, values)) : [node.disk.lost ? "lost" : "empty"]),
    ],
  ];
}

/** What waits for its disk, and for its clock. @param {View} view @param {NodeView} node @returns {(Fact | false)[]} */
function waiting(view, node) {
  const held = view.messages.filter((m) => node.outbox.includes(m.id)).length;
  const text = `${held} ${held > 1 ? "messages wait" : "message waits"} for the disk`;
  const timers = node.timers.map(
    (t) => t.due != null && /** @type {Fact} */ ([`${t.timer} timer`, t, () => [`at ${t.due} ms`]]),
  );
  return [held > 0 && ["outbox", held, () => [text]], ...timers];
}

/** The way to its links. @param {View} view @param {NodeView} node @param {(target: Target) => void} select
 * @returns {Fact | false} */
function links(view, node, select) {
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

/** @param {MessageView} m @param {Values} values @returns {Fact[]} */
export function message(m, values) {
  const value = carried(m);
  const reports = m.value == null && m.accepted !== undefined;
  /** @type {[string, string | false | null | undefined][]} */
  const rows = [
    ["status", m.status.replaceAll("-", " ")],
    ["sent", m.sentAt != null && `at ${m.sentAt} ms`],
    ["arrives", m.dueAt != null && `at ${m.dueAt} ms`],
    ["because", isRefusal(m.kind) && m.promised && `server ${m.from} promised ${m.promised}`],
    ["reports", reports && value == null && "it has accepted nothing"],
  ];
  /** @type {Fact[]} */
  const facts = [];
  for (const [term, text] of rows) if (text) facts.push([term, text, () => [text]]);
  if (value != null) {
    const when = m.value == null && ` accepted at ${m.accepted?.[0].ballot}`;
    facts.push([reports ? "reports" : "value", value, () => [values.tag(value), when]]);
  }
  return facts;
}
