// Paints what a frame shows, and nothing else: a run of ten thousand events costs what can be seen of it. Shapes and words
// stand where there is room for them; in a crowd only lines are left, and what is rare.
//
// A lane is a line while its server is up, dashes while it is paused, and nothing while it is down. A message is a line
// from when it left to when it arrived; where it is held it runs along with time, dashed; where it is lost it ends at a
// bar. Below a lane, as on a server's card, is its disk: hollow is written, filled is durable. What has not happened yet
// lies under a veil.

import { Brush } from "./canvas.js";
import { KINDS, MARKS, SIGNS } from "./palette.js";
import { fateOf } from "./model.js";
import { carried, isReply } from "../stage/messages.js";
import { visible } from "../shared/values.js";
/** @import { Event } from "../engine/engine.js" */
/** @import { Break } from "./axis.js" */
/** @import { Frame, Way } from "./viewport.js" */
/** @import { Ink } from "./palette.js" */
/** @import { Arrow } from "./model.js" */
/** @import { Values } from "../shared/values.js" */

/** From so many arrows in sight on, they have no shapes; and from so many on, they are thin and have no heads. */
const [SHAPED, DENSE] = [260, 400];
/** From so many events in sight on, only what is rare is marked. */
const MARKED = 1500;
const RARE = new Set([
  "proposed",
  "crashed",
  "restarted",
  "wiped",
  "paused",
  "resumed",
  "learned",
  "exhausted",
  "isolated",
  "rejoined",
]);

/** @typedef {{ step: number, server?: number, message?: number, active?: Event | null, hovered?: Arrow, over?: Event | null }} Shown what stands out */

export class Painter {
  /** @type {Map<Arrow, Way>} */
  #ways = new Map();

