// The facts about one server or one message of a log, term by term: loaded when a person first selects a thing.

import { spoken, told } from "../../shared/operations.js";
import { arrival, links, waiting } from "../../shared/server-facts.js";
import { spelled } from "../../shared/spelling.js";
import { chip } from "../../shared/values.js";
import { card, chips, gap, ofLog as serverOf } from "./card.js";
import { isRefusal, ofLog, who } from "./kinds.js";
/** @import { LogNodeView, MessageView, NodeView, Target, View } from "../../engine/engine.js" */
/** @import { Fact } from "../../shared/facts.js" */
/** @import { Values } from "../../shared/values.js" */

/** So many votes of a promise are told one by one. */
const FEW = 4;

/** Of which facts a table of the moment has columns. */
export const columns = {
  servers: ["is", "promises", "confirmed", "reads", "promised", "chosen to", "applied", "snapshot", "store", "outbox"],
  messages: ["status", "sent", "arrives", "slot", "command", "result", "reports", "because"],
};

/** @param {View} view @param {NodeView} given @param {Values} values @param {(target: Target) => void} select
 * @returns {Fact[]} */
export function node(view, given, values, select) {
  const { doing, gathering } = card(given, view.quorums, view);
  const { reads } = serverOf(given);
  /** @type {(Fact | false | null)[]} */
  const facts = [
    ["is", doing, () => [doing]],
    gathering && [
      gathering.what,
      gathering,
      () => [`${Math.min(gathering.from.length, gathering.needed)} of ${gathering.needed} needed`],
    ],
    ...knowing(serverOf(given)),
    !!reads && ["reads", reads, () => [`${reads.waiting} without a slot ${reads.waiting > 1 ? "wait" : "waits"}`]],
    ["promised", given.promised, () => [given.promised ?? "nothing"]],
    disk(given, values),
    ...waiting(view, given),
    links(view, given, select),
  ];
  return facts.filter((fact) => !!fact);
}

/** What it knows of the log, and what that came to. @param {LogNodeView} node @returns {(Fact | false)[]} */
function knowing(node) {
  const { chosenTo = 0, applied = 0, keptFrom = 1, store, sessions, snapshot } = node;
  const missing = gap({ applied, chosenTo, learned: node.learned });
  const clients = Object.entries(sessions ?? {}).map(([client, seq]) => `${client} ${seq}`);
  const some = store?.some.map(([key, value]) => `${spelled(key)}=${spelled(value)}`) ?? [];
  const more = (store?.keys ?? 0) - some.length;
  return [
    ["chosen to", chosenTo, () => [chosenTo ? `slot ${chosenTo}` : "nothing is known to be chosen"]],
    [
      "applied",
      [applied, missing],
      () => [`${applied ? `to slot ${applied}` : "nothing"}${missing ? `; it lacks slot ${missing}` : ""}`],
    ],
    !!snapshot && [
      "snapshot",
      snapshot,
      () => [snapshot.to == null ? "none is durable yet" : `up to slot ${snapshot.to}`],
    ],
    keptFrom > 1 && ["votes kept", keptFrom, () => [`from slot ${keptFrom} on`]],
    ["store", [store], () => [some.join(", ") || "empty", more > 0 && ` and ${more} more`]],
    clients.length > 0 && ["served", clients, () => [`last operations of clients: ${clients.join(", ")}`]],
  ];
}

/** @param {NodeView} node @param {Values} values @returns {Fact} */
function disk(node, values) {
  const records = chips(node.disk);
  const none = node.disk.lost ? "lost" : "empty";
  return [
    "disk",
    [records, node.disk.lost],
    () => (records.length ? records.map((record) => chip(record, values)) : [none]),
  ];
}

/** @param {View} view @param {MessageView} given @returns {Fact[]} */
export function message(view, given) {
  const m = ofLog(given);
  const { command, result, accepted } = m;
  const votes = accepted?.slice(0, FEW).map((vote) => `slot ${vote.slot}: ${spoken(vote.command)} at ${vote.ballot}`);
  const more = (accepted?.length ?? 0) - FEW;
  /** @type {[string, string | false | null | undefined][]} */
  const rows = [
    ["status", m.status.replaceAll("-", " ")],
    ["sent", m.sentAt != null && `at ${m.sentAt} ms`],
    ["arrives", arrival(view, given)],
    ["slot", !!m.slot && `${m.slot}`],
    ["command", command != null && spoken(command)],
    ["result", result !== undefined && told(result)],
    ["leader", m.leader !== undefined && (m.leader ? who(m.leader) : "unknown")],
    ["because", isRefusal(m.kind) && m.promised && `server ${m.from} promised ${m.promised}`],
    ["holds", m.keys !== undefined && `${m.keys} keys and what ${m.sessions} clients were told last`],
    ["votes kept", !!m.keptFrom && m.keptFrom > 1 && `from slot ${m.keptFrom} on: of those below it says nothing`],
    ["reports", votes && (votes.length ? `${votes.join("; ")}${more > 0 ? `; and ${more} more` : ""}` : "no vote")],
  ];
  /** @type {Fact[]} */
  const facts = [];
  for (const [term, text] of rows) if (text) facts.push([term, text, () => [text]]);
  return facts;
}
