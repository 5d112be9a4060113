// One run and where it is kept. Every change goes through one queue and one rule:
//
//     prepare a step: the engine says what must be durable before it may happen -> make that durable in the browser ->
//     confirm it: the step happens
//
// so a reply never leaves a server before the promise it depends on would survive the closing of the tab.
//
// Looking back changes nothing that is kept. Only what happens after the end of a branch is new; the first time it
// happens on another branch than the one kept, that branch is kept in its place.

import { discard, engine, isPanic } from "./engine.js";
import { Keeper, reason } from "./keeper.js";
import { Record } from "./record.js";
import { Cancelled, nextSlice, replay, SLICE } from "./replay.js";

/** @import { Action, Config, Engine, Event, Lab, PendingSave, Position, Row, Run, Target, Timeline, View } from "./engine.js" */
/** @import { Stored } from "./storage.js" */
/** @import { Notes } from "./notes.js" */

/** @typedef {"power-cut" | "set-aside" | "read-only" | "not-persisted" | "linked"} Topic */

/**
 * @typedef {object} Options
 * @property {string | null} name under which the run is kept; null keeps it in memory
 * @property {Config} config of a run made afresh
 * @property {Run} [run] what to begin with instead
 * @property {boolean} afresh whether to set aside what is kept, because it led to a bug
 * @property {(lab: Lab) => void} begin brings a run made afresh to where it should start
 * @property {(rows: Row[]) => void} changed after every step
 * @property {() => void} moved after going to another moment
 * @property {(topic: Topic, text: string) => void} tell a sentence for the page to show
 * @property {(text: string) => void} panicked the engine hit a bug in itself
 * @property {import("./replay.js").Opening["opening"]} opening a run is being played again
 */

/** The events of so many steps are read at once. */
const PIECE = 200;

const READ_ONLY = "This lab is read-only here: another tab is running it.";
const DECLINED =
  "Your saved run was not opened, and is untouched: reload the page to open it. What happens now is not saved";
const LOOK_ONLY = "Another tab is running this lab. This is its run as last saved, to look at only.";

export class Session {
  /** Whether this page has just made a run, rather than found one. */
  fresh = true;
  dead = false;
  /** What is said about the run, if anything is. @type {Notes | undefined} */
  notes;
  /** @type {Lab} */
  #lab;
  /** @type {Keeper} */
  #keeper;
  /** @type {Promise<unknown>} */
  #queue = Promise.resolve();
  /** How often work under way was called off. */
  #halts = 0;
  /** The branch that is kept. */
  #branch = 0;
  /** @type {View | undefined} */
  #view;
  /** @type {Position | undefined} */
  #position;
  /** What happened in each branch that was looked at. @type {Map<number, Record>} */
  #records = new Map();

