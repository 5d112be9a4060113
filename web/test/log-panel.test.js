// What the panel of a log shows: the looks of its cells, the lanes of its clients, and what is measured.

import assert from "node:assert/strict";
import { test } from "node:test";
import { closed, Grid, lastSlot, lastUsed, says, standing, text } from "../lab/log/cells.js";
import { explain, guilty, label, lanes, verdict } from "../lab/log/history.js";
import { latest, whom } from "../lab/log/client.js";
import { became, full } from "../lab/log/console.js";
import { piece, pieces, reigns, round } from "../lab/log/measures.js";
import { Told } from "../lab/log/asked.js";
import { operations, world } from "./log-world.js";

const KINDS = {
  quiet: (/** @type {string} */ kind) => kind === "heartbeat",
  votes: (/** @type {string} */ kind) => kind === "accept",
};
const any = (/** @type {unknown} */ it) => /** @type {any} */ (it);

test("a cell has one look for how far a slot has come on a server", () => {
  const view = world();
  const grid = new Grid(view);
  assert.equal(grid.cell(0, 14).look, "voted");
  assert.equal(grid.cell(1, 13).look, "known");
  assert.deepEqual(
    [9, 10, 11, 13].map((slot) => grid.cell(3, slot).look),
    ["applied", "gap", "known", "chosen"],
  );
  assert.equal(grid.cell(1, 15).look, "empty");
  assert.equal(text(grid.cell(0, 9)), "no-op");
});

test("slots that are kept only as what they came to are a closed block, also on a server that is down", () => {
  const view = world();
  const node = view.nodes[0];
  Object.assign(node, { snapshot: { to: 8, knownFrom: 6 }, learned: node.learned.filter(({ slot }) => slot > 5) });
  const grid = new Grid(view);
  assert.deepEqual(
    [1, 5, 6].map((slot) => grid.cell(0, slot).look),
    ["stored", "stored", "applied"],
  );
  assert.equal(closed(node), 5);
  assert.match(says(1, 5, grid.cell(0, 5)), /^Server 1, slot 5: applied, and kept only as what it came to/);
  assert.equal(closed({ ...node, status: "down" }), 8);
  assert.equal(closed(view.nodes[1]), 0);
});

test("a slot has the colour of the ballot that it was voted for in, also where only the command is known", () => {
  const view = world();
  view.nodes[2].accepted = [];
  const grid = new Grid(view);
  assert.deepEqual([grid.cell(2, 3).ballot, grid.cell(2, 10).ballot], ["1.5", "3.1"]);
});

test("what is chosen is a fact about the world, also while no server knows it", () => {
  const view = world({ servers: 3 });
  for (const node of view.nodes) Object.assign(node, { learned: [], applied: 0, chosenTo: 0 });
  assert.deepEqual(
    [13, 14].map((slot) => new Grid(view).cell(0, slot).look),
    ["chosen", "voted"],
  );
});

test("a vote for another command than the chosen one is only a vote", () => {
  const view = world({ servers: 3 });
  any(view.nodes[2].learned).length = 0;
  view.nodes[2].accepted = [{ slot: 5, ballot: "2.3", command: { client: "e", seq: 1, op: { put: ["x", "0"] } } }];
  assert.equal(new Grid(view).cell(2, 5).look, "voted");
});

test("a cell says in a sentence what it shows", () => {
  const grid = new Grid(world());
  assert.equal(says(1, 4, grid.cell(0, 4)), "Server 1, slot 4: put x 4 of client b at 1.5: applied here.");
  assert.match(says(4, 10, grid.cell(3, 10)), /a gap: it knows a later slot/);
  assert.equal(standing(any({ status: "up", leads: true }), false), "leads");
  assert.equal(standing(any({ status: "up" }), true), "behind");
});

test("a thousand slots have an end, and so has the window", () => {
  const view = world({ slots: 1000, servers: 3 });
  assert.deepEqual([lastSlot(view), lastUsed(view)], [1004, 1000]);
  assert.equal(new Grid(view).cell(0, 999).look, "applied");
});

test("a lane has the operations of its client that are in sight", () => {
  const history = { operations: operations(14, 2) };
  const [a, b] = lanes(history.operations, ["a", "b"], 100, 200);
  assert.ok(a.length && b.length && a.length + b.length < history.operations.length);
  for (const { call, return: back } of [...a, ...b]) assert.ok(call <= 200 && back >= 100);
  assert.equal(label(history.operations[0]), "append y 6 → ok");
  assert.match(label(history.operations.at(-1)), / …$/);
  const forgotten = any({ ...history.operations[0], result: undefined, slot: null });
  assert.equal(label(forgotten), "append y 6 → open", "its client was told that nobody knows");
});

