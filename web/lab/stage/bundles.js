// Marks that would lie on each other: one gives way along its lane, or, where there is no room, they travel together as
// a bundle, which is one mark with their number on it. So each mark can be seen, and pressed, for itself.

import { boxAround, meet } from "./box.js";
import { at, scale } from "./lanes.js";
/** @import { EndId, MessageView } from "../engine/engine.js" */
/** @import { Point } from "./box.js" */
/** @import { Lanes } from "./lanes.js" */

/**
 * @typedef {object} Mark one thing on the way
 * @property {MessageView} message the first of those it stands for
 * @property {MessageView[]} all it stands for
 * @property {string} lane it is on
 * @property {number} x px @property {number} y px
 * @property {number} far px it has behind it on its lane @property {EndId} from a server or a client @property {EndId} to another
 * @property {boolean} [grown] whether it is larger than the mark of one message
 */

/** How near the middles of two marks may be, in radii: a little nearer than where their corners touch. */
const NEAR = 1.9;
/** How far a mark goes out of the way, in radii, the least first: less than marks of a lane are apart. */
const AWAY = [0, 0.8, -0.8, 1.6, -1.6];
/** How much larger a bundle is on a stage with small marks: its number is to be read. */
export const GROWN = 1.45;
/** Halves of what a shape and the number on it take, in units of a shape, over all kinds and the letters of any font. */
const SHAPE = 11.5;
const NUMBER = { h: 10, digit: 4.6, digits: 3.9 };
/** What several messages that are not alike look like, in the box of a shape. */
export const ROUND = "M0-11.5a11.5 11.5 0 1 0 .01 0Z";

/** What a message says, whoever it is for. @param {MessageView} m */
export const saying = ({ kind, ballot, value, slot }) => `${kind} ${ballot} ${value} ${slot}`;

/** Whether messages say the same, each to another server. @param {MessageView[]} all */
export const alike = ([first, ...others]) => others.every((m) => saying(m) === saying(first));

/** Whether the number of a bundle stands on a circle: they are not alike, or their shape is a cross or a dot, on which
 * it could not be read. @param {Pick<Mark, "message" | "all">} mark
 * @param {import("../protocols/index.js").Protocol} protocol @returns {boolean} */
export const isRound = ({ message: { kind }, all }, protocol) =>
  !alike(all) || protocol.isRefusal(kind) || !!protocol.quiet?.(kind);

/** No two marks in one place. @param {Mark[]} marks the first keep their places @param {Lanes} lanes
 * @returns {Mark[]} */
export function parted(marks, lanes) {
  const near = NEAR * lanes.radius;
  /** @type {Mark[]} */
  const placed = [];
  for (const mark of marks) {
    const free = aside(mark, lanes).find((p) => !placed.some((other) => apart(p, other) < near));
    if (free) placed.push(Object.assign(mark, free));
    else nearest(mark, placed).all.push(...mark.all);
  }
  if (lanes.radius <= SMALL) for (const mark of placed) if (mark.all.length > 1) grow(mark, lanes);
  return gathered(placed, lanes);
}

/** What a bundle lies on, or would be read on, goes with it: it may be larger than where it found its place, and its
 * number is wider than its middle. @param {Mark[]} placed @param {Lanes} lanes @returns {Mark[]} */
function gathered(placed, lanes) {
  let left = placed;
  for (let before = Infinity; left.length < before; ) {
    before = left.length;
    for (const mark of left) {
      if (mark.all.length < 2 || !left.includes(mark)) continue;
      const under = left.filter((other) => other !== mark && covers(mark, other, lanes));
      for (const other of under) mark.all.push(...other.all);
      if (under.length) left = left.filter((other) => !under.includes(other));
    }
  }
  return left;
}

/** Whether a bundle hides another mark, or has its number on it. @param {Mark} mark @param {Mark} other @param {Lanes} lanes */
function covers(mark, other, lanes) {
  const near = mark.grown && other.grown ? NEAR * GROWN : mark.grown || other.grown ? NEAR + 0.2 : NEAR;
  if (apart(mark, other) < near * lanes.radius) return true;
  const unit = (/** @type {Mark} */ { grown }) => 2 * scale(lanes.ring) * (grown ? GROWN : 1);
  const [one, two] = [unit(mark), unit(other)];
  const digits = `${mark.all.length}`.length;
  const wide = digits > 1 ? digits * NUMBER.digits : NUMBER.digit;
  return meet(boxAround(mark, wide * one, NUMBER.h * one), boxAround(other, SHAPE * two, SHAPE * two));
}

/** Marks of a smaller radius, in px, have no room for a number that can be read. */
const SMALL = 11;

/** @param {Point} p @param {Point} q @returns {number} px */
const apart = (p, q) => Math.hypot(p.x - q.x, p.y - q.y);

/** Where a mark may be, along its lane. @param {Mark} mark @param {Lanes} lanes @returns {Point[]} */
function aside({ x, y, far, from, to }, lanes) {
  const lane = lanes.lane(from, to);
  return AWAY.map((by) => by * lanes.radius)
    .filter((by) => !by || (far + by >= 0 && far + by <= lane.length))
    .map((by) => (by ? at(lane, far + by) : { x, y }));
}

/** @param {Point} p @param {Mark[]} marks at least one @returns {Mark} */
const nearest = (p, marks) => marks.reduce((best, mark) => (apart(p, mark) < apart(p, best) ? mark : best));

/** Makes a bundle larger, where it may be on its lane. @param {Mark} mark @param {Lanes} lanes */
function grow(mark, lanes) {
  const place = aside(mark, lanes).find((p) => lanes.roomy(p, GROWN * lanes.radius));
  if (place) Object.assign(mark, place, { grown: true });
}
