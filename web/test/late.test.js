// What is loaded at its first use: once, and again after it did not load.

import assert from "node:assert/strict";
import { test } from "node:test";
import { late } from "../lab/engine/late.js";

test("it is loaded once, whoever asks for it, and only when somebody does", async () => {
  let times = 0;
  const load = late(async () => ++times, "It did not load.");
  assert.equal(times, 0);
  assert.deepEqual(await Promise.all([load(), load()]), [1, 1]);
  assert.equal(await load(), 1);
});

test("what did not load is said in a sentence, and asked for again by another address", async () => {
  /** @type {number[]} */
  const attempts = [];
  const load = late(async (attempt) => {
    attempts.push(attempt);
    if (attempt < 2) throw new TypeError("Failed to fetch");
    return "here";
  }, "It did not load. Try again.");
  await assert.rejects(load, { message: "It did not load. Try again." });
  await assert.rejects(
    load(),
    (/** @type {Error} */ error) => /** @type {Error} */ (error.cause).message === "Failed to fetch",
  );
  assert.equal(await load(), "here");
  assert.deepEqual(attempts, [0, 1, 2]);
});
