// The few things that take more than a click: small forms that open where they were asked for and say what is wrong
// beside the field, in the words and the units that stand there. What a number may be is checked here, and what a text
// may be in texts.js, before the engine is asked: a refusal of the engine speaks to programs, too.

import { h, setAttr, setText } from "./dom.js";
import { noValue } from "./texts.js";
/** @import { Action, View } from "../engine/engine.js" */

/**
 * What a form that acts on the run needs.
 * @typedef {object} Acts
 * @property {(action: Action) => Promise<unknown>} apply rejects with a sentence to show
 * @property {(error: Error) => void} failed tells the page around the lab
 */
/** Closes a form. @typedef {(done: boolean) => void} Close `done`: it did what it is for */

/** The longest delay there may be, in ms. */
export const LONGEST = 60_000;
/** @param {string} name @param {HTMLElement} input @param {string} [unit] */
export const field = (name, input, unit) =>
  h("label", { class: "field" }, h("span", {}, name), input, unit && h("small", {}, unit));

/** A field for a number. What it counts in is said when the number is refused.
 * @param {string} name @param {unknown} value @param {number} [max] @param {number} [min]
 * @param {{ step?: number, says?: string, unit?: string, least?: string }} [more] `says`: what it is called, if its
 * label does not say; `least`: the name of the number beside it that it may not be less than */
export const number = (name, value, max, min = 0, { step = 1, says, unit, least } = {}) =>
  h("input", {
    name,
    type: "number",
    inputmode: step < 1 ? "decimal" : "numeric",
    step: "any", // the browser's own words would cover ours
    "data-step": step,
    "data-unit": unit,
    "data-least": least,
    "aria-label": says,
    value: `${value}`,
    min,
    max,
    required: true,
    onwheel: scroll,
    // What was wrong with it, or with the other of two, goes as soon as it is right.
    oninput: (/** @type {Event} */ { target }) => {
      const input = /** @type {HTMLInputElement} */ (target);
      const both = input.closest(".range")?.querySelectorAll("input") ?? [input];
      for (const one of both) if (one.hasAttribute("aria-invalid")) right(one);
    },
  });

/** A wheel scrolls, also over a number that has the focus: browsers would change the number.
 * @param {WheelEvent} event */
function scroll(event) {
  const input = /** @type {HTMLElement} */ (event.currentTarget);
  if (event.ctrlKey || !input.matches(":focus")) return;
  event.preventDefault();
  const far = event.deltaY * (event.deltaMode ? 20 : 1);
  /** @type {Element | null} */
  let at = input.parentElement;
  while (at && !(at.scrollHeight > at.clientHeight && /auto|scroll/.test(getComputedStyle(at).overflowY)))
    at = at.parentElement;
  (at ?? window).scrollBy(0, far);
}

/** @param {FormData} data @param {string} name */
export const num = (data, name) => Number(data.get(name));

/** @param {Node} node */
const textOf = (node) => node.textContent?.trim();

/** What a number must be, unless it is. @param {HTMLInputElement} input @returns {string} nothing when it is right */
export function wrong(input) {
  const { min, max, value, dataset } = input;
  const step = Number(dataset.step ?? 1);
  const number = Number(value);
  const steps = Math.abs(number / step - Math.round(number / step)) < 1e-9;
  const inside = number >= Number(min || 0) && (!max || number <= Number(max));
  if (value.trim() && inside && steps) return disordered(input);
  const label =
    input.ariaLabel ?? [...(input.closest("label")?.childNodes ?? [])].map(textOf).find(Boolean) ?? input.name;
  const name = label[0].toUpperCase() + label.slice(1);
  const unit = dataset.unit ? ` ${dataset.unit}` : "";
  const least = Number(min || 0).toLocaleString("en");
  const span = max ? `${least} to ${Number(max).toLocaleString("en")}` : `${least} or more`;
  const kind = step === 1 ? "a whole number, " : "";
  const digits = step < 0.1 ? "at most three digits" : "one digit";
  const fine = step < 1 && inside && value.trim() ? `, with ${digits} after the point` : "";
  return `${name}: ${kind}${span}${unit}${fine}.`;
}

