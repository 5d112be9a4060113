// Writing a lesson at the stage: what is said at the present moment, what is asked there, and where else something is
// said. It stands where a reader finds the note, and is hardly higher: what is asked has a window of its own. What is
// written belongs to the run as it is typed, so that closing loses nothing; "Save" keeps the run under its title in
// this browser.

import { show } from "../dialogs/dialog.js";
import { persist } from "../engine/persist.js";
import { h, keyed, setAttr, setText } from "../shared/dom.js";
import { complaint } from "../shared/forms.js";
import { life } from "../shared/life.js";
import { noNote, noTitle } from "../shared/texts.js";
import { keep } from "./mine.js";
import { Bar, standingIn } from "./place.js";
import { QuestionForm } from "./question-form.js";
/** @import { Note } from "../engine/engine.js" */
/** @import { Notes } from "../engine/notes.js" */
/** @import { Around } from "./challenges.js" */
/** @import { Draft } from "./question-form.js" */

const WHAT = "What should a reader notice here, and why does it matter?";

/** What is written of questions that are not whole yet, for each moment of a run: whoever goes to look at another moment
 * finds it again. @type {WeakMap<Notes, Map<string, Draft>>} */
const BEGUN = new WeakMap();
/** What was typed and does not fit, for each moment, and under "title" for the title. @type {WeakMap<Notes, Map<string, string>>} */
const UNFIT = new WeakMap();

/** Begins writing, or ends it. @param {Around & { open: (name: "share") => unknown }} around */
export async function write(around) {
  const standing = standingIn(around.lab);
  if (standing instanceof Writer) return standing.go();
  around.player.pause();
  const notes = await around.store.session.annotate();
  const writer = new Writer(around, notes, new QuestionForm(await around.store.protocol.goals()));
  await writer.come();
  writer.begin();
}

