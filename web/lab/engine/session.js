// One run and where it is kept. Every change goes through one queue and one rule:
//
//     prepare a step: the engine says what must be durable before it may happen -> make that durable in the browser ->
//     confirm it: the step happens
//
// so a reply never leaves a server before the promise it depends on would survive the closing of the tab.
//
// Looking back changes nothing of the run. Only what happens after the end of a branch is new. The first time it
// happens on another branch than the one kept with its disks, that one is kept in its place, and the former beside it.

import { discard, engine, isPanic, lastPanic } from "./engine.js";
import { Handover } from "./handover.js";
import { Keeper, reason } from "./keeper.js";
import { regretted } from "./last-words.js";
import { late } from "./late.js";
import { patience } from "./limits.js";
import { origins } from "./origins.js";
import { nextSlice, SLICE } from "./slices.js";
/** @import { Action, Config, Engine, Event, Lab, PendingSave, Run } from "./engine.js" */
/** @import { Found, Inside, Options } from "./inside.js" */
/** @import { Notes } from "./notes.js" */
/** @import { Record } from "./record.js" */
/** @import { Kept, Place } from "./storage.js" */

const READ_ONLY = "This lab is read-only here: another tab is running it.";
const BESIDE = "This lab is read-only: another lab of this page keeps its run under the same name.";

/** @typedef {typeof import("./later.js")} Later */
/** @type {() => Promise<Later>} */
const later = late(
  (attempt) => (attempt ? import(new URL(`./later.js?${attempt}`, import.meta.url).href) : import("./later.js")),
  "What begins, opens or branches a run did not load. Check that the page is online, and try again.",
);
/** @type {() => Promise<typeof import("./brought.js")>} */
const brought = late(
  (attempt) => (attempt ? import(new URL(`./brought.js?${attempt}`, import.meta.url).href) : import("./brought.js")),
  "What shows a run again did not load. Check that the page is online, and try again.",
);

/** One run, kept and gone on with. Some members are public for other modules of engine/ alone: those of `Inside`.
 * @implements {Inside} */
export class Session extends Handover {
  /** Whether this page has just made a run, rather than found one. */
  fresh = true;
  dead = false;
  /** Real servers whose run this is. @type {import("./inside.js").Leads | undefined} */
  leads;
  /** @type {Promise<unknown>} */
  #queue = Promise.resolve();
  /** How often work under way was called off. */
  halts = 0;

  /** Use `Session.open`. @param {Options} options
   * @param {{ lab: Lab, module: Engine | undefined, record?: Record }} begun with the record of what was played */
  constructor(options, { lab, module, record }) {
    super(module, lab);
    this.options = options;
    options.begin(lab);
    if (record) this.records.set(this.position().branch, record);
    this.scenario = options.run && origins.get(options.run);
    this.keeper = new Keeper(options.name, {
      snapshot: (marked, others) => this.snapshot(marked, others),
      lost: (text) => options.tell("not-persisted", text),
      superseded: (text) => options.tell("read-only", text),
    });
  }

  /** Rejects if WebAssembly does not load, or the config is refused.
   * @param {Options} options @returns {Promise<Session>} */
  static async open(options) {
    /** @type {(from: number, to: number) => Event[]} */
    const tell = (from, to) => session.tell(from, to);
    const begun = options.run
      ? await (await brought()).played(options.run, options.opening, tell)
      : await newRun(options.config);
    /** @type {Session} */
    const session = new Session(options, begun);
    session.keeps(session.position().branch);
    await session.readNotes(options.run);
    if (options.name) await session.#find(options.name);
    await session.recall();
    session.keeper.last = { run: session.lab.run(), since: [] };
    return session;
  }

