// What a person may write, and what is said about the rest.

import assert from "node:assert/strict";
import { test } from "node:test";
import { noNote, noQuestion, noTitle, noValue } from "../lab/shared/texts.js";

test("a value is something that can be seen, and not too long", () => {
  for (const fine of ["blue", "lunch at noon", "שלום", "🦀", "x".repeat(64), "a\u0001b"])
    assert.equal(noValue(fine), "");
  assert.equal(noValue(""), "Type a value: a word will do.");
  for (const unseen of [" ", "\u200b\u200b", "\u202e", "\u3164"])
    assert.match(noValue(unseen), /^Nobody could see this value/);
  assert.equal(noValue("x".repeat(65)), "This value is too long by 1: it has room for 64 letters.");
  assert.match(noValue("🦀".repeat(17)), /too long by 4: .* emoji, counts as two to four/);
  assert.equal(noValue("", "name"), "Type a name: a word will do.");
});

test("a title and a note may be left empty", () => {
  assert.equal(noTitle("") + noNote(""), "");
  assert.match(noTitle("\u200b"), /^Nobody could see this title/);
  assert.equal(noTitle("y".repeat(121)), "The title is too long by 1: it has room for 120 letters.");
  assert.equal(noNote("n".repeat(600)), "");
  assert.equal(noNote("n".repeat(601)), "The note is too long by 1: it has room for 600 letters.");
});

test("choices can be seen and told apart, and fit as bytes", () => {
  const written = (/** @type {string[]} */ ...texts) => texts.map((text, i) => ({ text, name: `Choice ${i + 1}` }));
  assert.equal(noQuestion(written("one", "two"), "Two of three."), "");
  assert.match(noQuestion(written("one", "one"), ""), /^Two choices are the same/);
  assert.match(noQuestion(written("one", "\u200b"), ""), /^Nobody could see one of the choices/);
  assert.match(
    noQuestion(written("one", "多".repeat(67)), ""),
    /^Choice 2 is too long by 1: it has room for 200 letters/,
  );
  assert.match(noQuestion([], "n".repeat(601)), /^The answer is too long by 1/);
});
