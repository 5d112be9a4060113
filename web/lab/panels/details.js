// What is true of one server, one message or one link, term by term: what the inspector shows of a thing once it is
// selected, and no sooner.

import { answers, chip, chips, doing } from "../stage/server-card.js";
import { h, list } from "../shared/dom.js";
import { carried } from "../stage/messages.js";
/** @import { MessageView, NodeView, Target, View } from "../engine/engine.js" */
/** @import { Fact, Item } from "./inspector.js" */
/** @import { Ui } from "../ui.js" */

/** @param {Ui} ui @param {View} view @param {NodeView} node @returns {Fact[]} */
export function node(ui, view, node) {
  const { values } = ui;
  const p = node.proposal;
  const gathering = answers(node);
  const [accepted] = node.accepted.slice(-1);
  const [learned] = node.learned.slice(-1);
  const records = chips(node.disk);
  const waiting = view.messages.filter((m) => node.outbox.includes(m.id)).length;
  const need = gathering?.what === "promises" ? view.quorums.phase1 : view.quorums.phase2;
  const cut = new Set(
    view.links
      .filter((l) => !l.up && (l.from === node.id || l.to === node.id))
      .map((l) => (l.from === node.id ? l.to : l.from)),
  );
  /** @type {(Fact | false | null | undefined)[]} */
  const all = [
    ["is", doing(node), () => [doing(node)]],
    p && p.value == null && p.asked !== null && ["asked for", p.asked, () => [values.tag(p.asked ?? "")]],
    p && p.value != null && ["proposes", p, () => [values.tag(p.value ?? ""), p.ballot && ` at ${p.ballot}`]],
    gathering && [
      gathering.what,
      gathering,
      () => [
        gathering.from.length
          ? `from ${gathering.from.length > 7 ? gathering.from.length : list(gathering.from)}`
          : "none yet",
        `, ${need} needed`,
      ],
    ],
    ["promised", node.promised, () => [node.promised ?? "nothing"]],
    ["accepted", accepted, () => (accepted ? [values.tag(accepted.value), ` at ${accepted.ballot}`] : ["nothing"])],
    ["learned", learned, () => (learned ? [values.tag(learned.value)] : ["nothing"])],
    [
      "disk",
      [records, node.disk.lost],
      () => (records.length ? records.map((c) => chip(c, values)) : [node.disk.lost ? "lost" : "empty"]),
    ],
    waiting > 0 && [
      "outbox",
      waiting,
      () => [`${waiting} ${waiting > 1 ? "messages wait" : "message waits"} for the disk`],
    ],
    ...node.timers.map((t) => t.due != null && /** @type {Fact} */ ([`${t.timer} timer`, t, () => [`at ${t.due} ms`]])),
    view.nodes.length > 1 &&
      view.nodes.length < 14 && [
        "links to",
        [node.id, [...cut]],
        () =>
          view.nodes
            .filter((n) => n.id !== node.id)
            .map((n) =>
              h(
                "button",
                {
                  class: `link-to${cut.has(n.id) ? " cut" : ""}`,
                  "aria-label": `Link to server ${n.id}${cut.has(n.id) ? ", cut" : ""}`,
                  onclick: () => ui.select({ link: [node.id, n.id] }),
                },
                `${n.id}`,
              ),
            ),
      ],
  ];
  return /** @type {Fact[]} */ (all.filter(Boolean));
}

/** @param {Ui} ui @param {MessageView} m @returns {Fact[]} */
export function message({ values }, m) {
  const value = carried(m);
  /** @type {[string, string | false | null][]} */
  const rows = [
    ["status", m.status.replaceAll("-", " ")],
    ["sent", m.sentAt != null && `at ${m.sentAt} ms`],
    ["arrives", m.dueAt != null && `at ${m.dueAt} ms`],
    ["because", m.kind === "nack" && !!m.promised && `server ${m.from} promised ${m.promised}`],
    ["reports", m.kind === "promise" && value == null && "it has accepted nothing"],
  ];
  /** @type {Fact[]} */
  const facts = rows.flatMap(([t, text]) => (text ? [/** @type {Fact} */ ([t, text, () => [text]])] : []));
  if (value != null)
    facts.push([
      m.kind === "promise" ? "reports" : "value",
      value,
      () => [values.tag(value), m.value == null && ` accepted at ${m.accepted?.[0].ballot}`],
    ]);
  return facts;
}

/**
 * A link is two, one for each direction, and may be cut and mended both ways at once.
 * @param {Ui} ui @param {View} view @param {number} a @param {number} b @param {(of: Target) => Item[]} choices
 * @returns {{facts: Fact[], items: Item[]}}
 */
export function link({ locked }, view, a, b, choices) {
  const cut = (/** @type {number} */ x, /** @type {number} */ y) =>
    view.links.some((l) => !l.up && l.from === x && l.to === y);
  const state = (/** @type {number} */ x, /** @type {number} */ y) =>
    /** @type {Fact} */ ([`${x} to ${y}`, cut(x, y), () => [cut(x, y) ? "cut: nothing passes" : "open"]]);
  /** @type {Map<string, Item>} */
  const items = new Map();
  for (const i of [...choices({ link: [a, b] }), ...choices({ link: [b, a] })]) {
    const { from, to } = /** @type {{ from?: number, to?: number }} */ (i.acts?.[0] ?? {});
    items.set(JSON.stringify(i.acts), { ...i, name: from ? `${i.name} ${from} to ${to}` : i.name });
  }
  const all = [...items.values()];
  const both = (/** @type {string} */ type) =>
    all
      .filter((i) => !i.why)
      .flatMap((i) => i.acts ?? [])
      .filter((x) => x.type === type);
  for (const [type, name] of [
    ["cut", "Cut both ways"],
    ["mend", "Mend both ways"],
  ])
    if (both(type).length > 1) all.unshift({ name, key: null, why: locked, acts: both(type) });
  return { facts: [state(a, b), state(b, a)], items: all };
}
