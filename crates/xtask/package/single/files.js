// Takes the place of web/lab/engine/files.js where everything is one file. What is in it stands for FILES.

import { unpack } from "../../unpack.js";

/** As JSON, by name. @type {Promise<Record<string, unknown>> | undefined} */
let files;

const all = async () => JSON.parse(new TextDecoder().decode(await unpack(FILES)));

/** @param {string} name @returns {Promise<any>} */
export async function file(name) {
  files ??= all();
  const found = (await files)[name];
  if (!found) throw new Error(`There is no “${name}” in this file.`);
  return structuredClone(found); // each has one of its own, as from a file
}
