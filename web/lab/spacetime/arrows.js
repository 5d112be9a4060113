// Paints messages: a line from when each left to when it arrived. Shapes and words stand where there is room for them;
// in a crowd only lines are left.

import { choose, farFrom } from "./labels.js";
import { fateOf } from "./model.js";
import { paths } from "./palette.js";
/** @import { Box } from "./labels.js" */
/** @import { Arrow } from "./model.js" */
/** @import { Picture } from "./picture.js" */
/** @import { Way } from "./viewport.js" */

/** From so many arrows in sight on, they are thin and have no heads. */
const DENSE = 400;

/** To the sender itself. @param {Pick<Arrow, "message">} arrow */
const isLoop = ({ message }) => message.from === message.to;
/** Where on its way to draw a message, the best first. Requests part from one place and answers meet in one: there is
 * room where they are far from each other. */
const OF_REQUEST = [0.64, 0.46, 0.55, 0.73, 0.37, 0.82, 0.28];
const OF_REPLY = [0.36, 0.56, 0.46, 0.27, 0.65, 0.18, 0.74];
const HEAD = new Path2D("M0 0-8-3.6V3.6Z");
const LOST = new Path2D("M-4-4 4 4M4-4-4 4");
/** The size of what is written beside a shape, in em, and the room for a glyph there, in px of 15 px of text. */
const LETTERS = 0.75;
const GLYPH = 11;

/** @typedef {{ place: number[], side: number, box: Box }} Stand a shape's middle, and on which side its
 * label is; 0: none */

export class ArrowPainter {
  /** @type {Map<Arrow, Way>} */
  #ways = new Map();

  /** @param {Picture} picture */
  constructor(picture) {
    this.picture = picture;
  }

  /** The lines, and how they end. @param {Arrow[]} arrows @param {(Arrow | undefined)[]} strong those that stand out */
  paint(arrows, strong) {
    for (const arrow of arrows) this.#ways.set(arrow, this.picture.viewport.way(arrow));
    const { pen, protocol } = this.picture;
    const dense = arrows.length > DENSE;
    /** @type {Map<string, Arrow[]>} */
    const kinds = new Map();
    for (const arrow of arrows) {
      const kind = `${protocol.isReply(arrow.message.kind) ? 0.9 : 1.5} ${this.#colour(arrow)}`;
      const some = kinds.get(kind) ?? [];
      some.push(arrow);
      kinds.set(kind, some);
    }
    for (const [kind, some] of kinds) {
      const [width, colour] = [parseFloat(kind), kind.slice(kind.indexOf(" ") + 1)];
      pen.globalAlpha = dense ? 0.55 : width < 1 ? 0.85 : 1;
      // Not all in one: a path of very many lines that cross each other takes long to fill.
      for (let i = 0; i < some.length; i += 32) this.#lines(some.slice(i, i + 32), colour, dense ? 0.8 : width);
    }
    pen.globalAlpha = 1;
    for (const arrow of strong) if (arrow) this.#lines([arrow], this.#colour(arrow), 3);
    if (!dense) this.#ends(arrows);
  }

  /** @param {Arrow[]} arrows @param {string} colour @param {number} width */
  #lines(arrows, colour, width) {
    const { pen, canvas } = this.picture;
    const ways = arrows.map((arrow) => ({ way: this.#way(arrow), loop: isLoop(arrow) }));
    canvas.stroke(colour, width, () => {
      for (const { way, loop } of ways) {
        pen.moveTo(way[0], way[1]);
        if (loop) this.#loop(way);
        else this.#moving(way);
      }
    });
    const held = ways.filter(({ way, loop }) => way.length > 4 && !loop);
    const lines = () => {
      for (const { way } of held) this.#waiting(way);
    };
    if (held.length) canvas.stroke(colour, width + 0.5, lines, [4, 3]);
  }

  /** To the sender itself. @param {Way} way */
  #loop(way) {
    const { pen, viewport } = this.picture;
    const [x, y] = way;
    const end = way[way.length - 2];
    pen.quadraticCurveTo((x + end) / 2, y - 2 * Math.min(viewport.loop(), end - x + 2), end, y);
  }

  /** The stretches on which a message moves. @param {Way} way */
  #moving(way) {
    const { pen } = this.picture;
    for (let i = 2; i < way.length; i += 2) {
      if (i % 4) pen.lineTo(way[i], way[i + 1]);
      else pen.moveTo(way[i], way[i + 1]);
    }
  }

