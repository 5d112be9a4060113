// The disk panel: per server, how far each record has come. Memory is lost in a crash, written may be lost, durable is
// all that comes back; and a message may leave the outbox only when everything before it is durable.

import { chip, chips } from "../stage/server-card.js";
import { h, keyed, redraw, setAttr } from "../shared/dom.js";
import { describe } from "../stage/messages.js";
/** @import { View } from "../engine/engine.js" */
/** @import { Ui } from "../ui.js" */

const COLUMNS = /** @type {const} */ ([
  ["durable", "Durable: survives a crash"],
  ["written", "Written, not durable"],
  ["queued", "In memory"],
]);
const OUTBOX = "Outbox: waits for the disk";

export class Disks {
  #body = h("tbody");

  /** @param {Ui} ui @param {HTMLElement} element to fill */
  constructor(ui, element) {
    this.ui = ui;
    this.element = element;
    element.append(
      h(
        "table",
        {},
        h(
          "thead",
          {},
          h(
            "tr",
            {},
            ...["Server", ...COLUMNS.map(([, name]) => name), OUTBOX].map((name) => h("th", { scope: "col" }, name)),
          ),
        ),
        this.#body,
      ),
    );
  }

  /** @param {View} view */
  render(view) {
    if (!this.element.clientHeight) return;
    const { values } = this.ui;
    keyed(
      this.#body,
      view.nodes,
      (n) => n.id,
      (n) =>
        h(
          "tr",
          {},
          h(
            "th",
            { scope: "row" },
            h("button", { class: "quiet", onclick: () => this.ui.select({ node: n.id }) }, `${n.id}`),
          ),
          ...[...COLUMNS.map(([, name]) => name), OUTBOX].map((name) => h("td", { "data-name": name })),
        ),
      (row, node) => {
        const all = chips(node.disk);
        COLUMNS.forEach(([kind], i) => {
          const some = all.filter((c) => c.kind === kind);
          setAttr(row.children[i + 1], "data-none", !some.length);
          redraw(row.children[i + 1], [some, node.disk.lost], () =>
            some.length
              ? some.map((c) => chip(c, values))
              : [h("span", { class: "none" }, kind === "durable" && node.disk.lost ? "disk lost" : "–")],
          );
        });
        const waiting = view.messages.filter((m) => node.outbox.includes(m.id));
        setAttr(row.children[4], "data-none", !waiting.length);
        redraw(
          row.children[4],
          waiting.map((m) => m.id),
          () =>
            waiting.length
              ? waiting.map((m) =>
                  h(
                    "button",
                    { class: "chip queued", title: describe(m), onclick: () => this.ui.select({ message: m.id }) },
                    `${m.kind} ${m.ballot} → ${m.to}`,
                  ),
                )
              : [h("span", { class: "none" }, "–")],
        );
      },
    );
  }
}
