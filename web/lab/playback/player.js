// The clock: maps wall time to simulated milliseconds. It never makes anything happen; it tells the session how late
// it is, and what is due happens. While storage is busy the clock waits, so time never runs ahead of the disks.

import { still } from "../shared/dom.js";

/** Simulated ms per second of wall time at speed 1. */
const RATE = 40;
export const SPEEDS = [1 / 8, 1 / 4, 1 / 2, 1, 2, 4, 8, 16, 32, 64];

export class Player {
  /** Simulated ms shown; between two steps it runs ahead of the last one. */
  now = 0;
  /** One of `SPEEDS`. */
  speed = 1;
  playing = false;
  #frame = 0;
  #last = 0;
  #busy = false;
  /** @type {(() => void) | null} */
  #arrive = null;

  /**
   * @param {(until: number) => Promise<boolean>} advance does what is due by then; false when nothing is left
   * @param {() => void} draw after the time or the state of play has changed
   */
  constructor(advance, draw) {
    this.advance = advance;
    this.draw = draw;
  }

  play() {
    if (this.playing) return;
    this.arrive();
    this.playing = true;
    this.#last = 0;
    this.#frame = requestAnimationFrame(this.#tick);
    this.draw();
  }

  pause() {
    cancelAnimationFrame(this.#frame);
    if (!this.playing) return;
    this.playing = false;
    this.draw();
  }

  #tick = (/** @type {number} */ time) => {
    if (!this.playing) return;
    this.#frame = requestAnimationFrame(this.#tick);
    const passed = this.#last ? Math.min(time - this.#last, 100) : 0;
    this.#last = time;
    if (this.#busy) return;
    this.now += (passed / 1000) * RATE * this.speed;
    this.#busy = true;
    this.advance(this.now)
      .then(
        (more) => more || this.pause(),
        () => this.pause(),
      )
      .finally(() => {
        this.#busy = false;
        this.draw();
      });
  };

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
