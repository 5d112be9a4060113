// Data as the difference from other data.

import assert from "node:assert/strict";
import { test } from "node:test";
import { difference, patched } from "../lab/engine/patch.js";

/** A seeded draw: the same every time. @param {number} seed */
function drawing(seed) {
  let state = seed;
  return (/** @type {number} */ below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** Data of every shape that views have. @param {(below: number) => number} draw @param {number} depth @returns {any} */
function data(draw, depth) {
  const kind = draw(depth ? 8 : 4);
  if (kind < 4) return [null, true, draw(3), "text"][kind];
  const inner = Array.from({ length: draw(4) }, () => data(draw, depth - 1));
  // Told apart by their `id`, mostly: two may have the same.
  if (kind === 7) return inner.map((value, i) => ({ id: (i * (1 + draw(2)) + draw(2)) % 5, value }));
  return kind < 5 ? inner : Object.fromEntries(inner.map((value, i) => ["abcd"[(i + kind) % 4], value]));
}

test("whatever differs, the difference leads from one to the other and changes neither", () => {
  for (let seed = 1; seed <= 20_000; seed++) {
    const draw = drawing(seed);
    const [before, after] = [data(draw, 3), data(draw, 3)];
    const texts = [before, after].map((it) => JSON.stringify(it));
    const step = difference(before, after);
    // As it comes out of a file.
    const read = step === undefined ? undefined : JSON.parse(JSON.stringify(step));
    const found = read === undefined ? before : patched(before, read);
    assert.deepEqual(found, after, `seed ${seed}: ${texts.join(" to ")} by ${JSON.stringify(step)}`);
    assert.deepEqual(
      [before, after].map((it) => JSON.stringify(it)),
      texts,
    );
  }
});

test("what did not change is the same object, and takes no room", () => {
  const before = {
    servers: [
      { id: 1, votes: ["blue"] },
      { id: 2, votes: [] },
    ],
    at: 3,
  };
  const after = {
    servers: [
      { id: 1, votes: ["blue"] },
      { id: 2, votes: ["red"] },
    ],
    at: 3,
  };
  const step = difference(before, after);
  assert.deepEqual(step, { servers: { 2: { votes: ["red"] } } });
  assert.equal(patched(before, step).servers[0], before.servers[0]);
  assert.equal(difference(before, structuredClone(before)), undefined);
});

test("entries with an id are those, wherever they stand", () => {
  const before = [
    { id: 7, to: 1 },
    { id: 8, to: 2 },
    { id: 9, to: 3 },
  ];
  const after = [
    { id: 9, to: 3 },
    { id: 8, to: 5 },
    { id: 10, to: 1 },
  ];
  const step = difference(before, after);
  assert.deepEqual(step, { "@": [9, 8, 10], 8: { to: 5 }, 10: { "=": { id: 10, to: 1 } } });
  assert.deepEqual(patched(before, step), after);
  assert.equal(patched(before, step)[0], before[2]);
  assert.deepEqual(patched([], difference([], after)), after);
  assert.deepEqual(patched(after, difference(after, [])), []);
});
