// Messages on their way. Shape says what kind, filled says request, outlined says reply, dashed says it is not moving
// (it waits for a disk, or a person holds it), colour and glyph say which value it carries: a message of its own value
// is coloured, one that only reports a value stays plain. Up to MANY each is an element that can be focused; beyond,
// they are painted.

import { keyed, setAttr, svg } from "../shared/dom.js";
import { describe, GLYPHS } from "../shared/values.js";
import { distance, way } from "./ring.js";
/** @import { MessageView } from "../engine/engine.js" */
/** @import { Notices } from "../notices.js" */
/** @import { Store } from "../store.js" */
/** @import { MessageCanvas } from "./message-canvas.js" */
/** @import { Point, Ring } from "./ring.js" */

const MANY = 250;
/** From here on only the shapes are shown, and the rest of what is hovered or selected. */
const CROWD = 36;

export class Messages {
  layer = svg("svg", { class: "layer messages", role: "group", "aria-label": "Messages" });
  /** Once there were many. @type {MessageCanvas | undefined} */
  #canvas;
  /** @type {Promise<void> | undefined} */
  #loading;
  /** @type {MessageView[]} */
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

  /** @param {Store} store @param {Notices} notices */
  constructor(store, notices) {
    this.store = store;
    this.notices = notices;
  }

  get many() {
    return this.#messages.length > MANY;
  }

  /** @param {MessageView[]} messages @param {Ring} ring @param {number} [selected] */
  render(messages, ring, selected) {
    if (ring !== this.#ring) this.#ways.clear();
    this.#ring = ring;
    this.#selected = selected;
    this.#messages = messages.toSorted((a, b) => a.id - b.id);
    this.#queue();
    this.#nodes = keyed(
      this.layer,
      this.many ? [] : this.#messages,
      (m) => m.id,
      (m) => this.#make(m),
      (g, m) => this.#update(g, m, ring),
    );
    setAttr(this.layer, "data-crowd", messages.length > (ring.size === "large" ? CROWD : CROWD / 9));
    if (this.many) this.#loading ??= this.#load();
    this.#canvas?.render(this.many ? this.#messages : [], this.store.values);
  }

  /** Forgets the messages of another run. */
  clear() {
    keyed(
      this.layer,
      [],
      () => 0,
      () => svg("g"),
    );
  }

  /** Gives each message that has not left a place in the queue of its link. */
  #queue() {
    const queues = new Map();
    this.#places.clear();
    for (const m of this.#messages) {
      if (m.sentAt != null) continue;
      const key = `${m.from} ${m.to}`;
      this.#places.set(m.id, queues.get(key) ?? 0);
      queues.set(key, (queues.get(key) ?? 0) + 1);
    }
  }

  async #load() {
    try {
      const { MessageCanvas } = await import("./message-canvas.js");
      this.#canvas = new MessageCanvas(this.layer, this.store.protocol);
      this.store.draw();
    } catch (error) {
      this.notices.refuse(error);
    }
  }

  /** @param {MessageView} m */
  #make(m) {
    const { protocol, values } = this.store;
    const value = protocol.carried(m);
    const look = value == null ? null : values.of(value);
    const own = m.value == null ? undefined : look?.colour;
    return svg(
      "g",
      { "data-message": m.id, tabindex: 0, role: "button", "data-v": own },
      svg("circle", { class: "hit", r: 20 }),
      svg("path", { class: "shape", d: protocol.shapes[m.kind] }),
      svg("text", {}, m.ballot),
      look && svg("path", { class: "mark", d: GLYPHS[look.glyph], "data-v": look.colour }),
    );
  }

  /** @param {Element} g @param {MessageView} m @param {Ring} ring */
  #update(g, m, ring) {
    setAttr(g, "class", `message ${m.status} ${this.store.protocol.manner(m.kind)} ${m.kind}`);
    setAttr(g, "aria-pressed", m.id === this.#selected);
    setAttr(g, "aria-label", describe(m));
    this.#label(g, m, ring);
  }

  /** Words go where no card will be: beside a shape on its way up or down, under or over one that goes sideways.
   * @param {Element} g @param {MessageView} m @param {Ring} r */
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
    const paint = this.many && this.#canvas?.pen(ring, this.#messages.length);
    for (const m of this.#messages) {
      const { x, y } = this.#spot(m, now, ring);
      const node = this.#nodes.get(m.id);
      if (node) setAttr(node, "transform", `translate(${x.toFixed(1)} ${y.toFixed(1)}) scale(${scale})`);
      else if (paint) paint(m, x, y, m.id === this.#selected);
    }
  }

  /** @param {MessageView} m @param {number} now @param {Ring} ring */
  #spot(m, now, ring) {
    const key = `${m.from} ${m.to}`;
    const go = this.#ways.get(key) ?? way(ring, m.from, m.to);
    this.#ways.set(key, go);
    if (m.sentAt == null) {
      const queued = (this.#places.get(m.id) ?? 0) * 1.5 * ring.em;
      return go(Math.min(0.4, queued / distance(ring, m.from, m.to)));
    }
    if (m.dueAt == null) return go((m.progress ?? 500) / 1000);
    return go(Math.min(1, Math.max(0, (now - m.sentAt) / Math.max(1, m.dueAt - m.sentAt))));
  }

  /** The painted message at a point, if one is. @param {number} x px @param {number} y px @param {number} now
   * @returns {number | undefined} its id */
  hit(x, y, now) {
    const ring = this.#ring;
    if (!ring || !this.many) return undefined;
    return this.#canvas?.hit(this.#messages, (m) => this.#spot(m, now, ring), x, y);
  }
}
