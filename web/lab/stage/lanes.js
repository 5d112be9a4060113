// Which way messages go: from each server to each other one a lane of its own, beside the link's line, so that the two
// directions do not meet. A lane bends around other servers and around the middle. Where it cannot, it is interrupted:
// a message passes such a place in no time. So a message is never drawn over anything but a line.

import { holds } from "./box.js";
import { DOTS } from "./ring.js";
/** @import { EndId } from "../engine/engine.js" */
/** @import { Box, Point } from "./box.js" */
/** @import { Ring } from "./ring.js" */

/** @typedef {{ points: Point[], sums: number[], length: number }} Lane points that may be drawn at, and how
 * far each is */
/** @typedef {{ a: Point, c: Point, b: Point }} Curve a quadratic Bézier curve */

/** The radius of a message's mark, in em of a stage with large cards. */
export const RADIUS = 0.8;
/** How far a lane is from the line, in em. */
const SIDE = 0.85;
const FINE = 64;
const COARSE = 24;
/** How far marks stay away from the edge of the stage, in em. */
const EDGE = 0.4;
/** What a lane should have, in radii of a mark: less is no way that can be seen. */
const ENOUGH = 1.5;
/** How long a lane should be, in radii of a mark: on a shorter one nobody sees where a message comes from and goes to. */
const WANTED = 2.5;
/** How far a line may bend, in em, the least first. */
const BENDS = [0, 1.5, -1.5, 3, -3, 4.5, -4.5, 6.5, -6.5, 9, -9, 12, -12, 16, -16];

/** How large marks are. @param {Ring} ring @returns {number} px for a unit of a shape */
export const scale = ({ em, size }) => (em / 15) * (size === "slim" || size === "micro" || size === "dot" ? 0.72 : 1);

export class Lanes {
  /** @type {Map<string, Lane>} */
  #lanes = new Map();
  /** @type {Map<string, Curve>} */
  #curves = new Map();

  /** @param {Ring} ring */
  constructor(ring) {
    this.ring = ring;
    /** @type {number} */
    this.radius = RADIUS * 15 * scale(ring);
    /** Whether servers are too many for marks of their own on lanes of their own. */
    this.bundled = ring.at.length >= DOTS;
    this.side = SIDE * 15 * scale(ring);
  }

  /** Where a server or a client stands. @param {EndId} end @returns {Point} */
  end(end) {
    if (typeof end === "number") return this.ring.at[end - 1];
    const { x, y, w, h } = this.ring.clients.get(end) ?? { ...this.ring.at[0], w: 0, h: 0 };
    return { x: x + w / 2, y: y + h / 2 };
  }

