// Where everything is in a picture of space and time, in CSS pixels: the part of the run that is seen, the way each
// message takes through it, and what lies under a pointer. Time runs to the right; the row above the lanes is for what
// happened to all servers.

import { upTo } from "../shared/order.js";
import { laneOf } from "./model.js";
/** @import { EndId, Event } from "../engine/engine.js" */
/** @import { Arrow, Model } from "./model.js" */
/** @import { Point } from "../stage/box.js" */

/** Corners of a way: x, y, x, y, … Every second stretch is one on which the message is held. @typedef {number[]} Way */

/** A lost message is drawn to this part of its remaining way: a run does not say how far it came. */
const LOST = 0.72;
/** Likewise, one that is held stops halfway. */
const HELD = 0.5;

/**
 * @typedef {object} Size
 * @property {number} width @property {number} height of what is seen, in px
 * @property {number} em px
 * @property {number} scale px in a unit of the axis
 * @property {number} x @property {number} y how far it is scrolled, in px
 */

export class Viewport {
  /** Where messages under way have come to, in units. */
  edge = 0;
  /** What part of their way. @type {Map<number, number>} */
  progress = new Map();

  /** @param {Model} model @param {Size} size */
  constructor(model, size) {
    this.model = model;
    Object.assign(this, size);
    /** The room for the names of the lanes, for the row above them, and for the axis below. */
    this.left = size.em * 1.9;
    this.top = size.em * 1.9;
    this.bottom = size.em * 1.5;
    /** Between two lanes. */
    this.lane = Viewport.lane(size.height, size.em, model.rows);
    this.edge = model.axis.length;
  }

  // As in `Size`.
  width = 0;
  height = 0;
  em = 15;
  scale = 1;
  x = 0;
  y = 0;

  /** The px between two lanes. @param {number} height @param {number} em @param {number} servers */
  static lane(height, em, servers) {
    return Math.max(em * 1.15, Math.min(em * 3.4, (height - em * 3.4) / servers));
  }

  /** How large all of it would be, seen or not. @param {Model} model @param {Size} size */
  static whole(model, { height, em, scale, width }) {
    return {
      // Beyond the end is as much as the line of the present is kept from the edge, and a little more.
      width: em * 4.1 + model.axis.length * scale + Math.min(width * 0.3, 9 * em),
      height: Math.max(height, em * 3.4 + Viewport.lane(height, em, model.rows) * model.rows),
    };
  }

  /** @param {number} place units @returns {number} px from the left */
  across(place) {
    return this.left + this.em * 1.2 + place * this.scale - this.x;
  }

  /** @param {number} x px from the left @returns {number} units */
  place(x) {
    return (x - this.left - this.em * 1.2 + this.x) / this.scale;
  }

  /** @param {number} step */
  at(step) {
    return this.across(this.model.axis.place(step));
  }

  /** The middle of a lane; 0 is the row above them. @param {EndId} end */
  down(end) {
    const lane = this.model.row(end);
    return lane ? Math.round(this.top + (lane - 0.5) * this.lane - this.y) + 0.5 : this.em * 0.95;
  }

  /** Where the line of the present is: after its step, and before the next. @param {number} step */
  present(step) {
    const { axis } = this.model;
    const now = this.at(step);
    const next = step < axis.steps ? this.at(step + 1) : Math.max(this.across(this.edge), now + this.em * 0.8);
    return Math.round(Math.min(now + this.em * 0.4, (now + next) / 2)) + 0.5;
  }

  /** The first and the last events seen, as places in the model's, the last excluded. @returns {[number, number]} */
  events() {
    const { axis, events } = this.model;
    const [first, last] = [axis.stepAt(this.place(this.left - this.em)), axis.stepAt(this.place(this.width + this.em))];
    const count = (/** @type {number} */ step) => upTo(events.length, (i) => events[i].step, step);
    return [count(first - 1), count(last)];
  }

  /** The arrows of which something is seen, in the order they left. @returns {Arrow[]} */
  arrows() {
    const { axis, arrows } = this.model;
    const [from, to] = [this.place(this.left), this.place(this.width)];
    const before = upTo(arrows.length, (i) => axis.place(arrows[i].start.step), to);
    const seen = [];
    for (let i = 0; i < before; i++) {
      const { end } = arrows[i];
      if ((end ? axis.place(end.step) : this.edge) >= from) seen.push(arrows[i]);
    }
    return seen;
  }

