// Style sheets that are asked for more than once.

import assert from "node:assert/strict";
import { test } from "node:test";
import { style } from "../lab/shared/dom.js";

/** A tree in which a sheet was asked for already. @param {unknown} sheet once it has come */
function tree(sheet) {
  const link = Object.assign(new EventTarget(), { sheet, gone: false, remove: () => (link.gone = true) });
  return { link, root: /** @type {any} */ ({ querySelector: () => link }) };
}

const address = new URL("https://example.org/log.css");

test("whoever asks for a sheet that is on its way waits for it", async () => {
  const { link, root } = tree(null);
  let came = false;
  const waiting = style(root, address).then(() => (came = true));
  await new Promise((done) => setImmediate(done));
  assert.equal(came, false, "nothing is shown before it applies");
  link.dispatchEvent(new Event("load"));
  await waiting;
  await style(tree({}).root, address);
});

test("a sheet that cannot be had holds nobody up, and is asked for again", async () => {
  const { link, root } = tree(null);
  const waiting = style(root, address);
  link.dispatchEvent(new Event("error"));
  await waiting;
  assert.equal(link.gone, true);
});
