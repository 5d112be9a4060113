// Every step there was, as a line to slide along: where something was chosen, crashed, broke, or where a person stepped
// in is marked on it, and below it run the other courses the run took.

import { h, redraw, setAttr, setText, svg } from "../shared/dom.js";
/** @import { Commands } from "../commands.js" */
/** @import { Dialogs } from "../dialogs/dialogs.js" */
/** @import { Timeline, View } from "../engine/engine.js" */
/** @import { Store } from "../store.js" */

/** What each mark looks like, in a square of 12, the most telling last. Drawn, because not every font has them. */
const MARKS = {
  intervention: "M6 11.5V7L2.5 4V.5M6 7l3.5-3V.5",
  crash: "M2 2l8 8M10 2l-8 8",
  chosen: "M6 .5l1.6 3.6 3.9.4-2.9 2.6.8 3.9L6 9l-3.4 2 .8-3.9L.5 4.5l3.9-.4z",
  violation: "M6 1l5.5 10H.5zM6 4.6v3.2M6 9.2v.4",
};
const WORTH = Object.keys(MARKS);
/** As many marks fit side by side. */
const PLACES = 48;

/** @typedef {Timeline["marks"][number]} Mark */

/** The marks to show: of those that would cover each other, the most telling. @param {Pick<Timeline, "marks" | "length">} timeline @returns {Mark[]} */
export function telling({ marks, length }) {
  /** @type {Map<number, Mark>} */
  const places = new Map();
  for (const mark of marks) {
    const place = Math.round((mark.step / length) * PLACES);
    const there = places.get(place);
    if (!there || WORTH.indexOf(mark.mark) > WORTH.indexOf(there.mark)) places.set(place, mark);
  }
  return [...places.values()];
}

/** The marks of a line, to click. @param {Pick<Timeline, "marks" | "length">} timeline @param {string} unit what its numbers count
 * @param {(step: number) => void} go @returns {HTMLElement[]} */
export const signs = (timeline, unit, go) =>
  telling(timeline).map(({ step, mark }) => {
    const drawing = svg("svg", { viewBox: "0 0 12 12" }, svg("path", { d: MARKS[mark] }));
    const sign = h("i", { "data-mark": mark, title: `${unit} ${step}: ${mark}`, onclick: () => go(step) }, drawing);
    sign.style.insetInlineStart = place(step, timeline.length);
    return sign;
  });

/** @param {number} step @param {number} length @returns {string} */
const place = (step, length) => `${(Math.min(step / (length || 1), 1) * 100).toFixed(2)}%`;

export class Scrubber {
  #marks = h("div", { class: "marks", "aria-hidden": "true" });
  #lanes = h("div", { class: "lanes", "aria-hidden": "true" });
  #at = h("output", { class: "at" });
  #range = h("input", { type: "range", min: 0, step: 1, "aria-label": "Step", "aria-keyshortcuts": "Home End" });
  #branches = h("button", { class: "quiet branches" });

  /** @param {Store} store @param {Commands} commands @param {Dialogs} dialogs */
  constructor(store, commands, dialogs) {
    this.store = store;
    this.commands = commands;
    this.#range.oninput = () => void commands.seek(this.#range.valueAsNumber);
    this.#branches.onclick = () => dialogs.branches();
    const track = h("div", { class: "track" }, this.#marks, this.#range, this.#lanes);
    this.element = h("div", { class: "scrubber" }, track, this.#at, this.#branches);
  }

  /** @param {View} view */
  render(view) {
    const { step, length, at } = view;
    setAttr(this.#range, "max", length);
    if (this.#range.valueAsNumber !== step) this.#range.value = `${step}`;
    setAttr(this.#range, "aria-valuetext", `step ${step} of ${length}, ${at} ms`);
    setText(this.#at, `${step} / ${length}`);
    redraw(this.#marks, [view.branch, length, view.marks, this.store.changes], () => this.#draw());
  }

  #draw() {
    const timeline = this.store.session.timeline();
    const others = timeline.branches.filter((b) => b.id !== timeline.branch);
    this.#lanes.replaceChildren(...others.slice(-3).map((other) => this.#lane(other, timeline)));
    setText(this.#branches, others.length ? `${timeline.branches.length} branches…` : "");
    setAttr(this.#branches, "hidden", !others.length);
    return signs(timeline, "step", (step) => void this.commands.seek(step));
  }

  /** Another branch, from where it left this one. @param {Timeline["branches"][number]} other @param {Timeline} timeline */
  #lane(other, { branch, branches, length }) {
    const left = branches.find((b) => b.id === branch)?.from?.step ?? 0;
    const from = other.from?.branch === branch ? other.from.step : left;
    const lane = h("i", { title: other.name });
    lane.style.insetInlineStart = place(from, length);
    lane.style.inlineSize = place(Math.max(0, other.length - from), length);
    return lane;
  }
}
