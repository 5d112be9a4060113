// On a narrow screen the entries of the header are under one button, as a list that opens below it. It closes with Esc,
// on choosing, and when a person goes or taps elsewhere. A wide screen shows the same entries in a row, and no button. It is
// loaded when the button is first pressed.

import { setAttr } from "./shared/dom.js";

/** How far each key goes in the list. */
const BY = { ArrowDown: 1, ArrowUp: -1, Home: -Infinity, End: Infinity };

export class Menu {
  /** @param {HTMLElement} element the button @param {HTMLElement} list of buttons; it stands after the button */
  constructor(element, list) {
    this.element = element;
    this.list = list;
    // Before the entry does what it is for: a dialog gives the focus back to what had it.
    list.addEventListener("click", () => this.close(true), { capture: true });
    list.addEventListener("focusout", (event) => this.#left(event.relatedTarget));
    for (const part of [list, this.element]) part.addEventListener("keydown", (event) => this.#key(event));
  }

  get #entries() {
    return /** @type {HTMLElement[]} */ ([...this.list.children]);
  }

  /** Opens the list, or closes it. */
  toggle() {
    if (this.list.matches("[data-open]")) return this.close(true);
    this.#open(true);
    this.#entries[0].focus();
    document.addEventListener("pointerdown", this.#outside);
  }

  /** @param {boolean} now */
  #open(now) {
    setAttr(this.list, "data-open", now);
    setAttr(this.element, "aria-expanded", now);
  }

  /** @param {boolean} [back] whether the focus goes back to the button */
  close(back) {
    if (!this.list.matches("[data-open]")) return;
    if (back) this.element.focus();
    this.#open(false);
    document.removeEventListener("pointerdown", this.#outside);
  }

  #outside = (/** @type {PointerEvent} */ event) => {
    const path = event.composedPath();
    if (!path.includes(this.list) && !path.includes(this.element)) this.close();
  };

  /** The focus has left an entry. @param {EventTarget | null} to nothing: the page cannot be seen, or a finger taps */
  #left(to) {
    if (to && to !== this.element && !this.list.contains(/** @type {Node} */ (to))) this.close();
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (!this.list.matches("[data-open]")) return;
    if (event.key === "Escape") this.close(true);
    else if (Object.hasOwn(BY, event.key)) this.#go(BY[/** @type {keyof typeof BY} */ (event.key)]);
    else return;
    event.preventDefault();
    event.stopPropagation(); // the keys of the lab are others
  }

  /** @param {number} by */
  #go(by) {
    const entries = this.#entries;
    const root = /** @type {ShadowRoot} */ (this.list.getRootNode());
    const at = entries.indexOf(/** @type {HTMLElement} */ (root.activeElement));
    entries[Math.min(entries.length - 1, Math.max(0, at + by))].focus();
  }
}
