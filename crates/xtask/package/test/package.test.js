// The npm package as others take it in: from a folder of their own, by its name. `cargo xtask package` makes it, and the
// pages in examples/ are built into target/hosts/ for the tests in browsers.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const ROOT = fileURLToPath(new URL("../../../../", import.meta.url));
const NPM = join(ROOT, "target/package/npm");
const HOSTS = join(ROOT, "target/hosts");
const run = promisify(execFile);

/** A folder that has the package, as `npm install` would leave it. @param {string} name @param {string} [from] */
function host(name, from) {
  const folder = join(HOSTS, name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(join(folder, "node_modules"), { recursive: true });
  if (from) cpSync(from, folder, { recursive: true });
  symlinkSync(NPM, join(folder, "node_modules/quorum-lab"), "junction");
  return folder;
}

/** Runs a module in Node. @param {string} folder @param {string} code */
async function node(folder, code) {
  const file = join(folder, "test.mjs");
  writeFileSync(file, code);
  // One that waits for something would never end.
  return (await run(process.execPath, [file], { timeout: 20_000 })).stdout.trim();
}

/** @param {string} tool in node_modules @param {string[]} given @param {string} cwd */
const tool = (tool, given, cwd) => run(process.execPath, [join(ROOT, "node_modules", tool), ...given], { cwd });

before(() => assert.ok(existsSync(join(NPM, "package.json")), "there is no package yet: cargo xtask package makes it"));

test("modules can be evaluated where there is no page, and the process ends", async () => {
  const folder = host("node");
  for (const name of ["quorum-lab", "quorum-lab/define"])
    assert.equal(
      await node(folder, `import * as it from "${name}"; console.log(typeof it.QuorumLab, typeof it.engine);`),
      "function function",
    );
  assert.equal(await node(folder, 'import "quorum-lab/single.js"; console.log(typeof customElements);'), "undefined");
});

test("what is not public cannot be imported, and what is public is there", async () => {
  const folder = host("inside");
  const { exports } = JSON.parse(readFileSync(join(NPM, "package.json"), "utf8"));
  assert.deepEqual(Object.keys(exports).toSorted(), [".", "./define", "./embed.html", "./single.js"]);
  for (const target of Object.values(exports).flatMap((it) => (typeof it === "string" ? it : Object.values(it))))
    assert.ok(existsSync(join(NPM, target)), target);
  const refused = 'import("quorum-lab/lab/api.js").catch(({ code }) => console.log(code));';
  assert.equal(await node(folder, refused), "ERR_PACKAGE_PATH_NOT_EXPORTED");
});

/** The public members of a class and of those before it, up to the browser's. @param {any} type */
function members(type) {
  const names = new Set();
  for (let at = type.prototype; at && at !== Object.prototype; at = Object.getPrototypeOf(at))
    for (const name of Object.getOwnPropertyNames(at)) names.add(name);
  for (const name of ["constructor", "connectedCallback", "disconnectedCallback", "attributeChangedCallback"])
    names.delete(name);
  return names;
}

test("editors and TypeScript are told of every attribute and every member, and of none that is not there", async () => {
  const { modules } = JSON.parse(readFileSync(join(NPM, "custom-elements.json"), "utf8"));
  const [element] = modules[0].declarations;
  const { QuorumLab } = await import(new URL("../../../../web/quorum-lab.js", import.meta.url).href);
  const attributes = element.attributes.map((/** @type {any} */ it) => it.name);
  assert.deepEqual(attributes.toSorted(), QuorumLab.observedAttributes.toSorted());
  const there = members(QuorumLab);
  const told = new Set(element.members.map((/** @type {any} */ it) => it.name));
  const untold = [...there].filter((name) => !told.has(name));
  assert.deepEqual(untold, [], "the element has these, and quorum-lab.d.ts does not");
  assert.deepEqual([...told].filter((name) => !there.has(name)), [], "quorum-lab.d.ts has these, and there are none");
  for (const it of [...element.attributes, ...element.members, ...element.events]) assert.ok(it.description, it.name);
});

test("a page in TypeScript that uses the element compiles, and a wrong attribute does not", async () => {
  const folder = host("typescript", join(ROOT, "examples/typescript"));
  await tool("typescript/bin/tsc", ["-p", folder], folder);
  writeFileSync(join(folder, "wrong.ts"), 'import type { QuorumLabAttributes } from "quorum-lab";\nexport const it: QuorumLabAttributes = { panel: "stage" };\n');
  await assert.rejects(tool("typescript/bin/tsc", ["-p", folder], folder), ({ stdout }) => /panel/.test(stdout));
});

for (const name of ["react", "vue"]) {
  test(`a page with ${name} is built, with everything that the element needs and nothing that is undefined`, async () => {
    const folder = host(name, join(ROOT, "examples", name));
    if (name === "react") await tool("typescript/bin/tsc", ["-p", folder], folder);
    const { stderr } = await tool("vite/bin/vite.js", ["build", "--logLevel", "warn"], folder);
    assert.equal(stderr, "", "the bundler has nothing to complain of");
    const files = readdirSync(join(folder, "dist/assets"));
    const has = (/** @type {RegExp} */ pattern) => files.some((file) => pattern.test(file));
    for (const pattern of [/^quorum_wasm_bg-.*\.wasm$/, /^quorum_search_bg-.*\.wasm$/, /^search-worker-.*\.js$/])
      assert.ok(has(pattern), `${pattern} in ${files.join(", ")}`);
    assert.ok(has(/^chosen-but-nobody-knows-.*\.js$/), "each scenario is a file of its own, loaded when it is asked for");
    const entry = files.find((file) => /^index-.*\.js$/.test(file)) ?? "";
    assert.ok(!readFileSync(join(folder, "dist/assets", entry), "utf8").includes("/undefined"));
  });
}

test("the one file is a script, and asks for no other", () => {
  const text = readFileSync(join(NPM, "single.js"), "utf8");
  assert.doesNotMatch(text, /import\.meta|\bimport\(|\bexport[ {]/);
});
