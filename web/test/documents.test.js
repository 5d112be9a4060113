// The lines that documents tell authors to paste are those of pages that are tested.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { WEB } from "./modules.js";

const ROOT = dirname(WEB);
const read = (/** @type {string} */ file) => readFileSync(join(ROOT, file), "utf8");

/** A text that stands where spaces and a format string's braces do not matter. @param {string} text */
const plain = (text) => text.replaceAll(/\{\{|\}\}/g, (pair) => pair[0]).replaceAll(/\s+/g, " ");

test("what embedding.md says to paste is what the pages have that are opened in browsers", () => {
  const blocks = [...read("docs/embedding.md").matchAll(/<!-- the same as in (\S+) -->\n```\w*\n([\s\S]*?)```/g)].map(
    ([, file, text]) => ({ file, text }),
  );
  assert.ok(blocks.length >= 8, `there are ${blocks.length}`);
  for (const { file, text } of blocks)
    for (const line of text.trim().split("\n"))
      assert.ok(plain(read(file)).includes(plain(line).trim()), `${file} has no line\n${line}`);
});

test("every block of embedding.md names the page that has it", () => {
  const text = read("docs/embedding.md");
  const named = text.match(/<!-- the same as in /g)?.length;
  assert.equal((text.match(/^```/gm)?.length ?? 0) / 2, named);
});

test("the package's README says the same of frames, of a policy and of a page as embedding.md does", () => {
  const readme = plain(read("crates/xtask/package/npm/README.md"));
  assert.ok(readme.includes(plain(read("tests/hosts/frame.js")).trim()));
  assert.ok(readme.includes(plain(read("tests/hosts/policy.txt")).split("; require")[0].trim()));
  const pasted =
    /<script type="module"[\s\S]*?<\/quorum-lab>/.exec(read("tests/hosts/mkdocs/docs/index.md"))?.[0] ?? "-";
  assert.ok(readme.includes(plain(pasted)));
});
