// Joins and minifies the page's modules and style sheets: `node crates/xtask/package/join.js KIND WEB OUT SHEETS…`.
//
// Rollup puts the element itself into quorum-lab.js, what a figure is made of into laboratory.js, and what is imported later
// into a file for each occasion. Files keep their places below the root. A style sheet that begins with @import has what it imports in it, and
// those sheets are no files of their own.
//
// KIND is `site`, or `npm`: what other people's bundlers take in. They must see each file to take it along, so scenarios and
// style sheets are modules there; and there is no page beside them that links lead to.

import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { basename, join, posix, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { rollup } from "rollup";
import { RECORDING } from "./record.js";
import { addresses, again, fresh, inside, instead, minifier, refuse, sheets } from "./plugins.js";

const kind = process.argv[2];
const [web, out] = process.argv.slice(3, 5).map((path) => resolve(path));
const forBundlers = kind === "npm";
if (!forBundlers && kind !== "site") throw new Error(`${kind} is neither site nor npm`);

/** Files of their own. */
const entries = ["quorum-lab", "embed", "search-worker"];

/** The element; what it loads once it is near; what shows a run that the page did not make. One file each. */
const FILES = ["quorum-lab", "laboratory", "lab/engine/brought"];
/** Words are looked up in what is told of such a run. */
const WORDS = "lab/protocols/paxos/words.js";

/** All that each of those loads with it. @type {Set<string>[]} */
const first = [];

/** Keeps what a first visit loads in one file, although other files of their own use parts of it, too.
 * @param {string} id @param {(id: string) => readonly string[]} imported @returns {string | undefined} */
function together(id, imported) {
  if (!first.length) {
    for (const name of FILES) {
      const all = new Set([join(web, `${name}.js`)]);
      for (const one of all) for (const next of imported(one)) all.add(next);
      first.push(all);
    }
    first[2].add(join(web, WORDS));
  }
  const found = FILES.find((_, i) => first[i].has(id));
  if (found) return found;
  // The worker is asked for by its address, and has all it needs in it.
  if (["search-worker.js", "wasm/quorum_search.js"].includes(inside(web, id))) return "search-worker";
  return undefined;
}

const here = fileURLToPath(new URL(".", import.meta.url));
const files = (await readdir(join(web, "scenarios"))).filter((name) => name.endsWith(".json"));
const recorded = files.filter((name) => name.endsWith(RECORDING)).map((name) => name.slice(0, -RECORDING.length));
const recordings = await readFile(join(here, "recordings.js"), "utf8");
/** @type {Record<string, string>} */
const others = {
  "lab/engine/recordings.js": `text:${recordings.replace("Set(RECORDED)", `Set(${JSON.stringify(recorded)})`)}`,
};
if (forBundlers)
  Object.assign(others, {
      "site.js": join(here, "npm/site.js"),
      "lab/engine/files.js": join(here, "npm/files.js"),
      "lab/shared/style.js": join(here, "adopted.js"),
  });

const bundle = await rollup({
  input: Object.fromEntries(entries.map((name) => [name, join(web, `${name}.js`)])),
  plugins: [
    instead(web, others),
    fresh(web),
    again(web, { files: true, entry: (target) => entries.includes(target.slice(0, -".js".length)) }),
    forBundlers && sheets(web),
    addresses(web),
    minifier,
  ],
  // The entry may export more than it was written to, so that it need not be a file that only points to another.
  preserveEntrySignatures: "allow-extension",
  onwarn: refuse,
});
const { output } = await bundle.write({
  dir: out,
  entryFileNames: "[name].js",
  chunkFileNames: ({ facadeModuleId, name }) => (facadeModuleId ? inside(web, facadeModuleId) : `lab/${name}.js`),
  minifyInternalExports: true,
  manualChunks: (id, { getModuleInfo }) => together(id, (of) => getModuleInfo(of)?.importedIds ?? []),
});
const chunks = output.filter((file) => file.type === "chunk");
const worker = chunks.find(({ fileName }) => fileName === "search-worker.js");
if (worker?.imports.length) throw new Error(`the worker is to be one file, and imports ${worker.imports.join(", ")}`);

const styles = process.argv.slice(5).map((path) => path.split(sep).join("/"));
const texts = await Promise.all(styles.map((sheet) => readFile(join(web, sheet), "utf8")));
const imported = new Set(
  styles.flatMap((style, i) =>
    [...texts[i].matchAll(/^@import "([^"]+)";$/gm)].map(([, path]) => posix.join(posix.dirname(style), path)),
  ),
);
/** In the package only those that pages name. */
const separate = styles.filter((style) => (forBundlers ? style === "embed.css" : !imported.has(style)));
await build({
  entryPoints: separate.map((style) => join(web, style)),
  outdir: out,
  outbase: web,
  bundle: true,
  minify: true,
  legalComments: "none",
  logLevel: "warning",
});

/** The scenarios as modules. @returns {Promise<string[]>} their paths */
async function scenarios() {
  await mkdir(join(out, "scenarios"), { recursive: true });
  return Promise.all(
    files.map(async (name) => {
      const path = `scenarios/${basename(name, ".json")}.js`;
      const data = JSON.parse(await readFile(join(web, "scenarios", name), "utf8"));
      await writeFile(join(out, path), `export default ${JSON.stringify(data)};\n`);
      return path;
    }),
  );
}

// What was written, and which files a first visit loads with the entry: for whoever copies the rest.
/** @param {string} name @param {Set<string>} seen */
const closure = (name, seen = new Set()) => {
  if (seen.has(name)) return seen;
  seen.add(name);
  for (const next of chunks.find((chunk) => chunk.fileName === name)?.imports ?? []) closure(next, seen);
  return seen;
};
const written = [...chunks.map((chunk) => chunk.fileName), ...separate];
if (forBundlers) written.push(...(await scenarios()));
console.log(JSON.stringify({ files: written, first: [...closure("quorum-lab.js"), ...closure("laboratory.js")] }));
