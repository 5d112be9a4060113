// Paints what a viewport shows, and nothing else: a run of ten thousand events costs what can be seen of it. Shapes and
// words stand where there is room for them; in a crowd only lines are left, and what is rare.
//
// A lane is a line while its server is up, dashes while it is paused, and nothing while it is down. A message is a line
// from when it left to when it arrived; where it is held it runs along with time, dashed; where it is lost it ends at a
// cross. Below a lane, as on a server's card, is its disk: hollow is written, filled is durable. What has not happened
// yet, where it is asked for, lies under a veil.

import { ArrowPainter } from "./arrows.js";
import { MarkPainter } from "./marks.js";
import { Picture } from "./picture.js";
/** @import { Event } from "../engine/engine.js" */
/** @import { Protocol } from "../protocols/index.js" */
/** @import { Values } from "../shared/values.js" */
/** @import { Break } from "./axis.js" */
/** @import { Arrow } from "./model.js" */
/** @import { Palette } from "./palette.js" */
/** @import { Viewport } from "./viewport.js" */

/** From so many arrows in sight on, they have no shapes. */
const SHAPED = 260;

/**
 * What stands out.
 * @typedef {{ step: number, server?: number, message?: number, active?: Event | null, hovered?: Arrow,
 *   over?: Event | null }} Shown
 */

export class Painter extends Picture {
  /** @param {CanvasRenderingContext2D} pen in CSS pixels @param {Viewport} viewport @param {Palette} palette
   * @param {Values} values @param {Protocol} protocol */
  constructor(pen, viewport, palette, values, protocol) {
    super(pen, viewport, palette, values, protocol);
    this.arrows = new ArrowPainter(this);
    this.marks = new MarkPainter(this);
  }

  /** @param {Shown} shown */
  paint(shown) {
    const { pen, viewport, palette } = this;
    const { model } = viewport;
    pen.clearRect(0, 0, viewport.width, viewport.height);
    pen.lineCap = "butt";
    pen.lineJoin = "round";
    const arrows = viewport.arrows();
    const [first, last] = viewport.events();
    const events = model.events.slice(first, last);
    this.#clip(viewport.top);
    this.#lanes(shown);
    this.arrows.paint(arrows, [shown.hovered, model.arrow(shown.message)]);
    this.marks.down(events);
    this.marks.lanes(events);
    this.#keepOff(shown.step);
    if (arrows.length < SHAPED) this.arrows.shapes(arrows, shown.step);
    pen.restore();
    this.#veil(shown.step);
    this.marks.world(events, shown.step);
    if (shown.over) this.marks.ring(shown.over, palette.muted, 1.5);
    if (shown.active) this.marks.ring(shown.active, palette.accent, 2.5);
    this.#axis();
    this.#names(shown);
  }

