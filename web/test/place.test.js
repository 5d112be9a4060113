// Where a pointer is in an element that the page around draws at another scale, and which clicks are strays.

import assert from "node:assert/strict";
import { test } from "node:test";
import { scale, within } from "../lab/shared/place.js";
import { isStray } from "../lab/shared/twice.js";

/** An element of 200 by 100 pixels, drawn so many times as large, 50 from the left and 20 from the top. */
function drawn(/** @type {number} */ times) {
  const box = { left: 50, top: 20, width: 200 * times, height: 100 * times };
  const size = { offsetWidth: 200, offsetHeight: 100, clientLeft: 1, clientTop: 2 };
  return /** @type {any} */ ({ ...size, getBoundingClientRect: () => box });
}

test("a point is found in the pixels of the element, whatever the scale", () => {
  for (const times of [0.5, 0.6, 1, 1.5]) {
    const element = drawn(times);
    assert.equal(scale(element).x, times);
    const { x, y } = within(element, { clientX: 50 + 80 * times, clientY: 20 + 30 * times });
    assert.ok(Math.abs(x - 79) < 1e-9 && Math.abs(y - 28) < 1e-9, `${x}, ${y} at ${times}`);
  }
});

test("an element that is not drawn has no scale, and is taken as it is", () => {
  const element = {
    ...drawn(1),
    offsetWidth: 0,
    offsetHeight: 0,
    getBoundingClientRect: () => ({ width: 0, height: 0 }),
  };
  assert.deepEqual(scale(element), { x: 1, y: 1 });
});

test("the second click of a double click is a stray where the button means something else by then", () => {
  const [one, other] = /** @type {any[]} */ ([{}, {}]);
  const first = { at: 1000, x: 10, y: 10, target: one, said: "Pause" };
  const then = (/** @type {object} */ more) => isStray(first, { ...first, at: 1200, said: "Resume", ...more }, true);
  assert.equal(then({}), true, "the same button says another thing");
  assert.equal(then({ said: "Pause" }), false, "it says what it said");
  assert.equal(then({ at: 1401 }), false, "there was time to read");
  assert.equal(then({ target: other, x: 12 }), true, "another button came to this place");
  assert.equal(then({ target: other, x: 90 }), false, "the hand went to another place");
  assert.equal(isStray(first, { ...first, at: 1200, target: other, said: "x" }, false), false, "keys have no place");
  assert.equal(isStray(undefined, first, true), false);
  const about = (/** @type {object} */ more) =>
    isStray({ ...first, about: "a message" }, { ...first, said: "Crash", about: "a server", at: 3000, ...more }, true);
  assert.equal(about({}), true, "the buttons are about something else, and the hand has rested");
  assert.equal(about({ x: first.x + 40 }), false, "it has moved, and chosen");
  assert.equal(about({ at: 9000 }), false);
});
