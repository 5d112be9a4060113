// One server on the stage: what it is doing, what it has promised, accepted and learned, and under a line the disk:
// the only part of it that survives.

import { h, list, redraw, setAttr, setText } from "../shared/dom.js";
/** @import { NodeView, View } from "../engine/engine.js" */
/** @import { Values } from "../shared/values.js" */

const NOTHING = "nothing";

/** @typedef {{kind: "durable" | "written" | "queued", text: string, value?: string}} Chip what a disk holds, or will */

/** What is on a disk and on its way there, what matters most first. @param {NodeView["disk"]} disk @returns {Chip[]} */
export function chips(disk) {
  const { durable, pending, queued } = disk;
  /** @param {any} r @param {Chip["kind"]} kind @returns {Chip} */
  const chip = (r, kind) =>
    r.promised
      ? { kind, text: r.promised }
      : r.accepted
        ? { kind, text: r.accepted.ballot, value: r.accepted.value }
        : { kind, text: `round ${r.round}` };
  return [
    ...(durable.promised ? [chip({ promised: durable.promised }, "durable")] : []),
    ...durable.accepted.slice(-2).map((accepted) => chip({ accepted }, "durable")),
    ...pending.map((r) => chip(r, "written")),
    ...queued.map((r) => chip(r, "queued")),
    ...(durable.round ? [chip({ round: durable.round }, "durable")] : []),
  ];
}

/** @param {Chip} c @param {Values} values */
export const chip = (c, values) =>
  h(
    "span",
    { class: `chip ${c.kind}`, "data-v": c.value == null ? null : values.of(c.value).colour },
    c.text,
    c.value != null && values.tag(c.value),
  );

/** @param {NodeView} node @returns {string} what it is doing, in two words */
export function doing(node) {
  if (node.status !== "up") return node.status;
  if (!node.voting) return "listens only";
  return node.proposal?.ballot && node.phase !== "idle" ? `${node.phase} ${node.proposal.ballot}` : node.phase;
}

/** Which servers have answered what it asks now, or null when it asks nothing. @param {NodeView} node */
export function answers(node) {
  if (!node.proposal || node.status !== "up") return null;
  if (node.phase === "preparing") return { what: "promises", from: node.proposal.promises, value: null };
  return node.phase === "accepting"
    ? { what: "accepts", from: node.proposal.accepts, value: node.proposal.value }
    : null;
}

/** @param {View["nodes"][number]} node */
const label = (node) => {
  const [accepted] = node.accepted.slice(-1);
  const [learned] = node.learned.slice(-1);
  return [
    `Server ${node.id}`,
    doing(node),
    `promised ${node.promised ?? NOTHING}`,
    `accepted ${accepted ? `${accepted.ballot} ${accepted.value}` : NOTHING}`,
    `learned ${learned?.value ?? NOTHING}`,
  ].join(", ");
};

export class Card {
  #dots = h("span", { class: "dots" });
  #phase = h("span", { class: "phase" });
  #rows = h("span", { class: "rows" });
  #strip = h("span", { class: "strip" });

  /** @param {number} id @param {Values} values */
  constructor(id, values) {
    this.values = values;
    this.element = h(
      "div",
      { class: "card", role: "button", tabindex: 0, "data-node": id },
      this.#dots,
      h("span", { class: "top" }, h("b", {}, `${id}`), this.#phase),
      this.#rows,
      this.#strip,
    );
  }

  /** @param {NodeView} node @param {View} view @param {boolean} selected */
  render(node, view, selected) {
    const { element, values } = this;
    const chosen = view.chosen.findLast((c) => c.quorum.includes(node.id));
    const [accepted] = node.accepted.slice(-1);
    const [learned] = node.learned.slice(-1);
    setAttr(element, "data-status", node.status);
    setAttr(element, "data-lost", node.disk.lost);
    setAttr(element, "data-chosen", !!chosen);
    setAttr(element, "data-v", chosen ? values.of(chosen.value).colour : accepted && values.of(accepted.value).colour);
    setAttr(element, "data-accepted", !!accepted);
    setAttr(element, "data-learned", !!learned);
    setAttr(element, "aria-pressed", selected);
    setAttr(element, "aria-label", label(node));
    setText(this.#phase, doing(node));
    const down = node.status === "down";
    redraw(this.#rows, [down, node.disk.lost, node.promised, accepted, learned], () =>
      down
        ? [
            h("span", {}, h("strong", {}, node.disk.lost ? "disk lost" : "down")),
            h("span", {}, node.disk.lost ? "may listen, never vote" : "remembers only:"),
          ]
        : [
            this.#row("promised", node.promised),
            this.#row("accepted", accepted?.ballot, accepted?.value),
            this.#row("learned", null, learned?.value),
          ],
    );
    const disk = chips(node.disk);
    redraw(this.#strip, [disk, node.disk.lost], () =>
      disk.length
        ? disk.map((c) => chip(c, values))
        : [h("span", { class: "none" }, node.disk.lost ? "no disk" : "disk empty")],
    );
    this.#gather(node, view);
  }

  /** @param {string} name @param {string | null} [ballot] @param {string} [value] */
  #row(name, ballot, value) {
    return h(
      "span",
      {},
      name,
      ballot && h("b", {}, ballot),
      value != null && this.values.tag(value),
      ballot == null && value == null && h("i", {}, h("span", {}, NOTHING)),
    );
  }

  /** One dot per server, filled once it has answered. @param {NodeView} node @param {View} view */
  #gather(node, view) {
    const gathering = answers(node);
    const all = view.nodes.length;
    setAttr(this.#dots, "data-v", gathering?.value != null ? this.values.of(gathering.value).colour : null);
    setAttr(this.#dots, "data-count", gathering && `${gathering.from.length} of ${all}`);
    redraw(this.#dots, [gathering, all], () =>
      !gathering || all > 13 ? [] : view.nodes.map((n) => h("i", { class: gathering.from.includes(n.id) ? "on" : "" })),
    );
  }
}

/** Who knows what was chosen, in words. @param {View} view @param {number} slot @returns {string} */
export function knowing(view, slot) {
  const who = view.nodes.filter((n) => n.learned.some((l) => l.slot === slot)).map((n) => n.id);
  if (!who.length) return "Nobody knows yet.";
  if (who.length === view.nodes.length) return "Everyone knows.";
  return who.length > 5 ? `${who.length} servers know.` : `${list(who)} ${who.length > 1 ? "know" : "knows"}.`;
}
