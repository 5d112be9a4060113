// How the page is made: three small helpers instead of a framework. Text from outside (values, names, files)
// becomes text nodes and attributes only, never markup, so nothing a person types can turn into a page.

import { dress, setAttr } from "./element.js";

/** @typedef {import("./element.js").Child} Child */
/** @typedef {import("./element.js").Props} Props */

export { h, setAttr, still } from "./element.js";
export { style } from "./style.js";

/**
 * An SVG element, likewise.
 * @template {keyof SVGElementTagNameMap} K
 * @param {K} tag @param {Props} [props] @param {...Child} children @returns {SVGElementTagNameMap[K]}
 */
export const svg = (tag, props = {}, ...children) =>
  dress(document.createElementNS("http://www.w3.org/2000/svg", tag), props, children);

/** Sets an element's text, only when it differs. @param {Node} node @param {string} text */
export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/** What is too long for its place can be scrolled by keyboard, too. To be called once it is drawn.
 * @param {HTMLElement} place that scrolls */
export const reach = (place) => setAttr(place, "tabindex", place.scrollHeight > place.clientHeight + 1 ? 0 : null);

/** The same, looked at whenever the place or what is in it changes its size.
 * @template {HTMLElement} T @param {T} place that scrolls, with its children @returns {T} */
export function scrolling(place) {
  const sizes = new ResizeObserver(() => reach(place));
  for (const box of [place, ...place.children]) sizes.observe(box);
  return place;
}

/** @type {WeakMap<Element, string>} */
const drawn = new WeakMap();

/** Rebuilds an element's children, only when `key` differs from last time.
 * @param {Element} node @param {unknown} key @param {() => Child[]} build */
export function redraw(node, key, build) {
  const now = JSON.stringify(key) ?? "";
  if (drawn.get(node) === now) return;
  drawn.set(node, now);
  node.replaceChildren();
  dress(node, {}, build());
}

/** @type {WeakMap<Element, Map<any, any>>} */
const rows = new WeakMap();

/**
 * Keeps one child per item, in order: makes what is new, updates the rest in place (so focus and motion survive),
 * removes what is gone.
 * @template T @template {Element} E
 * @param {Element} parent @param {T[]} items @param {(item: T) => string | number} key
 * @param {(item: T) => E} make @param {(node: E, item: T, index: number) => void} [update]
 * @returns {Map<string | number, E>} the children by key
 */
export function keyed(parent, items, key, make, update) {
  const old = rows.get(parent) ?? new Map();
  const now = new Map();
  for (const item of items) now.set(key(item), old.get(key(item)) ?? make(item));
  for (const [k, node] of old) if (!now.has(k)) node.remove();
  items.forEach((item, i) => {
    const node = now.get(key(item));
    if (parent.children[i] !== node) parent.insertBefore(node, parent.children[i] ?? null);
    update?.(node, item, i);
  });
  rows.set(parent, now);
  return now;
}

/** "1", "1 and 2", "1, 2 and 3". @param {(string | number)[]} items @returns {string} */
export const list = (items) =>
  items.length < 2 ? items.join("") : `${items.slice(0, -1).join(", ")} and ${items[items.length - 1]}`;
