// Where servers stand, which way messages go, and what a dragged fence encloses.

import assert from "node:assert/strict";
import { test } from "node:test";
import { boxAround, meet } from "../lab/stage/box.js";
import { alike } from "../lab/stage/bundles.js";
import { Labels } from "../lab/stage/labels.js";
import { at, Lanes } from "../lab/stage/lanes.js";
import { cutting } from "../lab/stage/links.js";
import { knowing, told } from "../lab/stage/middle.js";
import { enclosed } from "../lab/stage/partition-drag.js";
import { ring } from "../lab/stage/ring.js";
import { fitting } from "../lab/stage/strip.js";
import { together } from "../lab/stage/together.js";
import { traffic } from "../lab/stage/traffic.js";
import { en } from "../lab/words/en.js";

const SIZES = [
  [1280, 600, 15],
  [760, 480, 15],
  [340, 620, 15],
];

for (const servers of [1, 2, 3, 4, 5, 7, 9, 13, 31, 101]) {
  test(`${servers} servers stand inside the stage, and none on another`, () => {
    for (const [width, height, em] of SIZES) {
      const r = ring(servers, width, height, em);
      const where = `${servers} at ${width}×${height}`;
      assert.equal(r.at.length, servers);
      for (const [i, a] of r.at.entries()) {
        assert.ok(a.x >= 0 && a.x <= width && a.y >= 0 && a.y <= height, `${where}: ${i + 1} is outside`);
        if (r.size === "dot") continue;
        for (const [j, b] of r.at.slice(0, i).entries()) {
          const apart = Math.abs(a.x - b.x) >= r.w - 1 || Math.abs(a.y - b.y) >= r.h - 1;
          assert.ok(apart, `${where}: ${i + 1} covers ${j + 1}`);
        }
      }
    }
  });
}

for (const servers of [2, 3, 4, 5, 7, 9, 15])
  test(`no message between ${servers} servers is drawn over a server's place or the middle`, () => {
    for (const [width, height, em] of SIZES) {
      const r = ring(servers, width, height, em);
      const lanes = new Lanes(r);
      for (let from = 1; from <= servers; from++)
        for (let to = 1; to <= servers; to++) {
          if (from === to) continue;
          const lane = lanes.lane(from, to);
          for (let far = 0; far <= lane.length; far += lane.length / 20 || 1) {
            const mark = boxAround(at(lane, far), 2 * lanes.radius, 2 * lanes.radius);
            const where = `${from} to ${to} of ${servers} at ${width}×${height}`;
            assert.ok(!r.places.some((place) => meet(place, mark, -1)), `${where}: over a server`);
            assert.ok(!meet(r.middle, mark, -1), `${where}: over the middle`);
          }
        }
    }
  });

for (const servers of [3, 5, 9])
  test(`clients stand below ${servers} servers, and no message of theirs is drawn over anything that stands there`, () => {
    for (const [width, height, em] of SIZES) {
      const clients = ["a", "b", "c", "d", "e"];
      const r = ring(servers, width, height, em, clients);
      const lanes = new Lanes(r);
      const standing = [...r.clients.values()];
      assert.equal(standing.length, clients.length);
      for (const place of standing) {
        assert.ok(place.y + place.h <= height && place.x >= 0 && place.x + place.w <= width, "inside");
        assert.ok(![...r.places, r.middle].some((other) => meet(other, place)), "on nothing");
      }
      for (const client of clients)
        for (let server = 1; server <= servers; server++)
          for (const lane of [lanes.lane(client, server), lanes.lane(server, client)]) {
            assert.ok(lane.length > lanes.radius, `there is a way between ${client} and ${server}`);
            for (let far = 0; far <= lane.length; far += lane.length / 20) {
              const mark = boxAround(at(lane, far), 2 * lanes.radius, 2 * lanes.radius);
              assert.ok(![...r.places, r.middle, ...standing].some((place) => meet(place, mark, -1)));
            }
          }
    }
  });

test("many clients stand in rows, each large enough for a finger, and messages reach all of them", () => {
  const clients = [..."abcdefghijklmnopqrstuvwxyz"];
  for (const [width, height, em] of [
    [390, 500, 13],
    [725, 480, 15],
    [880, 620, 15],
  ]) {
    const r = ring(3, width, height, em, clients);
    const lanes = new Lanes(r);
    const standing = [...r.clients.values()];
    assert.ok(Math.min(...standing.flatMap(({ w, h }) => [w, h])) >= 24, "each is a target");
    for (const [i, place] of standing.entries()) {
      assert.ok(place.y + place.h <= height && place.x >= 0 && place.x + place.w <= width, "inside");
      const others = [...standing.slice(0, i), ...r.places, r.middle];
      assert.ok(!others.some((other) => meet(other, place)), "on nothing");
    }
    for (const client of clients) assert.ok(lanes.lane(1, client).length > lanes.radius, `a way to ${client}`);
  }
});

