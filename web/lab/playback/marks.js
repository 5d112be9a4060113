// The marks on the line of a run: its notes, numbered as chapters, and where something was chosen, crashed or broke.
// Where a person changes the run, their steps are marked, too. Marks that would lie on each other become one, which
// says of each where it was.

import { h, setAttr, svg } from "../shared/dom.js";
/** @import { Timeline } from "../engine/engine.js" */

/** What each mark looks like, in a square of 12, the most telling last. Drawn, because not every font has them. A crash
 * is a card that is crossed out: a cross alone is a message that refuses. */
const MARKS = {
  intervention: "M2.5 1v9l2.4-2.2 1.5 3.4 1.5-.7-1.5-3.3 3.2-.2z",
  crash: "M1 1.5h10v9H1zM4 4l4 4M8 4L4 8",
  chosen: "M6 .5l1.6 3.6 3.9.4-2.9 2.6.8 3.9L6 9l-3.4 2 .8-3.9L.5 4.5l3.9-.4z",
  violation: "M6 1l5.5 10H.5zM6 4.6v3.2M6 9.2v.4",
};
const WORTH = Object.keys(MARKS);

/** What each mark says. @type {Record<Mark["mark"], string>} */
const SAYS = {
  intervention: "an intervention",
  crash: "a server crashes",
  chosen: "a value is chosen",
  violation: "a safety rule is broken",
};

/** A mark as a picture. @param {Mark["mark"]} mark */
export const picture = (mark) => svg("svg", { viewBox: "0 0 12 12" }, svg("path", { d: MARKS[mark] }));
/** The room of one mark, in px. */
const ROOM = 18;

/** How many of the marks that became one are told. */
const TOLD = 4;

/** @typedef {Timeline["marks"][number]} Mark */
/**
 * @typedef {object} Sign marks and notes that became one
 * @property {number} step the first @property {number} last
 * @property {number} at where it stands: with its most telling mark, or in the middle of its notes
 * @property {number[]} notes their numbers @property {number} note the step of the first of them
 * @property {Mark[]} marks in order of steps @property {Mark["mark"] | null} mark the most telling of them
 * @property {Mark | undefined} hand the first thing done by hand
 */

/** What to show of the marks and of the notes: no two in the same room.
 * @param {Pick<Timeline, "marks" | "length">} timeline @param {number[]} notes their steps @param {number} width in px
 * @returns {Sign[]} in order of steps */
export function telling({ marks, length }, notes, width) {
  /** @type {Sign[]} */
  const all = [
    ...marks.map((one) => sign([one], [], 0, one.step, one.step)),
    ...notes.map((step, i) => sign([], [i + 1], step, step, step)),
  ];
  all.sort((a, b) => a.step - b.step);
  const px = (/** @type {Sign} */ { at }) => Math.min(at / (length || 1), 1) * width;
  /** @type {Sign[]} */
  const signs = [];
  for (let one of all) {
    // One that became wider may reach the one before it.
    for (
      let before = signs.at(-1);
      before && px(one) - px(before) < (room(before) + room(one)) / 2;
      before = signs.at(-1)
    ) {
      one = join(before, one);
      signs.pop();
    }
    signs.push(one);
  }
  return signs;
}

/** @param {Mark[]} marks @param {number[]} notes @param {number} note @param {number} step @param {number} last
 * @returns {Sign} */
function sign(marks, notes, note, step, last) {
  const worth = (/** @type {Mark} */ { mark }) => WORTH.indexOf(mark);
  const best = marks.length ? marks.reduce((most, one) => (worth(one) > worth(most) ? one : most)) : undefined;
  const hand = marks.find(({ mark }) => mark === "intervention");
  return { step, last, at: best?.step ?? (step + last) / 2, notes, note, marks, mark: best?.mark ?? null, hand };
}

/** @param {Sign} one @param {Sign} next @returns {Sign} */
function join(one, next) {
  const notes = [...one.notes, ...next.notes];
  const note = one.notes.length ? one.note : next.note;
  return sign([...one.marks, ...next.marks], notes, note, one.step, Math.max(one.last, next.last));
}

/** Whether what was done by hand has a picture of its own, beside a more telling one. @param {Sign} sign */
const both = ({ hand, mark }) => !!hand && mark !== "intervention";

/** @param {Sign} one @returns {number} px */
const room = (one) =>
  (one.notes.length ? ROOM + (one.notes.length > 1 ? ROOM / 2 : 0) : 0) +
  (one.mark ? ROOM : 0) +
  (both(one) ? ROOM - 4 : 0);

/** The marks of a line, to click: each part of a sign leads to where it happened.
 * @param {Pick<Timeline, "marks" | "length">} timeline
 * @param {string} unit what its numbers count
 * @param {(step: number) => void} go @param {number} [width] of the line, in px @param {number[]} [notes] their steps
 * @returns {HTMLElement[]} */
export const signs = (timeline, unit, go, width = 48 * ROOM, notes = []) =>
  telling(timeline, notes, width).map((one) => {
    const { step, at, notes: numbers, note, mark, hand } = one;
    const title = said(one, unit);
    const element = h("i", {
      "data-mark": mark ?? "note",
      "data-step": step,
      title,
      onclick: () => go(mark ? at : note),
    });
    const lead = (/** @type {Element} */ part, /** @type {number} */ to) => {
      part.addEventListener("click", (event) => {
        event.stopPropagation();
        go(to);
      });
      element.append(part);
    };
    if (numbers.length) lead(h("b", {}, span(numbers)), note);
    if (hand && both(one)) lead(h("span", { "data-mark": hand.mark }, picture(hand.mark)), hand.step);
    if (mark) lead(h("span", { "data-mark": mark }, picture(mark)), at);
    element.style.insetInlineStart = place(at, timeline.length);
    return element;
  });

/** What a sign stands for, in words. @param {Sign} sign @param {string} unit @returns {string} */
function said({ notes, note, marks }, unit) {
  const [first, ...rest] = marks.length > TOLD ? [...marks.slice(0, TOLD - 1), undefined] : marks;
  const one = (/** @type {Mark | undefined} */ mark) =>
    mark
      ? `${unit} ${mark.step}: ${SAYS[mark.mark]}`
      : `and ${marks.length - TOLD + 1} more up to ${unit} ${marks.at(-1)?.step}`;
  const told = marks.length ? [first, ...rest].map(one) : [];
  return [...(notes.length ? [`${unit} ${note}: note ${span(notes)}`] : []), ...told].join("; ");
}

/** @param {number[]} numbers ascending @returns {string} */
const span = (numbers) => (numbers.length > 1 ? `${numbers[0]}–${numbers.at(-1)}` : `${numbers[0]}`);

/** Shows which notes have been. @param {Element} marks @param {number} step */
export function reach(marks, step) {
  for (const sign of marks.children) setAttr(sign, "data-been", Number(sign.getAttribute("data-step")) <= step);
}

/** Where a step is on the line. @param {number} step @param {number} length of the line @returns {string} */
export const place = (step, length) => `${(Math.min(step / (length || 1), 1) * 100).toFixed(2)}%`;
