// The marks of messages on their way. Shape says what kind, filled says request, outlined says reply, dashed says it is
// not moving (a person holds it); the glyph inside and the colour say which value it carries: a message of its own
// value is coloured, one that only reports a value has only the glyph in colour. Its ballot stands beside it while
// there are two ballots on the stage. Several in one place are one mark with their number: of their own shape where
// they are alike, round otherwise. Up to MANY each mark is an element that can be focused; beyond, they are painted.

import { keyed, setAttr, setText, svg } from "../shared/dom.js";
import { describe } from "../shared/values.js";
import { boxAround } from "./box.js";
import { GROWN, isRound, ROUND } from "./bundles.js";
import { Labels } from "./labels.js";
import { scale } from "./lanes.js";
import { colour, shape } from "./symbol.js";
import { traffic } from "./traffic.js";
/** @import { MessageView } from "../engine/engine.js" */
/** @import { Notices } from "../notices.js" */
/** @import { Store } from "../store.js" */
/** @import { Box } from "./box.js" */
/** @import { Offset } from "./labels.js" */
/** @import { Lanes } from "./lanes.js" */
/** @import { MessageCanvas } from "./message-canvas.js" */
/** @import { Mark } from "./bundles.js" */

const MANY = 250;
/** How large a target is, in px. */
const TARGET = 27;
/** How much larger a bundle is than one message, where nearly all are bundles. */
const BUNDLE = 1.6;
/** From here on no words are written beside marks. */
const CROWD = 48;

export class Messages {
  layer = svg("svg", { class: "layer messages", role: "group" });
  /** What is drawn now. @type {Mark[]} */
  marks = [];
  /** Once there were many. @type {MessageCanvas | undefined} */
  #canvas;
  /** @type {Promise<void> | undefined} */
  #loading;
  /** @type {MessageView[]} */
  #messages = [];
  /** @type {Lanes | undefined} */
  #lanes;
  /** @type {number | undefined} */
  #selected;
  /** Whether two ballots are on the stage. */
  #several = false;
  #labels = new Labels();
  /** @type {Box[]} */
  #signs = [];

  /** @param {Store} store @param {Notices} notices */
  constructor(store, notices) {
    this.store = store;
    this.notices = notices;
    setAttr(this.layer, "aria-label", store.words.messages);
  }

  /** @param {MessageView[]} messages @param {Lanes} lanes @param {number | undefined} selected
   * @param {Box[]} signs that no label may lie on */
  render(messages, lanes, selected, signs) {
    this.#signs = signs;
    this.#lanes = lanes;
    this.#selected = selected;
    this.#messages = messages;
    this.#several = new Set(messages.map((m) => m.ballot)).size > 1;
  }

  /** Forgets the messages of another run. */
  clear() {
    this.#messages = [];
    keyed(
      this.layer,
      [],
      () => 0,
      () => svg("g"),
    );
  }

  /** Puts every message where it is. @param {number} now simulated ms */
  move(now) {
    const lanes = this.#lanes;
    if (!lanes) return;
    this.marks = traffic(this.#messages, lanes, now);
    const many = this.marks.length > MANY;
    const labels = this.#label(lanes);
    keyed(
      this.layer,
      many ? [] : this.marks,
      ({ message }) => message.id,
      ({ message }) => this.#make(message),
      (g, mark) => this.#update(g, mark, lanes, labels.get(`${mark.message.id}`)),
    );
    if (many) this.#paint(lanes);
    else this.#canvas?.render([], this.store.values);
  }

  /** @param {Lanes} lanes */
  #paint(lanes) {
    this.#loading ??= this.#load();
    this.#canvas?.render(
      this.marks.map(({ message }) => message),
      this.store.values,
    );
    const paint = this.#canvas?.pen(lanes.ring, this.marks.length, this.store.protocol);
    for (const { message, all, x, y } of this.marks) paint?.(message, x, y, this.#isSelected(all));
  }

