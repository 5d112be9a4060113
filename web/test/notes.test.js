// What is said about a run, branch by branch.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Notes } from "../lab/engine/notes.js";

/** A run somewhere, with what is said of it. @param {any} [run] */
function begin(run) {
  const place = { branch: 1, step: 10, length: 30, changes: 0, marks: /** @type {any[]} */ ([]) };
  const branches = [
    { id: 1, name: "first", from: null, length: 30 },
    { id: 2, name: "second", from: { branch: 1, step: 12 }, length: 20 },
  ];
  const notes = new Notes(
    {
      now: () => place,
      branches: () => /** @type {any} */ (branches),
      marks: () => place.marks,
      changed: () => {
        place.changes++;
      },
    },
    run,
  );
  return { notes, place };
}

const RUN = {
  title: "Mine",
  length: 30,
  notes: [
    { step: 5, says: "Early." },
    { step: 15, says: "Late." },
  ],
};

test("a note is said exactly at its step, and stays until the next", () => {
  const { notes } = begin(RUN);
  assert.equal(notes.at(5), "Early.");
  assert.equal(notes.at(6), undefined);
  assert.deepEqual(
    [4, 5, 14, 15, 99].map((step) => notes.until(step)),
    [undefined, "Early.", "Early.", "Late.", "Late."],
  );
});

test("the last note is silent about what a person did after it, and no other note is", () => {
  const { notes, place } = begin(RUN);
  const said = () => [9, 14, 15, 17, 18, 25].map((step) => notes.until(step));
  place.marks.push({ step: 8, mark: "intervention" }, { step: 18, mark: "chosen" });
  assert.deepEqual(said(), ["Early.", "Early.", "Late.", "Late.", "Late.", "Late."]);
  place.marks.push({ step: 18, mark: "intervention" });
  place.length++;
  assert.deepEqual(said(), ["Early.", "Early.", "Late.", "Late.", undefined, undefined]);
});

test("a branch shares what was said of the past it shares, and nothing later", () => {
  const { notes, place } = begin(RUN);
  place.branch = 2;
  assert.equal(notes.title, "Mine");
  assert.deepEqual(
    [notes.until(9), notes.until(20)],
    ["Early.", undefined],
    "it is silent about what was done instead",
  );
  notes.write("Other", 14, "Here it differs.");
  assert.equal(notes.until(20), "Here it differs.");
  place.branch = 1;
  assert.deepEqual([notes.title, notes.at(14), notes.at(15)], ["Mine", undefined, "Late."]);
});

test("writing keeps the order of steps, and an empty note goes", () => {
  const { notes } = begin(RUN);
  notes.write("Mine", 10, "Between.");
  const run = () => notes.add(/** @type {any} */ ({ length: 30 }));
  assert.deepEqual(
    run().notes?.map(({ step }) => step),
    [5, 10, 15],
  );
  notes.write("Mine", 5, "");
  assert.deepEqual(
    run().notes?.map(({ step }) => step),
    [10, 15],
  );
});

test("only what changed something is told, to be saved", () => {
  const { notes, place } = begin(RUN);
  notes.write("Mine", 5, "Early.");
  assert.equal(place.changes, 0);
  notes.write("Mine", 5, "Earlier.");
  assert.equal(place.changes, 1);
});

test("a run takes along its title and the notes of its steps, and nothing that is not said", () => {
  const { notes } = begin(RUN);
  assert.deepEqual(notes.add(/** @type {any} */ ({ length: 9 })), { length: 9, title: "Mine", notes: [RUN.notes[0]] });
  assert.deepEqual(begin().notes.add(/** @type {any} */ ({ length: 9 })), { length: 9 });
});

const ASKING = {
  title: "Asking",
  length: 30,
  notes: [
    { step: 5, says: "Before.", question: { choices: ["a", "b"], right: 1 } },
    { step: 12, says: "First?", question: { choices: ["a", "b"], right: 1 } },
    { step: 15, says: "Said." },
    { step: 20, says: "Second?", question: { goal: [{ chosen: true }] } },
  ],
};

test("questions wait for their answers one after the other, from where the reader came in", () => {
  const { notes, place } = begin(ASKING);
  assert.equal(notes.asks, true);
  assert.equal(notes.waiting(1)?.step, 12);
  notes.answer(12);
  assert.equal(notes.waiting(1)?.step, 20);
  notes.answer(20);
  assert.equal(notes.waiting(1), undefined);
  notes.again(0);
  assert.equal(notes.waiting(1)?.step, 5);
  place.branch = 2;
  assert.equal(notes.waiting(2), undefined, "on another branch somebody tries something");
});

test("whoever writes sees beyond every question, and what is asked stays when only the sentence changes", () => {
  const { notes, place } = begin(ASKING);
  notes.writing = true;
  assert.equal(notes.waiting(1), undefined);
  notes.write("Asking", 12, "First of all?");
  assert.deepEqual(notes.note(12)?.question, ASKING.notes[1].question);
  notes.write("Asking", 12, "First of all.", null);
  assert.deepEqual(notes.note(12), { step: 12, says: "First of all." });
  assert.equal(place.changes, 2);
});
