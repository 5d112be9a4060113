// A message's shape with its glyph inside, the same on a lane, in a tray and in the legend.

import { svg } from "../shared/dom.js";
import { GLYPHS } from "../shared/values.js";
import { ROUND } from "./bundles.js";
/** @import { MessageView } from "../engine/engine.js" */
/** @import { Store } from "../store.js" */

/** @typedef {Pick<MessageView, "kind" | "value" | "accepted" | "ballot">} Said */

/** The colour of a message, if it has one. @param {Said} m @param {Store} store */
export const colour = (m, store) => store.protocol.tint(m, store);

/** The parts of a mark. @param {Said} m @param {Store} store @returns {SVGElement[]} */
export function shape(m, { protocol, values }) {
  const value = protocol.carried(m);
  const middle = protocol.middles[m.kind];
  const parts = [svg("path", { class: "shape", d: protocol.shapes[m.kind] })];
  if (value == null) return parts;
  const look = values.of(value);
  const transform = `translate(-4 ${middle - 4}) scale(.8)`;
  return [...parts, svg("path", { class: "mark", d: GLYPHS[look.glyph], "data-v": look.colour, transform })];
}

/** @param {string} what @param {SVGElement} part @returns {SVGSVGElement} */
const picture = (what, part) =>
  svg("svg", { class: `symbol ${what}`, viewBox: "-13 -13 26 26", "aria-hidden": "true" }, part);

/** A picture of a message. @param {Said} m @param {string} status @param {Store} store @returns {SVGSVGElement} */
export function symbol(m, status, store) {
  const look = `message ${status} ${store.protocol.manner(m.kind)} ${m.kind}`;
  return picture("", svg("g", { class: look, "data-v": colour(m, store) }, ...shape(m, store)));
}

/** Several messages in one place. @returns {SVGSVGElement} */
export const bundle = () => numbered({ class: "message round" }, ROUND, 4.5);

/** Several in one place that are like this one. @param {Said} m @param {Store} store @returns {SVGSVGElement} */
export const bundleOf = (m, store) => {
  const { manner, shapes, middles } = store.protocol;
  const look = { class: `message ${manner(m.kind)} ${m.kind}`, "data-v": colour(m, store) };
  return numbered(look, shapes[m.kind], middles[m.kind] + 4);
};

/** @param {{ class: string, "data-v"?: string | number | null }} look @param {string} d @param {number} y of the number */
const numbered = (look, d, y) =>
  picture("", svg("g", look, svg("path", { class: "shape", d }), svg("text", { class: "count", y }, "2")));

/** A link that is cut, as it is drawn. @param {boolean} [oneWay] @returns {SVGSVGElement} */
export const cut = (oneWay) =>
  picture("cutting", svg("path", { class: "bars", d: oneWay ? "M-12 0H4M-3-7 4 0-3 7M9-9V9" : "M-7-7 7 7M7-7-7 7" }));