  /** @param {EndId} from a server or a client @param {EndId} to another one @returns {Lane} */
  lane(from, to) {
    const key = `${from} ${to}`;
    let lane = this.#lanes.get(key);
    if (!lane) {
      const curve = this.curve(from, to);
      const ways = [1, 0, -1].map((side) => measured(this.#free(curve, side, FINE)));
      // Where there is no room beside the line, on it or on the side of the other direction: better than not seen.
      lane = ways.find(({ length }) => length >= this.radius) ?? ways.reduce((a, b) => (b.length > a.length ? b : a));
      this.#lanes.set(key, lane);
    }
    return lane;
  }

  /** The line between two of them, from the first. @param {EndId} from @param {EndId} to @returns {Curve} */
  curve(from, to) {
    const [i, j] = before(from, to) ? [from, to] : [to, from];
    const key = `${i} ${j}`;
    let curve = this.#curves.get(key);
    if (!curve) {
      curve = this.#bend(i, j);
      this.#curves.set(key, curve);
    }
    return before(from, to) ? curve : { a: curve.b, c: curve.c, b: curve.a };
  }

  /** Chooses how to bend: least, among those ways that are interrupted least. @param {EndId} i @param {EndId} j */
  #bend(i, j) {
    const { ring } = this;
    const [a, b] = [this.end(i), this.end(j)];
    const straight = bent(a, b, 0);
    if (this.bundled) return straight;
    let [best, least] = [straight, Infinity];
    for (const bend of BENDS) {
      const curve = bent(a, b, bend * ring.em);
      const cost = this.#cost(curve, [i, j]) + Math.abs(bend) * 0.4;
      if (cost < least) [best, least] = [curve, cost];
      if (least < Math.abs(bend) * 0.4) break;
    }
    return best;
  }

  /** What is in the way. @param {Curve} curve @param {EndId[]} ends @returns {number} */
  #cost(curve, ends) {
    const { ring } = this;
    const others = ring.places.filter((_, k) => !ends.includes(k + 1));
    others.push(ring.middle);
    for (const [id, place] of ring.clients) if (!ends.includes(id)) others.push(place);
    let cost = 0;
    for (const side of [1, -1]) {
      const points = samples(curve, side * this.side, COARSE);
      cost += 3 * points.filter((p) => !this.#allowed(p, others)).length;
      const { length } = measured(this.#free(curve, side, FINE));
      if (length < ENOUGH * this.radius) cost += 40;
      cost += 10 * Math.max(0, WANTED - length / this.radius);
    }
    return cost;
  }

  /** @param {Curve} curve @param {number} way 1 or -1 @param {number} many @returns {Point[]} */
  #free(curve, way, many) {
    const taken = this.#taken();
    return samples(curve, this.side * way, many).map((p) => (this.#allowed(p, taken) ? p : { x: NaN, y: NaN }));
  }

  /** Whether a mark of this radius may be drawn at a point. @param {Point} p @param {number} r px */
  roomy(p, r) {
    return this.#allowed(p, this.#taken(), r);
  }

  /** What no mark may lie on. @returns {Box[]} */
  #taken() {
    return [...this.ring.places, this.ring.middle, ...this.ring.clients.values()];
  }

  /** @param {Point} p @param {Box[]} taken @param {number} [r] of the mark, in px */
  #allowed(p, taken, r = this.radius) {
    const { width, height, em } = this.ring;
    const far = r + EDGE * em;
    if (p.x < far || p.y < far || p.x > width - far || p.y > height - far) return false;
    return !taken.some((box) => holds(box, p, r + 1));
  }
}

/** Whether one end comes before another: servers in the order of their numbers, then clients.
 * @param {EndId} one @param {EndId} other @returns {boolean} */
export const before = (one, other) => (typeof one === typeof other ? one < other : typeof one === "number");

/** @param {Point} a @param {Point} b @param {number} bend px @returns {Curve} */
function bent(a, b, bend) {
  const [dx, dy] = [b.x - a.x, b.y - a.y];
  const length = Math.hypot(dx, dy) || 1;
  const c = { x: (a.x + b.x) / 2 - (dy / length) * 2 * bend, y: (a.y + b.y) / 2 + (dx / length) * 2 * bend };
  return { a, c, b };
}

/** @param {Curve} curve @param {number} t 0..1 @returns {Point} */
export function along({ a, c, b }, t) {
  const [p, q, r] = [(1 - t) ** 2, 2 * t * (1 - t), t ** 2];
  return { x: p * a.x + q * c.x + r * b.x, y: p * a.y + q * c.y + r * b.y };
}

/** Points beside a curve. @param {Curve} curve @param {number} side px to the right @param {number} many */
function samples(curve, side, many) {
  const { a, c, b } = curve;
  return Array.from({ length: many + 1 }, (_, i) => {
    const t = i / many;
    const p = along(curve, t);
    const [dx, dy] = [(1 - t) * (c.x - a.x) + t * (b.x - c.x), (1 - t) * (c.y - a.y) + t * (b.y - c.y)];
    const length = Math.hypot(dx, dy) || 1;
    return { x: p.x - (dy / length) * side, y: p.y + (dx / length) * side };
  });
}

/** A lane of the points that may be drawn at; what lies between two such runs is passed in no time.
 * @param {Point[]} points NaN where nothing may be drawn @returns {Lane} */
function measured(points) {
  /** @type {Lane} */
  const lane = { points: [], sums: [], length: 0 };
  let before;
  for (const p of points) {
    if (!Number.isNaN(p.x)) {
      if (before) lane.length += Math.hypot(p.x - before.x, p.y - before.y);
      lane.points.push(p);
      lane.sums.push(lane.length);
    }
    before = Number.isNaN(p.x) ? undefined : p;
  }
  return lane;
}

/** @param {Lane} lane @param {number} far px from its beginning @returns {Point} NaN on a lane without any room */
export function at({ points, sums, length }, far) {
  const want = Math.max(0, Math.min(length, far));
  const k = sums.findIndex((sum) => sum >= want);
  if (k < 0) return { x: NaN, y: NaN };
  if (!k || sums[k] === want || sums[k] === sums[k - 1]) return points[k];
  const part = (want - sums[k - 1]) / (sums[k] - sums[k - 1]);
  const [p, q] = [points[k - 1], points[k]];
  return { x: p.x + (q.x - p.x) * part, y: p.y + (q.y - p.y) * part };
}
