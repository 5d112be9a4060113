// The panel “Log and clients”: servers by slots, and under them what clients asked and were told, on the time axis of the
// run; at wish plots over that time. Loaded when a person first looks at a log.

import { h, redraw, setAttr, setText, style } from "../shared/dom.js";
import { SlotGrid } from "./grid.js";
import { guilty, verdict } from "./history.js";
import { Lanes } from "./lanes.js";
import { foundAt, pieces } from "./measures.js";
import { Plots } from "./plots.js";
import { toldOf } from "./asked.js";
/** @import { Commands } from "../commands.js" */
/** @import { LogView, View } from "../engine/engine.js" */
/** @import { Store } from "../store.js" */

/** The looks of a cell, as they are explained. @type {[look: string, says: string][]} */
const LOOKS = [
  ["voted", "voted"],
  ["chosen", "chosen"],
  ["known", "known here"],
  ["applied", "applied"],
  ["gap", "a gap"],
];

export class LogPanel {
  #says = h("span", { class: "log-said" });
  #looks = h(
    "span",
    { class: "looks" },
    ...LOOKS.map(([look, says]) => h("span", {}, h("i", { class: "slot", "data-look": look, "data-v": 2 }), says)),
    h("span", { class: "of-colour" }, "colour = ballot"),
    h("span", { class: "of-number" }, "number = ballot"),
  );
  #plotting = h("button", { "aria-pressed": "false", onclick: () => this.#plot() }, "Plots");
  #why = h("p", { class: "log-verdict" });
  #shown = false;

  /** @param {HTMLElement} element to fill @param {Store} store @param {Commands} commands */
  constructor(element, store, commands) {
    this.element = element;
    this.store = store;
    this.told = toldOf(store);
    const draw = () => store.draw();
    this.grid = new SlotGrid(store, {
      look: (slots) => this.#look(slots),
      select: (server) => commands.select({ node: server }),
      tell: (says) => this.#tell(says),
      draw,
    });
    this.lanes = new Lanes({
      seek: (ms) => void commands.seek(store.session.stepAt(ms)),
      select: (client) => commands.select({ client }),
      draw,
    });
    this.plots = new Plots(store);
    setAttr(this.plots.element, "hidden", true);
    const bar = h("div", { class: "bar" }, this.#looks, this.#says, this.#plotting);
    element.append(bar, this.grid.element, this.lanes.element, this.#why, this.plots.element);
  }

  /** Asks for these slots, with some on both sides, so that not every scroll asks anew.
   * @param {[first: number, last: number] | null} slots null: the latest */
  #look(slots) {
    const { session } = this.store;
    const [from, to] = session.slots ?? [0, 0];
    if (slots ? slots[0] >= from && slots[1] <= to : !session.slots) return;
    session.slots = slots ? [Math.max(1, slots[0] - 20), slots[1] + 20] : undefined;
    session.stale();
    this.store.draw();
  }

  /** @param {string} says */
  #tell(says) {
    setText(this.#says, says);
    setAttr(this.element, "data-telling", !!says);
  }

  #plot() {
    this.#shown = !this.#shown;
    setAttr(this.#plotting, "aria-pressed", `${this.#shown}`);
    setAttr(this.plots.element, "hidden", !this.#shown);
    this.store.draw();
  }

  /** @param {View} given */
  render(given) {
    if (!this.element.clientHeight || given.protocol !== "log") return;
    const view = /** @type {LogView} */ (/** @type {unknown} */ (given));
    const { store } = this;
    const { record } = store;
    this.told.follow(record);
    const history = this.told.history(given);
    const bad = guilty(history, foundAt(record, history.since));
    const clients = (view.clients ?? []).map(({ id }) => id);
    const last = Math.max(view.at, record.count ? record.at(record.count - 1) : 0);
    this.grid.render(view);
    this.lanes.render(history, clients, view.at, last, bad);
    const judged = verdict(history, bad);
    redraw(this.#why, [judged], () =>
      judged.look === "bad" ? [h("strong", {}, `${judged.title}. `), judged.says] : [],
    );
    this.element.style.minBlockSize = ""; // the rows are there
    if (!this.#shown) return;
    const { step, at } = view;
    this.plots.render(pieces(history.operations, at, this.told.sent(step)), at, this.told.begun(step));
  }
}

/** @param {HTMLElement} lab @param {HTMLElement} element to fill @param {Store} store @param {Commands} commands */
export async function open(lab, element, store, commands) {
  await style(/** @type {ShadowRoot} */ (lab.getRootNode()), new URL("./log.css", import.meta.url));
  return new LogPanel(element, store, commands);
}
