// What a note asks: nothing, which of a few choices is right, or something to do.

import { h, setAttr } from "../shared/dom.js";
/** @import { Note } from "../engine/engine.js" */

/** @typedef {NonNullable<Note["question"]>} Question */

/** So many choices there is room for. */
const CHOICES = 4;

export class QuestionForm {
  #kind = h(
    "select",
    { "aria-label": "What it asks" },
    h("option", { value: "" }, "Asks nothing"),
    h("option", { value: "choices" }, "Asks with choices"),
    h("option", { value: "goal" }, "Asks to do something"),
  );
  #choices = Array.from({ length: CHOICES }, (_, i) => {
    const text = h("input", {
      maxlength: 100,
      dir: "auto",
      "aria-label": `Choice ${i + 1}`,
      placeholder: `Choice ${i + 1}`,
    });
    const right = h("input", {
      type: "radio",
      name: "right",
      value: i + 1,
      checked: i === 0,
      "aria-label": `Choice ${i + 1} is right`,
    });
    return { text, right, element: h("span", { class: "one-choice" }, right, text) };
  });
  #goal;
  #answer = h("input", {
    maxlength: 300,
    dir: "auto",
    "aria-label": "Once it is answered",
    placeholder: "Once it is answered: why?",
  });
  #asked = h("div", { class: "asked" });
  /** Another goal than those of the list, as it was opened. @type {object[] | undefined} */
  #other;
  /** What is asked has changed. */
  changed = () => {};

  /** @param {[says: string, goal: object[]][]} goals what there is to ask for */
  constructor(goals) {
    this.goals = goals;
    this.#goal = h(
      "select",
      { "aria-label": "What is to be done" },
      ...goals.map(([says], i) => h("option", { value: i }, says)),
    );
    this.element = h("div", { class: "question" }, this.#kind, this.#asked);
    this.#kind.onchange = () => {
      this.#lay();
      // Choices are asked once two of them are written.
      if (this.#kind.value !== "choices") this.changed();
    };
    this.#asked.onchange = () => this.#complete && this.changed();
  }

  /** Whether anything is asked. */
  get asks() {
    return this.#kind.value !== "";
  }

  get #complete() {
    return this.#kind.value !== "choices" || this.#choices.filter(({ text }) => text.value.trim()).length > 1;
  }

  /** @param {Question | undefined | null} question what is asked at the present step */
  show(question) {
    this.#kind.value = question ? (question.goal ? "goal" : "choices") : "";
    this.#choices.forEach(({ text, right }, i) => {
      text.value = question?.choices?.[i] ?? "";
      right.checked = i + 1 === (question?.right ?? 1);
    });
    const wanted = JSON.stringify(question?.goal);
    const known = this.goals.findIndex(([, goal]) => JSON.stringify(goal) === wanted);
    this.#other = question?.goal && known < 0 ? question.goal : undefined;
    this.#goal.querySelector("[value=other]")?.remove();
    if (this.#other) this.#goal.append(h("option", { value: "other" }, "what the file says"));
    this.#goal.value = this.#other ? "other" : `${Math.max(0, known)}`;
    this.#answer.value = question?.answer ?? "";
    this.#lay();
  }

  #lay() {
    const parts = {
      "": [],
      choices: [...this.#choices.map(({ element }) => element), this.#answer],
      goal: [this.#goal, this.#answer],
    };
    this.#asked.replaceChildren(...parts[/** @type {keyof typeof parts} */ (this.#kind.value)]);
    setAttr(this.#asked, "data-kind", this.#kind.value);
  }

  /** @returns {Question | undefined} what is asked; throws what is missing */
  question() {
    const answer = this.#answer.value.trim();
    const said = answer ? { answer } : {};
    if (this.#kind.value === "goal")
      return {
        goal: this.#other && this.#goal.value === "other" ? this.#other : this.goals[Number(this.#goal.value)][1],
        ...said,
      };
    if (this.#kind.value !== "choices") return undefined;
    const written = this.#choices
      .map(({ text, right }) => ({ text: text.value.trim(), right: right.checked }))
      .filter(({ text }) => text);
    if (written.length < 2) throw new Error("A question with choices needs at least two of them.");
    const right = written.findIndex((choice) => choice.right) + 1;
    if (!right) throw new Error("Mark the choice that is right.");
    return { choices: written.map(({ text }) => text), right, ...said };
  }
}
