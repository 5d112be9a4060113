// Where servers stand and which way messages go between them: geometry only, in CSS pixels.

/** @typedef {{x: number, y: number}} Point */
/**
 * @typedef {object} Ring
 * @property {"large" | "small" | "mini" | "dot"} size of a server: a card, a narrow card, one with fewer words, a dot
 * @property {number} em pixels of the stage's font size; everything drawn scales with it
 * @property {number} width of the stage @property {number} height of the stage
 * @property {number} w of a server @property {number} h of a server
 * @property {Point[]} at centres, server 1 first
 * @property {Point} middle
 */

/** Ways to stand, best first: size, width and height in em, the gaps to keep, and how square the ring is (2 is an
 * ellipse). `MAX_CARDS` servers are drawn as cards, more as dots. */
const STANDS = /** @type {const} */ ([
  ["large", 12, 8.6, 2.4, 2.4, 2],
  ["large", 12, 8.6, 2.4, 2.4, 4],
  ["small", 8.3, 7.2, 1, 1.6, 2],
  ["mini", 7.4, 6, 1.6, 1.6, 2],
  ["mini", 7.4, 6, 0.8, 0.6, 4],
]);
const MAX_CARDS = 13;

/** n points at equal distances around a ring, from the top, clockwise.
 * @param {number} n @param {number} rx @param {number} ry @param {number} turn in parts of the whole
 * @param {number} [square] 2 is an ellipse @returns {Point[]} */
function around(n, rx, ry, turn, square = 2) {
  const fine = 720;
  const bend = (/** @type {number} */ x) => Math.sign(x) * Math.abs(x) ** (2 / square);
  const points = Array.from({ length: fine + 1 }, (_, i) => {
    const a = (i / fine) * 2 * Math.PI;
    return { x: rx * bend(Math.sin(a)), y: -ry * bend(Math.cos(a)) };
  });
  const sums = [0];
  for (let i = 1; i <= fine; i++)
    sums.push(sums[i - 1] + Math.hypot(points[i].x - points[i - 1].x, points[i].y - points[i - 1].y));
  return Array.from({ length: n }, (_, i) => {
    const want = ((i / n + turn) % 1) * sums[fine];
    const k = Math.max(
      1,
      sums.findIndex((s) => s >= want),
    );
    const back = (sums[k] - want) / (sums[k] - sums[k - 1] || 1);
    const [p, q] = [points[k], points[k - 1]];
    return { x: p.x + (q.x - p.x) * back, y: p.y + (q.y - p.y) * back };
  });
}

/** Pushes cards that touch apart, the short way, inside the box.
 * @param {Point[]} at @param {number} w @param {number} h @param {number} rx @param {number} ry */
function relax(at, w, h, rx, ry) {
  for (let round = 0; round < 80; round++)
    for (const a of at)
      for (const b of at) {
        const [dx, dy] = [w - Math.abs(a.x - b.x), h - Math.abs(a.y - b.y)];
        if (a === b || dx <= 0 || dy <= 0) continue;
        const axis = dx / w < dy / h ? "x" : "y";
        const push = ((axis === "x" ? dx : dy) / 2) * Math.sign(b[axis] - a[axis] || 1);
        a[axis] -= push;
        b[axis] += push;
        for (const p of [a, b])
          Object.assign(p, { x: Math.max(-rx, Math.min(rx, p.x)), y: Math.max(-ry, Math.min(ry, p.y)) });
      }
}

/** @param {Point[]} at @param {number} w @param {number} h with the gaps */
const crowded = (at, w, h) =>
  at.some((a, i) => at.some((b, j) => j > i && Math.abs(a.x - b.x) < w - 1 && Math.abs(a.y - b.y) < h - 1));

/** Moves points so that they fill the height: three servers on an ellipse leave its bottom empty.
 * @param {Point[]} at @param {number} ry */
function centre(at, ry) {
  const ys = at.map((p) => p.y);
  const [low, high] = [Math.min(...ys), Math.max(...ys)];
  const grow = high - low > ry ? (2 * ry) / (high - low) : 1;
  for (const p of at) p.y = (p.y - (low + high) / 2) * grow;
}

