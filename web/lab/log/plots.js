// Four small plots over the simulated time of a run. They are drawn here, as SVG: what they need is less than any library
// that draws them. Behind each, the times of the leaders are bands.

import { h, keyed, redraw, setAttr, setText, svg } from "../shared/dom.js";
import { reigns, round } from "./measures.js";
/** @import { Values } from "../shared/values.js" */
/** @import { Piece } from "./measures.js" */

/** The size of a plot, in units of its picture. */
const [WIDE, HIGH, TOP] = [300, 74, 8];

/** @typedef {{ name: string, unit: string, of: (piece: Piece) => (number | null)[] }} Plot a line for each number */

/** @type {Plot[]} */
const PLOTS = [
  { name: "Answered", unit: "a second", of: ({ answered }) => [answered] },
  { name: "Latency, median and slowest 1 %", unit: "ms", of: ({ median, high }) => [median, high] },
  { name: "Messages between servers", unit: "for each answer", of: ({ messages }) => [messages] },
];

/** @typedef {{ at: number, server: number, ballot?: string }} Begun */

export class Plots {
  element = h("div", { class: "plots" });

  /** @param {{ ballots: Values }} looks of what is shown now */
  constructor(looks) {
    this.looks = looks;
  }

  /** @param {Piece[]} pieces @param {number} until ms @param {Begun[]} begun each time that a server began to lead */
  render(pieces, until, begun) {
    keyed(
      this.element,
      PLOTS,
      ({ name }) => name,
      ({ name }) =>
        h(
          "figure",
          {},
          h("figcaption", {}, h("span", {}, name), " ", h("b")),
          svg("svg", { viewBox: `0 0 ${WIDE} ${HIGH}`, preserveAspectRatio: "none", role: "img" }),
          h("span", { class: "log-scale", "aria-hidden": "true" }),
        ),
      (figure, plot) => this.#plot(figure, plot, pieces, until, begun),
    );
  }

  /** @param {Element} figure @param {Plot} plot @param {Piece[]} pieces @param {number} until @param {Begun[]} begun */
  #plot(figure, { name, unit, of }, pieces, until, begun) {
    const [caption, picture, scale] = figure.children;
    const values = pieces.map(of);
    const most = round(Math.max(0, ...values.flat().map((value) => value ?? 0)));
    // The last piece of time is not over yet.
    const whole = values.length > 1 ? values.slice(0, -1) : values;
    const last = whole.findLast((all) => all.some((value) => value !== null)) ?? [];
    const now = last.map((value) => (value === null ? "–" : digits(value))).join(" and ");
    const says = now ? `${now} ${unit}` : "nothing yet";
    setText(/** @type {Element} */ (caption.lastElementChild), says);
    setText(scale, `${digits(most)} ${unit}`);
    setAttr(picture, "aria-label", `${name}: lately ${says}, at most ${digits(most)}, up to ${until} ms.`);
    redraw(picture, [values, until, begun], () => [
      ...reigns(begun, until).map((reign, i) => this.#band(reign, until, begun[i], i)),
      ...lines(values, pieces, until, most),
    ]);
  }

  /** @param {{ from: number, to: number, server: number }} reign @param {number} until @param {Begun} begun
   * @param {number} i */
  #band({ from, to, server }, until, { ballot }, i) {
    const x = (/** @type {number} */ ms) => (ms / Math.max(1, until)) * WIDE;
    const colour = ballot ? this.looks.ballots.of(ballot).colour : i % 7;
    const props = {
      class: "reign",
      x: x(from),
      width: Math.max(0.5, x(to) - x(from)),
      y: 0,
      height: HIGH,
      "data-v": colour,
    };
    return svg("rect", props, svg("title", {}, `server ${server} leads from ${from} ms`));
  }
}

/** @param {number} value */
const digits = (value) => (value >= 100 ? value.toFixed(0) : `${+value.toFixed(1)}`);

/** A line for each number of the pieces; nothing where there is none. @param {(number | null)[][]} values
 * @param {Piece[]} pieces @param {number} until @param {number} most */
function lines(values, pieces, until, most) {
  const count = values[0]?.length ?? 0;
  return Array.from({ length: count }, (_, line) => {
    let path = "";
    let drawn = false;
    for (const [i, all] of values.entries()) {
      const value = all[line];
      if (value === null) {
        drawn = false;
        continue;
      }
      const middle = (pieces[i].from + Math.min(until, pieces[i + 1]?.from ?? until)) / 2;
      const x = (middle / Math.max(1, until)) * WIDE;
      const y = HIGH - 1 - (value / most) * (HIGH - TOP);
      path += `${drawn ? "L" : "M"}${x.toFixed(1)} ${y.toFixed(1)}${drawn ? "" : "h.01"}`;
      drawn = true;
    }
    return svg("path", { class: line ? "curve second" : "curve", d: path, "vector-effect": "non-scaling-stroke" });
  });
}
