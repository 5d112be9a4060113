// The marks on the line of a run: where something was chosen, crashed, broke, or where a person stepped in.

import { h, svg } from "../shared/dom.js";
/** @import { Timeline } from "../engine/engine.js" */

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

/** The marks to show: of those that would cover each other, the most telling.
 * @param {Pick<Timeline, "marks" | "length">} timeline @returns {Mark[]} */
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

/** The marks of a line, to click. @param {Pick<Timeline, "marks" | "length">} timeline
 * @param {string} unit what its numbers count
 * @param {(step: number) => void} go @returns {HTMLElement[]} */
export const signs = (timeline, unit, go) =>
  telling(timeline).map(({ step, mark }) => {
    const drawing = svg("svg", { viewBox: "0 0 12 12" }, svg("path", { d: MARKS[mark] }));
    const sign = h("i", { "data-mark": mark, title: `${unit} ${step}: ${mark}`, onclick: () => go(step) }, drawing);
    sign.style.insetInlineStart = place(step, timeline.length);
    return sign;
  });

/** Where a step is on the line. @param {number} step @param {number} length of the line @returns {string} */
export const place = (step, length) => `${(Math.min(step / (length || 1), 1) * 100).toFixed(2)}%`;