  /** No label lies on a lane, on the line of the present, or under the names of the lanes. @param {number} step */
  #keepOff(step) {
    const { room } = this.canvas;
    const { viewport } = this;
    const { width, height, left, bottom } = viewport;
    for (let lane = 1; lane <= viewport.model.rows; lane++) room.take(width / 2, viewport.down(lane), width, 2);
    room.take(viewport.present(step), (height - bottom) / 2, 3, height - bottom);
    room.take(left / 2, height / 2, left, height);
  }

  /** Over what has not happened yet, and the line of the present. @param {number} step */
  #veil(step) {
    const { pen, viewport, palette } = this;
    const { em, width, height, bottom } = viewport;
    const x = viewport.present(step);
    if (step < viewport.model.axis.steps) {
      const top = viewport.top - em * 0.4;
      pen.globalAlpha = 0.62;
      pen.fillStyle = palette.bg;
      pen.fillRect(x, top, Math.max(0, width - x), height - bottom - top);
      pen.globalAlpha = 1;
    }
    this.canvas.line(palette.ink, 1.5, x, 0, x, height - bottom);
  }

  /** Only below the row above the lanes, until restored. @param {number} top */
  #clip(top) {
    const { pen, viewport } = this;
    pen.save();
    pen.beginPath();
    pen.rect(0, top - viewport.em * 0.4, viewport.width, viewport.height - top - viewport.bottom + viewport.em * 0.4);
    pen.clip();
  }

  /** @param {Shown} shown */
  #lanes({ server }) {
    const { pen, viewport, palette } = this;
    const { model } = viewport;
    const [start, end] = [viewport.across(0), Math.min(viewport.width, viewport.across(viewport.edge))];
    for (let lane = 1; lane <= model.rows; lane++) {
      const y = viewport.down(lane);
      if (y < 0 || y > viewport.height) continue;
      if (lane === server) {
        pen.fillStyle = palette.wash;
        pen.fillRect(0, y - viewport.lane / 2, viewport.width, viewport.lane);
      }
      const turns = model.turns(lane);
      turns.forEach(({ step, standing }, i) => {
        const [from, to] = [i ? viewport.at(step) : start, turns[i + 1] ? viewport.at(turns[i + 1].step) : end];
        if (standing === "down" || to < viewport.left || from > viewport.width) return;
        const dash = standing === "paused" ? [3, 4] : [];
        const colour = standing === "up" ? palette.edge : palette.muted;
        this.canvas.line(colour, 1, Math.max(from, 0), y, Math.min(to, viewport.width), y, dash);
      });
    }
    for (const gap of model.axis.breaks(viewport.place(0), viewport.place(viewport.width))) this.#break(gap);
  }

  /** Time was cut short here. @param {Break} gap */
  #break({ from, to }) {
    const { pen, viewport, palette } = this;
    const x = (viewport.across(from) + viewport.across(to)) / 2;
    const wide = Math.min(viewport.em * 0.35, ((to - from) * viewport.scale) / 4);
    if (wide < 0.6) return;
    const [top, bottom] = [viewport.top, viewport.height - viewport.bottom];
    pen.fillStyle = palette.bg;
    pen.fillRect(x - wide, top, 2 * wide, bottom - top);
    for (const side of [x - wide, x + wide]) this.canvas.line(palette.edge, 1, side, top, side, bottom, [2, 4]);
  }

  #axis() {
    const { pen, viewport, canvas, palette } = this;
    const { em, bottom } = viewport;
    const y = viewport.height - bottom;
    pen.textAlign = "center";
    const [from, to] = [viewport.place(viewport.left), viewport.place(viewport.width)];
    const write = (/** @type {string} */ text, /** @type {number} */ x, /** @type {number} */ wide) => {
      const box = { x, y: y + bottom * 0.55, w: wide, h: em * 0.6 };
      if (!canvas.room.isFree(box)) return;
      canvas.room.take(box.x, box.y, box.w, box.h);
      canvas.write(text, x, y + em * 1.15, palette.muted, 0.75);
    };
    for (const gap of viewport.model.axis.breaks(from, to)) {
      const text = `+${gap.lasts} ms`;
      const wide = text.length * em * 0.46;
      const x = (viewport.across(gap.from) + viewport.across(gap.to)) / 2;
      if ((gap.to - gap.from) * viewport.scale > wide * 0.6) write(text, x, wide);
    }
    for (const { place, text } of viewport.model.axis.ticks(from, to, (em * 5.5) / viewport.scale)) {
      const x = Math.round(viewport.across(place)) + 0.5;
      canvas.line(palette.edge, 1, x, y, x, y + em * 0.3);
      write(text, x, text.length * em * 0.5);
    }
  }

  /** Whose lanes they are. @param {Shown} shown */
  #names({ step, server }) {
    const { pen, viewport, palette } = this;
    const { em, left } = viewport;
    pen.fillStyle = palette.bg;
    pen.fillRect(0, 0, left - em * 0.3, viewport.height);
    pen.textAlign = "end";
    for (let lane = 1; lane <= viewport.model.rows; lane++) {
      const y = viewport.down(lane);
      if (y < viewport.top - em || y > viewport.height - viewport.bottom) continue;
      const own = lane === server;
      const colour = own || viewport.model.standing(lane, step) === "up" ? palette.ink : palette.edge;
      this.canvas.write(viewport.model.named(lane), left - em * 0.6, y + em * 0.3, colour, 0.9, own ? "750" : "600");
    }
  }
}
