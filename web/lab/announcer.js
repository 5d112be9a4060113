// Says what happens to people who do not see it.

import { h, redraw } from "./shared/dom.js";

/** The least time between two sentences while a run plays, in ms: a listener cannot skim. */
const APART = 2000;

export class Announcer {
  element = h("p", { class: "sr", "aria-live": "polite" });
  #last = 0;

  /** @param {string} text @param {boolean} playing */
  say(text, playing) {
    if (playing && performance.now() - this.#last < APART) return;
    if (this.element.textContent !== text) this.#last = performance.now();
    redraw(this.element, text, () => [text]);
  }
}
