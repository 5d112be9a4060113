// Whether a run can go on: who can answer whoever asks.

import assert from "node:assert/strict";
import { test } from "node:test";
import { outlook } from "../lab/panels/inspector.js";

/** Five servers, of which these ask, with these links cut in this direction. @param {number[]} asking
 * @param {[number, number][]} cut @param {Record<number, object>} [others] what is different about a server */
const said = (asking, cut, others = {}) =>
  outlook(
    /** @type {any} */ ({
      nodes: [1, 2, 3, 4, 5].map((id) => ({
        id,
        status: "up",
        roles: ["proposer", "acceptor", "learner"],
        voting: true,
        disk: { lost: false },
        proposal: asking.includes(id) ? { asked: "blue" } : null,
        ...others[id],
      })),
      links: cut.map(([from, to]) => ({ from, to, up: false })),
      quorums: { acceptors: 5, phase1: 3, phase2: 3 },
    }),
  );

test("of those who ask, the one that reaches most is told of, and a link counts in both directions", () => {
  assert.equal(said([1], [[1, 2]]), "Yes: 4 of 5 can answer one that asks; 3 are needed.");
  assert.equal(said([1], [[2, 1]]), "Yes: 4 of 5 can answer one that asks; 3 are needed.");
  assert.equal(said([1, 3], [[1, 2]]), "Yes: 5 of 5 can answer; 3 are needed.");
  assert.equal(said([1], [[2, 3]]), "Yes: 5 of 5 can answer; 3 are needed.");
});

test("while nobody asks, whoever could is told of", () => {
  assert.equal(said([], [[1, 2]]), "Yes: 5 of 5 can answer; 3 are needed.");
  const roles = ["acceptor"];
  const only = { 2: { roles }, 3: { roles }, 4: { roles }, 5: { roles } };
  assert.equal(said([], [[1, 2]], only), "Yes: 4 of 5 can answer one that asks; 3 are needed.");
});

test("who is down, or has lost its disk, cannot answer", () => {
  const gone = { 4: { status: "down", proposal: {} }, 5: { voting: false, disk: { lost: true } } };
  assert.equal(said([1], [], gone), "Yes: 3 of 5 can answer; 3 are needed.");
  assert.equal(said([1], [[1, 2]], gone), "Not now: 2 of 5 can answer one that asks; 3 are needed.");
});
