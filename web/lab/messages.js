// Messages on their way. Shape says what kind, filled says request, outlined says reply, dashed says it is not moving
// (it waits for a disk, or a person holds it), colour and glyph say which value it carries: phase 1 carries none and
// stays plain. Up to MANY each is an element that can be focused; beyond, they are painted on a canvas.

import { h, keyed, say, set, svg } from "./dom.js";
import { distance, way } from "./ring.js";
import { GLYPHS } from "./values.js";
/** @import { MessageView } from "./engine.js" */
/** @import { Point, Ring } from "./ring.js" */
/** @import { Values } from "./values.js" */

/** @typedef {MessageView} Message */

const MANY = 250;
/** From here on only the shapes are shown, and the rest of what is hovered or selected. */
const CROWD = 36;
/** How many of many messages Tab reaches. */
const LISTED = 40;
const TRIANGLE = "M0-9 9.5 7H-9.5Z";
const SQUARE = "M-7-7H7V7H-7Z";

/** In boxes around 0,0. @type {Record<string, string>} */
export const SHAPES = { prepare: TRIANGLE, promise: TRIANGLE, accept: SQUARE, accepted: SQUARE, nack: "M-6-6 6 6M6-6-6 6" };
/** @param {string} kind */
export const isReply = (kind) => kind !== "prepare" && kind !== "accept";

/** The value a message speaks of. @param {Message} m @returns {string | null} */
export const carried = (m) => m.value ?? m.accepted?.[0]?.value ?? null;

/** @param {Message} m @returns {string} */
export const describe = (m) =>
  `${m.kind} ${m.ballot} from ${m.from} to ${m.to}` + (m.status === "flying" ? "" : `, ${m.status.replaceAll("-", " ")}`);

export class Messages {
  layer = svg("svg", { class: "layer messages", role: "group", "aria-label": "Messages" });
  canvas = h("canvas", { class: "layer", "aria-hidden": "true" });
  listed = h("div", { class: "sr", role: "group", "aria-label": "Messages" });
  /** @type {Message[]} */
  #messages = [];
  /** @type {Ring | undefined} */
  #ring;
  /** Ways by "from to". @type {Map<string, (part: number) => Point>} */
  #ways = new Map();
  /** Places in a queue at the sender's edge. @type {Map<number, number>} */
  #places = new Map();
  /** @type {Map<string | number, Element>} */
  #nodes = new Map();
  /** @type {string[]} */
  #colours = [];
  /** @type {number | undefined} */
  #selected;

  /** @param {Values} values */
  constructor(values) {
    this.values = values;
  }

  get many() {
    return this.#messages.length > MANY;
  }

