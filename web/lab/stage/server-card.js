// One server on the stage: its phase and its knowledge, and under a line its disk, the only part of it that survives.
// The words on it are the protocol's.

import { h, redraw, setAttr, setText, svg } from "../shared/dom.js";
import { KEPT, some } from "../shared/values.js";
import { told } from "./middle.js";
import { strip } from "./strip.js";
/** @import { NodeView, View } from "../engine/engine.js" */
/** @import { Protocol } from "../protocols/index.js" */
/** @import { Store } from "../store.js" */
/** @import { Size } from "./ring.js" */

/** @typedef {ReturnType<Protocol["card"]>} Summary */
/** @typedef {Summary["rows"][number]} Row */

/** A dot for each answer that is needed, up to so many. */
const DOTTED = 7;

export class ServerCard {
  #dots = h("span", { class: "dots" });
  #phase = h("span", { class: "phase" });
  #rows = h("span", { class: "rows" });
  #strip = h("span", { class: "strip", "aria-hidden": "true" });
  /** What the strip says by its looks, in words. */
  #disk = h("span", { class: "sr" });
  /** The outline of a second quorum, when agreement is broken. */
  #other = h("span", { class: "other", hidden: true });

  /** @param {number} id @param {Store} store */
  constructor(id, { protocol, values, ballots, words }) {
    this.protocol = protocol;
    this.values = values;
    this.ballots = ballots;
    this.words = words;
    // It is called what is written on it: who speaks to a screen says what can be read there.
    const server = h("span", { class: "sr" }, `${words.server} `);
    const top = h("span", { class: "top" }, h("b", {}, server, `${id}`), " ", this.#phase);
    const props = { class: "card", role: "button", tabindex: 0, "data-node": id };
    this.element = h("div", props, top, " ", this.#rows, " ", this.#strip, this.#disk, " ", this.#dots, this.#other);
  }

  /** @param {NodeView} node @param {View} view @param {boolean} selected @param {Size} size of the cards */
  render(node, view, selected, size) {
    const { element } = this;
    const summary = this.protocol.card(node, view.quorums, view);
    const { accepted, learned, colour } = summary;
    const chosen = this.protocol.chosen(view).filter((c) => c.quorum.includes(node.id));
    const [first, other] = chosen.length ? told(chosen) : [];
    const value = first?.value ?? accepted;
    setAttr(element, "data-status", node.status);
    setAttr(element, "data-lost", node.disk.lost);
    setAttr(element, "data-chosen", !!first);
    setAttr(this.#other, "hidden", !other || other.value === first.value);
    setAttr(this.#other, "data-v", other && this.values.of(other.value).colour);
    if (colour !== undefined) setAttr(element, "data-v", this.ballots.of(colour).colour);
    else setAttr(element, "data-v", value === undefined ? undefined : this.values.of(value).colour);
    setAttr(element, "data-own", colour !== undefined);
    setAttr(element, "data-accepted", accepted !== undefined);
    setAttr(element, "data-learned", learned !== undefined);
    setAttr(element, "aria-pressed", selected);
    this.#act(summary.role);
    this.#know(node, summary);
    this.#remember(node, size);
    this.#gather(summary.gathering);
  }

  /** What it is doing: the ballot is never cut, and on small cards the sign of what it asks stands for the word.
   * @param {Summary["role"]} role */
  #act({ word, ballot, asks, short }) {
    redraw(this.#phase, [word, ballot, asks], () => {
      const sign = asks && this.#sign(asks);
      return [
        h("span", { class: sign ? "word signed" : "word" }, this.#called(word)),
        short !== undefined && h("span", { class: "short" }, short),
        sign,
        ballot && h("span", {}, ` ${ballot}`),
      ];
    });
  }

  /** What is written of it: with a number, as "follows 1", it stays as the protocol has it. @param {string} word */
  #called(word) {
    return this.words.card[word] ?? word;
  }

  /** The shape of a kind of message. @param {string} kind */
  #sign(kind) {
    const { shapes, manner } = this.protocol;
    const shape = svg("path", { class: "shape", d: shapes[kind] });
    const props = { class: "symbol", viewBox: "-13 -13 26 26", "aria-hidden": "true" };
    return svg("svg", props, svg("g", { class: `message ${manner(kind)}` }, shape));
  }

  /** @param {NodeView} node @param {Summary} summary */
  #know({ status, disk }, { rows, bar }) {
    const { lost } = disk;
    const down = status === "down";
    redraw(this.#rows, [down, lost, rows, bar], () => {
      if (!down) return [...rows.map((row) => this.#row(row)), bar && progress(bar)];
      const { words } = this;
      const what = h("span", {}, h("strong", {}, lost ? words.diskLost : words.down));
      const empty = !this.protocol.chips(disk).length;
      const rest = lost ? words.noVotes : empty ? words.remembersNothing : words.remembersOnly;
      return [what, h("span", {}, rest)];
    });
  }

  /** @param {Row} row */
  #row({ name, ballot, value, text }) {
    const called = this.#called(name);
    const none = ballot == null && value == null && text === undefined;
    const nothing = none && h("i", {}, h("span", {}, this.words.nothing));
    return h(
      "span",
      {},
      h("span", { class: "name", "data-initial": called[0] }, called),
      " ",
      ballot && h("b", {}, ballot),
      text !== undefined && h("b", {}, text),
      " ",
      value != null && this.values.tag(value),
      nothing,
    );
  }

  /** @param {NodeView} node @param {Size} size */
  #remember({ disk }, size) {
    const records = this.protocol.chips(disk);
    const { words } = this;
    const none = disk.lost ? words.noDisk : words.diskEmpty;
    const told = KEPT.map((kind) => [words[kind], some(records, kind)]).filter(([, all]) => all);
    setText(this.#disk, told.map(([name, all]) => `${name}: ${all}`).join("; ") || none);
    redraw(this.#strip, [records, disk.lost, size], () =>
      records.length ? strip(records, size, this.values) : [h("span", { class: "none" }, none)],
    );
  }

  /** A dot for each answer that is needed, filled once it has come. @param {Summary["gathering"]} gathering */
  #gather(gathering) {
    // A proposer may ask for another value than the one it has accepted itself.
    const asked = gathering?.value != null ? this.values.of(gathering.value).colour : null;
    for (const part of [this.#dots, this.#phase]) setAttr(part, "data-v", asked);
    redraw(this.#dots, gathering, () => {
      if (!gathering) return [];
      const { from, needed } = gathering;
      const come = Math.min(from.length, needed);
      const dots = Array.from({ length: needed }, (_, i) => h("i", { class: i < come ? "on" : "" }));
      const of = h("span", { class: "of" }, ` ${this.words.of} `);
      const count = h("span", {}, `${come}`, of, `${needed}`, h("span", { class: "needed" }, ` ${this.words.needed}`));
      return [...(needed > DOTTED ? [] : dots), count];
    });
    // In which ballot it counts stands on the card, and with the count to whoever points at it.
    setAttr(this.#dots, "data-says", `${this.#phase.textContent}: ${this.#dots.textContent}`);
  }
}

/** How far a server is. @param {NonNullable<Summary["bar"]>} bar */
function progress({ done, of }) {
  const part = h("i");
  part.style.scale = `${of ? Math.min(1, done / of) : 0} 1`;
  return h("span", { class: "progress", "aria-hidden": "true" }, part);
}
