// What is shown without an engine is what the packaged engine shows: every recording, at every step, whatever is asked.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { Recorded } from "../../../../web/lab/engine/recorded.js";
import { engineOf, RECORDING, targets } from "../record.js";

const ROOT = fileURLToPath(new URL("../../../../", import.meta.url));
const SITE = join(ROOT, "target/package/site");
const names = readdirSync(join(SITE, "scenarios")).flatMap((file) =>
  file.endsWith(RECORDING) ? [file.slice(0, -RECORDING.length)] : [],
);
const read = (/** @type {string} */ file) => JSON.parse(readFileSync(join(SITE, "scenarios", file), "utf8"));

/** @type {any} */
let engine;
before(async () => {
  // The package has the glue in another file, and the very same engine.
  const file = "wasm/quorum_wasm_bg.wasm";
  assert.ok(readFileSync(join(ROOT, "dist", file)).equals(readFileSync(join(SITE, file))));
  engine = await engineOf(join(ROOT, "dist"));
});

test("every scenario about one value is recorded, and no other", () => {
  const listed = read("index.json").map((/** @type {any} */ { name }) => name);
  assert.deepEqual(names.toSorted(), listed.toSorted());
  assert.ok(names.length >= 15);
});

/** What both are asked at a step. @param {any} lab @param {any[]} things with a menu */
const answers = (lab, things) => ({
  position: lab.position(),
  view: lab.view(),
  timeline: lab.timeline(),
  run: lab.run(),
  runOf: lab.runOf(1),
  saved: lab.saved(),
  actions: lab.actions(),
  choices: things.map((target) => lab.choices(target)),
  heal: lab.whyNot({ type: "heal" }),
  cut: lab.whyNot({ type: "power-cut" }),
});

for (const name of names)
  test(`${name} is shown as the engine shows it`, () => {
    const run = read(`${name}.json`);
    const lab = engine.Lab.load(run);
    const recorded = new Recorded(run, read(name + RECORDING));
    const notes = Float64Array.from(run.notes.map((/** @type {any} */ note) => note.step));
    const both = [lab, recorded];
    assert.deepEqual(recorded.position(), lab.position(), "it begins where the run says");
    for (const size of ["ideas", "commands", "messages", "everything"]) {
      for (const one of both) one.pace(size, notes);
      for (let step = 0; step <= run.length; step++) {
        for (const one of both) one.seek(step);
        const things = [...targets(lab.view()), { node: 99 }, { message: 9999 }];
        assert.deepEqual(answers(recorded, things), answers(lab, things), `${size}, step ${step}`);
        assert.equal(recorded.beatBefore(step), lab.beatBefore(step), `${size}, step ${step}`);
      }
    }
    const last = lab.position().at;
    for (let ms = -1; ms <= last + 1; ms++) assert.equal(recorded.stepAt(ms), lab.stepAt(ms), `${ms} ms`);
    assert.equal(recorded.stepAt(last / 2 + 0.5), lab.stepAt(last / 2 + 0.5));
    for (const [from, to] of [[0, Infinity], [3, 7], [2.5, 6.5], [-4, 2], [run.length, run.length], [7, 3]])
      assert.deepEqual(recorded.tell(from, to), lab.tell(from, to), `steps ${from} to ${to}`);
    for (const one of both) one.seek(0);
    for (let step = 0; step < run.length; step++) {
      assert.equal(recorded.prepare(), lab.prepare() ?? null);
      assert.deepEqual(recorded.confirm(), lab.confirm(), `step ${step + 1}`);
    }
    assert.deepEqual(recorded.position(), lab.position());
    for (const one of both) one.seek(run.length + 5);
    assert.deepEqual(recorded.position(), lab.position());
    lab.free();
  });
