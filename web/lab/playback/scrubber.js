// Every step there was, as a line to slide along: its notes, and where something was chosen, crashed or broke are
// marked on it, and below it run the other courses the run took.

import { h, redraw, setAttr, setText } from "../shared/dom.js";
import { resized } from "../shared/life.js";
import { place, reach, signs } from "./marks.js";
/** @import { Commands } from "../commands.js" */
/** @import { Dialogs } from "../dialogs/dialogs.js" */
/** @import { Timeline, View } from "../engine/engine.js" */
/** @import { Store } from "../store.js" */

export class Scrubber {
  #marks = h("div", { class: "marks", "aria-hidden": "true" });
  #lanes = h("div", { class: "lanes", "aria-hidden": "true" });
  #at = h("output", { class: "at" });
  #range = h("input", { type: "range", min: 0, step: 1, "aria-keyshortcuts": "Home End" });
  #branches = h("button", { class: "quiet branches" });
  /** Of the line, in px. */
  #width = 0;

  /** @param {Store} store @param {Commands} commands @param {Dialogs} dialogs */
  constructor(store, commands, dialogs) {
    this.store = store;
    this.commands = commands;
    setAttr(this.#range, "aria-label", store.words.step);
    this.#range.oninput = () => void commands.seek(this.#range.valueAsNumber);
    this.#branches.onclick = () => dialogs.open("branches");
    const track = h("div", { class: "track" }, this.#marks, this.#range, this.#lanes);
    this.element = h("div", { class: "scrubber" }, track, this.#at, this.#branches);
    resized(this.#marks, store.signal, () => {
      this.#width = this.#marks.clientWidth;
      if (store.alive) store.draw();
    });
  }

  /** @param {View} view */
  render(view) {
    const { step, length, at } = view;
    setAttr(this.#range, "max", length);
    if (this.#range.valueAsNumber !== step) this.#range.value = `${step}`;
    setAttr(this.#range, "aria-valuetext", this.store.words.stepOf(step, length, at));
    setText(this.#at, `${step} / ${length}`);
    this.#at.style.setProperty("--digits", `${`${length}`.length}`);
    const { changes, edited, session } = this.store;
    const notes = session.notes?.steps() ?? [];
    redraw(this.#marks, [view.branch, length, view.marks, changes, edited, session.own, notes, this.#width], () =>
      this.#draw(notes),
    );
    reach(this.#marks, step);
  }

  /** @param {number[]} notes their steps */
  #draw(notes) {
    const timeline = this.store.session.timeline();
    const hands = this.store.edited || changed(timeline, this.store.session);
    const marks = timeline.marks.filter(({ mark }) => hands || mark !== "intervention");
    const others = timeline.branches.filter((b) => b.id !== timeline.branch);
    this.#lanes.replaceChildren(...others.slice(-3).map((other) => this.#lane(other, timeline)));
    setText(this.#branches, others.length ? this.store.words.branches(timeline.branches.length) : "");
    setAttr(this.#branches, "hidden", !others.length);
    const { length } = timeline;
    const shown = notes.filter((step) => step <= length);
    return signs({ marks, length }, "step", (step) => void this.commands.seek(step), this.#width, shown);
  }

  /** Another branch, from where it left this one. @param {Timeline["branches"][number]} other
   * @param {Timeline} timeline */
  #lane(other, { branch, branches, length }) {
    const left = branches.find((b) => b.id === branch)?.from?.step ?? 0;
    const from = other.from?.branch === branch ? other.from.step : left;
    const lane = h("i", { title: other.name });
    lane.style.insetInlineStart = place(from, length);
    lane.style.inlineSize = place(Math.max(0, other.length - from), length);
    return lane;
  }
}

/** Whether a person has changed what others had prepared, be it before it was left and opened again.
 * @param {Pick<Timeline, "branch" | "marks">} timeline
 * @param {{ own: boolean, scenario?: { length: number } }} session @returns {boolean} */
export const changed = ({ branch, marks }, { own, scenario }) =>
  own &&
  (!scenario || branch !== 1 || marks.some(({ step, mark }) => mark === "intervention" && step > scenario.length));
