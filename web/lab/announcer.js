// Says what happens to people who do not see it.

import { h, redraw } from "./shared/dom.js";

/** The least time between two sentences while a run plays, in ms: a listener cannot skim. */
const APART = 2000;

export class Announcer {
  element = h("p", { class: "sr", "aria-live": "polite" });
  #last = 0;

  /** @param {string} what happened, in the engine's words @param {string} note of a lesson about it
   * @param {boolean} playing */
  say(what, note, playing) {
    if (playing && performance.now() - this.#last < APART) return;
    const said = what && note ? `${what} ` : what;
    if (this.element.textContent !== said + note) this.#last = performance.now();
    redraw(this.element, [said, note], () => [h("span", { lang: "en" }, said), note]);
  }
}
