// What the events of a run tell beside its views: what clients asked and were answered, how many messages went between
// servers and when, and who began to lead. Each event is read once, a little at a time; any moment of the run is a part of
// what is known.

import { upTo } from "../shared/order.js";
/** @import { Command, Event, HistoryView, Result, View } from "../engine/engine.js" */
/** @import { Record } from "../engine/record.js" */
/** @import { Store } from "../store.js" */

/** How long to read in a frame, in ms. */
const SLICE = 6;

/** @typedef {{ step: number, at: number, count: number }} Sent messages between servers, but for those that only say that
 * somebody is there */
/** @typedef {{ step: number, at: number, server: number, ballot?: string }} Begun a server began to lead */

/** @typedef {{ step: number, to: number, how: "requested" | "retried" | "redirected" }} Asking of a server: for the first
 * time, after waiting in vain, or because another one said who leads */
/**
 * One operation of a client, from its call to its return.
 * @typedef {Command & {
 *   call: number, called: number, return: number | null, returned: number | undefined,
 *   result: Result | undefined, slot: number | null, after: boolean, at: number | undefined, asked: Asking[]
 * }} Operation `call` and `return` are in simulated ms, `called` and `returned` steps; `after`: it was read from a store in which
 *   the log was applied up to `slot`, and has none itself; `at`: the server asked last; `asked`: all of them, in order
 */
/** @typedef {{ operations: Operation[], verdict: HistoryView["verdict"] | undefined, since: number | null, why?: string }}
 *   History */

/** @typedef {{ quiet: (kind: string) => boolean, votes: (kind: string) => boolean }} Kinds whether messages of a kind only
 * say that somebody is there, and whether they are about voting in a slot */

/** The events that are read. */
const READ = new Set(["sent", "leads", "requested", "retried", "redirected", "reads", "answers", "answered"]);

/** The rules without which a leader answers a read from its store. */
const READS_AT_ONCE = new Set(["read-through-log", "read-after-found"]);

export class Told {
  /** @type {Operation[]} */
  #operations = [];
  /** The last one of each client. @type {Map<string, Operation>} */
  #last = new Map();
  /** @type {Sent[]} */
  #sent = [];
  /** @type {Begun[]} */
  #begun = [];
  /** @type {Record | undefined} */
  #record;
  #known = 0;

