// Reads the page's modules as text, for tests about which of them needs which.

import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

/** The folder of the page. */
export const WEB = dirname(dirname(fileURLToPath(import.meta.url)));

/** A file's path as the tests write it. @param {string} path @returns {string} */
const named = (path) => relative(WEB, path).replaceAll("\\", "/");

/** Every module of the page, without the engine and these tests. @returns {string[]} such as "lab/ui.js" */
export function modules() {
  const folders = [WEB, join(WEB, "lab")];
  const found = [];
  for (const folder of folders) {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name);
      if (entry.isDirectory() && folder !== WEB) folders.push(path);
      if (entry.name.endsWith(".js")) found.push(named(path));
    }
  }
  return found.sort();
}

/** @param {string} file such as "lab/ui.js" @returns {string} */
export const source = (file) => readFileSync(join(WEB, file), "utf8");

/** @typedef {"static" | "dynamic" | "type"} Kind how one module needs another */
/** @typedef {{ kind: Kind, to: string }} Import */

/** How each kind is written. A dynamic import of a type, `import("./a.js").A`, stands in a comment.
 * @type {[Kind, RegExp][]} */
const WRITTEN = [
  ["static", /^(?:import|export)\b[^;"'`]*?from\s+"([^"]+)"|^import\s+"([^"]+)"/gm],
  ["type", /@import\s[^"]*?from\s+"([^"]+)"/g],
];

/** What a module imports from the page and the engine, types included. @param {string} file @returns {Import[]} */
export function imports(file) {
  const text = source(file);
  /** @type {Import[]} */
  const found = [];
  const add = (/** @type {Kind} */ kind, /** @type {string} */ to) =>
    found.push({ kind, to: named(join(WEB, dirname(file), to.split("?")[0])) });
  for (const [kind, pattern] of WRITTEN) for (const match of text.matchAll(pattern)) add(kind, match[1] ?? match[2]);
  const comments = [...text.matchAll(/\/\*\*[\s\S]*?\*\//g)].map((match) => [
    match.index,
    match.index + match[0].length,
  ]);
  for (const match of text.matchAll(/\bimport\("([^"]+)"\)/g)) {
    const isType = comments.some(([from, to]) => match.index > from && match.index < to);
    add(isType ? "type" : "dynamic", match[1]);
  }
  return found;
}

/** What is loaded with a module, itself included. @param {string} entry @returns {string[]} */
export function closure(entry) {
  const known = new Set([entry]);
  for (const file of known) {
    if (file.startsWith("wasm/")) continue;
    for (const { kind, to } of imports(file)) if (kind === "static") known.add(to);
  }
  return [...known].sort();
}
