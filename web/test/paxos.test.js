// What the page knows of Paxos.

import assert from "node:assert/strict";
import { test } from "node:test";
import { loadProtocol } from "../lab/protocols/index.js";
import { paxos } from "../lab/protocols/paxos/index.js";

const QUORUMS = { phase1: 2, phase2: 3, acceptors: 3 };
const DISK = { durable: { promised: null, accepted: [], round: 0 }, pending: [], queued: [], lost: false };

/** A server that has done nothing, but for what is said. @param {object} [own] @returns {any} */
const server = (own) => ({
  id: 1,
  status: "up",
  voting: true,
  phase: "idle",
  proposal: null,
  promised: null,
  accepted: [],
  learned: [],
  disk: DISK,
  ...own,
});

test("requests ask, replies answer, and a nack also refuses", () => {
  const kinds = Object.keys(paxos.shapes);
  assert.deepEqual(
    kinds.filter((kind) => !paxos.isReply(kind)),
    ["prepare", "accept"],
  );
  assert.deepEqual(kinds.filter(paxos.isReply), ["promise", "accepted", "nack"]);
  assert.deepEqual(kinds.filter(paxos.isRefusal), ["nack"]);
  assert.equal(paxos.manner("nack"), "reply refusal");
});

test("a kind that Paxos does not have is no answer: it is an error", () => {
  for (const kind of ["heartbeat", "", "constructor", "toString"])
    for (const ask of [paxos.isReply, paxos.isRefusal, paxos.manner])
      assert.throws(() => ask(kind), { message: `Paxos has no message of the kind “${kind}”.` });
});

test("a message speaks of its own value, or of the one it reports", () => {
  const vote = { slot: 0, ballot: "1.1", value: "red" };
  assert.equal(paxos.carried({ value: "blue", accepted: [vote] }), "blue");
  assert.equal(paxos.carried({ value: null, accepted: [vote] }), "red");
  assert.equal(paxos.carried({ value: null, accepted: [] }), null);
  assert.equal(paxos.carried({ value: null }), null);
});

test("a card says what a server is doing", () => {
  const doing = (/** @type {object} */ own) => paxos.card(server(own), QUORUMS).doing;
  assert.equal(doing({}), "idle");
  assert.equal(doing({ phase: "preparing", proposal: { ballot: "1.1", promises: [] } }), "preparing 1.1");
  assert.equal(doing({ voting: false }), "listens only");
  assert.equal(doing({ status: "down", phase: "preparing" }), "down");
});

test("a card counts who has answered, and how many are needed", () => {
  const gathering = (/** @type {object} */ own) => paxos.card(server(own), QUORUMS).gathering;
  const proposal = { ballot: "1.1", value: "blue", promises: [1, 2], accepts: [3] };
  assert.deepEqual(gathering({ phase: "preparing", proposal }), {
    what: "promises",
    from: [1, 2],
    value: null,
    needed: 2,
  });
  assert.deepEqual(gathering({ phase: "accepting", proposal }), {
    what: "accepts",
    from: [3],
    value: "blue",
    needed: 3,
  });
  assert.equal(gathering({ phase: "idle", proposal }), null);
  assert.equal(gathering({ phase: "preparing", proposal, status: "paused" }), null);
});

test("of a disk comes first what matters most, and each record says how far it has come", () => {
  const disk = {
    durable: { promised: "2.1", accepted: [{ slot: 0, ballot: "1.1", value: "blue" }], round: 2 },
    pending: [{ promised: "3.2" }],
    queued: [{ accepted: { slot: 0, ballot: "3.2", value: "red" } }],
    lost: false,
  };
  assert.deepEqual(paxos.chips(/** @type {any} */ (disk)), [
    { kind: "durable", text: "2.1" },
    { kind: "durable", text: "1.1", value: "blue" },
    { kind: "written", text: "3.2" },
    { kind: "queued", text: "3.2", value: "red" },
    { kind: "durable", text: "round 2", short: "r2" },
  ]);
  assert.deepEqual(paxos.chips(/** @type {any} */ (DISK)), []);
});

test("quorums of one size are told in one number", () => {
  assert.equal(paxos.needed({ phase1: 2, phase2: 2, acceptors: 3 }), "2 of 3");
  assert.equal(paxos.needed(QUORUMS), "2 to promise, 3 to accept");
});

test("a protocol that the page does not have is refused with what to do", async () => {
  assert.equal(await loadProtocol("single"), paxos);
  for (const name of ["raft", "constructor"])
    await assert.rejects(loadProtocol(name), /cannot show the protocol .+ Reload it/);
});
