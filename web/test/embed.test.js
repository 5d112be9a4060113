// What an author pastes, and what the address of a frame may say.

import assert from "node:assert/strict";
import { test } from "node:test";
import { element, frame, ways } from "../lab/dialogs/embed-lines.js";
import { OPTIONS, options, strangers } from "../lab/options.js";
import { ATTRIBUTES } from "../lab/properties.js";

const FIGURE = { scenario: "chosen-but-nobody-knows", step: "40", panels: "stage events" };
const ABOUT = { title: "Chosen", height: 800, picture: "chosen.stage.svg", link: "https://example.org/#q1.abc" };

test("the element has its attributes in order, and no text ends one", () => {
  assert.equal(
    element(FIGURE),
    '<quorum-lab scenario="chosen-but-nobody-knows" step="40" panels="stage events"></quorum-lab>',
  );
  assert.equal(element({ src: 'a?b&c"<x>' }), '<quorum-lab src="a?b&amp;c&quot;&lt;x>"></quorum-lab>');
});

test("the address of a frame says what the element's attributes say", () => {
  const line = frame({ ...FIGURE, run: "q1.a&b=c+d" }, 'A "frame"', 800);
  const [, src] = /src="([^"]+)"/.exec(line) ?? [];
  const asked = new URL(src.replaceAll("&amp;", "&"), "https://example.org/").searchParams;
  assert.deepEqual(Object.fromEntries(options(asked)), { ...FIGURE, run: "q1.a&b=c+d" });
  assert.match(line, /title="A &quot;frame&quot;"/);
});

test("there is a line for each kind of place, and none that leads nowhere", () => {
  const names = ways(FIGURE, ABOUT).map(({ name }) => name);
  assert.deepEqual(names, ["A page", "One file", "A frame", "A bundler, or Vue", "React", "A picture with a link"]);
  assert.equal(ways(FIGURE, { ...ABOUT, link: null }).length, names.length - 1);
  const line = ways(FIGURE, { ...ABOUT, title: "a [b]" }).at(-1)?.line;
  assert.equal(line, "[![a \\[b\\]](chosen.stage.svg)](https://example.org/#q1.abc)");
});

test("a value that is no plain text is a string of JavaScript for React", () => {
  const react = (/** @type {Record<string, string>} */ attributes) => ways(attributes, ABOUT)[4].line;
  assert.match(react({ scenario: "a" }), /<quorum-lab scenario="a" \/>$/);
  assert.match(react({ src: "a&b{c}" }), /<quorum-lab src=\{"a&b\{c\}"\} \/>$/);
});

test("an address may say every attribute but those of the page itself, and what there is not is named", () => {
  // An address makes no page connect to somebody else: `cluster` is for whoever writes the page.
  const own = ["fragment", "print", "cluster"];
  assert.deepEqual([...ATTRIBUTES.filter((name) => !own.includes(name)), "lang"].toSorted(), OPTIONS.toSorted());
  assert.equal(strangers(new URLSearchParams("step=3")), "");
  assert.match(strangers(new URLSearchParams("stepp=3&fragment")), /“stepp”, “fragment”, and there is no such option/);
});
