// What happened in a branch, in brief, and told where somebody looks.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Record } from "../lab/engine/record.js";
import { replay } from "../lab/engine/replay.js";

const NAMES = ["sent", "delivered", "crashed"];

/** Two events in every step: a message leaves server 1 for server 2, and server 3 crashes. @param {number} step */
const happened = (step) => [
  { step, at: step * 10, event: "sent", node: 1, message: step, from: 1, to: 2 },
  { step, at: step * 10, event: "crashed", node: 3 },
];

/** @param {number} steps */
function recorded(steps) {
  /** @type {[number, number][]} */
  const told = [];
  const record = new Record(NAMES, (from, to) => {
    told.push([from, to]);
    const events = [];
    for (let step = Math.max(1, from); step <= Math.min(to, record.steps); step++)
      for (const row of happened(step)) events.push({ ...row, why: `${row.event} in step ${step}` });
    return /** @type {any} */ (events);
  });
  for (let step = 1; step <= steps; step++) record.add(happened(step));
  return { record, told };
}

test("a record says when, where and what, however its events came", () => {
  const { record } = recorded(300);
  const packed = new Record(NAMES, () => []);
  const numbers = [];
  for (let step = 1; step <= 300; step++)
    for (const { at, event, node, from = 0, to = 0 } of happened(step))
      numbers.push(step, at, NAMES.indexOf(event) + node * 2 ** 8 + from * 2 ** 16 + to * 2 ** 24);
  packed.take(Float64Array.from(numbers));
  for (const one of [record, packed]) {
    assert.deepEqual([one.count, one.steps, one.after(7), one.after(0)], [600, 300, 14, 0]);
    assert.deepEqual([one.step(13), one.at(13), one.name(13)], [7, 70, "crashed"]);
    const about = (/** @type {number} */ i) => [1, 2, 3, 4].filter((server) => one.concerns(i, server));
    assert.deepEqual([about(12), about(13)], [[1, 2], [3]]);
  }
});

test("events are told in blocks, once for as long as somebody looks, and found again", () => {
  const { record, told } = recorded(10_000);
  const event = record.event(13);
  assert.equal(event.why, "crashed in step 7");
  assert.equal(record.event(13), event, "the same object");
  assert.equal(told.length, 1);
  assert.equal(record.indexOf(event), 13);
  for (let i = 0; i < record.count; i += 50) assert.equal(record.event(i).step, record.step(i));
  assert.notEqual(record.event(13), event, "what nobody has looked at for long is told again");
  assert.equal(record.indexOf(event), 13, "and is still the same event");
});

test("all events are told in slices, and are the same objects as those told before", () => {
  const { record } = recorded(1000);
  const event = record.event(500);
  assert.equal(record.whole(-1).length, 0, "no time, no events");
  const all = record.whole(Infinity);
  assert.deepEqual([all.length, all[500] === event, all[1999].step], [2000, true, 1000]);
  assert.ok(all.every(({ step }, i) => step === record.step(i)));
  record.add(happened(1001));
  assert.equal(record.whole(Infinity), all, "the list grows in place");
  record.forget();
  assert.equal(record.whole(-1).length, 0);
});

test("a branch begins with what it shares, and each goes on by itself", () => {
  const { record } = recorded(100);
  const [shared, later] = [record.event(10), record.event(150)];
  const branch = record.until(50);
  assert.deepEqual([branch.count, branch.steps, record.count], [100, 50, 200]);
  assert.equal(branch.event(10), shared);
  branch.add([{ step: 51, at: 600, event: "delivered", node: 2 }]);
  assert.deepEqual([branch.name(100), record.name(100), record.event(150)], ["delivered", "sent", later]);
});

/** An engine that takes a while. @param {number} length @param {number} [wrong] the step at which it refuses */
function slow(length, wrong = Infinity) {
  const freed = { replay: 0 };
  class Replay {
    step = 0;
    length = length;
    advance(/** @type {number} */ steps) {
      for (const until = performance.now() + 3; performance.now() < until; );
      this.step = Math.min(length, this.step + steps);
      if (this.step >= wrong) throw new Error("This run is damaged.");
      return this.step === length;
    }
    rows() {
      return new Float64Array([this.step, 0, 0]);
    }
    finish() {
      return "lab";
    }
    free() {
      freed.replay++;
    }
  }
  return { module: /** @type {any} */ ({ Replay, Lab: { eventNames: () => NAMES } }), freed };
}

test("a long run is opened in slices: the page lives in between, and a person can stop it", async () => {
  const { module, freed } = slow(5000);
  /** @type {[number, number][]} */
  const seen = [];
  let tasks = 0;
  const clock = setInterval(() => tasks++, 1);
  const { lab, record } = await replay(
    module,
    /** @type {any} */ ({}),
    (done, steps) => seen.push([done, steps]),
    () => [],
  );
  clearInterval(clock);
  assert.equal(lab, "lab");
  assert.equal(record.steps, 5000);
  assert.ok(seen.length > 2 && tasks > 2, `${seen.length} times, ${tasks} tasks`);
  assert.deepEqual(seen.at(-1), [5000, 5000]);
  assert.equal(freed.replay, 0, "finishing takes it over");
  const cancelled = replay(
    module,
    /** @type {any} */ ({}),
    (_done, _steps, cancel) => cancel(),
    () => [],
  );
  await assert.rejects(cancelled, /cancelled/);
  assert.equal(freed.replay, 1);
  const damaged = replay(
    slow(5000, 50).module,
    /** @type {any} */ ({}),
    () => {},
    () => [],
  );
  await assert.rejects(damaged, /damaged/);
});
