// The disk panel: per server, how far each record has come. Memory is lost in a crash, written may be lost, durable is
// all that comes back; and a message may leave the outbox only when everything before it is durable.

import { h, keyed, redraw, setAttr } from "../shared/dom.js";
import { chip, describe } from "../shared/values.js";
/** @import { Commands } from "../commands.js" */
/** @import { MessageView, NodeView, View } from "../engine/engine.js" */
/** @import { Store } from "../store.js" */

const COLUMNS = /** @type {const} */ ([
  ["durable", "Durable: survives a crash"],
  ["written", "Written, not durable"],
  ["queued", "In memory"],
]);
const NAMES = [...COLUMNS.map(([, name]) => name), "Outbox: waits for the disk"];

/** @param {string} [text] */
const none = (text = "–") => h("span", { class: "none" }, text);

export class DiskPanel {
  #body = h("tbody");

  /** @param {HTMLElement} element to fill @param {Store} store @param {Commands} commands */
  constructor(element, store, commands) {
    this.element = element;
    this.store = store;
    this.commands = commands;
    const titles = ["Server", ...NAMES].map((name) => h("th", { scope: "col" }, name));
    element.append(h("table", {}, h("thead", {}, h("tr", {}, ...titles)), this.#body));
  }

  /** @param {View} view */
  render(view) {
    if (!this.element.clientHeight) return;
    keyed(
      this.#body,
      view.nodes,
      (node) => node.id,
      (node) => this.#row(node.id),
      (row, node) => {
        for (const [i, [kind]] of COLUMNS.entries()) this.#records(row.children[i + 1], node, kind);
        const waiting = view.messages.filter((m) => node.outbox.includes(m.id));
        this.#outbox(row.children[COLUMNS.length + 1], waiting);
      },
    );
  }

  /** @param {number} id */
  #row(id) {
    const select = h("button", { class: "quiet", onclick: () => this.commands.select({ node: id }) }, `${id}`);
    return h("tr", {}, h("th", { scope: "row" }, select), ...NAMES.map((name) => h("td", { "data-name": name })));
  }

  /** @param {Element} cell @param {NodeView} node @param {(typeof COLUMNS)[number][0]} kind */
  #records(cell, node, kind) {
    const { protocol, values } = this.store;
    const some = protocol.chips(node.disk).filter((record) => record.kind === kind);
    const lost = kind === "durable" && node.disk.lost;
    setAttr(cell, "data-none", !some.length);
    redraw(cell, [some, lost], () =>
      some.length ? some.map((record) => chip(record, values)) : [none(lost ? "disk lost" : undefined)],
    );
  }

  /** @param {Element} cell @param {MessageView[]} waiting */
  #outbox(cell, waiting) {
    setAttr(cell, "data-none", !waiting.length);
    const button = (/** @type {MessageView} */ m) => {
      const props = {
        class: "chip queued",
        title: describe(m),
        onclick: () => this.commands.select({ message: m.id }),
      };
      return h("button", props, `${m.kind} ${m.ballot} → ${m.to}`);
    };
    redraw(
      cell,
      waiting.map((m) => m.id),
      () => (waiting.length ? waiting.map(button) : [none()]),
    );
  }
}
