// Paints what a frame shows, and nothing else: a run of ten thousand events costs what can be seen of it. The more there
// is in sight, the less is said about each: first the ballots go, then the shapes, then the marks of the disks.
//
// A lane is a line while its server is up, dashes while it is paused, and nothing while it is down. A message is a line
// from when it left to when it arrived; where it is held it runs along with time, dashed; where it is lost it ends at a
// bar. Below a lane, as on a server's card, is its disk: hollow is written, filled is durable. What has not happened yet
// lies under a veil.

import { KINDS, MARKS, SIGNS } from "./spacetime-ink.js";
import { fateOf } from "./spacetime-model.js";
import { carried, isReply } from "./messages.js";
import { visible } from "./values.js";
/** @import { Event } from "./engine.js" */
/** @import { Frame } from "./spacetime-frame.js" */
/** @import { Ink } from "./spacetime-ink.js" */
/** @import { Arrow } from "./spacetime-model.js" */
/** @import { Values } from "./values.js" */

/** From so many arrows in sight on, they have no ballots; and from so many on, no shapes. */
const [BALLOTS, SHAPED] = [70, 260];
/** From so many events in sight on, only what is rare is marked. */
const MARKED = 1500;
const RARE = new Set(["proposed", "crashed", "restarted", "wiped", "paused", "resumed", "learned", "exhausted", "isolated", "rejoined"]);

/** @typedef {{ step: number, server?: number, message?: number, active?: Event | null, hovered?: Arrow }} Shown what stands out */

export class Painter {
  /** Boxes that text has taken. @type {number[][]} */
  #taken = [];

  /** @param {CanvasRenderingContext2D} pen in CSS pixels @param {Frame} frame @param {Ink} ink @param {Values} values */
  constructor(pen, frame, ink, values) {
    this.pen = pen;
    this.frame = frame;
    this.ink = ink;
    this.values = values;
    this.unit = frame.em / 15;
  }

  /** @param {Shown} shown */
  paint(shown) {
    const { pen, frame, ink } = this;
    pen.clearRect(0, 0, frame.width, frame.height);
    pen.lineCap = "butt";
    pen.lineJoin = "round";
    const arrows = frame.arrows();
    const [first, last] = frame.events();
    const events = frame.model.events.slice(first, last);
    this.#taken = [];
    this.#lanes(shown);
    this.#clip(frame.top);
    this.#ways(arrows, shown);
    this.#marks(events);
    if (arrows.length < SHAPED) this.#shapes(arrows);
    pen.restore();
    this.#world(events);
    const x = frame.present(shown.step);
    if (shown.step < frame.model.axis.steps) {
      pen.globalAlpha = 0.62;
      pen.fillStyle = ink.bg;
      pen.fillRect(x, 0, Math.max(0, frame.width - x), frame.height - frame.bottom);
      pen.globalAlpha = 1;
    }
    this.#stroke(ink.ink, 1.5, () => (pen.moveTo(x, 0), pen.lineTo(x, frame.height - frame.bottom)));
    if (shown.active) this.#ring(shown.active);
    this.#axis();
    this.#names(shown);
  }