  /** @param {string} name */
  async #find(name) {
    try {
      const stored = await this.keeper.find();
      const unsaved = this.kept === "read-only" ? null : regretted(name);
      if (this.kept === "read-only") (await later()).tellReadOnly(this);
      if (unsaved) (await later()).tellUnsaved(this, unsaved);
      if (stored) await (await later()).resume(this, stored);
      else if (this.kept === "saved") await this.begin();
    } catch (error) {
      if (isPanic(error)) return void this.panic(error);
      this.keeper.forget(`Not persisted: ${reason(error)}. The lab works, but closing the page loses it.`);
    }
  }

  /** Where the run is: kept by the browser, only in this page, or another tab's. */
  get kept() {
    return this.keeper.kept;
  }
  /** The last run that was kept, and what a person did since: for a bug report. */
  get last() {
    return this.keeper.last;
  }
  /** Why nothing can be done here: where the run is another's. */
  get readOnly() {
    return this.kept === "read-only" ? (this.keeper.beside ? BESIDE : READ_ONLY) : null;
  }
  /** Throws where another lab runs this one. */
  writable() {
    if (this.readOnly) throw new Error(this.readOnly);
  }
  /** @param {Action} action @returns {string | null} why it is not possible */
  whyNot(action) {
    return this.readOnly ?? this.ask((lab) => lab.whyNot(action));
  }
  /** @returns {Run} with its title and its notes */
  run() {
    const run = this.ask((lab) => lab.run());
    return this.notes?.add(run) ?? run;
  }

  /** For saying something about the run. @returns {Promise<Notes>} */
  async annotate() {
    await this.live();
    this.notes ??= await this.#notesOf();
    return this.notes;
  }

  /** @param {Run} [run] @returns {Promise<Notes>} */
  async #notesOf(run) {
    return (await brought()).notesOf(this, run);
  }

  /** @param {Run | undefined} run what may bring notes along @param {Kept["others"]} [others] and its other branches */
  async readNotes(run, others = []) {
    this.notes = undefined;
    for (const { id, run: said } of [{ id: this.branch, run }, ...others]) {
      if (!said?.title && !said?.notes?.length) continue;
      this.notes ??= await this.#notesOf();
      this.notes.meet(id, said);
    }
    this.stale();
  }

  // Changing: queued, and rejected with a sentence when refused.

  /** @param {Action} action @returns {Promise<void>} */
  apply(action) {
    if (this.leads?.here(this)) return this.leads.act(action);
    return this.#enqueue(async () => {
      this.writable();
      const { branch, step, length } = this.reached();
      const asked = step === length ? this.notes?.waiting(branch) : undefined;
      if (asked?.question?.goal && asked.step === step) this.notes?.tries(step); // it is done in this very branch
      await this.act(action);
    });
  }

  /** Does what is next on record, or else what the clock does. @param {number} count steps
   * @param {number} [until] simulated ms: none later than this
   * @param {number} [halts] how often work had been called off when this was asked for
   * @returns {Promise<boolean>} false once nothing is left to happen */
  step(count, until = Infinity, halts = this.halts) {
    return this.#enqueue(async () => {
      let left = count;
      return this.#goOn(halts, (next) => next <= until && left-- > 0, until < Infinity);
    });
  }

  /** Goes on by beats; past the end of what is on record, with {@link patience} for each.
   * @param {number} count @param {number} [halts]
   * @returns {Promise<boolean>} false once nothing is left */
  beat(count, halts = this.halts) {
    return this.#enqueue(async () => {
      let [left, begun, since] = [count, false, this.position().at];
      const most = patience(this.view());
      return this.#goOn(halts, (next) => {
        const { beat, at, step, length } = this.position();
        if (begun && beat) [left, since] = [left - 1, at];
        else if (step === length && next - since > most) left = 0;
        begun = true;
        return left > 0;
      });
    });
  }

  /** Goes back by beats. @param {number} count @param {number} [halts] @returns {Promise<void>} */
  beatBack(count, halts = this.halts) {
    let { step } = this.position();
    for (let i = 0; i < count && step; i++) step = this.ask((lab) => lab.beatBefore(step));
    return this.seek(step, halts);
  }

  /** Calls off what is under way or waits for its turn: no further step of any of it. */
  halt() {
    this.halts++;
  }

  /** Goes to a step of this branch; to one that has not happened yet, by going on. @param {number} step
   * @param {number} [halts]
   * @returns {Promise<void>} */
  seek(step, halts = this.halts) {
    return this.#enqueue(async () => {
      const to = Math.min(step, this.position().length);
      this.go((lab) => lab.seek(to));
      await this.#goOn(halts, () => this.position().step < step);
    });
  }

  /** Goes to the last step at or before a time; to one that has not happened yet, by going on.
   * @param {number} ms simulated
   * @param {number} [halts] @returns {Promise<void>} */
  at(ms, halts = this.halts) {
    return this.#enqueue(async () => {
      const step = Math.min(
        this.ask((lab) => lab.stepAt(ms)),
        this.position().length,
      );
      if (step !== this.position().step) this.go((lab) => lab.seek(step));
      await this.#goOn(halts, (next) => next <= ms);
    });
  }

  /** Does what comes next, while there is anything and it is wanted.
   * @param {number} halts how often work had been called off
   * when this was asked for
   * @param {(next: number) => boolean} wanted whether to do what comes next, at a time in simulated ms
   * @param {boolean} [playing] stops after a while, to leave time to draw
   * @returns {Promise<boolean>} false once nothing is left to happen */
  async #goOn(halts, wanted, playing = false) {
    let slice = performance.now() + SLICE;
    for (let { next } = this.position(); next !== null; next = this.position().next) {
      if (this.halts !== halts || !wanted(next)) return true;
      if (this.leads?.here(this)) return false;
      await this.act();
      if (performance.now() <= slice) continue;
      if (playing) return true;
      slice = await nextSlice();
    }
    return false;
  }

  /** Changes what branches there are, or goes to one. @template T @param {(branches: Later) => Promise<T>} change
   * @returns {Promise<T>} */
  branches(change) {
    return this.#enqueue(async () => {
      await this.live();
      return change(await later());
    });
  }

  /** Goes to another moment. @param {(lab: Lab) => void} move */
  go(move) {
    this.ask(move);
    this.stale();
    this.keeper.moved();
    this.options.moved();
  }

  /** Replaces the run. @param {Config | { run: Run }} what a config, or a run to replay
   * @param {(lab: Lab) => void} [prepare] brings it to where it should start
   * @returns {Promise<boolean>} whether the run before was kept: not one that was only looked at */
  replace(what, prepare) {
    return this.#enqueue(async () => (await later()).replace(this, what, prepare));
  }

  /** The page may be about to go: what is shown now is what it comes back to.
   * @param {boolean} [now] whether it may be gone at once: then a step that is being kept does not happen */
  leave(now) {
    if (!this.dead) this.keeper.leave(now);
  }

  /** Lets go of everything, once what is under way is done.
   * @param {boolean} [now] without waiting, because the page is put aside
   * @returns {Promise<void>} when another may take it up */
  close(now = false) {
    const letGo = () => {
      if (this.dead) return;
      this.leave(true);
      this.dead = true;
      this.#closed = this.keeper.close();
    };
    if (now) letGo();
    return this.#queue.then(() => {
      letGo();
      this.#free();
      return this.#closed;
    });
  }

  /** @type {Promise<void>} */
  #closed = Promise.resolve();
  #freed = false;
  #free() {
    if (!this.#freed) this.lab.free();
    this.#freed = true;
  }

  /** @template T @param {() => Promise<T>} job @returns {Promise<T>} */
  #enqueue(job) {
    const done = this.#queue.then(async () => {
      if (this.dead) throw new Error("This lab has stopped.");
      try {
        return await job();
      } catch (error) {
        throw this.why(error);
      }
    });
    this.#queue = done.catch(() => {});
    return done;
  }

  /** @override @param {Run} run */
  async again(run) {
    return (await later()).replayed(this, run);
  }

  /** The rule. @param {Action} [action] a person's; without one, what the clock does next */
  async act(action) {
    const { step, length, branch } = this.reached();
    const past = step < length;
    if (!past) this.writable();
    if (action || !past) await this.live();
    const elsewhere = !past && branch !== this.branch;
    const needs = this.lab.prepare(action);
    // What is kept is another branch, or a moment that is about to be over.
    const save = needs ?? (elsewhere || (!past && this.keeper.marked) ? this.lab.saved() : null);
    if (needs || !past) this.own = true;
    if (save) await this.#commit(save, past ? { branch, step } : undefined);
    const { record } = this;
    const rows = this.lab.confirm();
    this.stale();
    const now = this.position().branch;
    // Done in the past, it began a branch; what is on record there is not new.
    if (now !== branch) this.records.set(now, record.until(step));
    if (now !== branch || !past) this.record.add(rows);
    if (save && now !== this.branch) this.keeps(now);
    this.keeper.happened();
    this.options.changed(rows);
    if (now !== branch) this.branchesChanged();
    else if (!save && !past) this.keeper.changed({ action });
    else if (past) this.keeper.moved();
  }

  /** Keeps the present branch, in place of whatever was kept. */
  async begin() {
    await this.#commit(this.lab.saved());
    this.keeps(this.position().branch);
    this.keeper.happened();
  }

  /** @param {PendingSave} save of the present branch
   * @param {Place} [from] where a branch begins with it: that is what is kept then */
  async #commit({ run, disks }, from) {
    const { branch } = this.position();
    const another = !!from || branch !== this.branch;
    const identity = from ? { name: `From step ${from.step}`, from } : this.identify(branch);
    const others = another && this.kept === "saved" ? this.others(from ? 0 : branch) : undefined;
    await this.keeper.commit({
      run: this.notes?.add(run) ?? run,
      disks,
      branch: another ? identity : this.identity,
      others,
      own: this.own,
      scenario: this.scenario,
    });
  }

  /** Branches have begun, or other names, or are gone. */
  branchesChanged() {
    this.identity = this.identify(this.branch);
    this.keeper.changed({ others: true });
  }

  /** @param {Found} found @param {Omit<Kept, "disks">} kept what is known of it besides */
  async swap({ lab, module, records }, { run, branch, others, own = false, scenario }) {
    const before = this.lab;
    this.lab = lab;
    this.module = module;
    this.slots = undefined;
    before.free();
    this.stale();
    this.records = records;
    this.keeps(branch?.id ?? Math.max(...lab.timeline().branches.map(({ id }) => id)));
    this.own = own;
    this.scenario = scenario;
    await this.readNotes(run, others);
    await this.recall();
    this.keeper.happened();
  }

  /** The engine hit a bug in itself: it is not used again. @param {unknown} error what it threw
   * @returns {Error} a sentence */
  panic(error) {
    const text = lastPanic() || reason(error);
    if (!this.dead) {
      this.dead = true;
      this.#freed = true; // it is not touched again
      discard();
      this.keeper.close();
      this.options.panicked(text);
    }
    return new Error(`Quorum hit a bug in itself: ${text.replace(/\.$/, "")}.`, { cause: error });
  }
}

/** @param {Config} config */
async function newRun(config) {
  const module = await engine(config);
  return { lab: new module.Lab(config), module };
}
