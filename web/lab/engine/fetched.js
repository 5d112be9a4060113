// Files that are asked for by their address.

import { decode } from "./text.js";

/** @param {string | URL} address @param {(response: Response) => Promise<ArrayBuffer>} [read] what there is
 * @returns {Promise<any>} rejects with what is wrong with the file */
export async function json(address, read = (response) => response.arrayBuffer()) {
  const { href } = new URL(address, document.baseURI);
  /** @type {Response} */
  let response;
  try {
    response = await fetch(href);
  } catch {
    throw new Error(`${href} cannot be reached. Check the address, and that the page is online.`);
  }
  if (!response.ok) throw new Error(`${href} cannot be loaded: the server answers ${response.status}.`);
  return parse(decode(await read(response), href), href);
}

/** @param {string} text @param {string} name @returns {any} */
export function parse(text, name) {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(`${name} is not JSON, and so neither a run nor a scenario.`);
  }
}
