// A replicated log on the page: what is read off its views.

import assert from "node:assert/strict";
import { test } from "node:test";
import { read } from "../lab/dialogs/new-log.js";
import { card, chips, gap } from "../lab/protocols/log/card.js";
import { says } from "../lab/protocols/log/clients.js";
import { log } from "../lab/protocols/log/index.js";
import { lower } from "../lab/protocols/log/world.js";
import { FORMS, parse, written } from "../lab/shared/operations.js";
import { Values } from "../lab/shared/values.js";
import { world } from "./log-world.js";
import { source } from "./modules.js";

const any = (/** @type {unknown} */ it) => /** @type {any} */ (it);

test("a line of the console is read, and written again as it was", () => {
  for (const line of ["put x 9", "get x", "delete x", "cas x 1 2", "append x 6", 'put x "two words"', 'put x ""']) {
    const { op, wrong } = parse(line);
    assert.equal(wrong, undefined);
    assert.equal(written(any(op)), line);
  }
  assert.deepEqual(parse(" PUT  k   v "), { op: { put: ["k", "v"] } });
  assert.equal(FORMS.length, 5);
});

test("a line that asks for nothing is refused with what to do about it", () => {
  /** @type {[string, RegExp][]} */
  const wrong = [
    ["", /What shall it ask\? There are: put key value/],
    ["incr x", /“incr” is no operation/],
    ["put x", /The value is missing: put key value/],
    ["put x two words", /“words” is too much.*quotation marks/],
    ["get x y", /“y” is too much\.$/],
    ['put x "two', /no partner/],
    [`put x ${"é".repeat(33)}`, /The value is too long by 2/],
  ];
  for (const [line, says] of wrong) assert.match(any(parse(line)).wrong, says, line);
});

test("a server says whom it follows, how far it is, and what it lacks", () => {
  const view = any(world());
  const of = (/** @type {number} */ id) => card(view.nodes[id - 1], view.quorums, view);
  assert.equal(of(1).doing, "leads 3.1");
  assert.equal(of(2).doing, "follows 1");
  assert.equal(of(5).doing, "believes it leads");
  assert.deepEqual(of(5).rows[0], { name: "ballot", ballot: "2.5" });
  assert.equal(of(4).rows[1].text, "9, gap 10");
  assert.deepEqual(of(1).bar, { done: 13, of: 14 });
  assert.deepEqual([of(1).colour, of(2).colour], ["3.1", undefined]);
});

test("who has confirmed that a leader leads is counted above its card while a read waits for it", () => {
  const view = any(world());
  const counter = (/** @type {unknown} */ reads) => card({ ...view.nodes[0], reads }, view.quorums, view).gathering;
  assert.equal(counter(undefined), null);
  assert.equal(counter({ waiting: 2, confirmed: null }), null);
  const { phase2 } = view.quorums;
  const from = [1, 2];
  assert.deepEqual(counter({ waiting: 2, confirmed: from }), { what: "confirmed", from, value: null, needed: phase2 });
});

test("a gap is the first slot that a server lacks below one that it knows", () => {
  const learned = [1, 2, 4].map((slot) => ({ slot, command: any("no-op") }));
  assert.equal(gap({ applied: 2, chosenTo: 2, learned }), 3);
  assert.equal(gap({ applied: 4, chosenTo: 4, learned }), null);
  assert.equal(gap({ applied: 0, chosenTo: 0, learned: [] }), null);
});

test("the records of a disk are few chips, however many votes there are", () => {
  const view = any(world({ slots: 1000 }));
  const texts = chips(view.nodes[0].disk).map(({ text }) => text);
  assert.deepEqual(texts, ["3.1", "votes 1–1000", "round 3"]);
  assert.deepEqual(chips(any({ durable: {}, pending: [{}], queued: [] })).length, 1, "whatever else it may be");
  const disk = any({
    durable: { promised: "3.1", accepted: [], round: 3, snapshot: { slot: 64, keys: 3, sessions: 2, keptFrom: 41 } },
    pending: [{ snapshot: { slot: 128, keys: 3, sessions: 2 } }],
    queued: [],
  });
  assert.deepEqual(
    chips(disk).map(({ kind, text }) => [kind, text]),
    [
      ["durable", "3.1"],
      ["durable", "snapshot 64"],
      ["written", "snapshot 128"],
      ["durable", "round 3"],
    ],
  );
});