/** Of two numbers that are right by themselves, the second may be the smaller one. @param {HTMLInputElement} most
 * @returns {string} nothing unless it is */
function disordered(most) {
  const name = most.dataset.least;
  /** @type {HTMLInputElement | null | undefined} */
  const least = name ? most.closest(".range")?.querySelector(`[name="${name}"]`) : null;
  if (!least || wrong(least) || Number(least.value) <= Number(most.value)) return "";
  const what = most.ariaLabel?.split(",")[0];
  const unit = most.dataset.unit ? ` ${most.dataset.unit}` : "";
  return `${what}: the smaller number first, so ${most.value} to ${least.value}${unit}.`;
}

/** Says of every number that is wrong what it must be, where it stands, and goes to the first of them.
 * @param {ParentNode} within @returns {boolean} whether all are right */
export function checked(within) {
  const inputs = /** @type {NodeListOf<HTMLInputElement>} */ (within.querySelectorAll("input[type=number]"));
  const bad = [...inputs].filter((input) => input.closest("[hidden]") === null && !right(input));
  if (bad.length) goTo(bad[0]);
  return !bad.length;
}

/** Goes to a field, and to what is said of it. @param {HTMLElement} input */
function goTo(input) {
  input.focus();
  (input.closest("label") ?? input.closest(".range"))?.querySelector(".wrong")?.scrollIntoView({ block: "nearest" });
}

/** Says what a number must be, where it stands, unless it is. @param {HTMLInputElement} input @returns {boolean} */
export function right(input) {
  const text = wrong(input);
  say(input, text);
  return !text;
}

/** Says of a field what is wrong with it: over what stands above it, so that nothing moves. Beside the other fields of
 * a form with a button it is said while a person is there. A field that is taken as soon as it is left says it until it
 * is right.
 * @param {HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement} input
 * @param {string} text nothing takes it back */
export function say(input, text) {
  const place = input.closest("label") ?? input.closest(".range") ?? input;
  const sentence =
    place.querySelector(`[data-of="${input.name}"]`) ?? h("small", { class: "wrong", "data-of": input.name });
  setAttr(input, "aria-invalid", text ? "true" : null);
  setText(sentence, text);
  if (!text) sentence.remove();
  else if (!sentence.isConnected) {
    setAttr(sentence, "role", "alert");
    setAttr(sentence, "data-stays", !input.form?.querySelector("button"));
    place.append(sentence);
  }
}

/** What is wrong with one field, though the fields are right one by one. */
export class Misfit extends Error {
  /** @param {HTMLInputElement | HTMLSelectElement} at where to say it @param {string} text */
  constructor(at, text) {
    super(text);
    this.at = at;
  }
}

/** A sentence that says what went wrong, once something has.
 * @param {(error: Error) => void} failed tells the page around the lab
 * @returns {{ element: HTMLElement, clear: () => void, show: (error: Error) => void }} */
export function complaint(failed) {
  const element = h("p", { class: "error", role: "alert" });
  const show = (/** @type {Error} */ error) => {
    setText(element, error.message);
    failed(error);
  };
  return { element, clear: () => setText(element, ""), show };
}

/**
 * @param {string} title @param {string} submit @param {(HTMLElement | string)[]} fields
 * @param {(data: FormData) => Promise<unknown>} done rejects with a sentence to show
 * @param {(error: Error) => void} failed @param {Close} close
 * @param {string} [hint] what is asked for, where a refusal takes its place: then no button moves
 */
