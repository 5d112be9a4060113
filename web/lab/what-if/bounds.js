// The bounds of a search: small numbers, behind one line that says them in words.

import { h, setAttr, setText } from "../shared/dom.js";
/** @import { Bounds, Report } from "../engine/search-client.js" */

/** The fields, and the least and most of each. @type {[keyof Bounds, string, number, number][]} */
const FIELDS = [
  ["servers", "Servers", 1, 7],
  ["proposers", "of them propose", 1, 7],
  ["values", "Values asked for", 0, 4],
  ["ballots", "Ballots", 0, 8],
  ["crashes", "Crashes", 0, 4],
  ["wipes", "Lost disks", 0, 4],
  ["losses", "Lost messages", 0, 4],
  ["duplicates", "Duplicated messages", 0, 4],
];

const ABOUT =
  "Messages may take any time and arrive in any order, and timers may run out whenever they like. Each bound that is one higher makes a search several times longer.";

/** The most states for a search, in millions, unless a person asks for more. */
const PATIENCE = 4;
const DEVICE = /** @type {{ deviceMemory?: number }} */ (navigator);
/** Most memory: half a gigabyte, and less on a small device. */
const BYTES = Math.min(512, (DEVICE.deviceMemory ?? 4) * 128) * 2 ** 20;

export class BoundsForm {
  /** What a person has set; the rest is as the rules that are off ask for. @type {Partial<Bounds>} */
  wanted = {};
  #says = h("b");
  #again = h("button", { type: "button", class: "quiet", hidden: true, onclick: () => this.#take({}) }, "As they were");
  #inputs = FIELDS.map(([name, , min, max]) => {
    const input = h("input", { type: "number", name, min, max, step: 1, inputmode: "numeric", required: true });
    input.onchange = () => {
      const value = input.valueAsNumber;
      if (Number.isInteger(value)) this.#take({ ...this.wanted, [name]: value });
    };
    return input;
  });
  #patience = h("input", { type: "number", name: "patience", min: 0, max: 100, step: "any", inputmode: "decimal" });

  /** @param {() => void} changed */
  constructor(changed) {
    this.changed = changed;
    this.#patience.value = `${PATIENCE}`;
    this.#patience.required = true;
    const inputs = FIELDS.map(([, text], i) => h("label", {}, this.#inputs[i], text));
    const patience = h("label", {}, this.#patience, "million states, then give up");
    const fields = h("div", { class: "fields" }, ...inputs, patience, this.#again);
    const summary = h("summary", {}, "Within ", this.#says);
    this.element = h("details", { class: "bounds" }, summary, h("p", { class: "so" }, ABOUT), fields);
  }

  /** When a search gives up. */
  get budget() {
    const millions = this.#patience.valueAsNumber;
    // A person who waits longer also gives it more room.
    return {
      states: Math.round(Math.min(100, millions >= 0 ? millions : PATIENCE) * 1e6),
      bytes: BYTES * Math.max(1, Math.min(6, millions / PATIENCE)),
    };
  }

  /** @param {Partial<Bounds>} wanted */
  #take(wanted) {
    this.wanted = wanted;
    this.changed();
  }

  /** No search gets through these. */
  refused() {
    setText(this.#says, "more than can be searched");
    this.#offer();
  }

  /** The way back is offered when there is one. */
  #offer() {
    setAttr(this.#again, "hidden", !Object.keys(this.wanted).length);
  }

  /** Shows what will be searched. @param {Report} report of a search that has not begun */
  show({ bounds, says }) {
    setText(this.#says, says);
    for (const [i, [name]] of FIELDS.entries()) this.#inputs[i].value = `${bounds[name]}`;
    this.#offer();
  }
}
