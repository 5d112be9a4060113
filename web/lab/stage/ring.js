// Where servers stand: geometry only, in CSS pixels. Each server has a place of its own: its card, a line above it that
// counts answers, and a tray below it for what has not left yet. The middle is kept free for what was chosen. All of it
// follows from the number of servers and the size of the stage, and from nothing that happens: so nothing moves.

import { boxAround, meet } from "./box.js";
/** @import { EndId } from "../engine/engine.js" */
/** @import { Box, Point } from "./box.js" */

/** @typedef {"large" | "small" | "mini" | "slim" | "micro" | "dot"} Size of a card */
/**
 * @typedef {object} Ring
 * @property {Size} size of the servers
 * @property {number} em pixels of the stage's font size; everything drawn scales with it
 * @property {number} width of the stage @property {number} height of the stage
 * @property {number} w of a card @property {number} h of a card
 * @property {Point[]} at centres of the cards, server 1 first
 * @property {Box[]} places what belongs to each server: its card, the line above and the tray below
 * @property {Box} middle where it says what was chosen
 * @property {boolean} line whether that is a line at the top, for want of room in the middle
 * @property {Map<EndId, Box>} clients in a row below the servers
 */

/**
 * @typedef {object} Stand a way to stand; lengths in em
 * @property {Size} size
 * @property {number} w of a card @property {number} h of a card
 * @property {number} above the card, for the count of answers @property {number} below the card, for the tray
 * @property {number} gap to the next place
 */

/** The largest first. @type {Stand[]} */
const STANDS = [
  { size: "large", w: 12, h: 7.7, above: 1.7, below: 1.9, gap: 1.9 },
  { size: "small", w: 8.8, h: 6.8, above: 1.6, below: 1.8, gap: 1.7 },
  { size: "mini", w: 7.6, h: 6.2, above: 1.5, below: 1.8, gap: 1 },
  { size: "slim", w: 7.4, h: 4.4, above: 1.2, below: 1.75, gap: 0.6 },
  { size: "micro", w: 4.3, h: 4.3, above: 1.2, below: 1.75, gap: 0.5 },
  { size: "dot", w: 2.1, h: 2.1, above: 1, below: 0, gap: 1 },
  { size: "dot", w: 1.6, h: 1.6, above: 0.8, below: 0, gap: 0.8 },
];
/** What the outline of a quorum adds to the width of a card, in em. */
const AROUND = 0.9;
/** From so many servers on, each is a dot; on a stage too small for cards fewer are, too. */
export const DOTS = 25;
/** What a line at the top takes, in em: one line on a wide stage, two on a narrow one. */
const LINE = { wide: 2.4, narrow: 3.7 };
/** A stage of fewer em is narrow. */
const NARROW = 34;
/** What the middle needs to say something, and what it is content with, in em. */
const MIDDLE = { least: { w: 9.5, h: 4.6 }, most: { w: 19, h: 6.4 } };

/** What clients take below the servers, and how large each is, in em: less where there are many. */
const CLIENTS = { row: 4.2, w: 2, h: 1.55 };
/** No client is smaller than a finger can hit, in px. */
const TARGET = 24;
/** What lies between two of them, in em: where more do not fit beside each other, they stand in rows. */
const APART = 0.5;

/** n points at equal distances on an ellipse, from the top, clockwise.
 * @param {number} n @param {number} rx @param {number} ry @param {number} turn in parts of the whole
 * @returns {Point[]} */
function ellipse(n, rx, ry, turn) {
  const fine = 720;
  const points = Array.from({ length: fine + 1 }, (_, i) => {
    const a = (i / fine) * 2 * Math.PI;
    return { x: rx * Math.sin(a), y: -ry * Math.cos(a) };
  });
  const sums = [0];
  for (let i = 1; i <= fine; i++)
    sums.push(sums[i - 1] + Math.hypot(points[i].x - points[i - 1].x, points[i].y - points[i - 1].y));
  return Array.from({ length: n }, (_, i) => {
    const want = ((i / n + turn) % 1) * sums[fine];
    return points[sums.findIndex((sum) => sum >= want)];
  }).map((p) => ({ ...p }));
}