  /** @param {CanvasRenderingContext2D} pen in CSS pixels @param {Frame} frame @param {Ink} ink @param {Values} values */
  constructor(pen, frame, ink, values) {
    this.pen = pen;
    this.frame = frame;
    this.ink = ink;
    this.values = values;
    this.brush = new Brush(pen, frame.em, ink);
    this.unit = this.brush.unit;
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
    this.#clip(frame.top);
    this.#lanes(shown);
    for (const arrow of arrows) this.#ways.set(arrow, frame.way(arrow));
    this.#arrows(arrows, shown);
    this.#marks(events);
    if (arrows.length < SHAPED) this.#shapes(arrows);
    this.#down(events);
    pen.restore();
    const x = frame.present(shown.step);
    if (shown.step < frame.model.axis.steps) {
      pen.globalAlpha = 0.62;
      pen.fillStyle = ink.bg;
      pen.fillRect(
        x,
        frame.top - frame.em * 0.4,
        Math.max(0, frame.width - x),
        frame.height - frame.bottom - frame.top + frame.em * 0.4,
      );
      pen.globalAlpha = 1;
    }
    this.brush.line(ink.ink, 1.5, x, 0, x, frame.height - frame.bottom);
    this.#world(events, shown.step);
    if (shown.over) this.#ring(shown.over, ink.muted, 1.5);
    if (shown.active) this.#ring(shown.active, ink.accent, 2.5);
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
        const dash = standing === "paused" ? [3, 4] : [];
        const colour = standing === "up" ? ink.edge : ink.muted;
        this.brush.line(colour, 1, Math.max(from, 0), y, Math.min(to, frame.width), y, dash);
      });
    }
    for (const gap of model.axis.breaks(frame.place(0), frame.place(frame.width))) this.#break(gap);
  }

  /** Time was cut short here. @param {Break} gap */
  #break({ from, to }) {
    const { pen, frame, ink } = this;
    const x = (frame.across(from) + frame.across(to)) / 2;
    const wide = Math.min(frame.em * 0.35, ((to - from) * frame.scale) / 4);
    if (wide < 0.6) return;
    const [top, bottom] = [frame.top, frame.height - frame.bottom];
    pen.fillStyle = ink.bg;
    pen.fillRect(x - wide, top, 2 * wide, bottom - top);
    for (const side of [x - wide, x + wide]) this.brush.line(ink.edge, 1, side, top, side, bottom, [2, 4]);
  }

  /** @param {Arrow[]} arrows @param {Shown} shown */
  #arrows(arrows, { message, hovered }) {
    const { frame } = this;
    const dense = arrows.length > DENSE;
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
    const ways = arrows.map((arrow) => ({ way: this.#way(arrow), loop: isLoop(arrow) }));
    this.brush.stroke(colour, width, () => {
      for (const { way, loop } of ways) {
        pen.moveTo(way[0], way[1]);
        if (loop)
          pen.quadraticCurveTo(
            (way[0] + way[way.length - 2]) / 2,
            way[1] - 2 * Math.min(frame.loop(), way[way.length - 2] - way[0] + 2),
            way[way.length - 2],
            way[1],
          );
        else
          for (let i = 2; i < way.length; i += 2)
            i % 4 ? pen.lineTo(way[i], way[i + 1]) : pen.moveTo(way[i], way[i + 1]);
      }
    });
    const held = ways.filter(({ way, loop }) => way.length > 4 && !loop);
    if (!held.length) return;
    this.brush.stroke(
      colour,
      width + 0.5,
      () => {
        for (const { way } of held)
          for (let i = 4; i < way.length; i += 4) {
            pen.moveTo(way[i - 2], way[i - 1]);
            pen.lineTo(way[i], way[i + 1]);
          }
      },
      [4, 3],
    );
  }

  /** An arrowhead where a message arrived, a bar where it was lost, two bars where it is held. @param {Arrow[]} arrows */
  #ends(arrows) {
    const { pen, brush, unit } = this;
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
      if (fate === "delivered" && (!loop || x - way[0] > this.frame.em)) pen.fill(HEAD);
      if (fate === "dropped") brush.line(this.ink.ink, 2.2, 1, -6, 1, 6);
      pen.restore();
      const [hx, hy] = loop ? [way[2], way[1] - this.frame.loop()] : [way[2], way[3]];
      if (arrow.stops.length)
        for (const side of [-2.5 * unit, 2.5 * unit])
          brush.line(this.ink.ink, 2.2, hx + side, hy - 5 * unit, hx + side, hy + 5 * unit);
      if (fate === "dropped") this.#word("dropped", x, y);
    }
  }

  /** A word beside a mark, if there is room. @param {string} word @param {number} x @param {number} y */
  #word(word, x, y) {
    const { em } = this.frame;
    const wide = word.length * em * 0.45;
    const side = [1, -1].find((s) => this.brush.free(x + s * (em * 0.6 + wide / 2), y, wide, em * 0.8));
    if (!side) return;
    this.pen.textAlign = side > 0 ? "start" : "end";
    this.brush.halo(word, x + side * em * 0.55, y + em * 0.25, this.ink.ink, 0.75);
  }

  /** @param {Arrow} arrow @returns {Way} */
  #way(arrow) {
    return this.#ways.get(arrow) ?? this.frame.way(arrow);
  }

  /** @param {Arrow} arrow */
  #colour({ message }) {
    const { value } = message;
    return value == null
      ? isReply(message.kind)
        ? this.ink.muted
        : this.ink.ink
      : this.ink.values[this.values.of(value).colour];
  }

  /** Which kind of message it is, which value it carries and which ballot, as far as there is room. @param {Arrow[]} arrows */
  #shapes(arrows) {
    const { frame, ink, unit, brush } = this;
    const { em } = frame;
    this.pen.textAlign = "start";
    for (const arrow of arrows) {
      const { message: m } = arrow;
      const way = this.#way(arrow);
      const loop = isLoop(arrow);
      const [dx, dy] = [way[2] - way[0], way[3] - way[1]];
      if (!arrow.stops.length && Math.hypot(dx, dy) < em * 1.6) continue;
      const held = arrow.stops.length > 0;
      const places = held
        ? [[way[2] + em * 0.95, way[3]]]
        : loop
          ? [[way[0] + dx / 2, way[1] - frame.loop()]]
          : (isReply(m.kind) ? OF_REPLY : OF_REQUEST).map((part) => [way[0] + dx * part, way[1] + dy * part]);
      const place = places.find(([x, y]) => brush.free(x, y, em * 0.95, em * 0.85));
      if (!place) continue;
      const [x, y] = place;
      const colour = this.#colour(arrow);
      const hollow = isReply(m.kind) && m.kind !== "nack";
      brush.shape(
        KINDS[m.kind],
        x,
        y,
        unit * 0.55,
        hollow ? ink.bg : colour,
        hollow || m.kind === "nack" ? colour : ink.bg,
        m.kind !== "nack",
      );
      const value = carried(m);
      const text = held ? `${m.ballot} held` : m.ballot;
      const wide = em * (text.length * 0.42 + (value == null ? 0 : 0.8));
      if (loop || !brush.free(x + em * 0.55 + wide / 2, y, wide, em * 0.8)) continue;
      if (value != null) this.#sign(value, x + 13 * unit, y, 0.7);
      brush.halo(text, x + (value == null ? 8 : 19) * unit, y + 4 * unit, ink.ink, 0.75);
    }
  }

  /** The glyph of a value. @param {string} value @param {number} x @param {number} y @param {number} size */
  #sign(value, x, y, size) {
    const { glyph, colour } = this.values.of(value);
    this.brush.shape(SIGNS[glyph], x, y, size * this.unit, this.ink.values[colour], this.ink.bg);
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
      if (e.event === "wrote") this.brush.stroke(colour, 1.2, () => pen.rect(x - side / 2, y + 3 * unit, side, side));
    } else if (e.event === "quorum") {
      this.brush.dot(x, y, 5, ink.bg, ink.ink);
      this.brush.dot(x, y, 2, ink.ink);
    } else if (value != null && (e.event === "proposed" || e.event === "learned")) {
      if (e.event === "learned") this.brush.dot(x, y, 7, ink.bg, colour);
      this.#sign(value, x, y, e.event === "learned" ? 0.7 : 1.15);
    } else if (e.event === "delivered")
      this.brush.dot(
        x,
        y,
        1.8,
        e.message?.value == null ? ink.muted : ink.values[this.values.of(e.message.value).colour],
      );
    else if (MARKS[e.event]) {
      const timer = e.event === "timer";
      this.brush.shape(
        MARKS[e.event],
        x,
        y,
        unit * (timer ? 0.8 : 1),
        timer ? ink.bg : ink.ink,
        ink.ink,
        timer || e.event === "restarted" || e.event === "resumed",
      );
    }
  }

  /** What happened to all of them. @param {Event[]} events @param {number} step */
  #world(events, step) {
    const { frame, brush, ink, unit } = this;
    const { em } = frame;
    const y = frame.down(0);
    const all = events.filter((e) => e.event === "chosen" || !(e.node || e.message));
    for (const e of all) brush.free(frame.at(e.step), y, em * 0.9, em);
    for (const e of all) {
      const x = frame.at(e.step);
      const chosen = e.event === "chosen" && e.value != null ? e.value : null;
      this.pen.globalAlpha = e.step > step ? 0.45 : 1;
      brush.shape(MARKS[e.event] ?? OTHER, x, y, unit, ink.ink, ink.ink, chosen != null);
      const text = chosen == null ? e.event.replaceAll("-", " ") : `${visible(chosen)} chosen`;
      this.pen.font = `600 ${(em * 0.8).toFixed(1)}px ${ink.font}`;
      const wide = this.pen.measureText(text).width + (chosen == null ? 0 : em * 0.8);
      const left = x + em * 0.6 + wide < frame.width ? x + em * 0.6 : x - em * 0.6 - wide;
      if (!brush.free(left + wide / 2, y, wide, em)) continue;
      if (chosen != null) this.#sign(chosen, left + em * 0.3, y, 0.95);
      this.pen.textAlign = "start";
      brush.write(
        text,
        left + em * (chosen == null ? 0.05 : 0.8),
        y + em * 0.27,
        chosen == null ? ink.ink : ink.values[this.values.of(chosen).colour],
        0.8,
        "600",
      );
    }
    this.pen.globalAlpha = 1;
  }

  /** Down the lanes from what happened to all of them, with a ring where a server made a value chosen. @param {Event[]} events */
  #down(events) {
    const { pen, frame, brush, ink, unit } = this;
    for (const e of events) {
      const chosen = e.event === "chosen" && e.value != null;
      if (!chosen && (e.node || e.message)) continue;
      const x = Math.round(frame.at(e.step)) + 0.5;
      const colour = chosen ? ink.values[this.values.of(e.value ?? "").colour] : ink.muted;
      const last = chosen ? Math.max(...(e.quorum ?? [])) : frame.model.servers;
      brush.line(colour, 1.2, x, frame.top - frame.em * 0.35, x, frame.down(last), chosen ? [] : [1, 3]);
      if (chosen)
        for (const server of e.quorum ?? [])
          brush.stroke(colour, 2, () => pen.arc(x, frame.down(server), 5.5 * unit, 0, 2 * Math.PI));
    }
  }

  /** @param {Event} e @param {string} colour @param {number} width */
  #ring(e, colour, width) {
    const { x, y } = this.frame.spot(e);
    this.brush.stroke(colour, width, () => this.pen.arc(x, y, 9 * this.unit, 0, 2 * Math.PI));
  }

  #axis() {
    const { pen, frame, brush, ink } = this;
    const y = frame.height - frame.bottom;
    pen.textAlign = "center";
    const [from, to] = [frame.place(frame.left), frame.place(frame.width)];
    for (const gap of frame.model.axis.breaks(from, to)) {
      const text = `+${gap.lasts} ms`;
      const wide = text.length * frame.em * 0.46;
      const x = (frame.across(gap.from) + frame.across(gap.to)) / 2;
      if (
        (gap.to - gap.from) * frame.scale > wide * 0.6 &&
        brush.free(x, y + frame.bottom * 0.55, wide, frame.em * 0.6)
      )
        brush.write(text, x, y + frame.em * 1.15, ink.muted, 0.75);
    }
    const apart = (frame.em * 5.5) / frame.scale;
    for (const { place, text } of frame.model.axis.ticks(from, to, apart)) {
      const x = Math.round(frame.across(place)) + 0.5;
      brush.line(ink.edge, 1, x, y, x, y + frame.em * 0.3);
      if (brush.free(x, y + frame.bottom * 0.55, text.length * frame.em * 0.5, frame.em * 0.6))
        brush.write(text, x, y + frame.em * 1.15, ink.muted, 0.75);
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
      this.brush.write(
        `${lane}`,
        frame.left - frame.em * 0.6,
        y + frame.em * 0.3,
        up || lane === server ? ink.ink : ink.edge,
        0.9,
        lane === server ? "750" : "600",
      );
    }
  }
}

/** To the sender itself. @param {Arrow} arrow */
const isLoop = ({ message }) => message.from === message.to;
/** Where on its way to draw a message. Requests part from one place and answers meet in one: there is room where they are
 * far from each other. */
const [OF_REQUEST, OF_REPLY] = [
  [0.64, 0.46],
  [0.36, 0.56],
];
const HEAD = new Path2D("M0 0-8-3.6V3.6Z");
/** Whatever else happens to all of them. */
const OTHER = new Path2D("M0-4V4M-4 0H4");
