// One of two runs on one clock: a lab that only shows, its name above it, and below it what has just happened there.
// What is not the same on the other side is outlined.

import { h, setAttr, setText } from "../shared/dom.js";
import { Outline } from "./outline.js";
import { spoken } from "./spoken.js";
/** @import { Run, Timeline, View } from "../engine/engine.js" */
/** @import { Record } from "../engine/record.js" */
/** @import { Difference } from "../engine/extras.js" */
/** @import { Found } from "./differing.js" */

/**
 * What a pane uses of a lab.
 * @typedef {object} Lab
 * @property {Promise<unknown>} ready
 * @property {(run: Run) => Promise<void>} load
 * @property {(step: number) => Promise<void>} seek
 * @property {(ms: number) => Promise<void>} at
 * @property {() => View} view
 * @property {Record} record
 * @property {() => Run} run
 * @property {() => Timeline} timeline
 */

export class Pane {
  /** The lab: a copy, that is kept nowhere. */
  lab = /** @type {HTMLElement & Lab} */ (document.createElement("quorum-lab"));
  /** When something happens, in simulated ms. @type {number[]} */
  moments = [];
  /** What is worth finding again, by its time instead of its step. @type {Timeline["marks"]} */
  marks = [];
  #name = h("b", { dir: "auto" });
  #title = h("span", { class: "of", dir: "auto" });
  /** Once its lab is there. @type {Outline | undefined} */
  #outline;
  /** How many steps its run has: beyond them it is played on here, for as long as the other one takes. */
  #length = 0;
  #spell = spoken({ interventions: [] });
  #latest = h("p", { class: "latest" });

  /** @param {string} place its name in what is said of both: “Here” or “There” */
  constructor(place) {
    for (const [name, value] of Object.entries({ controls: "none", panels: "stage", step: 0 }))
      setAttr(this.lab, name, value);
    // Over the stage lies a pane of glass: a pointer looks, and changes nothing.
    this.element = h(
      "section",
      { class: "pane", "aria-label": place },
      h("h3", {}, h("span", { class: "side" }, place), this.#name, this.#title),
      h("div", { class: "glass" }, this.lab),
      this.#latest,
    );
  }

  /** Shows a run. @param {Run} run @param {string} name @param {string} [title]
   * @returns {Promise<number>} when it ends, in simulated ms */
  async load(run, name, title = "") {
    setText(this.#name, name);
    this.#length = run.length;
    this.#spell = spoken(run);
    setText(this.#title, title === name ? "" : title);
    for (const text of [this.#name, this.#title]) setAttr(text, "title", text.textContent || null);
    await this.lab.ready;
    this.#outline ??= new Outline(/** @type {ShadowRoot} */ (this.lab.shadowRoot));
    await this.lab.load(run);
    await this.lab.seek(run.length);
    return this.lab.view().at;
  }

  /** Lets it go on to a time. @param {number} end simulated ms */
  async until(end) {
    await this.lab.at(end);
    /** @type {Map<number, number>} */
    const when = new Map();
    const { record } = this.lab;
    for (let i = 0; i < record.count; i++) when.set(record.step(i), record.at(i));
    this.moments = [...when.values()];
    this.marks = this.lab.timeline().marks.map(({ step, mark }) => ({ step: when.get(step) ?? 0, mark }));
  }

  /** Shows a time. @param {number} at simulated ms @param {Difference | null} difference where the two come apart
   * @returns {Promise<View>} what is there then */
  async go(at, difference) {
    await this.lab.at(at);
    const view = this.lab.view();
    const { step, headline, at: since } = view;
    const on = step > this.#length ? `, played on from its end at step ${this.#length}` : "";
    setText(
      this.#latest,
      headline ? `Step ${step} · ${since} ms${on}. ${this.#spell(headline.why)}` : "The run begins here.",
    );
    setAttr(this.element, "data-apart", !!difference && at >= difference.at);
    return view;
  }

  /** @param {Found} found what is not the same on the other side */
  outline(found) {
    this.#outline?.show(found);
  }
}
