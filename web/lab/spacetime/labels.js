// Which labels a picture has room for. A label that lies on another, or on a mark, makes both of them worthless; one
// that is left out costs little, since pointing at its arrow or its event says the same in full. So each names the
// places where it could stand, and what is nearest to the present is asked first.

/** How wide the columns are in which taken room is looked up, in px. */
const COLUMN = 64;

/** @typedef {{ x: number, y: number, w: number, h: number }} Box its middle, and its size, in px */

/**
 * @typedef {object} Wanted something that is to be placed
 * @property {number} far how far from the present, in steps: the nearest are placed first
 * @property {Box[]} places where it could stand, the best first
 */

/** @param {Box} a @param {Box} b */
const meet = (a, b) => Math.abs(a.x - b.x) < (a.w + b.w) / 2 && Math.abs(a.y - b.y) < (a.h + b.h) / 2;

/** What is taken of a picture. */
export class Room {
  /** @type {Map<number, Box[]>} */
  #columns = new Map();

  /** @param {Box} box @returns {number[]} the columns it is in */
  #across({ x, w }) {
    const first = Math.floor((x - w / 2) / COLUMN);
    return Array.from({ length: Math.floor((x + w / 2) / COLUMN) - first + 1 }, (_, i) => first + i);
  }

  /** Takes it, free or not. @param {number} x @param {number} y its middle @param {number} w @param {number} h */
  take(x, y, w, h = w) {
    const box = { x, y, w, h };
    for (const column of this.#across(box)) {
      const there = this.#columns.get(column);
      if (there) there.push(box);
      else this.#columns.set(column, [box]);
    }
  }

  /** @param {Box} box */
  isFree(box) {
    return this.#across(box).every((column) => !this.#columns.get(column)?.some((taken) => meet(taken, box)));
  }
}

/** Places what there is room for, and takes that room. @param {Wanted[]} wanted @param {Room} room
 * @returns {number[]} for each of them which of its places it has; -1 where it is left out */
export function choose(wanted, room) {
  const chosen = wanted.map(() => -1);
  const order = wanted.map((_, i) => i).sort((a, b) => wanted[a].far - wanted[b].far || a - b);
  for (const i of order) {
    const at = wanted[i].places.findIndex((box) => room.isFree(box));
    if (at < 0) continue;
    const { x, y, w, h } = wanted[i].places[at];
    room.take(x, y, w, h);
    chosen[i] = at;
  }
  return chosen;
}

/** How far from the present something is that lasts for some steps; 0 while it lasts.
 * @param {number} step of the present @param {number} from @param {number} [to] */
export const farFrom = (step, from, to = from) => Math.max(0, from - step, step - to);
