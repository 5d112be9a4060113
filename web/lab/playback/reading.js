// The reading pace: a beat is held as long as its sentence takes to read. Then messages travel, and the next beat's
// sentence takes its place. Time in which nothing happens becomes one short breath.
//
// A sentence stays from the step that makes it to the step that makes the next one. What its own beat still brings (a
// disk, what is sent) happens meanwhile, and so does the way of the next message, at the end.

import { still } from "../shared/dom.js";
/** @import { Position } from "../engine/engine.js" */

/** What people read in a minute. */
const WORDS = 230;
/** The least time for a sentence, in ms at speed 1. */
const LEAST = 1000;
/** The way of the message that a beat begins with, in ms at speed 1: as long before the sentence changes
 * it sets out. */
const WAY = 450;
/** The longest way of any other, and what a simulated ms of it takes. */
const SHORT_WAY = 250;
const SLOWNESS = 10;
/** From so many simulated ms in which nothing happens on, they are a breath of so many ms. */
const IDLE = 100;
const BREATH = 700;
/** A single beat is shown so many times faster than at speed 1, whatever the speed: somebody waits for it. */
const SINGLE = 2;
/** What would take less than this on the wall takes none: a frame for each step would hold up a long beat at a high speed. */
const BRIEF = 8;
/** So long may steps follow on each other without a frame between them, in ms. */
const SLICE = 12;

/** How long a text takes to read, in ms at speed 1. @param {string} text @returns {number} */
export const readingTime = (text) => Math.max(LEAST, (text.split(/\s+/).filter(Boolean).length / WORDS) * 60_000);

/**
 * @typedef {object} Walk the run that is walked through
 * @property {() => Position} position
 * @property {() => Promise<unknown>} step one step on
 * @property {() => string} hear shows what the present beat has brought; empty when that is what is shown already
 * @property {() => number} patience how long a single beat may take past the end of what is on record, in simulated ms
 * @property {() => Promise<boolean>} rewind goes back to the beginning, if that is next; whether it did
 */

/**
 * @typedef {object} Clock what it moves
 * @property {number} now simulated ms shown
 * @property {number} speed
 * @property {() => void} draw
 */

export class Reading {
  /** How long nothing happens in the breath being taken, in simulated ms; 0 while something does. */
  later = 0;
  /** What is left to read of the sentence shown, in ms at speed 1. */
  #left = 0;
  /** Counts what was called off. */
  #turn = 0;
  #hurried = false;
  /** A single beat under way. @type {Promise<boolean> | null} */
  #single = null;

  /** @param {Clock} clock @param {Walk} walk */
  constructor(clock, walk) {
    this.clock = clock;
    this.walk = walk;
  }

  /** Walks from beat to beat, until the end or until it is called off.
   * @returns {Promise<boolean>} whether it came to the end */
  async go() {
    const on = this.#begin();
    this.#left = 0;
    while (await this.#beat(on));
    return on();
  }

  /** One beat, slowly enough to follow; at once, if the next one is asked for meanwhile.
   * @returns {Promise<boolean>} whether it was left before its end, because nothing brings it there */
  async once() {
    if (this.#single) {
      this.#hurried = true;
      await this.#single;
    }
    const on = this.#begin();
    this.#left = 0;
    const beat = this.#beat(on, this.walk.patience());
    this.#single = beat;
    const went = await beat.finally(() => {
      if (this.#single === beat) this.#single = null;
    });
    return went && !this.walk.position().beat;
  }

  /** Calls off what is under way. */
  stop() {
    this.#turn++;
    this.#single = null;
    this.later = 0;
  }

  /** Another sentence is shown. @param {string} text */
  show(text) {
    if (text) this.#left = readingTime(text);
  }

  /** @returns {() => boolean} whether what begins now is still wanted */
  #begin() {
    this.stop();
    this.#hurried = false;
    const turn = this.#turn;
    return () => turn === this.#turn;
  }

  /** To the end of the next beat. @param {() => boolean} on
   * @param {number} [patience] past the end of what is on record, in simulated ms
   * @returns {Promise<boolean>} false where it cannot go on */
  async #beat(on, patience = Infinity) {
    const { walk } = this;
    const since = walk.position().at;
    const ends = () => {
      const { beat, at, step, length } = walk.position();
      return beat || (step === length && at - since > patience);
    };
    let slice = performance.now() + SLICE;
    let first = true;
    do {
      if (performance.now() > slice) {
        await new Promise(requestAnimationFrame);
        slice = performance.now() + SLICE;
      }
      const { next } = walk.position();
      const way = next === null || still() ? 0 : WAY;
      if (first && !(await this.#pass(this.#left - way, on))) return false;
      if (await walk.rewind()) return on();
      if (next === null || !(await this.#travel(next, first ? WAY : SHORT_WAY, on))) return false;
      await walk.step();
      this.show(walk.hear());
      first = false;
      if (!on()) return false;
    } while (!ends());
    return true;
  }

  /** Time passes until something happens. @param {number} next simulated ms @param {number} most in ms at speed 1
   * @param {() => boolean} on */
  async #travel(next, most, on) {
    const from = this.clock.now;
    const gap = next - from;
    const idle = gap >= IDLE;
    // The first way always takes as long: what is left to read counts on it.
    const way = still() ? 0 : idle ? BREATH : most === WAY ? WAY : Math.min(most, gap * SLOWNESS);
    this.later = idle ? Math.round(gap) : 0;
    if (!this.#single && way / this.clock.speed < BRIEF) {
      this.clock.now = Math.min(next, this.walk.position().next ?? next);
      this.#left -= way;
      return on();
    }
    const went = await this.#pass(way, on, (part) => {
      // Somebody may have done something meanwhile: never ahead of what happens next.
      const bound = this.walk.position();
      this.clock.now = Math.min(from + gap * part, bound.next ?? bound.at);
    });
    this.later = 0;
    return went;
  }

  /** Lets time pass. @param {number} ms at speed 1 @param {() => boolean} on
   * @param {(part: number) => void} [move] called with how much of it has passed, for a frame each time
   * @returns {Promise<boolean>} whether it is still wanted */
  #pass(ms, on, move) {
    return new Promise((done) => {
      let passed = 0;
      let last = 0;
      const frame = (/** @type {number} */ time) => {
        const speed = this.#single ? SINGLE : this.clock.speed;
        const step = last ? Math.min(time - last, 100) * speed : 0;
        last = time;
        passed += step;
        this.#left -= step;
        const over = !(passed < ms) || this.#hurried;
        if (on() && move) {
          move(over ? 1 : passed / ms);
          this.clock.draw();
        }
        if (over || !on()) return done(on());
        requestAnimationFrame(frame);
      };
      if (ms > 0 && !this.#hurried) requestAnimationFrame(frame);
      else {
        if (on()) move?.(1);
        done(on());
      }
    });
  }
}
