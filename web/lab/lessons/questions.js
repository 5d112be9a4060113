// The questions of a lesson, for the person who reads it. A question stands above the stage at its moment, and the run
// goes on once it is answered: by the right one of a few choices, or by doing what it asks for.

import { checkQuestions, judgeOf } from "../engine/extras.js";
import { h, redraw, scrolling } from "../shared/dom.js";
import { Bar } from "./place.js";
/** @import { Note, Run } from "../engine/engine.js" */
/** @import { Judge, Verdict } from "../engine/extras.js" */
/** @import { Around } from "./challenges.js" */

/** Asks the questions of the run that is shown. @param {Around} around
 * @returns {Promise<void>} rejects with what is wrong with one */
export async function questions(around) {
  const { session } = around.store;
  await checkQuestions(session.run());
  const { branch } = session.position();
  const waiting = session.notes?.waiting(branch);
  // What happens after it is hidden wherever events are shown, and told again once it is answered.
  if (waiting) session.records.set(branch, session.record.until(waiting.step));
  const bar = new QuestionBar(around);
  await bar.come();
  bar.changed();
}

class QuestionBar extends Bar {
  #runs;
  /** The choices of the present question that were wrong. @type {number[]} */
  #wrong = [];
  /** The question answered last, until the run is elsewhere. @type {Note | undefined} */
  #answered;
  /** Who judges what is done, since when. @type {{ judge: Judge, note: Note, branch: number } | undefined} */
  #doing;
  /** @type {Verdict | undefined} */
  #verdict;

  /** @param {Around} around */
  constructor(around) {
    super(around.lab, "Question");
    this.around = around;
    this.#runs = around.store.runs;
  }

