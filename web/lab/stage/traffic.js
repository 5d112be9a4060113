// What is drawn of the messages on their way. Each lane is a queue: marks on it keep apart, and those that find no room
// are counted on the last one; where lanes cross, marks give way or become a bundle. From DOTS servers on messages of a
// kind travel as one counted bundle, from a server towards the middle or from the middle to a server. What has not left
// yet is not here: it is in a tray.

import { parted, saying } from "./bundles.js";
import { at } from "./lanes.js";
/** @import { EndId, MessageView } from "../engine/engine.js" */
/** @import { Box, Point } from "./box.js" */
/** @import { Mark } from "./bundles.js" */
/** @import { Lanes } from "./lanes.js" */

/** @typedef {{ middle: Point, free: number }} Circle with its radius in px */

/** How far marks of a lane are apart, in radii. */
const APART = 2.4;
/** Places around the circle at which a bundle may be. */
const TURNS = 14;

/** Whether a message is on its way to another server. @param {MessageView} m @returns {boolean} */
export const travels = (m) => m.sentAt != null && m.from !== m.to;

/** How much of its way a message has behind it, 0 to 1. @param {MessageView} m @param {number} now simulated ms */
function part(m, now) {
  if (m.dueAt == null) return (m.progress ?? 500) / 1000;
  const sent = m.sentAt ?? now;
  return Math.min(1, Math.max(0, (now - sent) / Math.max(1, m.dueAt - sent)));
}

/**
 * @param {MessageView[]} messages @param {Lanes} lanes @param {number} now simulated ms
 * @returns {Mark[]} in the order of the oldest message of each
 */
export function traffic(messages, lanes, now) {
  const moving = messages.filter(travels);
  const marks = lanes.bundled ? bundled(moving, lanes, now) : queued(moving, lanes, now);
  const seen = marks.filter(({ x }) => !Number.isNaN(x)).sort((a, b) => a.message.id - b.message.id);
  return lanes.bundled ? seen : parted(seen, lanes);
}

/** @template T @param {T[]} items @param {(item: T) => string} key @returns {Map<string, T[]>} */
function grouped(items, key) {
  /** @type {Map<string, T[]>} */
  const groups = new Map();
  for (const item of items) {
    const group = groups.get(key(item));
    if (group) group.push(item);
    else groups.set(key(item), [item]);
  }
  return groups;
}

/** @param {MessageView[]} moving @param {Lanes} lanes @param {number} now @returns {Mark[]} */
function queued(moving, lanes, now) {
  /** @type {Mark[]} */
  const marks = [];
  for (const [key, queue] of grouped(moving, (m) => `${m.from} ${m.to}`)) {
    const lane = lanes.lane(queue[0].from, queue[0].to);
    const apart = APART * lanes.radius;
    let room = Infinity;
    /** @type {Mark | undefined} */
    let last;
    for (const m of queue.toSorted((a, b) => part(b, now) - part(a, now) || a.id - b.id)) {
      const far = Math.min(part(m, now) * lane.length, room);
      if (last && far < 0) {
        last.all.push(m);
        continue;
      }
      last = { message: m, all: [m], lane: key, far, from: m.from, to: m.to, ...at(lane, far) };
      marks.push(last);
      room = far - apart;
    }
  }
  return marks;
}

/** Messages of a kind, a ballot and a value, from one server or to one, in one mark.
 * @param {MessageView[]} moving @param {Lanes} lanes @param {number} now @returns {Mark[]} */
