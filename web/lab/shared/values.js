// What a value looks like: one colour *and* one glyph, the same on servers, messages, disks and in the log, so that a
// person can follow a value around the page without reading, and without telling colours apart.

import { h, svg } from "./dom.js";
import { around, isolated, spelled, told, visible } from "./spelling.js";
/** @import { Event, MessageView } from "../engine/engine.js" */

/** Glyphs in a 10 by 10 box; none looks like a message (triangle, square, cross) or like a mark (star, crossed card).
 * */
export const GLYPHS = [
  "M5 0 10 5 5 10 0 5Z",
  "M5 .4a4.6 4.6 0 1 0 0 9.2a4.6 4.6 0 1 0 0-9.2Z",
  "M5 0C5.9 2.3 9 4 9 6.3a4 3.7 0 0 1-8 0C1 4 4.1 2.3 5 0Z",
  "M2.5 .7h5L10 5 7.5 9.3h-5L0 5Z",
  "M3.4 0h3.2v3.4H10v3.2H6.6V10H3.4V6.6H0V3.4H3.4Z",
  "M5 9.6C-1 5 0 .8 2.7 .8 4 .8 4.7 1.6 5 2.4 5.3 1.6 6 .8 7.3 .8 10 .8 11 5 5 9.6Z",
  "M7 .4A4.7 4.7 0 1 0 9.6 7 4.2 4.2 0 0 1 7 .4Z",
];

/** A value that names a colour should look like it: reading "red" in blue is hard (Stroop, 1935). */
const NAMED = [
  "red|vermillion|scarlet",
  "blue|navy",
  "green|teal",
  "orange|amber",
  "purple|pink|violet",
  "yellow|gold",
  "sky|cyan|azure",
];

/** A value with more letters than this may have to be cut. */
const ROOMY = 10;

/** Assigns looks to values in the order they first appear. */
export class Values {
  /** @type {Map<string, number>} */
  #looks = new Map();

  /** @param {string} value @returns {{colour: number, glyph: number}} indices of `--quorum-value-N` and `GLYPHS` */
  of(value) {
    let look = this.#looks.get(value);
    if (look === undefined) {
      const taken = new Set(this.#looks.values());
      look = NAMED.findIndex((names) => names.split("|").includes(value.toLowerCase()));
      if (look < 0 || taken.has(look)) for (look = 0; taken.has(look); ) look++;
      this.#looks.set(value, look);
    }
    return { colour: look % 7, glyph: (look + Math.floor(look / 7)) % 7 };
  }

  /** Meets values in the order in which they were first proposed, so that a run looks the same every time it is opened.
   * @param {string[]} values */
  meet(values) {
    for (const value of values) this.of(value);
  }

  /** All of them, in the order in which they were met. */
  get known() {
    return [...this.#looks.keys()];
  }

  /** The glyph alone. @param {string} value @returns {SVGSVGElement} */
  glyph(value) {
    const { colour, glyph } = this.of(value);
    return svg(
      "svg",
      { class: "glyph", viewBox: "-.5 -.5 11 11", "data-v": colour, "aria-hidden": "true" },
      svg("path", { d: GLYPHS[glyph] }),
    );
  }

  /** The glyph and the text in the value's colour. @param {string} value @returns {HTMLElement} */
  tag(value) {
    const text = spelled(value);
    const title = text.length > ROOMY ? isolated(text) : null; // it may have to be cut
    return h("span", { class: "value", "data-v": this.of(value).colour, title }, this.glyph(value), h("bdi", {}, text));
  }

  /** The sentence of an event, with the values it names marked. Very short ones are left alone: "a" is also a word.
   * @param {Event | null | undefined} e @param {string} [sentence] @returns {(string | Node)[]} */
  mark(e, sentence = e?.why ?? "") {
    const named = [
      e?.value,
      e?.message?.value,
      ...[...(e?.accepted ?? []), ...(e?.message?.accepted ?? [])].map((v) => v.value),
      ...(e?.records ?? []).map((r) => r.accepted?.value),
      ...this.#hard(),
    ];
    return this.#cut(sentence, named, (value) => this.tag(value), visible);
  }

  /** A sentence in plain text, such as a label: values that are hard to see are spelled out.
   * @param {string} sentence */
  plain(sentence) {
    return this.#cut(sentence, this.#hard(), told, visible).join("");
  }

  /** The values that do not look like what they are. */
  #hard() {
    return this.known.filter((value) => told(value) !== value);
  }

  /** A sentence in parts, with the values it names in another form. The longest come first: one may be in another.
   * @template T @param {string} sentence @param {(string | null | undefined)[]} named
   * @param {(value: string) => T} form
   * @param {(text: string) => string} rest @returns {(string | T)[]} */
  #cut(sentence, named, form, rest) {
    const values = [...new Set(named.filter((value) => value != null))].sort((a, b) => b.length - a.length);
    const cut = (/** @type {string} */ text, at = 0) => {
      if (at === values.length) return [rest(text)];
      /** @type {(string | T)[]} */
      const parts = [];
      for (const [i, part] of around(text, values[at]).entries())
        parts.push(...(i ? [form(values[at])] : []), ...cut(part, at + 1));
      return parts;
    };
    return cut(sentence);
  }
}

/** A record: on disk, on its way there, or only in memory.
 * @typedef {{ kind: "durable" | "written" | "queued", text: string, value?: string, short?: string }} Chip `short` is
 * what is written where there is little room */

/** @param {Chip} record @param {Values} values @returns {HTMLElement} */
export function chip({ kind, text, value }, values) {
  const colour = value == null ? null : values.of(value).colour;
  return h("span", { class: `chip ${kind}`, "data-v": colour }, text, value != null && values.tag(value));
}

/** How far a record has come on its way to a disk. @type {Chip["kind"][]} */
export const KEPT = ["durable", "written", "queued"];

/** The records that have come so far. @param {Chip[]} records @param {Chip["kind"]} kind */
export const some = (records, kind) =>
  records
    .filter((record) => record.kind === kind)
    .map(({ text, value }) => (value == null ? text : `${text} ${told(value)}`))
    .join(", ");

/** A message in a few words. @param {MessageView} message @returns {string} */
export function describe({ kind, ballot, slot, value, from, to, status }) {
  const where = status === "flying" ? "" : `, ${status.replaceAll("-", " ")}`;
  const about = [kind, ballot, slot ? `slot ${slot}` : "", value == null ? "" : `for ${told(value)}`];
  return `${about.filter(Boolean).join(" ")} from ${from} to ${to}${where}`;
}
