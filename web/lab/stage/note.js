// What is said above the stage: the note of the moment, and to whoever comes for the first time, what to press. A word
// of the protocol is marked in the note that has it first: a pointer, the focus or a finger on it explains it beside
// the word. The note has a place of fixed size, and the explanation stays in it: under the note where that leaves room,
// or in place of all of the note but the word.

import { h, reach, redraw, setAttr } from "../shared/dom.js";
/** @import { View } from "../engine/engine.js" */
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
  #meaning = h("span", { class: "meaning", "aria-hidden": "true" });
  /** @type {{ of: string, words: Word[] }} */
  #known = { of: "", words: [] };

  /** @param {Store} store */
  constructor(store) {
    this.store = store;
  }

  /** @param {View} view */
  render({ step, headline, protocol, nodes }) {
    const { store, element } = this;
    const { notes } = store.session;
    const { words } = store;
    const english = notes?.until(step);
    const note = english === undefined ? english : words.told(english);
    setAttr(element, "data-note", !!note);
    if (note !== undefined) this.#learn(protocol);
    const said = note ?? (store.presenting ? store.values.plain(headline?.why ?? "") : "");
    const tip = store.presenting ? "" : store.tip;
    // A lecture begins with what it is about.
    const title = store.presenting && !step ? words.told(notes?.title || `A run of ${counted(nodes.length)}`) : "";
    redraw(element, [title, said, tip, note === undefined ? 0 : this.#known.words.length], () => {
      const pieces =
        note === undefined
          ? [{ text: said }]
          : this.#pieces(
              note,
              (notes?.all ?? []).map(({ says }) => words.told(says)),
            );
      this.explain(null); // its word is gone
      queueMicrotask(() => this.reach());
      return [title && h("b", { class: "titled" }, title), ...pieces.map(drawn), said && tip ? " " : "", tip];
    });
  }

  /** @param {string} note @param {string[]} all */
  #pieces(note, all) {
    return explained(this.#known.words, note, all.slice(0, Math.max(0, all.indexOf(note))));
  }

  /** @param {string} protocol */
  #learn(protocol) {
    if (this.#known.of === protocol) return;
    this.#known = { of: protocol, words: [] };
    this.store.protocol.words(this.store.words.lang).then(
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

  /** Says what a word means, next to it; of no word: nothing any more.
   * @param {HTMLElement | null} word of the note @returns {boolean} whether there was room */
  explain(word) {
    const [note, meaning] = [this.element, this.#meaning];
    setAttr(note, "data-explains", null);
    for (const other of note.querySelectorAll("dfn[data-on]")) setAttr(other, "data-on", null);
    meaning.remove();
    if (!word || !note.contains(word)) return false;
    const text = document.createRange();
    text.selectNodeContents(note);
    const end = Math.max(...[...text.getClientRects()].map(({ bottom }) => bottom));
    meaning.textContent = word.dataset.says ?? "";
    note.append(meaning);
    const { top, bottom } = note.getBoundingClientRect();
    const lines = [...word.getClientRects()];
    const room = beside(meaning.offsetHeight, { top, bottom }, end, lines[0].top, lines[lines.length - 1].bottom);
    if (!room) {
      meaning.remove();
      return false;
    }
    setAttr(word, "data-on", true);
    setAttr(note, "data-explains", room.alone ? "alone" : "below");
    meaning.style.insetBlockStart = `${room.at - top + note.scrollTop}px`;
    return true;
  }
}

/** Where an explanation has room in the place of a note; all lengths in px.
 * @param {number} tall the explanation @param {{ top: number, bottom: number }} place of the note
 * @param {number} end of what the note says @param {number} from where its word begins @param {number} to where it ends
 * @returns {{ at: number, alone: boolean } | null} `alone`: the rest of the note gives way */
export function beside(tall, { top, bottom }, end, from, to) {
  if (end + tall <= bottom) return { at: end, alone: false };
  if (to + tall <= bottom) return { at: to, alone: true };
  return from - tall >= top ? { at: from - tall, alone: true } : null;
}

/** @param {Piece} piece */
const drawn = ({ text, says }) =>
  says ? h("dfn", { tabindex: 0, "aria-description": says, "data-says": says }, text) : text;

/** @param {number} servers */
const counted = (servers) => `${servers} ${servers === 1 ? "server" : "servers"}`;
