// Writing a lesson at the stage: what is said at the present moment, what is asked there, and where else something is said.
// What is written belongs to the run at once; "Save" keeps the run under its title in this browser.

import { h, keyed, setAttr, setText } from "../shared/dom.js";
import { complaint } from "../shared/forms.js";
import { keep } from "./mine.js";
import { Bar, standingIn } from "./place.js";
import { QuestionForm } from "./question-form.js";
/** @import { Note } from "../engine/engine.js" */
/** @import { Notes } from "../engine/notes.js" */
/** @import { Around } from "./challenges.js" */

const WHAT = "What should a reader notice here, and why does it matter?";

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
    maxlength: 120,
    dir: "auto",
    placeholder: "Two words for it",
    "aria-label": "Title of the lesson",
  });
  #says = h("textarea", { rows: 2, maxlength: 600, dir: "auto", placeholder: WHAT });
  #where = h("label", { class: "at" });
  #chapters = h("ol", { class: "chapters", "aria-label": "Notes" });
  #move = h("select", { "aria-label": "Move a note here" });
  #delete = h("button", { onclick: () => this.#drop() }, "Delete");
  #save = h("button", { class: "primary", onclick: () => void this.#keep() }, "Save");
  #said = h("p", { class: "done", role: "status" });
  #runs;
  #shown = "";

  /** @param {Around & { open: (name: "share") => unknown }} around @param {Notes} notes @param {QuestionForm} form */
  constructor(around, notes, form) {
    super(around.lab, "Lesson");
    this.around = around;
    this.notes = notes;
    this.form = form;
    this.#runs = around.store.runs;
    this.error = complaint((why) => around.notices.failed(why));
    this.#title.onchange = () => this.#write();
    this.#says.onchange = () => this.#write();
    form.changed = () => this.#write();
    this.#move.onchange = () => this.#moveHere(Number(this.#move.value));
    setAttr(this.element, "data-writing", true);
  }

  get #session() {
    return this.around.store.session;
  }

  begin() {
    this.notes.writing = true;
    this.#session.stale();
    void this.#session.recall();
    const where = h("div", { class: "here" }, this.#where, this.#says, this.form.element);
    const head = h("div", { class: "what" }, h("small", {}, "Lesson"), this.#title, this.#chapters);
    const share = h("button", { onclick: () => this.around.open("share") }, "Share…");
    const attempt = h("button", { onclick: () => void this.#try() }, "Try it");
    const close = h("button", { class: "quiet", onclick: () => this.go() }, "Close");
    const buttons = h("div", { class: "buttons" }, this.#save, attempt, share, this.#move, this.#delete, close);
    this.element.replaceChildren(h("div", { class: "text" }, head, where, this.error.element), buttons);
    buttons.append(this.#said);
    this.#title.value = this.notes.title;
    this.changed();
    this.around.store.draw();
  }

  changed() {
    if (this.around.store.runs !== this.#runs) return this.go();
    const { step, branch } = this.#session.position();
    const here = `${branch} ${step}`;
    if (here !== this.#shown) {
      this.#shown = here;
      const note = this.notes.note(step);
      this.#says.value = note?.says ?? "";
      this.form.show(note?.question);
      setText(this.#said, "");
      this.error.clear();
    }
    this.#draw(step);
  }

  /** @param {number} step */
  #draw(step) {
    setText(this.#where, `At step ${step}`);
    setAttr(this.#says, "aria-label", `At step ${step}`);
    const all = this.notes.all;
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

  /** Says nothing here any more. */
  #drop() {
    this.notes.write(this.notes.title, this.#session.position().step, "");
    this.#again();
  }

  /** The present moment is shown afresh. */
  #again() {
    this.#shown = "";
    this.changed();
    this.around.store.draw();
  }

  /** Takes what is written into the run. */
  #write() {
    const says = this.#says.value.trim();
    this.error.clear();
    setText(this.#said, "");
    const { step } = this.#session.position();
    try {
      const question = says ? this.form.question() : undefined;
      if (this.form.asks && !says) throw new Error("A question needs a sentence that asks it: write it in the note.");
      this.notes.write(this.#title.value.trim(), step, says, question ?? null);
    } catch (why) {
      return this.error.show(/** @type {Error} */ (why));
    }
    if (says) this.changed();
    else this.#again();
    this.around.store.draw();
  }

  /** Says here what was said at another step. @param {number} from */
  #moveHere(from) {
    const note = this.notes.note(from);
    if (!note) return;
    const { title } = this.notes;
    this.notes.write(title, from, "");
    this.notes.write(title, this.#session.position().step, note.says, note.question ?? null);
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
      this.#write();
      await keep(this.#session.run());
      setText(this.#said, `Saved as “${title}”, under Scenarios.`);
    } catch (why) {
      this.error.show(/** @type {Error} */ (why));
    }
  }

  /** Reads the lesson from its beginning, with its questions. */
  async #try() {
    const { session } = this.around.store;
    await this.around.commands.seek(0);
    this.go();
    this.notes.again(0);
    session.stale();
    const { questions } = await import("./questions.js");
    if (this.notes.asks) await questions(this.around).catch((why) => this.around.notices.refuse(why));
    this.around.store.draw();
  }

  gone() {
    this.notes.writing = false;
    this.notes.again(this.#session.position().step);
    this.#session.stale();
    this.around.store.draw();
  }
}

/** @param {Note} note */
const name = ({ step, question }) => `${step}${question ? " ?" : ""}`;