/** Puts rows at equal distances: a narrow ring crowds them at its top. @param {Point[]} at @param {number} ry */
function even(at, ry) {
  const rows = at
    .map((p) => p.y)
    .sort((a, b) => a - b)
    .filter((y, i, all) => !i || y - all[i - 1] > 1);
  for (const p of at) p.y = ry * ((2 * rows.findLastIndex((y) => y <= p.y)) / (rows.length - 1 || 1) - 1);
}

/**
 * The largest cards that leave room between them.
 * @param {number} n servers @param {number} width px @param {number} height px @param {number} em px
 * @param {number} [above] px to leave free at the top
 * @returns {Ring}
 */
export function ring(n, width, height, em, above = 0) {
  const middle = { x: width / 2, y: (height + above) / 2 + 0.5 * em };
  const turn = n < 3 ? 0.75 : n % 2 || n < 4 ? 0 : 0.5 / n;
  /** @param {number} w @param {number} h @param {number} most of width to height @param {number} [square] */
  const place = (w, h, most, square) => {
    const ry = n < 3 ? 0 : Math.max(0, (height - above - h) / 2 - 1.7 * em);
    const rx = Math.max(0, Math.min((width - w) / 2 - 0.6 * em, most * Math.max(ry, 9 * em)));
    const at = n === 1 ? [{ x: 0, y: 0 }] : around(n, rx, ry, turn, square);
    if (n > 2) centre(at, ry);
    return { at, rx, ry };
  };
  /** @param {Point[]} at */
  const moved = (at) => at.map((p) => ({ x: p.x + middle.x, y: p.y + middle.y }));
  for (const [size, we, he, gapX, gapY, square] of n > MAX_CARDS ? [] : STANDS) {
    const [w, h, wide, tall] = [we * em, he * em, (we + gapX) * em, (he + gapY) * em];
    const { at, rx, ry } = place(w, h, square > 2 ? 2.5 : 1.55, square);
    if (size === "mini" && n > 3) even(at, ry);
    if (square > 2) relax(at, wide, tall, rx, ry);
    if (width < w || (n === 2 && width < 2 * wide) || crowded(at, wide, tall)) continue;
    return { size, em, width, height, w, h, at: moved(at), middle };
  }
  // Dots: on as many staggered rings as it takes to leave each one room for its number.
  const w = 2.1 * em;
  const { at, rx, ry } = place(w, w, 2.2);
  const space = (Math.PI * (rx + ry)) / n;
  const rings = Math.min(4, Math.max(1, Math.ceil((w + 4) / space)));
  at.forEach((p, i) => {
    const in_ = 1 - ((i % rings) * (w + 6)) / Math.max(1, Math.min(rx, ry));
    p.x *= in_;
    p.y *= in_;
  });
  return { size: "dot", em, width, height, w, h: w, at: moved(at), middle };
}

/**
 * The way from one server to another: from edge to edge, a little to the right of the straight line so that the two
 * directions do not meet. A server's messages to itself hop over its corner.
 * @param {Ring} r @param {number} from @param {number} to @returns {(part: number) => Point} part 0..1 of the way
 */
export function way(r, from, to) {
  const [a, b] = [r.at[from - 1], r.at[to - 1]];
  if (from === to) {
    return (part) => ({
      x: a.x + r.w / 2 + (part - (r.size === "dot" ? 0 : 2.3)) * r.em,
      y: a.y - r.h / 2 - (1 - part) * r.em,
    });
  }
  const [dx, dy] = [b.x - a.x, b.y - a.y];
  const length = Math.hypot(dx, dy) || 1;
  const side = r.size === "dot" ? 0.25 * r.em : 0.75 * r.em;
  const [ox, oy] = [(-dy / length) * side, (dx / length) * side];
  const pad = (r.size === "dot" ? 0.4 : r.size === "large" ? 1.3 : 0.9) * r.em;
  // The part of the line that lies under a card: until it leaves the card's rectangle.
  const under = Math.min((r.w / 2 + pad) / Math.abs(dx || 1e-9), (r.h / 2 + pad) / Math.abs(dy || 1e-9), 0.49);
  return (part) => {
    const t = under + (1 - 2 * under) * part;
    return { x: a.x + dx * t + ox, y: a.y + dy * t + oy };
  };
}

/** Length in px of the visible way between two servers. @param {Ring} r @param {number} from @param {number} to */
export function distance(r, from, to) {
  const go = way(r, from, to);
  const [a, b] = [go(0), go(1)];
  return Math.hypot(b.x - a.x, b.y - a.y) || 1;
}
