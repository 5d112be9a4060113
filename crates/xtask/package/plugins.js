// What Rollup is told about the page's modules, whatever they become.

import { readFile } from "node:fs/promises";
import { dirname, join, posix, relative, resolve, sep } from "node:path";
import { build, transform } from "esbuild";
import { minify } from "terser";

/** The address of a file that is no module, or of a module that is asked for again. */
export const ADDRESS = /new URL\(\s*(["'`])((?:\.{1,2}\/)?[^"'`?]+)(\?[^"'`]*)?\1\s*,\s*import\.meta\.url\s*,?\s*\)/g;
/** A module asked for again after a failure: another query is another address. */
const AGAIN = /import\(\s*new URL\(\s*`([^`?]+)\?[^`]*`\s*,\s*import\.meta\.url\s*,?\s*\)\.href\s*,?\s*\)/g;

/** A path below the page's folder, with slashes. @param {string} web @param {string} id */
export const inside = (web, id) => relative(web, id).split(sep).join("/");

/** wasm-bindgen's glue. @param {string} path */
const isGlue = (path) => /^wasm\/\w+\.js$/.test(path);

/**
 * Puts other modules in the place of some.
 * @param {string} web @param {Record<string, string>} others by path below `web`: the file that takes the place, or
 * `text:` and its text
 * @returns {import("rollup").Plugin}
 */
export const instead = (web, others) => ({
  name: "instead",
  resolveId(source, importer) {
    const id = importer && source.startsWith(".") ? resolve(dirname(importer), source) : source;
    return inside(web, id) in others ? id : null; // also where there is no such file
  },
  async load(id) {
    const other = others[inside(web, id)];
    if (other === undefined) return null;
    return other.startsWith("text:") ? other.slice("text:".length) : readFile(other, "utf8");
  },
});

/**
 * Lets glue be had more than once. It keeps one instance of its engine for each module, and one whose memory cannot be
 * trusted any more is asked for with another query then. A module that is part of a bundle has no address of its own: so
 * all of it becomes a function, `fresh`, and is called once for everybody and once more for each who asks again.
 * @param {string} web @returns {import("rollup").Plugin}
 */
export const fresh = (web) => ({
  name: "fresh",
  transform(code, id) {
    if (!isGlue(inside(web, id))) return null;
    /** @type {string[]} */
    const given = [];
    let body = "";
    let done = 0;
    for (const node of /** @type {any[]} */ (this.parse(code).body)) {
      if (node.type === "ImportDeclaration" || node.type === "ExportDefaultDeclaration")
        throw new Error(`${inside(web, id)} is not written as glue was: it has an ${node.type}.`);
      if (node.type !== "ExportNamedDeclaration") continue;
      body += code.slice(done, node.start);
      done = node.declaration ? node.declaration.start : node.end;
      if (node.declaration) given.push(node.declaration.id.name);
      for (const { local, exported } of node.specifiers) given.push(`${exported.name}: ${local.name}`);
    }
    body += code.slice(done);
    const names = given.filter((name) => !name.includes(":"));
    const all = `export const fresh = () => {\n${body}\nreturn { ${given.join(", ")} };\n};\nconst first = fresh();\n`;
    return { code: `${all}export const { ${names.join(", ")} } = first;\nexport default first.default;\n`, map: null };
  },
});

/**
 * What asks again after a failure. Of glue it is another instance. Other modules have addresses of their own in what is
 * published as files; but no bundler can know them, and none shall try. In one file nothing can fail to load.
 * @param {string} web @param {{ files: boolean, entry?: (target: string) => boolean }} how whether modules are files
 * @returns {import("rollup").Plugin}
 */
export const again = (web, { files, entry = () => false }) => ({
  name: "again",
  transform(code, id) {
    const folder = posix.dirname(inside(web, id));
    let head = "";
    const text = code.replace(AGAIN, (whole, path) => {
      const target = posix.join(folder, path);
      if (isGlue(target) && code.includes(`from "${path}"`)) {
        head = `import { fresh as another } from "${path}";\n`;
        return "Promise.resolve(another())";
      }
      if (isGlue(target)) return `import("${path}").then((module) => module.fresh())`;
      if (!files) return `import("${path}")`;
      // It keeps its place and the names of what it exports.
      if (!entry(target))
        this.emitFile({ type: "chunk", id: join(web, target), fileName: target, preserveSignature: "allow-extension" });
      const query = whole.slice(whole.indexOf("?"), whole.lastIndexOf("`"));
      return `import(import.meta.resolve(\`${ROOT}${target}${query}\`))`;
    });
    return { code: head + text, map: null };
  },
});

/** Stands for the way from a file to the root, until it is known in which file a module ends up. */
const ROOT = "__ROOT_OF_THE_SITE__/";

/**
 * Addresses of files that are no modules (style sheets, WebAssembly, the worker). A module may end up in another file than
 * its own, so they are rewritten to start from the root.
 * @param {string} web @returns {import("rollup").Plugin}
 */
export const addresses = (web) => ({
  name: "addresses",
  transform(code, id) {
    const folder = posix.dirname(inside(web, id));
    const text = code.replace(
      ADDRESS,
      (_, quote, path, query = "") =>
        `new URL(${quote}${ROOT}${posix.join(folder, path)}${query}${quote}, import.meta.url)`,
    );
    return { code: text, map: null };
  },
  renderChunk(code, { fileName }) {
    const up = posix.relative(posix.dirname(fileName), "") || ".";
    return { code: code.replaceAll(ROOT, `${up}/`), map: null };
  },
});

/** A style sheet with what it imports. @param {string} file */
export async function sheet(file) {
  const { outputFiles } = await build({
    entryPoints: [file],
    bundle: true,
    minify: true,
    legalComments: "none",
    write: false,
    logLevel: "warning",
  });
  return outputFiles[0].text.trim();
}

/** Makes each style sheet a module with a text. @param {string} web @returns {import("rollup").Plugin} */
export const sheets = (web) => ({
  name: "sheets",
  transform(code, id) {
    const text = code.replace(ADDRESS, (whole, _, path) =>
      path.endsWith(".css") ? `({ text: () => import("${path}.js").then((module) => module.default) })` : whole,
    );
    return { code: text, map: null };
  },
  resolveId: (source, importer) =>
    importer && source.endsWith(".css.js") ? resolve(dirname(importer), source) : null,
  async load(id) {
    if (!id.endsWith(".css.js")) return null;
    return `export default ${JSON.stringify(await sheet(id.slice(0, -".js".length)))};`;
  },
});

const RESOLVE = "import.meta.resolve(";
/** Lets bundlers leave it as it is. */
const LEAVE = "/* @vite-ignore */ /* webpackIgnore: true */ ";

/** esbuild shortens private names, terser everything else. @param {string} code @param {"esm" | "iife"} format */
export async function shortened(code, format) {
  const { code: short } = await transform(code, {
    minify: true,
    ...(format === "esm" && { format }),
    target: "es2022",
    legalComments: "none",
  });
  const { code: shorter } = await minify(short, { module: format === "esm", ecma: 2022, compress: { passes: 2 } });
  return /** @type {string} */ (shorter).replaceAll(`import(${RESOLVE}`, `import(${LEAVE}${RESOLVE}`);
}

/** @type {import("rollup").Plugin} */
export const minifier = {
  name: "minifier",
  renderChunk: async (code) => ({ code: await shortened(code, "esm"), map: null }),
};

/** A file that does not fit what is made of it must not be published. @param {{ message: string }} warning */
export function refuse({ message }) {
  throw new Error(message);
}
