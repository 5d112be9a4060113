// Under each card a tray: what the server has said and what has not left it yet, because its disk is not done, and what
// it says to itself. Messages alike lie on one heap, so that there is one thing to read and to press.

import { h, keyed, redraw, setAttr, setText } from "../shared/dom.js";
import { describe } from "../shared/values.js";
import { symbol } from "./symbol.js";
import { saying } from "./bundles.js";
import { travels } from "./traffic.js";
/** @import { MessageView } from "../engine/engine.js" */
/** @import { Store } from "../store.js" */
/** @import { Ring } from "./ring.js" */

/** What a heap takes of the width, in em. */
const HEAP = 2.5;
/** @typedef {{ first: MessageView, all: MessageView[] }} Heap */

export class Trays {
  element = h("div", { class: "trays", role: "group" });

  /** @param {Store} store */
  constructor(store) {
    this.store = store;
    const { words } = store;
    setAttr(this.element, "aria-label", words.outboxes);
    /** Why what is in a tray is there, in as few words as fit under a card. */
    this.why = {
      "waiting-for-disk": words.waitsForDisk,
      ready: words.readyToLeave,
      flying: words.toItself,
      held: words.held,
    };
  }

  /** @param {MessageView[]} messages @param {Ring} ring @param {number} [selected] */
  render(messages, ring, selected) {
    /** @type {Map<number, Map<string, Heap>>} */
    const trays = new Map();
    for (const m of messages) {
      if (travels(m) || typeof m.from !== "number") continue;
      const tray = trays.get(m.from) ?? new Map();
      trays.set(m.from, tray);
      const key = `${saying(m)} ${m.status}`;
      const heap = tray.get(key);
      if (heap) heap.all.push(m);
      else tray.set(key, { first: m, all: [m] });
    }
    const shown = ring.size === "dot" ? [] : [...trays];
    keyed(
      this.element,
      shown,
      ([server]) => server,
      () => h("div", { class: "tray" }, h("span", { class: "heaps" }), h("span", { class: "waits" })),
      (tray, [server, heaps]) => {
        const { x, y } = ring.at[server - 1];
        const top = y + ring.h / 2;
        tray.style.translate = `${(x - ring.w / 2).toFixed(1)}px ${top.toFixed(1)}px`;
        this.#fill(tray, [...heaps.values()], ring, selected);
      },
    );
  }

  /** @param {Element} tray @param {Heap[]} heaps @param {Ring} ring @param {number} [selected] */
  #fill(tray, heaps, ring, selected) {
    const fit = Math.max(1, Math.floor((ring.w - ring.em) / (HEAP * ring.em)));
    const shown = heaps.length > fit ? [...heaps.slice(0, fit - 1), together(heaps.slice(fit - 1))] : heaps;
    keyed(
      tray.children[0],
      shown,
      ({ first }) => first.id,
      ({ first }) =>
        h("button", { class: "heap", "data-message": first.id }, symbol(first, first.status, this.store), h("span")),
      (button, { first, all }) => {
        setAttr(
          button,
          "aria-label",
          all.length > 1 ? `${all.length} messages, first ${describe(first)}` : describe(first),
        );
        setAttr(
          button,
          "aria-pressed",
          all.some(({ id }) => id === selected),
        );
        setAttr(button, "data-ids", ` ${all.map(({ id }) => id).join(" ")} `);
        setText(/** @type {Element} */ (button.lastChild), all.length > 1 ? `×${all.length}` : "");
      },
    );
    const why = shown.length === 1 && ring.size === "large" ? this.why[shown[0].first.status] : "";
    redraw(tray.children[1], why, () => [why]);
  }

  /** @param {number} id of a message @returns {HTMLElement | null} the heap it lies on */
  find(id) {
    return this.element.querySelector(`[data-ids~="${id}"]`);
  }
}

/** @param {Heap[]} heaps there is no room for @returns {Heap} */
const together = (heaps) => ({ first: heaps[0].first, all: heaps.flatMap(({ all }) => all) });
