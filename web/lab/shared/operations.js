// What clients ask of a store, as people write it and read it: in a line of the console, in a cell of the log, in a
// sentence.

import { spelled } from "./spelling.js";
import { tooLong } from "./texts.js";
/** @import { Command, Op, Result } from "../engine/engine.js" */

/** How long a key or a value may be on the page, in bytes of UTF-8. */
export const LONGEST_TEXT = 64;

/** What each operation takes. @type {Record<string, string[]>} */
const TAKES = {
  put: ["key", "value"],
  get: ["key"],
  delete: ["key"],
  cas: ["key", "old value", "new value"],
  append: ["key", "value"],
};
/** As it is written. */
export const FORMS = Object.entries(TAKES).map(([name, words]) =>
  [name, ...words.map((word) => word.replace(" ", "-"))].join(" "),
);

/** The name of an operation, and what it is about, its key first. @param {Op} op
 * @returns {[name: string, operands: string[]]} */
export function parts(op) {
  const [[name, of]] = Object.entries(op);
  return [name, Array.isArray(of) ? of : [of]];
}

/** @param {Op} op */
export const keyOf = (op) => parts(op)[1][0];

/** A word of a line: in quotation marks where it would not be one. @param {string} text */
const word = (text) => (/^[^\s"]+$/.test(text) ? spelled(text) : `"${spelled(text)}"`);

/** As in the console: `put x 9`. @param {Op} op */
export function written(op) {
  const [name, operands] = parts(op);
  return [name, ...operands.map(word)].join(" ");
}

/** In as few letters as a cell has. @type {Record<string, (...operands: string[]) => string>} */
const BRIEF = {
  put: (key, value) => `${key}=${value}`,
  get: (key) => `${key}?`,
  delete: (key) => `${key}=∅`,
  cas: (key, from, to) => `${key}:${from}→${to}`,
  // What is there, and then this: with a plus it would be read as a sum.
  append: (key, value) => `${key}»${value}`,
};

/** @param {Op} op */
export function brief(op) {
  const [name, operands] = parts(op);
  return BRIEF[name]?.(...operands.map(spelled)) ?? name;
}

/** What a slot holds, in as few letters. @param {Command | "no-op"} command */
export const held = (command) => (command === "no-op" ? "no-op" : brief(command.op));

/** What a slot holds, in a sentence. @param {Command | "no-op" | null | undefined} command */
export const spoken = (command) =>
  !command || command === "no-op" ? "a no-op" : `${written(command.op)} of client ${command.client}`;

/** What came of an operation: nobody knows where its client was told so, in no slot. @param {Op} op
 * @param {Result | undefined} result @param {number | null} [slot] */
export function outcome(op, result, slot) {
  if (slot === null && result == null) return "open";
  if ("get" in op) return result == null ? "no value" : spelled(`${result}`);
  if ("cas" in op) return result === true ? "swapped" : result === false ? "not swapped" : "…";
  return result == null || result === "ok" ? "ok" : spelled(`${result}`);
}

/** What a client was told, where what it had asked is not said. @param {Result | undefined} result */
export function told(result) {
  if (result == null) return "no value";
  if (typeof result === "boolean") return result ? "swapped" : "not swapped";
  return spelled(result);
}

/** Cuts a line into words; what is between quotation marks is one. @param {string} line @returns {string[] | null} */
function words(line) {
  /** @type {string[]} */
  const found = [];
  let rest = line.trim();
  while (rest) {
    const match = /^"([^"]*)"(?=\s|$)\s*|^([^\s"]+)(?=\s|$)\s*/.exec(rest);
    if (!match) return null;
    found.push(match[1] ?? match[2]);
    rest = rest.slice(match[0].length);
  }
  return found;
}

/** What a line asks for, or what is wrong with it. @param {string} line
 * @returns {{ op: Op, wrong?: undefined } | { op?: undefined, wrong: string }} */
export function parse(line) {
  const found = words(line);
  if (!found) return { wrong: 'A quotation mark has no partner. A text with spaces stands between two: "two words".' };
  const [first = "", ...operands] = found;
  const name = first.toLowerCase();
  const takes = Object.hasOwn(TAKES, name) ? TAKES[name] : null;
  if (!takes) {
    const what = first ? `“${first}” is no operation.` : "What shall it ask?";
    return { wrong: `${what} There are: ${FORMS.join(", ")}.` };
  }
  if (operands.length < takes.length) {
    const form = FORMS.find((one) => one.startsWith(`${name} `));
    return { wrong: `The ${takes[operands.length]} is missing: ${form}.` };
  }
  if (operands.length > takes.length) {
    const last = takes.at(-1);
    const hint = last === "key" ? "" : ` If it belongs to the ${last}, write the ${last} between quotation marks.`;
    return { wrong: `“${operands[takes.length]}” is too much.${hint}` };
  }
  const wrong = operands.map((text, i) => tooLong(`The ${takes[i]}`, text, LONGEST_TEXT)).find(Boolean);
  if (wrong) return { wrong };
  const of = operands.length > 1 ? operands : operands[0];
  return { op: /** @type {Op} */ ({ [name]: of }) };
}
