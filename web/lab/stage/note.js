// What is said above the stage: the note of the moment, and to whoever comes for the first time, what to press. A word
// of the protocol is marked in the note that has it first: a pointer, the focus or a finger on it explains it below.

import { h, reach, redraw, setAttr } from "../shared/dom.js";
/** @import { Note, View } from "../engine/engine.js" */
/** @import { Store } from "../store.js" */

/** @typedef {{ word: RegExp, says: string }} Word */
/** @typedef {{ text: string, says?: string }} Piece of a note: with `says` it is a word that is explained */

/** A note in pieces: the words that no earlier note has had, and what is between them.
 * @param {Word[]} words @param {string} text @param {string[]} before the notes before it @returns {Piece[]} */
export function explained(words, text, before) {
  const found = words
    .filter(({ word }) => !before.some((note) => word.test(note)))
    .flatMap(({ word, says }) => {
      const match = word.exec(text);
      return match ? [{ at: match.index, text: match[0], says }] : [];
    })
    .sort((a, b) => a.at - b.at);
  /** @type {Piece[]} */
  const pieces = [];
  let end = 0;
  for (const { at, text: word, says } of found) {
    if (at < end) continue;
    if (at > end) pieces.push({ text: text.slice(end, at) });
    pieces.push({ text: word, says });
    end = at + word.length;
  }
  return end < text.length ? [...pieces, { text: text.slice(end) }] : pieces;
}

export class NotePlace {
  element = h("p", { class: "hint", part: "hint" });
  /** @type {{ of: string, words: Word[] }} */
  #known = { of: "", words: [] };

  /** @param {Store} store */
  constructor(store) {
    this.store = store;
  }

  /** @param {View} view */
  render({ step, headline, protocol }) {
    const { store, element } = this;
    const { notes } = store.session;
    const note = notes?.until(step);
    setAttr(element, "data-note", !!note);
    if (note !== undefined) this.#learn(protocol);
    const said = note ?? (store.presenting ? store.values.plain(headline?.why ?? "") : "");
    const tip = store.presenting ? "" : store.tip;
    redraw(element, [said, tip, note === undefined ? 0 : this.#known.words.length], () => {
      const pieces = note === undefined ? [{ text: said }] : this.#pieces(note, notes?.all ?? []);
      queueMicrotask(() => this.reach());
      return [...pieces.map(drawn), said && tip ? " " : "", tip];
    });
  }

  /** @param {string} note @param {Note[]} all */
  #pieces(note, all) {
    const at = all.findIndex(({ says }) => says === note);
    const before = all.slice(0, Math.max(0, at)).map(({ says }) => says);
    return explained(this.#known.words, note, before);
  }

  /** @param {string} protocol */
  #learn(protocol) {
    if (this.#known.of === protocol) return;
    this.#known = { of: protocol, words: [] };
    this.store.protocol.words().then(
      (words) => {
        this.#known = { of: protocol, words };
        this.store.draw();
      },
      () => {}, // the note is there, and can be read without
    );
  }

  reach() {
    reach(this.element);
  }
}

/** @param {Piece} piece */
const drawn = ({ text, says }) => (says ? h("dfn", { tabindex: 0, title: says, "data-says": says }, text) : text);
