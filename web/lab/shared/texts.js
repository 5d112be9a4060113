// What a person may write: why a value, a name, a title or a sentence does not fit, in words for who typed it. The
// engine counts bytes of UTF-8; a person is told how much is too much.

/** The most bytes of a value. */
const ROOM = 64;
/** The most bytes of words about a run. */
const WORDS = { title: 120, note: 600, choice: 200 };

/** Nothing that leaves a trace on a screen. */
const UNSEEN = /^[\s\p{Cf}\p{Cc}\u2800\u3164]*$/u;

/** Why a text is no value, in words for who typed it. @param {string} text
 * @param {string} [what] it is a value, or a name @returns {string} nothing when it is one */
export function noValue(text, what = "value") {
  if (!text) return `Type a ${what}: a word will do.`;
  if (UNSEEN.test(text)) return `Nobody could see this ${what}. Type a letter, a digit or a sign.`;
  return tooLong(`This ${what}`, text, ROOM);
}

/** Why a text does not fit. @param {string} name what it is @param {string} text
 * @param {number} room for so many bytes of UTF-8 @returns {string} nothing when it does */
export function tooLong(name, text, room) {
  const bytes = new TextEncoder().encode(text).length;
  if (bytes <= room) return "";
  const plain = bytes === text.length;
  return `${name} is too long by ${bytes - room}: it has room for ${room} letters${plain ? "" : ". One beyond a to z, or an emoji, counts as two to four"}.`;
}

/** Why a title does not fit. @param {string} text @returns {string} nothing when it does, or there is none */
export const noTitle = (text) => unseen("title", text) || tooLong("The title", text, WORDS.title);

/** Why a note does not fit. @param {string} text @returns {string} nothing when it does, or there is none */
export const noNote = (text) => unseen("note", text) || tooLong("The note", text, WORDS.note);

/** Why what a question says does not fit. @param {{ text: string, name: string }[]} choices that are written
 * @param {string} answer @returns {string} nothing when all of it does */
export function noQuestion(choices, answer) {
  const texts = choices.map(({ text }) => text);
  if (new Set(texts).size < texts.length) return "Two choices are the same: nobody could tell which is meant.";
  if (texts.some((text) => UNSEEN.test(text))) return "Nobody could see one of the choices. Leave it empty, or write.";
  const long = choices.map(({ text, name }) => tooLong(name, text, WORDS.choice)).find(Boolean);
  return long || unseen("answer", answer) || tooLong("The answer", answer, WORDS.note);
}

/** @param {string} what @param {string} text */
const unseen = (what, text) =>
  text && UNSEEN.test(text) ? `Nobody could see this ${what}. Leave it empty, or write.` : "";
