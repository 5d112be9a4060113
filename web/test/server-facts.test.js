// What is told of a server and of a message in every protocol.

import assert from "node:assert/strict";
import { test } from "node:test";
import { arrival, toItself } from "../lab/shared/server-facts.js";

const nodes = [
  { id: 1, status: "up" },
  { id: 2, status: "up" },
  { id: 3, status: "down" },
];
const links = /** @type {any} */ ([
  { from: 1, to: 2, up: false },
  { from: 2, to: 1, up: true },
]);

/** @param {number | string} from @param {number | string} to @param {number | null} dueAt */
const told = (from, to, dueAt = 47) => arrival({ links, nodes }, /** @type {any} */ ({ from, to, dueAt }));

test("a message that would be lost, as things stand, does not arrive", () => {
  assert.equal(told(2, 1), "at 47 ms");
  assert.equal(told(1, 2), "at 47 ms, and is lost then: the link is cut");
  assert.equal(told(2, 3), "at 47 ms, and is lost then: server 3 is down");
  assert.equal(told(1, "a"), "at 47 ms");
  assert.equal(told(2, 1, null), false, "of one that is held nobody knows when");
});

test("a server asks and tells itself, and no other with a longer number", () => {
  const said = (/** @type {number} */ to) =>
    toItself(`Server 1 asks server ${to} to vote.`, /** @type {any} */ ({ from: 1, to }));
  assert.equal(said(1), "Server 1 asks itself to vote.");
  assert.equal(said(11), "Server 1 asks server 11 to vote.");
});
