// What a question of a lesson asks a person to bring about, put together from a few conditions.

import assert from "node:assert/strict";
import { test } from "node:test";
import { conditions, together } from "../lab/lessons/conditions.js";
import { paxos } from "../lab/protocols/paxos/index.js";

/** @type {[string, object[]][]} */
const KNOWN = [
  ["chosen", [{ chosen: true }]],
  ["chosen, unknown", [{ chosen: true }, { knows: [] }]],
  ["vote", [{ loses: "vote" }]],
  ["adopts", [{ adopts: "another" }]],
  ["idle", [{ underWay: 0 }]],
];

test("two and three conditions are one goal, and it falls into the same conditions again", () => {
  for (const picked of [[0], [2], [0, 2], [1, 3], [1, 2, 4]]) {
    const goal = together(picked, KNOWN);
    assert.deepEqual(conditions(goal, KNOWN), picked, JSON.stringify(goal));
  }
});

test("what two conditions have in common is in the goal once", () => {
  const goal = together([0, 1, 1], KNOWN);
  assert.deepEqual(goal, [{ chosen: true }, { knows: [] }]);
  assert.deepEqual(conditions(goal, KNOWN), [1]);
});

test("a goal with something else in it, or with too much, is left as it is", () => {
  assert.equal(conditions([{ chosen: true }, { knows: [2] }], KNOWN), undefined);
  assert.equal(conditions([{ chosen: true }, { chosen: true }], KNOWN), undefined);
  assert.equal(conditions(together([0, 2, 3, 4], KNOWN), KNOWN), undefined);
  assert.equal(conditions([], KNOWN), undefined);
});

test("every goal that is offered is found again by itself", async () => {
  const known = await paxos.goals();
  for (const at of known.keys()) assert.deepEqual(conditions(together([at], known), known), [at]);
});
