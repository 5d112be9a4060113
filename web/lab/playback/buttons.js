// What the controls of a clock are made of.

import { h } from "../shared/dom.js";

/** @param {number} speed @returns {string} */
export const times = (speed) => (speed < 1 ? `×1/${1 / speed}` : `×${speed}`);

/** A button with a sign and a name. @param {string} sign @param {string} name @param {string} key
 * @param {() => void} onclick */
export const button = (sign, name, key, onclick) =>
  h("button", { "aria-keyshortcuts": key, onclick }, h("span", { "aria-hidden": "true" }, sign), name);
