// The lanes of the clients: each operation from its call to its return, on the time axis of the run. The lanes scroll as far
// as the run lasts; only what is in sight is in the document.

import { h, keyed, setAttr, setText } from "../shared/dom.js";
import { label, lanes } from "./history.js";
/** @import { Operation } from "./asked.js" */

/** How many ms of a run are an em. */
const SCALE = 8;
/** Least px between two times that are written. */
const APART = 70;

export class Lanes {
  #names = h("div", { class: "log-names" });
  #axis = h("div", { class: "log-axis", "aria-hidden": "true" });
  #rows = h("div", { class: "log-rows" });
  #now = h("div", { class: "log-now", "aria-hidden": "true" });
  #space = h("div", { class: "log-space" }, this.#axis, this.#rows, this.#now);
  #box = h(
    "div",
    { class: "log-times", role: "group", tabindex: 0, "aria-label": "What clients asked, over time" },
    this.#space,
  );
  #end = h("div", { class: "log-stores" });
  element = h("div", { class: "log-lanes" }, this.#names, this.#box, this.#end);
  #follow = true;
  #shown = -1;

  /** @param {{ seek: (ms: number) => void, select: (client: string) => void, draw: () => void }} does */
  constructor(does) {
    this.does = does;
    this.#box.onscroll = () => {
      const { scrollLeft, clientWidth } = this.#box;
      this.#follow = this.#x >= scrollLeft && this.#x <= scrollLeft + clientWidth;
      does.draw();
    };
    this.#box.onkeydown = (event) => this.#key(event);
    new ResizeObserver(does.draw).observe(this.#box);
  }

  /** Where the present is, in px. */
  #x = 0;

  /** @param {{ operations: Operation[] }} history @param {string[]} clients @param {number} at the present, in ms @param {number} last ms
   * that there is anything of
   * @param {Operation | undefined} bad */
  render(history, clients, at, last, bad) {
    const em = parseFloat(getComputedStyle(this.#box).fontSize);
    const { clientWidth } = this.#box;
    const unit = em / SCALE;
    this.#space.style.width = `${Math.max(clientWidth, last * unit + 0.3 * clientWidth).toFixed(0)}px`;
    this.#x = at * unit;
    this.#now.style.translate = `${this.#x.toFixed(1)}px 0`;
    if (this.#follow && this.#shown !== at) {
      const { scrollLeft } = this.#box;
      if (this.#x < scrollLeft + 2 * em || this.#x > scrollLeft + clientWidth - 4 * em)
        this.#box.scrollLeft = this.#x - clientWidth * 0.75;
    }
    this.#shown = at;
    const [from, to] = [this.#box.scrollLeft / unit, (this.#box.scrollLeft + clientWidth) / unit];
    this.#times(from, to, unit);
    keyed(
      this.#names,
      clients,
      (client) => client,
      (client) => h("button", { class: "quiet", onclick: () => this.does.select(client) }, `client ${client}`),
    );
    const all = lanes(history.operations, clients, from, to);
    keyed(
      this.#rows,
      clients,
      (client) => client,
      (client) => h("div", { class: "log-lane", role: "group", "aria-label": `Client ${client}` }),
      (lane, _, i) => this.#lane(lane, all[i], at, unit, bad),
    );
    keyed(
      this.#end,
      clients,
      (client) => client,
      () => h("span"),
      (place, client) => setText(place, bad?.client === client ? "cannot be" : ""),
    );
  }

  /** @param {Element} lane @param {Operation[]} operations @param {number} at @param {number} unit px of a ms
   * @param {Operation | undefined} bad */
  #lane(lane, operations, at, unit, bad) {
    keyed(
      lane,
      operations,
      ({ seq }) => seq,
      (operation) =>
        h(
          "button",
          { class: "operation", onclick: () => this.does.seek(operation.return ?? operation.call) },
          h("span"),
        ),
      (element, operation) => {
        const back = operation.return ?? Math.max(at, operation.call + 40);
        const { style } = /** @type {HTMLElement} */ (element);
        style.left = `${(operation.call * unit).toFixed(1)}px`;
        style.width = `${Math.max(10, (back - operation.call) * unit).toFixed(1)}px`;
        const open = operation.return === null;
        const until = open ? `asked at ${operation.call} ms, not answered` : `from ${operation.call} to ${back} ms`;
        const bent = operation === bad ? " No order of the operations explains it." : "";
        setText(/** @type {Element} */ (element.firstElementChild), label(operation));
        setAttr(element, "data-open", open);
        setAttr(element, "data-guilty", operation === bad);
        setAttr(element, "title", `${label(operation)}, ${until}`);
        setAttr(element, "aria-label", `Client ${operation.client}: ${label(operation)}, ${until}.${bent}`);
      },
    );
  }

  /** @param {number} from ms @param {number} to ms @param {number} unit px of a ms */
  #times(from, to, unit) {
    const steps = [20, 50, 100, 200, 500, 1000, 2000, 5000];
    const step = steps.find((ms) => ms * unit >= APART) ?? 10_000;
    const first = Math.floor(from / step);
    const times = Array.from({ length: Math.max(1, Math.ceil(to / step) - first + 1) }, (_, i) => (first + i) * step);
    keyed(
      this.#axis,
      times,
      (ms) => ms,
      (ms) => h("span", {}, `${ms.toLocaleString("en")} ms`),
      (tick, ms) => {
        /** @type {HTMLElement} */ (tick).style.left = `${(ms * unit).toFixed(1)}px`;
      },
    );
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const far = this.#box.clientWidth;
    /** @type {Record<string, number>} */
    const keys = { ArrowRight: 80, ArrowLeft: -80, PageDown: far * 0.9, PageUp: -far * 0.9, Home: -1e9, End: 1e9 };
    const by = keys[event.key];
    if (!by || event.target !== this.#box || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    this.#box.scrollLeft += by;
  }
}
