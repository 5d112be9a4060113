// What index.html asks for early is what a first visit needs.

import assert from "node:assert/strict";
import { test } from "node:test";
import { closure, source } from "./modules.js";

test("index.html preloads exactly the modules that quorum-lab.js is made of", () => {
  const page = source("index.html");
  const preloaded = [...page.matchAll(/rel="modulepreload" href="([^"]+)"/g)].map((match) => match[1]);
  const needed = closure("quorum-lab.js").filter((file) => file !== "quorum-lab.js");
  assert.deepEqual(preloaded.toSorted(), needed);
});
