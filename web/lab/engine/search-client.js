// Asks the search a question: in a worker, and where there can be none, on the page itself.
//
// A worker must come from the page's own site. A lab that is embedded from elsewhere, opened as a file or kept by a
// strict policy has none, and only finds out by trying. Then the same module works here, for a few milliseconds between
// frames.

import { wasm, worker as begun } from "./worker.js";
/** @import { Progress, Told } from "../../search-worker.js" */

/** @typedef {import("../../wasm/quorum_search.js").Question} Question */
/** @typedef {import("../../wasm/quorum_search.js").Bounds} Bounds */
/** @typedef {import("../../wasm/quorum_search.js").Report} Report */
/** @typedef {import("../../wasm/quorum_search.js").Lesson} RuleStory */
/** @typedef {typeof import("../../search-worker.js")} Engine */
/** @typedef {"found" | "stopped" | "full"} End */

/** How long to work between two frames, in ms. */
const SLICE = 5;

/** @type {Promise<Engine> | undefined} */
let current;
/** Whether what was loaded ran out of memory or hit a bug: that is never used again. */
let spent = false;

/** The search as a module of this page, loaded when first asked for.
 * @returns {Promise<Engine>} rejects with a sentence */
function engine() {
  current ??= import("../../search-worker.js")
    .then(async (module) => {
      if (spent) await module.renew();
      spent = false;
      await module.ready(await wasm());
      return module;
    })
    .catch((error) => {
      current = undefined;
      throw new Error(
        `What the search needs did not load (${error?.message ?? error}). Check that the page is online, and try again.`,
      );
    });
  return current;
}

/** What the rules are, and what checks a question. */
export const loaded = async () => (await engine()).ready();

/** One search. It ends once, with a report, by being stopped, or for want of memory. */
export class SearchHandle {
  /** Whether it has to share the page's own thread. */
  slow = false;
  /** How far it has come. @type {Progress | undefined} */
  progress;
  /** @type {Worker | undefined} */
  #worker;
  #stopped = false;
  /** @type {((end: undefined) => void) | undefined} */
  #stop;

  /** @param {Question} question @param {() => void} changed there is something new to show */
  constructor(question, changed) {
    this.question = question;
    this.changed = changed;
    /** None when it was stopped. Rejects with a sentence. @type {Promise<Report | undefined>} */
    this.report = this.#begin();
  }

  /** Ends it at once, and gives its memory back. */
  stop() {
    this.#stopped = true;
    this.#worker?.terminate();
    this.#stop?.(undefined);
  }

  async #begin() {
    const stopped = new Promise((resolve) => (this.#stop = resolve));
    return Promise.race([this.#search(), stopped]);
  }

  /** @returns {Promise<Report | undefined>} */
  async #search() {
    const answer = await this.#elsewhere();
    if (answer) return answer.report;
    if (this.#stopped) return undefined;
    this.slow = true;
    this.changed();
    return this.#here();
  }

  /** Asks a worker. @returns {Promise<{ report: Report } | null>} null where there can be none */
  async #elsewhere() {
    /** @type {Worker} */
    let worker;
    try {
      worker = this.#worker = begun();
    } catch {
      return null; // from another site, or not allowed
    }
    try {
      return await new Promise((resolve, reject) => {
        worker.onerror = (event) => {
          event.preventDefault();
          if (this.progress) reject(new Error(`The search stopped: ${event.message}`));
          else resolve(null);
        };
        worker.onmessage = ({ data }) => {
          const told = /** @type {Told} */ (data);
          if ("failed" in told) return told.loading ? resolve(null) : reject(this.#sentence(told));
          this.progress = told.progress;
          if (told.report) resolve({ report: told.report });
          else this.changed();
        };
        void wasm().then((wasm) => worker.postMessage({ question: this.question, wasm }), reject);
      });
    } finally {
      worker.terminate();
    }
  }

  /** @returns {Promise<Report | undefined>} */
  async #here() {
    const module = await engine();
    const tell = (/** @type {Progress} */ progress) => {
      this.progress = progress;
      this.changed();
    };
    try {
      return await module.search(this.question, tell, { slice: SLICE, pause: nextTask, stopped: () => this.#stopped });
    } catch (error) {
      const { failed, full, broken } = module.failure(error);
      if (broken) {
        current = undefined;
        spent = true;
      }
      throw this.#sentence({ failed, full });
    }
  }

  /** @param {{ failed: string, full?: boolean }} failure */
  #sentence({ failed, full }) {
    if (!full) return new Error(failed);
    const states = (this.progress?.states ?? 0).toLocaleString("en");
    return new Error(
      `This browser has no more memory for the search. It had found ${states} states: nothing was wrong in those, and that does not mean safe. Ask for less.`,
    );
  }
}

const channel = new MessageChannel();
/** @type {(() => void)[]} */
const waiting = [];
channel.port1.onmessage = () => waiting.shift()?.();

/** Lets the page do what it has to, without the milliseconds that a timer would add. @returns {Promise<void>} */
const nextTask = () =>
  new Promise((done) => {
    waiting.push(done);
    channel.port2.postMessage(null);
  });
