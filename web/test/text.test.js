// Files as editors save them: with a byte order mark or without, in UTF-8 or UTF-16.

import assert from "node:assert/strict";
import { test } from "node:test";
import { decode } from "../lab/engine/text.js";

const TEXT = '{"title":"Größe ≥ 3 🙂"}';

/** @param {number[]} mark @param {Uint8Array} text */
const file = (mark, text) => new Uint8Array([...mark, ...text]).buffer;
/** @param {string} text @param {boolean} little whether the lower byte comes first */
function utf16(text, little) {
  const bytes = new Uint8Array(text.length * 2);
  for (let i = 0; i < text.length; i++) new DataView(bytes.buffer).setUint16(i * 2, text.charCodeAt(i), little);
  return bytes;
}

test("a file is read as UTF-8, with a byte order mark and without", () => {
  const bytes = new TextEncoder().encode(TEXT);
  assert.equal(decode(file([], bytes), "a.json"), TEXT);
  assert.equal(decode(file([0xef, 0xbb, 0xbf], bytes), "a.json"), TEXT);
});

test("a file is read as UTF-16 of either byte order, as its mark says", () => {
  assert.equal(decode(file([0xff, 0xfe], utf16(TEXT, true)), "a.json"), TEXT);
  assert.equal(decode(file([0xfe, 0xff], utf16(TEXT, false)), "a.json"), TEXT);
});

test("a file that is no text is refused with its name, and an empty one is an empty text", () => {
  assert.throws(
    () => decode(file([0x80, 0x81], new Uint8Array()), "photo.json"),
    /^Error: photo\.json is not text .*\.$/,
  );
  assert.throws(() => decode(file([0xff, 0xfe, 0x00], new Uint8Array()), "half.json"), /half\.json is not text/);
  assert.equal(decode(file([], new Uint8Array()), "empty.json"), "");
});
