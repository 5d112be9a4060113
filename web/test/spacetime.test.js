// What is read off a run to draw it in space and time, and where its steps stand along the axis.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Axis } from "../lab/spacetime/axis.js";
import { fateOf, Model } from "../lab/spacetime/model.js";
import { Viewport } from "../lab/spacetime/viewport.js";
import { events } from "./events.js";

const SERVERS = 3;

/** @param {any[]} events */
function fresh(events) {
  const model = new Model();
  model.follow(events, SERVERS);
  return model;
}

/** Everything a model knows, to compare. @param {Model} model */
const told = (model) => ({
  events: model.events.length,
  lanes: model.lanes,
  length: model.axis.length,
  steps: model.axis.steps,
  breaks: model.axis.breaks(0, 1e9),
  turns: [1, 2, 3].map((server) => model.turns(server)),
  arrows: model.arrows.map((arrow) => ({
    id: arrow.message.id,
    start: arrow.start.step,
    end: arrow.end?.step,
    stops: arrow.stops.map((event) => event.step),
    source: arrow.source?.message.id,
    fate: fateOf(arrow),
  })),
});

/** The run, with a pause and a power cut at its end. */
function run() {
  const all = events();
  const { step, at } = all.at(-1);
  return [
    ...all,
    { step: step + 1, at: at + 1, event: "paused", node: 2, why: "Server 2 pauses." },
    { step: step + 2, at: at + 900, event: "resumed", node: 2, why: "Server 2 goes on." },
    { step: step + 3, at: at + 901, event: "power-cut", why: "The power goes out." },
  ];
}

test("a model that grows with a run is the same as one made of the whole run", () => {
  const all = run();
  const grown = new Model();
  for (let n = 0; n <= all.length; n += 3) grown.follow(all.slice(0, n), SERVERS);
  grown.follow(all, SERVERS);
  assert.deepEqual(told(grown), told(fresh(all)));
});

test("a model forgets only what came after a fork, whichever step it is after", () => {
  const all = run();
  const steps = [...new Set(all.map((event) => event.step))];
  assert.ok(steps.length > 40, "a run long enough to fork");
  for (const step of steps) {
    const kept = all.filter((event) => event.step <= step);
    const after = { step: step + 1, at: kept.at(-1).at + 500, event: "crashed", node: 2, why: "Server 2 crashes." };
    const other = [...kept, after];
    const model = fresh(all);
    assert.equal(model.follow(other, SERVERS), true, `something changes after ${step}`);
    assert.equal(model.follow(other, SERVERS), false, `nothing more changes after ${step}`);
    assert.deepEqual(told(model), told(fresh(other)), `after a fork at ${step}`);
  }
});

test("a model of a part of a run knows nothing of what comes after it", () => {
  const all = run();
  const model = new Model();
  for (const count of [30, 12, 45, 0, all.length, 20]) {
    model.follow(all, SERVERS, count);
    assert.deepEqual(told(model), told(fresh(all.slice(0, count))), `the first ${count}`);
  }
});

test("every message arrives, is lost, or is under way until a power cut", () => {
  const fates = (/** @type {any[]} */ all) => new Set(fresh(all).arrows.map(fateOf));
  const all = run();
  assert.deepEqual(fates(all), new Set(["delivered", "dropped"]));
  assert.ok(fates(all.slice(0, 12)).has("flying"));
  const held = all.findIndex((event) => event.event === "held");
  assert.ok(fates(all.slice(0, held + 1)).has("held"));
});

test("a model knows when a server was down or paused", () => {
  const model = fresh(run());
  const standings = (/** @type {number} */ server) => model.turns(server).map((turn) => turn.standing);
  assert.deepEqual(standings(2).slice(-2), ["paused", "up"]);
  const crashed = run().find((event) => event.event === "crashed");
  assert.equal(model.standing(crashed.node, crashed.step - 1), "up");
  assert.equal(model.standing(crashed.node, crashed.step), "down");
});

/** Four steps close together, a long wait, two more. */
function axis() {
  const axis = new Axis();
  for (const [i, at] of [0, 0, 5, 40, 1040, 1045].entries()) axis.add(i + 1, at);
  return axis;
}
const STEPS = [0, 1, 2, 3, 4, 5, 6];

test("an axis by time keeps the order of steps and cuts long waits short", () => {
  const time = axis();
  const places = STEPS.map((step) => time.place(step));
  for (const step of STEPS.slice(1))
    assert.ok(places[step] > places[step - 1], `step ${step} stands after the one before`);
  assert.deepEqual(
    places.map((place) => time.stepAt(place)),
    STEPS,
  );
  assert.equal(places[4] - places[3], 35, "a short wait is drawn in full");
  assert.ok(places[5] - places[4] < 40, "a long one is not");
  assert.deepEqual(
    time.breaks(0, 1000).map(({ lasts }) => lasts),
    [1000],
  );
});

