// What is said of a name that nobody knows.

import assert from "node:assert/strict";
import { test } from "node:test";
import { unknown } from "../lab/engine/names.js";

const ALL = [
  { name: "first-agreement", title: "First agreement" },
  { name: "crash-before-the-sync", title: "A crash before the disk is durable" },
  { name: "crash-before-the-write", title: "A crash before anything is written" },
  { name: "two-proposers", title: "Two proposers" },
  { name: "steady-leader", title: "A leader that stays" },
];

test("names like it are said, the most like it alone, and a title helps", () => {
  for (const [name, like, says] of /** @type {const} */ ([
    ["first-agrement", ["first-agreement"], "Did you mean first-agreement?"],
    [
      "crash-before",
      ["crash-before-the-sync", "crash-before-the-write"],
      "Did you mean crash-before-the-sync or crash-before-the-write?",
    ],
    ["leader-that-stays", ["steady-leader"], "Did you mean steady-leader?"],
  ])) {
    const error = unknown("scenario", name, ALL, "Scenarios");
    assert.equal(error.message, `There is no scenario “${name}”. ${says}`);
    assert.deepEqual(
      error.like,
      like.map((one) => `scenario=${one}`),
    );
  }
});

test("where none is like it, or too many are, it is said how many there are and where they are listed", () => {
  const error = unknown("challenge", "nonsense", ALL, "Challenges");
  const some = "first-agreement, crash-before-the-sync, crash-before-the-write";
  assert.equal(
    error.message,
    `There is no challenge “nonsense”. There are 5, such as ${some}: “Challenges” lists them.`,
  );
  const many = Array.from({ length: 5 }, (_, i) => ({ name: `${i}-the` }));
  assert.deepEqual(unknown("scenario", "the", many, "Scenarios").like, []);
});
