// How text from outside is written, so that a person sees all of it. A value may be any text: two blanks, a bell, a
// word that runs from right to left. What could not be seen is spelled out, and what runs the other way is kept to
// itself, or it would turn the words around it.

/** What runs from right to left: Hebrew, Arabic and the scripts beside them. */
const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;
/** Begins and ends a stretch whose direction is its own. */
const [ISOLATE, END] = ["\u2068", "\u2069"];
/** What may stand before a value in a sentence, and after it. */
const BEFORE = /[\s“‘"(]/u;
const AFTER = /[\s”’").,:;?!]/u;

/** Text a person can see: controls become their pictures (␀ … ␡), direction marks their code points.
 * @param {string} text @returns {string} */
export const visible = (text) =>
  text.replace(/[\p{Cc}\p{Bidi_C}\u200b\u2028\u2029\u2060-\u206f\ufeff]/gu, (c) => {
    const code = c.charCodeAt(0);
    return code < 32 ? String.fromCharCode(0x2400 + code) : code === 127 ? "␡" : `⟨${code.toString(16)}⟩`;
  });

/** A value a person can see: blanks too, where they would be lost — at an end, several in a row, or other ones than
 * that of the keyboard. @param {string} value @returns {string} */
export const spelled = (value) =>
  visible(value)
    .replace(/^ +| +$| {2,}/g, (blanks) => "␣".repeat(blanks.length))
    .replace(/[^\P{Zs} ]/gu, (c) => `⟨${c.charCodeAt(0).toString(16)}⟩`);

/** For plain text, such as a label: what runs from right to left does so by itself. @param {string} text */
export const isolated = (text) => (RIGHT_TO_LEFT.test(text) ? `${ISOLATE}${text}${END}` : text);

/** At most so many letters of a text; what counts as one is what looks like one. @param {string} text
 * @param {number} letters @returns {string} */
export function short(text, letters) {
  if (text.length <= letters) return text;
  const all = Array.from(new Intl.Segmenter().segment(text), ({ segment }) => segment);
  return all.length > letters ? `${all.slice(0, letters - 1).join("")}…` : text;
}

/** A value in plain text. @param {string} value @param {number} [letters] at most @returns {string} */
export const told = (value, letters = Infinity) => isolated(short(spelled(value), letters));

/** Whether a value looks like a part of the words around it: "a" is one, too. @param {string} value */
const wordy = (value) => value.length <= 2 && /^[\p{L}\p{N}]*$/u.test(value) && !RIGHT_TO_LEFT.test(value);

/** Cuts a sentence where it names a value, as a word of its own. Very short words are left alone.
 * @param {string} sentence @param {string} value
 * @returns {string[]} what stands around it: one part, if it is not named */
export function around(sentence, value) {
  if (!value || wordy(value)) return [sentence];
  const parts = [];
  let from = 0;
  for (let at = sentence.indexOf(value); at >= 0; at = sentence.indexOf(value, at)) {
    const [before, after] = [sentence[at - 1], sentence[at + value.length]];
    const stands = (!before || BEFORE.test(before)) && (!after || AFTER.test(after));
    if (stands) parts.push(sentence.slice(from, at));
    at += stands ? value.length : 1;
    if (stands) from = at;
  }
  return [...parts, sentence.slice(from)];
}