  async #load() {
    try {
      const { MessageCanvas } = await import("./message-canvas.js");
      this.#canvas = new MessageCanvas(this.layer, this.store.words.messages);
      this.store.draw();
    } catch (error) {
      this.notices.refuse(error);
    }
  }

  /** @param {MessageView[]} all */
  #isSelected = (all) => all.some(({ id }) => id === this.#selected);

  /** Which marks have something written beside them, and where: one of a queue, or of a crowd, that says the same.
   * @param {Lanes} lanes @returns {Map<string, Offset>} */
  #label(lanes) {
    if (this.marks.length > CROWD) return new Map();
    const { protocol } = this.store;
    const said = (/** @type {MessageView} */ m) => protocol.beside(m, this.#several);
    const wanted = this.marks.flatMap(({ message, all, x, y }) => {
      const text = said(message);
      return text && all.every((m) => said(m) === text) ? [{ key: `${message.id}`, at: { x, y }, text }] : [];
    });
    const larger = lanes.bundled ? BUNDLE : this.marks.some(({ grown }) => grown) ? GROWN : 1;
    const radius = lanes.radius * larger;
    const marks = this.marks.map((mark) => boxAround(mark, 2 * radius, 2 * radius));
    return this.#labels.place(wanted, [...marks, ...this.#signs], lanes.ring, radius);
  }

  /** How large a mark is. @param {Mark} mark @param {Lanes} lanes @returns {number} px for a unit of its shape */
  #size({ all, grown }, { ring, bundled }) {
    const larger = bundled ? all.length > 1 && BUNDLE : grown && GROWN;
    return scale(ring) * (larger || 1);
  }

  /** @param {MessageView} m */
  #make(m) {
    return svg(
      "g",
      { "data-message": m.id, tabindex: 0, role: "button" },
      svg("circle", { class: "hit", pathLength: 8 }), // so that its outline can be drawn in parts
      ...shape(m, this.store),
      svg("text", { class: "count" }),
      " ",
      svg("text", { class: "ballot" }),
    );
  }

  /** @param {Element} g @param {Mark} mark @param {Lanes} lanes @param {Offset} [label] */
  #update(g, mark, lanes, label) {
    const { message: m, all, x, y } = mark;
    const { protocol } = this.store;
    const many = all.length > 1;
    const size = this.#size(mark, lanes);
    const round = many && isRound(mark, protocol);
    const [middle, manner] = round ? [0, "round"] : [protocol.middles[m.kind], `${protocol.manner(m.kind)} ${m.kind}`];
    setAttr(g, "class", `message ${m.status} ${manner}`);
    setAttr(
      g,
      "data-v",
      all.every((o) => colour(o, this.store) === colour(m, this.store)) ? colour(m, this.store) : null,
    );
    setAttr(g.children[1], "d", round ? ROUND : protocol.shapes[m.kind]);
    setAttr(g, "aria-pressed", this.#isSelected(all));
    // What is written beside it is part of its name.
    const text = protocol.beside(m, this.#several);
    const written = label ? `${all.length} ${text}` : `${all.length}`;
    const named = describe(m);
    const one = label && text && !named.includes(text) ? `${named}: ${text}` : named;
    setAttr(g, "aria-label", many ? `${written} messages, first ${named}` : one);
    setAttr(g, "data-many", many);
    setAttr(g, "data-ids", many ? all.map(({ id }) => id).join(" ") : null);
    setAttr(g, "transform", `translate(${x.toFixed(1)} ${y.toFixed(1)}) scale(${size.toFixed(2)})`);
    setAttr(g.children[0], "r", (TARGET / 2 / size).toFixed(1));
    const [count, ballot] = [...g.children].slice(-2);
    setText(count, many ? `${all.length}` : "");
    setAttr(count, "y", middle + 4);
    setAttr(count, "data-long", all.length > 999 ? "very" : all.length > 9);
    setAttr(ballot, "hidden", !label);
    if (!label) return;
    setText(ballot, text);
    setAttr(ballot, "x", (label.x / size).toFixed(1));
    setAttr(ballot, "y", (label.y / size + 4.5).toFixed(1));
    setAttr(ballot, "font-size", ((0.83 * lanes.ring.em) / size).toFixed(1));
  }

  /** @param {number} id of a message @returns {HTMLElement | null} the mark that stands for it */
  find(id) {
    const mark = this.marks.find(({ all }) => all.some((m) => m.id === id));
    return mark ? this.layer.querySelector(`[data-message="${mark.message.id}"]`) : null;
  }

  /** The painted message at a point, if one is. @param {number} x px @param {number} y px
   * @returns {number | undefined} its id */
  hit(x, y) {
    if (this.marks.length <= MANY) return undefined;
    return this.#canvas?.hit(this.marks, x, y);
  }
}
