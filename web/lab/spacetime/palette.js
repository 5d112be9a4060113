// The colours and the paths of a space-time picture. A canvas knows neither custom properties nor the values' colours,
// so it asks the page for the present ones: light, dark, or the few colours of a person who picked their own.

import { h } from "../shared/dom.js";
import { GLYPHS } from "../shared/values.js";

const NAMES = /** @type {const} */ (["bg", "ink", "muted", "edge", "line", "wash", "accent"]);

/** @typedef {Record<typeof NAMES[number], string> & { values: string[], font: string }} Palette colours, and a font */

/** @param {HTMLElement} parent @returns {Palette} what they are now */
export function palette(parent) {
  const probe = h("i", { hidden: true });
  probe.style.forcedColorAdjust = "none";
  parent.append(probe);
  const own = matchMedia("(forced-colors: active)").matches;
  const style = getComputedStyle(probe);
  const colour = (/** @type {string} */ name) => {
    probe.style.color = `var(--${name})`;
    return style.color;
  };
  const [bg, ink, muted, edge, line] = NAMES.map(colour);
  const [wash, accent] = ["quorum-wash", "quorum-accent"].map(colour);
  const values = Array.from({ length: 7 }, (_, i) => (own ? ink : colour(`quorum-value-${i}`)));
  const font = style.fontFamily;
  probe.remove();
  return { bg, ink, muted, edge, line, wash: own ? bg : wash, accent, values, font };
}

/** @type {WeakMap<Record<string, string>, Record<string, Path2D>>} */
const known = new WeakMap();

/** Shapes to paint, in the boxes they were in; made once.
 * @param {Record<string, string>} shapes of a protocol's messages
 * @returns {Record<string, Path2D>} */
export function paths(shapes) {
  const made =
    known.get(shapes) ?? Object.fromEntries(Object.entries(shapes).map(([kind, d]) => [kind, new Path2D(d)]));
  known.set(shapes, made);
  return made;
}

/** The glyphs of values, in boxes of 10 around 0,0. */
export const SIGNS = GLYPHS.map((d) => {
  const path = new Path2D();
  path.addPath(new Path2D(d), new DOMMatrix([1, 0, 0, 1, -5, -5]));
  return path;
});

/** What events look like on a lane or above all of them, in boxes of 12 around 0,0. @type {Record<string, string>} */
export const MARK_PATHS = {
  crashed: "M-5.5-5h11V5h-11ZM-2.5-2.5 2.5 2.5M2.5-2.5-2.5 2.5",
  restarted: "M-4-5.5V5.5L5.5 0Z",
  wiped: "M0-5.5a5.5 5.5 0 1 0 .01 0M-3.9 3.9 3.9-3.9",
  paused: "M-2.5-5.5V5.5M2.5-5.5V5.5",
  resumed: "M-4-5.5V5.5L5.5 0Z",
  timer: "M0-5a5 5 0 1 0 .01 0M0-3V0L2.2 1.4",
  chosen: "M0-6 1.6-2.4 5.5-2 2.6.6 3.4 4.5 0 2.5-3.4 4.5-2.6.6-5.5-2-1.6-2.4Z",
  violated: "M0-5.5 6 5H-6ZM0-2V1.6M0 3.1V3.5",
  exhausted: "M-5 0H5M-2.5-3.5h5M-2.5 3.5h5",
  "power-cut": "M1-6-3 1H3L-1 6",
  isolated: "M-5-5H5V5H-5Z",
  rejoined: "M-5-5V5M5-5V5",
};

/** To paint. @type {Record<string, Path2D>} */
export const MARKS = Object.fromEntries(Object.entries(MARK_PATHS).map(([event, d]) => [event, new Path2D(d)]));
