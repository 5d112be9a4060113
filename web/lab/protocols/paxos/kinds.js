// The five kinds of messages of Paxos. Shape tells the phase; filled asks, outlined answers, a cross refuses.

/** @import { MessageView } from "../../engine/engine.js" */

/** @typedef {"request" | "reply" | "refusal"} Manner a refusal is a reply as well */
/**
 * @typedef {object} Kind
 * @property {Manner} manner
 * @property {string} shape a path in a box of about 20 around 0,0
 */

const TRIANGLE = "M0-9 9.5 7H-9.5Z";
const SQUARE = "M-7-7H7V7H-7Z";
const CROSS = "M-6-6 6 6M6-6-6 6";

/** @type {Record<MessageView["kind"], Kind>} */
const KINDS = {
  prepare: { manner: "request", shape: TRIANGLE },
  promise: { manner: "reply", shape: TRIANGLE },
  accept: { manner: "request", shape: SQUARE },
  accepted: { manner: "reply", shape: SQUARE },
  nack: { manner: "refusal", shape: CROSS },
};

/** @param {string} name @returns {Kind} throws for a kind that Paxos does not have */
export function kind(name) {
  const known = Object.hasOwn(KINDS, name) && KINDS[/** @type {MessageView["kind"]} */ (name)];
  if (!known) throw new Error(`Paxos has no message of the kind “${name}”.`);
  return known;
}

/** The path of each kind. @type {Record<string, string>} */
export const shapes = Object.fromEntries(Object.entries(KINDS).map(([name, { shape }]) => [name, shape]));

/** How messages of a kind are drawn: classes of the style sheet. @param {string} name @returns {string} */
export function manner(name) {
  const { manner } = kind(name);
  return manner === "refusal" ? "reply refusal" : manner;
}

/** Whether messages of a kind answer others. @param {string} name @returns {boolean} */
export const isReply = (name) => kind(name).manner !== "request";

/** Whether messages of a kind refuse what was asked. @param {string} name @returns {boolean} */
export const isRefusal = (name) => kind(name).manner === "refusal";

/** The value a message speaks of: its own, or the one it reports.
 * @param {Pick<MessageView, "value" | "accepted">} message
 * @returns {string | null} */
export const carried = ({ value, accepted }) => value ?? accepted?.[0]?.value ?? null;