  /** About which slot each message about voting was. @type {{ step: number, slot: number }[]} */
  #votes = [];
  /** What was asked for last: nothing is counted anew in every frame. */
  #asked = {
    step: -1,
    known: -1,
    operations: /** @type {Operation[]} */ ([]),
    cost: /** @type {number | null} */ (null),
  };

  /** @param {() => void} draw asks for a frame @param {Kinds} kinds */
  constructor(draw, kinds) {
    this.draw = draw;
    this.kinds = kinds;
  }

  /** Takes in what happened in a branch. @param {Record} record @param {number} [ms] how long it may take */
  follow(record, ms = SLICE) {
    if (record !== this.#record) {
      [this.#record, this.#known] = [record, 0];
      [this.#operations, this.#sent, this.#begun, this.#votes] = [[], [], [], []];
      this.#last.clear();
    }
    const until = performance.now() + ms;
    for (; this.#known < record.count; this.#known++) {
      if (READ.has(record.name(this.#known))) this.take(record.event(this.#known));
      if (this.#known % 32 < 31 || performance.now() <= until) continue;
      this.#known++;
      return this.draw();
    }
  }

  /** @param {Event} e */
  take(e) {
    const { event, at, step, node, ballot, message, command } = e;
    const { client = command && command !== "no-op" ? command.client : undefined } = e;
    if (event === "leads" && node) this.#begun.push({ step, at, server: node, ballot });
    else if (event === "sent" && message) this.#leaves(message, step, at);
    else if (client) this.#asks(e, client);
  }

  /** @param {NonNullable<Event["message"]>} message @param {number} step @param {number} at */
  #leaves({ from, to, kind, slot }, step, at) {
    if (typeof from !== "number" || typeof to !== "number" || from === to || this.kinds.quiet(kind)) return;
    if (slot && this.kinds.votes(kind)) this.#votes.push({ step, slot });
    const last = this.#sent.at(-1);
    if (last?.step === step) last.count++;
    else this.#sent.push({ step, at, count: 1 });
  }

  /** How many events were read. */
  get known() {
    return this.#known;
  }

  /** @param {Event} e @param {string} client */
  #asks({ event, at, step, to, command, result, slot, although }, client) {
    const whom = typeof to === "number" ? to : undefined;
    if (event === "requested" && command && command !== "no-op") {
      const { seq, op } = command;
      /** @type {Operation} */
      const asked = {
        client,
        seq,
        op,
        call: at,
        called: step,
        return: null,
        returned: undefined,
        result: undefined,
        slot: null,
        after: false,
        at: whom,
        asked: whom ? [{ step, to: whom, how: event }] : [],
      };
      this.#operations.push(asked);
      this.#last.set(client, asked);
      return;
    }
    const open = this.#last.get(client);
    if (!open || open.return !== null) return;
    if (whom && (event === "retried" || event === "redirected")) {
      open.at = whom;
      open.asked.push({ step, to: whom, how: event });
    }
    // A server that leads answers from its store because it asked a quorum, or because a rule is off.
    if (event === "reads") open.after = true;
    if (event === "answers") open.after = READS_AT_ONCE.has(`${although}`);
    if (event === "answered") Object.assign(open, { return: at, returned: step, result, slot: slot ?? null });
  }

  /** The operations as they were after a step. @param {number} step @returns {Operation[]} */
  operations(step) {
    return this.#at(step).operations;
  }

  /** How many messages between servers voting took for each command that was answered, on the average.
   * @param {number} step @returns {number | null} nothing was answered yet */
  cost(step) {
    return this.#at(step).cost;
  }

  /** @param {number} step */
  #at(step) {
    if (this.#asked.step === step && this.#asked.known === this.#known) return this.#asked;
    const operations = this.#operationsAt(step);
    const slots = new Set(operations.flatMap(({ slot, after }) => (slot && !after ? [slot] : [])));
    const votes = this.#votes.filter((one) => one.step <= step && slots.has(one.slot)).length;
    this.#asked = { step, known: this.#known, operations, cost: slots.size ? votes / slots.size : null };
    return this.#asked;
  }

  /** @param {number} step @returns {Operation[]} */
  #operationsAt(step) {
    const { length } = this.#operations;
    const asked = this.#operations.slice(
      0,
      upTo(length, (i) => this.#operations[i].called, step),
    );
    return asked.map((one) => ((one.returned ?? Infinity) > step ? underWay(one, step) : one));
  }

  /** @param {number} step @returns {Sent[]} */
  sent(step) {
    return this.#sent.slice(
      0,
      upTo(this.#sent.length, (i) => this.#sent[i].step, step),
    );
  }

  /** @param {number} step @returns {Begun[]} */
  begun(step) {
    return this.#begun.filter((begun) => begun.step <= step);
  }

  /** What clients asked and were told, with what was found out about it, if anybody looked.
   * @param {View} view @returns {History} */
  history({ step, violations, history }) {
    const broken = violations.find(({ invariant }) => invariant === "linearizable");
    return {
      operations: this.operations(step),
      verdict: history?.verdict ?? (broken ? "not" : undefined),
      since: history?.since ?? broken?.step ?? null,
      why: broken?.why,
    };
  }
}

/** An operation as it was before it was answered. @param {Operation} one @param {number} step @returns {Operation} */
function underWay(one, step) {
  const asked = one.asked.filter((it) => it.step <= step);
  return { ...one, asked, at: asked.at(-1)?.to, return: null, returned: undefined, result: undefined, slot: null };
}

/** @type {WeakMap<Store, Told>} */
const all = new WeakMap();

/** What is known of the run that is shown, for every part that shows something of it. @param {Store} store */
export function toldOf(store) {
  /** @type {Kinds} */
  const kinds = { quiet: (kind) => !!store.protocol.quiet?.(kind), votes: (kind) => !!store.protocol.votes?.(kind) };
  const told = all.get(store) ?? new Told(() => store.draw(), kinds);
  all.set(store, told);
  return told;
}
