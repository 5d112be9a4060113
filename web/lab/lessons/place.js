// Where a challenge, a question or the tools of a lesson stand: one place above the stage, for one of them at a time.

import { h, style } from "../shared/dom.js";
import { life } from "../shared/life.js";

/** What stands there, by lab. @type {WeakMap<Element, Bar>} */
const standing = new WeakMap();

/** The place, made where there is none yet. @param {HTMLElement} lab @returns {HTMLElement} */
function placeIn(lab) {
  const there = /** @type {HTMLElement | null} */ (lab.querySelector(".note[part=note]"));
  if (there) return there;
  const made = h("div", { class: "note", part: "note" });
  lab.querySelector(".stage")?.prepend(made);
  return made;
}

/** Something in that place. It is told of every change of the run, until it goes or another takes its place. */
export class Bar {
  #over = new AbortController();
  #waiting = false;

  /** @param {HTMLElement} lab over whose stage it stands @param {string} name for people who cannot see it
   * @param {HTMLElement} [place] by default the one above the stage */
  constructor(lab, name, place = placeIn(lab)) {
    this.lab = lab;
    this.place = place;
    this.element = h("section", { class: "lessonbar", "aria-label": name });
    const host = /** @type {ShadowRoot} */ (lab.getRootNode()).host;
    const { signal } = this.#over;
    host.addEventListener("quorum-step", () => this.#soon(), { signal });
    life(lab).addEventListener("abort", () => this.go(), { signal });
  }

  /** Comes, in the place of what stood there. */
  async come() {
    await style(/** @type {ShadowRoot} */ (this.lab.getRootNode()), new URL("./lessons.css", import.meta.url));
    standing.get(this.lab)?.go();
    standing.set(this.lab, this);
    this.place.replaceChildren(this.element);
  }

  /** Goes, and hears no more. */
  go() {
    this.#over.abort();
    this.element.remove();
    if (standing.get(this.lab) === this) standing.delete(this.lab);
    this.gone();
  }

  /** Aborted once it goes. */
  get signal() {
    return this.#over.signal;
  }

  /** Whether it stands in its place, in a lab that is still there. */
  get here() {
    return standing.get(this.lab) === this && this.lab.isConnected;
  }

  /** The run has changed: several changes at once are one. */
  #soon() {
    if (this.#waiting) return;
    this.#waiting = true;
    queueMicrotask(() => {
      this.#waiting = false;
      if (!this.lab.isConnected) this.go();
      else if (this.here) this.changed();
    });
  }

  /** The run has changed. */
  changed() {}

  /** It has gone. */
  gone() {}
}

/** What stands above the stage of a lab. @param {HTMLElement} lab @returns {Bar | undefined} */
export const standingIn = (lab) => standing.get(lab);
