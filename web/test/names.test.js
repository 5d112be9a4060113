// What is said of a name that nobody knows.

import assert from "node:assert/strict";
import { test } from "node:test";
import { thereAre } from "../lab/engine/names.js";

const NAMES = [
  "first-agreement",
  "crash-before-the-sync",
  "crash-before-the-write",
  "two-proposers",
  "duelling-proposers",
];

test("names like it are said, the most like it first of all", () => {
  assert.equal(thereAre("first-agrement", NAMES, "Scenarios"), "Did you mean first-agreement?");
  assert.equal(
    thereAre("crash-before", NAMES, "Scenarios"),
    "Did you mean crash-before-the-sync or crash-before-the-write?",
  );
  assert.equal(thereAre("crash-before-write", NAMES, "Scenarios"), "Did you mean crash-before-the-write?");
});

test("where none is like it, or too many are, it is said how many there are and where they are listed", () => {
  const says =
    "There are 5, such as first-agreement, crash-before-the-sync, crash-before-the-write: “Scenarios” lists them.";
  assert.equal(thereAre("nonsense", NAMES, "Scenarios"), says);
  assert.match(
    thereAre(
      "a-the",
      Array.from({ length: 5 }, (_, i) => `${i}-the`),
      "Challenges",
    ),
    /“Challenges” lists them/,
  );
});
