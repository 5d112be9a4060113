// What the controls of a clock are made of.

import { h } from "../shared/dom.js";

/** @param {number} speed @returns {string} */
export const times = (speed) => (speed < 1 ? `×1/${1 / speed}` : `×${speed}`);

/** A button with a sign and a name. @param {string} sign @param {string} name @param {string} key
 * @param {() => void} onclick */
export const button = (sign, name, key, onclick) =>
  h("button", { "aria-keyshortcuts": key, onclick }, h("span", { "aria-hidden": "true" }, sign), name);

/** A button with a sign alone; its name is for those who hover or do not see it. @param {string} sign
 * @param {string} name @param {string} key @param {(event: MouseEvent) => void} onclick */
export const sign = (sign, name, key, onclick) =>
  h("button", { class: "sign", title: name, "aria-label": name, "aria-keyshortcuts": key, onclick }, sign);
