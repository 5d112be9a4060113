// Values and what they look like, in words and in colours.

import assert from "node:assert/strict";
import { test } from "node:test";
import { list } from "../lab/shared/dom.js";
import { upTo } from "../lab/shared/order.js";
import { around, isolated, short, spelled, told, visible } from "../lab/shared/spelling.js";
import { describe, GLYPHS, Values } from "../lab/shared/values.js";
import { events } from "./events.js";

test("a value that names a colour has it, unless it is taken", () => {
  const values = new Values();
  assert.deepEqual(values.of("blue"), { colour: 1, glyph: 1 });
  assert.deepEqual(values.of("red"), { colour: 0, glyph: 0 });
  assert.equal(values.of("navy").colour, 2, "the first that is free");
});

test("a value keeps its look, and a run looks the same whenever it is opened", () => {
  const [one, other] = [new Values(), new Values()];
  one.meet(["x", "z"]);
  other.meet(["x", "z"]);
  for (const value of ["z", "x", "y"]) assert.deepEqual(one.of(value), other.of(value));
  assert.equal(one.of("z").colour, 1, "values look as they do because of when they were asked for");
});

test("with more values than colours, no two share both colour and glyph", () => {
  const values = new Values();
  const looks = Array.from({ length: 49 }, (_, i) => values.of(`v${i}`));
  assert.equal(new Set(looks.map(({ colour, glyph }) => `${colour} ${glyph}`)).size, 49);
  assert.ok(looks.every(({ glyph }) => GLYPHS[glyph]));
});

test("what cannot be seen is shown", () => {
  assert.equal(visible("a\u0000b\u001b\u007f"), "a␀b␛␡");
  assert.equal(visible("\u202egood\u2066"), "⟨202e⟩good⟨2066⟩");
  assert.equal(visible("plain 😀 text"), "plain 😀 text");
});

test("blanks of a value are shown where they would be lost", () => {
  assert.deepEqual(["  ", "a  ", " a", "a b", "a  b"].map(spelled), ["␣␣", "a␣␣", "␣a", "a b", "a␣␣b"]);
  assert.equal(spelled("a\u00a0b\u3000"), "a⟨a0⟩b⟨3000⟩");
  assert.equal(spelled("\u0007 "), "␇␣");
});

test("in plain text a value that runs from right to left is kept to itself", () => {
  assert.equal(isolated("שלום"), "\u2068שלום\u2069");
  assert.equal(isolated("blue"), "blue");
  assert.equal(told("ab "), "ab␣");
});

test("a long text is cut between what looks like letters", () => {
  const family = "👩‍👩‍👧";
  assert.equal(short("w".repeat(64), 5), "wwww…");
  assert.equal(short(family, 2), family, "one letter, however it is written");
  assert.equal(short(family.repeat(4), 3), `${family}${family}…`);
});

test("a sentence is cut where it names a value, and not where a word is like it", () => {
  assert.deepEqual(around("Server 1 accepts blue at 1.1.", "blue"), ["Server 1 accepts ", " at 1.1."]);
  assert.deepEqual(around("A client asks for   .", "  "), ["A client asks for ", "."]);
  assert.deepEqual(around("accepts    at 1.1", "  "), ["accepts ", " at 1.1"]);
  assert.deepEqual(around("asks server 1 to serve", "serve"), ["asks server 1 to ", ""]);
  assert.deepEqual(around("accepts a promise", "a"), ["accepts a promise"]);
});

test("in a plain sentence only what is hard to see is changed", () => {
  const values = new Values();
  values.meet(["blue", " ", "שלום"]);
  const sentence = "Server 1 accepts blue, not   and not שלום.";
  assert.equal(values.plain(sentence), "Server 1 accepts blue, not ␣ and not \u2068שלום\u2069.");
  assert.equal(values.plain("a\u0007b"), "a␇b");
});

test("a message is described with where it is, unless it is simply on its way", () => {
  const { message } = events().find(({ event }) => event === "sent");
  assert.equal(describe({ ...message, status: "flying" }), "prepare 1.1 from 1 to 1");
  assert.equal(describe({ ...message, status: "waiting-for-disk" }), "prepare 1.1 from 1 to 1, waiting for disk");
});

test("lists are written as people write them", () => {
  assert.equal(list([]), "");
  assert.equal(list([1]), "1");
  assert.equal(list([1, 2]), "1 and 2");
  assert.equal(list([1, 2, 3]), "1, 2 and 3");
});

test("halving finds how many entries come before a limit or are it", () => {
  const rising = [1, 3, 3, 7];
  const count = (/** @type {number} */ limit) => upTo(rising.length, (i) => rising[i], limit);
  assert.deepEqual([0, 1, 2, 3, 6, 7, 9].map(count), [0, 1, 1, 3, 3, 4, 4]);
  assert.equal(
    upTo(0, () => assert.fail("nothing is asked"), 1),
    0,
  );
});
