// What a note asks: nothing, which of a few choices is right, or something to do.

import { h, setAttr } from "../shared/dom.js";
import { noQuestion } from "../shared/texts.js";
import { CONDITIONS, conditions, together } from "./conditions.js";
/** @import { Note } from "../engine/engine.js" */
/** @import { Known } from "./conditions.js" */

/** @typedef {NonNullable<Note["question"]>} Question */
/** @typedef {{ kind: string, choices: { text: string, right: boolean }[], goals: string[], answer: string }} Draft what
 * is written of a question, whole or not */

/** So many choices there is room for. */
const CHOICES = 4;
/** What is asked, in the words of the button that leads here. */
const ASKS = { "": "Ask a question…", choices: "Asks with choices…", goal: "Asks to do something…" };
/** What each condition of a goal is called, the first first. */
const NAMES = ["What is to be done", "Second condition", "Third condition"];
/** No further condition. */
const NONE = "";
const OTHER = "other";

export class QuestionForm {
  #kind = h(
    "select",
    { "aria-label": "What it asks" },
    h("option", { value: "choices" }, "Asks with choices"),
    h("option", { value: "goal" }, "Asks to do something"),
  );
  #choices = Array.from({ length: CHOICES }, (_, i) => {
    const name = `Choice ${i + 1}`;
    const text = h("input", { dir: "auto", "aria-label": name, placeholder: name });
    const props = { type: "radio", name: "right", value: i + 1, "aria-label": `${name} is right` };
    const right = h("input", props);
    return { text, right, element: h("span", { class: "one-choice" }, right, text) };
  });
  #goals;
  #answer = h("input", {
    dir: "auto",
    "aria-label": "Once it is answered",
    placeholder: "Once it is answered: why?",
  });
  #asked = h("div", { class: "asked" });
  /** Another goal than those that can be made here, as it was opened. @type {object[] | undefined} */
  #other;
  /** What is asked has changed. */
  changed = () => {};
  /** Something has been written, of a question that may not be whole yet. */
  touched = () => {};

  /** @param {Known[]} known what there is to ask for */
  constructor(known) {
    this.known = known;
    this.#goals = NAMES.slice(0, CONDITIONS).map((name, i) => {
      const options = known.map(([says], at) => h("option", { value: at }, says));
      const none = i > 0 && h("option", { value: NONE }, "nothing else");
      const select = h("select", { "aria-label": name }, none, ...options);
      return { select, element: h("label", { class: "field" }, h("span", {}, name), select) };
    });
    this.element = h("div", { class: "question-form" }, this.#kind, this.#asked);
    this.#kind.onchange = () => {
      this.#lay();
      this.touched();
      // Choices are asked once two of them are written and one is marked.
      if (this.#kind.value !== "choices") this.changed();
    };
    this.#asked.oninput = () => this.touched();
    this.#asked.onchange = () => {
      this.#offer();
      if (this.#complete) this.changed();
    };
  }

  /** Whether anything is asked. */
  get asks() {
    return this.#kind.value !== "";
  }

  /** What is asked, in three words. */
  get says() {
    return ASKS[/** @type {keyof typeof ASKS} */ (this.#kind.value)];
  }

  get #complete() {
    if (this.#kind.value !== "choices") return true;
    const written = this.#choices.filter(({ text }) => text.value.trim());
    return written.length > 1 && written.some(({ right }) => right.checked);
  }

  /** Whether nothing has been written of what is asked. */
  get empty() {
    const texts = [...this.#choices.map(({ text }) => text), this.#answer];
    return this.#kind.value !== "goal" && texts.every((text) => !text.value.trim());
  }

  /** @returns {Draft} */
  get draft() {
    return {
      kind: this.#kind.value,
      choices: this.#choices.map(({ text, right }) => ({ text: text.value, right: right.checked })),
      goals: this.#goals.map(({ select }) => select.value),
      answer: this.#answer.value,
    };
  }

  /** Goes on with what was written, after the question of the step was shown. @param {Draft} draft */
  resume({ kind, choices, goals, answer }) {
    this.#kind.value = kind;
    this.#choices.forEach(({ text, right }, i) => {
      text.value = choices[i].text;
      right.checked = choices[i].right;
    });
    this.#goals.forEach(({ select }, i) => {
      select.value = goals[i];
    });
    this.#answer.value = answer;
    this.#lay();
  }

  /** Begins to ask, with choices, where nothing is asked. */
  begin() {
    if (this.asks) return;
    this.#kind.value = "choices";
    this.#lay();
  }

  /** @param {Question | undefined | null} question what is asked at the present step */
  show(question) {
    this.#kind.value = question ? (question.goal ? "goal" : "choices") : "";
    this.#choices.forEach(({ text, right }, i) => {
      text.value = question?.choices?.[i] ?? "";
      // Which one is right is for whoever asks to say: nothing is marked before.
      right.checked = i + 1 === question?.right;
    });
    this.#showGoal(question?.goal);
    this.#answer.value = question?.answer ?? "";
    this.#lay();
  }

  /** @param {object[] | undefined} goal */
  #showGoal(goal) {
    const picked = goal ? conditions(goal, this.known) : [0];
    this.#other = picked ? undefined : goal;
    const [{ select: first }] = this.#goals;
    first.querySelector(`[value=${OTHER}]`)?.remove();
    if (this.#other) first.append(h("option", { value: OTHER }, "what the file says"));
    this.#goals.forEach(({ select }, i) => {
      select.value = `${picked?.[i] ?? (i ? NONE : OTHER)}`;
    });
  }

  #lay() {
    const parts = {
      "": [],
      choices: [h("small", {}, "Mark the one that is right."), ...this.#choices.map(({ element }) => element)],
      goal: this.#goals.map(({ element }) => element),
    };
    const kind = /** @type {keyof typeof parts} */ (this.#kind.value);
    this.#asked.replaceChildren(...parts[kind], ...(kind ? [this.#answer] : []));
    setAttr(this.#asked, "data-kind", kind);
    this.#offer();
  }

  /** A further condition is offered once there is one before it. */
  #offer() {
    let more = true;
    for (const { select, element } of this.#goals) {
      setAttr(element, "hidden", !more);
      if (!more) select.value = NONE;
      more &&= select.value !== NONE && select.value !== OTHER;
    }
  }

  /** @returns {Question | undefined} what is asked; throws what is missing */
  question() {
    const answer = this.#answer.value.trim();
    const said = answer ? { answer } : {};
    const written = this.#choices
      .map(({ text, right }, i) => ({ text: text.value.trim(), right: right.checked, name: `Choice ${i + 1}` }))
      .filter(({ text }) => text);
    const choices = this.#kind.value === "choices";
    const why = this.asks && noQuestion(choices ? written : [], answer);
    if (why) throw new Error(why);
    if (this.#kind.value === "goal") return { goal: this.#goal(), ...said };
    if (!choices) return undefined;
    if (written.length < 2) throw new Error("A question with choices needs at least two of them.");
    const right = written.findIndex((choice) => choice.right) + 1;
    if (!right) throw new Error("Mark the choice that is right: nothing is marked yet.");
    return { choices: written.map(({ text }) => text), right, ...said };
  }

  #goal() {
    const picked = this.#goals.map(({ select }) => select.value);
    if (this.#other && picked[0] === OTHER) return this.#other;
    return together(picked.filter((value) => value !== NONE).map(Number), this.known);
  }
}
