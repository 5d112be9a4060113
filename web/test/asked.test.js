// What is said of an address that asks for a step there is not, and of a search that finds nothing.

import assert from "node:assert/strict";
import { test } from "node:test";
import { stepAsked } from "../lab/engine/asked-step.js";
import { nothing } from "../lab/panels/picking.js";

test("a step that an address asks for is shown, and said to be none where it is none", () => {
  assert.deepEqual(stepAsked(null, 41, 3), { step: 3, says: "" });
  assert.deepEqual(stepAsked("0", 41, 3), { step: 0, says: "" });
  assert.deepEqual(stepAsked("41", 41, 3), { step: 41, says: "" });
  for (const odd of ["abc", "-1", "1.5", "", "1e1", " 7"]) {
    const { step, says } = stepAsked(odd, 41, 3);
    assert.equal(step, 3, odd);
    assert.match(says, /^The address asks for step “.*”\. Steps are whole numbers from 0 to 41, so step 3 is shown\.$/);
  }
  assert.deepEqual(stepAsked("99999999", 41, 3), {
    step: 41,
    says: "The address asks for step 99999999. The last one is 41, and that is shown.",
  });
  assert.ok(stepAsked("9".repeat(500), 41, 3).says.length < 120);
});

test("a search that finds nothing says what it looked for", () => {
  assert.equal(nothing(0, "", " green "), "No event says “green”.");
  assert.equal(nothing(3, "", "green"), "No event of server 3 says “green”.");
  assert.equal(nothing(3, "free-choice", ""), "No “free choice” of server 3 yet.");
});