test("the two directions between two servers do not meet", () => {
  const lanes = new Lanes(ring(5, 1280, 600, 15));
  const [there, back] = [lanes.lane(1, 3), lanes.lane(3, 1)];
  const [p, q] = [at(there, there.length / 2), at(back, back.length / 2)];
  assert.ok(Math.hypot(p.x - q.x, p.y - q.y) > lanes.radius);
});

test("near servers are joined by a straight line when nothing is in the way", () => {
  for (const [width, height] of [
    [390, 446],
    [375, 420],
    [768, 420],
  ]) {
    const { a, b, c } = new Lanes(ring(3, width, height, 15)).curve(2, 3);
    assert.deepEqual(c, { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 }, `at ${width}×${height}`);
  }
});

test("no mark touches the edge of the stage", () => {
  for (const [width, height, em] of SIZES)
    for (const servers of [3, 5, 9]) {
      const lanes = new Lanes(ring(servers, width, height, em));
      for (let to = 2; to <= servers; to++)
        for (const { x, y } of lanes.lane(1, to).points) {
          if (Number.isNaN(x)) continue;
          const room = Math.min(x, y, width - x, height - y) - lanes.radius;
          assert.ok(room > 4, `1 to ${to} of ${servers} at ${width}×${height}: ${room.toFixed(1)} px`);
        }
    }
});

const message = (id, more) => ({
  id,
  kind: "prepare",
  ballot: "1.1",
  value: null,
  from: 1,
  to: 2,
  sentAt: 0,
  dueAt: 10,
  ...more,
});

test("messages on one lane queue, and those that find no room are counted", () => {
  const lanes = new Lanes(ring(3, 900, 500, 15));
  const spread = traffic([message(1), message(2)], lanes, 10);
  assert.equal(spread.length, 2);
  assert.ok(Math.hypot(spread[0].x - spread[1].x, spread[0].y - spread[1].y) >= 2 * lanes.radius);
  const [only, ...none] = traffic([message(1), message(2), message(3)], lanes, 0);
  assert.deepEqual([only.all.map(({ id }) => id), none], [[1, 2, 3], []]);
});

for (const servers of [5, 9, 12, 15, 24])
  test(`between ${servers} servers no mark lies on another, on a card or on the middle, and none is lost`, () => {
    for (const [width, height, em] of SIZES) {
      const lanes = new Lanes(ring(servers, width, height, em));
      const all = Array.from({ length: 6 * servers }, (_, i) => {
        const from = i % 3 ? 1 + (i % servers) : 1;
        return message(i + 1, {
          kind: i % 3 ? "promise" : "prepare",
          from,
          to: 1 + ((from + i) % servers),
          dueAt: 10 + (i % 7),
        });
      }).filter(({ from, to }) => from !== to && lanes.lane(from, to).length);
      for (const now of [0, 3, 6, 10]) {
        const marks = traffic(all, lanes, now);
        const where = `at ${now} ms on ${width}×${height}`;
        assert.equal(marks.flatMap((mark) => mark.all).length, all.length, where);
        for (const [i, mark] of marks.entries()) {
          const size = 2 * lanes.radius * (mark.grown ? 1.45 : 1);
          const box = boxAround(mark, size, size);
          assert.ok(
            ![...lanes.ring.places, lanes.ring.middle].some((place) => meet(place, box, -1)),
            `${where}: covers`,
          );
          for (const other of marks.slice(0, i))
            assert.ok(Math.hypot(mark.x - other.x, mark.y - other.y) >= 1.85 * lanes.radius, `${where}: on another`);
          if (mark.all.length < 2) continue;
          const unit = size / 24;
          const number = boxAround(mark, `${mark.all.length}`.length * 8 * unit, 17 * unit);
          for (const other of marks.filter((one) => one !== mark)) {
            const side = (23 / 12) * lanes.radius * (other.grown ? 1.45 : 1);
            assert.ok(!meet(number, boxAround(other, side, side)), `${where}: a number is on another mark`);
          }
        }
      }
    }
  });

test("a bundle says what is in it: each of a few, and how many of many", () => {
  const two = [message(1, { status: "flying" }), message(2, { status: "flying", kind: "promise", from: 2, to: 1 })];
  assert.equal(together(two), "2 messages together: prepare 1.1 from 1 to 2; promise 1.1 from 2 to 1.");
  const many = Array.from({ length: 5 }, (_, i) => message(i, { to: 2 + i }));
  assert.equal(together(many), "5 messages together: 5 × prepare 1.1 from 1.");
  assert.deepEqual([alike(two), alike(many)], [false, true]);
});

test("a cut link says which way nothing gets through", () => {
  assert.equal(cutting({ a: 1, b: 4, cut: [false, false] }), "");
  assert.match(cutting({ a: 1, b: 4, cut: [false, true] }), /from server 4 to server 1/);
  assert.match(cutting({ a: 1, b: 4, cut: [true, true] }), /between server 1 and server 4/);
});

