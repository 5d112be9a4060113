// Checks the arguments of the element's methods. A refusal is a sentence that names the method.

/** The most characters of an input that a refusal repeats. */
const REPEATED = 40;
/** The most characters of a refusal. */
const LONGEST = 1200;

/** What was given, in a few characters. @param {unknown} value @returns {string} */
export function brief(value) {
  if (typeof value === "function") return "a function";
  if (typeof value === "symbol") return "a symbol";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object" && value) return "an object";
  if (typeof value === "string") return `“${cut(value, REPEATED)}”`;
  return cut(String(value), REPEATED);
}

/** The beginning of a text, without half a character at its end. @param {string} text @param {number} most characters
 * @returns {string} */
export function cut(text, most) {
  if (text.length <= most) return text;
  const characters = Array.from(text.slice(0, most + 1));
  return `${characters.slice(0, -1).join("").slice(0, most)}…`;
}

/** @param {string} verb @param {unknown} value @param {number} least
 * @returns {number} throws what is no number of steps */
export function wholeNumber(verb, value, least) {
  const given = typeof value === "string" && value.trim() ? Number(value) : value;
  if (typeof given === "number" && Number.isInteger(given) && given >= least) return given;
  throw new Error(`${verb} takes a whole number, ${least} or more, and not ${brief(value)}.`);
}

/** @param {string} verb @param {unknown} value @returns {number} throws what is no time */
export function time(verb, value) {
  const given = typeof value === "string" && value.trim() ? Number(value) : value;
  if (typeof given === "number" && given >= 0 && given < Infinity) return given;
  throw new Error(`${verb} takes a time in simulated milliseconds, 0 or more, and not ${brief(value)}.`);
}

/** @param {string} verb @param {string} what it takes @param {unknown} value
 * @returns {object} throws what is no object */
export function object(verb, what, value) {
  if (typeof value === "object" && value && !Array.isArray(value)) return value;
  throw new Error(`${verb} takes ${what}, and not ${brief(value)}.`);
}

/** What was thrown, as an error with a sentence that is no longer than a person can read. @param {unknown} thrown
 * @returns {Error} the same, if it is one */
export function refusal(thrown) {
  const text = thrown instanceof Error ? thrown.message : String(thrown);
  if (thrown instanceof Error && text && text.length <= LONGEST) return thrown;
  return new Error(cut(text, LONGEST) || "It failed, and did not say why.", { cause: thrown });
}
