// The buttons of the space-time panel: what runs across, how near it is seen, and whether what comes is shown.

import { h, setText } from "../shared/dom.js";

/**
 * @typedef {object} Acts of the panel
 * @property {(byTime: boolean) => void} turn time across, or steps
 * @property {(by: number) => void} zoom
 * @property {() => void} fit
 * @property {() => void} now
 * @property {() => void} show or hide what comes
 */

export class Bar {
  #axis = h("select", { "aria-label": "Across" });
  /** Off to begin with: a learner is not told the end. */
  #ahead = h("input", { type: "checkbox", role: "switch" });
  #count = h("span", { class: "count" });

  /** @param {Acts} acts */
  constructor(acts) {
    const button = (/** @type {string} */ name, /** @type {string} */ label, /** @type {() => void} */ onclick) =>
      h("button", { class: "quiet", "aria-label": label, onclick }, name);
    this.#axis.append(h("option", { value: "time" }, "by time"), h("option", { value: "step" }, "by step"));
    this.#axis.onchange = () => acts.turn(this.#axis.value === "time");
    this.#ahead.onchange = () => acts.show();
    const out = button("−", "Zoom out", () => acts.zoom(1 / 1.5));
    const closer = button("+", "Zoom in", () => acts.zoom(1.5));
    const zoom = h("span", { class: "zoom" }, h("span", {}, "Zoom"), out, closer);
    const whole = button("Whole run", "Show the whole run", acts.fit);
    const now = button("Now", "Now: show the present", acts.now);
    const ahead = h("label", { class: "comes" }, this.#ahead, "Show what comes");
    this.element = h("div", { class: "bar" }, this.#axis, zoom, whole, now, ahead, this.#count);
  }

  /** Whether what comes after the present is to be shown. */
  get ahead() {
    return this.#ahead.checked;
  }

  /** @param {string} count of what is shown, in words */
  tell(count) {
    setText(this.#count, count);
  }
}
