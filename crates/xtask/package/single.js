// Makes the element one file: `node crates/xtask/package/single.js WEB OUT`.
//
// It is a classic script, so that a page opened from a disk can load it (no browser loads modules from there), and so that
// one file is enough where only one can be uploaded. Nothing in it asks for an address: style sheets are adopted and
// WebAssembly is compiled from base64, so that a policy of the page which allows the script needs to allow nothing more
// but `'wasm-unsafe-eval'`.

import { readdir, readFile, writeFile } from "node:fs/promises";
import { basename, join, posix, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { rollup } from "rollup";
import { RECORDING } from "./record.js";
import { ADDRESS, again, fresh, inside, instead, refuse, sheet, shortened } from "./plugins.js";

const [web, out] = process.argv.slice(2, 4).map((path) => resolve(path));
const here = fileURLToPath(new URL("single/", import.meta.url));

/** What `unpack` makes plain again, as a literal. @param {string | Uint8Array} plain */
const packedText = (plain) => JSON.stringify(gzipSync(plain, { level: 9 }).toString("base64"));

/** @param {string} path below the page's folder */
const packedFile = async (path) => packedText(await readFile(join(web, path)));

/** A module in the place of another, with what its names stand for.
 * @param {string} name @param {Record<string, string>} texts */
async function other(name, texts) {
  let code = await readFile(join(here, name), "utf8");
  for (const [word, text] of Object.entries(texts)) code = code.replace(new RegExp(`\\b${word}\\b(?=[;,\\])])`), () => text);
  return `text:${code}`;
}

const SEARCH = "wasm/quorum_search_bg.wasm";

/** A picture, in one line. @param {string} path */
const sheetless = async (path) => (await readFile(join(web, path), "utf8")).replace(/\s*\n\s*/g, " ");

/** What takes the place of an address. @param {string} path of a file below the page's folder */
async function packed(path) {
  if (path.endsWith(".css")) return `({ text: async () => ${JSON.stringify(await sheet(join(web, path)))} })`;
  if (path.endsWith(".svg")) return `new URL("data:image/svg+xml,${encodeURIComponent(await sheetless(path))}")`;
  if (path === SEARCH) return "undefined"; // it is told what to compile, for there is a worker that needs the same
  if (path.endsWith(".wasm")) return `unpack(${await packedFile(path)})`;
  throw new Error(`nothing is known of ${path} in one file`);
}

/** @type {import("rollup").Plugin} */
const files = {
  name: "files",
  async transform(code, id) {
    const folder = posix.dirname(inside(web, id));
    const found = [...code.matchAll(ADDRESS)];
    const texts = await Promise.all(found.map(([, , path]) => packed(posix.join(folder, path))));
    let text = "";
    let done = 0;
    found.forEach((match, i) => {
      text += code.slice(done, match.index) + texts[i];
      done = match.index + match[0].length;
    });
    const unpacks = texts.some((text) => text.startsWith("unpack("));
    const way = posix.relative(folder, "unpack.js");
    const head = unpacks ? `import { unpack } from "${way.startsWith(".") ? way : `./${way}`}";\n` : "";
    return { code: head + text + code.slice(done), map: null };
  },
};

const more = { "unpack.js": join(here, "unpack.js") };

/** One script of a module and all it imports, at once or later.
 * @param {string} input @param {Record<string, string>} others @returns {Promise<string>} */
async function script(input, others) {
  const bundle = await rollup({
    input: join(web, "one-file.js"),
    plugins: [instead(web, { ...others, ...more, "one-file.js": `text:import "./${input}";` }), fresh(web), again(web, { files: false }), files],
    onwarn: refuse,
  });
  const { output } = await bundle.generate({
    format: "iife",
    inlineDynamicImports: true,
    generatedCode: "es2015",
  });
  return shortened(output[0].code, "iife");
}

// Its engine is in it: recordings would save nothing.
const isRun = (/** @type {string} */ name) => name.endsWith(".json") && !name.endsWith(RECORDING);
const names = (await readdir(join(web, "scenarios"))).filter(isRun);
const scenarios = await Promise.all(
  names.map(async (name) => [basename(name, ".json"), JSON.parse(await readFile(join(web, "scenarios", name), "utf8"))]),
);
const worker = await script("search-worker.js", {});
const whole = await script("quorum-lab.js", {
  "site.js": "text:export const SITE = null;",
  "lab/shared/style.js": join(here, "../adopted.js"),
  "lab/engine/files.js": await other("files.js", { FILES: packedText(JSON.stringify(Object.fromEntries(scenarios))) }),
  "lab/engine/worker.js": await other("worker.js", {
    SCRIPT: JSON.stringify(worker),
    ENGINE: await packedFile(SEARCH),
  }),
});
// Where pages are rendered before they are sent, there is nothing to define.
await writeFile(out, `if (globalThis.customElements) ${whole}\n`);