test("an axis by time names moments, and none inside a break", () => {
  const texts = axis()
    .ticks(0, 1000, 5)
    .map(({ text }) => text);
  const before = ["0 ms", "5 ms", "10 ms", "15 ms", "20 ms", "25 ms", "30 ms", "35 ms", "40 ms"];
  assert.deepEqual(texts, [...before, "1040 ms", "1045 ms"]);
});

test("an axis by steps has one place for each, and no breaks", () => {
  const steps = axis();
  steps.byTime = false;
  assert.equal(steps.place(5), 5);
  assert.deepEqual(steps.breaks(0, 9), []);
  assert.deepEqual(
    steps.ticks(0, 9, 2).map(({ text }) => text),
    ["0", "2", "4", "6"],
  );
});

test("a distance that nobody could measure asks for no end of ticks", () => {
  for (const byTime of [true, false]) {
    const axis = new Axis();
    axis.byTime = byTime;
    for (let step = 1; step <= 20_000; step++) axis.add(step, step * 3);
    for (const apart of [Number.NaN, 0, -1, 1e-9, Infinity]) {
      const most = axis.ticks(0, 1e9, apart).length;
      assert.ok(most <= 500, `${byTime ? "time" : "steps"}, ${apart}: ${most}`);
    }
    assert.deepEqual(axis.ticks(Number.NaN, Number.NaN, 5), []);
  }
});

test("an axis that is cut forgets the steps and the breaks after it", () => {
  const cut = axis();
  cut.cut(4);
  assert.equal(cut.steps, 4);
  assert.deepEqual(cut.breaks(0, 1000), []);
});

/** A picture of the run, 800 px wide. @param {number} [x] px scrolled */
function viewport(x = 0) {
  const model = fresh(run());
  return new Viewport(model, { width: 800, height: 300, em: 15, scale: 3, x, y: 0 });
}

test("places and pixels are the same in both directions, wherever it is scrolled to", () => {
  for (const x of [0, 140]) {
    const v = viewport(x);
    for (const place of [0, 1, 37.5, 200]) assert.ok(Math.abs(v.place(v.across(place)) - place) < 1e-9);
  }
});

test("lanes stand in the order of the servers, below the row for what happens to all", () => {
  const v = viewport();
  const lanes = [0, 1, 2, 3].map((lane) => v.down(lane));
  assert.deepEqual(
    lanes.toSorted((a, b) => a - b),
    lanes,
  );
  assert.ok(lanes[3] < v.height - v.bottom, "the last one is in sight");
});

test("clients have lanes of their own below the servers", () => {
  const model = new Model();
  const sent = { step: 1, at: 0, event: "sent", message: { id: 1, from: "b", to: 2 }, why: "Client b asks server 2." };
  model.follow(/** @type {any} */ ([sent]), SERVERS, 1, 2);
  assert.deepEqual([model.rows, model.row("a"), model.row("b"), model.row(2)], [5, 4, 5, 2]);
  assert.deepEqual([model.named(3), model.named(5)], ["3", "b"]);
});

test("a pointer on an event finds the events of its step there, and one on a line its message", () => {
  const v = viewport();
  const event = v.model.events.find(({ event }) => event === "promised");
  assert.ok(event);
  const { x, y } = v.spot(event);
  assert.ok(v.hit(x, y)?.events.includes(event));
  const arrow = v.model.arrows.find(({ message, stops, end }) => message.from !== message.to && !stops.length && end);
  assert.ok(arrow);
  const [x0, y0, x1, y1] = v.way(arrow);
  assert.equal(v.hit((x0 + x1) / 2, (y0 + y1) / 2)?.arrow, arrow);
  assert.equal(v.hit(0, 0), null);
});

test("a message that is lost ends on its way, one that arrived ends on a lane", () => {
  const v = viewport();
  for (const arrow of v.model.arrows.filter(({ message, end }) => end && message.from !== message.to)) {
    const y = /** @type {number} */ (v.way(arrow).at(-1));
    assert.equal(y === v.down(arrow.message.to), fateOf(arrow) === "delivered", `message ${arrow.message.id}`);
  }
});

test("only what is in sight is drawn", () => {
  const all = viewport();
  const far = viewport(1e6);
  assert.ok(all.arrows().length > 10);
  assert.equal(far.arrows().length, 0);
  const [first, last] = all.events();
  assert.ok(first === 0 && last > 40 && last <= all.model.events.length);
});

test("the keys go along a lane and across to the nearest event of the next", () => {
  const model = fresh(run());
  const from = model.latest(20);
  assert.ok(from && from.step <= 20);
  assert.equal(model.latest(0), model.events[0], "before the first step there is the first event");
  const next = model.along(from, 1);
  assert.equal(model.along(next, -1), from);
  let first = from;
  for (let i = 0; i < 200; i++) first = model.along(first, -1);
  assert.equal(model.along(first, -1), first, "it ends at the end of the lane");
  const other = model.across(model.events[1], 1);
  assert.ok(other);
  assert.equal(other.node ?? other.message?.to, 2);
  assert.equal(
    model.across(model.events.find((e) => e.event === "power-cut") ?? from, -1),
    null,
    "nothing is above the row of all",
  );
});
