// What a question of a lesson asks a person to bring about, put together from a few conditions.

import assert from "node:assert/strict";
import { test } from "node:test";
import { beginsLike } from "../lab/lessons/challenges.js";
import { conditions, together } from "../lab/lessons/conditions.js";
import { asked } from "../lab/lessons/questions.js";
import { unasked } from "../lab/panels/acting.js";
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

test("a run is of a challenge while it begins as that does", () => {
  const ask = { step: 0, action: { type: "propose", node: 1, value: "red" } };
  const crash = (/** @type {number} */ step) => ({ step, action: { type: "crash", node: 2 } });
  const run = (/** @type {number} */ length, /** @type {object[]} */ ...interventions) =>
    /** @type {any} */ ({ config: { nodes: 3 }, interventions, length });
  const start = run(4, ask);
  assert.ok(beginsLike(start, start));
  assert.ok(beginsLike(run(9, ask, crash(4)), start));
  assert.ok(!beginsLike(run(9, ask, crash(3)), start), "something was done before it begins");
  assert.ok(!beginsLike(run(3, ask), start));
  assert.ok(!beginsLike(run(9), start));
  assert.ok(!beginsLike({ ...run(9, ask), config: { nodes: 5 } }, start));
});

test("a client is offered a value that no other client has asked for", () => {
  assert.equal(unasked("red", []), "red");
  assert.equal(unasked("red", ["red"]), "blue");
  assert.equal(unasked("red", ["blue", "red", "green"]), "orange");
});

test("of what is said before a question, the question itself stands out", () => {
  assert.deepEqual(asked("Slot 1 is chosen. How many know it?"), ["Slot 1 is chosen. ", "How many know it?"]);
  assert.deepEqual(asked("How many know it?"), ["", "How many know it?"]);
  assert.deepEqual(asked("Let 1.1 win."), ["", "Let 1.1 win."]);
  assert.deepEqual(asked("It waits. Who helps? Say why."), ["", "It waits. Who helps? Say why."]);
});
