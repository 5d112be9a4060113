// The reading pace: how long a sentence is shown.

import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { Reading, readingTime } from "../lab/playback/reading.js";

/** Wall time, in ms. */
let wall = 0;
/** @type {Array<(time: number) => void>} */
let waiting = [];
const before = { ...globalThis };

beforeEach(() => {
  wall = 1;
  waiting = [];
  Object.assign(globalThis, {
    requestAnimationFrame: (/** @type {(time: number) => void} */ frame) => waiting.push(frame),
    matchMedia: () => ({ matches: false }),
  });
});
afterEach(() => {
  Object.assign(globalThis, { requestAnimationFrame: before.requestAnimationFrame, matchMedia: before.matchMedia });
});

/** Lets frames pass until something is so. @param {() => boolean} over */
async function frames(over) {
  for (let i = 0; i < 50_000 && !over(); i++) {
    await new Promise((done) => setImmediate(done));
    wall += 16;
    const now = waiting;
    waiting = [];
    for (const frame of now) frame(wall);
  }
  assert.ok(over(), "it never came to that");
}

/** A run of steps: when each happens, what it makes its beat say, and whether a beat ends there.
 * @param {Array<{ at: number, says?: string, ends?: boolean }>} steps
 * @param {number} [length] so many of them are on record */
function run(steps, length = 0) {
  const told = /** @type {Array<{ says: string, since: number }>} */ ([]);
  const clock = { now: 0, speed: 1, ahead: false, draws: 0, draw: () => {} };
  const seen = { step: 0, later: /** @type {number[]} */ ([]) };
  const position = () => {
    const here = steps[seen.step - 1];
    const next = steps[seen.step]?.at ?? null;
    return /** @type {any} */ ({
      at: here?.at ?? 0,
      next,
      beat: here?.ends ?? true,
      step: seen.step,
      length: Math.max(length, seen.step),
    });
  };
  clock.draw = () => {
    clock.draws++;
    const { next, at } = position();
    clock.ahead ||= clock.now > (next ?? at);
    if (reading.later && seen.later.at(-1) !== reading.later) seen.later.push(reading.later);
  };
  let shown = "";
  const reading = new Reading(clock, {
    position,
    step: async () => {
      seen.step++;
      clock.now = steps[seen.step - 1].at;
    },
    hear: () => {
      const { says } = steps[seen.step - 1];
      if (!says || says === shown) return "";
      shown = says;
      told.push({ says, since: wall });
      return says;
    },
    patience: () => 2000,
    rewind: async () => false,
  });
  return { reading, told, clock, seen };
}

const words = (/** @type {number} */ count) => Array.from({ length: count }, (_, i) => `word${i}`).join(" ");
const STEPS = [
  { at: 0, says: words(12), ends: false },
  { at: 4, ends: false },
  { at: 8, ends: true },
  { at: 40, says: words(30), ends: false },
  { at: 41, ends: true },
  { at: 558, says: words(2), ends: true },
  { at: 558, says: words(9), ends: true },
  { at: 590, says: words(4), ends: true },
];

test("a text takes as long as 230 words a minute, and at least a second", () => {
  assert.equal(readingTime(words(23)), 6000);
  assert.equal(readingTime("One word."), 1000);
  assert.equal(readingTime(""), 1000);
});

test("no sentence is shown for less than its reading time, and little longer", async () => {
  const { reading, told, clock } = run(STEPS);
  let ended = false;
  const going = reading.go().then((end) => {
    ended = end;
  });
  await frames(() => ended);
  await going;
  assert.deepEqual(told.map(({ says }) => says).length, 5);
  for (const [i, { says, since }] of told.entries()) {
    const until = told[i + 1]?.since ?? wall;
    const time = until - since;
    const least = readingTime(says);
    assert.ok(time >= least - 1, `${says} was shown for ${time} ms of ${least}`);
    assert.ok(time < least + 1200, `${says} was shown for ${time} ms of ${least}`);
  }
  assert.ok(clock.draws > 30, "messages were seen on their way");
  assert.equal(clock.ahead, false, "the time shown is never ahead of what has happened");
});

test("the speed divides the time", async () => {
  /** @type {number[]} */
  const took = [];
  for (const speed of [1, 4]) {
    const { reading, clock } = run(STEPS);
    clock.speed = speed;
    let ended = false;
    const since = wall;
    void reading.go().then(() => {
      ended = true;
    });
    await frames(() => ended);
    took.push(wall - since);
  }
  assert.ok(Math.abs(took[0] / took[1] - 4) < 0.4, `${took}`);
});

test("idle time is one short breath with the time that passes", async () => {
  const { reading, seen } = run(STEPS);
  let ended = false;
  void reading.go().then(() => {
    ended = true;
  });
  await frames(() => ended);
  assert.deepEqual(seen.later, [517]);
  assert.equal(reading.later, 0);
});

test("a single beat stops at its end, and the next one hurries it", async () => {
  const { reading, seen } = run(STEPS);
  let first = false;
  void reading.once().then(() => {
    first = true;
  });
  await frames(() => first);
  assert.equal(seen.step, 3);
  let both = 0;
  void reading.once().then(() => both++);
  void reading.once().then(() => both++);
  const since = wall;
  await frames(() => both === 2);
  assert.equal(seen.step, 6);
  assert.ok(wall - since < 480, `nobody waits for the first: ${wall - since} ms`);
});

test("what is called off goes no further", async () => {
  const { reading, seen, clock } = run(STEPS);
  let ended = /** @type {boolean | null} */ (null);
  void reading.go().then((end) => {
    ended = end;
  });
  await frames(() => seen.step === 3);
  reading.stop();
  const now = clock.now;
  await frames(() => ended !== null);
  assert.deepEqual([ended, seen.step, clock.now], [false, 3, now]);
});

/** A beat that does not end, with a step every 100 ms. @param {number} many */
const endless = (many) => Array.from({ length: many }, (_, i) => ({ at: 100 * (i + 1), ends: false }));

test("a single beat that nothing brings to its end is left after a while, and that is said", async () => {
  const { reading, seen } = run(endless(500));
  let gaveUp = /** @type {boolean | undefined} */ (undefined);
  void reading.once().then((quiet) => (gaveUp = quiet));
  await frames(() => gaveUp !== undefined);
  assert.equal(gaveUp, true);
  assert.equal(seen.step, 21, "the first step more than 2,000 ms later");
});

test("a beat on record is walked to its end, however long it is", async () => {
  const steps = [...endless(100), { at: 10_100, ends: true }];
  const { reading, seen } = run(steps, steps.length);
  let gaveUp = /** @type {boolean | undefined} */ (undefined);
  void reading.once().then((quiet) => (gaveUp = quiet));
  await frames(() => gaveUp !== undefined);
  assert.equal(gaveUp, false);
  assert.equal(seen.step, steps.length);
});

test("whoever is in a hurry still leaves the page its frames", async () => {
  const { reading, seen } = run(endless(100_000), 100_000);
  let waited = 0;
  const { requestAnimationFrame } = globalThis;
  globalThis.requestAnimationFrame = (frame) => {
    waited++;
    return requestAnimationFrame(frame);
  };
  let over = false;
  const first = reading.once();
  void Promise.all([first, reading.once()]).then(() => (over = true)); // what is under way is walked at once
  await new Promise((done) => setTimeout(done, 200));
  assert.ok(waited > 0 && seen.step < 100_000, `${waited} frames, ${seen.step} steps`);
  await frames(() => {
    reading.stop();
    return over;
  });
});
