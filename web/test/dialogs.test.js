// Files, verdicts and marks: what is said and written about runs.

import assert from "node:assert/strict";
import { test } from "node:test";
import { fileName, scenarioOf } from "../lab/dialogs/files.js";
import { times } from "../lab/playback/buttons.js";
import { telling } from "../lab/playback/marks.js";
import { changed } from "../lab/playback/scrubber.js";
import { progressRows, size, stopped, verdict } from "../lab/what-if/verdict.js";

test("a file is named after its run, in letters and digits of any language", () => {
  assert.equal(fileName({ title: "Who knows?" }), "who-knows.quorum.json");
  assert.equal(fileName({ title: "  Größe: 3/5 " }, "svg"), "größe-3-5.svg");
  assert.equal(fileName({ title: "../../etc" }), "etc.quorum.json");
  assert.equal(fileName({}), "run.quorum.json");
});

test("a scenario made of a run plays like it and expects what came of it", () => {
  const run = /** @type {any} */ ({ config: { seed: 1 }, interventions: [{ step: 0 }], length: 9 });
  const nodes = [
    { id: 1, learned: [{ slot: 0, value: "blue" }] },
    { id: 2, learned: [] },
  ];
  const view = /** @type {any} */ ({ step: 7, chosen: [{ value: "blue" }], nodes });
  const scenario = scenarioOf(run, view);
  assert.deepEqual(scenario.until, { step: 9 });
  assert.deepEqual(scenario.expect, [
    { chosen: "blue", step: 7 },
    { knows: [1], step: 7 },
  ]);
  assert.ok(scenario.title && scenario.about, "a scenario has both");
  assert.equal(scenarioOf(run, { ...view, chosen: [] }).expect[0].chosen, null);
});

const REPORT = /** @type {any} */ ({ says: "3 servers, 2 values", states: 1234, complete: true, properties: [] });

test("a search that visited everything says so, with its bounds", () => {
  assert.deepEqual(verdict(REPORT, null), [
    "No run within 3 servers, 2 values breaks agreement: all 1,234 states were visited.",
  ]);
  for (const model of ["log", "cluster"])
    assert.match(verdict({ ...REPORT, model, states: 1 }, null)[0], /breaks .*: the only state was visited\.$/);
  const late = verdict({ ...REPORT, model: "log" }, null, ["Leaders repeat", "Gaps are filled"]);
  assert.match(late[1], /Without “Leaders repeat” and “Gaps are filled” something may never happen/);
  assert.equal(verdict({ ...REPORT, model: "log" }, null, []).length, 1);
  const can = { ...REPORT, properties: [{ name: "a value is chosen", holds: false }] };
  assert.equal(verdict(can, 12).at(-1), "No value can be chosen any more.");
  assert.match(verdict(can, 12)[0], / on from step 12 breaks/);
});

test("a search that was not finished never passes for one that was", () => {
  for (const says of [
    verdict({ ...REPORT, complete: false }, null),
    stopped(undefined),
    stopped(/** @type {any} */ ({ states: 1 })),
  ])
    assert.match(says[0], /nothing was found.*does not mean safe/);
  assert.match(stopped(/** @type {any} */ ({ states: 1 }))[0], /after 1 state:/);
});

test("a violation says what broke, how far away, and where the harm was done", () => {
  const run = {
    notes: [
      { step: 4, says: "Harm." },
      { step: 6, says: "More." },
      { step: 9, says: "Both chosen." },
    ],
  };
  const violation = { property: "one-value-chosen", length: 9, run };
  const says = verdict({ ...REPORT, violation }, null);
  assert.match(says[0], /^Agreement breaks, after 9 moves and no sooner, within 3 servers/);
  assert.deepEqual(says.slice(1), ["At step 4: Harm.", "At step 9: Both chosen."]);
  assert.match(verdict({ ...REPORT, violation: { ...violation, length: 0 } }, 3)[0], /no later than here/);
});

test("progress is told in terms a person can compare", () => {
  const rows = progressRows(/** @type {any} */ ({ states: 20000, perSecond: 5, depth: 3, frontier: 7, bytes: 5e6 }));
  assert.deepEqual(Object.fromEntries(rows), {
    states: "20,000",
    "a second": "5",
    "moves deep": "2",
    waiting: "7",
    memory: "5 MB",
  });
  assert.equal(size(1), "1 kB");
});

test("of marks that would cover each other one is left, the most telling", () => {
  const marks = /** @type {any[]} */ ([
    { step: 9, mark: "violation" },
    { step: 10, mark: "intervention" },
    { step: 500, mark: "crash" },
    { step: 501, mark: "chosen" },
  ]);
  const shown = telling({ marks, length: 1000 }, [], 700);
  assert.deepEqual(
    shown.map(({ mark }) => mark),
    ["violation", "chosen"],
  );
  assert.equal(telling({ marks, length: 0 }, [], 700).length, 1, "a run of no steps has one place");
});

test("notes are numbered, and one beside a mark stands beside it", () => {
  const marks = /** @type {any[]} */ ([{ step: 30, mark: "chosen" }]);
  const shown = telling({ marks, length: 40 }, [0, 1, 10, 30, 39], 700);
  assert.deepEqual(
    shown.map(({ notes, mark }) => [notes, mark]),
    [
      [[1, 2], null],
      [[3], null],
      [[4], "chosen"],
      [[5], null],
    ],
  );
});

test("a crash beside a note stands where it was, and what was done by hand is not hidden by it", () => {
  const marks = /** @type {any[]} */ ([
    { step: 27, mark: "intervention" },
    { step: 27, mark: "crash" },
  ]);
  const [one, ...none] = telling({ marks, length: 100 }, [26], 700);
  assert.deepEqual([one.at, one.note, one.mark, one.hand?.step, none], [27, 26, "crash", 27, []]);
});

test("what a person has done to what others had prepared is marked, and not what those have done", () => {
  const marks = /** @type {any[]} */ ([{ step: 3, mark: "intervention" }]);
  const scenario = { length: 20 };
  assert.equal(changed({ branch: 1, marks }, { own: false, scenario }), false);
  assert.equal(changed({ branch: 1, marks }, { own: true, scenario }), false, "it was only played on");
  assert.equal(changed({ branch: 2, marks }, { own: true, scenario }), true);
  marks.push({ step: 21, mark: "intervention" });
  assert.equal(changed({ branch: 1, marks }, { own: true, scenario }), true);
});

test("no two marks lie on each other, however many there are and however narrow the line", () => {
  for (const width of [150, 400, 900]) {
    const marks = /** @type {any[]} */ (
      Array.from({ length: 60 }, (_, i) => ({ step: (i * i * 7) % 500, mark: i % 3 ? "crash" : "chosen" }))
    );
    marks.sort((a, b) => a.step - b.step);
    const notes = [0, 3, 90, 95, 300, 420, 421];
    const shown = telling({ marks, length: 500 }, notes, width);
    const middle = (/** @type {typeof shown[0]} */ sign) => (sign.at / 500) * width;
    for (const [i, sign] of shown.slice(1).entries())
      assert.ok(middle(sign) - middle(shown[i]) >= 18, `${width}: ${JSON.stringify([shown[i], sign])}`);
    assert.deepEqual(
      shown.flatMap((sign) => sign.notes),
      [1, 2, 3, 4, 5, 6, 7],
      "every note is in one of them",
    );
  }
});

test("speeds are written as factors", () => {
  assert.deepEqual([1 / 8, 1, 64].map(times), ["×1/8", "×1", "×64"]);
});
