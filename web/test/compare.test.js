// Two runs beside each other: what they are called, in what they were made differently, and what differs at a moment.

import assert from "node:assert/strict";
import { test } from "node:test";
import { differing } from "../lab/compare/differing.js";
import { rules } from "../lab/compare/outline.js";
import { apart, names, unable } from "../lab/compare/sides.js";

test("two sides never have the same name", () => {
  assert.deepEqual(names({ name: "Crash server 3", branch: 2 }, { name: "First run", branch: 1 }), [
    "Crash server 3",
    "First run",
  ]);
  assert.deepEqual(names({ name: "Mine", branch: 2 }, { name: "mine ", branch: 1 }), [
    "Mine (branch 2)",
    "mine  (branch 1)",
  ]);
  assert.deepEqual(names({ name: "Seed 4", branch: 1 }, { name: "Seed 4" }), ["Seed 4 (branch 1)", "Seed 4 (varied)"]);
});

/** Something that was done. @param {number} step @param {number} at @param {string} says */
const done = (step, at, says) => ({ step, at, says });
const ask = done(0, 0, "Propose blue at server 1");
const crash = done(30, 90, "Crash server 3");

test("what was left out there is said with its step", () => {
  assert.equal(apart([ask, crash], [ask]), "There, this was left out: crash server 3 at step 31.");
});

test("what was done there instead, or also, is said as well", () => {
  const pause = done(12, 40, "Pause server 2");
  assert.equal(
    apart([ask, crash], [ask, pause]),
    "There, this was left out: crash server 3 at step 31. There, this was done instead: pause server 2 at step 13.",
  );
  assert.equal(apart([ask], [ask, pause]), "There, this was done as well: pause server 2 at step 13.");
});

test("the same thing twice is not the same as once, and the same run is the same", () => {
  assert.equal(apart([ask, ask], [ask]), "There, this was left out: propose blue at server 1 at step 1.");
  assert.equal(apart([ask, crash], [ask, crash]), "The same was done in both.");
});

test("of many things that were done, three are named", () => {
  const many = [1, 2, 3, 4, 5].map((n) => done(n, n, `Pause server ${n}`));
  assert.equal(
    apart(many, []),
    "There, this was left out: pause server 1 at step 2; pause server 2 at step 3; pause server 3 at step 4; and 2 more.",
  );
});

/** A server. @param {number} id @param {object} [more] @returns {any} */
const server = (id, more) => ({
  id,
  status: "up",
  voting: true,
  phase: "idle",
  proposal: null,
  promised: null,
  accepted: [],
  learned: [],
  disk: { durable: { promised: null, accepted: [], round: null }, queued: [], pending: [], lost: false },
  outbox: [],
  timers: [],
  ...more,
});
/** A message. @param {number} id @param {object} [more] @returns {any} */
const message = (id, more) => ({
  ...{ id, kind: "prepare", from: 1, to: 2, ballot: "1.1", slot: 0, value: null, status: "flying" },
  ...more,
});
const nothing = { nodes: [], messages: [] };

test("what is the same on both sides is not outlined, however far it has come and whatever its number", () => {
  const here = { nodes: [server(1, { timers: [1] })], messages: [message(7, { dueAt: 20 })] };
  const there = { nodes: [server(1)], messages: [message(9, { dueAt: 31 })] };
  assert.deepEqual(differing(here, there), [nothing, nothing]);
});

test("a card is outlined on both sides when anything that can be read on it differs", () => {
  const vote = { slot: 0, ballot: "1.1", value: "blue" };
  for (const more of [
    { status: "down" },
    { phase: "preparing" },
    { promised: "1.1" },
    { accepted: [vote] },
    { learned: [{ slot: 0, value: "blue" }] },
    { disk: { ...server(1).disk, pending: [{ promised: "1.1" }] } },
  ]) {
    const here = { nodes: [server(1), server(2)], messages: [] };
    const there = { nodes: [server(1), server(2, more)], messages: [] };
    const found = { nodes: [2], messages: [] };
    assert.deepEqual(differing(here, there), [found, found], JSON.stringify(more));
  }
});

test("a message that is on one side alone is outlined there, and of two alike the one too many", () => {
  const here = { nodes: [], messages: [message(1), message(2, { to: 3 })] };
  const there = { nodes: [], messages: [message(4), message(5)] };
  assert.deepEqual(differing(here, there), [
    { nodes: [], messages: [2] },
    { nodes: [], messages: [5] },
  ]);
});

test("a message that is held on one side is outlined on both", () => {
  const [here, there] = [message(1), message(1, { status: "held" })].map((one) => ({ nodes: [], messages: [one] }));
  const found = { nodes: [], messages: [1] };
  assert.deepEqual(differing(here, there), [found, found]);
});

test("the outline is about what differs, and about nothing when nothing does", () => {
  assert.match(rules([3], [12]), /\[data-node="3"\][\s\S]*\[data-message="12"\], \[data-ids~="12"\]/);
  assert.doesNotMatch(rules([], []), /data-node|data-message|:is\(\)/);
});

test("what could not be done again is told with its reason", () => {
  assert.equal(unable("Cannot restart server 3: it is up."), "Not done there: restart server 3 (it is up).");
  const switched = "Cannot switch “A: b” on: it is on.";
  assert.match(unable(switched), /^Not done there: switch “A \(.*it is on\)\.$/, "and nothing of it is lost");
  assert.equal(unable("Something else."), "Not done there. Something else.");
});
