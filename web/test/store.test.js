// What is shown: one run at one moment, and what becomes of it when the run goes on, goes back or is another.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Commands } from "../lab/commands.js";
import { ended, patience } from "../lab/engine/limits.js";
import { paxos } from "../lab/protocols/paxos/index.js";
import { Store } from "../lab/store.js";

const event = (/** @type {number} */ step) =>
  /** @type {any} */ ({ step, at: step * 10, event: "timer", why: "It ran out." });

/** A store with a run of three steps. */
function opened() {
  let frames = 0;
  const store = new Store(() => frames++);
  const beat = { size: "messages", from: 1, to: 3, says: "It ran out." };
  const view = { step: 3, length: 3, branch: 1, at: 30, next: { at: 40 }, messages: [], nodes: [], beat };
  /** @type {any[]} */
  const asked = [];
  const session = {
    dead: false,
    kept: "saved",
    readOnly: /** @type {string | null} */ (null),
    options: { name: "lab" },
    past: false,
    view: () => view,
    position: () => view,
    asked: () => ["blue"],
    by() {},
    step: async (/** @type {number} */ n) => asked.push(["step", n]),
    seek: async (/** @type {number} */ to) => asked.push(["seek", to]),
    beatBack: async (/** @type {number} */ n) => asked.push(["beatBack", n]),
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
  session.readOnly = "This lab is read-only here: another tab is running it.";
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
  const reading = { once: async () => store.session.step(1) };
  const player = { playing: false, pause() {}, play() {}, glide: async () => {}, reading };
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
  lab.view.step = 0;
  commands.toggle();
  await commands.back();
  assert.deepEqual(lab.asked, []);
  const idle = "Nothing is left to happen. Propose a value.";
  const quiet = "Nobody has asked for anything yet. Propose a value.";
  assert.deepEqual(refusals, [idle, quiet, "This is the beginning."]);
});

test("Back goes by beats, with Shift by steps, and by steps where every step is a beat", async () => {
  const lab = opened();
  const { commands } = person(lab);
  await commands.back();
  await commands.back(true);
  lab.view.beat.size = "everything";
  await commands.back();
  assert.deepEqual(lab.asked, [
    ["beatBack", 1],
    ["seek", 2],
    ["seek", 2],
  ]);
});

test("Play at the end goes to the beginning first", async () => {
  const lab = opened();
  const { commands } = person(lab);
  Object.assign(lab.view, { next: null, ended: "nothing-left" });
  await commands.play();
  assert.deepEqual(lab.asked, [["seek", 0]]);
});

test("what a beat brought is told until the run goes on in another way", () => {
  const { store, view } = opened();
  const headline = { step: 3, at: 30, event: "sent", why: "It is sent." };
  Object.assign(view, { headline });
  assert.match(store.hear(), /It ran out/);
  assert.deepEqual(store.told, { step: 3, at: 30, event: "sent", why: "It ran out.", begin: 2 });
  assert.equal(store.hear(), "", "it is told already");
  store.walking = true;
  store.went([event(4)]);
  assert.equal(store.told?.why, "It ran out.", "what its beat still brings changes nothing");
  store.walking = false;
  store.went([event(5)]);
  assert.equal(store.told, null);
});

test("going to a step stays within the run, and going nowhere asks nothing", async () => {
  const lab = opened();
  const { commands } = person(lab);
  await commands.seek(Infinity);
  await commands.seek(3);
  await commands.seek(-5);
  assert.deepEqual(lab.asked, [["seek", 0]]);
});

test("where nothing comes next the page says why: what waits for somebody, or the limit of steps", () => {
  const view = {
    step: 999_000,
    ended: /** @type {const} */ ("nothing-left"),
    protocol: "single",
    messages: [],
    nodes: [],
  };
  assert.equal(ended(view).says, "Nothing is left to happen.");
  const advice = (/** @type {object} */ more) => ended({ ...view, ...more }).hint;
  assert.deepEqual(
    [advice({}), advice({ chosen: [{}] }), advice({ chosen: [{}], protocol: "log" })],
    ["Propose a value.", "Go back, or do something to a server.", "Let a client ask."],
  );
  const down = { status: "down" };
  assert.deepEqual(
    [advice({ nodes: [down, down] }), advice({ nodes: [down, { status: "up" }] })],
    ["Restart a server.", "Propose a value."],
  );
  const paused = { ...view, nodes: [{ status: "up" }, { status: "paused" }] };
  assert.equal(ended(paused).says, "What is held or paused waits.");
  const held = { ...view, messages: [{ status: "held" }] };
  assert.equal(ended(held).says, "What is held or paused waits.");
  const { says, hint } = ended({ ...held, ended: "limit" });
  assert.equal(says, "This run is as long as a run may be: 999,000 steps.");
  assert.match(hint, /^Go back /);
});

test("only a log is left in the middle of a beat, and later where messages take longer", () => {
  const view = (/** @type {string} */ protocol, /** @type {number} */ most) => ({
    protocol,
    network: { latency: [1, most] },
  });
  assert.equal(patience(view("log", 40)), 2000);
  assert.equal(patience(view("log", 0)), 2000);
  assert.equal(patience(view("log", 1000)), 50_000);
  assert.equal(patience(view("single", 60_000)), Infinity);
});

test("where ballots have colours, each has its own again when the run is opened again", () => {
  const { store, session } = opened();
  const all = [
    ["prepares", "1.1"],
    ["promised", "1.1"],
    ["prepares", "2.3"],
    ["prepares", "3.2"],
  ];
  const record = {
    count: all.length,
    name: (/** @type {number} */ i) => all[i][0],
    event: (/** @type {number} */ i) => ({ ballot: all[i][1] }),
  };
  Object.assign(session, { record });
  store.restart(/** @type {any} */ ({ ...paxos, meet() {} }));
  assert.deepEqual(store.ballots.known, ["1.1", "2.3", "3.2"]);
  assert.deepEqual(
    ["1.1", "2.3", "3.2"].map((ballot) => store.ballots.of(ballot).colour),
    [0, 1, 2],
  );
});
