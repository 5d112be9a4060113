// The facts about one client, term by term, and what may be done to it: shown when it is selected.

import { h } from "../shared/dom.js";
import { links } from "../shared/server-facts.js";
import { outcome, written } from "../shared/operations.js";
/** @import { ClientView, EndId, MessageView, Target, View } from "../engine/engine.js" */
/** @import { Fact, Item } from "../shared/facts.js" */
/** @import { Operation } from "./asked.js" */

/** @typedef {(target: Target) => void} Select */

const times = (/** @type {number} */ n) => (n === 1 ? "once" : n === 2 ? "twice" : `${n} times`);

/** Whom it asks, and after how many others it came to that. @param {Operation | undefined} open @param {number} at */
export function whom(open, at) {
  const count = (/** @type {string} */ how) => open?.asked.filter((it) => it.how === how).length ?? 0;
  const [retried, redirected] = [count("retried"), count("redirected")];
  const before = [retried && `asked again ${times(retried)}`, redirected && `sent on ${times(redirected)}`];
  return [`server ${at}`, ...before.filter(Boolean)].join(", ");
}

/** What it was told last. @param {Operation[]} answered */
export function latest(answered) {
  const last = answered.at(-1);
  if (!last) return "no operation yet";
  const many = answered.length === 1 ? "one operation" : `${answered.length} operations, the last one`;
  const slot = last.slot ? `, ${last.after ? "after" : "from"} slot ${last.slot}` : "";
  return `${many}: ${written(last.op)} → ${outcome(last.op, last.result, last.slot)}${slot}, at ${last.return} ms`;
}

/** @param {View} view @param {ClientView} client @param {Operation[]} operations of all clients @param {Select} select
 * @returns {Fact[]} */
export function facts(view, { id, seq, waiting }, operations, select) {
  const own = operations.filter(({ client }) => client === id);
  const open = own.find((one) => one.seq === seq && one.return === null);
  const answered = own.filter((one) => one.return !== null);
  const told = latest(answered);
  const ask = waiting ? `${written(waiting.op)} (its operation ${seq})` : "nothing now";
  const since = waiting && `${waiting.since} ms, for ${view.at - waiting.since} ms`;
  const at = waiting && whom(open, waiting.at);
  const under = view.messages.filter(({ from, to }) => from === id || to === id);
  /** @type {(Fact | false | null | "")[]} */
  const all = [
    ["asks for", ask, () => [ask]],
    since && ["waits since", since, () => [since]],
    at && ["asks", at, () => [at]],
    under.length > 0 && [
      "under way",
      under.map((m) => [m.id, m.status]),
      () => under.map((m) => message(m, id, select)),
    ],
    ["was told", told, () => [told]],
    links(view, { id }, select),
  ];
  return all.filter((fact) => !!fact);
}

/** The way to a message of a client, where it can be dropped or held. @param {MessageView} m @param {EndId} id
 * @param {Select} select */
function message(m, id, select) {
  const ends = m.from === id ? `${m.kind} to ${m.to}` : `${m.kind} from ${m.from}`;
  const held = m.status === "held" ? ", held" : "";
  return h("button", { class: "link-to", onclick: () => select({ message: m.id }) }, `${ends}${held}`);
}

/** Cuts all of its links at once, or mends them. @param {View} view @param {string} id
 * @param {(of: Target) => Item[]} choices @param {string | null} locked why nothing can be done @returns {Item[]} */
export function cuts(view, id, choices, locked) {
  /** @type {Target[]} */
  const ways = view.nodes.flatMap((node) => [{ link: [id, node.id] }, { link: [node.id, id] }]);
  const each = ways.flatMap(choices);
  return [
    { type: "cut", name: "Isolate", key: "i", none: "All of its links are cut already." },
    { type: "mend", name: "Rejoin", key: "j", none: "None of its links is cut." },
  ].map(({ type, name, key, none }) => {
    const all = each.filter((item) => item.acts?.[0].type === type);
    const acts = all.flatMap(({ why, acts = [] }) => (why ? [] : acts));
    return { name, key, acts, why: locked ?? (acts.length ? null : none) };
  });
}
