// A replicated log as views tell of it: made by hand, for tests of what the page does with one.

/** @typedef {import("../wasm/quorum_wasm.js").LogView} LogView */
/** @typedef {import("../wasm/quorum_wasm.js").Command} Command */

/** The ballot of a slot: a second leader took over after slot 8. @param {number} slot */
const ballotOf = (slot) => (slot > 8 ? "3.1" : "1.5");

/** What is in a slot. @param {number} slot @returns {Command | "no-op"} */
export function commandOf(slot) {
  if (slot === 9) return "no-op";
  const client = "abc"[slot % 3];
  /** @type {any} */
  const op = [{ put: ["x", `${slot}`] }, { append: ["y", "6"] }, { cas: ["x", "1", "3"] }, { get: "x" }][slot % 4];
  return { client, seq: Math.ceil(slot / 3), op };
}

/** @param {number} id @param {{ applied: number, chosenTo: number, votes: number, gap?: number }} how @returns {any} */
function server(id, { applied, chosenTo, votes, gap = 0 }) {
  const slots = Array.from({ length: votes }, (_, i) => i + 1).filter((slot) => slot !== gap);
  const entry = (/** @type {number} */ slot) => ({ slot, command: commandOf(slot) });
  return {
    id,
    status: "up",
    roles: ["proposer", "acceptor", "learner"],
    voting: true,
    phase: "idle",
    proposal: null,
    promised: "3.1",
    accepted: slots.map((slot) => ({ ...entry(slot), ballot: ballotOf(slot) })),
    learned: slots.filter((slot) => slot <= chosenTo).map(entry),
    disk: {
      durable: {
        promised: "3.1",
        accepted: slots.map((slot) => ({ ...entry(slot), ballot: ballotOf(slot) })),
        round: 3,
      },
      queued: [],
      pending: [],
      lost: false,
    },
    outbox: [],
    timers: [{ timer: "stand", due: 900 }],
    leader: id === 1 ? null : 1,
    leads: id === 1,
    believes: id === 1,
    chosenTo,
    applied,
    keptFrom: 1,
    store: {
      keys: 3,
      digest: "9f2c",
      some: [
        ["x", "9"],
        ["y", "7"],
        ["z", "1"],
      ],
    },
    sessions: { a: 5, b: 4 },
  };
}

/** Operations of clients, one after the other, overlapping those of others.
 * @param {number} many @param {number} clients @returns {any[]} */
export function operations(many, clients) {
  return Array.from({ length: many }, (_, i) => {
    const slot = i + 1;
    const seq = Math.floor(i / clients) + 1;
    const call = 40 + i * 30;
    const { op } = /** @type {Command} */ (commandOf(slot === 9 ? 8 : slot));
    const result = "get" in op ? "4" : "cas" in op ? true : "ok";
    const open = i === many - 1;
    const client = "abcde"[i % clients];
    return {
      client,
      seq,
      op,
      call,
      return: open ? null : call + 75,
      called: 300 + i * 5,
      returned: open ? undefined : 337 + i * 5,
      result: open ? undefined : result,
      slot,
      at: 1,
    };
  });
}

/** @param {{ servers?: number, slots?: number, clients?: number, broken?: boolean }} [of] @returns {LogView} */
export function world({ servers = 5, slots = 14, clients = 2, broken = false } = {}) {
  const nodes = Array.from({ length: servers }, (_, i) => {
    const id = i + 1;
    if (id === 4) return server(id, { applied: slots - 5, chosenTo: slots - 2, votes: slots - 1, gap: slots - 4 });
    return server(id, { applied: slots - (id === 1 ? 1 : 2), chosenTo: slots - 1, votes: slots - (id === 1 ? 0 : 1) });
  });
  if (nodes[4])
    Object.assign(nodes[4], { leads: false, believes: true, leader: 5, promised: "2.5", applied: 8, chosenTo: 8 });
  if (nodes[4]) {
    nodes[4].learned = nodes[4].learned.slice(0, 8);
    nodes[4].accepted = nodes[4].accepted
      .slice(0, 10)
      .map((/** @type {any} */ vote) => (vote.slot > 8 ? { ...vote, ballot: "2.5" } : vote));
  }
  const history = operations(slots, clients);
  const waiting = history.filter((one) => one.return === null);
  /** @type {any} */
  const view = {
    step: 412,
    at: 610,
    protocol: "log",
    nodes,
    messages: [
      message(1, "accept", 1, 2, slots),
      message(2, "accept", 1, 4, slots),
      message(3, "accepted", 3, 1, slots - 1),
      { ...message(4, "heartbeat", 1, 5, 0), command: null },
      { ...message(5, "request", "a", 1, 0), ballot: null, command: commandOf(slots) },
      { ...message(6, "answer", 1, "b", slots - 1), ballot: null, reply: "done", result: "ok" },
    ].filter(({ to }) => typeof to !== "number" || to <= servers),
    links: [],
    chosen: Array.from({ length: slots - 1 }, (_, i) => ({
      slot: i + 1,
      command: commandOf(i + 1),
      ballot: ballotOf(i + 1),
      quorum: [1, 2, 3],
    })),
    violations: broken
      ? [
          {
            step: 402,
            invariant: "linearizable",
            why: "b was told x = 3 at 640 ms. a had been told at 610 ms that x is 9.",
          },
        ]
      : [],
    rules: {},
    off: [],
    quorums: { phase1: 3, phase2: 3, acceptors: servers },
    network: { loss: 0, duplicate: 0, latency: [30, 40] },
    headline: null,
    next: null,
    length: 412,
    branch: 1,
    marks: 0,
    ended: "nothing-left",
    beat: { size: "messages", from: 400, to: 412, says: "", after: 0, number: null, of: null },
    stuck: null,
    window: [slots, slots + 4],
    clients: Array.from({ length: clients }, (_, i) => {
      const id = "abcde"[i];
      const open = waiting.find((one) => one.client === id);
      return { id, seq: 3, waiting: open ? { op: open.op, since: open.call, at: 1 } : null };
    }),
    history: { operations: [], verdict: broken ? "not" : "linearizable", since: broken ? 397 : null },
  };
  return view;
}

/** @param {number} id @param {string} kind @param {number | string} from @param {number | string} to
 * @param {number} slot */
const message = (id, kind, from, to, slot) => ({
  id,
  kind,
  from,
  to,
  ballot: "3.1",
  slot,
  value: null,
  command: slot ? commandOf(slot) : null,
  sentAt: 595,
  dueAt: 630,
  progress: null,
  status: "flying",
});
