// A run as an engine showed it, step by step, when the site was packaged. It can be watched without an engine: forward,
// backward, by beats, with all that can be asked of a moment. So who only watches waits for a twelfth of what an engine
// takes. What was not recorded, anything that changes the run, an engine has to do: the session lets one take over.

import { patched } from "./patch.js";
/** @import { Action, BeatSize, BeatView, Choice, Event, Position, Row, Run, Target, Timeline, View } from "./engine.js" */
/** @import { PendingSave } from "./engine.js" */

/**
 * @typedef {object} Moment what an engine answers at a step
 * @property {Omit<Position, "beat">} position
 * @property {Omit<View, "beat">} view
 * @property {Record<BeatSize, { ends: boolean, beat: BeatView }>} beats by size, where its notes are ideas
 * @property {Event[]} events of this step, with their sentences
 * @property {Row[]} rows the same in brief
 * @property {number[]} actions as positions in `actions` of the recording
 * @property {Record<string, number | Choice[]>} choices by the name of their target; those of a message are a position in `menus`
 * @property {Record<string, string | null>} refusals why something that has no target is not possible, by the type of its action
 */
/**
 * @typedef {object} Recording
 * @property {string[]} names of all kinds of events, in the order of their numbers
 * @property {Timeline} timeline
 * @property {PendingSave} saved
 * @property {Action[]} actions all that are possible at any step
 * @property {(Omit<Choice, "action"> & { type: string })[][]} menus of messages, without which message it is
 * @property {Moment} first before the first step
 * @property {any[]} steps what differs after each step from before it: see `patch.js`
 */

/** Actions without a target, of which it is recorded whether they are possible. */
export const UNTARGETED = /** @type {const} */ (["heal", "power-cut"]);

/** The name that a target has in a recording. @param {Target} target */
export const targetName = (target) => Object.entries(target).flat(2).join(" ");

/** The methods of an engine's `Lab` that ask, or go to another moment, with the answers that were recorded. */
export class Recorded {
  /** After each step. @type {Moment[]} */
  #moments;
  #step;
  /** @type {BeatSize} */
  #size = "messages";

  /** @param {Run} run @param {Recording} recording of it */
  constructor(run, recording) {
    this.recorded = run;
    this.recording = recording;
    this.#moments = [recording.first];
    for (const step of recording.steps) this.#moments.push(patched(this.#moments[this.#moments.length - 1], step));
    this.#step = run.cursor;
  }

  get #now() {
    return this.#moments[this.#step];
  }
  get #length() {
    return this.#moments.length - 1;
  }

  /** @returns {Row[]} all there are */
  allRows() {
    return this.#moments.flatMap(({ rows }) => rows);
  }

  /** @returns {View} */
  view() {
    return { ...this.#now.view, beat: this.#now.beats[this.#size].beat };
  }
  /** @returns {Position} */
  position() {
    return { ...this.#now.position, beat: this.#now.beats[this.#size].ends };
  }
  /** @param {number} from a step @param {number} to a step @returns {Event[]} */
  tell(from, to) {
    return this.#moments.slice(Math.ceil(Math.max(0, from)), Math.floor(to) + 1).flatMap(({ events }) => events);
  }
  /** @returns {Timeline} */
  timeline() {
    return { ...this.recording.timeline, step: this.#step };
  }
  /** @returns {Run} */
  run() {
    return { ...this.recording.saved.run, cursor: this.#step };
  }
  /** There is one branch. @returns {Run} */
  runOf() {
    return this.recording.saved.run;
  }
  /** @returns {PendingSave} */
  saved() {
    return this.recording.saved;
  }
  /** @returns {Action[]} */
  actions() {
    return this.#now.actions.map((action) => this.recording.actions[action]);
  }
  /** @param {Target} target @returns {Choice[]} */
  choices(target) {
    const found = this.#now.choices[targetName(target)] ?? [];
    if (typeof found !== "number") return found;
    const menu = this.recording.menus[found];
    return menu.map(({ type, ...said }) => ({ action: /** @type {Action} */ ({ type, ...target }), ...said }));
  }
  /** @param {Action} action @returns {string | null} of what is in no menu, null: whether it is possible, an engine will say */
  whyNot(action) {
    return this.#now.refusals[action.type] ?? null;
  }

  /** @param {number} ms simulated @returns {number} the last step at or before it */
  stepAt(ms) {
    return this.#moments.findLastIndex(({ position }) => position.at <= Math.max(0, ms));
  }
  /** @param {number} step @returns {number} the step at which the beat before it ended */
  beatBefore(step) {
    const before = this.#moments.slice(0, step);
    return Math.max(
      0,
      before.findLastIndex(({ beats }) => beats[this.#size].ends),
    );
  }
  /** Notes are those of the run: an engine takes over before there are others. @param {BeatSize} size */
  pace(size) {
    this.#size = size;
  }

  /** @param {number} step */
  seek(step) {
    this.#step = Math.max(0, Math.min(Math.floor(step), this.#length));
  }
  /** What is on record needs nothing to be kept. @returns {null} */
  prepare() {
    return null;
  }
  /** @returns {Row[]} */
  confirm() {
    this.seek(this.#step + 1);
    return this.#now.rows;
  }

  free() {}
}
