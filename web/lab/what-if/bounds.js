// The bounds of a search: small numbers, behind one line that says them in words.

import { h, setAttr, setText } from "../shared/dom.js";
import { checked, number, right, wrong } from "../shared/forms.js";
/** @import { Report } from "../engine/search-client.js" */

/** @typedef {[string, string, number, number]} Field a bound's name, what it is called, and its least and most */

/** Of one agreed value. @type {Field[]} */
const SINGLE = [
  ["servers", "Servers", 1, 7],
  ["proposers", "of them propose", 1, 7],
  ["values", "Values asked for", 0, 4],
  ["ballots", "Ballots", 0, 8],
  ["crashes", "Crashes", 0, 4],
  ["wipes", "Lost disks", 0, 4],
  ["losses", "Lost messages", 0, 4],
  ["duplicates", "Duplicated messages", 0, 4],
];

/** Of a log. Every message may be late, lost or doubled as often as it likes. @type {Field[]} */
const LOG = [
  ["servers", "Servers", 1, 5],
  ["proposers", "of them stand for leader", 1, 5],
  ["window", "Slots proposed in at once", 1, 4],
  ["clients", "Clients, with one command each", 1, 3],
  ["asks", "times each of them asks", 0, 4],
  ["ballots", "Ballots", 0, 4],
  ["heartbeats", "Heartbeats of leaders", 0, 4],
  ["repeats", "Repeats of leaders", 0, 4],
  ["crashes", "Crashes", 0, 4],
  ["wipes", "Lost disks", 0, 4],
  ["snapshots", "Snapshots", 0, 4],
  ["sessions", "Clients remembered, 0: all", 0, 3],
];

const ABOUT = [
  "Messages may take any time and arrive in any order, and timers may run out whenever they like.",
  "Each bound that is one higher makes a search several times longer.",
].join(" ");

/** The most states for a search, in millions, unless a person asks for more. */
const PATIENCE = 4;
const DEVICE = /** @type {{ deviceMemory?: number }} */ (navigator);
/** Most memory: half a gigabyte, and less on a small device. */
const BYTES = Math.min(512, (DEVICE.deviceMemory ?? 4) * 128) * 2 ** 20;

export class BoundsForm {
  /** What a person has set; the rest is as the rules that are off ask for. @type {Record<string, number>} */
  wanted = {};
  #says = h("b");
  #again = h("button", { type: "button", class: "quiet", hidden: true, onclick: () => this.#back() }, "As they were");
  #fieldList;
  #inputs;
  #patience = number("patience", PATIENCE, 100, 0, { step: 0.001 });
  #fields = h("div", { class: "fields" });

  /** @param {boolean} isLog @param {() => void} changed */
  constructor(isLog, changed) {
    this.changed = changed;
    this.#fieldList = isLog ? LOG : SINGLE;
    this.#inputs = this.#fieldList.map(([name, , min, max]) => {
      const input = number(name, min, max, min);
      input.onchange = () => this.#typed(name);
      return input;
    });
    this.#patience.onchange = () => void right(this.#patience);
    const inputs = this.#fieldList.map(([, text], i) => h("label", {}, this.#inputs[i], h("span", {}, text)));
    const patience = h("label", {}, this.#patience, h("span", {}, "million states, then give up"));
    this.#fields.append(...inputs, patience, this.#again);
    const summary = h("summary", {}, "Within ", this.#says);
    this.element = h("details", { class: "bounds" }, summary, h("p", { class: "so" }, ABOUT), this.#fields);
  }

  /** Whether a search can be begun; what is wrong with a number is said where it stands. */
  get fit() {
    if ([...this.#inputs, this.#patience].some(wrong)) this.element.open = true;
    return checked(this.#fields);
  }

  /** When a search gives up. */
  get budget() {
    const millions = wrong(this.#patience) ? PATIENCE : this.#patience.valueAsNumber;
    // A person who waits longer also gives it more room.
    return { states: Math.round(millions * 1e6), bytes: BYTES * Math.max(1, Math.min(6, millions / PATIENCE)) };
  }

  /** The bounds that a person has typed, and that are not taken while one of them is wrong.
   * @type {Set<string>} */
  #waiting = new Set();

  /** @param {string} name */
  #typed(name) {
    this.#waiting.add(name);
    const [servers, proposers] = this.#inputs;
    if (!wrong(servers)) proposers.max = servers.value;
    if (this.#inputs.map(right).includes(false)) return this.#offer();
    const wanted = { ...this.wanted };
    for (const [i, [one]] of this.#fieldList.entries())
      if (this.#waiting.has(one)) wanted[one] = this.#inputs[i].valueAsNumber;
    this.#take(wanted);
  }

  /** @param {Record<string, number>} wanted */
  #take(wanted) {
    this.#waiting.clear();
    this.wanted = wanted;
    this.changed();
  }

  /** As the rules that are off ask for. */
  #back() {
    for (const [i, [, , min]] of this.#fieldList.entries()) this.#inputs[i].value = `${min}`;
    this.#take({});
  }

  /** No search gets through these. */
  refused() {
    setText(this.#says, "more than can be searched");
    this.#offer();
  }

  /** The way back is offered when there is one. */
  #offer() {
    setAttr(this.#again, "hidden", !Object.keys(this.wanted).length && !this.#inputs.some(wrong));
  }

  /** Shows what will be searched. What is wrong stays as it was typed.
   * @param {Report} report of a search that has not begun */
  show({ bounds, says }) {
    setText(this.#says, says);
    this.#inputs[1].max = `${bounds.servers}`;
    const now = /** @type {Record<string, number>} */ (/** @type {unknown} */ (bounds));
    for (const [i, [name]] of this.#fieldList.entries()) {
      const input = this.#inputs[i];
      if (!wrong(input)) input.value = `${now[name]}`;
      right(input);
    }
    this.#offer();
  }
}