function bundled(moving, lanes, now) {
  const { ring } = lanes;
  const circle = hollow(ring.places);
  const hubs = grouped(moving, (m) => `${saying(m)} ${m.from}`);
  /** Those that are alone with their sender are gathered at their receiver. @type {MessageView[]} */
  const single = [];
  /** @type {Mark[]} */
  const marks = [];
  /** @param {string} key @param {MessageView[]} all @param {EndId} hub @param {boolean} outwards */
  const add = (key, all, hub, outwards) => {
    const mean = all.reduce((sum, m) => sum + part(m, now), 0) / all.length;
    const far = outwards ? 1 - mean : mean;
    const { from, to } = all[0];
    marks.push({
      message: all[0],
      all,
      lane: key,
      far,
      from,
      to,
      ...spoke(circle, lanes.end(hub), lanes.radius, far),
    });
  };
  for (const [key, all] of hubs) {
    if (all.length > 1) add(key, all, all[0].from, false);
    else single.push(...all);
  }
  for (const [key, all] of grouped(single, (m) => `${saying(m)} to ${m.to}`)) add(key, all, all[0].to, true);
  return apart(marks, { ...circle, free: Math.max(0, circle.free - 2 * lanes.radius) }, ring.em);
}

/** A point on the way from a server to the middle of the free circle that the dots leave.
 * @param {Circle} circle @param {Point} from @param {number} radius of a mark @param {number} far 0..1
 * @returns {Point} */
function spoke({ middle, free }, from, radius, far) {
  const [dx, dy] = [from.x - middle.x, from.y - middle.y];
  const length = Math.hypot(dx, dy) || 1;
  const left = Math.max(0, free - 2 * radius) * (1 - 0.6 * far); // not all the way to where every bundle would meet
  return { x: middle.x + (dx / length) * left, y: middle.y + (dy / length) * left };
}

/** @param {Box[]} places @returns {Circle} that they leave free */
function hollow(places) {
  const centres = places.map(({ x, y, w, h }) => ({ x: x + w / 2, y: y + h / 2 }));
  const mid = (/** @type {number[]} */ all) => (Math.min(...all) + Math.max(...all)) / 2;
  const middle = { x: mid(centres.map((p) => p.x)), y: mid(centres.map((p) => p.y)) };
  const size = Math.hypot(places[0].w, places[0].h) / 2;
  return { middle, free: Math.min(...centres.map((p) => Math.hypot(p.x - middle.x, p.y - middle.y))) - size };
}

/** Bundles of a kind at one place become one; another one at the same place goes around the circle, and where that is
 * too small a circle, to its edge. @param {Mark[]} marks @param {Circle} circle @param {number} em @returns {Mark[]} */
function apart(marks, circle, em) {
  /** @type {Mark[]} */
  const placed = [];
  const near = (/** @type {Point} */ a, /** @type {Point} */ b, /** @type {number} */ far) =>
    Math.hypot(a.x - b.x, a.y - b.y) < far * em;
  for (const mark of marks) {
    const says = saying(mark.message);
    const same = placed.find((other) => saying(other.message) === says && near(mark, other, 5));
    if (same) {
      same.all.push(...mark.all);
      continue;
    }
    const free = (/** @type {Point} */ p) => !placed.some((other) => near(p, other, 2.6));
    Object.assign(mark, around(mark, circle).find(free) ?? farthest(around(mark, circle), placed));
    placed.push(mark);
  }
  return placed;
}

/** Where a bundle may be: first where it is, then at other places as far from the middle, then at the
 * edge of the circle.
 * @param {Point} p @param {Circle} circle @returns {Point[]} */
function around(p, { middle, free }) {
  const [x, y] = [p.x - middle.x, p.y - middle.y];
  const far = Math.hypot(x, y);
  const angle = Math.atan2(y, x);
  return [far, free].flatMap((radius) =>
    Array.from({ length: TURNS }, (_, turn) => {
      const a = angle + (turn * 2 * Math.PI) / TURNS;
      return { x: middle.x + radius * Math.cos(a), y: middle.y + radius * Math.sin(a) };
    }),
  );
}

/** @param {Point[]} points @param {Point[]} others @returns {Point} the one that is farthest from the others */
function farthest(points, others) {
  const room = (/** @type {Point} */ p) => Math.min(...others.map((o) => Math.hypot(p.x - o.x, p.y - o.y)));
  return points.reduce((best, p) => (room(p) > room(best) ? p : best));
}
