// The disk under a card, on which there is little room: chips are shortened when they would not fit, and what does not
// fit even so is counted, because nothing that a server remembers may vanish without a word.

import { h } from "../shared/dom.js";
import { told } from "../shared/spelling.js";
import { chip } from "../shared/values.js";
/** @import { Chip, Values } from "../shared/values.js" */
/** @import { Size } from "./ring.js" */

/** What chips may take together, in em of a large card. @type {Record<Size, number>} */
const ROOM = { large: 11.7, small: 9.2, mini: 9.2, slim: 0, micro: 0, dot: 0 };
/** What takes how much of it: a letter, what is around a chip, a glyph, and the count of the others. */
const TAKES = { letter: 0.53, around: 1.25, glyph: 1, more: 1.6 };

/** @param {Chip} chip @param {boolean} short @returns {number} em */
const width = ({ text, value, short: brief }, short) =>
  ((short && brief) || text).length * TAKES.letter + TAKES.around + (value == null ? 0 : TAKES.glyph);

/** Which chips are shown, and how. @param {Chip[]} chips what matters most first @param {Size} size of the card
 * @returns {{ shown: Chip[], short: boolean, more: Chip[] }} */
export function fitting(chips, size) {
  const room = ROOM[size];
  const take = (/** @type {boolean} */ short) => chips.reduce((sum, it) => sum + width(it, short), 0);
  if (!room || take(false) <= room) return { shown: chips, short: false, more: [] };
  let taken = take(true);
  let many = chips.length;
  if (taken > room) taken += TAKES.more;
  while (taken > room && many > 1) taken -= width(chips[--many], true);
  return { shown: chips.slice(0, many), short: true, more: chips.slice(many) };
}

/** @param {Chip[]} chips @param {Size} size of the card @param {Values} values @returns {HTMLElement[]} */
export function strip(chips, size, values) {
  const { shown, short, more } = fitting(chips, size);
  const parts = shown.map((it) => (short && it.short ? shortened(it, values) : chip(it, values)));
  if (!more.length) return parts;
  const others = more.map(({ text, value }) => (value == null ? text : `${text} ${told(value)}`)).join(", ");
  const says = `On this disk, or on the way there, too: ${others}.`;
  return [...parts, h("span", { class: "more", title: others, "data-says": says }, `+${more.length}`)];
}

/** A chip with fewer letters, which says the rest when it is pointed at. @param {Chip} it @param {Values} values */
function shortened(it, values) {
  const element = chip({ ...it, text: it.short ?? it.text }, values);
  element.setAttribute("title", it.text);
  element.dataset.says = `On its disk: ${it.text}.`;
  return element;
}
