// The facts about one server or one message of Paxos, term by term: loaded when a person first selects a thing.

import { list } from "../../shared/dom.js";
import { arrival, links, waiting } from "../../shared/server-facts.js";
import { chip } from "../../shared/values.js";
import { card, chips } from "./card.js";
import { carried, isRefusal } from "./kinds.js";
/** @import { MessageView, NodeView, Target, View } from "../../engine/engine.js" */
/** @import { Fact } from "../../shared/facts.js" */
/** @import { Values } from "../../shared/values.js" */

const FEW = 7;

/** Of which facts a table of the moment has columns. */
export const columns = {
  servers: ["is", "promises", "accepts", "promised", "accepted", "learned", "outbox"],
  messages: ["status", "sent", "arrives", "value", "reports", "because"],
};

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

/** @param {View} view @param {MessageView} m @param {Values} values @returns {Fact[]} */
export function message(view, m, values) {
  const value = carried(m);
  const reports = m.value == null && m.accepted !== undefined;
  /** @type {[string, string | false | null | undefined][]} */
  const rows = [
    ["status", m.status.replaceAll("-", " ")],
    ["sent", m.sentAt != null && `at ${m.sentAt} ms`],
    ["arrives", arrival(view, m)],
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
