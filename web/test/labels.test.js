// Which labels of the space-time picture are written, and what its legend names.

import assert from "node:assert/strict";
import { test } from "node:test";
import { choose, farFrom, Room } from "../lab/spacetime/labels.js";
import { entries } from "../lab/spacetime/legend.js";

/** A label of 20 by 10 px. @param {number} x @param {number} y */
const box = (x, y = 0) => ({ x, y, w: 20, h: 10 });

test("of two labels that would lie on each other the one nearer to the present is written", () => {
  const wanted = [
    { far: 9, places: [box(0)] },
    { far: 2, places: [box(15)] },
    { far: 5, places: [box(40)] },
  ];
  assert.deepEqual(choose(wanted, new Room()), [-1, 0, 0]);
});

test("a label stands in the first of its places that is free, and takes it", () => {
  const room = new Room();
  room.take(0, 0, 4);
  const wanted = [
    { far: 0, places: [box(0), box(30)] },
    { far: 0, places: [box(0), box(30), box(0, 20)] },
  ];
  assert.deepEqual(choose(wanted, room), [1, 2]);
});

test("labels that only touch do not lie on each other", () => {
  const wanted = [box(0), box(20), box(0, 10)].map((place) => ({ far: 0, places: [place] }));
  assert.deepEqual(choose(wanted, new Room()), [0, 0, 0]);
});

test("no two of many labels meet, and none meets a mark, wherever the columns end", () => {
  let seed = 7;
  const some = (/** @type {number} */ most) => {
    seed = (seed * 16807) % 2147483647;
    return seed % most;
  };
  const room = new Room();
  const marks = Array.from({ length: 40 }, () => ({ x: some(900) - 100, y: some(200), w: 8, h: 8 }));
  for (const { x, y, w, h } of marks) room.take(x, y, w, h);
  const wanted = Array.from({ length: 300 }, () => ({
    far: some(50),
    places: [0, 1, 2].map(() => ({ x: some(900) - 100, y: some(200), w: 10 + some(150), h: 12 })),
  }));
  const chosen = choose(wanted, room);
  const all = [...marks, ...wanted.flatMap(({ places }, i) => (chosen[i] < 0 ? [] : [places[chosen[i]]]))];
  assert.ok(all.length > 60, "some are written");
  for (const [i, a] of all.entries())
    for (const b of all.slice(Math.max(i + 1, marks.length)))
      assert.ok(Math.abs(a.x - b.x) >= (a.w + b.w) / 2 || Math.abs(a.y - b.y) >= (a.h + b.h) / 2);
});

test("what lasts is as far as its nearer end, and not far while it lasts", () => {
  assert.deepEqual([farFrom(10, 4, 7), farFrom(10, 4, 12), farFrom(10, 13), farFrom(10, 3, Infinity)], [3, 0, 3, 0]);
});

test("the legend names what has been painted, in the order of the saved picture, and nothing else", () => {
  const seen = {
    kinds: new Set(["nack", "prepare"]),
    marks: new Set(["chosen", "durable", "lost"]),
    values: new Set(["blue"]),
  };
  const names = entries(seen, ["prepare", "promise", "nack"]).map(({ name }) => name);
  assert.deepEqual(names, ["prepare", "nack", "lost", "durable", "chosen, by the ringed", "blue"]);
  assert.deepEqual(entries({ kinds: new Set(), marks: new Set(), values: new Set() }, ["prepare"]), []);
});
