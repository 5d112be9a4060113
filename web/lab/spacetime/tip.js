// What is said of the place that is pointed at, beside it.

import { h, redraw, setAttr } from "../shared/dom.js";
import { scale } from "../shared/place.js";
/** @import { Event } from "../engine/engine.js" */
/** @import { Values } from "../shared/values.js" */
/** @import { Point } from "../stage/box.js" */
/** @import { Viewport } from "./viewport.js" */

export class Tip {
  element = h("div", { class: "near", "aria-hidden": "true" });

  /** @param {HTMLElement} lab @param {HTMLElement} box with the picture */
  constructor(lab, box) {
    this.lab = lab;
    this.box = box;
  }

  /** Says some events of one place, or nothing. @param {Event[]} told @param {Values} values
   * @param {Point | null} at the pointer; null: where the first of them is @param {Viewport} viewport */
  tell(told, values, at, viewport) {
    setAttr(this.element, "hidden", !told.length);
    if (!told.length) return;
    const key = told.map((e) => [e.step, e.why]);
    const [{ step, at: when }] = told;
    const sentences = () => told.map((e) => h("p", {}, ...values.mark(e)));
    redraw(this.element, key, () => [h("small", {}, `step ${step}, ${when} ms`), ...sentences()]);
    this.#put(at ?? viewport.spot(told[0]), viewport);
  }

  /** Over the picture, not in it; where that would be outside the lab, in the half without the pointer.
   * @param {Point} point @param {Viewport} viewport */
  #put({ x, y }, { width, height }) {
    const { offsetWidth: w, offsetHeight: high } = this.element;
    const above = this.box.getBoundingClientRect().top - this.lab.getBoundingClientRect().top;
    const room = above / scale(this.lab).y;
    const below = y > height / 2 ? 2 : height - high - 2;
    const top = high < room ? -high - 2 : below;
    const left = Math.max(0, Math.min(width - w, x - w / 2));
    this.element.style.translate = `${left.toFixed(0)}px ${top.toFixed(0)}px`;
  }
}
