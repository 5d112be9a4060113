// The kinds of messages of a replicated log. The five of Paxos look as they do there: each is about a slot now, or about
// all slots from one on. A log has some more: what servers say to be heard, what they fetch, and what clients ask.

import { brief, told } from "../../shared/operations.js";
/** @import { LogKind, LogMessageView, MessageView } from "../../engine/engine.js" */
/** @import { Values } from "../../shared/values.js" */

/** @typedef {{ manner: string, shape: string, name: string, middle: number }} Kind as those of Paxos */

const TRIANGLE = "M0-11.5 11.5 8.5H-11.5Z";
const SQUARE = "M-9-9H9V9H-9Z";
const CROSS = "M-7-7 7 7M7-7-7 7";
const DOT = "M0-4.2a4.2 4.2 0 1 0 .01 0Z";
const DIAMOND = "M0-12 10.8 0 0 12-10.8 0Z";
const SHEET = "M-8.5-9H8.5V3L0 10.5-8.5 3Z";
const DRUM = "M-9-6A9 3.6 0 0 1 9-6V6.5A9 3.6 0 0 1-9 6.5ZM-9-6A9 3.6 0 0 0 9-6";
const PILL = "M-4.5-7.5H4.5A7.5 7.5 0 0 1 4.5 7.5H-4.5A7.5 7.5 0 0 1-4.5-7.5Z";

/** @type {Record<LogKind, Kind>} */
const KINDS = {
  request: { manner: "request", shape: PILL, middle: 0, name: "a client asks" },
  prepare: { manner: "request", shape: TRIANGLE, middle: 2.6, name: "wants to lead" },
  promise: { manner: "reply", shape: TRIANGLE, middle: 2.6, name: "promises, and tells its votes" },
  accept: { manner: "request", shape: SQUARE, middle: 0, name: "asks for a vote in a slot" },
  accepted: { manner: "reply", shape: SQUARE, middle: 0, name: "voted" },
  confirm: { manner: "request", shape: DIAMOND, middle: 0, name: "asks whether it still leads" },
  confirmed: { manner: "reply", shape: DIAMOND, middle: 0, name: "says that it does" },
  nack: { manner: "reply refusal", shape: CROSS, middle: 0, name: "refuses" },
  answer: { manner: "reply", shape: PILL, middle: 0, name: "a client is told" },
  fetch: { manner: "request", shape: SHEET, middle: -1, name: "asks for chosen slots" },
  fetched: { manner: "reply", shape: SHEET, middle: -1, name: "tells chosen slots" },
  snapshot: { manner: "reply", shape: DRUM, middle: 2, name: "hands over a snapshot" },
  heartbeat: { manner: "request quietly", shape: DOT, middle: 0, name: "says it is there" },
};

/** @param {string} name @returns {Kind} throws for a kind that a log does not have */
export function kind(name) {
  if (!Object.hasOwn(KINDS, name)) throw new Error(`A log has no message of the kind “${name}”.`);
  return KINDS[/** @type {LogKind} */ (name)];
}

/** The path of each kind. @type {Record<string, string>} */
export const shapes = Object.fromEntries(Object.entries(KINDS).map(([name, { shape }]) => [name, shape]));

/** Where what is inside of each kind is centred. @type {Record<string, number>} */
export const middles = Object.fromEntries(Object.entries(KINDS).map(([name, { middle }]) => [name, middle]));

/** The names of what is seen in the legend, in the order of the protocol. */
export const names = Object.values(KINDS).map(({ name }) => name);

/** What a message is called in the legend. @param {{ kind: string }} message */
export const named = (message) => kind(message.kind).name;

/** How messages of a kind are drawn: classes of the style sheet. @param {string} name */
export const manner = (name) => kind(name).manner;

/** Whether messages of a kind answer others. @param {string} name */
export const isReply = (name) => kind(name).manner.startsWith("reply");

/** Whether messages of a kind refuse what was asked. @param {string} name */
export const isRefusal = (name) => kind(name).manner.endsWith("refusal");

/** Whether messages of a kind only say that somebody is there. @param {string} name */
export const quiet = (name) => kind(name).manner.endsWith("quietly");

/** Whether messages of a kind are about voting in a slot: what each command costs, whoever leads. @param {string} name */
export const votes = (name) => name === "accept" || name === "accepted";

/** A log has no values of one glyph each: a mark carries none. @returns {string | null} */
export const carried = () => null;

/** The message as what it is: the page's parts hand on what they were given.
 * @param {Partial<MessageView>} m @returns {LogMessageView} */
export const ofLog = (m) => /** @type {any} */ (m);

/** What is written beside a message: its slot, or what a client asks or is told.
 * @param {Partial<MessageView>} message @returns {string} nothing beside the quiet ones */
export function beside(message) {
  const { kind: name, ballot, slot, command, reply, result, leader } = ofLog(message);
  const op = command && command !== "no-op" ? command.op : null;
  switch (name) {
    case "accept":
      return slot ? `${slot}` : "";
    case "accepted":
      return slot ? `${slot} ✓` : "✓";
    case "request":
      return op ? brief(op) : "";
    case "answer":
      if (reply === "not-leader") return leader ? `ask ${leader}` : "not me";
      if (reply === "expired") return "forgotten";
      return result === undefined ? "" : told(result);
    case "snapshot":
      return slot ? `to ${slot}` : "";
    case "heartbeat":
    case "fetch":
    case "fetched":
      return "";
    default:
      return ballot ?? "";
  }
}

/** The colour of a message: that of its ballot. @param {Partial<MessageView>} message
 * @param {{ values: Values, ballots: Values }} looks */
export const tint = ({ ballot }, { ballots }) => (ballot ? ballots.of(ballot).colour : undefined);

/** @param {string | number} end */
export const who = (end) => `${typeof end === "number" ? "server" : "client"} ${end}`;

/** What a message is called over its details. @param {MessageView} message */
export function called(message) {
  const { kind: name, ballot, slot, from, to } = message;
  const about = [name, ballot, slot ? `slot ${slot}` : ""].filter(Boolean).join(" ");
  const ends = typeof from === typeof to ? `${who(from)} to ${to}` : `${who(from)} to ${who(to)}`;
  return `${about} · ${ends}`;
}

/** What was chosen is in the panel of the log, slot by slot, and not in the middle of the stage.
 * @returns {MessageView[] & { quorum: number[], value: string, slot: number, ballot: string }[]} */
export const chosen = () => [];
