// One picture of space and time while it is painted: where everything is, in which colours, and the pen.

import { Canvas } from "./canvas.js";
import { SIGNS } from "./palette.js";
/** @import { Protocol } from "../protocols/index.js" */
/** @import { Values } from "../shared/values.js" */
/** @import { Palette } from "./palette.js" */
/** @import { Viewport } from "./viewport.js" */

/** Kinds of messages, names of marks, and values. @typedef {Record<"kinds" | "marks" | "values", Set<string>>} Seen */

export class Picture {
  /** @param {CanvasRenderingContext2D} pen in CSS pixels @param {Viewport} viewport @param {Palette} palette
   * @param {Values} values @param {Protocol} protocol */
  constructor(pen, viewport, palette, values, protocol) {
    this.pen = pen;
    this.viewport = viewport;
    this.palette = palette;
    this.values = values;
    this.protocol = protocol;
    this.canvas = new Canvas(pen, viewport.em, palette);
    this.unit = this.canvas.unit;
    /** What has been painted, for the legend. @type {Seen} */
    this.seen = { kinds: new Set(), marks: new Set(), values: new Set() };
  }

  /** @param {string | null | undefined} value @param {string} [none] the colour without one @returns {string} */
  colour(value, none = this.palette.muted) {
    if (value == null) return none;
    this.seen.values.add(value);
    return this.palette.values[this.values.of(value).colour];
  }

  /** The glyph of a value. @param {string} value @param {number} x @param {number} y @param {number} size */
  sign(value, x, y, size) {
    const { glyph } = this.values.of(value);
    this.canvas.shape(SIGNS[glyph], x, y, size * this.unit, this.colour(value), this.palette.bg);
  }
}
