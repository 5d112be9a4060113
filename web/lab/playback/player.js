// The clock of what is shown. It plays a run at reading pace (`reading.js`), or maps wall time to simulated
// milliseconds: then it tells the session how late it is, and what is due happens. It never makes anything happen by
// itself, and the time it shows is never ahead of what has happened: where storage or the engine is slower, so is the
// clock.

import { still } from "../shared/dom.js";
import { Reading } from "./reading.js";
/** @import { Walk } from "./reading.js" */

/** Simulated ms per second of wall time at speed 1. */
const RATE = 40;
/** How fast it really goes is looked at over so many ms of wall time. */
const WINDOW = 500;

/** @typedef {"reading" | "time"} Pace */

export class Player {
  /** Simulated ms shown; between two steps it runs ahead of the last one. */
  now = 0;
  /** One of `SPEEDS`. */
  speed = 1;
  /** The speed there really is, where it is lower than the one chosen. @type {number | null} */
  reached = null;
  playing = false;
  /** @type {Pace} */
  pace = "time";
  /** @type {Reading | null} */
  reading = null;
  #frame = 0;
  #last = 0;
  #busy = false;
  #shown = 0;
  #wall = 0;
  /** @type {(() => void) | null} */
  #arrive = null;

  /**
   * @param {(until: number) => Promise<boolean>} advance does what is due by then; false when nothing is left
   * @param {() => void} draw after the time or the state of play has changed
   * @param {() => number} [bound] the latest time that may be shown
   * @param {Walk} [walk] what it needs to play at reading pace, and then that is its pace
   */
  constructor(advance, draw, bound = () => Infinity, walk) {
    this.advance = advance;
    this.draw = draw;
    this.bound = bound;
    if (!walk) return;
    this.reading = new Reading(this, walk);
    this.pace = "reading";
  }

  play() {
    if (this.playing) return;
    this.arrive();
    this.reading?.stop();
    this.playing = true;
    this.#last = 0;
    this.#wall = 0;
    this.#shown = 0;
    this.reached = null;
    if (this.pace === "time") this.#frame = requestAnimationFrame(this.#tick);
    else {
      const ends = (/** @type {unknown} */ wanted) => wanted && this.pause();
      this.reading?.go().then(ends, () => this.pause());
    }
    this.draw();
  }

  pause() {
    cancelAnimationFrame(this.#frame);
    this.reading?.stop();
    if (!this.playing) return;
    this.playing = false;
    this.draw();
  }

  /** @param {Pace} pace */
  follow(pace) {
    if (pace === this.pace || !this.reading) return;
    const { playing } = this;
    this.pause();
    this.pace = pace;
    if (playing) this.play();
    this.draw();
  }

  #tick = (/** @type {number} */ time) => {
    if (!this.playing) return;
    this.#frame = requestAnimationFrame(this.#tick);
    const passed = this.#last ? Math.min(time - this.#last, 100) : 0;
    this.#last = time;
    this.#wall += passed;
    if (this.#busy) return;
    const before = this.now;
    this.now += (passed / 1000) * RATE * this.speed;
    this.#busy = true;
    this.advance(this.now)
      .then(
        (more) => more || this.pause(),
        () => this.pause(),
      )
      .finally(() => {
        this.#busy = false;
        this.now = Math.min(this.now, this.bound());
        this.#measure(this.now - before);
        this.draw();
      });
  };

  /** @param {number} shown simulated ms more */
  #measure(shown) {
    this.#shown += Math.max(0, shown);
    if (this.#wall < WINDOW) return;
    const speed = this.#shown / RATE / (this.#wall / 1000);
    this.reached = speed < this.speed * 0.8 ? speed : null;
    this.#wall = 0;
    this.#shown = 0;
  }

  /**
   * Moves the time shown to `at` so that a single step can be followed by eye: at most 250 ms of wall time, none with
   * reduced motion.
   * @param {number} at simulated ms @returns {Promise<void>}
   */
  glide(at) {
    this.arrive();
    const from = this.now;
    const wall = still() || document.hidden || at <= from ? 0 : Math.min(250, ((at - from) / RATE) * 1000);
    return new Promise((resolve) => {
      const start = performance.now();
      this.#arrive = () => {
        cancelAnimationFrame(frame);
        this.#arrive = null;
        this.now = at;
        resolve();
      };
      const move = () => {
        const part = (performance.now() - start) / wall;
        if (!(part < 1)) return this.#arrive?.();
        this.now = from + (at - from) * part;
        this.draw();
        frame = requestAnimationFrame(move);
      };
      let frame = 0;
      move();
    });
  }

  /** Ends a glide at once. */
  arrive() {
    this.#arrive?.();
  }
}
