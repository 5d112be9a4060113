// Where servers stand, which way messages go, and what a dragged fence encloses.

import assert from "node:assert/strict";
import { test } from "node:test";
import { enclosed } from "../lab/stage/partition-drag.js";
import { distance, ring, way } from "../lab/stage/ring.js";
import { knowing } from "../lab/stage/server-card.js";

const SIZES = [
  [1280, 600, 15],
  [760, 480, 15],
  [340, 620, 15],
];

for (const servers of [1, 2, 3, 4, 5, 7, 9, 13, 31, 101]) {
  test(`${servers} servers stand inside the stage, and none on another`, () => {
    for (const [width, height, em] of SIZES) {
      const r = ring(servers, width, height, em);
      const where = `${servers} at ${width}×${height}`;
      assert.equal(r.at.length, servers);
      for (const [i, a] of r.at.entries()) {
        assert.ok(a.x >= 0 && a.x <= width && a.y >= 0 && a.y <= height, `${where}: ${i + 1} is outside`);
        if (r.size === "dot") continue;
        for (const [j, b] of r.at.slice(0, i).entries()) {
          const apart = Math.abs(a.x - b.x) >= r.w - 1 || Math.abs(a.y - b.y) >= r.h - 1;
          assert.ok(apart, `${where}: ${i + 1} covers ${j + 1}`);
        }
      }
    }
  });
}

test("the two directions between two servers do not meet", () => {
  const r = ring(5, 1280, 600, 15);
  const [there, back] = [way(r, 1, 3)(0.5), way(r, 3, 1)(0.5)];
  assert.ok(Math.hypot(there.x - back.x, there.y - back.y) > r.em);
  assert.ok(Math.abs(distance(r, 1, 3) - distance(r, 3, 1)) < 1e-6, "and are equally long");
});

test("a way begins and ends outside of the cards", () => {
  const r = ring(5, 1280, 600, 15);
  for (const [server, part] of [
    [1, 0],
    [3, 1],
  ]) {
    const point = way(r, 1, 3)(part);
    const card = r.at[server - 1];
    assert.ok(Math.abs(point.x - card.x) > r.w / 2 || Math.abs(point.y - card.y) > r.h / 2, `server ${server}`);
  }
});

test("a fence encloses the servers whose middle is in it", () => {
  const at = [
    { x: 10, y: 10 },
    { x: 50, y: 50 },
    { x: 90, y: 10 },
  ];
  assert.deepEqual(enclosed(at, { x: 0, y: 0, w: 60, h: 60 }), [1, 2]);
  assert.deepEqual(enclosed(at, { x: 0, y: 0, w: 5, h: 5 }), []);
});

test("who knows what was chosen is told in words", () => {
  const view = (/** @type {number} */ servers, /** @type {number[]} */ ...knows) =>
    /** @type {any} */ ({
      nodes: Array.from({ length: servers }, (_, i) => ({
        id: i + 1,
        learned: knows.includes(i + 1) ? [{ slot: 0, value: "blue" }] : [],
      })),
    });
  assert.equal(knowing(view(3), 0), "Nobody knows yet.");
  assert.equal(knowing(view(3, 2), 0), "2 knows.");
  assert.equal(knowing(view(3, 1, 3), 0), "1 and 3 know.");
  assert.equal(knowing(view(3, 1, 2, 3), 0), "Everyone knows.");
  assert.equal(knowing(view(9, 1, 2, 3, 4, 5, 6), 0), "6 servers know.");
  assert.equal(knowing(view(3, 1), 1), "Nobody knows yet.", "of another slot");
});
