// Where a run is kept: what is written when a page is left, and what happens when nothing can be written.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Keeper } from "../lab/engine/keeper.js";
import { heard, say } from "../lab/engine/last-words.js";
import { memory, Superseded } from "../lab/engine/storage.js";

/** A keeper with a storage whose answers are given by the test. */
function begin() {
  /** @type {{ changes: any, answer: () => void, refuse: (why: Error) => void }[]} */
  const writes = [];
  /** @type {string[]} */
  const told = [];
  let step = 5;
  const keeper = new Keeper("lab", {
    snapshot: (marked, others) =>
      /** @type {any} */ ({ run: { length: step }, ...(marked && { left: step }), ...(others && { others: [] }) }),
    lost: (text) => told.push(`lost: ${text}`),
    superseded: (text) => told.push(`superseded: ${text}`),
  });
  keeper.kept = "saved";
  keeper.storage = {
    ...memory(),
    write: (all) =>
      new Promise((answer, refuse) => {
        const changes = all.map(([name, kept]) => [name, { ...kept, stamp: undefined }]);
        writes.push({ changes: JSON.parse(JSON.stringify(changes)), answer: () => answer(undefined), refuse });
      }),
  };
  const stepped = () => {
    step++;
    keeper.happened();
  };
  return { keeper, writes, told, stepped };
}

/** @param {number} length */
const saved = (length, disks = ["after"]) => /** @type {any} */ ({ run: { length }, disks });
const soon = () => new Promise((done) => setImmediate(done));

test("a page that is left is kept with the moment, once", () => {
  const { keeper, writes } = begin();
  keeper.leave();
  keeper.leave(true);
  assert.deepEqual(
    writes.map(({ changes }) => changes),
    [[["lab", { run: { length: 5 }, left: 5 }]]],
  );
  assert.ok(keeper.marked);
});

test("having looked elsewhere since, it is kept with the new moment", () => {
  const { keeper, writes } = begin();
  keeper.leave();
  keeper.moved();
  keeper.leave();
  assert.equal(writes.length, 2);
});

test("out of sight in the middle of a step, the moment after the step is kept", async () => {
  const { keeper, writes, stepped } = begin();
  const committed = keeper.commit(saved(6));
  keeper.leave();
  assert.equal(writes.length, 1);
  writes[0].answer();
  await committed;
  stepped();
  assert.deepEqual(writes[1].changes, [["lab", { run: { length: 6 }, left: 6 }]]);
});

test("gone in the middle of a step, the moment before it is kept, with the disks of then, and the step does not happen", async () => {
  const { keeper, writes, stepped } = begin();
  const first = keeper.commit(saved(5, ["before"]));
  writes[0].answer();
  await first;
  keeper.happened();
  const second = keeper.commit(saved(6));
  keeper.leave(true);
  assert.deepEqual(writes[2].changes, [["lab", { run: { length: 5 }, left: 5, others: [], disks: ["before"] }]]);
  writes[1].answer();
  await assert.rejects(second, /left before this step/);
  // Should the page live on after all, it goes on from there.
  const third = keeper.commit(saved(6));
  writes[3].answer();
  await third;
  stepped();
  assert.deepEqual(keeper.disks, ["after"]);
  assert.ok(!keeper.marked, "the moment is over");
});

test("a page that another has taken over from refuses the step, and lets go", async () => {
  const { keeper, writes, told } = begin();
  const committed = keeper.commit(saved(6));
  writes[0].refuse(new Superseded());
  await assert.rejects(committed, /Another tab has taken this run over/);
  assert.equal(keeper.kept, "read-only");
  assert.deepEqual([told.length, told[0].startsWith("superseded")], [1, true]);
  keeper.leave(true);
  keeper.changed();
  keeper.flush();
  assert.equal(writes.length, 1, "it writes nothing more");
});

test("a storage that does not answer is given up after three seconds, and the step happens", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const { keeper, told } = begin();
  const committed = keeper.commit(saved(6));
  t.mock.timers.tick(2999);
  await soon();
  assert.equal(keeper.kept, "saved");
  t.mock.timers.tick(1);
  await committed;
  assert.equal(keeper.kept, "memory");
  assert.match(told[0], /^lost: .*not answered for 3 seconds.*in memory/);
});

test("what was to be kept besides a step that could not be saved is in memory", async () => {
  const { keeper, writes } = begin();
  const committed = keeper.commit(saved(6), [["lab (before 1)", saved(4)]]);
  writes[0].refuse(new Error("full"));
  await committed;
  assert.deepEqual((await keeper.storage.names()).sort(), ["lab", "lab (before 1)"]);
});

test("closed, it commits nothing", async () => {
  const { keeper, writes } = begin();
  await keeper.close();
  await assert.rejects(keeper.commit(saved(6)), /stopped/);
  assert.equal(writes.length, 0);
});

test("what a page says at the last moment counts only where nothing was written after it", () => {
  const items = new Map();
  const fake = {
    getItem: (/** @type {string} */ key) => items.get(key) ?? null,
    setItem: items.set.bind(items),
    removeItem: items.delete.bind(items),
  };
  Object.defineProperty(globalThis, "localStorage", { value: fake, configurable: true });
  const found = (/** @type {string} */ stamp) => /** @type {any} */ ({ stamp, format: 1, run: { length: 4 } });
  const { keeper } = begin();
  keeper.disks = /** @type {any} */ (["before"]);
  say("lab", /** @type {any} */ ({ run: { length: 5 }, left: 5 }), ["c", "b", "a"]);
  for (const stamp of ["a", "b"])
    assert.deepEqual(heard("lab", found(stamp)), { run: { length: 5 }, left: 5, format: 1, late: true }, stamp);
  for (const stamp of ["c", "d"]) assert.equal(heard("lab", found(stamp))?.late, undefined, stamp);
  assert.equal(heard("lab", null), null);
  items.set("quorum-left-lab", "{");
  assert.equal(heard("lab", found("a"))?.late, undefined, "what is damaged counts for nothing");
  keeper.leave(true);
  const { kept } = JSON.parse(items.get("quorum-left-lab"));
  assert.deepEqual(kept, { run: { length: 5 }, left: 5, others: [], disks: ["before"] });
});