  /** Use `Session.open`. @param {Options} options @param {Engine} module @param {Lab} lab @param {Record} [record] of what it has played */
  constructor(options, module, lab, record) {
    this.options = options;
    this.module = module;
    this.#lab = lab;
    options.begin(lab);
    if (record) this.#records.set(this.position().branch, record);
    this.#keeper = new Keeper(
      options.name,
      () => this.run(),
      (text) => options.tell("not-persisted", text),
    );
  }

  /** Rejects if WebAssembly does not load, or the config is refused.
   * @param {Options} options @returns {Promise<Session>} */
  static async open(options) {
    const module = await engine();
    /** @type {{ lab: Lab, record?: Record }} */
    const { lab, record } = options.run
      ? await replay(module, options.run, options.opening, (from, to) => session.#tell(from, to))
      : { lab: new module.Lab(options.config), record: undefined };
    /** @type {Session} */
    const session = new Session(options, module, lab, record);
    await session.#readNotes(options.run);
    if (options.name) await session.#find();
    await session.#recall();
    session.#keeper.last = { run: session.#lab.run(), since: [] };
    session.#branch = session.position().branch;
    return session;
  }

  async #find() {
    try {
      const stored = await this.#keeper.find();
      if (this.kept === "read-only") this.options.tell("read-only", LOOK_ONLY);
      if (stored) await this.#resume(stored);
      else if (this.kept === "saved") await this.#begin();
    } catch (error) {
      if (isPanic(error)) return void this.#panic(error);
      this.#keeper.forget(`Not persisted: ${reason(error)}. The lab works, but closing the page loses it.`);
    }
  }

  /** @param {Stored} stored */
  async #resume(stored) {
    const { POWER_CUT, resume, setAside, unreadable } = await import("./resume.js");
    /** @type {{ lab: Lab, record: Record }} */
    let found;
    try {
      if (this.options.afresh) throw new Error("it led to a bug");
      found = await resume(stored, this.#lab.run().engine, (run) => this.#replay(run));
    } catch (error) {
      if (isPanic(error)) throw error;
      if (error instanceof Cancelled) return this.#keeper.forget(`${DECLINED}.`);
      if (this.kept === "read-only") return this.options.tell("read-only", unreadable(reason(error)));
      const aside = await this.#keeper.setAside();
      await this.#begin();
      return this.options.tell("set-aside", setAside(reason(error), aside));
    }
    this.#swap(found);
    await this.#readNotes(stored.run);
    this.fresh = false;
    if (this.kept === "read-only" || !this.position().step) return;
    await this.#do({ type: "power-cut" });
    this.options.tell("power-cut", POWER_CUT);
  }

  // Reading: at once, plain data.

  /** Where the run is: kept by the browser, only in this page, or another tab's. */
  get kept() {
    return this.#keeper.kept;
  }
  /** The last run that was kept, and what a person did since: for a bug report. */
  get last() {
    return this.#keeper.last;
  }

  /** @returns {View} */
  view() {
    this.#view ??= this.#ask((lab) => lab.view());
    return this.#view;
  }
  /** @returns {Position} where the present is and what comes next, for less than a view */
  position() {
    this.#position ??= this.#ask((lab) => lab.position());
    return this.#position;
  }
  /** The events of some steps of this branch, in full. @param {number} [from] a step @param {number} [to] a step, by default the last @returns {Event[]} */
  events(from = 0, to = Infinity) {
    /** @type {Event[]} */
    const events = [];
    const last = Math.min(to, this.position().length);
    // In pieces: the memory that the engine once needed for all of them, it would keep for ever.
    for (let step = from; step <= last; step += PIECE)
      events.push(...this.#tell(step, Math.min(last, step + PIECE - 1)));
    return events;
  }
  /** @param {number} from a step @param {number} to a step @returns {Event[]} */
  #tell(from, to) {
    return this.#ask((lab) => lab.tell(from, to));
  }
  /** What happened in this branch, in brief. @returns {Record} */
  get record() {
    const { branch } = this.position();
    const record = this.#records.get(branch) ?? this.#newRecord();
    this.#records.set(branch, record);
    return record;
  }
  #newRecord() {
    return new Record(this.module.Lab.eventNames(), (from, to) => this.#tell(from, to));
  }
  /** Sees to it that the record has all of the branch: it lacks what was not done through this session. */
  async #recall() {
    const { record } = this;
    const { length } = this.position();
    let until = performance.now() + SLICE;
    for (let step = record.steps + 1; step <= length; step += PIECE) {
      record.take(this.#ask((lab) => lab.rows(step, Math.min(length, step + PIECE - 1))));
      if (performance.now() > until) until = await nextSlice();
    }
  }
  /** The values that clients asked for in this branch, in the order they did. @returns {string[]} */
  asked() {
    const { interventions } = this.#ask((lab) => lab.run());
    return interventions.flatMap(({ action }) => (action.type === "propose" ? [action.value] : []));
  }
  /** @returns {Timeline} */
  timeline() {
    return this.#ask((lab) => lab.timeline());
  }
  /** Whether this is the past. */
  get past() {
    const { step, length } = this.position();
    return step < length;
  }
  /** @returns {Run} with its title and its notes */
  run() {
    const run = this.#ask((lab) => lab.run());
    return this.notes?.add(run) ?? run;
  }

  /** For saying something about the run. @returns {Promise<Notes>} */
  async annotate() {
    this.notes ??= await this.#notesOf();
    return this.notes;
  }

  /** @param {Run} [run] @returns {Promise<Notes>} */
  async #notesOf(run) {
    const { Notes } = await import("./notes.js");
    const place = {
      now: () => this.view(),
      branches: () => this.timeline().branches,
      changed: () => this.#keeper.changed(),
    };
    return new Notes(place, run);
  }

  /** @param {Run | undefined} run what may bring notes along */
  async #readNotes(run) {
    this.notes = run?.title || run?.notes?.length ? await this.#notesOf(run) : undefined;
  }

  /** @returns {number} a seed for another run */
  freshSeed() {
    return this.module.Lab.freshSeed();
  }

  /** The run after some more actions, done to a copy. @param {Action[]} actions @returns {{ from: Run, step: number }} */
  after(actions) {
    const lab = this.module.Lab.load(this.run());
    try {
      for (const action of actions) lab.apply(action);
      return { from: lab.run(), step: lab.position().step };
    } finally {
      lab.free();
    }
  }

  /** @returns {Action[]} */
  actions() {
    return this.#ask((lab) => lab.actions());
  }
  /** @param {Target} target */
  choices(target) {
    return this.#ask((lab) => lab.choices(target));
  }
  /** @param {Action} action @returns {string | null} why it is not possible */
  whyNot(action) {
    return this.kept === "read-only" ? READ_ONLY : this.#ask((lab) => lab.whyNot(action));
  }

  // Changing: queued, and rejected with a sentence when refused.

  /** @param {Action} action @returns {Promise<void>} */
  apply(action) {
    return this.#enqueue(async () => {
      if (this.kept === "read-only") throw new Error(READ_ONLY);
      await this.#do(action);
    });
  }

  /** Does what is next on record, or else what the clock does. @param {number} count steps @param {number} [until] simulated ms: none later than this
   * @returns {Promise<boolean>} false once nothing is left to happen */
  step(count, until = Infinity) {
    const halts = this.#halts;
    return this.#enqueue(async () => {
      let left = count;
      return this.#goOn(halts, (next) => next <= until && left-- > 0, until < Infinity);
    });
  }

  /** Calls off what is under way or waits for its turn: no further step of any of it. */
  halt() {
    this.#halts++;
  }

  /** Goes to a step of this branch; to one that has not happened yet, by going on. @param {number} step @returns {Promise<void>} */
  seek(step) {
    const halts = this.#halts;
    return this.#enqueue(async () => {
      this.#go((lab) => lab.seek(step));
      await this.#goOn(halts, () => this.position().step < step);
    });
  }

  /** Goes to the last step at or before a time; to one that has not happened yet, by going on. @param {number} ms simulated @returns {Promise<void>} */
  at(ms) {
    const halts = this.#halts;
    return this.#enqueue(async () => {
      const step = this.#ask((lab) => lab.stepAt(ms));
      if (step !== this.position().step) this.#go((lab) => lab.seek(step));
      await this.#goOn(halts, (next) => next <= ms);
    });
  }

  /** Does what comes next, while there is anything and it is wanted. @param {number} halts how often work had been called off
   * when this was asked for @param {(next: number) => boolean} wanted whether to do what comes next, at a time in simulated ms
   * @param {boolean} [playing] stops after a while, to leave time to draw @returns {Promise<boolean>} false once nothing is left to happen */
  async #goOn(halts, wanted, playing = false) {
    let slice = performance.now() + SLICE;
    for (let { next } = this.position(); next !== null; next = this.position().next) {
      if (this.#halts !== halts || !wanted(next)) return true;
      await this.#do();
      if (performance.now() <= slice) continue;
      if (playing) return true;
      slice = await nextSlice();
    }
    return false;
  }

  /** Another branch, as a run of its own. @param {number} branch @returns {Run} */
  runOf(branch) {
    return this.#ask((lab) => lab.runOf(branch));
  }

  /** Goes to the end of a branch. @param {number} branch @returns {Promise<void>} rejects if there is none of that number */
  switchTo(branch) {
    return this.#enqueue(async () => {
      this.flush(); // what is kept is the branch that is left
      this.#ask((lab) => lab.switchTo(branch));
      this.#stale();
      await this.#recall();
      this.options.moved();
    });
  }

  /** Begins a branch here, whose future is not on record yet. @returns {Promise<void>} rejects if there are too many */
  fork() {
    return this.#enqueue(async () => {
      if (this.kept === "read-only") throw new Error(READ_ONLY);
      const { record } = this;
      const { step, branch } = this.position();
      this.#go((lab) => {
        lab.fork();
        const now = lab.position().branch;
        if (now !== branch) this.#records.set(now, record.until(step));
      });
      await this.#begin();
    });
  }

  /** @param {number} branch @param {string} name @returns {Promise<void>} */
  rename(branch, name) {
    return this.#enqueue(async () => this.#lab.rename(branch, name));
  }

  /** Forgets a branch. @param {number} branch @returns {Promise<void>} rejects if it is the one shown */
  discard(branch) {
    return this.#enqueue(async () => {
      this.#lab.discard(branch);
      this.#records.delete(branch);
      if (branch === this.#branch) this.#branch = 0;
    });
  }

  /** Goes to another moment. @param {(lab: Lab) => void} move */
  #go(move) {
    this.flush(); // what is kept is the branch that is left
    this.#ask(move);
    this.#stale();
    this.options.moved();
  }

  /** The present is another one. */
  #stale() {
    this.#view = undefined;
    this.#position = undefined;
  }

  /** @param {Run} run */
  #replay(run) {
    return replay(this.module, run, this.options.opening, (from, to) => this.#tell(from, to));
  }

  /** Replaces the run. @param {Config | { run: Run }} what a config, or a run to replay
   * @param {(lab: Lab) => void} [prepare] brings it to where it should start @returns {Promise<void>} */
  replace(what, prepare) {
    return this.#enqueue(async () => {
      const run = "run" in what ? /** @type {Run} */ (what.run) : undefined;
      const found = run
        ? await this.#replay(run)
        : { lab: new this.module.Lab(/** @type {Config} */ (what)), record: this.#newRecord() };
      try {
        prepare?.(found.lab);
        if (this.kept === "read-only") throw new Error(READ_ONLY);
        await this.#commit(found.lab.saved(), run);
      } catch (error) {
        if (!isPanic(error)) found.lab.free();
        throw error;
      }
      this.#swap(found);
      await this.#readNotes(run);
      await this.#recall();
      this.#branch = this.position().branch;
    });
  }

  /** Saves what there is now: also called when the page may be about to go. */
  flush() {
    if (!this.dead) this.#keeper.flush();
  }

  /** Lets go of everything, once what is under way is done. @returns {Promise<void>} when another may take it up */
  close() {
    return this.#queue.then(() => {
      if (this.dead) return;
      this.flush();
      this.dead = true;
      this.#keeper.close();
      this.#lab.free();
    });
  }

  /** @template T @param {() => Promise<T>} job @returns {Promise<T>} */
  #enqueue(job) {
    const done = this.#queue.then(async () => {
      if (this.dead) throw new Error("This lab has stopped.");
      try {
        return await job();
      } catch (error) {
        throw isPanic(error) ? this.#panic(error) : error;
      }
    });
    this.#queue = done.catch(() => {});
    return done;
  }

  /** The rule. @param {Action} [action] a person's; without one, what the clock does next */
  async #do(action) {
    const { step, length, branch } = this.position();
    const past = step < length;
    if (!past && this.kept === "read-only") throw new Error(READ_ONLY);
    const elsewhere = !past && branch !== this.#branch;
    const save = this.#lab.prepare(action) ?? (elsewhere ? this.#lab.saved() : null);
    if (save) await this.#commit(save);
    const { record } = this;
    const rows = this.#lab.confirm();
    this.#stale();
    this.#keeper.happened();
    const now = this.position().branch;
    // Done in the past, it began a branch; what is on record there is not new.
    if (now !== branch) this.#records.set(now, record.until(step));
    if (now !== branch || !past) this.record.add(rows);
    if (save) this.#branch = now;
    this.options.changed(rows);
    if (!save && !past) this.#keeper.changed(action);
  }

  /** Writes a run just made over whatever was there. */
  async #begin() {
    await this.#commit(this.#lab.saved());
    this.#keeper.happened();
    this.#branch = this.position().branch;
  }

  /** @param {PendingSave} save @param {Run} [titled] what has a title and notes, if not the present run */
  async #commit(save, titled) {
    const run = titled ? { ...titled, ...save.run } : (this.notes?.add(save.run) ?? save.run);
    await this.#keeper.commit(save, run);
  }

  /** @param {{ lab: Lab, record: Record }} found */
  #swap({ lab, record }) {
    this.#lab.free();
    this.#lab = lab;
    this.#stale();
    this.#records.clear();
    this.#records.set(this.position().branch, record);
    this.#keeper.happened();
  }

  /** @template T @param {(lab: Lab) => T} question @returns {T} */
  #ask(question) {
    try {
      return question(this.#lab);
    } catch (error) {
      throw isPanic(error) ? this.#panic(error) : error;
    }
  }

  /** The engine hit a bug in itself: it is not used again. @param {unknown} error what it threw @returns {Error} a sentence */
  #panic(error) {
    const text = this.module.panicMessage() || reason(error);
    if (!this.dead) {
      this.dead = true;
      discard();
      this.#keeper.close();
      this.options.panicked(text);
    }
    return new Error(`Quorum hit a bug in itself: ${text.replace(/\.$/, "")}.`, { cause: error });
  }
}