test("what does not fit on the strip of a card is shortened, and then counted", () => {
  const durable = (/** @type {object} */ more) => ({ kind: /** @type {const} */ ("durable"), text: "1.1", ...more });
  const round = durable({ text: "round 1", short: "r1" });
  assert.deepEqual(fitting([durable({}), round], "large"), { shown: [durable({}), round], short: false, more: [] });
  assert.equal(fitting([durable({}), durable({}), round], "mini").short, true);
  const full = [durable({}), durable({ value: "blue" }), durable({ value: "blue" }), durable({ value: "red" }), round];
  const { shown, more } = fitting(full, "large");
  assert.deepEqual([...shown, ...more], full);
  assert.ok(more.includes(round) && shown.length > 1);
});

test("what has not left, and what a server says to itself, is in a tray and not on a lane", () => {
  const lanes = new Lanes(ring(3, 900, 500, 15));
  assert.deepEqual(traffic([message(1, { sentAt: null, dueAt: null }), message(2, { to: 1 })], lanes, 5), []);
});

test("many servers send counted bundles, and no message is lost in them", () => {
  const lanes = new Lanes(ring(101, 900, 600, 15));
  const all = Array.from({ length: 300 }, (_, i) =>
    message(i + 1, i % 3 ? { to: 2 + (i % 99) } : { kind: "promise", from: 2 + (i % 99), to: 1 }),
  );
  const marks = traffic(all, lanes, 4);
  assert.ok(marks.length < 10, `${marks.length} bundles`);
  assert.equal(marks.flatMap((mark) => mark.all).length, 300);
});

test("bundles that would lie on each other go apart, also in the little room that many servers leave", () => {
  const lanes = new Lanes(ring(101, 375, 460, 15));
  const kinds = ["prepare", "promise", "nack", "accept"];
  const all = Array.from({ length: 80 }, (_, i) =>
    message(i + 1, { kind: kinds[i % 4], ballot: `${1 + (i % 2)}.1`, to: 2 + i, dueAt: 10 }),
  );
  const marks = traffic(all, lanes, 9);
  assert.ok(marks.length > 2, `${marks.length} bundles`);
  for (const [i, a] of marks.entries())
    for (const b of marks.slice(0, i))
      assert.ok(Math.hypot(a.x - b.x, a.y - b.y) > 3.2 * lanes.radius, `${a.message.kind} on ${b.message.kind}`);
});

test("a label stands where nothing else is, or not at all", () => {
  const r = ring(3, 900, 500, 15);
  const mark = { x: 450, y: 20 };
  const wanted = [{ key: "1", at: mark, text: "1.1" }];
  const place = (blocked) =>
    new Labels().place(
      wanted,
      [boxAround(mark, 24, 24), ...blocked],
      { ...r, places: [], middle: boxAround({ x: 0, y: 0 }, 0, 0) },
      12,
    );
  assert.ok((place([]).get("1")?.x ?? 0) > 0, "on the right at first");
  const right = boxAround({ x: 480, y: 20 }, 20, 20);
  assert.ok((place([right]).get("1")?.x ?? 0) < 0, "on the left if that is taken");
  assert.equal(place([boxAround(mark, 400, 400)]).size, 0);
});

test("of values that were chosen the first stays, beside another one", () => {
  const chosen = (value, ballot) => ({ slot: 0, value, ballot, quorum: [1, 2] });
  const [a, b, c] = [chosen("blue", "1.1"), chosen("red", "2.2"), chosen("red", "3.3")];
  assert.deepEqual(told([a]), [a]);
  assert.deepEqual(told([a, b, c]), [a, c]);
  assert.deepEqual(told([b, c]), [b, c]);
});

test("a fence encloses the servers whose middle is in it", () => {
  const at = [
    { x: 10, y: 10 },
    { x: 50, y: 50 },
    { x: 90, y: 10 },
  ];
  assert.deepEqual(enclosed(at, { x: 0, y: 0, w: 60, h: 60 }), [1, 2]);
  assert.deepEqual(enclosed(at, { x: 0, y: 0, w: 5, h: 5 }), []);
  assert.deepEqual(enclosed(at, { x: 20, y: 20, w: 40, h: 40 }, 1), [1, 2], "the one on which it begins, too");
});

test("who knows what was chosen is told in words", () => {
  const view = (/** @type {number} */ servers, /** @type {number[]} */ ...knows) =>
    /** @type {any} */ ({
      nodes: Array.from({ length: servers }, (_, i) => ({
        id: i + 1,
        learned: knows.includes(i + 1) ? [{ slot: 0, value: "blue" }] : [],
      })),
    });
  const blue = { slot: 0, value: "blue" };
  assert.equal(knowing(view(3), blue, en), "No server knows it.");
  assert.equal(knowing(view(3, 2), blue, en), "Known to 2.");
  assert.equal(knowing(view(3, 1, 3), blue, en), "Known to 1 and 3.");
  assert.equal(knowing(view(3, 1, 2, 3), blue, en), "Everyone knows.");
  assert.equal(knowing(view(9, 1, 2, 3, 4, 5, 6), blue, en), "Known to 6 servers.");
  assert.equal(knowing(view(3, 1), { ...blue, slot: 1 }, en), "No server knows it.", "of another slot");
  assert.equal(knowing(view(3, 1, 2, 3), { ...blue, value: "red" }, en), "No server knows it.", "another was learned");
});
