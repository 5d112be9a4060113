// Draws strokes, shapes and text for the space-time picture, in CSS pixels.

import { Room } from "./labels.js";
/** @import { Palette } from "./palette.js" */

export class Canvas {
  /** What marks and labels have taken. */
  room = new Room();

  /** @param {CanvasRenderingContext2D} pen @param {number} em px @param {Palette} palette */
  constructor(pen, em, palette) {
    this.pen = pen;
    this.em = em;
    this.palette = palette;
    /** What a pixel of a drawing made for 15 px of text becomes. */
    this.unit = em / 15;
  }

  /** @param {string} colour @param {number} width @param {() => void} lines @param {number[]} [dash] */
  stroke(colour, width, lines, dash = []) {
    const { pen } = this;
    pen.strokeStyle = colour;
    pen.lineWidth = width * Math.max(1, this.unit * 0.9);
    pen.setLineDash(dash);
    pen.beginPath();
    lines();
    pen.stroke();
    pen.setLineDash([]);
  }

  /** A straight line. @param {string} colour @param {number} width @param {number} x0 @param {number} y0
   * @param {number} x1
   * @param {number} y1 @param {number[]} [dash] */
  line(colour, width, x0, y0, x1, y1, dash = []) {
    const line = () => {
      this.pen.moveTo(x0, y0);
      this.pen.lineTo(x1, y1);
    };
    this.stroke(colour, width, line, dash);
  }

  /** @param {string} text @param {number} x @param {number} y @param {string} colour @param {number} [size] em
   * @param {string} [weight] */
  write(text, x, y, colour, size = 0.8, weight = "") {
    const { pen } = this;
    pen.font = `${weight} ${(this.em * size).toFixed(1)}px ${this.palette.font}`;
    pen.fillStyle = colour;
    pen.fillText(text, x, y);
  }

  /** How wide a text is. @param {string} text @param {number} size em @returns {number} px */
  wide(text, size) {
    this.pen.font = `600 ${(this.em * size).toFixed(1)}px ${this.palette.font}`;
    return this.pen.measureText(text).width;
  }

  /** @param {string} text @param {number} x @param {number} y @param {string} colour @param {number} size */
  halo(text, x, y, colour, size) {
    const { pen } = this;
    pen.font = `600 ${(this.em * size).toFixed(1)}px ${this.palette.font}`;
    pen.strokeStyle = this.palette.bg;
    pen.lineWidth = 3;
    pen.strokeText(text, x, y);
    this.write(text, x, y, colour, size, "600");
  }

  /** @param {Path2D} path @param {number} x @param {number} y @param {number} size @param {string} fill
   * @param {string} edge
   * @param {boolean} [filled] */
  shape(path, x, y, size, fill, edge, filled = true) {
    const { pen } = this;
    pen.save();
    pen.translate(x, y);
    pen.scale(size, size);
    pen.lineWidth = 4 * (this.unit / size);
    pen.strokeStyle = this.palette.bg;
    pen.stroke(path);
    pen.lineWidth = (filled ? 1.5 : 2.2) * (this.unit / size);
    pen.strokeStyle = edge;
    pen.fillStyle = fill;
    if (filled) pen.fill(path);
    if (edge !== this.palette.bg) pen.stroke(path);
    pen.restore();
  }

  /** @param {number} x @param {number} y @param {number} r @param {string} fill @param {string} [edge] */
  dot(x, y, r, fill, edge) {
    const { pen, unit } = this;
    pen.beginPath();
    pen.arc(x, y, r * unit, 0, 2 * Math.PI);
    pen.fillStyle = fill;
    pen.fill();
    if (edge) this.stroke(edge, 1.5, () => pen.arc(x, y, r * unit, 0, 2 * Math.PI));
  }
}
