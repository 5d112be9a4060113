// The protocols that the page can show. This is the only module that imports one. A view names its protocol
// (`view.protocol`); each part that draws servers or messages is given that protocol, and knows no kind of message
// itself.

import { late } from "../engine/late.js";
import { paxos } from "./paxos/index.js";

/** @typedef {typeof import("./log/index.js").log} Log */
/** What the page needs to know of a protocol, and what only some have.
 * @typedef {Omit<typeof paxos, "card"> & Pick<Log, "card"> &
 *   Partial<Pick<Log, "sheet" | "clients" | "meet" | "middle" | "quiet" | "votes">>} Protocol */

/** What every first visit shows is here at once; any other is to be loaded when a run asks for it.
 * @type {Record<string, Protocol>} */
const PROTOCOLS = { single: paxos };

/** @type {() => Promise<typeof import("./log/index.js")>} */
const log = late(
  (attempt) =>
    attempt ? import(new URL(`./log/index.js?${attempt}`, import.meta.url).href) : import("./log/index.js"),
  "What shows a replicated log did not load. Check that the page is online, and try again.",
);

/** @param {string} name as in a view @returns {Promise<Protocol>} rejects if this page is older than the engine */
export async function loadProtocol(name) {
  if (Object.hasOwn(PROTOCOLS, name)) return PROTOCOLS[name];
  if (name === "log") return (await log()).log;
  throw new Error(`This page cannot show the protocol “${name}”. Reload it to get a newer one.`);
}
