// One run and where it is kept. Every change goes through one queue and one rule:
//
//     ask the engine what must be durable before this may happen -> make it durable in the browser -> let it happen
//
// so a reply never leaves a server before the promise it depends on would survive the closing of the tab.
//
// Looking back changes nothing that is kept. Only what happens after the end of a branch is new; the first time it
// happens on another branch than the one kept, that branch is kept in its place.

import { discard, engine, isPanic } from "./engine.js";
import { Keeper, reason } from "./keeper.js";
import { branch as branchOf, lastBy, present } from "./moments.js";

/** @import { Action, Commitment, Config, Engine, Event, Lab, Next, Run, Target, Timeline, View } from "./engine.js" */
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
 * @property {(events: Event[]) => void} changed after every step
 * @property {() => void} moved after going to another moment
 * @property {(topic: Topic, text: string) => void} tell a sentence for the page to show
 * @property {(text: string) => void} panicked the engine hit a bug in itself
 */

/** How long to work before the page may do something else, in ms. */
const SLICE = 12;

/** Lets the page do what it has to. @returns {Promise<number>} until when to work then */
const nextTask = () => new Promise((done) => setTimeout(() => done(performance.now() + SLICE)));

const READ_ONLY = "This lab is read-only here: another tab is running it.";
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

  /** Use `Session.open`. @param {Options} options @param {Engine} module */
  constructor(options, module) {
    this.options = options;
    this.module = module;
    this.#lab = options.run ? module.Lab.load(options.run) : new module.Lab(options.config);
    options.begin(this.#lab);
    this.#keeper = new Keeper(
      options.name,
      () => this.run(),
      (text) => options.tell("not-persisted", text),
    );
  }

  /** Rejects if WebAssembly does not load, or the config is refused.
   * @param {Options} options @returns {Promise<Session>} */
  static async open(options) {
    const session = new Session(options, await engine());
    await session.#readNotes(options.run);
    if (options.name) await session.#find();
    session.#keeper.last = { run: session.#lab.run(), since: [] };
    session.#branch = session.view().branch;
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
    /** @type {Lab} */
    let lab;
    try {
      if (this.options.afresh) throw new Error("it led to a bug");
      lab = resume(this.module, stored, this.#lab.run().engine);
    } catch (error) {
      if (isPanic(error)) throw error;
      if (this.kept === "read-only") return this.options.tell("read-only", unreadable(reason(error)));
      const aside = await this.#keeper.setAside();
      await this.#begin();
      return this.options.tell("set-aside", setAside(reason(error), aside));
    }
    this.#swap(lab);
    await this.#readNotes(stored.run);
    this.fresh = false;
    if (this.kept === "read-only" || !lab.view().step) return;
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
  /** @param {number} [from] a step @param {number} [to] a step, by default the last @returns {Event[]} */
  events(from = 0, to) {
    return this.#ask((lab) => lab.events(from, to));
  }
  /** @returns {Timeline} */
  timeline() {
    return this.#ask((lab) => lab.timeline());
  }
  /** Whether this is the past. */
  get past() {
    const { step, length } = this.view();
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
      return { from: lab.run(), step: lab.view().step };
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
      const why = this.whyNot(action);
      if (why) throw new Error(why);
      await this.#do(action);
    });
  }

  /** Does what is next on record, or else what the clock does. @param {number} count steps @param {number} [until] simulated ms: none later than this
   * @returns {Promise<boolean>} false once nothing is left to happen */
  step(count, until = Infinity) {
    const halts = this.#halts;
    return this.#enqueue(async () => {
      let left = count;
      return this.#goOn(halts, (next) => next.at <= until && left-- > 0, until < Infinity);
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
      await this.#goOn(halts, () => this.view().step < step);
    });
  }

  /** Goes to the last step at or before a time; to one that has not happened yet, by going on. @param {number} ms simulated @returns {Promise<void>} */
  at(ms) {
    const halts = this.#halts;
    return this.#enqueue(async () => {
      const step = this.#ask((lab) => lastBy(lab, ms));
      if (step !== this.view().step) this.#go((lab) => lab.seek(step));
      await this.#goOn(halts, ({ at }) => at <= ms);
    });
  }

  /** Does what comes next, while there is anything and it is wanted. @param {number} halts how often work had been called off
   * when this was asked for @param {(next: Next) => boolean} wanted
   * @param {boolean} [playing] stops after a while, to leave time to draw @returns {Promise<boolean>} false once nothing is left to happen */
  async #goOn(halts, wanted, playing = false) {
    let slice = performance.now() + SLICE;
    for (let next = this.#lab.next(); next; next = this.#lab.next()) {
      if (this.#halts !== halts || !wanted(next)) return true;
      await this.#do();
      if (performance.now() <= slice) continue;
      if (playing) return true;
      slice = await nextTask();
    }
    return false;
  }

  /** Another branch, as a run of its own. @param {number} branch @returns {Run} */
  runOf(branch) {
    return this.#ask((lab) => branchOf(lab, branch));
  }

  /** Goes to the end of a branch. @param {number} branch @returns {Promise<void>} rejects if there is none of that number */
  switchTo(branch) {
    return this.#enqueue(async () => this.#go((lab) => lab.switchTo(branch)));
  }

  /** Begins a branch here, whose future is not on record yet. @returns {Promise<void>} rejects if there are too many */
  fork() {
    return this.#enqueue(async () => {
      if (this.kept === "read-only") throw new Error(READ_ONLY);
      this.#go((lab) => lab.fork());
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
      if (branch === this.#branch) this.#branch = 0;
    });
  }

  /** Goes to another moment. @param {(lab: Lab) => void} move */
  #go(move) {
    this.flush(); // what is kept is the branch that is left
    this.#ask(move);
    this.#view = undefined;
    this.options.moved();
  }

  /** Replaces the run. @param {Config | { run: Run }} what a config, or a run to replay
   * @param {(lab: Lab) => void} [prepare] brings it to where it should start @returns {Promise<void>} */
  replace(what, prepare) {
    return this.#enqueue(async () => {
      const run = "run" in what ? /** @type {Run} */ (what.run) : undefined;
      const lab = run ? this.module.Lab.load(run) : new this.module.Lab(/** @type {Config} */ (what));
      try {
        prepare?.(lab);
        if (this.kept === "read-only") throw new Error(READ_ONLY);
        await this.#commit(present(lab), run);
      } catch (error) {
        if (!isPanic(error)) lab.free();
        throw error;
      }
      this.#swap(lab);
      await this.#readNotes(run);
      this.#branch = this.view().branch;
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
    const past = this.past;
    if (!past && this.kept === "read-only") throw new Error(READ_ONLY);
    const elsewhere = !past && this.view().branch !== this.#branch;
    const commitment = this.#lab.commitment(action) ?? (elsewhere ? present(this.#lab) : null);
    if (commitment) await this.#commit(commitment);
    const events = action ? this.#lab.apply(action) : this.#lab.step();
    this.#view = undefined;
    this.#keeper.happened();
    if (commitment) this.#branch = this.view().branch;
    this.options.changed(events);
    if (!commitment && !past) this.#keeper.changed(action);
  }

  /** Writes a run just made over whatever was there. */
  async #begin() {
    await this.#commit(present(this.#lab));
    this.#keeper.happened();
    this.#branch = this.view().branch;
  }

  /** @param {Commitment} commitment @param {Run} [titled] what has a title and notes, if not the present run */
  async #commit(commitment, titled) {
    const run = titled ? { ...titled, ...commitment.run } : (this.notes?.add(commitment.run) ?? commitment.run);
    await this.#keeper.commit(commitment, run);
  }

  /** @param {Lab} lab */
  #swap(lab) {
    this.#lab.free();
    this.#lab = lab;
    this.#view = undefined;
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
