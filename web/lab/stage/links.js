// The links under everything: one line between two servers, each half of which is one direction, seen from its sender.
// A direction that is cut is dotted and barred. All lines of one look are one path, however many there are.

import { setAttr, svg } from "../shared/dom.js";
import { along } from "./lanes.js";
/** @import { LinkView, Target } from "../engine/engine.js" */
/** @import { Point } from "./box.js" */
/** @import { Curve, Lanes } from "./lanes.js" */

/** How near a pointer must come to a line, in px. */
const NEAR = 9;
/** How many points of a line a pointer is compared with. */
const POINTS = 24;
/** More servers than this have no lines between them, only what is cut. */
const LINED = 9;

/** @typedef {{ a: number, b: number, cut: [fromA: boolean, fromB: boolean] }} Pair */

export class Links {
  #open = svg("path", { class: "open" });
  #cut = svg("path", { class: "cut" });
  #on = svg("path", { class: "on" });
  #grounds = svg("path", { class: "ground" });
  #bars = svg("path", { class: "bars" });
  element = svg(
    "svg",
    { class: "layer links", "aria-hidden": "true" },
    this.#open,
    this.#cut,
    this.#on,
    this.#grounds,
    this.#bars,
  );
  /** @type {Pair[]} */
  #pairs = [];
  /** @type {Lanes | undefined} */
  #lanes;
  #drawn = "";

  /** @param {LinkView[]} links @param {Lanes} lanes @param {Target | null} selected */
  render(links, lanes, selected) {
    const on = selected && "link" in selected ? selected.link : null;
    const key = JSON.stringify([links, on]);
    if (lanes === this.#lanes && key === this.#drawn) return;
    this.#lanes = lanes;
    this.#drawn = key;
    this.#pairs = pairs(links).filter(({ cut }) => lanes.ring.at.length <= LINED || cut[0] || cut[1]);
    const [open, cut, grounds, bars] = [[""], [""], [""], [""]];
    for (const {
      a,
      b,
      cut: [fromA, fromB],
    } of this.#pairs) {
      const curve = lanes.curve(a, b);
      (fromA ? cut : open).push(half(curve));
      (fromB ? cut : open).push(half(lanes.curve(b, a)));
      if (!fromA && !fromB) continue;
      const bar = barred(curve, fromA, fromB, 0.4 * lanes.ring.em);
      grounds.push(bar.ground);
      bars.push(bar.mark);
    }
    setAttr(this.#open, "d", open.join(""));
    setAttr(this.#cut, "d", cut.join(""));
    setAttr(this.#grounds, "d", grounds.join(""));
    setAttr(this.#bars, "d", bars.join(""));
    setAttr(this.#on, "d", on ? half(lanes.curve(on[0], on[1])) + half(lanes.curve(on[1], on[0])) : "");
  }

  /** The link at a point, if one is. @param {number} x px @param {number} y px @returns {[number, number] | null} */
  hit(x, y) {
    let [best, near] = [/** @type {[number, number] | null} */ (null), NEAR];
    for (const { a, b } of this.#pairs) {
      const curve = /** @type {Lanes} */ (this.#lanes).curve(a, b);
      for (let i = 0; i < POINTS; i++) {
        const far = fromSegment(along(curve, i / POINTS), along(curve, (i + 1) / POINTS), x, y);
        if (far < near) [best, near] = [[a, b], far];
      }
    }
    return best;
  }
}

/** @param {LinkView[]} links @returns {Pair[]} */
function pairs(links) {
  /** @type {Map<number, Pair>} */
  const all = new Map();
  for (const { from, to, up } of links) {
    const [a, b] = from < to ? [from, to] : [to, from];
    const key = a * 1000 + b;
    const pair = all.get(key) ?? { a, b, cut: [false, false] };
    all.set(key, pair);
    if (!up) pair.cut[from === a ? 0 : 1] = true;
  }
  return [...all.values()];
}

const r = (/** @type {number} */ x) => x.toFixed(1);

/** The first half of a curve, as a path. @param {Curve} curve @returns {string} */
function half(curve) {
  const { a, c } = curve;
  const m = along(curve, 0.5);
  return `M${r(a.x)} ${r(a.y)}Q${r((a.x + c.x) / 2)} ${r((a.y + c.y) / 2)} ${r(m.x)} ${r(m.y)}`;
}

/** A bar across the cut half, near the middle; a cross in the middle where both are cut.
 * @param {Curve} curve @param {boolean} fromA @param {boolean} fromB @param {number} s px */
function barred(curve, fromA, fromB, s) {
  const at = along(curve, fromA && fromB ? 0.5 : fromA ? 0.42 : 0.58);
  const [dx, dy] = [curve.b.x - curve.a.x, curve.b.y - curve.a.y];
  const length = Math.hypot(dx, dy) || 1;
  const [ux, uy] = [(dx / length) * s, (dy / length) * s];
  const line = (/** @type {number} */ x, /** @type {number} */ y) =>
    `M${r(at.x - x)} ${r(at.y - y)}L${r(at.x + x)} ${r(at.y + y)}`;
  const mark = fromA && fromB ? line(ux - uy, uy + ux) + line(ux + uy, uy - ux) : line(-uy * 1.3, ux * 1.3);
  const ground = `M${r(at.x - 2 * s)} ${r(at.y)}a${r(2 * s)} ${r(2 * s)} 0 1 0 ${r(4 * s)} 0a${r(2 * s)} ${r(2 * s)} 0 1 0 ${r(-4 * s)} 0`;
  return { mark, ground };
}

/** @param {Point} p @param {Point} q @param {number} x @param {number} y @returns {number} px */
function fromSegment(p, q, x, y) {
  const [dx, dy] = [q.x - p.x, q.y - p.y];
  const part = Math.max(0, Math.min(1, ((x - p.x) * dx + (y - p.y) * dy) / (dx * dx + dy * dy || 1)));
  return Math.hypot(p.x + part * dx - x, p.y + part * dy - y);
}