  get #session() {
    return this.around.store.session;
  }

  changed() {
    const { store } = this.around;
    const { notes } = this.#session;
    if (store.runs !== this.#runs || !notes?.asks || notes.writing) return this.go();
    const { branch, step } = this.#session.position();
    const waiting = notes.waiting(branch);
    if (this.#answered && this.#answered.step !== step && !this.#doing) this.#answered = undefined;
    if (waiting && waiting.step === step && this.#doing?.note !== waiting) void this.#ask(waiting, branch);
    else if (this.#doing) this.#look(branch, step);
    this.draw();
  }

  gone() {
    this.#doing?.judge.free();
    this.#doing = undefined;
  }

  /** @param {Note} note @param {number} branch */
  async #ask(note, branch) {
    this.#wrong = [];
    this.gone();
    this.#verdict = undefined;
    if (!note.question?.goal) return;
    const judge = await judgeOf(this.#session.run(), note.step);
    if (!this.here) return judge.free();
    this.#doing = { judge, note, branch };
    this.#look(branch, note.step);
    this.draw();
  }

  /** Judges what a person does about the question. @param {number} branch @param {number} step */
  #look(branch, step) {
    const doing = this.#doing;
    if (!doing || this.#answered) return;
    // Back in the lesson, before the question: it is asked again once its moment comes.
    if (branch === doing.branch && step < doing.note.step) return this.gone();
    this.#verdict = doing.judge.look(this.#until(doing.note));
    if (this.#verdict.met === null) return;
    this.around.player.pause();
    this.#session.halt();
    this.#answered = doing.note;
    this.#session.notes?.answer(doing.note.step);
  }

  /** The run that is shown; while its future is hidden, without it. @param {Note} note @returns {Run} */
  #until(note) {
    const [run, { branch }] = [this.#session.run(), this.#session.position()];
    if (this.#session.notes?.waiting(branch) !== note) return run;
    const interventions = run.interventions.filter(({ step }) => step < note.step);
    return { ...run, length: note.step, cursor: note.step, interventions, notes: [] };
  }

  draw() {
    const { branch, step } = this.#session.position();
    const note = this.#answered ?? this.#doing?.note ?? this.#session.notes?.waiting(branch);
    const shown = !!note && (note === this.#answered || note === this.#doing?.note || note.step === step);
    this.element.hidden = !shown;
    if (!shown) return;
    redraw(this.element, [note, this.#wrong, !!this.#answered, this.#verdict, branch, step], () => [
      scrolling(h("div", { class: "text" }, ...this.#text(note))),
      h("div", { class: "buttons" }, ...this.#buttons(note)),
    ]);
  }

  /** @param {Note} note */
  #text({ says, question = {} }) {
    const met = this.#verdict?.met ?? null;
    const [before, asks] = asked(says);
    const kind = h("small", {}, question.goal ? "Do it" : "Question");
    const head = h("p", { class: "what asks" }, kind, before, h("b", {}, asks));
    const right = question.choices?.[(question.right ?? 0) - 1];
    if (this.#answered) {
      const how = met === null ? `Right: ${right}.` : `Done at step ${met}.`;
      return [head, h("p", { class: "done", role: "status" }, how), question.answer && h("p", {}, question.answer)];
    }
    if (question.goal) {
      const part = (/** @type {Verdict["goal"][number]} */ { says, met, seen }) =>
        h(
          "li",
          { "data-met": met, title: seen },
          h("i", { "aria-label": met ? "done" : "not yet" }, met ? "✓" : "○"),
          " ",
          says,
        );
      return [head, h("ul", { class: "parts" }, ...(this.#verdict?.goal ?? []).map(part)), this.#lost()];
    }
    return [head];
  }

  #lost() {
    const lost = this.#verdict?.lost;
    return lost && h("p", { role: "status" }, lost);
  }

  /** @param {Note} note */
  #buttons(note) {
    const { question = {} } = note;
    const button = (
      /** @type {string} */ name,
      /** @type {() => unknown} */ onclick,
      /** @type {string} */ look = "",
    ) => h("button", { onclick, class: look }, name);
    const { branch, step } = this.#session.position();
    if (this.#answered && this.#doing?.branch === branch) return [button("Go on", () => this.#end(), "primary")];
    if (this.#answered)
      return [button(this.#doing ? "Back to the lesson" : "Go on", () => void this.#goOn(note), "primary")];
    const again = h("span", { class: "again", role: "status" }, this.#wrong.length > 0 && "Not that one. Look again.");
    if (!question.goal)
      return [...(question.choices ?? []).map((choice, i) => this.#choice(note, choice, i + 1)), again];
    const away = branch !== this.#doing?.branch || step !== note.step;
    return [
      away && button("Try again", () => void this.#back(note)),
      button("Skip", () => void this.#skip(note), "quiet"),
    ];
  }

  /** @param {Note} note @param {string} choice @param {number} number */
  #choice(note, choice, number) {
    const wrong = this.#wrong.includes(number);
    const take = () => {
      if (number === note.question?.right) {
        this.#answered = note;
        this.#session.notes?.answer(note.step);
        // So that → goes on, too: a lecturer may have nothing else in hand.
        this.around.notices.quiet();
        void this.#open();
      } else this.#wrong = [...this.#wrong, number];
      this.draw();
      /** @type {HTMLElement | null} */ (this.element.querySelector("button:not(:disabled)"))?.focus({
        preventScroll: true,
      });
    };
    return h("button", { onclick: take, disabled: wrong, dir: "auto" }, choice);
  }

  /** What was done is how the lesson goes on. */
  #end() {
    this.gone();
    this.#answered = undefined;
    this.#verdict = undefined;
    this.draw();
    this.around.player.play();
  }

  /** The lesson goes on. @param {Note} note */
  async #goOn(note) {
    await this.#back(note);
    this.gone();
    this.#answered = undefined;
    this.#verdict = undefined;
    await this.#open();
    this.around.player.play();
  }

  /** @param {Note} note */
  async #skip(note) {
    this.#session.notes?.answer(note.step);
    await this.#goOn(note);
  }

  /** To the moment of a question, in the lesson. @param {Note} note */
  async #back(note) {
    const branch = this.#doing?.branch;
    const session = this.#session;
    try {
      if (branch !== undefined && branch !== session.position().branch)
        await session.branches(({ switchTo }) => switchTo(session, branch));
      await session.seek(note.step);
      if (this.#answered) return;
      // What was tried at the end of the lesson is hidden, as the rest of it is elsewhere.
      session.notes?.tries(null);
      session.records.set(session.position().branch, session.record.until(note.step));
      session.stale();
      this.#verdict = this.#doing?.judge.look(this.#until(note));
      this.around.store.draw();
      this.draw();
    } catch (error) {
      this.around.notices.refuse(error);
    }
  }

  /** What the answer hid can be seen now, up to the next question. */
  async #open() {
    const session = this.#session;
    session.stale();
    await session.recall();
    this.around.store.draw();
    this.draw();
  }
}

/** A question, and what is said before it. @param {string} says @returns {[before: string, asks: string]} */
export function asked(says) {
  const [, before, asks] = /^(.*[.!:;]\s+)([^.!:;]*\?)$/s.exec(says) ?? ["", "", says];
  return [before, asks];
}
