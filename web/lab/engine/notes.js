// Notes on a run: its title, and a sentence at some of its steps. They are saved and shared with the run and change
// nothing in it. Loaded when a run has notes, or when a person writes one.

/** @import { Note, Run, Timeline } from "./engine.js" */
/** @import { Inside } from "./inside.js" */

/** @typedef {{ title: string, notes: Note[] }} Said notes in order of steps, one at a step */

/**
 * @typedef {object} Place where the run is
 * @property {() => { branch: number, step: number, length: number }} now
 * @property {() => Timeline["branches"]} branches
 * @property {() => Timeline["marks"]} marks
 * @property {() => void} changed something else is said
 */

export class Notes {
  /** For each branch. @type {Map<number, Said>} */
  #said = new Map();
  /** The branch whose questions hold it until they are answered: in others, somebody tries something. */
  #lesson;
  /** The steps of the questions that were answered. @type {Set<number>} */
  #answered = new Set();
  /** The step of a question at which somebody does what it asks for at the end of the lesson itself: nothing is hidden there.
   * @type {number | null} */
  #tried = null;
  /** Whether somebody writes them, and so sees beyond every question. */
  writing = false;

  /** @param {Place} place @param {Run} [run] whose notes these are to begin with */
  constructor(place, run) {
    this.place = place;
    this.#lesson = place.now().branch;
    // Whoever begins in the middle has been at what is before it.
    this.since = place.now().step;
    this.#said.set(place.now().branch, { title: run?.title ?? "", notes: run?.notes ?? [] });
  }

  /** Of the branch shown. @returns {Said} */
  #here() {
    return this.#of(this.place.now().branch);
  }

  /** Of a branch: a new one shares what was said of the past it shares. @param {number} branch @returns {Said} */
  #of(branch) {
    const own = this.#said.get(branch);
    if (own) return own;
    const from = this.place.branches().find((b) => b.id === branch)?.from;
    const theirs = (from && this.#said.get(from.branch)) ?? { title: "", notes: [] };
    const until = from?.step ?? this.place.now().step;
    const said = { title: theirs.title, notes: theirs.notes.filter((note) => note.step <= until) };
    this.#said.set(branch, said);
    return said;
  }

  get title() {
    return this.#here().title;
  }

  /** Whether anything is said of this branch. */
  get any() {
    return this.#here().notes.length > 0;
  }

  /** @returns {number[]} the steps with a note, ascending */
  steps() {
    return this.#here().notes.map(({ step }) => step);
  }

  /** All of them, in order of steps. @returns {Note[]} */
  get all() {
    return this.#here().notes;
  }

  /** @param {number} step @returns {Note | undefined} the note exactly there */
  note(step) {
    return this.#here().notes.find((note) => note.step === step);
  }

  /** @param {number} step @returns {string | undefined} what is said exactly there */
  at(step) {
    return this.note(step)?.says;
  }

  /** Whether anything is asked. */
  get asks() {
    return this.#here().notes.some((note) => note.question);
  }

  /** The question that waits for its answer: nothing beyond it is shown. @param {number} branch
   * @returns {Note | undefined} */
  waiting(branch) {
    if (this.writing || branch !== this.#lesson) return undefined;
    const open = (/** @type {Note} */ { step, question }) =>
      !!question && step >= this.since && step !== this.#tried && !this.#answered.has(step);
    return this.#said.get(branch)?.notes.find(open);
  }

  /** @param {number} step of a question that is answered now */
  answer(step) {
    this.#answered.add(step);
  }

  /** Somebody does what a question asks for, in the lesson's own branch. @param {number | null} step null: no more */
  tries(step) {
    this.#tried = step;
  }

  /** Every question is open again, from a step on. @param {number} [step] */
  again(step = 0) {
    this.#answered.clear();
    this.#tried = null;
    this.since = step;
    this.#lesson = this.place.now().branch;
  }

  /** What is said at a moment: the last note until there. What was said of the past is silent about what a person did
   * instead of its future, and the last note about what they did after it.
   * @param {number} step @returns {string | undefined} */
  until(step) {
    const { notes } = this.#here();
    const note = notes.findLast((note) => note.step <= step);
    if (!note || (note.step <= this.#from && step > this.#from)) return undefined;
    return note === notes.at(-1) && this.#done(note.step) <= step ? undefined : note.says;
  }

  /** The first step after another one that a person took; Infinity where they took none. @param {number} after */
  #done(after) {
    const { branch, length } = this.place.now();
    const of = `${branch} ${length} ${after}`;
    if (this.#hand.of !== of) {
      const hand = this.place.marks().find(({ step, mark }) => mark === "intervention" && step > after);
      this.#hand = { of, step: hand?.step ?? Infinity };
    }
    return this.#hand.step;
  }
  #hand = { of: "", step: Infinity };

  /** The step at which the branch shown left another; 0 for one that did not. */
  get #from() {
    const { branch } = this.place.now();
    let from = this.#begun.get(branch);
    if (from === undefined) {
      from = this.place.branches().find((b) => b.id === branch)?.from?.step ?? 0;
      this.#begun.set(branch, from);
    }
    return from;
  }
  /** For each branch that was shown. @type {Map<number, number>} */
  #begun = new Map();

  /** Names the run, and says something at a step of it, or nothing any more. @param {string} title @param {number} step
   * @param {string} says @param {Note["question"] | null} [question] what is asked there; by default, what was asked
   * there before */
  write(title, step, says, question = this.note(step)?.question) {
    const before = this.#here();
    const others = before.notes.filter((note) => note.step !== step);
    const note = { step, says, ...(question && { question }) };
    const now = { title, notes: says ? [...others, note].sort((a, b) => a.step - b.step) : others };
    if (JSON.stringify(now) === JSON.stringify(before)) return;
    this.#said.set(this.place.now().branch, now);
    this.place.changed();
  }

  /** Takes in what a run brings along that is a branch of this one. @param {number} branch @param {Run} run */
  meet(branch, run) {
    this.#said.set(branch, { title: run.title ?? "", notes: run.notes ?? [] });
  }

  /** A run, with its title and its notes. @param {Run} run
   * @param {number} [branch] that the run is, by default the one shown @returns {Run} */
  add(run, branch = this.place.now().branch) {
    const { title, notes } = this.#of(branch);
    const short = notes.filter((note) => note.step <= run.length);
    return { ...run, ...(title && { title }), ...(short.length && { notes: short }) };
  }
}

/** @param {Inside} session @param {Run} [run] whose notes to begin with @returns {Notes} */
export function notesOf(session, run) {
  const place = {
    now: () => session.view(),
    branches: () => session.timeline().branches,
    marks: () => session.timeline().marks,
    changed() {
      session.by();
      session.own = true;
      session.keeper.changed({ others: session.position().branch !== session.branch });
    },
  };
  return new Notes(place, run);
}
