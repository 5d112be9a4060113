// Paints messages: a line from when each left to when it arrived. Shapes and words stand where there is room for them;
// in a crowd only lines are left.

import { fateOf } from "./model.js";
import { paths } from "./palette.js";
/** @import { Arrow } from "./model.js" */
/** @import { Picture } from "./picture.js" */
/** @import { Way } from "./viewport.js" */

/** From so many arrows in sight on, they are thin and have no heads. */
const DENSE = 400;

/** To the sender itself. @param {Pick<Arrow, "message">} arrow */
const isLoop = ({ message }) => message.from === message.to;
/** Where on its way to draw a message. Requests part from one place and answers meet in one: there is room where they are
 * far from each other. */
const OF_REQUEST = [0.64, 0.46];
const OF_REPLY = [0.36, 0.56];
const HEAD = new Path2D("M0 0-8-3.6V3.6Z");

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

  /** An arrowhead where a message arrived, a bar where it was lost, two bars where it is held.
   * @param {Arrow[]} arrows */
  #ends(arrows) {
    const { pen, canvas, unit, viewport, palette } = this.picture;
    for (const arrow of arrows) {
      const way = this.#way(arrow);
      const [x, y] = way.slice(-2);
      const fate = fateOf(arrow);
      const loop = isLoop(arrow);
      pen.save();
      pen.translate(x, y);
      pen.rotate(loop ? Math.PI / 3 : Math.atan2(y - way[way.length - 3], x - way[way.length - 4]));
      pen.scale(unit, unit);
      pen.fillStyle = this.#colour(arrow);
      if (fate === "delivered" && (!loop || x - way[0] > viewport.em)) pen.fill(HEAD);
      if (fate === "dropped") canvas.line(palette.ink, 2.2, 1, -6, 1, 6);
      pen.restore();
      const [hx, hy] = loop ? [way[2], way[1] - viewport.loop()] : [way[2], way[3]];
      if (arrow.stops.length)
        for (const side of [-2.5 * unit, 2.5 * unit])
          canvas.line(palette.ink, 2.2, hx + side, hy - 5 * unit, hx + side, hy + 5 * unit);
      if (fate === "dropped") this.#word("dropped", x, y);
    }
  }

  /** A word beside a mark, if there is room. @param {string} word @param {number} x @param {number} y */
  #word(word, x, y) {
    const { pen, canvas, viewport, palette } = this.picture;
    const { em } = viewport;
    const wide = word.length * em * 0.45;
    const side = [1, -1].find((s) => canvas.free(x + s * (em * 0.6 + wide / 2), y, wide, em * 0.8));
    if (!side) return;
    pen.textAlign = side > 0 ? "start" : "end";
    canvas.halo(word, x + side * em * 0.55, y + em * 0.25, palette.ink, 0.75);
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
   * @param {Arrow[]} arrows */
  shapes(arrows) {
    const { em } = this.picture.viewport;
    this.picture.pen.textAlign = "start";
    for (const arrow of arrows) {
      const way = this.#way(arrow);
      const short = Math.hypot(way[2] - way[0], way[3] - way[1]) < em * 1.6;
      if (short && !arrow.stops.length) continue;
      const place = this.#place(arrow, way);
      if (!place) continue;
      this.#shape(arrow, ...place);
      if (!isLoop(arrow)) this.#label(arrow, ...place);
    }
  }

  /** Where there is room for a shape. @param {Arrow} arrow @param {Way} way
   * @returns {[x: number, y: number] | undefined} */
  #place(arrow, [x0, y0, x1, y1]) {
    const { canvas, viewport, protocol } = this.picture;
    const { em } = viewport;
    const [dx, dy] = [x1 - x0, y1 - y0];
    /** @type {[number, number][]} */
    let places;
    if (arrow.stops.length) places = [[x1 + em * 0.95, y1]];
    else if (isLoop(arrow)) places = [[x0 + dx / 2, y0 - viewport.loop()]];
    else {
      const parts = protocol.isReply(arrow.message.kind) ? OF_REPLY : OF_REQUEST;
      places = parts.map((part) => [x0 + dx * part, y0 + dy * part]);
    }
    return places.find(([x, y]) => canvas.free(x, y, em * 0.95, em * 0.85));
  }

  /** Requests are filled, replies are hollow, and refusals are strokes. @param {Arrow} arrow @param {number} x
   * @param {number} y */
  #shape(arrow, x, y) {
    const { canvas, unit, palette, protocol } = this.picture;
    const { kind } = arrow.message;
    const colour = this.#colour(arrow);
    const refusal = protocol.isRefusal(kind);
    const hollow = protocol.isReply(kind) && !refusal;
    const fill = hollow ? palette.bg : colour;
    const edge = protocol.isReply(kind) ? colour : palette.bg;
    canvas.shape(paths(protocol.shapes)[kind], x, y, unit * 0.55, fill, edge, !refusal);
  }

  /** @param {Arrow} arrow @param {number} x @param {number} y of its shape */
  #label({ message, stops }, x, y) {
    const { canvas, unit, palette, protocol, viewport } = this.picture;
    const { em } = viewport;
    const value = protocol.carried(message);
    const text = stops.length ? `${message.ballot} held` : message.ballot;
    const wide = em * (text.length * 0.42 + (value == null ? 0 : 0.8));
    if (!canvas.free(x + em * 0.55 + wide / 2, y, wide, em * 0.8)) return;
    if (value != null) this.picture.sign(value, x + 13 * unit, y, 0.7);
    canvas.halo(text, x + (value == null ? 8 : 19) * unit, y + 4 * unit, palette.ink, 0.75);
  }
}
