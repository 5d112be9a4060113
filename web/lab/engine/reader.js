// What there is to read of one run: plain data, at once. The view and the position are kept until the run goes on.

import { isPanic } from "./engine.js";
import { Record } from "./record.js";
import { nextSlice, SLICE } from "./slices.js";
/** @import { Action, BeatSize, Engine, Event, Lab, Note, Position, Target, Timeline, View } from "./engine.js" */

/** The events of so many steps are read at once. */
const PIECE = 200;

/** Of a log, a view lists some slots only. @typedef {{ view: (of?: { slots: [number, number] }) => View }} Listing */

export class Reader {
  /** The slots of a log that somebody looks at; without, the latest. @type {[first: number, last: number] | undefined} */
  slots;
  /** What is said about the run, if anything is.
   * @type {{ waiting: (branch: number) => Note | undefined, steps: () => number[], tries: (step: number | null) => void }
   * | undefined} */
  notes;
  /** What happened in each branch that was looked at. @type {Map<number, Record>} */
  records = new Map();
  /** @type {View | undefined} */
  #view;
  /** @type {Position | undefined} */
  #position;

  /** @param {Engine | undefined} module @param {Lab} lab */
  constructor(module, lab) {
    /** The engine that the run is in; undefined while it is a recording. */
    this.module = module;
    /** For the modules of engine/ alone. */
    this.lab = lab;
  }

  /** @returns {View} */
  view() {
    this.#view ??= this.#held(
      this.ask((lab) => /** @type {Listing} */ (lab).view(this.slots && { slots: this.slots })),
    );
    return this.#view;
  }
  /** Of a log: the present with other slots than those that are shown. @param {[first: number, last: number]} slots */
  viewOf(slots) {
    return this.#held(this.ask((lab) => /** @type {Listing} */ (lab).view({ slots })));
  }
  /** The last step at or before a time. @param {number} ms simulated */
  stepAt(ms) {
    return this.ask((lab) => lab.stepAt(ms));
  }
  /** @returns {Position} where the present is and what comes next, for less than a view */
  position() {
    this.#position ??= this.#held(this.ask((lab) => lab.position()));
    return this.#position;
  }
  /** The same as it is: what is beyond a question that waits for its answer, too. @returns {Position} */
  reached() {
    return this.notes ? this.ask((lab) => lab.position()) : this.position();
  }
  /** @template {Position | View | Timeline} At @param {At} at
   * @returns {At} with nothing beyond a question that waits for its answer */
  #held(at) {
    const asked = this.notes?.waiting(at.branch);
    const last = asked?.step ?? Infinity;
    if (at.step < last && at.length <= last) return at;
    const held = { ...at, length: Math.min(at.length, last) };
    return at.step < last
      ? held
      : Object.assign(held, { next: null, ended: asked?.question?.goal ? "task" : "question" });
  }
  /** Whether this is the past. */
  get past() {
    const { step, length } = this.position();
    return step < length;
  }
  /** The present is another one. */
  stale() {
    this.#view = undefined;
    this.#position = undefined;
  }

  /** The events of some steps of this branch, in full. @param {number} [from] a step
   * @param {number} [to] a step, by default the last
   * @returns {Event[]} */
  events(from = 0, to = Infinity) {
    /** @type {Event[]} */
    const events = [];
    const last = Math.min(to, this.position().length);
    // In pieces: the memory that the engine once needed for all of them, it would keep for ever.
    for (let step = from; step <= last; step += PIECE)
      events.push(...this.tell(step, Math.min(last, step + PIECE - 1)));
    return events;
  }
  /** @param {number} from a step @param {number} to a step @returns {Event[]} */
  tell(from, to) {
    return this.ask((lab) => lab.tell(from, to));
  }

  /** What happened in this branch, in brief. @returns {Record} */
  get record() {
    const { branch } = this.position();
    const record = this.records.get(branch) ?? this.newRecord();
    this.records.set(branch, record);
    return record;
  }
  /** @param {Engine} [module] of the run, if that is another one
   * @returns {Record} of a branch that nothing is known of yet */
  newRecord(module = this.module) {
    const { Lab } = /** @type {Engine} */ (module); // what is recorded has a record
    return new Record(Lab.eventNames(), (from, to) => this.tell(from, to));
  }
  /** Sees to it that the record has all of the branch: it lacks what was not done through this session. */
  async recall() {
    const { record } = this;
    const { length } = this.position();
    let until = performance.now() + SLICE;
    for (let step = record.steps + 1; step <= length; step += PIECE) {
      record.take(this.ask((lab) => lab.rows(step, Math.min(length, step + PIECE - 1))));
      if (performance.now() > until) until = await nextSlice();
    }
  }

  /** The values that clients asked for in this branch, in the order they did. @returns {string[]} */
  asked() {
    const { interventions } = this.ask((lab) => lab.run());
    return interventions.flatMap(({ action }) => (action.type === "propose" ? [action.value] : []));
  }
  /** @returns {Timeline} */
  timeline() {
    const timeline = this.#held(this.ask((lab) => lab.timeline()));
    return { ...timeline, marks: timeline.marks.filter(({ step }) => step <= timeline.length) };
  }
  /** Chooses the size of a beat. Where the run has notes, they are its ideas. @param {BeatSize} [size] */
  by(size = this.#beats) {
    const notes = this.notes?.steps() ?? [];
    const { lab } = this;
    const same = this.#paced.lab === lab && this.#paced.by === `${size} ${notes}`;
    this.#beats = size;
    this.#paced = { lab, by: `${size} ${notes}` };
    if (same) return;
    this.ask(() => lab.pace(size, Float64Array.from(notes)));
    this.stale();
  }
  /** @type {BeatSize} */
  #beats = "messages";
  /** What the engine was last told of it. @type {{ lab?: Lab, by: string }} */
  #paced = { by: "" };

  /** @returns {Action[]} */
  actions() {
    return this.ask((lab) => lab.actions());
  }
  /** @param {Target} target */
  choices(target) {
    return this.ask((lab) => lab.choices(target));
  }
  /** @returns {number} a seed for another run */
  freshSeed() {
    return crypto.getRandomValues(new Uint32Array(1))[0];
  }

  /** @template T @param {(lab: Lab) => T} question @returns {T} */
  ask(question) {
    try {
      return question(this.lab);
    } catch (error) {
      throw this.why(error);
    }
  }

  /** What to throw on. @param {unknown} error @returns {unknown} */
  why(error) {
    return isPanic(error) ? this.panic(error) : error;
  }

  /** The engine hit a bug in itself. @abstract @param {unknown} error what it threw @returns {Error} a sentence */
  panic(error) {
    return new Error(`Quorum hit a bug in itself: ${error}.`, { cause: error });
  }
}