test("ballots have their colours in the order in which they appear, whatever moment is seen first", () => {
  const ballots = new Values();
  log.meet(any(world()), ballots);
  assert.deepEqual(ballots.known, ["1.5", "2.5", "3.1"]);
  assert.ok(lower("2.10", "10.2") < 0 && lower("3.2", "3.1") > 0 && lower("31", "4") > 0);
});

test("beside a mark stands its slot, or what a client asks or is told", () => {
  const { messages } = any(world());
  const beside = messages.map((/** @type {any} */ m) => log.beside(m));
  assert.deepEqual(beside, ["14", "14", "13 ✓", "", "x:1→3", "ok"]);
  assert.equal(log.called(messages[4]), "request · client a to server 1");
  assert.equal(log.called(messages[0]), "accept 3.1 slot 14 · server 1 to 2");
});

test("each kind of message of a log has a shape, a manner, a meaning and a sentence", async () => {
  const text = source("../crates/wasm/src/types.d.ts");
  const [, more] = /export type LogKind =[\s|]*Kind\b([^;]+);/.exec(text) ?? [];
  const kinds = [...(more ?? "").matchAll(/"([a-z]+)"/g)].map((match) => match[1]);
  assert.equal(kinds.length, 8);
  for (const kind of kinds) assert.ok(log.shapes[kind] && log.manner(kind), kind);
  const legend = await log.legend();
  assert.deepEqual(legend.map(([kind]) => kind).toSorted(), Object.keys(log.shapes).toSorted());
  for (const kind of Object.keys(log.shapes))
    assert.match(await log.sentence(any({ kind, from: 1, to: 2, ballot: "1.1" })), /^[A-Z].*[.?]$/, kind);
});

test("a client says what it waits for", () => {
  const [a] = any(world()).clients;
  assert.match(says({ ...a, waiting: { op: { get: "x" }, since: 610, at: 1 } }), /asked server 1 for get x, and waits/);
  assert.match(says({ ...a, seq: 0, waiting: null }), /nothing yet/);
});

test("the middle of the stage says how far the log is", () => {
  const { says, more } = log.middle(any(world()));
  assert.equal(says, "slot 13: y»6");
  assert.deepEqual(more, ["chosen by 1, 2 and 3. Known to 1, 2 and 3.", "Server 1 leads, in slots 14 to 18."]);
  // Behind a snapshot there is no slot any more, and still it is known.
  const { nodes } = any(world());
  const truncated = nodes.map((/** @type {any} */ one, /** @type {number} */ i) =>
    i ? one : { ...one, learned: [], snapshot: { to: 13, knownFrom: 14 } },
  );
  assert.deepEqual(log.middle(any({ ...world(), nodes: truncated })).more, more);
  const early = any({ ...world(), chosen: [], nodes: [] });
  assert.equal(log.middle(early).says, "nothing chosen yet");
});

test("a new log is what the form says, and its workload is that of all its clients", () => {
  const data = new FormData();
  for (const [name, value] of Object.entries({ clients: "5", window: "1", election: "timeout", leader: "" }))
    data.append(name, value);
  const usual = { protocol: "log", window: 1, election: "timeout", leader: null, clients: 5 };
  assert.deepEqual(read(data), usual);
  data.append("workload", "busy: 20 a second, 3 keys");
  assert.deepEqual(read(data), { ...usual, workload: { clients: 5, rate: 20, keys: 3 } });
  data.delete("workload");
  for (const [name, snapshots] of [
    ["none: the log grows", undefined],
    ["every 64 slots", 64],
    ["when I say so", 0],
  ]) {
    data.set("snapshots", `${name}`);
    assert.equal(read(data).snapshots, snapshots, `${name}`);
  }
  for (const [name, sessions] of [
    ["all", undefined],
    ["2", 2],
  ]) {
    data.set("sessions", `${name}`);
    assert.equal(read(data).sessions, sessions, `${name}`);
  }
  for (const [name, reads] of [
    ["log", undefined],
    ["index", "index"],
  ]) {
    data.set("reads", `${name}`);
    assert.equal(read(data).reads, reads, `${name}`);
  }
});
