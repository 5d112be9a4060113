// Paints events: on their lanes what happened to a server, above and across them what happened to all.

import { told } from "../shared/spelling.js";
import { choose, farFrom } from "./labels.js";
import { MARKS } from "./palette.js";
/** @import { Event } from "../engine/engine.js" */
/** @import { Box } from "./labels.js" */
/** @import { Picture } from "./picture.js" */

/** From so many events in sight on, only what is rare is marked. */
const MARKED = 1500;
const RARE = new Set("proposed crashed restarted wiped paused resumed learned exhausted isolated rejoined".split(" "));
/** Whose marks are filled; the others are strokes. */
const FILLED = new Set(["restarted", "resumed"]);
/** What matters more than how near it is. */
const FIRST = new Set(["chosen", "violated"]);
/** Most letters of a value that are written. */
const LETTERS = 18;
/** Whatever else happens to all of them. */
const OTHER = new Path2D("M0-4V4M-4 0H4");

export class MarkPainter {
  /** @param {Picture} picture */
  constructor(picture) {
    this.picture = picture;
  }

  /** What happened on the lanes. @param {Event[]} events */
  lanes(events) {
    for (const e of events) if (e.node && (events.length < MARKED || RARE.has(e.event))) this.#mark(e);
  }

  /** @param {Event} e */
  #mark(e) {
    const { canvas, viewport, palette, unit } = this.picture;
    const { x, y } = viewport.spot(e);
    const value = e.value ?? e.records?.find((r) => r.accepted)?.accepted?.value;
    if (e.event === "wrote" || e.event === "durable") return this.#record(x, y, this.picture.colour(value), e.event);
    if (e.event === "delivered") {
      canvas.room.take(x, y, 4 * unit);
      return canvas.dot(x, y, 1.8, this.picture.colour(e.message?.value));
    }
    if (e.event === "quorum") {
      canvas.dot(x, y, 5, palette.bg, palette.ink);
      canvas.dot(x, y, 2, palette.ink);
    } else if (value != null && e.event === "proposed") this.picture.sign(value, x, y, 1.15);
    else if (value != null && e.event === "learned") {
      canvas.dot(x, y, 7, palette.bg, this.picture.colour(value));
      this.picture.sign(value, x, y, 0.7);
    } else if (e.event === "timer") canvas.shape(MARKS.timer, x, y, unit * 0.8, palette.bg, palette.ink);
    else if (MARKS[e.event]) canvas.shape(MARKS[e.event], x, y, unit, palette.ink, palette.ink, FILLED.has(e.event));
    else return;
    canvas.room.take(x, y, (e.event === "learned" ? 15 : 12) * unit);
    this.picture.seen.marks.add(e.event);
  }

  /** Below the lane: hollow is written, filled is durable. @param {number} x @param {number} y @param {string} colour
   * @param {"wrote" | "durable"} event */
  #record(x, y, colour, event) {
    const { pen, canvas, viewport, palette, unit, seen } = this.picture;
    const side = Math.min(6 * unit, viewport.lane * 0.28);
    pen.fillStyle = event === "durable" ? colour : palette.bg;
    pen.fillRect(x - side / 2, y + 3 * unit, side, side);
    if (event === "wrote") canvas.stroke(colour, 1.2, () => pen.rect(x - side / 2, y + 3 * unit, side, side));
    canvas.room.take(x, y + 3 * unit + side / 2, side + 2);
    seen.marks.add(event);
  }

  /** What happened to all of them, above the lanes. @param {Event[]} events @param {number} step */
  world(events, step) {
    const { canvas, pen, viewport, palette, unit, seen } = this.picture;
    const { em } = viewport;
    const y = viewport.down(0);
    const all = events.filter((e) => e.event === "chosen" || !(e.node || e.message));
    const broken = all.filter((e) => e.event === "violated").map((e) => viewport.at(e.step));
    for (const e of all) {
      const x = viewport.at(e.step);
      // What breaks agreement is chosen, too: of two signs in one place one can be read.
      if (e.event === "chosen" && broken.some((at) => Math.abs(at - x) < em * 0.9)) continue;
      pen.globalAlpha = e.step > step ? 0.45 : 1;
      canvas.shape(MARKS[e.event] ?? OTHER, x, y, unit, palette.ink, palette.ink, e.event === "chosen");
      canvas.room.take(x, y, em * 0.9, em);
      seen.marks.add(MARKS[e.event] ? e.event : "network");
    }
    const named = all.map((e) => this.#name(e));
    /** Whether it is called as one before it that is hardly farther away than its name is long. */
    const again = (/** @type {number} */ i) =>
      named.slice(0, i).some(({ text, wide }, before) => {
        const far = viewport.at(all[i].step) - viewport.at(all[before].step);
        return text === named[i].text && far < wide + 2 * em;
      });
    const wanted = all.map((e, i) => ({
      far: farFrom(step, e.step) + (FIRST.has(e.event) ? 0 : viewport.model.axis.steps),
      places: again(i) ? [] : this.#besides(viewport.at(e.step), y, named[i].wide),
    }));
    for (const [i, at] of choose(wanted, canvas.room).entries()) {
      if (at < 0) continue;
      const { x, w } = wanted[i].places[at];
      pen.globalAlpha = all[i].step > step ? 0.45 : 1;
      this.#called(named[i], x - w / 2, y);
    }
    pen.globalAlpha = 1;
  }

  /** What an event of them all is called. @param {Event} e
   * @returns {{ text: string, wide: number, chosen: string | null }} */
  #name(e) {
    const { canvas, viewport } = this.picture;
    const chosen = chosenBy(e);
    const text = chosen == null ? e.event.replaceAll("-", " ") : `${told(chosen, LETTERS)} chosen`;
    return { text, wide: canvas.wide(text, 0.8) + (chosen == null ? 0 : viewport.em * 0.8), chosen };
  }

  /** After a mark or before it, as far as that is in the picture. @param {number} x @param {number} y @param {number} w
   * @returns {Box[]} */
  #besides(x, y, w) {
    const { em, width, left } = this.picture.viewport;
    const sides = [x + em * 0.6, x - em * 0.6 - w].filter((from) => from >= left && from + w < width);
    return sides.map((from) => ({ x: from + w / 2, y, w, h: em }));
  }

  /** @param {{ text: string, chosen: string | null }} name @param {number} left @param {number} y */
  #called({ text, chosen }, left, y) {
    const { canvas, pen, viewport, palette } = this.picture;
    const { em } = viewport;
    if (chosen != null) this.picture.sign(chosen, left + em * 0.3, y, 0.95);
    pen.textAlign = "start";
    const colour = this.picture.colour(chosen, palette.ink);
    canvas.write(text, left + em * (chosen == null ? 0.05 : 0.8), y + em * 0.27, colour, 0.8, "600");
  }

  /** Down the lanes from what happened to all of them, with a ring where a server made a value chosen.
   * @param {Event[]} events */
  down(events) {
    const { pen, viewport, canvas, unit } = this.picture;
    for (const e of events) {
      const chosen = chosenBy(e);
      if (chosen == null && (e.node || e.message)) continue;
      const quorum = chosen == null ? [] : (e.quorum ?? []);
      const x = Math.round(viewport.at(e.step)) + 0.5;
      const colour = this.picture.colour(chosen);
      const last = chosen == null ? viewport.model.rows : Math.max(...quorum);
      const dash = chosen == null ? [1, 3] : [];
      const top = viewport.top - viewport.em * 0.35;
      canvas.line(colour, 1.2, x, top, x, viewport.down(last), dash);
      canvas.room.take(x, (top + viewport.down(last)) / 2, 2, viewport.down(last) - top);
      for (const server of quorum) {
        canvas.stroke(colour, 2, () => pen.arc(x, viewport.down(server), 5.5 * unit, 0, 2 * Math.PI));
        canvas.room.take(x, viewport.down(server), 13 * unit);
      }
    }
  }

  /** Around an event that stands out. @param {Event} e @param {string} colour @param {number} width */
  ring(e, colour, width) {
    const { pen, canvas, viewport, unit } = this.picture;
    const { x, y } = viewport.spot(e);
    canvas.stroke(colour, width, () => pen.arc(x, y, 9 * unit, 0, 2 * Math.PI));
  }
}

/** The value that was chosen by an event, if one was. @param {Event} e @returns {string | null} */
const chosenBy = ({ event, value }) => (event === "chosen" ? (value ?? null) : null);
