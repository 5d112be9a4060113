// The words of each language: the same keys, and nothing left in English; and no text of a control outside of them.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { log } from "../lab/protocols/log/index.js";
import { paxos } from "../lab/protocols/paxos/index.js";
import { ACTIONS, de, SYMBOLS } from "../lab/words/de.js";
import { lessons } from "../lab/words/de-lessons.js";
import { en } from "../lab/words/en.js";
import { wordsOf } from "../lab/words/index.js";

const ROOT = join(import.meta.dirname, "../..");
const read = (/** @type {string} */ path) => readFileSync(join(ROOT, path), "utf8");

/** Words that are the same in both languages. */
const SAME = ["server", "pause", "serversName"];

test("each language has the same keys, of the same kind, and says something else with each", () => {
  assert.deepEqual(Object.keys(de), Object.keys(en));
  for (const [key, english] of Object.entries(en)) {
    const german = /** @type {any} */ (de)[key];
    assert.equal(typeof german, typeof english, key);
    assert.equal(Array.isArray(german), Array.isArray(english), key);
    if (typeof english === "function") assert.equal(german.length, english.length, key);
    else if (!SAME.includes(key)) assert.notDeepEqual(german, english, `${key} is not translated`);
  }
});

test("the help has the same keys, and as many entries", async () => {
  const [english, german] = await Promise.all([en.helps(), de.helps()]);
  const shape = (/** @type {any} */ at) =>
    Array.isArray(at)
      ? at.map(shape)
      : typeof at === "object"
        ? Object.entries(at).map(([k, v]) => [k, shape(v)])
        : typeof at;
  assert.deepEqual(shape(german.texts), shape(english.texts));
});

test("every action that the engine or the page offers has a German name, and no other has", () => {
  const engines = [...read("crates/core/src/tell/menu.rs").matchAll(/=> \("([^"]+)", (?:Some|None)/g)].map(
    ([, name]) => name,
  );
  const pages = [...read("web/lab/panels/inspector.js").matchAll(/(?:name: |plain\()"([^"]+)"/g)].map(
    ([, name]) => name,
  );
  assert.ok(engines.length > 20 && pages.length >= 4, `they are found: ${engines.length} and ${pages}`);
  assert.deepEqual(Object.keys(ACTIONS).toSorted(), [...new Set([...engines, ...pages])].toSorted());
});

test("every symbol that a legend names has a German name, and no other has", () => {
  const names = [paxos, log].flatMap(({ names, small }) => [...names, ...Object.values(small)]);
  assert.deepEqual(Object.keys(SYMBOLS).toSorted(), [...new Set(names)].toSorted());
});

test("the title and every note of the first lesson are in German, as they are in its file", () => {
  const { title, notes } = JSON.parse(read("crates/core/scenarios/first-agreement.quorum.json"));
  assert.deepEqual(Object.keys(lessons), [title, ...notes.map(({ says }) => says)]);
  for (const [english, german] of Object.entries(lessons)) {
    assert.equal(de.told(english), german);
    assert.equal(en.told(english), english);
    for (const number of english.match(/\d+\.\d+/g) ?? []) assert.ok(german.includes(number), german);
  }
  assert.equal(de.told("something else"), "something else");
});

test("what messages mean and the words of the protocol are in German, and every word is in a note of the lesson", async () => {
  const kinds = (/** @type {[string, string][]} */ legend) => legend.map(([kind]) => kind);
  const [english, german] = await Promise.all([paxos.legend(), paxos.legend("de")]);
  assert.deepEqual(kinds(german), kinds(english));
  assert.notDeepEqual(german, english);
  const notes = Object.values(lessons);
  for (const { word, says } of await paxos.words("de")) {
    assert.ok(
      notes.some((note) => word.test(note)),
      `${word} is in no note`,
    );
    assert.match(says, /\.$/);
  }
  for (const kind of kinds(english)) {
    const message = /** @type {any} */ ({ kind, from: 1, to: 2, ballot: "1.1", value: "blue", accepted: [] });
    assert.match(await paxos.sentence(message, "de"), /^Server 1 .*1\.1.*\.$/);
    assert.notEqual(await paxos.sentence(message, "de"), await paxos.sentence(message));
  }
});

test("a language is found by its code, and any other is English", async () => {
  for (const lang of ["de", "DE", "de-CH"]) assert.equal((await wordsOf(lang)).lang, "de", lang);
  for (const lang of [null, "", "en", "en-GB", "fr", "constructor"])
    assert.equal((await wordsOf(lang)).lang, "en", `${lang}`);
});

/** What is translated: no text of a person's language stands in it. */
const TRANSLATED = [
  ...["header.js", "menu.js", "announcer.js", "store.js"],
  ...["playback/controls.js", "playback/onward.js", "playback/scrubber.js", "playback/buttons.js"],
  ...["panels/panels.js", "panels/actions.js"],
  ...[
    "stage/stage.js",
    "stage/legend.js",
    "stage/messages.js",
    "stage/message-canvas.js",
    "stage/trays.js",
    "stage/middle.js",
    "stage/server-card.js",
  ],
  "dialogs/help.js",
];

test("no text of a control stands outside the words", () => {
  const lab = readdirSync(join(ROOT, "web/lab"), { recursive: true });
  for (const file of TRANSLATED) {
    assert.ok(lab.includes(file), file);
    const code = read(`web/lab/${file}`).replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, "");
    // Two words with a space between, or a name for who does not see.
    const texts = [...code.matchAll(/["`]([^"`\n]*)["`]/g)].map(([, text]) => text.replace(/\$\{[^}]*\}/g, ""));
    const said = texts.filter(
      (text) =>
        /\p{L}{3,} \p{L}{2,}/u.test(text) && !/did not load|^(Home End|\.|word |sr|[a-z-]+( [a-z-]+)*$)/.test(text),
    );
    assert.deepEqual(said, [], file);
    assert.doesNotMatch(code, /"aria-label": "|"(title|aria-label)", "/, file);
  }
});
