// Which module may need which: read off the modules' own imports, types included.

import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { imports, modules, source, WEB } from "./modules.js";

/** The engine as it is built: it needs nothing of the page. */
const isEngine = (/** @type {string} */ file) => file.startsWith("wasm/");
const graph = new Map(modules().map((file) => [file, imports(file)]));
const folder = (/** @type {string} */ file) => file.split("/").slice(0, -1).join("/");

/** The first way from a module back to itself. @returns {string[] | null} */
function cycle() {
  const done = new Set();
  /** @param {string} file @param {string[]} way @returns {string[] | null} */
  const walk = (file, way) => {
    if (way.includes(file)) return [...way.slice(way.indexOf(file)), file];
    if (done.has(file) || isEngine(file)) return null;
    for (const { to } of graph.get(file) ?? []) {
      const found = walk(to, [...way, file]);
      if (found) return found;
    }
    done.add(file);
    return null;
  };
  for (const file of graph.keys()) {
    const found = walk(file, []);
    if (found) return found;
  }
  return null;
}

test("every import leads to a module that is there", () => {
  for (const [file, needed] of graph)
    for (const { to } of needed) assert.ok(isEngine(to) || graph.has(to), `${file} imports ${to}`);
});

test("the modules import each other in one direction, types and what is loaded later included", () => {
  assert.equal(cycle()?.join(" → "), undefined);
});

test("no part knows the ui, not even as a type: only the element does", () => {
  const knows = [...graph].filter(([, needed]) => needed.some(({ to }) => to === "lab/ui.js")).map(([file]) => file);
  assert.deepEqual(knows, ["laboratory.js", "quorum-lab.js"]);
});

/** For some modules: what they may import beside what is in their own folder. @type {[string, RegExp, RegExp][]} */
const WALLS = [
  ["engine/ knows nothing of the page around it", /^lab\/engine\//, /^(site\.js|search-worker\.js|wasm\/)/],
  ["shared/ knows only the shapes of the engine's data", /^lab\/shared\//, /^lab\/engine\/engine\.js$/],
  ["a protocol knows the engine's data and what is shared", /^lab\/protocols\/paxos\//, /^lab\/(engine|shared)\//],
  // A server is summarised in the shape that cards have.
  ["so does a log", /^lab\/protocols\/log\//, /^lab\/(engine|shared)\/|^lab\/protocols\/paxos\/card\.js$/],
];

for (const [what, whose, allowed] of WALLS) {
  test(what, () => {
    const inside = [...graph].filter(([file]) => whose.test(file));
    assert.ok(inside.length > 3, "there are such modules");
    for (const [file, needed] of inside)
      for (const { to } of needed) assert.ok(folder(to) === folder(file) || allowed.test(to), `${file} imports ${to}`);
  });
}

test("only engine/ and the search's worker know that there is WebAssembly", () => {
  for (const [file, needed] of graph) {
    if (folder(file) === "lab/engine" || file === "search-worker.js") continue;
    assert.deepEqual(
      needed.filter(({ to }) => isEngine(to)),
      [],
      file,
    );
  }
});

test("a protocol is imported by protocols/index.js and by nobody else", () => {
  const isProtocol = (/** @type {string} */ file) => /^lab\/protocols\/[^/]+\//.test(file);
  for (const [file, needed] of graph) {
    if (isProtocol(file) || file === "lab/protocols/index.js") continue;
    assert.deepEqual(
      needed.filter(({ to }) => isProtocol(to)),
      [],
      file,
    );
  }
});

/** The kinds of messages that the engine's types know. */
function kinds() {
  const types = readdirSync(join(WEB, "../crates/wasm/src"));
  assert.ok(types.includes("types.d.ts"));
  const text = source("../crates/wasm/src/types.d.ts");
  const [, union] = /export type (?:Message)?Kind =([^;]+);/.exec(text) ?? [];
  return [...(union ?? "").matchAll(/"([a-z-]+)"/g)].map((match) => match[1]);
}

test("no module outside protocols/ names a kind of message", () => {
  const names = kinds();
  assert.ok(names.includes("nack") && names.length >= 5, `the kinds are found: ${names}`);
  const any = names.join("|");
  // As a string, or as the key of a table; and as a class of a style sheet.
  const inScripts = new RegExp(`["'\`](${any})["'\`]|^\\s*(${any}):`, "m");
  const inSheets = new RegExp(`\\.(${any})\\b`);
  const all = readdirSync(join(WEB, "lab"), { recursive: true }).map((file) => `lab/${file}`);
  const sheets = all.filter((file) => file.endsWith(".css"));
  assert.ok(sheets.length > 4, "the sheets are found");
  const code = (/** @type {string} */ file) => source(file).replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, "");
  for (const file of sheets) assert.equal(inSheets.exec(code(file))?.[0], undefined, file);
  // What is written on cards is among the words of a language.
  for (const file of graph.keys())
    if (!/^lab\/(protocols|words)\//.test(file)) assert.equal(inScripts.exec(code(file))?.[0], undefined, file);
});

test("Paxos on the page has a shape, a manner and a meaning for each kind that the engine knows", async () => {
  const { paxos } = await import("../lab/protocols/paxos/index.js");
  assert.deepEqual(Object.keys(paxos.shapes).toSorted(), kinds().toSorted());
  assert.deepEqual(
    (await paxos.legend()).map(([kind]) => kind),
    Object.keys(paxos.shapes),
  );
});