class Writer extends Bar {
  #title = h("input", {
    dir: "auto",
    placeholder: "What it is about",
    "aria-label": "Title of the lesson",
  });
  #says = h("textarea", { rows: 2, dir: "auto", placeholder: WHAT });
  #where = h("b", { class: "at-step" });
  #count = h("small");
  #chapters = h("ol", { class: "chapters", "aria-label": "Notes at steps" });
  #asks = h("button", { class: "asks", "aria-haspopup": "dialog", onclick: () => this.#ask() });
  #move = h("select", { class: "other-note", "aria-label": "Move a note here" });
  #delete = h("button", { class: "other-note", onclick: () => this.#drop() }, "Delete note");
  #save = h("button", { class: "primary", onclick: () => void this.#keep() }, "Save");
  #said = h("p", { class: "done", role: "status" });
  #line = h("div", { class: "line-of-note" });
  #runs;
  #shown = "";
  #begun;
  #unfit;

  /** @param {Around & { open: (name: "share") => unknown }} around @param {Notes} notes @param {QuestionForm} form */
  constructor(around, notes, form) {
    super(around.lab, "Write a lesson");
    this.around = around;
    this.notes = notes;
    this.form = form;
    this.#runs = around.store.runs;
    this.#begun = BEGUN.get(notes) ?? new Map();
    BEGUN.set(notes, this.#begun);
    this.#unfit = UNFIT.get(notes) ?? new Map();
    UNFIT.set(notes, this.#unfit);
    this.error = complaint((why) => around.notices.failed(why));
    this.#title.oninput = () => this.#write();
    this.#says.oninput = () => this.#write();
    // What is typed is about the moment that is shown: nothing goes on under it.
    this.#says.onfocus = () => around.player.pause();
    form.changed = () => this.#write();
    form.touched = () => {
      if (form.empty) this.#begun.delete(this.#here);
      else this.#begun.set(this.#here, form.draft);
    };
    this.#move.onchange = () => this.#moveHere(Number(this.#move.value));
    setAttr(this.element, "data-writing", true);
  }

  get #session() {
    return this.around.store.session;
  }

  /** The moment, among those of all branches. */
  get #here() {
    const { step, branch } = this.#session.position();
    return `${branch} ${step}`;
  }

  begin() {
    this.notes.writing = true;
    this.#session.stale();
    void this.#session.recall();
    const steps = h("div", { class: "steps" }, this.#count, this.#chapters);
    this.#line.replaceChildren(this.#where, this.#said, this.error.element);
    const share = h("button", { onclick: () => this.around.open("share") }, "Share…");
    const attempt = h("button", { onclick: () => void this.#try() }, "Try it");
    const close = h("button", { class: "quiet", onclick: () => this.#leave() }, "Close");
    const buttons = [this.#asks, this.#move, this.#delete, attempt, share, this.#save, close];
    this.element.replaceChildren(
      h("div", { class: "what" }, this.#title, steps),
      this.#line,
      this.#says,
      h("div", { class: "buttons" }, ...buttons),
    );
    this.element.addEventListener("keydown", this.#escape);
    document.addEventListener("keydown", this.#escapeOutside, { signal: life(this.lab) });
    const title = this.#unfit.get("title");
    this.#title.value = title ?? this.notes.title;
    this.changed();
    if (title !== undefined) this.#write(true);
    this.around.store.draw();
  }

  changed() {
    if (this.around.store.runs !== this.#runs) return this.go();
    const { step } = this.#session.position();
    const here = this.#here;
    if (here !== this.#shown) {
      this.#shown = here;
      const note = this.notes.note(step);
      const unfit = this.#unfit.get(here);
      this.#says.value = unfit ?? note?.says ?? "";
      this.form.show(note?.question);
      const draft = this.#begun.get(here);
      if (draft) this.form.resume(draft);
      setText(this.#said, "");
      this.error.clear();
      if (unfit !== undefined) this.#write(true);
    }
    this.#draw(step);
  }

  /** @param {number} step */
  #draw(step) {
    setText(this.#where, `At step ${step}`);
    setAttr(this.#says, "aria-label", `At step ${step}`);
    setText(this.#asks, this.form.says);
    const all = this.notes.all;
    setText(this.#count, all.length ? "Notes at steps" : "No notes yet");
    const seek = (/** @type {number} */ to) => () => void this.around.commands.seek(to);
    keyed(
      this.#chapters,
      all,
      (note) => `${note.step} ${note.says} ${!!note.question}`,
      (note) => h("li", {}, h("button", { class: "quiet", title: note.says, onclick: seek(note.step) }, name(note))),
      (item, note) => setAttr(item, "aria-current", note.step === step ? "step" : null),
    );
    const others = all.filter((note) => note.step !== step);
    const option = (/** @type {Note} */ note) =>
      h("option", { value: note.step }, `${name(note)}: ${note.says.slice(0, 40)}`);
    this.#move.replaceChildren(h("option", { value: -1 }, "Move here…"), ...others.map(option));
    const free = !all.some((note) => note.step === step);
    this.#move.hidden = !others.length || !free;
    this.#delete.hidden = free;
  }

  /** In a field, Escape is nobody else's. @param {KeyboardEvent} event */
  #escape = (event) => {
    if (event.key !== "Escape" || event.isComposing) return;
    event.preventDefault();
    event.stopPropagation();
    this.#leave();
  };

  /** Elsewhere, whatever is open or selected goes first. @param {KeyboardEvent} event */
  #escapeOutside = (event) => {
    const { lab } = this;
    if (event.key !== "Escape" || event.defaultPrevented || lab.querySelector("dialog[open]")) return;
    const { host } = /** @type {ShadowRoot} */ (lab.getRootNode());
    const here = event.composedPath().includes(lab);
    if (here || (event.target === document.body && host.hasAttribute("fragment"))) this.#leave();
  };

  /** Ends writing, and goes back to what began it. */
  #leave() {
    this.go();
    void this.#read();
    /** @type {HTMLElement | null} */ (this.lab.querySelector("[data-opens=lesson]"))?.focus();
  }

  /** What is asked here, in a window: the stage keeps its place under it. The question itself is the note. */
  #ask() {
    const { step } = this.#session.position();
    const asked = !!this.notes.note(step)?.question || this.#begun.has(this.#here);
    this.around.player.pause();
    const says = h("textarea", { rows: 3, dir: "auto", autofocus: true, "aria-label": "The question" });
    says.placeholder = "The sentence that asks it: it is the note at this step.";
    says.value = this.#says.value;
    says.oninput = () => {
      this.#says.value = says.value;
      this.#write(true);
    };
    const done = h("button", { class: "primary", onclick: () => this.#write() && dialog.close() }, "Done");
    const away = h("button", { class: "quiet", onclick: () => this.#askNothing(dialog) }, "Take the question away");
    const buttons = h("div", { class: "buttons" }, done, asked && away);
    const content = [says, this.form.element, this.error.element, buttons];
    this.form.begin();
    const dialog = show(this.lab, `The question at step ${step}`, ...content);
    dialog.addEventListener("close", () => {
      this.#line.append(this.error.element);
      // Whoever only looked has asked nothing, and nothing is missing.
      if (this.form.empty) {
        this.form.show(this.notes.note(step)?.question);
        this.error.clear();
      }
      this.#draw(step);
    });
  }

  /** The note stays, and asks nothing any more. @param {HTMLDialogElement} dialog */
  #askNothing(dialog) {
    this.form.show(null);
    this.#begun.delete(this.#here);
    this.#write();
    dialog.close();
  }

  /** Says nothing here any more. */
  #drop() {
    this.notes.write(this.notes.title, this.#session.position().step, "");
    this.#begun.delete(this.#here);
    this.#again();
  }

  /** The present moment is shown afresh. What was pressed may be gone. */
  #again() {
    this.#shown = "";
    this.changed();
    this.#says.focus({ preventScroll: true });
    this.around.store.draw();
  }

  /** Takes what is written into the run. While a question is not whole, what was asked before stays.
   * @param {boolean} [unsaid] whether what it lacks is not said yet: somebody is about to write it
   * @returns {boolean} whether it is whole */
  #write(unsaid = false) {
    const says = this.#says.value.trim();
    this.error.clear();
    setText(this.#said, "");
    const { step } = this.#session.position();
    const before = this.notes.note(step);
    const [strangeTitle, strangeNote] = [noTitle(this.#title.value.trim()), noNote(says)];
    this.#stays("title", strangeTitle && this.#title.value);
    this.#stays(this.#here, strangeNote && this.#says.value);
    const title = strangeTitle ? this.notes.title : this.#title.value.trim();
    if (strangeTitle || strangeNote) this.error.show(new Error([strangeTitle, strangeNote].filter(Boolean).join(" ")));
    if (strangeNote) {
      this.notes.write(title, step, before?.says ?? "", before?.question ?? null);
      return false;
    }
    let question = before?.question ?? null;
    let whole = !strangeTitle;
    try {
      if (this.form.asks && !says)
        throw new Error("A question needs a sentence that asks it: it is the note at this step.");
      question = this.form.question() ?? null;
    } catch (why) {
      if (!unsaid) this.error.show(/** @type {Error} */ (why));
      whole = false;
      if (!says) return whole;
    }
    this.notes.write(title, step, says, question);
    if (whole) this.#begun.delete(this.#here);
    this.#draw(step);
    this.around.store.draw();
    return whole;
  }

  /** What does not fit is not in the run, and is found again all the same. @param {string} place @param {string} typed */
  #stays(place, typed) {
    if (typed) this.#unfit.set(place, typed);
    else this.#unfit.delete(place);
  }

  /** Says here what was said at another step. @param {number} from */
  #moveHere(from) {
    const note = this.notes.note(from);
    if (!note) return;
    const { title } = this.notes;
    this.notes.write(title, from, "");
    const { step, branch } = this.#session.position();
    this.notes.write(title, step, note.says, note.question ?? null);
    const draft = this.#begun.get(`${branch} ${from}`);
    this.#begun.delete(`${branch} ${from}`);
    if (draft) this.#begun.set(this.#here, draft);
    else this.#begun.delete(this.#here);
    this.#again();
  }

  async #keep() {
    this.error.clear();
    const title = this.#title.value.trim();
    try {
      if (!title) {
        this.#title.focus();
        throw new Error("Give the lesson a title: it is found by that under Scenarios.");
      }
      if (!this.#write()) return;
      if (!this.notes.any) throw new Error("Say something first: a lesson is a run with a note at some of its steps.");
      void persist();
      await keep(this.#session.run());
      this.around.notices.drop("linked"); // it said that nothing is saved
      setText(this.#said, `Saved as “${title}”, ${this.#unsaved() || "under Scenarios"}.`);
    } catch (why) {
      this.error.show(/** @type {Error} */ (why));
    }
  }

  /** Which questions, and which notes, are not in what is saved. */
  #unsaved() {
    const { branch } = this.#session.position();
    const steps = (/** @type {Map<string, unknown>} */ of) =>
      [...of.keys()].map((key) => key.split(" ").map(Number)).flatMap(([on, step]) => (on === branch ? [step] : []));
    const [begun, unfit] = [steps(this.#begun), steps(this.#unfit)];
    const one = `the question begun at step ${begun[0]}`;
    const without = [
      begun.length && (begun.length > 1 ? `${begun.length} questions that were begun` : one),
      unfit.length && `what does not fit at step ${unfit.join(", ")}`,
    ].filter(Boolean);
    return without.length ? `without ${without.join(" and ")}` : "";
  }

  /** Reads the lesson from its beginning, with its questions. */
  async #try() {
    const { session } = this.around.store;
    await this.around.commands.seek(0);
    this.go();
    this.notes.again(0);
    session.stale();
    await this.#read();
  }

  /** Its questions are asked again. */
  async #read() {
    const { questions } = await import("./questions.js");
    if (this.notes.asks) await questions(this.around).catch((why) => this.around.notices.refuse(why));
    this.around.store.draw();
  }

  gone() {
    document.removeEventListener("keydown", this.#escapeOutside);
    this.notes.writing = false;
    this.notes.again(this.#session.position().step);
    this.#session.stale();
    this.around.store.draw();
  }
}

/** @param {Note} note */
const name = ({ step, question }) => `${step}${question ? " ?" : ""}`;
