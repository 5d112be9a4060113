// Where words stand beside marks: on the side where nothing else is. A label that finds no room is not drawn; hovering,
// focusing or selecting its mark says the same.

import { boxAround, meet } from "./box.js";
/** @import { Box, Point } from "./box.js" */
/** @import { Ring } from "./ring.js" */

/** @typedef {{ key: string, at: Point, text: string }} Wanted */
/** @typedef {{ x: number, y: number }} Offset of a label's middle from its mark, px */

/** Sides in the order in which they are tried. */
const SIDES = [
  [1, 0],
  [-1, 0],
  [0, 1],
  [0, -1],
];
/** How far a label stays away from the edge of the stage, in px. */
const EDGE = 3;
/** The size of letters, in em of the stage: half of a wide digit more than one is. */
const LETTER = { w: 0.56, h: 1.02 };

export class Labels {
  /** The side of each label the last time: it stays there while it can. @type {Map<string, number>} */
  #sides = new Map();

  /**
   * @param {Wanted[]} wanted @param {Box[]} marks that no label may lie on @param {Ring} ring @param {number} radius px
   * @returns {Map<string, Offset>} those there is room for
   */
  place(wanted, marks, ring, radius) {
    const { width, height, em } = ring;
    const taken = [...ring.places, ring.middle, ...ring.clients.values(), ...marks];
    /** @type {Map<string, Offset>} */
    const placed = new Map();
    const sides = new Map();
    for (const { key, at, text } of wanted) {
      const [w, h] = [(text.length + 0.5) * LETTER.w * em, LETTER.h * em];
      const last = this.#sides.get(key);
      const order = [0, 1, 2, 3].sort((a, b) => Number(b === last) - Number(a === last));
      for (const side of order) {
        const [dx, dy] = SIDES[side];
        const offset = { x: dx * (radius + w / 2 + 1), y: dy * (radius + h / 2 + 1) };
        const box = boxAround({ x: at.x + offset.x, y: at.y + offset.y }, w, h);
        const inside = Math.min(box.x, box.y, width - box.x - w, height - box.y - h) >= EDGE;
        if (!inside || taken.some((other) => meet(other, box, 1))) continue;
        taken.push(box);
        placed.set(key, offset);
        sides.set(key, side);
        break;
      }
    }
    this.#sides = sides;
    return placed;
  }
}
