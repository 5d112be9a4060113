// What is measured over the simulated time of a run: how much is answered, how fast, for how many messages, and who led.

/** @import { Record } from "../engine/record.js" */
/** @import { Operation } from "./asked.js" */

/** Lengths of a piece of time, in ms. */
const PIECES = [50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 60_000];
/** About so many pieces there are. */
const MANY = 40;

/** How long the pieces of a run are. @param {number} ms it lasts */
export const piece = (ms) => PIECES.find((length) => ms / length <= MANY) ?? Math.ceil(ms / MANY);

/** @param {number[]} sorted ascending @param {number} part 0..1 */
const quantile = (sorted, part) => sorted[Math.max(0, Math.ceil(sorted.length * part) - 1)];

/**
 * What came of each piece of time.
 * @typedef {object} Piece
 * @property {number} from ms @property {number} answered a second
 * @property {number | null} median ms from call to return; null where nothing was answered @property {number | null} high
 * that of the slowest hundredth
 * @property {number | null} messages between servers for each command that was answered
 */

/** @param {Operation[]} operations @param {number} until ms
 * @param {{ at: number, count: number }[]} sent messages between servers, in order @returns {Piece[]} */
export function pieces(operations, until, sent) {
  const length = piece(until);
  const count = Math.max(1, Math.ceil((until + 1) / length));
  /** @type {number[][]} */
  const took = Array.from({ length: count }, () => []);
  for (const { call, return: back } of operations)
    if (back !== null && back <= until) took[Math.min(count - 1, Math.floor(back / length))].push(back - call);
  const messages = new Array(count).fill(0);
  for (const { at, count: some } of sent)
    if (at <= until) messages[Math.min(count - 1, Math.floor(at / length))] += some;
  return took.map((all, i) => {
    const sorted = all.toSorted((a, b) => a - b);
    const lasts = Math.min(length, Math.max(1, until - i * length));
    return {
      from: i * length,
      answered: (sorted.length * 1000) / lasts,
      median: sorted.length ? quantile(sorted, 0.5) : null,
      high: sorted.length ? quantile(sorted, 0.99) : null,
      messages: sorted.length ? messages[i] / sorted.length : null,
    };
  });
}

/** When a step of a branch was, in ms; null for none. @param {Record} record @param {number | null} step */
export const foundAt = (record, step) => (step === null ? null : record.at(Math.max(0, record.after(step) - 1)));

/** Who led when. @param {{ at: number, server: number }[]} begun each time that a server began to lead, in order
 * @param {number} until ms @returns {{ from: number, to: number, server: number }[]} */
export function reigns(begun, until) {
  return begun
    .filter(({ at }) => at <= until)
    .map(({ at, server }, i, all) => ({ from: at, to: all[i + 1]?.at ?? until, server }));
}

/** The highest number of an axis: a round one. @param {number} most */
export function round(most) {
  if (most <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(most));
  return [1, 2, 5, 10].map((n) => n * power).find((n) => n >= most) ?? most;
}
