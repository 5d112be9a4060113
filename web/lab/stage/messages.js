// Messages on their way. Shape says what kind, filled says request, outlined says reply, dashed says it is not moving
// (it waits for a disk, or a person holds it), colour and glyph say which value it carries: phase 1 carries none and
// stays plain. Up to MANY each is an element that can be focused; beyond, they are a crowd.

import { keyed, setAttr, svg } from "../shared/dom.js";
import { distance, way } from "./ring.js";
import { GLYPHS } from "../shared/values.js";
/** @import { Crowd } from "./message-canvas.js" */
/** @import { MessageView } from "../engine/engine.js" */
/** @import { Point, Ring } from "./ring.js" */
/** @import { Ui } from "../ui.js" */

/** @typedef {MessageView} Message */

const MANY = 250;
/** From here on only the shapes are shown, and the rest of what is hovered or selected. */
const CROWD = 36;
const TRIANGLE = "M0-9 9.5 7H-9.5Z";
const SQUARE = "M-7-7H7V7H-7Z";

/** In boxes around 0,0. @type {Record<string, string>} */
export const SHAPES = {
  prepare: TRIANGLE,
  promise: TRIANGLE,
  accept: SQUARE,
  accepted: SQUARE,
  nack: "M-6-6 6 6M6-6-6 6",
};
/** @param {string} kind */
export const isReply = (kind) => kind !== "prepare" && kind !== "accept";

/** The value a message speaks of. @param {Pick<Message, "value" | "accepted">} m @returns {string | null} */
export const carried = (m) => m.value ?? m.accepted?.[0]?.value ?? null;

/** @param {Message} m @returns {string} */
export const describe = (m) =>
  `${m.kind} ${m.ballot} from ${m.from} to ${m.to}` +
  (m.status === "flying" ? "" : `, ${m.status.replaceAll("-", " ")}`);

export class Messages {
  layer = svg("svg", { class: "layer messages", role: "group", "aria-label": "Messages" });
  /** Once there were many. @type {Crowd | undefined} */
  #crowd;
  /** @type {Promise<unknown> | undefined} */
  #gathering;
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
  /** @type {number | undefined} */
  #selected;

  /** @param {Ui} ui */
  constructor(ui) {
    this.ui = ui;
    this.values = ui.values;
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
    this.#nodes = keyed(
      this.layer,
      this.many ? [] : this.#messages,
      (m) => m.id,
      (m) => this.#make(m),
      (g, m) => {
        setAttr(g, "class", `message ${m.status} ${isReply(m.kind) ? "reply" : "request"} ${m.kind}`);
        setAttr(g, "aria-pressed", m.id === selected);
        setAttr(g, "aria-label", describe(m));
        this.#label(g, m, ring);
      },
    );
    setAttr(this.layer, "data-crowd", messages.length > (ring.size === "large" ? CROWD : CROWD / 9));
    if (this.many)
      this.#gathering ??= import("./message-canvas.js").then(
        ({ Crowd }) => {
          this.#crowd = new Crowd(this);
          this.ui.draw();
        },
        (e) => this.ui.refuse(e),
      );
    this.#crowd?.render(this.many ? this.#messages : []);
  }

  /** @param {Message} m */
  #make(m) {
    const value = carried(m);
    const look = value == null ? null : this.values.of(value);
    const own = m.value == null ? undefined : look?.colour;
    return svg(
      "g",
      { "data-message": m.id, tabindex: 0, role: "button", "data-v": own },
      svg("circle", { class: "hit", r: 20 }),
      svg("path", { class: "shape", d: SHAPES[m.kind] }),
      svg("text", {}, m.ballot),
      look && svg("path", { class: "mark", d: GLYPHS[look.glyph], "data-v": look.colour }),
    );
  }

  /** Words go where no card will be: beside a shape on its way up or down, under or over one that goes sideways.
   * @param {Element} g @param {Message} m @param {Ring} r */
  #label(g, m, r) {
    const [a, b] = [r.at[m.from - 1], r.at[m.to - 1]];
    const [dx, dy] = [b.x - a.x, b.y - a.y];
    const beside = Math.abs(dy) * r.w >= Math.abs(dx) * r.h;
    const text = g.children[2];
    setAttr(text, "x", beside ? 13 : 0);
    setAttr(text, "y", beside ? 5 : dx > 0 ? 22 : -14);
    setAttr(text, "text-anchor", beside ? "start" : "middle");
    if (g.children[3]) setAttr(g.children[3], "transform", beside ? "translate(9 -18)" : "translate(11 -5)");
  }

  /** Puts every message where it is. @param {number} now simulated ms */
  move(now) {
    const ring = this.#ring;
    if (!ring) return;
    const scale = (ring.em / 15).toFixed(2);
    const paint = this.many && this.#crowd?.brush(ring, this.#messages.length);
    for (const m of this.#messages) {
      const { x, y } = this.#spot(m, now, ring);
      const node = this.#nodes.get(m.id);
      if (node) setAttr(node, "transform", `translate(${x.toFixed(1)} ${y.toFixed(1)}) scale(${scale})`);
      else if (paint) paint(m, x, y, m.id === this.#selected);
    }
  }

  /** @param {Message} m @param {number} now @param {Ring} ring */
  #spot(m, now, ring) {
    const key = `${m.from} ${m.to}`;
    const go = this.#ways.get(key) ?? way(ring, m.from, m.to);
    this.#ways.set(key, go);
    let part = 0;
    if (m.sentAt == null)
      part = Math.min(0.4, ((this.#places.get(m.id) ?? 0) * 1.5 * ring.em) / distance(ring, m.from, m.to));
    else if (m.dueAt == null) part = (m.progress ?? 500) / 1000;
    else part = Math.min(1, Math.max(0, (now - m.sentAt) / Math.max(1, m.dueAt - m.sentAt)));
    return go(part);
  }

  /** The painted message at a point, if one is. @param {number} x px @param {number} y px @param {number} now
   * @returns {number | undefined} its id */
  hit(x, y, now) {
    const ring = this.#ring;
    return ring && this.many ? this.#crowd?.hit(this.#messages, (m) => this.#spot(m, now, ring), x, y) : undefined;
  }
}