/** Stretches an ellipse so that it fills the height: three servers leave its bottom empty.
 * @param {Point[]} at @param {number} ry */
function fill(at, ry) {
  const ys = at.map((p) => p.y);
  const [low, high] = [Math.min(...ys), Math.max(...ys)];
  const grow = high - low > ry ? (2 * ry) / (high - low) : 1;
  for (const p of at) p.y = (p.y - (low + high) / 2) * grow;
}

/** n points along the edge of a rectangle, clockwise, with as many rows as it takes.
 * @param {number} n @param {number} rx @param {number} ry @param {number} columns that fit @returns {Point[]} */
function rectangle(n, rx, ry, columns) {
  const sides = Math.max(0, Math.ceil((n - 2 * columns) / 2));
  const top = Math.ceil((n - 2 * sides) / 2);
  const bottom = n - 2 * sides - top;
  const row = (/** @type {number} */ many, /** @type {number} */ y, /** @type {number} */ way) =>
    Array.from({ length: many }, (_, i) => ({ x: many < 2 ? 0 : way * rx * ((2 * i) / (many - 1) - 1), y }));
  const side = (/** @type {number} */ x, /** @type {number} */ way) =>
    Array.from({ length: sides }, (_, i) => ({ x, y: way * ry * ((2 * (i + 1)) / (sides + 1) - 1) }));
  return [...row(top, -ry, 1), ...side(rx, 1), ...row(bottom, ry, -1), ...side(-rx, -1)];
}

/** Dots on as many rings as it takes to leave each one room for its number, in turn: the first on the outermost.
 * @param {number} n @param {number} rx @param {number} ry @param {number} space px for each @returns {Point[]} */
function rings(n, rx, ry, space) {
  const round = Math.PI * (1.5 * (rx + ry) - Math.sqrt(rx * ry));
  const many = Math.min(6, Math.max(1, Math.ceil((n * space) / round)));
  /** @type {Point[]} */
  const at = [];
  for (let k = 0; k < many; k++) {
    const members = Math.ceil((n - k) / many);
    const inwards = k * space;
    const points = ellipse(members, Math.max(0, rx - inwards), Math.max(0, ry - inwards), k / many / members);
    points.forEach((p, i) => {
      at[k + i * many] = p;
    });
  }
  return at;
}

/** Ways to stand, in the order in which they are tried: a free middle and a round stand are worth a smaller card, as
 * long as everything can be read on it. @type {{ sizes: Size[], line: boolean, way: typeof round }[]} */
const WAYS = [
  { sizes: ["large", "small", "mini"], line: false, way: round },
  { sizes: ["large", "small", "mini"], line: true, way: round },
  { sizes: ["large", "small", "mini"], line: false, way: along },
  { sizes: ["mini"], line: true, way: along },
  { sizes: ["slim"], line: false, way: round },
  { sizes: ["slim"], line: false, way: along },
  { sizes: ["slim"], line: true, way: along },
  { sizes: ["micro"], line: false, way: round },
  { sizes: ["micro"], line: false, way: along },
  { sizes: ["micro"], line: true, way: along },
];

/** The same for many servers. @type {typeof WAYS} */
const DOTTED = [{ sizes: ["dot"], line: true, way: round }];

/**
 * @param {number} n servers @param {number} width px @param {number} height px @param {number} em px
 * @param {EndId[]} [clients] that stand below them
 * @returns {Ring} with the largest cards that leave room between them, and for the middle
 */
export function ring(n, width, height, em, clients = []) {
  if (!clients.length) return servers(n, width, height, em);
  const rows = rowsOf(clients.length, width, em);
  const long = Math.ceil(clients.length / rows);
  const each = width / long;
  const w = Math.max(TARGET, Math.min(CLIENTS.w * em, each * 0.8));
  const h = Math.max(TARGET, CLIENTS.h * em);
  const down = h + APART * em;
  const more = (rows - 1) * down;
  const first = height - 0.4 * em - h / 2 - more;
  const places = clients.map((id, i) => {
    const at = { x: ((i % long) + 0.5) * each, y: first + Math.floor(i / long) * down };
    return /** @type {[EndId, Box]} */ ([id, boxAround(at, w, h)]);
  });
  return { ...servers(n, width, height - CLIENTS.row * em - more, em), height, clients: new Map(places) };
}

