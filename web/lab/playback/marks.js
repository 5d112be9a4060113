// The marks on the line of a run: its notes, numbered as chapters, and where something was chosen, crashed or broke.
// Where a person changes the run, their steps are marked, too. Marks that would lie on each other become one.

import { h, setAttr, svg } from "../shared/dom.js";
/** @import { Timeline } from "../engine/engine.js" */

/** What each mark looks like, in a square of 12, the most telling last. Drawn, because not every font has them. */
const MARKS = {
  intervention: "M2.5 1v9l2.4-2.2 1.5 3.4 1.5-.7-1.5-3.3 3.2-.2z",
  crash: "M2 2l8 8M10 2l-8 8",
  chosen: "M6 .5l1.6 3.6 3.9.4-2.9 2.6.8 3.9L6 9l-3.4 2 .8-3.9L.5 4.5l3.9-.4z",
  violation: "M6 1l5.5 10H.5zM6 4.6v3.2M6 9.2v.4",
};
const WORTH = Object.keys(MARKS);

/** What each mark says. @type {Record<Mark["mark"], string>} */
export const SAYS = {
  intervention: "done by hand",
  crash: "a crash",
  chosen: "a value is chosen",
  violation: "a safety rule is broken",
};

/** A mark as a picture. @param {Mark["mark"]} mark */
export const picture = (mark) => svg("svg", { viewBox: "0 0 12 12" }, svg("path", { d: MARKS[mark] }));
/** The room of one mark, in px. */
const ROOM = 18;

/** @typedef {Timeline["marks"][number]} Mark */
/** @typedef {{ step: number, last: number, notes: number[], mark: Mark["mark"] | null }} Sign marks that became one: their
 * first and last step, the numbers of the notes, and the most telling of the other marks */

/** What to show of the marks and of the notes: no two in the same room.
 * @param {Pick<Timeline, "marks" | "length">} timeline @param {number[]} notes their steps @param {number} width in px
 * @returns {Sign[]} in order of steps */
export function telling({ marks, length }, notes, width) {
  /** @type {Sign[]} */
  const all = [
    ...marks.map(({ step, mark }) => ({ step, last: step, notes: [], mark })),
    ...notes.map((step, i) => ({ step, last: step, notes: [i + 1], mark: null })),
  ];
  all.sort((a, b) => a.step - b.step);
  const px = (/** @type {Sign} */ sign) => Math.min((sign.step + sign.last) / 2 / (length || 1), 1) * width;
  /** @type {Sign[]} */
  const signs = [];
  for (let sign of all) {
    // One that became wider may reach the one before it.
    for (
      let before = signs.at(-1);
      before && px(sign) - px(before) < (room(before) + room(sign)) / 2;
      before = signs.at(-1)
    ) {
      sign = join(before, sign);
      signs.pop();
    }
    signs.push(sign);
  }
  return signs;
}

/** @param {Sign} one @param {Sign} next @returns {Sign} */
function join(one, next) {
  const worth = (/** @type {Sign} */ { mark }) => (mark ? WORTH.indexOf(mark) : -1);
  const { mark } = worth(next) > worth(one) ? next : one;
  return { step: one.step, last: next.last, notes: [...one.notes, ...next.notes], mark };
}

/** @param {Sign} sign @returns {number} px */
const room = ({ notes, mark }) => (notes.length ? ROOM + (notes.length > 1 ? ROOM / 2 : 0) : 0) + (mark ? ROOM : 0);

/** The marks of a line, to click. @param {Pick<Timeline, "marks" | "length">} timeline
 * @param {string} unit what its numbers count
 * @param {(step: number) => void} go @param {number} [width] of the line, in px @param {number[]} [notes] their steps
 * @returns {HTMLElement[]} */
export const signs = (timeline, unit, go, width = 48 * ROOM, notes = []) =>
  telling(timeline, notes, width).map(({ step, last, notes: numbers, mark }) => {
    const where = last > step ? `${unit}s ${step} to ${last}` : `${unit} ${step}`;
    const title = `${where}: ${[numbers.length && `note ${span(numbers)}`, mark && SAYS[mark]].filter(Boolean).join(", ")}`;
    const sign = h("i", { "data-mark": mark ?? "note", "data-step": step, title, onclick: () => go(step) });
    if (numbers.length) sign.append(h("b", {}, span(numbers)));
    if (mark) sign.append(picture(mark));
    sign.style.insetInlineStart = place((step + last) / 2, timeline.length);
    return sign;
  });

/** @param {number[]} numbers ascending @returns {string} */
const span = (numbers) => (numbers.length > 1 ? `${numbers[0]}–${numbers.at(-1)}` : `${numbers[0]}`);

/** Shows which notes have been. @param {Element} marks @param {number} step */
export function reach(marks, step) {
  for (const sign of marks.children) setAttr(sign, "data-been", Number(sign.getAttribute("data-step")) <= step);
}

/** Where a step is on the line. @param {number} step @param {number} length of the line @returns {string} */
export const place = (step, length) => `${(Math.min(step / (length || 1), 1) * 100).toFixed(2)}%`;