  /** Only below the row above the lanes, until restored. @param {number} top */
  #clip(top) {
    const { pen, frame } = this;
    pen.save();
    pen.beginPath();
    pen.rect(0, top - frame.em * 0.4, frame.width, frame.height - top - frame.bottom + frame.em * 0.4);
    pen.clip();
  }

  /** @param {string} colour @param {number} width @param {() => void} lines @param {number[]} [dash] */
  #stroke(colour, width, lines, dash = []) {
    const { pen } = this;
    pen.strokeStyle = colour;
    pen.lineWidth = width * Math.max(1, this.unit * 0.9);
    pen.setLineDash(dash);
    pen.beginPath();
    lines();
    pen.stroke();
    pen.setLineDash([]);
  }

  /** @param {string} text @param {number} x @param {number} y @param {string} colour @param {number} [size] em @param {string} [weight] */
  #write(text, x, y, colour, size = 0.8, weight = "") {
    const { pen } = this;
    pen.font = `${weight} ${(this.frame.em * size).toFixed(1)}px ${this.ink.font}`;
    pen.fillStyle = colour;
    pen.fillText(text, x, y);
  }

  /** Whether a box is free of text; takes it. @param {number} x @param {number} y its middle @param {number} w @param {number} h */
  #free(x, y, w, h) {
    if (this.#taken.some(([a, b, c, d]) => Math.abs(a - x) < (c + w) / 2 && Math.abs(b - y) < (d + h) / 2)) return false;
    this.#taken.push([x, y, w, h]);
    return true;
  }

  /** @param {Shown} shown */
  #lanes({ server }) {
    const { pen, frame, ink } = this;
    const { model } = frame;
    const [start, end] = [frame.across(0), Math.min(frame.width, frame.across(frame.edge))];
    for (let lane = 1; lane <= model.servers; lane++) {
      const y = frame.down(lane);
      if (y < 0 || y > frame.height) continue;
      if (lane === server) {
        pen.fillStyle = ink.wash;
        pen.fillRect(0, y - frame.lane / 2, frame.width, frame.lane);
      }
      const turns = model.turns(lane);
      turns.forEach(({ step, standing }, i) => {
        const [from, to] = [i ? frame.at(step) : start, turns[i + 1] ? frame.at(turns[i + 1].step) : end];
        if (standing === "down" || to < frame.left || from > frame.width) return;
        const line = () => (pen.moveTo(Math.max(from, 0), y), pen.lineTo(Math.min(to, frame.width), y));
        this.#stroke(standing === "up" ? ink.edge : ink.muted, 1, line, standing === "paused" ? [3, 4] : []);
      });
    }
    for (const gap of model.axis.breaks(frame.place(0), frame.place(frame.width))) this.#break(gap);
  }

  /** @param {import("./spacetime-axis.js").Break} gap */
  #break({ from, to, lasts }) {
    const { pen, frame, ink } = this;
    const x = (frame.across(from) + frame.across(to)) / 2;
    const wide = Math.min(frame.em * 0.35, ((to - from) * frame.scale) / 4);
    if (wide < 0.6) return;
    const [top, bottom] = [frame.top, frame.height - frame.bottom];
    pen.fillStyle = ink.bg;
    pen.fillRect(x - wide, top, 2 * wide, bottom - top);
    for (const side of [x - wide, x + wide]) this.#stroke(ink.edge, 1, () => (pen.moveTo(side, top), pen.lineTo(side, bottom)), [2, 4]);
    pen.textAlign = "center";
    const text = `+${lasts} ms`;
    const width = text.length * frame.em * 0.46;
    const y = frame.height - frame.bottom * 0.45;
    if ((to - from) * frame.scale > width * 0.6 && this.#free(x, y, width, frame.em)) this.#write(text, x, y + frame.em * 0.25, ink.muted, 0.75);
  }

  /** @param {Arrow[]} arrows @param {Shown} shown */
  #ways(arrows, { message, hovered }) {
    const { frame } = this;
    const dense = arrows.length > 400;
    /** @type {Map<string, Arrow[]>} */
    const kinds = new Map();
    for (const arrow of arrows) {
      const kind = `${isReply(arrow.message.kind) ? 0.9 : 1.5} ${this.#colour(arrow)}`;
      const some = kinds.get(kind);
      some ? some.push(arrow) : kinds.set(kind, [arrow]);
    }
    for (const [kind, some] of kinds) {
      const [width, colour] = [parseFloat(kind), kind.slice(kind.indexOf(" ") + 1)];
      this.pen.globalAlpha = dense ? 0.55 : width < 1 ? 0.85 : 1;
      // Not all in one: a path of very many lines that cross each other takes long to fill.
      for (let i = 0; i < some.length; i += 32) this.#lines(some.slice(i, i + 32), colour, dense ? 0.8 : width);
    }
    this.pen.globalAlpha = 1;
    const strong = [hovered, frame.model.arrow(message)].filter((arrow) => !!arrow);
    for (const arrow of strong) this.#lines([arrow], this.#colour(arrow), 3);
    if (!dense) this.#ends(arrows);
  }

  /** @param {Arrow[]} arrows @param {string} colour @param {number} width */
  #lines(arrows, colour, width) {
    const { pen, frame } = this;
    const ways = arrows.map((arrow) => ({ way: frame.way(arrow), loop: arrow.message.from === arrow.message.to }));
    this.#stroke(colour, width, () => {
      for (const { way, loop } of ways) {
        pen.moveTo(way[0], way[1]);
        if (loop) pen.quadraticCurveTo((way[0] + way[way.length - 2]) / 2, way[1] - 2 * frame.loop(), way[way.length - 2], way[1]);
        else for (let i = 2; i < way.length; i += 2) i % 4 ? pen.lineTo(way[i], way[i + 1]) : pen.moveTo(way[i], way[i + 1]);
      }
    });
    const held = ways.filter(({ way, loop }) => way.length > 4 && !loop);
    if (!held.length) return;
    this.#stroke(colour, width + 0.5, () => {
      for (const { way } of held) for (let i = 4; i < way.length; i += 4) (pen.moveTo(way[i - 2], way[i - 1]), pen.lineTo(way[i], way[i + 1]));
    }, [4, 3]);
  }

  /** An arrowhead where a message arrived, a bar where it was lost, two bars where it is held. @param {Arrow[]} arrows */
  #ends(arrows) {
    const { pen, frame, unit } = this;
    for (const arrow of arrows) {
      const way = frame.way(arrow);
      const [x, y] = way.slice(-2);
      const colour = this.#colour(arrow);
      const fate = fateOf(arrow);
      const loop = arrow.message.from === arrow.message.to;
      const angle = loop ? Math.PI / 3 : Math.atan2(y - way[way.length - 3], x - way[way.length - 4]);
      pen.save();
      pen.translate(x, y);
      pen.rotate(angle);
      pen.scale(unit, unit);
      pen.fillStyle = colour;
      if (fate === "delivered") pen.fill(HEAD);
      if (fate === "dropped") this.#stroke(this.ink.ink, 2, () => (pen.moveTo(1, -6), pen.lineTo(1, 6)));
      pen.restore();
      if (way.length > 4 && !loop) this.#stroke(this.ink.ink, 2, () => {
        for (const side of [-2, 2]) (pen.moveTo(way[2] + side * unit, way[3] - 5 * unit), pen.lineTo(way[2] + side * unit, way[3] + 5 * unit));
      });
      const word = fate === "dropped" ? "dropped" : way.length > 4 ? "held" : "";
      if (!word || arrows.length > BALLOTS) continue;
      pen.textAlign = "start";
      const [wx, wy] = fate === "dropped" ? [x, y] : [way[2], way[3]];
      if (this.#free(wx + frame.em * 1.9, wy, frame.em * 3.4, frame.em)) this.#halo(word, wx + 7 * unit, wy + (fate === "dropped" ? 4 : -5) * unit, this.ink.muted, 0.75);
    }
  }

  /** @param {Arrow} arrow */
  #colour({ message }) {
    const { value } = message;
    return value == null ? (isReply(message.kind) ? this.ink.muted : this.ink.ink) : this.ink.values[this.values.of(value).colour];
  }

  /** Which kind of message it is, and which ballot. @param {Arrow[]} arrows */
  #shapes(arrows) {
    const { pen, frame, ink, unit } = this;
    for (const arrow of arrows) {
      const { message: m } = arrow;
      const way = frame.way(arrow);
      const reply = isReply(m.kind);
      const loop = m.from === m.to;
      // Requests part from one place and answers meet in one: the shapes are where they are furthest from each other.
      const part = loop ? 0.5 : reply ? 0.36 : 0.64;
      const [x, y] = [way[0] + (way[2] - way[0]) * part, loop ? way[1] - frame.loop() : way[1] + (way[3] - way[1]) * part];
      if (Math.hypot(way[2] - way[0], way[3] - way[1]) < frame.em * (loop ? 1.9 : 1.6)) continue;
      const size = unit * (arrows.length > BALLOTS ? 0.42 : 0.55);
      const colour = this.#colour(arrow);
      this.#shape(KINDS[m.kind], x, y, size, reply && m.kind !== "nack" ? ink.bg : colour, m.kind === "nack" || reply ? colour : ink.bg, m.kind === "nack" ? 0 : 1);
      if (arrows.length > BALLOTS) continue;
      const value = carried(m);
      if (value != null) this.#sign(value, x + 6 * unit, y - 7 * unit, 0.75);
      if (!loop && this.#free(x + frame.em * 1.3, y, frame.em * 2, frame.em * 0.85)) this.#halo(m.ballot, x + 8 * unit, y + 4 * unit, ink.ink, 0.75);
    }
    pen.lineWidth = 1;
  }

  /** @param {Path2D} path @param {number} x @param {number} y @param {number} size @param {string} fill @param {string} edge
   * @param {number} [filled] */
  #shape(path, x, y, size, fill, edge, filled = 1) {
    const { pen } = this;
    pen.save();
    pen.translate(x, y);
    pen.scale(size, size);
    pen.lineWidth = 5;
    pen.strokeStyle = this.ink.bg;
    pen.stroke(path);
    pen.lineWidth = 1.6 / Math.max(0.5, size / this.unit) + (filled ? 0 : 1);
    pen.strokeStyle = edge;
    pen.fillStyle = fill;
    if (filled) pen.fill(path);
    if (edge !== this.ink.bg) pen.stroke(path);
    pen.restore();
  }

  /** The glyph of a value. @param {string} value @param {number} x @param {number} y @param {number} size */
  #sign(value, x, y, size) {
    const { glyph, colour } = this.values.of(value);
    this.#shape(SIGNS[glyph], x, y, size * this.unit, this.ink.values[colour], this.ink.bg);
  }

  /** @param {string} text @param {number} x @param {number} y @param {string} colour @param {number} size */
  #halo(text, x, y, colour, size) {
    const { pen } = this;
    pen.font = `600 ${(this.frame.em * size).toFixed(1)}px ${this.ink.font}`;
    pen.strokeStyle = this.ink.bg;
    pen.lineWidth = 3;
    pen.strokeText(text, x, y);
    this.#write(text, x, y, colour, size, "600");
  }

  /** What happened on the lanes. @param {Event[]} events */
  #marks(events) {
    for (const e of events) if (e.node && (events.length < MARKED || RARE.has(e.event))) this.#mark(e);
  }

  /** @param {Event} e */
  #mark(e) {
    const { pen, frame, ink, unit } = this;
    const { x, y } = frame.spot(e);
    const value = e.value ?? e.records?.find((r) => r.accepted)?.accepted?.value;
    const colour = value == null ? ink.muted : ink.values[this.values.of(value).colour];
    if (e.event === "wrote" || e.event === "durable") {
      const side = Math.min(6 * unit, frame.lane * 0.28);
      pen.fillStyle = e.event === "wrote" ? ink.bg : colour;
      pen.fillRect(x - side / 2, y + 3 * unit, side, side);
      if (e.event === "wrote") this.#stroke(colour, 1.2, () => pen.rect(x - side / 2, y + 3 * unit, side, side));
    } else if (e.event === "quorum") {
      this.#dot(x, y, 5, ink.bg, ink.ink);
      this.#dot(x, y, 2, ink.ink);
    } else if (value != null && (e.event === "proposed" || e.event === "learned")) {
      if (e.event === "learned") this.#dot(x, y, 7, ink.bg, colour);
      this.#sign(value, x, y, e.event === "learned" ? 0.7 : 1.15);
    } else if (e.event === "delivered") this.#dot(x, y, 1.8, e.message?.value == null ? ink.muted : ink.values[this.values.of(e.message.value).colour]);
    else if (MARKS[e.event]) {
      const filled = e.event === "restarted" || e.event === "resumed" ? 1 : 0;
      this.#shape(MARKS[e.event], x, y, unit * (e.event === "timer" ? 0.8 : 1), e.event === "timer" ? ink.bg : ink.ink, ink.ink, e.event === "timer" ? 1 : filled);
    }
  }

  /** @param {number} x @param {number} y @param {number} r @param {string} fill @param {string} [edge] */
  #dot(x, y, r, fill, edge) {
    const { pen, unit } = this;
    pen.beginPath();
    pen.arc(x, y, r * unit, 0, 2 * Math.PI);
    pen.fillStyle = fill;
    pen.fill();
    if (edge) this.#stroke(edge, 1.5, () => pen.arc(x, y, r * unit, 0, 2 * Math.PI));
  }

  /** What happened to all of them. @param {Event[]} events */
  #world(events) {
    const { pen, frame, ink, unit } = this;
    const y = frame.down(0);
    for (const e of events) {
      if (e.event !== "chosen" && (e.node || e.message)) continue;
      const x = frame.at(e.step);
      const colour = e.event === "chosen" && e.value != null ? ink.values[this.values.of(e.value).colour] : ink.ink;
      const among = e.event === "chosen" ? (e.quorum ?? []) : [1, frame.model.servers];
      const [top, bottom] = [frame.down(Math.min(...among)), frame.down(Math.max(...among))];
      pen.globalAlpha = 0.75;
      this.#stroke(colour, 1.2, () => (pen.moveTo(x, y + 6 * unit), pen.lineTo(x, Math.max(top, bottom))), e.event === "chosen" ? [] : [1, 3]);
      pen.globalAlpha = 1;
      if (e.event === "chosen") for (const server of among) this.#stroke(colour, 2, () => pen.arc(x, frame.down(server), 5.5 * unit, 0, 2 * Math.PI));
      const text = e.event === "chosen" ? ` ${visible(e.value ?? "")} chosen` : e.event.replaceAll("-", " ");
      pen.font = `600 ${(frame.em * 0.8).toFixed(1)}px ${ink.font}`;
      const room = pen.measureText(text).width + 22 * unit;
      const filled = e.event === "chosen" ? 1 : 0;
      this.#shape(MARKS[e.event] ?? BOLT, x, y, unit, filled ? ink.ink : ink.bg, ink.ink, filled);
      if (!this.#free(x + room / 2, y, room, frame.em)) continue;
      if (e.event === "chosen" && e.value != null) this.#sign(e.value, x + 13 * unit, y, 0.95);
      pen.textAlign = "start";
      this.#write(text, x + (e.event === "chosen" ? 17 : 10) * unit, y + 4 * unit, colour, 0.8, "600");
    }
  }

  /** @param {Event} e */
  #ring(e) {
    const { x, y } = this.frame.spot(e);
    this.#stroke(this.ink.accent, 2.5, () => this.pen.arc(x, y, 9 * this.unit, 0, 2 * Math.PI));
  }

  #axis() {
    const { pen, frame, ink } = this;
    const y = frame.height - frame.bottom;
    pen.fillStyle = ink.bg;
    pen.fillRect(0, y, frame.width, 0);
    pen.textAlign = "center";
    const apart = (frame.em * 5.5) / frame.scale;
    for (const { place, text } of frame.model.axis.ticks(frame.place(frame.left), frame.place(frame.width), apart)) {
      const x = Math.round(frame.across(place)) + 0.5;
      this.#stroke(ink.edge, 1, () => (pen.moveTo(x, y), pen.lineTo(x, y + frame.em * 0.3)));
      if (this.#free(x, y + frame.bottom * 0.55, text.length * frame.em * 0.5, frame.em * 0.6)) this.#write(text, x, y + frame.em * 1.15, ink.muted, 0.75);
    }
  }

  /** Whose lanes they are. @param {Shown} shown */
  #names({ step, server }) {
    const { pen, frame, ink } = this;
    pen.fillStyle = ink.bg;
    pen.fillRect(0, 0, frame.left - frame.em * 0.3, frame.height);
    pen.textAlign = "end";
    for (let lane = 1; lane <= frame.model.servers; lane++) {
      const y = frame.down(lane);
      if (y < frame.top - frame.em || y > frame.height - frame.bottom) continue;
      const up = frame.model.standing(lane, step) === "up";
      this.#write(`${lane}`, frame.left - frame.em * 0.6, y + frame.em * 0.3, up || lane === server ? ink.ink : ink.edge, 0.9, lane === server ? "750" : "600");
    }
  }
}

const HEAD = new Path2D("M0 0-8-3.6V3.6Z");
const BOLT = new Path2D("M0-4V4M-3 0H3");
