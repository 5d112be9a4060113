// Where the files that come with the lab are: scenarios, challenges, and the lists of them. What is published for
// bundlers has another module in this place, because they must see each file to take it along, and what is one file has
// another again, with all of them in it.

import { json } from "./fetched.js";

/** @param {string} name of a file beside the scenarios, without its ending @returns {Promise<any>} */
export const file = (name) => json(new URL(`../../scenarios/${name}.json`, import.meta.url));
