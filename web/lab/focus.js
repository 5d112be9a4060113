// The focus, which never falls back to the page around: the keys would go with it. After an action it is on the thing
// that was acted on.

/** @import { Inspector } from "./panels/inspector.js" */
/** @import { Stage } from "./stage/stage.js" */
/** @import { Store } from "./store.js" */

/** @param {HTMLElement | null} one @returns {HTMLElement | null} it, if it is seen */
const seen = (one) => (one?.checkVisibility() ? one : null);

export class Focus {
  /** What has the focus, or had it until it was taken away. @type {HTMLElement | null} */
  #held = null;

  /** @param {HTMLElement} lab @param {Store} store @param {Stage} stage @param {Inspector} inspector */
  constructor(lab, store, stage, inspector) {
    this.lab = lab;
    this.store = store;
    this.stage = stage;
    this.inspector = inspector;
    lab.addEventListener("focusin", (event) => {
      this.#held = /** @type {HTMLElement} */ (event.target);
    });
    // Whatever a click or a key takes away may have had the focus.
    for (const type of ["click", "keyup", "close"]) lab.addEventListener(type, () => store.draw(), { capture: true });
  }

  /** What has the focus in the lab. @returns {Element | null} */
  get at() {
    return /** @type {ShadowRoot} */ (this.lab.getRootNode()).activeElement;
  }

  /** Goes to what is selected; where nothing stands for it, to its actions; with nothing selected, to Play, or
   * in a lecture to what goes on.
   * @param {FocusOptions} [how] */
  go(how) {
    const { selected } = this.store;
    const thing = selected && !("link" in selected) ? this.stage.find(selected) : null;
    const next = seen(this.lab.querySelector(".presenting [data-next]"));
    if (next) return (seen(thing) ?? next).focus(how); // in a lecture there is nothing else
    const play = seen(this.lab.querySelector(".play"));
    const there = seen(thing) ?? (selected ? null : play);
    if (there) there.focus(how);
    else if (this.inspector.shown) this.inspector.focus();
    else (play ?? this.lab).focus(how);
  }

  /** An action is done: goes to the thing that it was done to, unless the person has gone elsewhere by now. */
  acted() {
    const { selected } = this.store;
    const { at, lab } = this;
    if (at && at !== lab && !this.inspector.element.contains(at)) return;
    const stays = at && at !== lab && at.checkVisibility();
    if (!stays || (selected && !("link" in selected))) this.go();
  }

  /** Takes the focus back when what had it is gone. */
  keep() {
    const held = this.#held;
    if (!held || seen(held)) return;
    this.#held = null;
    const { activeElement, body } = document;
    // A browser lets go of what is hidden only after this frame.
    if (this.at && !seen(/** @type {HTMLElement} */ (this.at))) return this.go({ preventScroll: true });
    if (!this.at && (!activeElement || activeElement === body)) this.go({ preventScroll: true });
  }
}
