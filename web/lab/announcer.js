// Says what happens to people who do not see it.

import { h, redraw } from "./shared/dom.js";

/** The least time between two sentences while a run plays, in ms: a listener cannot skim. */
const APART = 2000;

export class Announcer {
  element = h("p", { class: "sr", "aria-live": "polite" });
  #last = 0;

  /** What happened, and what a lesson says of it. @param {string[]} texts @param {boolean} playing */
  say(texts, playing) {
    if (playing && performance.now() - this.#last < APART) return;
    const text = texts.filter(Boolean).join(" ");
    if (this.element.textContent !== text) this.#last = performance.now();
    redraw(this.element, text, () => [text]);
  }
}
