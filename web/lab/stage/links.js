// The links under everything: one line between two servers, each half of which is one direction, seen from its sender.
// A direction that is cut is dotted, and an arrow in it ends at a bar. Between many servers only those lines are drawn
// that tell something: where messages travel, what is cut, and what the selected server has. All lines of one look are
// one path, however many there are.

import { setAttr, svg } from "../shared/dom.js";
import { boxAround, meet } from "./box.js";
import { along, before } from "./lanes.js";
import { travels } from "./traffic.js";
/** @import { EndId, LinkView, MessageView, Target } from "../engine/engine.js" */
/** @import { Box, Point } from "./box.js" */
/** @import { Curve, Lanes } from "./lanes.js" */

/** How near a pointer must come to a line, in px. */
const NEAR = 9;
/** How many points of a line a pointer is compared with. */
const POINTS = 24;
/** How far the sign of a cut goes out of the way, in parts of its line, the nearest place first. */
const AWAY = Array.from({ length: 29 }, (_, i) => (i % 2 ? 1 : -1) * Math.ceil(i / 2) * 0.025);
/** Between more servers than this not every line is drawn. */
const LINED = 8;

/** @typedef {{ a: EndId, b: EndId, cut: [fromA: boolean, fromB: boolean] }} Pair */

export class Links {
  #open = svg("path", { class: "open" });
  #busy = svg("path", { class: "busy" });
  #cut = svg("path", { class: "cut" });
  #on = svg("path", { class: "on" });
  #grounds = svg("path", { class: "ground" });
  #bars = svg("path", { class: "bars" });
  element = svg(
    "svg",
    { class: "layer links", "aria-hidden": "true" },
    this.#open,
    this.#busy,
    this.#cut,
    this.#on,
    this.#grounds,
    this.#bars,
  );
  /** Where the signs of cuts are: no label may lie on them. @type {Box[]} */
  signs = [];
  /** @type {Pair[]} */
  #pairs = [];
  /** @type {Lanes | undefined} */
  #lanes;
  #drawn = "";

