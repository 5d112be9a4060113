// What the element's methods are given: refused with a sentence that is short and ours.

import assert from "node:assert/strict";
import { test } from "node:test";
import { brief, cut, object, refusal, time, wholeNumber } from "../lab/engine/arguments.js";

const HUGE = "x".repeat(300_000);

/** @param {() => unknown} act @returns {string} the sentence */
function refused(act) {
  try {
    act();
  } catch (error) {
    assert.ok(error instanceof Error);
    assert.ok(error.message.endsWith("."), error.message);
    assert.ok(error.message.length < 200, "it is short");
    return error.message;
  }
  return assert.fail("it was taken");
}

test("numbers of steps are whole, and may come as text", () => {
  assert.equal(wholeNumber("step", 3, 0), 3);
  assert.equal(wholeNumber("step", "12", 0), 12);
  assert.equal(wholeNumber("step", 1e9, 0), 1e9);
});

test("what is no number of steps is refused by the name of the method", () => {
  assert.equal(
    refused(() => wholeNumber("back", 0, 1)),
    "back takes a whole number, 1 or more, and not 0.",
  );
  assert.equal(
    refused(() => wholeNumber("step", 1.5, 0)),
    "step takes a whole number, 0 or more, and not 1.5.",
  );
  assert.equal(
    refused(() => wholeNumber("seek", "two", 0)),
    "seek takes a whole number, 0 or more, and not “two”.",
  );
  for (const odd of [NaN, Infinity, -1, null, true, "", " ", {}, [3], 5n, Symbol("s"), () => 1, HUGE])
    assert.match(
      refused(() => wholeNumber("step", odd, 0)),
      /^step takes a whole number, 0 or more, and not /,
    );
});

test("a time is a number of milliseconds, not only a whole one", () => {
  assert.equal(time("at", 20.5), 20.5);
  assert.equal(time("at", "7"), 7);
  for (const odd of [-1, NaN, Infinity, null, "soon", undefined, Symbol("s")])
    assert.match(
      refused(() => time("at", odd)),
      /^at takes a time in simulated milliseconds, 0 or more, and not /,
    );
});

test("a run is an object", () => {
  const run = {};
  assert.equal(object("load", "a run", run), run);
  assert.equal(
    refused(() => object("load", "a run", null)),
    "load takes a run, and not null.",
  );
  assert.equal(
    refused(() => object("load", "a run", undefined)),
    "load takes a run, and not undefined.",
  );
  assert.equal(
    refused(() => object("load", "a run", [1])),
    "load takes a run, and not a list.",
  );
  assert.match(
    refused(() => object("load", "a run", HUGE)),
    /^load takes a run, and not “x{40}…”\.$/,
  );
});

test("input is repeated in a few characters, whatever it is", () => {
  assert.equal(brief("blue"), "“blue”");
  assert.equal(brief(Object.create(null)), "an object");
  assert.equal(brief({ toString: () => assert.fail("it is not asked") }), "an object");
  assert.equal(brief(12345678901234567890n ** 20n).length, 41);
});

test("a text is not cut within a character", () => {
  assert.equal(cut("abc", 3), "abc");
  assert.equal(cut("abcd", 3), "abc…");
  assert.equal(cut(`ab${"😀".repeat(9)}`, 3), "ab…");
});

test("whatever is thrown becomes an error with a sentence of a length that can be read", () => {
  const own = new Error("It is down already.");
  assert.equal(refusal(own), own);
  assert.equal(refusal("a text").message, "a text");
  assert.equal(refusal(undefined).message, "undefined");
  assert.match(refusal(new Error("")).message, /\.$/);
  const long = refusal(new Error(HUGE));
  assert.ok(long.message.length < 1300 && long.message.endsWith("…"), "it is cut");
  assert.ok(long.cause instanceof Error, "and has what it was");
});