test("the operation that no order explains is found, and told in words", () => {
  const told = new Told(() => {}, KINDS);
  const view = any(world({ broken: true }));
  const found = any({ ...told.history(view), operations: operations(14, 2) });
  const bad = any(guilty(found, null));
  assert.equal(bad.returned, 397);
  assert.ok(explain(found, bad).startsWith(view.violations[0].why));
  assert.match(verdict(found, bad).title, /^Not linearizable, from step 397 on$/);
  const put = { client: "a", seq: 1, op: { put: ["x", "9"] }, call: 100, return: 200, result: "ok", slot: 1 };
  const get = { client: "b", seq: 1, op: { get: "x" }, call: 300, return: 340, result: "3", slot: null };
  const both = any({ operations: [put, get], verdict: "not", since: 40 });
  assert.equal(guilty(both, 340), get);
  assert.equal(
    explain(both, any(get)),
    "Client b was told x = 3 at 340 ms. Before it asked, client a had been told “ok” for put x 9, at 200 ms. No order of these operations explains both.",
  );
  assert.equal(
    explain(any({ ...both, why: "It is so." }), any(get)),
    "It is so. Before it asked, client a had been told “ok” for put x 9, at 200 ms.",
  );
  assert.equal(guilty(any({ ...both, verdict: "linearizable" }), 340), undefined);
});

test("what is not decided is never called a pass, and neither is nothing", () => {
  const look = (/** @type {any} */ history) => verdict(history, undefined).look;
  assert.equal(look({ operations: [], verdict: undefined, since: null }), "open");
  assert.equal(look({ operations: [], verdict: "linearizable", since: null }), "open");
  assert.equal(look({ operations: [], verdict: "unknown", since: 7 }), "open");
  assert.match(
    verdict(any({ operations: [], verdict: "unknown", since: 7 }), undefined).says,
    /from step 7 on.*no pass/,
  );
  assert.equal(look({ operations: operations(14, 2), verdict: "linearizable", since: null }), "good");
});

test("pieces of time count what was answered, how fast, and for how many messages", () => {
  const some = [10, 60, 120].map((call) => any({ call, return: call + 50, result: "ok" }));
  const sent = [
    { at: 20, count: 4 },
    { at: 130, count: 2 },
  ];
  const [first, second, ...rest] = pieces(some, 1999, sent);
  assert.equal(piece(1999), 50);
  assert.deepEqual([first.answered, second.answered], [0, 20]);
  assert.deepEqual([second.median, second.high, first.median], [50, 50, null]);
  assert.equal(rest[0].messages, 2);
  assert.equal(pieces([], 0, []).length, 1);
});

test("a leader's time lasts until the next one leads", () => {
  const begun = [
    { at: 10, server: 1 },
    { at: 400, server: 3 },
  ];
  assert.deepEqual(reigns(begun, 500), [
    { from: 10, to: 400, server: 1 },
    { from: 400, to: 500, server: 3 },
  ]);
  assert.deepEqual([round(0), round(7), round(38), round(120)], [1, 10, 50, 200]);
});

/** A client asks, is sent on, and is answered, while the leader asks for votes. */
const EVENTS = [
  { step: 1, at: 0, event: "leads", node: 1, ballot: "1.1" },
  { step: 2, at: 10, event: "requested", client: "a", to: 2, command: { client: "a", seq: 1, op: { get: "x" } } },
  { step: 3, at: 40, event: "redirected", client: "a", from: 2, to: 1 },
  { step: 4, at: 60, event: "sent", node: 1, message: { kind: "accept", from: 1, to: 2, slot: 4 } },
  { step: 4, at: 60, event: "sent", node: 1, message: { kind: "accept", from: 1, to: 3, slot: 4 } },
  { step: 5, at: 61, event: "sent", node: 1, message: { kind: "heartbeat", from: 1, to: 3 } },
  { step: 5, at: 61, event: "sent", node: 1, message: { kind: "answer", from: 1, to: "a" } },
  { step: 6, at: 90, event: "answered", client: "a", from: 1, result: "7", slot: 4 },
  { step: 7, at: 95, event: "requested", client: "a", to: 1, command: { client: "a", seq: 2, op: { get: "y" } } },
];

