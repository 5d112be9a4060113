// Joins and minifies the page's modules and style sheets: `node crates/xtask/package.js WEB OUT`.
//
// Rollup puts everything that a first visit loads into quorum-lab.js, and what is imported later into a file for each
// occasion. Files keep their places below the site's root, because some are asked for again with a query after a failure.
// A style sheet that begins with @import has what it imports in it, and those sheets are no files of their own.
// Files that are no modules (style sheets, WebAssembly, the worker) are addressed as `new URL("./x", import.meta.url)`. A
// module may end up in another file than its own, so such addresses are rewritten to start from the site's root.

import { readFile } from "node:fs/promises";
import { join, posix, relative, resolve, sep } from "node:path";
import { build, transform } from "esbuild";
import { rollup } from "rollup";
import { minify } from "terser";

const [web, out] = process.argv.slice(2).map((path) => resolve(path));

/** Stands for the way from a file to the site's root, until it is known in which file a module ends up. */
const ROOT = "__ROOT_OF_THE_SITE__/";
const ADDRESS = /new URL\(\s*(["'`])((?:\.{1,2}\/)?[\w./-]+)(\?[^"'`]*)?\1\s*,\s*import\.meta\.url\s*,?\s*\)/g;

/** A path below web/, with slashes. @param {string} id */
const inside = (id) => relative(web, id).split(sep).join("/");

/** Files of their own. Glue is one: after a panic it is loaded once more, with nothing in its memory. */
const entries = ["quorum-lab", "search-worker", "wasm/quorum_wasm", "wasm/quorum_log", "wasm/quorum_search"];

const addresses = {
  name: "addresses",
  /** @param {string} code @param {string} id */
  transform(code, id) {
    const folder = posix.dirname(inside(id));
    return code.replace(ADDRESS, (_, quote, path, query = "") => {
      const target = posix.join(folder, path);
      // It is asked for again with a query after a failure: it keeps its place and the names of what it exports.
      if (query && path.endsWith(".js") && !entries.includes(target.slice(0, -".js".length)))
        this.emitFile({ type: "chunk", id: join(web, target), fileName: target, preserveSignature: "allow-extension" });
      return `new URL(${quote}${ROOT}${target}${query}${quote}, import.meta.url)`;
    });
  },
  /** @param {string} code @param {{ fileName: string }} chunk */
  renderChunk(code, chunk) {
    const up = posix.relative(posix.dirname(chunk.fileName), "") || ".";
    return code.replaceAll(ROOT, `${up}/`);
  },
};

const minifier = {
  name: "minifier",
  /** esbuild shortens private names, terser everything else. @param {string} code */
  async renderChunk(code) {
    const short = await transform(code, { minify: true, format: "esm", target: "es2022", legalComments: "none" });
    return minify(short.code, { module: true, ecma: 2022, compress: { passes: 2 } });
  },
};

/** What shows the lesson of a first visit: one file, too. */
const LESSON = "lab/engine/brought";

/** What the page's own entry loads with it, and what that file does. @type {Set<string>[]} */
const first = [];

/** Keeps what a first visit loads in one file, although other files of their own use parts of it, too.
 * @param {string} id @param {(id: string) => readonly string[]} imported @returns {string | undefined} */
function together(id, imported) {
  const names = ["quorum-lab", LESSON];
  if (!first.length) {
    for (const name of names) {
      const all = new Set([join(web, `${name}.js`)]);
      for (const one of all) for (const next of imported(one)) if (!inside(next).startsWith("wasm/")) all.add(next);
      first.push(all);
    }
  }
  const found = names.find((_, i) => first[i].has(id));
  if (found) return found;
  return inside(id).startsWith("wasm/") ? inside(id).slice(0, -".js".length) : undefined;
}

const bundle = await rollup({
  input: Object.fromEntries(entries.map((name) => [name, join(web, `${name}.js`)])),
  plugins: [addresses, minifier],
  // The entry may export more than it was written to, so that it need not be a file that only points to another.
  preserveEntrySignatures: "allow-extension",
  onwarn(warning) {
    throw new Error(warning.message);
  },
});
const { output } = await bundle.write({
  dir: out,
  entryFileNames: "[name].js",
  chunkFileNames: ({ facadeModuleId, name }) => (facadeModuleId ? inside(facadeModuleId) : `lab/${name}.js`),
  minifyInternalExports: true,
  manualChunks: (id, { getModuleInfo }) => together(id, (of) => getModuleInfo(of)?.importedIds ?? []),
});

const sheets = process.argv.slice(4).map((path) => path.split(sep).join("/"));
const texts = await Promise.all(sheets.map((sheet) => readFile(join(web, sheet), "utf8")));
const imported = new Set(
  sheets.flatMap((sheet, i) =>
    [...texts[i].matchAll(/^@import "([^"]+)";$/gm)].map(([, path]) => posix.join(posix.dirname(sheet), path)),
  ),
);
const separate = sheets.filter((sheet) => !imported.has(sheet));
await build({
  entryPoints: separate.map((sheet) => join(web, sheet)),
  outdir: out,
  outbase: web,
  bundle: true,
  minify: true,
  legalComments: "none",
  logLevel: "warning",
});

// What was written, and which files a first visit loads with the entry: for whoever copies the rest.
const chunks = output.filter((file) => file.type === "chunk");
/** @param {string} name @param {Set<string>} seen */
const closure = (name, seen = new Set()) => {
  if (seen.has(name)) return seen;
  seen.add(name);
  for (const next of chunks.find((chunk) => chunk.fileName === name)?.imports ?? []) closure(next, seen);
  return seen;
};
const files = [...chunks.map((chunk) => chunk.fileName), ...separate];
console.log(JSON.stringify({ files, first: [...closure("quorum-lab.js")] }));
