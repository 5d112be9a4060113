// The protocols that the page can show. This is the only module that imports one. A view names its protocol
// (`view.protocol`); each part that draws servers or messages is given that protocol, and knows no kind of message
// itself.

import { paxos } from "./paxos/index.js";

/** What the page needs to know of a protocol. @typedef {typeof paxos} Protocol */

/** What every first visit shows is here at once; any other is to be loaded when a run asks for it.
 * @type {Record<string, Protocol>} */
const PROTOCOLS = { single: paxos };

/** @param {string} name as in a view @returns {Promise<Protocol>} rejects if this page is older than the engine */
export async function loadProtocol(name) {
  if (Object.hasOwn(PROTOCOLS, name)) return PROTOCOLS[name];
  throw new Error(`This page cannot show the protocol “${name}”. Reload it to get a newer one.`);
}
