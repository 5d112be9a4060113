// The five kinds of messages of Paxos. Shape tells the phase; filled asks, outlined answers, a cross refuses.

/** @import { MessageView, View } from "../../engine/engine.js" */
/** @import { Values } from "../../shared/values.js" */

/** @typedef {"request" | "reply" | "refusal"} Manner a refusal is a reply as well */
/**
 * @typedef {object} Kind
 * @property {Manner} manner
 * @property {string} shape a path in a box of about 24 around 0,0
 * @property {string} name what it does, in the legend
 * @property {number} middle where a glyph inside of it is centred, in units below 0,0
 */

const TRIANGLE = "M0-11.5 11.5 8.5H-11.5Z";
const SQUARE = "M-9-9H9V9H-9Z";
const CROSS = "M-7-7 7 7M7-7-7 7";

/** @type {Record<MessageView["kind"], Kind>} */
const KINDS = {
  prepare: { manner: "request", shape: TRIANGLE, middle: 2.6, name: "asks for a promise" },
  promise: { manner: "reply", shape: TRIANGLE, middle: 2.6, name: "promises" },
  accept: { manner: "request", shape: SQUARE, middle: 0, name: "asks for a vote" },
  accepted: { manner: "reply", shape: SQUARE, middle: 0, name: "voted" },
  nack: { manner: "refusal", shape: CROSS, middle: 0, name: "refuses" },
};

/** @param {string} name @returns {Kind} throws for a kind that Paxos does not have */
export function kind(name) {
  const known = Object.hasOwn(KINDS, name) && KINDS[/** @type {MessageView["kind"]} */ (name)];
  if (!known) throw new Error(`Paxos has no message of the kind “${name}”.`);
  return known;
}

/** The path of each kind. @type {Record<string, string>} */
export const shapes = Object.fromEntries(Object.entries(KINDS).map(([name, { shape }]) => [name, shape]));

/** Where the glyph in each kind is centred. @type {Record<string, number>} */
export const middles = Object.fromEntries(Object.entries(KINDS).map(([name, { middle }]) => [name, middle]));

const TELLS = "promises, and tells its vote";

/** The names of what is seen in the legend, in the order of the protocol. */
export const names = Object.values(KINDS).flatMap(({ name }) => (name === KINDS.promise.name ? [name, TELLS] : [name]));

/** What a message is called in the legend. @param {Pick<MessageView, "kind" | "accepted">} message @returns {string} */
export const named = ({ kind: name, accepted }) => (name === "promise" && accepted?.length ? TELLS : kind(name).name);

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

/** What is written beside a message: its ballot while there are several. @param {Pick<MessageView, "ballot">} message
 * @param {boolean} several ballots are on the stage */
export const beside = ({ ballot }, several) => (several ? ballot : "");

/** The colour of a message: that of the value it is about, if it is its own.
 * @param {Pick<MessageView, "value">} message @param {{ values: Values, ballots: Values }} looks */
export const tint = ({ value }, { values }) => (value == null ? undefined : values.of(value).colour);

/** What a message is called over its details. @param {MessageView} message */
export const called = ({ kind, ballot, from, to }) => `${kind} ${ballot} · server ${from} to ${to}`;

/** What was chosen, with who chose it. @param {View} view */
export const chosen = (view) => view.chosen;
