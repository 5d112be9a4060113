// Addresses that ask for nothing there is.

import { ASKS } from "./attributes.js";
import { has } from "./properties.js";

/** Says so, when what follows the # in the page's address is nothing of ours, and names no place in the page.
 * @param {Element} lab @returns {string} */
export function strange(lab) {
  const { hash } = location;
  if (!has(lab, "fragment") || hash.length < 2 || ASKS.test(hash)) return "";
  const text = hash.length > 24 ? `${hash.slice(0, 24)}…` : hash;
  if (document.getElementById(hash.slice(1))) return "";
  return `“${text}” in the address asks for no scenario, challenge or run: it changes nothing here.`;
}