/** In how many rows clients stand. @param {number} clients @param {number} width px @param {number} em px */
export const rowsOf = (clients, width, em) => Math.max(1, Math.ceil((clients * (TARGET + 0.5 * APART * em)) / width));

/** @param {number} n @param {number} width @param {number} height @param {number} em @returns {Ring} */
function servers(n, width, height, em) {
  const space = { n, width, height, em };
  for (const { sizes, line, way } of n < DOTS ? [...WAYS, ...DOTTED] : DOTTED)
    for (const stand of STANDS.filter(({ size }) => sizes.includes(size))) {
      const found = (line || n > 2) && stood(space, stand, line, way);
      if (found) return found;
    }
  return /** @type {Ring} */ (stood(space, STANDS[STANDS.length - 1], true, round, true));
}

/** @param {{ n: number, width: number, height: number, em: number }} space @param {Stand} stand @param {boolean} line
 * @param {typeof round} way @param {boolean} [anyway] although there is too little room @returns {Ring | undefined} */
function stood({ n, width, height, em }, stand, line, way, anyway) {
  const { size } = stand;
  const [w, h, above, below, gap] = [stand.w, stand.h, stand.above, stand.below, stand.gap].map((x) => x * em);
  const around = size === "dot" ? 0 : AROUND * em;
  const tall = above + h + below;
  const taken = line ? (width < NARROW * em ? LINE.narrow : LINE.wide) * em : 0;
  const edge = 0.3 * em;
  const ry = Math.max(0, (height - taken - tall) / 2 - edge);
  const rx = Math.max(0, (width - w - around) / 2 - edge);
  const centre = { x: width / 2, y: taken + edge + tall / 2 + ry };
  const at = way(n, rx, ry, w + around + gap).map((p) => ({ x: p.x + centre.x, y: p.y + centre.y }));
  const places = at.map((p) => boxAround(p, w + around, tall));
  const taking =
    size === "dot"
      ? at.map((p) => boxAround(p, w, h))
      : at.map((p) => boxAround(p, w + around + gap - 1, tall + 0.3 * em));
  if (!anyway && taking.some((a, i) => taking.some((b, j) => j > i && meet(a, b)))) return undefined;
  const middle = line ? { x: 0, y: 0, w: width, h: taken } : hollow(places, centre, em);
  if (!middle) return undefined;
  const cards = at.map((p) => ({ x: p.x, y: p.y + (above - below) / 2 }));
  return { size, em, width, height, w, h, at: cards, places, middle, line, clients: new Map() };
}

/** @param {number} n @param {number} rx @param {number} ry @param {number} w @returns {Point[]} */
function round(n, rx, ry, w) {
  if (n === 1) return [{ x: 0, y: 0 }];
  if (n >= DOTS) return rings(n, Math.min(rx, 2 * ry), ry, w);
  const turn = n < 3 ? 0.75 : n % 2 || n < 4 ? 0 : 0.5 / n;
  const wide = Math.min(rx, 1.7 * Math.max(ry, w));
  const at = ellipse(n, wide, n < 3 ? 0 : ry, turn);
  if (n > 2) fill(at, ry);
  return at;
}

/** @param {number} n @param {number} rx @param {number} ry @param {number} w with the gap @returns {Point[]} */
function along(n, rx, ry, w) {
  return rectangle(n, rx, ry, Math.max(2, Math.floor((2 * rx) / w) + 1));
}

/** The free box in the middle. @param {Box[]} places @param {Point} centre @param {number} em
 * @returns {Box | undefined} none if it would be too small */
function hollow(places, centre, em) {
  const { least, most } = MIDDLE;
  for (let h = most.h; h >= least.h; h -= 0.4)
    for (let w = most.w; w >= least.w; w -= 0.5) {
      const box = boxAround(centre, w * em, h * em);
      if (!places.some((place) => meet(place, box, 1.4 * em))) return box;
    }
  return undefined;
}