  /** @param {Arrow} arrow @returns {Way} */
  way({ message, start, source, stops, end }) {
    const [a, b] = [this.down(message.from), this.down(message.to)];
    let x = this.at(start.step);
    let y = source && source.start.step < start.step ? this.#on(this.way(source), x) : a;
    const way = [x, y];
    const go = (/** @type {number} */ part) => {
      y += (b - y) * part;
      way.push(x, y);
    };
    const rest = () => go(0);
    for (const stop of stops) {
      x = this.at(stop.step);
      if (stop.event === "held") go(HELD);
      else rest();
    }
    const held = stops.length % 2 > 0;
    if (!end) {
      x = Math.max(x, this.across(this.edge));
      if (held) rest();
      else go(this.progress.get(message.id) ?? HELD);
    } else {
      x = this.at(end.step);
      if (held) rest();
      go(end.event === "delivered" ? 1 : LOST);
    }
    return way;
  }

  /** How high a way is at a distance from the left. @param {Way} way @param {number} x */
  #on(way, x) {
    for (let i = 2; i < way.length; i += 2) {
      const [x0, y0, x1, y1] = way.slice(i - 2, i + 2);
      if (x <= x1) return x1 > x0 ? y0 + ((y1 - y0) * Math.max(0, x - x0)) / (x1 - x0) : y0;
    }
    return way[way.length - 1];
  }

  /** Where an event is: on the lane of its server, or on the way of its message. @param {Event} e @returns {Point} */
  spot(e) {
    const x = this.at(e.step);
    const lane = e.node ?? (e.message ? undefined : laneOf(e));
    if (lane !== undefined) return { x, y: this.down(lane) };
    const arrow = this.model.arrow(e.message?.id);
    if (!arrow) return { x, y: this.down(laneOf(e)) };
    const way = this.way(arrow);
    if (e === arrow.end) return { x, y: way[way.length - 1] };
    const { from, to } = arrow.message;
    return { x, y: from === to ? this.down(from) - this.loop() : this.#on(way, x) };
  }

  /** How high the loop of a message to its own sender is. */
  loop() {
    return Math.min(this.em * 0.7, this.lane * 0.42);
  }

  /** What is under a pointer: the events of one step in one place, or an arrow.
   * @param {number} x @param {number} y px @returns {{ events: Event[], arrow?: Arrow } | null} */
  hit(x, y) {
    const [first, last] = this.events();
    let [near, best] = [this.em * 0.7, /** @type {Event | undefined} */ (undefined)];
    for (let i = first; i < last; i++) {
      const e = this.model.events[i];
      if (Math.abs(this.at(e.step) - x) >= near) continue;
      const spot = this.spot(e);
      const far = Math.hypot(spot.x - x, spot.y - y);
      if (far < near) [near, best] = [far, e];
    }
    if (best) return { events: this.together(best) };
    const arrow = this.#under(x, y);
    return arrow ? { events: [arrow.start, arrow.end].filter((e) => !!e), arrow } : null;
  }

  /** The events that an event stands for: those of its step in its place. @param {Event} e @returns {Event[]} */
  together(e) {
    const { events } = this.model;
    const from = upTo(events.length, (i) => events[i].step, e.step - 1);
    const found = [];
    for (let i = from; i < events.length && events[i].step === e.step; i++)
      if (laneOf(events[i]) === laneOf(e)) found.push(events[i]);
    return found;
  }

  /** @param {number} x @param {number} y @returns {Arrow | undefined} */
  #under(x, y) {
    let [near, best] = [this.em * 0.45, /** @type {Arrow | undefined} */ (undefined)];
    for (const arrow of this.arrows()) {
      const way = this.way(arrow);
      const loop = arrow.message.from === arrow.message.to ? this.loop() : 0;
      for (let i = 2; i < way.length; i += 2) {
        const far = distance(x, y + loop, way[i - 2], way[i - 1], way[i], way[i + 1]);
        if (far < near) [near, best] = [far, arrow];
      }
    }
    return best;
  }
}

/** From a point to a line between two others. @param {number} x @param {number} y @param {number} x0 @param {number} y0
 * @param {number} x1 @param {number} y1 */
function distance(x, y, x0, y0, x1, y1) {
  const [dx, dy] = [x1 - x0, y1 - y0];
  const part = Math.max(0, Math.min(1, ((x - x0) * dx + (y - y0) * dy) / (dx * dx + dy * dy || 1)));
  return Math.hypot(x - x0 - part * dx, y - y0 - part * dy);
}
