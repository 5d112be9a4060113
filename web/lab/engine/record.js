// What happened in a branch, in brief: a few numbers for each event, so that a run of a hundred thousand steps takes a
// few megabytes. Sentences are made by the engine, where somebody looks, and forgotten again when nobody does.

/** @import { EndId, Event, Row } from "./engine.js" */

/** So many steps are told at once. */
const BLOCK = 32;
/** So many blocks are remembered: what is in sight, and some of what was. */
const BLOCKS = 48;

export class Record {
  /** How many events there are. */
  count = 0;
  #steps = new Uint32Array(256);
  #times = new Float64Array(256);
  /** Kind, server, sender and receiver of each event, a byte each. */
  #whats = new Uint32Array(256);
  /** Events with their sentences, by block, the latest asked for last. @type {Map<number, Event[]>} */
  #blocks = new Map();
  /** All events from the beginning, as far as they were asked for. @type {Event[]} */
  #whole = [];

  /** @param {string[]} names of the kinds of events, by number
   * @param {(from: number, to: number) => Event[]} tell the events of some steps of this branch, in full */
  constructor(names, tell) {
    this.names = names;
    this.tell = tell;
  }

  /** Up to which step there is anything. */
  get steps() {
    return this.count ? this.#steps[this.count - 1] : 0;
  }

  /** Takes in events of further steps, three numbers each. @param {Float64Array} packed */
  take(packed) {
    this.#room(packed.length / 3);
    for (let i = 0; i < packed.length; i += 3) this.#add(packed[i], packed[i + 1], packed[i + 2]);
  }

  /** Takes in the events of further steps. @param {Row[]} rows */
  add(rows) {
    this.#room(rows.length);
    for (const { step, at, event, node = 0, message, from = 0, to = 0 } of rows) {
      const ends = message === undefined ? 0 : (numberOf(from) << 16) | (numberOf(to) << 24);
      this.#add(step, at, this.names.indexOf(event) | (node << 8) | ends);
    }
  }

  /** @param {number} step @param {number} at @param {number} what */
  #add(step, at, what) {
    this.#steps[this.count] = step;
    this.#times[this.count] = at;
    this.#whats[this.count++] = what;
  }

  /** @param {number} more events */
  #room(more) {
    if (this.count + more <= this.#steps.length) return;
    const size = Math.max(this.count + more, this.#steps.length * 2);
    this.#steps = grown(this.#steps, new Uint32Array(size));
    this.#times = grown(this.#times, new Float64Array(size));
    this.#whats = grown(this.#whats, new Uint32Array(size));
  }

  /** The same up to a step, as another branch begins. @param {number} step @returns {Record} */
  until(step) {
    const record = new Record(this.names, this.tell);
    record.count = this.after(step);
    record.#steps = this.#steps.slice(0, record.count);
    record.#times = this.#times.slice(0, record.count);
    record.#whats = this.#whats.slice(0, record.count);
    record.#whole = this.#whole.slice(0, record.count);
    for (const [block, events] of this.#blocks)
      record.#blocks.set(
        block,
        events.slice(
          0,
          upTo(events.length, (i) => events[i].step, step),
        ),
      );
    return record;
  }

  /** @param {number} i an event @returns {number} its step */
  step(i) {
    return this.#steps[i];
  }

  /** @param {number} i an event @returns {number} when it happened, in simulated ms */
  at(i) {
    return this.#times[i];
  }

  /** @param {number} i an event @returns {string} its kind */
  name(i) {
    return this.names[this.#whats[i] & 255];
  }

  /** @param {number} i an event @param {number} server
   * @returns {boolean} whether it happened there, or its message is from there or for it */
  concerns(i, server) {
    const what = this.#whats[i];
    return ((what >> 8) & 255) === server || ((what >> 16) & 255) === server || what >>> 24 === server;
  }

  /** How many events happened up to a step. @param {number} step */
  after(step) {
    return upTo(this.count, (i) => this.#steps[i], step);
  }

  /** @param {number} i @returns {Event} in full */
  event(i) {
    return this.#whole[i] ?? this.#block(Math.floor(this.#steps[i] / BLOCK), i, true)[i - this.#first(i)];
  }

  /** Where an event is; -1 if it is not of this branch. @param {Event} event */
  indexOf(event) {
    const [from, to] = [this.after(event.step - 1), this.after(event.step)];
    const text = JSON.stringify(event);
    for (let i = from; i < to; i++) if (JSON.stringify(this.event(i)) === text) return i;
    return -1;
  }

  /** All events in full, from the beginning, as far as they can be told by then.
   * @param {number} ms since the page began
   * @returns {Event[]} the same objects for as long as they are asked for again and again */
  whole(ms) {
    while (this.#whole.length < this.count && performance.now() <= ms) {
      const block = Math.floor(this.#steps[this.#whole.length] / BLOCK);
      const known = this.#whole.length - this.#first(this.#whole.length);
      const more = this.#block(block, this.count - 1, false).slice(known);
      if (!more.length) break;
      this.#whole.push(...more);
    }
    return this.#whole;
  }

  /** Nobody asks for all events any more. */
  forget() {
    this.#whole = [];
  }

  /** The events of a block of steps, at least up to one of them. @param {number} block @param {number} i
   * @param {boolean} keep */
  #block(block, i, keep) {
    const known = this.#blocks.get(block) ?? [];
    const first = this.after(block * BLOCK - 1);
    const last = this.after((block + 1) * BLOCK - 1);
    if (known.length < last - first && first + known.length <= i) {
      const from = known.length ? known[known.length - 1].step + 1 : block * BLOCK;
      known.push(...this.tell(from, (block + 1) * BLOCK - 1));
    }
    if (keep || this.#blocks.has(block)) {
      this.#blocks.delete(block);
      this.#blocks.set(block, known);
      for (const [oldest] of this.#blocks) if (this.#blocks.size > BLOCKS) this.#blocks.delete(oldest);
    }
    return known;
  }

  /** Where the block of an event begins. @param {number} i */
  #first(i) {
    return this.after(Math.floor(this.#steps[i] / BLOCK) * BLOCK - 1);
  }
}

/** A server is its number, and clients follow all servers that there may be, as in what the engine packs.
 * @param {EndId} end @returns {number} */
const numberOf = (end) => (typeof end === "number" ? end : 102 + end.charCodeAt(0) - "a".charCodeAt(0));

/** The number of entries that come before or are `limit`, found by halving. @param {number} length
 * @param {(i: number) => number} of rising @param {number} limit @returns {number} */
function upTo(length, of, limit) {
  let [low, high] = [0, length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (of(middle) <= limit) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** @template {Uint32Array | Float64Array} T @param {T} from @param {T} to @returns {T} */
function grown(from, to) {
  to.set(from);
  return to;
}
