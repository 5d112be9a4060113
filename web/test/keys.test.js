// What each key does.

import assert from "node:assert/strict";
import { test } from "node:test";
import { command, meant, wanted } from "../lab/shared/keys.js";

/** Whatever a key did. */
function recorder() {
  /** @type {unknown[]} */
  const did = [];
  const note =
    (/** @type {string} */ name) =>
    (/** @type {unknown[]} */ ...args) =>
      did.push([name, ...args]) > 0;
  const names = ["toggle", "step", "back", "seek", "help", "enter", "escape", "server", "letter"];
  const does = /** @type {any} */ (Object.fromEntries(names.map((name) => [name, note(name)])));
  return { did, does };
}
/** Something that is a server, or not. */
const at = (/** @type {boolean} */ isThing) => ({ matches: () => isThing });

/** @param {string} key @param {boolean} [isThing] @param {boolean} [shift] */
function press(key, isThing = false, shift = false) {
  const { did, does } = recorder();
  command(does, key, at(isThing), shift)?.();
  return did;
}

test("every key of the help does what the help says", () => {
  assert.deepEqual(press(" "), [["toggle"]]);
  assert.deepEqual(press("ArrowRight"), [["step", false]]);
  assert.deepEqual(press("ArrowLeft"), [["back", false]]);
  assert.deepEqual(press("ArrowRight", false, true), [["step", true]], "with Shift, by single steps");
  assert.deepEqual(press("ArrowLeft", false, true), [["back", true]]);
  assert.deepEqual(press("Home"), [["seek", 0]]);
  assert.deepEqual(press("End"), [["seek", Infinity]]);
  assert.deepEqual(press("Escape"), [["escape"]]);
  assert.deepEqual(press("?"), [["help"]]);
  assert.deepEqual(press("7"), [["server", 7]]);
  assert.deepEqual(press("C"), [["letter", "c"]]);
  assert.deepEqual(press("Enter", true), [["enter"]]);
});

test("other keys are the page's", () => {
  for (const key of ["F5", "PageDown", "Tab", "Shift", "constructor", "toString"]) assert.deepEqual(press(key), []);
  assert.deepEqual(press("Enter", false), [], "a button has its own Enter");
});

test("a field keeps the keys it needs", () => {
  const field = (/** @type {string} */ selector) =>
    /** @type {any} */ ({ matches: (/** @type {string} */ given) => given.includes(selector) });
  const range = field("[type=range]");
  assert.deepEqual([wanted(range, "ArrowLeft"), wanted(range, "Home"), wanted(range, "c")], [true, true, false]);
  assert.equal(wanted(field("textarea"), "c"), true);
  assert.deepEqual([wanted(field("[role=tab]"), "ArrowUp"), wanted(field("[role=tab]"), "c")], [true, false]);
});

test("keys are found on keyboards that write other letters and digits", () => {
  const typed = (/** @type {string} */ key, /** @type {string} */ code, shiftKey = false) =>
    meant({ key, code, shiftKey });
  assert.equal(typed("с", "KeyC"), "c", "Russian");
  assert.equal(typed("ψ", "KeyC"), "c", "Greek");
  assert.equal(typed("ב", "KeyC"), "c", "Hebrew");
  assert.equal(typed("ؤ", "KeyC"), "c", "Arabic");
  assert.equal(typed("&", "Digit1"), "1", "French");
  assert.equal(typed("٣", "Digit3"), "3", "Arabic digits");
  assert.equal(typed("j", "KeyC"), "j", "Dvorak: what is written on the key counts");
  assert.equal(typed("?", "Digit7", true), "?", "Russian writes it above 7");
  assert.equal(typed("!", "Digit1", true), "!", "no digit on any keyboard");
  assert.equal(typed("ArrowLeft", "ArrowLeft"), "ArrowLeft");
  assert.equal(typed("ч", ""), "ч", "a keyboard on a screen tells no code");
});
