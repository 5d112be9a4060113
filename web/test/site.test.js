// What index.html asks for early is what a first visit needs.

import assert from "node:assert/strict";
import { test } from "node:test";
import { closure, source } from "./modules.js";

/** What the element loads once it is near. */
const LABORATORY = "laboratory.js";
/** What shows the lesson of a first visit. */
const LESSON = "lab/engine/brought.js";

test("index.html preloads exactly the modules that the element, the laboratory and the first lesson are made of", () => {
  const page = source("index.html");
  const preloaded = [...page.matchAll(/rel="modulepreload" href="([^"]+)"/g)].map((match) => match[1]);
  const needed = new Set(["quorum-lab.js", LABORATORY, LESSON].flatMap((file) => closure(file)));
  needed.delete("quorum-lab.js");
  assert.deepEqual(preloaded.toSorted(), [...needed].toSorted());
});

test("index.html preloads exactly the sheets that lab.css is made of", () => {
  const preloaded = [...source("index.html").matchAll(/rel="preload" href="([^"]+\.css)"/g)].map((match) => match[1]);
  const imported = [...source("lab/lab.css").matchAll(/^@import "\.\/([^"]+)";$/gm)].map((match) => `lab/${match[1]}`);
  assert.deepEqual(preloaded.toSorted(), ["lab/lab.css", ...imported].toSorted());
});
