// The note above the stage: which of its words are explained.

import assert from "node:assert/strict";
import { test } from "node:test";
import { words } from "../lab/protocols/paxos/words.js";
import { beside, explained } from "../lab/stage/note.js";

/** @param {string} text @param {string[]} [before] */
const marked = (text, before = []) =>
  explained(words, text, before)
    .filter(({ says }) => says)
    .map(({ text }) => text);

test("a word is explained in the note that has it first, once, and nothing of the note is lost", () => {
  const first = "Server 1 begins ballot 1.1. A ballot is a numbered attempt.";
  assert.deepEqual(marked(first), ["ballot"]);
  assert.deepEqual(marked("Two promises: a quorum for this ballot.", [first]), ["promises", "quorum"]);
  for (const text of [first, "", "no such word", "Quorum", "chosen and learned"])
    assert.equal(
      explained(words, text, [])
        .map((piece) => piece.text)
        .join(""),
      text,
    );
});

test("each word is explained in a sentence, and no two of them are one", () => {
  for (const { says } of words) assert.match(says, /^[A-Z].*\.$/);
  const seen = "ballot quorum promise accept durable chosen learn proposer acceptor learner backoff partition".split(
    " ",
  );
  assert.deepEqual(
    seen.map((one) => words.filter(({ word }) => word.test(one)).length),
    seen.map(() => 1),
  );
});

test("an explanation stands under the note, or next to its word, and never outside of the note's place", () => {
  const place = { top: 0, bottom: 100 };
  assert.deepEqual(beside(30, place, 60, 0, 20), { at: 60, alone: false });
  assert.deepEqual(beside(30, place, 90, 20, 40), { at: 40, alone: true });
  assert.deepEqual(beside(30, place, 90, 70, 90), { at: 40, alone: true });
  assert.equal(beside(60, place, 90, 45, 65), null);
});
