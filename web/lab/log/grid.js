// The grid of servers by slots. Only the slots in sight are in the document, so a thousand of them cost what can be seen.
// It scrolls by itself with the newest slot until somebody scrolls elsewhere, and is walked through with the arrow keys.

import { h, keyed, setAttr, setText } from "../shared/dom.js";
import { closed, Grid, lastSlot, lastUsed, says, standing, text } from "./cells.js";
/** @import { LogView } from "../engine/engine.js" */
/** @import { Values } from "../shared/values.js" */

/** More rows than these scroll. */
const SLACK = 2;

export class SlotGrid {
  #names = h("div", { class: "log-names" });
  #heads = h("div", { class: "log-heads" });
  #window = h("div", { class: "log-window", "aria-hidden": "true" });
  #rows = h("div", { class: "log-rows" });
  #blocks = h("div", { class: "log-blocks", "aria-hidden": "true" });
  #space = h("div", { class: "log-space" }, this.#heads, this.#window, this.#blocks, this.#rows);
  #box = h(
    "div",
    { class: "log-slots", role: "grid", tabindex: 0, "aria-label": "Slots of the log, by server" },
    this.#space,
  );
  #stores = h("div");
  #held = h("div", { class: "log-stores" }, h("span", { class: "log-store" }, "store"), this.#stores);
  element = h("div", { class: "log-grid" }, this.#names, this.#box, this.#held);
  /** Where the keys are: a slot, and a server by its place. */
  #at = { slot: 0, row: 0 };
  /** Whether the newest slot stays in sight. */
  #follow = true;
  #last = 1;
  /** How far it is scrolled to the newest slot, in px. */
  #newest = 0;
  /** @type {LogView | undefined} */
  #view;

  /** @param {{ ballots: Values }} looks of what is shown now @param {{ look: (slots: [number, number] | null) => void, select: (server: number) => void,
   * tell: (says: string) => void, draw: () => void }} does */
  constructor(looks, does) {
    this.looks = looks;
    this.does = does;
    this.#box.onscroll = () => {
      this.#follow = Math.abs(this.#box.scrollLeft - this.#newest) < 8;
      does.draw();
    };
    this.#box.onkeydown = (event) => this.#key(event);
    this.#box.onclick = (event) => this.#pressed(event);
    this.#box.onpointerover = (event) => this.#over(event);
    this.#box.onpointerleave = () => does.tell("");
    new ResizeObserver(does.draw).observe(this.#box);
  }

  /** How wide a slot is, in px. */
  get #wide() {
    return parseFloat(getComputedStyle(this.#box).getPropertyValue("--slot")) * this.#em;
  }

  get #em() {
    return parseFloat(getComputedStyle(this.#box).fontSize);
  }

  /** The slots in sight. @param {number} wide px @returns {[first: number, last: number]} */
  #seen(wide) {
    const { scrollLeft, clientWidth } = this.#box;
    const first = Math.floor(scrollLeft / wide) + 1 - SLACK;
    return [Math.max(1, first), Math.min(this.#last, Math.ceil((scrollLeft + clientWidth) / wide) + SLACK)];
  }

  /** @param {LogView} view */
  render(view) {
    this.#view = view;
    const wide = this.#wide;
    this.#last = lastSlot(view);
    this.#space.style.width = `${(this.#last * wide).toFixed(1)}px`;
    this.#goNewest(lastUsed(view), wide);
    const [first, last] = this.#seen(wide);
    this.does.look(this.#follow ? null : [first, last]);
    const slots = Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => first + i);
    const grid = new Grid(view);
    setAttr(this.#box, "aria-colcount", this.#last);
    setAttr(this.#box, "aria-rowcount", view.nodes.length);
    this.#head(slots, wide, view);
    keyed(
      this.#rows,
      view.nodes,
      ({ id }) => id,
      ({ id }) => h("div", { class: "slot-row", role: "row", "aria-label": `Server ${id}` }),
      (row, node, i) => this.#row(row, grid, i, node.id, slots, wide),
    );
    this.#block(view, wide);
    this.#sides(view, grid, slots);
    setAttr(this.#box, "aria-activedescendant", this.#at.slot ? `cell-${this.#at.row}-${this.#at.slot}` : null);
  }

  /** Keeps the newest slot that is used in sight, with as much of what follows as there is room for.
   * @param {number} used @param {number} wide px */
  #goNewest(used, wide) {
    const { clientWidth } = this.#box;
    const right = Math.min(this.#last * wide, used * wide + Math.min(0.45 * clientWidth, 8 * wide));
    this.#newest = Math.max(0, right - clientWidth);
    if (this.#follow) this.#box.scrollLeft = this.#newest;
  }

  /** @param {number[]} slots @param {number} wide @param {LogView} view */
  #head(slots, wide, { window }) {
    keyed(
      this.#heads,
      slots,
      (slot) => slot,
      (slot) => h("span", { "aria-hidden": "true" }, `${slot}`),
      (head, slot) => place(head, slot, wide),
    );
    setAttr(this.#window, "hidden", !window);
    if (!window) return;
    const { style } = this.#window;
    style.translate = `${((window[0] - 1) * wide).toFixed(1)}px 0`;
    style.width = `${((window[1] - window[0] + 1) * wide - 4).toFixed(1)}px`;
  }

  /** @param {Element} row @param {Grid} grid @param {number} i @param {number} server @param {number[]} slots
   * @param {number} wide */
  #row(row, grid, i, server, slots, wide) {
    keyed(
      row,
      slots,
      (slot) => slot,
      (slot) => h("span", { class: "slot", role: "gridcell", id: `cell-${i}-${slot}`, "data-slot": slot }),
      (element, slot) => {
        const cell = grid.cell(i, slot);
        place(element, slot, wide);
        setAttr(element, "data-look", cell.look);
        setAttr(element, "data-ballot", this.looks.ballots.known.length > 1 && cell.ballot);
        setAttr(element, "data-noop", cell.command === "no-op");
        setAttr(element, "data-v", cell.ballot ? this.looks.ballots.of(cell.ballot).colour : null);
        setAttr(element, "data-at", slot === this.#at.slot && i === this.#at.row);
        setAttr(element, "aria-label", says(server, slot, cell));
        setText(element, text(cell));
      },
    );
  }

  /** What a server has of its first slots in one piece: a closed block, whose words stay in sight while some of it is.
   * @param {LogView} view @param {number} wide px */
  #block({ nodes }, wide) {
    keyed(
      this.#blocks,
      nodes,
      ({ id }) => id,
      () => h("div", { class: "slot-row" }, h("div", { class: "slot-block" }, h("span"))),
      (row, node) => {
        const block = /** @type {HTMLElement} */ (row.firstElementChild);
        const last = closed(node);
        setAttr(block, "hidden", !last);
        block.style.width = `${(last * wide - 4).toFixed(1)}px`;
        setText(/** @type {Element} */ (block.firstElementChild), last > 1 ? `slots 1–${last}` : "slot 1");
      },
    );
  }

  /** The names of the servers, and what their stores hold. @param {LogView} view @param {Grid} grid
   * @param {number[]} slots */
  #sides({ nodes }, grid, slots) {
    keyed(
      this.#names,
      nodes,
      ({ id }) => id,
      ({ id }) =>
        h("button", { class: "quiet", onclick: () => this.does.select(id) }, h("b", {}, `${id}`), " ", h("span")),
      (name, node, i) => {
        const behind = slots.some((slot) => grid.cell(i, slot).look === "gap");
        setText(/** @type {Element} */ (name.lastElementChild), standing(node, behind));
      },
    );
    keyed(
      this.#stores,
      nodes,
      ({ id }) => id,
      () => h("span"),
      (place, { store }) => {
        const keys = store?.keys ?? 0;
        const some = store?.some.map(([key, value]) => `${key}=${value}`).join(" ") ?? "";
        setText(place, keys > 3 ? `${keys} keys` : some || "–");
        setAttr(place, "title", store?.some.map(([key, value]) => `${key} = ${value}`).join(", ") || null);
      },
    );
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const view = this.#view;
    if (!view || event.altKey || event.ctrlKey || event.metaKey) return;
    const page = Math.max(1, Math.floor(this.#box.clientWidth / this.#wide) - 1);
    /** @type {Record<string, [number, number]>} */
    const keys = {
      ArrowRight: [1, 0],
      ArrowLeft: [-1, 0],
      ArrowDown: [0, 1],
      ArrowUp: [0, -1],
      PageDown: [page, 0],
      PageUp: [-page, 0],
      Home: [-Infinity, 0],
      End: [Infinity, 0],
    };
    const by = keys[event.key];
    if (event.key === "Enter" && this.#at.slot) this.does.select(view.nodes[this.#at.row].id);
    if (!by) return;
    event.preventDefault();
    event.stopPropagation();
    const from = this.#at.slot || this.#seen(this.#wide)[1] + (by[0] > 0 ? -1 : 1);
    const slot = Math.max(1, Math.min(this.#last, from + by[0]));
    const row = Math.max(0, Math.min(view.nodes.length - 1, this.#at.row + by[1]));
    this.#go(slot, row);
  }

  /** @param {number} slot @param {number} row */
  #go(slot, row) {
    this.#at = { slot, row };
    const wide = this.#wide;
    const [left, right] = [(slot - 1) * wide, slot * wide];
    const { scrollLeft, clientWidth } = this.#box;
    if (left < scrollLeft) this.#box.scrollLeft = left;
    if (right > scrollLeft + clientWidth) this.#box.scrollLeft = right - clientWidth;
    this.does.tell(this.#says(slot, row));
    this.does.draw();
  }

  /** @param {number} slot @param {number} row */
  #says(slot, row) {
    const view = this.#view;
    return view ? says(view.nodes[row].id, slot, new Grid(view).cell(row, slot)) : "";
  }

  /** Which cell an event is about. @param {Event} event @returns {{ slot: number, row: number } | null} */
  #of({ target }) {
    const cell = /** @type {Element} */ (target).closest(".slot");
    const [, row, slot] = /^cell-(\d+)-(\d+)$/.exec(cell?.id ?? "") ?? [];
    return cell ? { row: Number(row), slot: Number(slot) } : null;
  }

  /** @param {Event} event */
  #pressed(event) {
    const at = this.#of(event);
    if (at) this.#go(at.slot, at.row);
  }

  /** @param {Event} event */
  #over(event) {
    const at = this.#of(event);
    this.does.tell(at ? this.#says(at.slot, at.row) : "");
  }
}

/** @param {Element} element @param {number} slot @param {number} wide px */
function place(element, slot, wide) {
  const left = `${((slot - 1) * wide).toFixed(1)}px`;
  const { style } = /** @type {HTMLElement} */ (element);
  if (style.left !== left) style.left = left;
}
