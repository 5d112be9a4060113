// Where a step stands along the lanes. Simulated time does not make a picture by itself: ten things happen within one
// millisecond, and then nothing for half a second. So the axis bends time in two ways, and says so. Steps of about the
// same moment stand a little apart, in their order; and where nothing happens for long, the axis is cut short, with a
// break drawn across it. Or it counts steps instead, one place each.
//
// Places are in units: of a millisecond, or of a step. How many pixels a unit has is the zoom, and no matter of ours.

import { upTo } from "../shared/order.js";

/** The least distance between two steps, in units. */
const APART = 1;
/** The longest time without a step that is drawn in full, in simulated ms. */
const LONG = 80;
/** How long a longer one is drawn, in units. */
const SHORT = 28;
/** More than this is never written beside it: a distance that nobody could measure asks for no end of them. */
const TICKS = 500;

/** @typedef {{ from: number, to: number, lasts: number }} Break between these places passed so many simulated ms */
/** @typedef {{ place: number, text: string }} Tick */

/** The smallest of 1, 2, 5, 10, 20, … that is not below a number. @param {number} least @returns {number} */
function round(least) {
  const power = 10 ** Math.floor(Math.log10(Math.max(least, 1)));
  return [1, 2, 5, 10].map((n) => n * power).find((n) => n >= least) ?? 10 * power;
}

export class Axis {
  /** Whether it is time that runs along it, and not steps. */
  byTime = true;
  /** By step, in simulated ms. */
  #times = [0];
  /** By step, when time runs along. */
  #places = [0];
  /** The steps before which time was cut short. @type {number[]} */
  #breaks = [];

  /** The last step. */
  get steps() {
    return this.#times.length - 1;
  }

  /** Where it ends, in units. */
  get length() {
    return this.place(this.steps);
  }

  /** Takes in a step; those left out happened with it. @param {number} step after the last
   * @param {number} at simulated ms */
  add(step, at) {
    for (let i = this.steps + 1; i <= step; i++) {
      const passed = at - this.#times[i - 1];
      if (passed > LONG) this.#breaks.push(i);
      this.#times.push(at);
      this.#places.push(this.#places[i - 1] + this.ahead(passed));
    }
  }

  /** How far after a step the axis has come when so much time has passed and nothing happened.
   * @param {number} passed simulated ms @returns {number} units */
  ahead(passed) {
    return passed > LONG ? SHORT : Math.max(passed, APART);
  }

  /** Forgets what came after a step. @param {number} step */
  cut(step) {
    this.#times.length = this.#places.length = Math.min(this.#times.length, step + 1);
    while (this.#breaks.length && this.#breaks[this.#breaks.length - 1] > step) this.#breaks.pop();
  }

  /** @param {number} step @returns {number} units */
  place(step) {
    const known = Math.min(step, this.steps);
    return this.byTime ? this.#places[known] : known;
  }

  /** When a step was. @param {number} step @returns {number} simulated ms */
  time(step) {
    return this.#times[Math.min(step, this.steps)];
  }

  /** The last step that stands at or before a place. @param {number} place @returns {number} */
  stepAt(place) {
    if (!this.byTime) return Math.max(0, Math.min(this.steps, Math.floor(place)));
    return Math.max(0, upTo(this.#places.length, (i) => this.#places[i], place) - 1);
  }

  /** Where time was cut short. @param {number} from @param {number} to places @returns {Break[]} */
  breaks(from, to) {
    if (!this.byTime) return [];
    const first = upTo(this.#breaks.length, (i) => this.#places[this.#breaks[i]], from);
    const found = [];
    for (let i = first; i < this.#breaks.length; i++) {
      const step = this.#breaks[i];
      if (this.#places[step - 1] > to) break;
      found.push({
        from: this.#places[step - 1],
        to: this.#places[step],
        lasts: this.#times[step] - this.#times[step - 1],
      });
    }
    return found;
  }

  /** What to write beside it. @param {number} from @param {number} to places
   * @param {number} apart units between two, at least
   * @returns {Tick[]} */
  ticks(from, to, apart) {
    const by = round(apart);
    /** @type {Tick[]} */
    const ticks = [];
    if (!(by > 0 && from <= to)) return ticks;
    if (!this.byTime) {
      for (
        let step = Math.ceil(Math.max(0, from) / by) * by;
        step <= Math.min(to, this.steps) && ticks.length < TICKS;
        step += by
      )
        ticks.push({ place: step, text: `${step}` });
      return ticks;
    }
    let t = Math.ceil(this.time(this.stepAt(from)) / by) * by;
    for (let tried = 0; tried < TICKS; tried++) {
      const next = upTo(this.#times.length, (i) => this.#times[i], t - 1);
      if (next > this.steps) break;
      const wait = this.#times[next] - t;
      if (wait && wait + t - this.#times[next - 1] > LONG) {
        t = Math.ceil(this.#times[next] / by) * by; // in a break no moment has a place of its own
        continue;
      }
      const place = this.#places[next] - wait;
      if (place > to) break;
      if (!ticks.length || place - ticks[ticks.length - 1].place >= apart * 0.6) ticks.push({ place, text: `${t} ms` });
      t += by;
    }
    return ticks;
  }
}
