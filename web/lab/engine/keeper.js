// Where a run is kept: in this browser's storage, or only in this page. What a step must find kept is written
// before it happens; everything else is written soon afterwards, in one go.

import { browser, hold, memory } from "./storage.js";
/** @import { Action, PendingSave, Run } from "./engine.js" */
/** @import { Stored } from "./storage.js" */

/** How long a change that need not be durable may wait to be saved, in ms. */
const SOON = 300;

/** The reason in an error, to go into a sentence. @param {unknown} error @returns {string} */
export const reason = (error) =>
  (error instanceof Error ? error.message || error.name : String(error)).replace(/\.$/, "");

export class Keeper {
  /** Where the run is: kept by the browser, only in this page, or another tab's.
   * @type {"saved" | "memory" | "read-only"} */
  kept = "memory";
  /** The last run that was kept, and what a person did since: for a bug report, when the engine can no longer be asked.
   * @type {{ run: Run, since: Action[] } | undefined} */
  last;
  #storage = memory();
  /** Lets another tab write the run. @type {(() => void) | null} */
  #release = null;
  #committing = false;
  #unsaved = false;
  #closed = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /** @param {string | null} name under which to keep the run; null keeps it in memory
   * @param {() => Run} run what to save
   * @param {(text: string) => void} lost it is not persisted, and why */
  constructor(name, run, lost) {
    this.name = name;
    this.run = run;
    this.tellLost = lost;
  }

  /** Finds a run, and whether this page may write it.
   * @returns {Promise<Stored | null>} rejects where nothing can be kept */
  async find() {
    if (!this.name) return null;
    this.#storage = await browser();
    this.#release = await hold(this.name);
    this.kept = this.#release ? "saved" : "read-only";
    return this.#storage.load(this.name);
  }

  /** Moves the run that was found out of the way. @returns {Promise<string>} the name it has now */
  setAside() {
    return this.#storage.setAside(this.name ?? "");
  }

  /** Makes a step's needs durable before it happens: tell with `happened()` when it has. @param {PendingSave} save
   * @param {Run} run with its title and its notes */
  async commit(save, run) {
    this.#committing = true;
    try {
      await this.#storage.commit(this.name ?? "", { ...save, run });
      this.#unsaved = false;
      this.last = { run, since: [] };
    } catch (error) {
      this.#lost(error);
    }
  }

  /** The step that something was kept for has happened. */
  happened() {
    this.#committing = false;
  }

  /** Something changed that need not be durable. @param {Action} [action] a person's */
  changed(action) {
    if (action) this.last?.since.push(action);
    this.#unsaved = true;
    this.#saveSoon();
  }

  /** Saves what there is now, or soon if something is just being written: also called when the page may be about to go. */
  flush() {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (!this.#unsaved || this.kept !== "saved" || !this.name || this.#closed) return;
    if (this.#committing) return this.#saveSoon();
    this.#unsaved = false;
    this.#storage.saveRun(this.name, this.run()).catch((error) => this.#lost(error));
  }

  #saveSoon() {
    if (this.kept === "saved") this.#timer ??= setTimeout(() => this.flush(), SOON);
  }

  /** @param {unknown} error */
  #lost(error) {
    const why = `The browser could not save this step (${reason(error)}).`;
    this.forget(`${why} The lab goes on in memory: closing the page loses what follows.`);
  }

  /** Goes on in memory. @param {string} text why */
  forget(text) {
    this.#storage.close();
    this.#storage = memory();
    this.#release?.();
    this.kept = "memory";
    this.tellLost(text);
  }

  /** Lets go of everything; what was begun is still finished. */
  close() {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#storage.close();
    this.#release?.();
  }
}