  /** @param {LinkView[]} links @param {MessageView[]} messages @param {Lanes} lanes @param {Target | null} selected */
  render(links, messages, lanes, selected) {
    const on = selected && "link" in selected ? selected.link : null;
    const many = lanes.ring.at.length > LINED;
    const server = many && selected && "node" in selected ? selected.node : 0;
    // Bundles go by no lines.
    /** @type {Set<string>} */
    const used = new Set();
    for (const m of lanes.bundled ? [] : messages)
      if (travels(m) && (many || isClients(m.from, m.to))) used.add(named(m.from, m.to));
    for (let other = 1; server && other <= lanes.ring.at.length; other++)
      if (other !== server) used.add(named(server, other));
    const key = JSON.stringify([links, on, [...used]]);
    if (lanes === this.#lanes && key === this.#drawn) return;
    this.#lanes = lanes;
    this.#drawn = key;
    /** @param {Pair} pair */
    const busy = ({ a, b }) => used.has(named(a, b));
    if (many && on) used.add(named(...on));
    this.#pairs = pairs(links, used).filter((pair) => !many || pair.cut[0] || pair.cut[1] || busy(pair));
    const [open, lively, cut, bars] = [[""], [""], [""], [""]];
    this.signs = [];
    for (const pair of this.#pairs) {
      const {
        a,
        b,
        cut: [fromA, fromB],
      } = pair;
      const curve = lanes.curve(a, b);
      const line = many && busy(pair) ? lively : open;
      (fromA ? cut : line).push(half(curve));
      (fromB ? cut : line).push(half(lanes.curve(b, a)));
      if (!fromA && !fromB) continue;
      const { path, box } = barred(curve, fromA, fromB, lanes, this.signs);
      bars.push(path);
      this.signs.push(box);
    }
    setAttr(this.#open, "d", open.join(""));
    setAttr(this.#busy, "d", lively.join(""));
    setAttr(this.#cut, "d", cut.join(""));
    for (const path of [this.#grounds, this.#bars]) setAttr(path, "d", bars.join(""));
    setAttr(this.#on, "d", on ? half(lanes.curve(on[0], on[1])) + half(lanes.curve(on[1], on[0])) : "");
  }

  /** How many ways links are cut: 0, 1 or 2. */
  get cuts() {
    return new Set(this.#pairs.map(({ cut: [one, other] }) => +one + +other));
  }

  /** What there is to say of the link at a point: nothing of one that is whole.
   * @param {number} x px @param {number} y px @returns {string} */
  says(x, y) {
    const link = this.hit(x, y);
    const pair = link && this.#pairs.find((it) => same(it, link));
    return pair ? cutting(pair) : "";
  }

  /** The link at a point, if one is. @param {number} x px @param {number} y px @returns {[number, number] | null} */
  hit(x, y) {
    let [best, near] = [/** @type {[number, number] | null} */ (null), NEAR];
    for (const { a, b } of this.#pairs) {
      if (typeof a !== "number" || typeof b !== "number") continue;
      const curve = /** @type {Lanes} */ (this.#lanes).curve(a, b);
      for (let i = 0; i < POINTS; i++) {
        const far = fromSegment(along(curve, i / POINTS), along(curve, (i + 1) / POINTS), x, y);
        if (far < near) [best, near] = [[a, b], far];
      }
    }
    return best;
  }
}

/** @param {LinkView[]} links all of few servers, only those that are cut of many
 * @param {Set<string>} more pairs of servers
 * @returns {Pair[]} */
function pairs(links, more) {
  /** @type {Map<string, Pair>} */
  const all = new Map();
  /** @param {string} key @returns {Pair} */
  const pair = (key) => {
    const [a, b] = key.split(" ").map(endOf);
    const one = all.get(key) ?? { a, b, cut: [false, false] };
    all.set(key, one);
    return one;
  };
  for (const key of more) pair(key);
  for (const { from, to, up } of links) {
    const key = named(from, to);
    // Lines to every client would hide those between servers: there is one while it is used, or cut.
    if (up && isClients(from, to) && !all.has(key)) continue;
    const { a, cut } = pair(key);
    if (!up) cut[from === a ? 0 : 1] = true;
  }
  return [...all.values()];
}

/** @param {Pair} pair @param {[number, number] | null} link @returns {boolean} */
const same = ({ a, b }, link) => !!link && [a, b].every((end) => end === link[0] || end === link[1]);

/** @param {EndId} one @param {EndId} other @returns {string} their pair, whichever comes first */
const named = (one, other) => (before(one, other) ? `${one} ${other}` : `${other} ${one}`);

/** @param {string} text of a pair @returns {EndId} */
const endOf = (text) => (/^\d/.test(text) ? Number(text) : text);

/** @param {EndId} one @param {EndId} other */
const isClients = (one, other) => typeof one !== "number" || typeof other !== "number";

/** Which way a link is cut, in words. @param {Pair} pair @returns {string} */
export function cutting({ a, b, cut: [fromA, fromB] }) {
  if (!fromA && !fromB) return "";
  const [from, to] = fromA || !fromB ? [a, b] : [b, a];
  const who = (/** @type {EndId} */ end) => `${typeof end === "number" ? "server" : "client"} ${end}`;
  if (fromA && fromB) return `Cut: nothing gets through between ${who(a)} and ${who(b)}.`;
  return `Cut one way: nothing gets from ${who(from)} to ${who(to)}; from ${to} to ${from} it does.`;
}

const r = (/** @type {number} */ x) => x.toFixed(1);

/** The first half of a curve, as a path. @param {Curve} curve @returns {string} */
function half(curve) {
  const { a, c } = curve;
  const m = along(curve, 0.5);
  return `M${r(a.x)} ${r(a.y)}Q${r((a.x + c.x) / 2)} ${r((a.y + c.y) / 2)} ${r(m.x)} ${r(m.y)}`;
}

/** Where one direction is cut, an arrow that ends at a bar, in the half of its sender; a cross in the middle where both
 * are; as near to that as nothing else is. @param {Curve} curve @param {boolean} fromA @param {boolean} fromB
 * @param {Lanes} lanes @param {Box[]} others of other links
 * @returns {{ path: string, box: Box }} */
function barred(curve, fromA, fromB, lanes, others) {
  const both = fromA && fromB;
  const s = 0.4 * lanes.ring.em;
  const middle = both ? 0.5 : fromA ? 0.4 : 0.6;
  // As large as it is in any direction.
  const wide = (both ? 3 : 4.2) * s;
  const box = (/** @type {number} */ t) => boxAround(along(curve, t), wide, wide);
  const roomy = AWAY.map((by) => middle + by).filter((t) => lanes.roomy(along(curve, t), 1.5 * s));
  const part = roomy.find((t) => !others.some((other) => meet(box(t), other))) ?? roomy[0] ?? middle;
  const at = along(curve, part);
  const q = along(curve, part + (fromA ? 0.04 : -0.04));
  const [dx, dy] = [q.x - at.x, q.y - at.y];
  const length = Math.hypot(dx, dy) || 1;
  const [ux, uy] = [dx / length, dy / length];
  /** @param {number} on px in the direction that is cut @param {number} beside px */
  const point = (on, beside) => `${r(at.x + on * ux - beside * uy)} ${r(at.y + on * uy + beside * ux)}`;
  const arrow = `M${point(-1.5 * s, 0)}L${point(0.8 * s, 0)}M${point(-0.2 * s, -s)}L${point(0.8 * s, 0)}L${point(-0.2 * s, s)}`;
  const path = both
    ? `M${point(-s, -s)}L${point(s, s)}M${point(-s, s)}L${point(s, -s)}`
    : `${arrow}M${point(1.4 * s, -1.4 * s)}L${point(1.4 * s, 1.4 * s)}`;
  return { path, box: box(part) };
}

/** @param {Point} p @param {Point} q @param {number} x @param {number} y @returns {number} px */
function fromSegment(p, q, x, y) {
  const [dx, dy] = [q.x - p.x, q.y - p.y];
  const part = Math.max(0, Math.min(1, ((x - p.x) * dx + (y - p.y) * dy) / (dx * dx + dy * dy || 1)));
  return Math.hypot(p.x + part * dx - x, p.y + part * dy - y);
}
