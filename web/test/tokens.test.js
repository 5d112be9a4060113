// The words of the `panels` attribute.

import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { panelsOf } from "../lab/panels/tokens.js";

test("without an attribute everything is shown, the events first of the panels below the stage", () => {
  assert.deepEqual(panelsOf(null, "single"), ["stage", "events", "spacetime", "disk", "table", "inspector"]);
  assert.deepEqual(panelsOf(" stage  disk\n"), ["stage", "disk"]);
  assert.deepEqual(panelsOf(""), []);
});

test("an old word is understood, and the new one is named once", () => {
  const warn = mock.method(console, "warn", () => {});
  assert.deepEqual(panelsOf("stage log", "single"), ["stage", "events"]);
  assert.deepEqual(panelsOf("log", "single"), ["events"]);
  assert.equal(warn.mock.callCount(), 1);
  assert.deepEqual(panelsOf("stage log"), ["stage", "log"], "nothing is known of the run yet");
  assert.deepEqual(panelsOf("stage log", "log"), ["stage", "log"], "a log has a panel of that name");
  assert.equal(warn.mock.callCount(), 1);
  assert.match(`${warn.mock.calls[0].arguments[0]}`, /“log” is called “events”/);
});