  /** The stretches on which it is held. @param {Way} way */
  #waiting(way) {
    const { pen } = this.picture;
    for (let i = 4; i < way.length; i += 4) {
      pen.moveTo(way[i - 2], way[i - 1]);
      pen.lineTo(way[i], way[i + 1]);
    }
  }

  /** An arrowhead where a message arrived, a cross where it was lost, two bars where it is held.
   * @param {Arrow[]} arrows */
  #ends(arrows) {
    const { pen, canvas, unit, viewport, palette, seen } = this.picture;
    const { room } = canvas;
    for (const arrow of arrows) {
      const way = this.#way(arrow);
      const [x, y] = way.slice(-2);
      const fate = fateOf(arrow);
      const loop = isLoop(arrow);
      if (fate === "delivered" && (!loop || x - way[0] > viewport.em)) {
        pen.save();
        pen.translate(x, y);
        pen.rotate(loop ? Math.PI / 3 : Math.atan2(y - way[way.length - 3], x - way[way.length - 4]));
        pen.scale(unit, unit);
        pen.fillStyle = this.#colour(arrow);
        pen.fill(HEAD);
        pen.restore();
        room.take(x - 3 * unit, y, 7 * unit);
      }
      if (fate === "dropped") {
        canvas.shape(LOST, x, y, unit, palette.ink, palette.ink, false);
        room.take(x, y, 10 * unit);
        seen.marks.add("lost");
      }
      if (!arrow.stops.length) continue;
      const [hx, hy] = loop ? [way[2], way[1] - viewport.loop()] : [way[2], way[3]];
      for (const side of [-2.5 * unit, 2.5 * unit])
        canvas.line(palette.ink, 2.2, hx + side, hy - 5 * unit, hx + side, hy + 5 * unit);
      room.take(hx, hy, 8 * unit, 11 * unit);
      seen.marks.add("held");
    }
  }

  /** @param {Arrow} arrow @returns {Way} */
  #way(arrow) {
    return this.#ways.get(arrow) ?? this.picture.viewport.way(arrow);
  }

  /** @param {Arrow} arrow */
  #colour({ message: { kind, value } }) {
    const { protocol, palette } = this.picture;
    return this.picture.colour(value, protocol.isReply(kind) ? palette.muted : palette.ink);
  }

  /** Which kind of message each is, which value it carries and which ballot, as far as there is room.
   * @param {Arrow[]} arrows @param {number} step of the present */
  shapes(arrows, step) {
    const { canvas, viewport } = this.picture;
    const some = arrows.filter((arrow) => {
      const [x0, y0, x1, y1] = this.#way(arrow);
      return arrow.stops.length || Math.hypot(x1 - x0, y1 - y0) >= viewport.em * 1.6;
    });
    const stands = some.map((arrow) => this.#stands(arrow));
    const wanted = some.map(({ start, end }, i) => ({
      far: farFrom(step, start.step, end?.step ?? Infinity),
      places: stands[i].map(({ box }) => box),
    }));
    for (const [i, at] of choose(wanted, canvas.room).entries()) if (at >= 0) this.#put(some[i], stands[i][at]);
  }

  /** Where its shape could stand with its label, after it or before it; or else at least the shape.
   * @param {Arrow} arrow
   * @returns {Stand[]} */
  #stands(arrow) {
    const { em } = this.picture.viewport;
    const { unit } = this.picture;
    const places = this.#places(arrow);
    const [left, right] = [-7 * unit, 7 * unit];
    const box = (/** @type {number[]} */ [x, y], from = left, to = right) => ({
      x: x + (from + to) / 2,
      y,
      w: to - from,
      h: em * 0.85,
    });
    const alone = places.map((place) => ({ place, side: 0, box: box(place) }));
    if (isLoop(arrow)) return alone;
    const wide = this.#wide(arrow);
    const after = places.map((place) => ({ place, side: 1, box: box(place, left, 9 * unit + wide) }));
    const before = places.map((place) => ({ place, side: -1, box: box(place, -9 * unit - wide, right) }));
    return [...after, ...before, ...alone];
  }

  /** Where a shape could stand on its way, the best first. @param {Arrow} arrow @returns {number[][]} */
  #places(arrow) {
    const { viewport, protocol } = this.picture;
    const [x0, y0, x1, y1] = this.#way(arrow);
    if (arrow.stops.length) return [[x1 + viewport.em * 0.95, y1]];
    if (isLoop(arrow)) return [[(x0 + x1) / 2, y0 - viewport.loop()]];
    const parts = protocol.isReply(arrow.message.kind) ? OF_REPLY : OF_REQUEST;
    return parts.map((part) => [x0 + (x1 - x0) * part, y0 + (y1 - y0) * part]);
  }

  /** What is written beside a shape. @param {Arrow} arrow */
  #text({ message, stops, end }) {
    if (end && end.event !== "delivered") return `${message.ballot} lost`;
    return stops.length ? `${message.ballot} held` : message.ballot;
  }

  /** How wide that is, with the glyph of its value. @param {Arrow} arrow @returns {number} px */
  #wide(arrow) {
    const { protocol, unit, canvas } = this.picture;
    return canvas.wide(this.#text(arrow), LETTERS) + (protocol.carried(arrow.message) == null ? 0 : GLYPH * unit);
  }

  /** @param {Arrow} arrow @param {Stand} stand */
  #put(arrow, { place: [x, y], side }) {
    const { canvas, unit, palette, protocol } = this.picture;
    this.#shape(arrow, x, y);
    if (!side) return;
    const value = protocol.carried(arrow.message);
    const from = side > 0 ? x + 8 * unit : x - 8 * unit - this.#wide(arrow);
    if (value != null) this.picture.sign(value, from + 5 * unit, y, 0.7);
    this.picture.pen.textAlign = "start";
    const text = from + (value == null ? 0 : GLYPH * unit);
    canvas.halo(this.#text(arrow), text, y + 4 * unit, palette.ink, LETTERS);
  }

  /** Requests are filled, replies are hollow, and refusals are strokes. @param {Arrow} arrow @param {number} x
   * @param {number} y */
  #shape(arrow, x, y) {
    const { canvas, unit, palette, protocol, seen } = this.picture;
    const { kind } = arrow.message;
    const colour = this.#colour(arrow);
    const refusal = protocol.isRefusal(kind);
    const hollow = protocol.isReply(kind) && !refusal;
    const fill = hollow ? palette.bg : colour;
    const edge = protocol.isReply(kind) ? colour : palette.bg;
    canvas.shape(paths(protocol.shapes)[kind], x, y, unit * 0.55, fill, edge, !refusal);
    seen.kinds.add(kind);
  }
}
