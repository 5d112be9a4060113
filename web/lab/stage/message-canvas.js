// Very many messages: painted on a canvas, the first of them listed for the keyboard.

import { h, keyed, setAttr, setText } from "../shared/dom.js";
import { describe, Values } from "../shared/values.js";
/** @import { MessageView } from "../engine/engine.js" */
/** @import { Protocol } from "../protocols/index.js" */
/** @import { Ring } from "./ring.js" */
/** @import { Mark } from "./bundles.js" */

/** How many Tab reaches. */
const LISTED = 40;
/** From here on marks are small. */
const DENSE = 800;

export class MessageCanvas {
  #canvas = h("canvas", { class: "layer", "aria-hidden": "true" });
  #listed = h("div", { class: "sr", role: "group" });
  #values = new Values();
  /** @type {string[]} */
  #colours = [];

  /** @param {Element} layer that this lies under @param {string} name */
  constructor(layer, name) {
    setAttr(this.#listed, "aria-label", name);
    layer.before(this.#canvas);
    layer.after(this.#listed);
  }

  /** @param {MessageView[]} all @param {Values} values */
  render(all, values) {
    this.#values = values;
    keyed(
      this.#listed,
      all.slice(0, LISTED),
      (m) => m.id,
      (m) => h("button", { "data-message": m.id }),
      (b, m) => setText(b, describe(m)),
    );
    if (all.length) this.#readColours();
    else this.#canvas.width = 0;
  }

  /** Canvas knows no custom properties: asks the page what its colours are now. */
  #readColours() {
    const probe = h("i", { hidden: true });
    this.#listed.append(probe);
    this.#colours = [undefined, 0, 1, 2, 3, 4, 5, 6].map((v) => {
      setAttr(probe, "data-v", v);
      return getComputedStyle(probe).color;
    });
    probe.remove();
  }

  /** Clears the canvas for another frame. @param {Ring} ring @param {number} many
   * @param {Protocol} protocol @returns {(m: MessageView, x: number, y: number, selected: boolean) => void} paints one message */
  pen(ring, many, { shapes, isReply }) {
    const dense = devicePixelRatio || 1;
    const [width, height] = [Math.round(ring.width * dense), Math.round(ring.height * dense)];
    if (this.#canvas.width !== width || this.#canvas.height !== height) Object.assign(this.#canvas, { width, height });
    const pen = /** @type {CanvasRenderingContext2D} */ (this.#canvas.getContext("2d"));
    pen.setTransform(1, 0, 0, 1, 0, 0);
    pen.clearRect(0, 0, width, height);
    pen.lineWidth = 2;
    const scale = dense * (ring.em / 15) * (many > DENSE ? 0.55 : 0.8);
    /** @type {Record<string, Path2D>} */
    const paths = Object.fromEntries(Object.entries(shapes).map(([kind, d]) => [kind, new Path2D(d)]));
    return (m, x, y, selected) => {
      pen.setTransform(scale, 0, 0, scale, x * dense, y * dense);
      const colour = this.#colours[m.value == null ? 0 : this.#values.of(m.value).colour + 1];
      pen.fillStyle = colour;
      pen.strokeStyle = colour;
      if (!isReply(m.kind)) pen.fill(paths[m.kind]);
      else pen.stroke(paths[m.kind]);
      if (selected) pen.strokeRect(-14, -14, 28, 28);
    };
  }

  /** The message at a point, if one is. @param {Mark[]} marks @param {number} x px @param {number} y px
   * @returns {number | undefined} its id */
  hit(marks, x, y) {
    let [best, near] = [/** @type {number | undefined} */ (undefined), 14];
    for (const mark of marks) {
      const far = Math.hypot(mark.x - x, mark.y - y);
      if (far < near) [best, near] = [mark.message.id, far];
    }
    return best;
  }
}