test("events tell what clients asked and were answered, at any step", () => {
  const told = new Told(() => {}, KINDS);
  for (const event of EVENTS) told.take(any(event));
  const asked = {
    client: "a",
    seq: 1,
    op: { get: "x" },
    call: 10,
    called: 2,
    at: 1,
    after: false,
    asked: [
      { step: 2, to: 2, how: "requested" },
      { step: 3, to: 1, how: "redirected" },
    ],
  };
  assert.deepEqual(told.operations(1), []);
  assert.deepEqual(told.operations(5), [
    { ...asked, return: null, returned: undefined, result: undefined, slot: null },
  ]);
  assert.deepEqual(told.operations(6), [{ ...asked, return: 90, returned: 6, result: "7", slot: 4 }]);
  assert.equal(told.operations(7).length, 2);
  assert.deepEqual([told.cost(5), told.cost(6)], [null, 2]);
  assert.deepEqual(told.sent(7), [{ step: 4, at: 60, count: 2 }]);
  assert.deepEqual([told.begun(0).length, told.begun(1).length], [0, 1]);
  const view = any({ step: 6, violations: [{ step: 6, invariant: "linearizable", why: "No order explains it." }] });
  assert.deepEqual([told.history(view).verdict, told.history(view).since], ["not", 6]);
  assert.equal(told.history(any({ step: 6, violations: [] })).verdict, undefined);
});

test("what a client was doing at a step is what it had done until then", () => {
  const told = new Told(() => {}, KINDS);
  const again = [
    { step: 8, at: 300, event: "retried", client: "a", to: 2, seq: 2, tries: 1 },
    { step: 9, at: 340, event: "redirected", client: "a", from: 2, to: 3, seq: 2 },
    { step: 11, at: 400, event: "answered", client: "a", from: 3, result: null, slot: 5 },
  ];
  for (const event of [...EVENTS, ...again]) told.take(any(event));
  const at = (/** @type {number} */ step) => any(told.operations(step).at(-1));
  assert.deepEqual(
    [7, 8, 9, 11].map((step) => whom(at(step), at(step).at)),
    [
      "server 1",
      "server 2, asked again once",
      "server 3, asked again once, sent on once",
      "server 3, asked again once, sent on once",
    ],
  );
  assert.deepEqual([at(10).return, at(11).return], [null, 400]);
  assert.equal(latest([]), "no operation yet");
  assert.equal(
    latest(told.operations(10).filter((one) => one.return)),
    "one operation: get x → 7, from slot 4, at 90 ms",
  );
  assert.equal(latest(told.operations(11)), "2 operations, the last one: get y → no value, from slot 5, at 400 ms");
});

test("a read that took no slot is from the store after one", () => {
  const command = { client: "b", seq: 1, op: { get: "x" } };
  const asks = { step: 1, at: 10, event: "requested", client: "b", to: 1, command };
  const answered = { step: 9, at: 90, event: "answered", client: "b", from: 1, result: "7", slot: 4 };
  const answers = { step: 8, at: 80, event: "answers", node: 1, client: "b", seq: 1, result: "7", slot: 4 };
  for (const [how, says] of [
    [{ step: 8, at: 80, event: "reads", node: 1, command, result: "7", slot: 4 }, "after"],
    [answers, "from"],
    [{ ...answers, although: "read-through-log" }, "after"],
    [{ ...answers, although: "answer-own-command" }, "from"],
  ]) {
    const told = new Told(() => {}, KINDS);
    for (const event of [asks, how, answered]) told.take(any(event));
    assert.equal(latest(told.operations(9)), `one operation: get x → 7, ${says} slot 4, at 90 ms`);
    // What it cost to vote in that slot is not the read's.
    assert.equal(told.cost(9) === null, says === "after");
  }
});

test("a line of the console says what became of an operation", () => {
  const one = any({ at: 1, slot: 13, call: 10, return: 102 });
  assert.equal(became(one), "at 1 · slot 13 · 92 ms");
  assert.equal(became({ ...one, return: null }), "at 1 · …");
  assert.equal(became({ ...one, after: true }), "at 1 · after slot 13 · 92 ms");
});

test("there are a thousand keys, and no more", () => {
  const asked = Array.from({ length: 1000 }, (_, i) => any({ op: { put: [`k${i}`, "1"] } }));
  assert.match(full({ put: ["new", "1"] }, asked), /1,000 keys/);
  assert.equal(full({ put: ["k7", "2"] }, asked), "");
  assert.equal(full({ get: "new" }, asked), "");
});
