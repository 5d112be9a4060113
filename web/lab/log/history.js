// What the lanes of clients show: each operation from its call to its return, on the time axis of the run. Nothing is drawn
// here.

import { keyOf, outcome, parts, written } from "../shared/operations.js";
/** @import { History, Operation } from "./asked.js" */

/** What stands in an operation: what was asked, and what came of it. @param {Operation} operation */
export function label({ op, result, slot, return: back }) {
  return back === null ? `${written(op)} …` : `${written(op)} → ${outcome(op, result, slot)}`;
}

/** The operations of which something is between two times, by client. @param {Operation[]} operations
 * @param {string[]} clients @param {number} from ms @param {number} to ms @returns {Operation[][]} */
export function lanes(operations, clients, from, to) {
  /** @type {Map<string, Operation[]>} */
  const all = new Map(clients.map((client) => [client, []]));
  for (const operation of operations)
    if (operation.call <= to && (operation.return ?? Infinity) >= from) all.get(operation.client)?.push(operation);
  return [...all.values()];
}

/** The operation that no order explains. @param {History} history @param {number | null} at when that was found out,
 * in simulated ms @returns {Operation | undefined} */
export function guilty({ operations, verdict, since }, at) {
  if (verdict !== "not") return undefined;
  return (
    operations.find((operation) => operation.returned !== undefined && operation.returned === since) ??
    operations.findLast((operation) => operation.return !== null && operation.return === at)
  );
}

/** A person's words for what an operation told. @param {Operation} operation */
function told(operation) {
  const { client, op, result, return: back } = operation;
  const [name, [key]] = parts(op);
  if (name === "get") {
    const value = result == null ? `${key} has no value` : `${key} = ${outcome(op, result)}`;
    return `Client ${client} was told ${value} at ${back} ms.`;
  }
  return `Client ${client} was told “${outcome(op, result)}” for ${written(op)} at ${back} ms.`;
}

/** What was known before an operation that no order explains: the last answer about its key before it was asked.
 * @param {History} history @param {Operation} bad @returns {Operation | undefined} */
const before = ({ operations }, bad) =>
  operations
    .filter(({ op, return: back }) => keyOf(op) === keyOf(bad.op) && back !== null && back < bad.call)
    .toSorted((a, b) => (b.return ?? 0) - (a.return ?? 0))
    .at(0);

/** Why a history is not linearizable, in sentences. @param {History} history @param {Operation | undefined} bad
 * @returns {string} */
export function explain(history, bad) {
  if (!bad) return history.why ?? "No order of the operations explains all that clients were told.";
  const first = before(history, bad);
  const known = first
    ? ` Before it asked, client ${first.client} had been told “${outcome(first.op, first.result)}” for ${written(first.op)}, at ${first.return} ms.`
    : "";
  if (history.why) return `${history.why}${known}`;
  return `${told(bad)}${known} No order of these operations explains ${first ? "both" : "that"}.`;
}

/** Whether clients saw what one store would have shown them, in words. @param {History} history
 * @param {Operation | undefined} bad @returns {{ title: string, says: string, look: "good" | "bad" | "open" }} */
export function verdict(history, bad) {
  const answered = history.operations.filter((operation) => operation.return !== null).length;
  const { since } = history;
  if (history.verdict === "not") {
    const from = since === null ? "" : `, from step ${since} on`;
    return { title: `Not linearizable${from}`, says: explain(history, bad), look: "bad" };
  }
  if (!history.verdict) return { title: "Linearizable?", says: "Not decided: nobody has looked yet.", look: "open" };
  if (history.verdict === "unknown") {
    const from = since === null ? "" : ` from step ${since} on`;
    const says = `There are too many orders to try them all${from}. That is no pass.`;
    return { title: "Linearizable: not decided", says, look: "open" };
  }
  if (!answered) return { title: "Linearizable?", says: "No client was answered yet: nothing to judge.", look: "open" };
  const many = answered === 1 ? "The one answer fits" : `All ${answered} answers fit`;
  return { title: "Linearizable so far", says: `${many} one store that does one thing at a time.`, look: "good" };
}
