// What is shown: one run at one moment, and what becomes of it when the run goes on, goes back or is another.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Commands } from "../lab/commands.js";
import { ended } from "../lab/engine/limits.js";
import { paxos } from "../lab/protocols/paxos/index.js";
import { Store } from "../lab/store.js";

const event = (/** @type {number} */ step) =>
  /** @type {any} */ ({ step, at: step * 10, event: "timer", why: "It ran out." });

/** A store with a run of three steps. */
function opened() {
  let frames = 0;
  const store = new Store(() => frames++);
  const view = { step: 3, length: 3, branch: 1, at: 30, next: { at: 40 }, messages: [], nodes: [] };
  /** @type {any[]} */
  const asked = [];
  const session = {
    dead: false,
    kept: "saved",
    options: { name: "lab" },
    past: false,
    view: () => view,
    position: () => view,
    asked: () => ["blue"],
    step: async (/** @type {number} */ n) => asked.push(["step", n]),
    seek: async (/** @type {number} */ to) => asked.push(["seek", to]),
  };
  store.session = /** @type {any} */ (session);
  store.restart(paxos);
  return { store, session, view, asked, frames: () => frames };
}

test("going on asks for a frame, and values look as they do because of when they were asked for", () => {
  const { store, view, frames } = opened();
  const [before, { jumps }] = [frames(), store];
  view.step = view.length = 4;
  store.went([
    { ...event(4), event: "learned", value: "one" },
    { ...event(4), event: "proposed", value: "other" },
  ]);
  assert.ok(frames() > before);
  assert.equal(store.jumps, jumps, "the present was reached by going on");
  assert.deepEqual(
    ["blue", "other", "one"].map((value) => store.values.of(value).colour),
    [1, 0, 2],
  );
});

test("doing something in the past leaves the branch that was shown", () => {
  const { store, view } = opened();
  const { jumps } = store;
  Object.assign(view, { step: 2, length: 2, branch: 2 });
  store.went([event(2)]);
  assert.ok(store.jumps > jumps, "the present was not reached by going on");
});

test("another moment, another run: what was picked is gone, and a frame is asked for", () => {
  const { store, frames } = opened();
  store.picked = event(1);
  store.tip = "Press Play.";
  const before = frames();
  store.moved();
  assert.deepEqual([store.picked, store.tip], [null, ""]);
  assert.ok(frames() > before);
  const { runs, values } = store;
  store.select({ node: 1 });
  store.restart(paxos);
  assert.deepEqual([store.runs, store.selected], [runs + 1, null]);
  assert.notEqual(store.values, values, "values look afresh in another run");
});

test("selecting what is selected asks for no frame", () => {
  const { store, frames } = opened();
  store.select({ link: [1, 2] });
  const before = frames();
  store.select({ link: [1, 2] });
  assert.equal(frames(), before);
});

test("another tab's run is locked at its end, and may be looked back at", () => {
  const { store, session } = opened();
  assert.equal(store.locked, null);
  session.kept = "read-only";
  assert.match(store.locked ?? "", /another tab/);
  session.past = true;
  assert.equal(store.locked, null);
});

/** What a person would see of a command. @param {ReturnType<typeof opened>} lab */
function person({ store }) {
  /** @type {string[]} */
  const refusals = [];
  const notices = {
    refuse: (/** @type {unknown} */ why) => refusals.push(why instanceof Error ? why.message : `${why}`),
  };
  const player = { playing: false, pause() {}, play() {}, glide: async () => {} };
  const replace = { reset: async () => {}, take: async () => {} };
  return {
    refusals,
    commands: new Commands(store, /** @type {any} */ (player), /** @type {any} */ (notices), replace),
  };
}

test("a command that is not possible refuses with a sentence and asks nothing of the run", async () => {
  const lab = opened();
  const { refusals, commands } = person(lab);
  /** @type {any} */ (lab.view).next = null;
  await commands.step();
  commands.toggle();
  lab.view.step = 0;
  commands.back();
  assert.deepEqual(lab.asked, []);
  const idle = "Nothing is left to happen. Propose a value.";
  assert.deepEqual(refusals, [idle, idle, "This is the beginning."]);
});

test("going to a step stays within the run, and going nowhere asks nothing", async () => {
  const lab = opened();
  const { commands } = person(lab);
  await commands.seek(Infinity);
  await commands.seek(3);
  await commands.seek(-5);
  assert.deepEqual(lab.asked, [["seek", 0]]);
});

test("at the limit of steps the page says that the run is as long as a run may be", () => {
  assert.equal(ended({ step: 999_000, ended: "nothing-left" }).says, "Nothing is left to happen.");
  const { says, hint } = ended({ step: 999_000, ended: "limit" });
  assert.equal(says, "This run is as long as a run may be: 999,000 steps.");
  assert.match(hint, /^Go back /);
});
