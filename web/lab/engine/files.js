// Where the files that come with the lab are: scenarios, challenges, and the lists of them. What is published for
// bundlers has another module in this place, because they must see each file to take it along, and what is one file has
// another again, with all of them in it.

import { json } from "./fetched.js";

/** What was asked for: five figures of one scenario ask once. @type {Map<string, Promise<any>>} */
const files = new Map();

/** @param {string} name of a file beside the scenarios, without its ending @returns {Promise<any>} */
export async function file(name) {
  const asked = files.get(name) ?? json(new URL(`../../scenarios/${name}.json`, import.meta.url));
  files.set(name, asked);
  asked.catch(() => files.delete(name)); // asked again, it is tried again
  return structuredClone(await asked); // each has one of its own
}
