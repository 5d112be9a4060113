// What the element itself needs of dom.js: it is loaded where no figure is near yet, so it is to be small.

/** @typedef {string | Node | null | false | undefined} Child */
/** @typedef {Record<string, string | number | boolean | null | undefined | ((event: any) => void)>} Props */

/** @template {Element} E @param {E} node @param {Props} props @param {Child[]} children @returns {E} */
export function dress(node, props, children) {
  for (const [name, value] of Object.entries(props)) {
    if (typeof value === "function") node.addEventListener(name.slice(2), value);
    else setAttr(node, name, value);
  }
  node.append(.../** @type {(string | Node)[]} */ (children.filter((c) => c != null && c !== false)));
  return node;
}

/**
 * An HTML element. `on…` properties are listeners, `true` is an empty attribute, `false` and `null` are none.
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag @param {Props} [props] @param {...Child} children @returns {HTMLElementTagNameMap[K]}
 */
export const h = (tag, props = {}, ...children) => dress(document.createElement(tag), props, children);

/** Sets an attribute, only when it differs. @param {Element} node @param {string} name @param {unknown} value */
export function setAttr(node, name, value) {
  const text = value === true && !name.startsWith("aria-") ? "" : `${value}`;
  if (value == null || (value === false && !name.startsWith("aria-"))) node.removeAttribute(name);
  else if (node.getAttribute(name) !== text) node.setAttribute(name, text);
}

/** Whether the person asked for less motion. @returns {boolean} */
export const still = () => matchMedia("(prefers-reduced-motion: reduce)").matches;
