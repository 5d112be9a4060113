// The clients on the stage: a row of small round places below the servers. What a client waits for is said when a pointer
// or the focus is on it; selected, it is the one that asks next.

import { h, keyed, setAttr } from "../../shared/dom.js";
import { written } from "../../shared/operations.js";
/** @import { ClientView, EndId } from "../../engine/engine.js" */

/** @typedef {{ x: number, y: number, w: number, h: number }} Box */

export class Clients {
  element = h("div", { class: "clients", role: "group", "aria-label": "Clients" });

  /** @param {ClientView[]} clients @param {Map<EndId, Box>} places
   * @param {string} asking the one that asks next @param {string | undefined} selected */
  render(clients, places, asking, selected) {
    keyed(
      this.element,
      clients.filter(({ id }) => places.has(id)),
      ({ id }) => id,
      ({ id }) => h("button", { class: "client", "data-client": id }, h("span", { class: "sr" }, "Client "), id),
      (button, client) => {
        const { x, y, w, h: high } = /** @type {Box} */ (places.get(client.id));
        const { style } = /** @type {HTMLElement} */ (button);
        style.translate = `${x.toFixed(1)}px ${y.toFixed(1)}px`;
        style.width = `${w.toFixed(1)}px`;
        style.height = `${high.toFixed(1)}px`;
        setAttr(button, "data-waits", !!client.waiting);
        setAttr(button, "data-asks", client.id === asking);
        setAttr(button, "aria-pressed", client.id === selected);
        setAttr(button, "data-says", says(client));
      },
    );
  }
}

/** What a client is doing, in a sentence. @param {ClientView} client */
export function says({ id, seq, waiting }) {
  if (waiting)
    return `Client ${id} asked server ${waiting.at} for ${written(waiting.op)}, and waits since ${waiting.since} ms.`;
  if (!seq) return `Client ${id} has asked for nothing yet.`;
  return `Client ${id} was told what came of its ${seq === 1 ? "one operation" : `${seq} operations`}.`;
}
