// Where a run is kept: in this browser's storage, or only in this page. What a step must find kept is written
// before it happens; everything else is written soon afterwards, in one go.
//
// When the page is left in order, the moment is written down as well, as a *mark*. Coming back leads there. The first
// step after that waits until the mark is gone. So where there is no mark, the last moments may be missing.

import { heard, regret, say, unsay } from "./last-words.js";
import { browser, hold, memory, Superseded } from "./storage.js";
/** @import { Action, Disk, Run } from "./engine.js" */
/** @import { Change, Kept } from "./storage.js" */

/** How long a change that need not be durable may wait to be saved, in ms. */
const SOON = 300;
/** How long the browser's storage may take to answer, in ms. */
const PATIENCE = 3000;

const SILENT = "the browser's storage has not answered for 3 seconds";
const STOPPED = "This lab has stopped.";
/** The names under which labs of this very page keep runs. */
const here = new Set();
const SUPERSEDED = "Another tab has taken this run over. Nothing that is done here is saved, so it is read-only here.";

/** The reason in an error, to go into a sentence. @param {unknown} error @returns {string} */
export const reason = (error) =>
  (error instanceof Error ? error.message || error.name : String(error)).replace(/\.$/, "");

/** @template T @param {Promise<T>} answer @returns {Promise<T>} rejects where it takes too long */
const inTime = (answer) =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(SILENT)), PATIENCE);
    answer.then(resolve, reject).finally(() => clearTimeout(timer));
  });

/**
 * @typedef {object} Owner whose run is kept
 * @property {(marked: boolean, others: boolean) => Kept} snapshot what to keep now: with the present as the moment at
 *   which the page was left, and with the other branches
 * @property {(text: string) => void} lost it is not persisted, and why
 * @property {(text: string) => void} superseded another page writes it now
 */

export class Keeper {
  /** Where the run is: kept by the browser, only in this page, or another tab's.
   * @type {"saved" | "memory" | "read-only"} */
  kept = "memory";
  /** The last run that was kept, and what a person did since: for a bug report, when the engine can no longer be asked.
   * @type {{ run: Run, since: Action[] } | undefined} */
  last;
  /** Whether what is kept names a moment at which the page was left. */
  marked = false;
  /** The disks that were kept last: those at the end of the branch that is kept. @type {Disk[]} */
  disks = [];
  storage = memory();
  /** Lets another tab write the run. @type {(() => void) | null} */
  #release = null;
  #committing = false;
  /** Whether the step that is being kept will not happen, because the page was left. */
  #overtaken = false;
  /** Whether to mark the present as soon as a step has happened. */
  #leaves = false;
  #unsaved = false;
  /** Whether other branches than the one kept have changed. */
  #others = false;
  #closed = false;
  /** Of the last writes. @type {string[]} */
  #stamps = [];
  /** @type {Promise<void>} */
  #written = Promise.resolve();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /** Whether it is a lab of this very page that writes the run, and not another tab. */
  beside = false;

  /** @param {string | null} name under which to keep the run; null keeps it in memory
   * @param {Owner} owner */
  constructor(name, owner) {
    this.name = name;
    this.owner = owner;
  }

  /** Finds a run, and whether this page may write it.
   * @returns {Promise<Kept | null>} rejects where nothing can be kept */
  async find() {
    if (!this.name) return null;
    const opening = this.#open(this.name);
    try {
      const { storage, release, found } = await inTime(opening);
      this.storage = storage;
      this.#release = release;
      this.beside = !release && here.has(this.name);
      if (release) here.add(this.name);
      this.kept = release ? "saved" : "read-only";
      if (found?.stamp) this.#stamps = [found.stamp];
      return release ? heard(this.name, found) : found;
    } catch (error) {
      opening.then(
        ({ storage, release }) => {
          storage.close();
          release?.();
        },
        () => {}, // it is told already
      );
      throw error;
    }
  }