export function form(title, submit, fields, done, failed, close, hint) {
  const error = complaint(failed);
  let sending = false;
  /** @type {Misfit | undefined} */
  let misfit;
  const quiet = () => {
    error.clear();
    if (misfit) say(misfit.at, "");
    misfit = undefined;
  };
  const refuse = (/** @type {Error} */ why) => {
    if (!(why instanceof Misfit)) {
      error.show(why);
      return error.element.scrollIntoView({ block: "nearest" });
    }
    misfit = why;
    say(why.at, why.message);
    goTo(why.at);
    failed(why);
  };
  const send = (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    quiet();
    const element = /** @type {HTMLFormElement} */ (event.currentTarget);
    if (sending || !checked(element)) return; // a second press of Enter is no second wish
    sending = true;
    const sent = done(new FormData(element)).finally(() => (sending = false));
    sent.then(() => close(true), refuse);
  };
  const buttons = h(
    "div",
    { class: "buttons" },
    h("button", { class: "primary" }, submit),
    h("button", { type: "button", onclick: () => close(false) }, "Cancel"),
  );
  const said = hint && h("div", { class: "asks-for" }, h("small", {}, hint), error.element);
  const props = { "aria-label": title, novalidate: true, onsubmit: send, oninput: quiet };
  return h("form", props, h("strong", {}, title), ...fields, said, buttons, !said && error.element);
}

/** @param {Acts} acts @param {Extract<Action, {type: "propose"}>} action @param {Close} close */
export function propose({ apply, failed }, action, close) {
  const value = h("input", {
    name: "value",
    value: action.value,
    autocomplete: "off",
    spellcheck: "false",
    dir: "auto",
  });
  const done = async (/** @type {FormData} */ data) => {
    const text = `${data.get("value")}`;
    const why = noValue(text);
    if (why) {
      value.focus();
      throw new Error(why);
    }
    await apply({ ...action, value: text });
  };
  const title = `Propose at server ${action.node}`;
  return form(title, "Propose", [field("Value", value)], done, failed, close, "Any text: blue, or tea.");
}

/** @param {Acts} acts @param {number[]} ids of the servers @param {Close} close */
export function partition({ apply, failed }, ids, close) {
  const boxes = ids.map((id) => h("label", {}, h("input", { type: "checkbox", name: "in", value: id }), `${id}`));
  const done = async (/** @type {FormData} */ data) => {
    const inside = data.getAll("in").map(Number);
    if (!inside.length || inside.length === ids.length)
      throw new Error(inside.length ? "Leave at least one server out." : "Tick at least one server.");
    await apply({ type: "partition", groups: [inside, ids.filter((id) => !inside.includes(id))] });
  };
  const servers = h("div", { class: "servers" }, ...boxes);
  const hint = "Tick at least one server, and leave at least one.";
  return form("Cut these off from the rest", "Partition", [servers], done, failed, close, hint);
}

/** A least and a most, in ms. @param {string} says what of @param {[from: string, to: string]} names
 * @param {readonly [number, number]} span */
export const spanField = (says, [from, to], span) =>
  field(
    says,
    h(
      "span",
      { class: "range" },
      number(from, span[0], LONGEST, 0, { says: `${says}, at least`, unit: "ms" }),
      "to",
      number(to, span[1], LONGEST, 0, { says: `${says}, at most`, unit: "ms", least: from }),
    ),
    "ms",
  );

/** @param {FormData} data @param {[from: string, to: string]} names @returns {[number, number]} */
export const readSpan = (data, [from, to]) => [num(data, from), num(data, to)];

/** @param {string} name @param {string} says @param {number} part of 1 */
const percent = (name, says, part) =>
  field(says, number(name, +(part * 100).toFixed(1), 100, 0, { step: 0.1, unit: "%" }), "% of messages");

/** @param {Partial<View["network"]>} network */
export const networkFields = ({ loss = 0, duplicate = 0, latency = [0, 0] }) => [
  percent("loss", "Lost", loss),
  percent("duplicate", "Duplicated", duplicate),
  spanField("Latency", ["from", "to"], latency),
];

/** @param {FormData} data @returns {{loss: number, duplicate: number, latency: [number, number]}} */
export const readNetwork = (data) => ({
  loss: num(data, "loss") / 100,
  duplicate: num(data, "duplicate") / 100,
  latency: readSpan(data, ["from", "to"]),
});

/** @param {Acts} acts @param {View["network"]} now @param {Close} close */
export function network({ apply, failed }, now, close) {
  const done = async (/** @type {FormData} */ data) => {
    await apply({ type: "network", ...readNetwork(data) });
  };
  return form("The network from now on", "Change", networkFields(now), done, failed, close);
}
