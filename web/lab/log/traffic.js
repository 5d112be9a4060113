// What the events of a run tell beside its views: how many messages went between servers and when, and who began to lead.
// It reads each event once, a little at a time.

/** @import { Event } from "../engine/engine.js" */
/** @import { Record } from "../engine/record.js" */
/** @import { Store } from "../store.js" */

/** How long to read in a frame, in ms. */
const SLICE = 6;

export class Traffic {
  /** Messages between servers, those that only say that somebody is there apart. @type {{ at: number, count: number }[]} */
  sent = [];
  /** Each time that a server began to lead. @type {{ at: number, server: number, ballot?: string }[]} */
  begun = [];
  /** @type {Record | undefined} */
  #record;
  #known = 0;
  #step = 0;

  /** @param {Store} store */
  constructor(store) {
    this.store = store;
  }

  /** Takes in what happened up to a step. @param {number} step */
  follow(step) {
    const { record } = this.store;
    if (record !== this.#record || step < this.#step) {
      [this.#record, this.#known] = [record, 0];
      [this.sent, this.begun] = [[], []];
    }
    this.#step = step;
    const until = performance.now() + SLICE;
    const last = record.after(step);
    for (; this.#known < last; this.#known++) {
      const name = record.name(this.#known);
      if (name === "sent" || name === "leads") this.#take(record.event(this.#known));
      if (this.#known % 32 === 31 && performance.now() > until) return this.store.draw();
    }
  }

  /** @param {Event} event */
  #take({ event, at, node, ballot, message }) {
    if (event === "leads" && node) this.begun.push({ at, server: node, ballot });
    if (!message || typeof message.from !== "number" || typeof message.to !== "number") return;
    if (message.from === message.to || this.store.protocol.quiet?.(message.kind)) return;
    const last = this.sent.at(-1);
    if (last?.at === at) last.count++;
    else this.sent.push({ at, count: 1 });
  }
}