  /** @param {string} name */
  async #open(name) {
    const storage = await browser(name);
    const release = await hold(name);
    return { storage, release, found: release ? await storage.open() : await storage.load(name) };
  }

  /** Moves the run that was found out of the way. @param {string} why @returns {Promise<string>} the name it has now */
  setAside(why) {
    return this.storage.setAside(why);
  }

  /** Makes a step's needs durable before it happens: tell with `happened()` when it has.
   * @param {Kept} kept @param {Change[]} [besides] what else to keep or forget in the same moment
   * @returns {Promise<void>} rejects where the step must not happen */
  async commit(kept, besides = []) {
    if (this.#closed) throw new Error(STOPPED);
    this.#committing = true;
    /** @type {Change[]} */
    const changes = [...besides, [this.name ?? "", this.#stamped(kept)]];
    try {
      await inTime(this.storage.write(changes));
    } catch (error) {
      if (!this.#overtaken) await this.#failed(error);
      if (!this.#overtaken) await this.storage.write(changes); // in memory
    }
    if (this.#overtaken) {
      this.#overtaken = false;
      this.#committing = false;
      throw new Error("The page was left before this step had happened.");
    }
    this.disks = kept.disks ?? this.disks;
    if (kept.others) this.#others = false;
    this.#unsaved = false;
    if (this.marked && this.name) unsay(this.name);
    this.marked = false;
    this.last = { run: kept.run, since: [] };
  }

  /** The step that something was kept for has happened. */
  happened() {
    this.#committing = false;
    if (this.#leaves) this.leave();
  }

  /** Something changed that need not be durable.
   * @param {{ action?: Action, others?: boolean }} [what] a person's action; whether it was on another branch than the
   * one kept */
  changed({ action, others } = {}) {
    if (action) this.last?.since.push(action);
    if (others) this.#others = true;
    this.#unsaved = true;
    this.#saveSoon();
  }

  /** The present is another one, and nothing else has changed. */
  moved() {
    if (this.marked) this.changed();
  }

  /** Saves what there is now, or soon if something is just being written. */
  flush() {
    if (!this.#unsaved || this.kept !== "saved" || this.#closed) return;
    if (this.#committing) return this.#saveSoon();
    this.#save(false, this.#others);
  }

  /** Saves what there is now as the moment at which the page was left.
   * @param {boolean} [now] whether the page may be gone at once: then a step that is being kept does not happen */
  leave(now = false) {
    this.#leaves = this.#committing && !now;
    if (this.#leaves || this.kept !== "saved" || this.#closed) return;
    if (this.marked && !this.#unsaved) return;
    this.#overtaken = this.#committing;
    this.#save(true, this.#others || this.#overtaken);
    if (this.name) say(this.name, { ...this.owner.snapshot(true, true), disks: this.disks }, this.#stamps);
  }

  /** Writes down once more, with the moment, all of what was found: the database has only what was there before. */
  repeat() {
    this.#save(true, true, true);
  }

  /** @param {Kept} kept */
  #stamped(kept) {
    const stamp = crypto.getRandomValues(new Uint32Array(3)).join("-"); // no two pages have the same
    this.#stamps = [stamp, ...this.#stamps.slice(0, 2)];
    return { ...kept, stamp };
  }

  /** @param {boolean} marked @param {boolean} others @param {boolean} [disks] whether to write these, too */
  #save(marked, others, disks = this.#overtaken) {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const kept = this.#stamped(this.owner.snapshot(marked, others));
    // Where a step is just being written, the disks are those after it.
    if (disks) kept.disks = this.disks;
    this.#unsaved = false;
    this.#others = false;
    this.marked = marked;
    this.#written = inTime(this.storage.write([[this.name ?? "", kept]])).catch((error) =>
      this.#failed(error).catch(() => {}),
    );
  }

  #saveSoon() {
    if (this.kept === "saved") this.#timer ??= setTimeout(() => this.flush(), SOON);
  }

  /** @param {unknown} error @returns {Promise<void>} rejects where another page writes the run now */
  async #failed(error) {
    if (this.#closed) throw new Error(STOPPED);
    if (error instanceof Superseded) {
      this.#committing = false;
      this.#letGo();
      this.kept = "read-only";
      this.owner.superseded(SUPERSEDED);
      throw new Error(SUPERSEDED);
    }
    const why = `The browser could not save this step (${reason(error)}).`;
    this.forget(`${why} The lab goes on in memory: closing the page loses what follows.`);
    if (this.name) regret(this.name, reason(error));
  }

  /** Goes on in memory. @param {string} text why */
  forget(text) {
    this.#letGo();
    this.storage = memory();
    this.kept = "memory";
    this.marked = false;
    this.owner.lost(text);
  }

  #letGo() {
    clearTimeout(this.#timer);
    this.storage.close();
    if (this.#release) here.delete(this.name);
    this.#release?.();
    this.#release = null;
  }

  /** Lets go of everything; what was begun is still finished.
   * @returns {Promise<void>} when it is */
  close() {
    this.#closed = true;
    this.#letGo();
    return this.#written;
  }
}