  /** @param {Message[]} messages @param {Ring} ring @param {number} [selected] */
  render(messages, ring, selected) {
    if (ring !== this.#ring) this.#ways.clear();
    this.#ring = ring;
    this.#selected = selected;
    this.#messages = messages.toSorted((a, b) => a.id - b.id);
    const queues = new Map();
    this.#places.clear();
    for (const m of this.#messages) {
      if (m.sentAt != null) continue;
      const key = `${m.from} ${m.to}`;
      this.#places.set(m.id, queues.get(key) ?? 0);
      queues.set(key, (queues.get(key) ?? 0) + 1);
    }
    this.#nodes = keyed(this.layer, this.many ? [] : this.#messages, (m) => m.id, (m) => this.#make(m), (g, m) => {
      set(g, "class", `message ${m.status} ${isReply(m.kind) ? "reply" : "request"} ${m.kind}`);
      set(g, "aria-pressed", m.id === selected);
      set(g, "aria-label", describe(m));
      this.#label(g, m, ring);
    });
    keyed(this.listed, this.many ? this.#messages.slice(0, LISTED) : [], (m) => m.id,
      (m) => h("button", { "data-message": m.id }), (b, m) => say(b, describe(m)));
    set(this.layer, "data-crowd", messages.length > (ring.size === "large" ? CROWD : CROWD / 4));
    if (this.many) this.#palette();
    else this.canvas.width = 0;
  }

  /** @param {Message} m */
  #make(m) {
    const value = carried(m);
    const look = value == null ? null : this.values.of(value);
    const own = m.value == null ? undefined : look?.colour;
    return svg("g", { "data-message": m.id, tabindex: 0, role: "button", "data-v": own },
      svg("circle", { class: "hit", r: 20 }),
      svg("path", { class: "shape", d: SHAPES[m.kind] }),
      svg("text", {}, m.ballot),
      look && svg("path", { class: "mark", d: GLYPHS[look.glyph], "data-v": look.colour }));
  }

  /** Words go where no card will be: beside a shape on its way up or down, under or over one that goes sideways.
   * @param {Element} g @param {Message} m @param {Ring} r */
  #label(g, m, r) {
    const [a, b] = [r.at[m.from - 1], r.at[m.to - 1]];
    const [dx, dy] = [b.x - a.x, b.y - a.y];
    const beside = Math.abs(dy) * r.w >= Math.abs(dx) * r.h;
    const text = g.children[2];
    set(text, "x", beside ? 13 : 0);
    set(text, "y", beside ? 5 : dx > 0 ? 22 : -14);
    set(text, "text-anchor", beside ? "start" : "middle");
    if (g.children[3]) set(g.children[3], "transform", beside ? "translate(9 -18)" : "translate(11 -5)");
  }

  /** Puts every message where it is. @param {number} now simulated ms */
  move(now) {
    const ring = this.#ring;
    if (!ring) return;
    const scale = (ring.em / 15).toFixed(2);
    const paint = this.many ? this.#brush(ring) : null;
    for (const m of this.#messages) {
      const { x, y } = this.#spot(m, now, ring);
      if (paint) paint(m, x, y);
      else set(/** @type {Element} */ (this.#nodes.get(m.id)), "transform", `translate(${x.toFixed(1)} ${y.toFixed(1)}) scale(${scale})`);
    }
  }

  /** @param {Message} m @param {number} now @param {Ring} ring */
  #spot(m, now, ring) {
    const key = `${m.from} ${m.to}`;
    let go = this.#ways.get(key);
    if (!go) this.#ways.set(key, (go = way(ring, m.from, m.to)));
    let part = 0;
    if (m.sentAt == null) part = Math.min(0.4, ((this.#places.get(m.id) ?? 0) * 1.5 * ring.em) / distance(ring, m.from, m.to));
    else if (m.dueAt == null) part = (m.progress ?? 500) / 1000;
    else part = Math.min(1, Math.max(0, (now - m.sentAt) / Math.max(1, m.dueAt - m.sentAt)));
    return go(part);
  }

  /** Canvas knows no custom properties: asks the page what its colours are now. */
  #palette() {
    const probe = h("i", { hidden: true });
    this.listed.append(probe);
    this.#colours = [undefined, 0, 1, 2, 3, 4, 5, 6].map((v) => (set(probe, "data-v", v), getComputedStyle(probe).color));
    probe.remove();
  }

  /** @param {Ring} ring @returns {(m: Message, x: number, y: number) => void} */
  #brush(ring) {
    const dense = devicePixelRatio || 1;
    const [w, h_] = [Math.round(ring.width * dense), Math.round(ring.height * dense)];
    if (this.canvas.width !== w || this.canvas.height !== h_) Object.assign(this.canvas, { width: w, height: h_ });
    const pen = /** @type {CanvasRenderingContext2D} */ (this.canvas.getContext("2d"));
    pen.setTransform(1, 0, 0, 1, 0, 0);
    pen.clearRect(0, 0, w, h_);
    pen.lineWidth = 2;
    const scale = dense * (ring.em / 15) * (this.#messages.length > 800 ? 0.55 : 0.8);
    /** @type {Record<string, Path2D>} */
    const paths = Object.fromEntries(Object.entries(SHAPES).map(([kind, d]) => [kind, new Path2D(d)]));
    return (m, x, y) => {
      pen.setTransform(scale, 0, 0, scale, x * dense, y * dense);
      const colour = this.#colours[m.value == null ? 0 : this.values.of(m.value).colour + 1];
      pen.fillStyle = pen.strokeStyle = colour;
      if (!isReply(m.kind)) pen.fill(paths[m.kind]);
      else pen.stroke(paths[m.kind]);
      if (m.id === this.#selected) pen.strokeRect(-14, -14, 28, 28);
    };
  }

  /** The painted message at a point, if one is. @param {number} x px @param {number} y px @param {number} now
   * @returns {number | undefined} its id */
  hit(x, y, now) {
    const ring = this.#ring;
    if (!ring || !this.many) return undefined;
    let [best, near] = [/** @type {number | undefined} */ (undefined), 14];
    for (const m of this.#messages) {
      const p = this.#spot(m, now, ring);
      const far = Math.hypot(p.x - x, p.y - y);
      if (far < near) [best, near] = [m.id, far];
    }
    return best;
  }
}
