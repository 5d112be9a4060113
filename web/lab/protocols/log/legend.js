// What each kind of message of a log means, in words: loaded when a person first asks.

import { toItself } from "../../shared/server-facts.js";
import { told as resulted, spoken, written } from "../../shared/operations.js";
import { ofLog, who } from "./kinds.js";
/** @import { LogKind, LogMessageView, MessageView } from "../../engine/engine.js" */

/** @type {Record<LogKind, string>} */
const MEANS = {
  request: "please do this, once",
  prepare: "may I lead, in every slot from this one on?",
  promise: "nothing lower from now on; these are my votes",
  accept: "please vote for this command in this slot",
  accepted: "done, and on disk",
  confirm: "do I still lead, as far as you know?",
  confirmed: "you do: I have promised nothing higher",
  nack: "promised a higher number already",
  answer: "it is done, and this came of it",
  fetch: "which commands were chosen here?",
  fetched: "these were chosen",
  snapshot: "I do not keep those slots: this is what they came to",
  heartbeat: "I am here, and this is what I follow",
};

/** Every kind with its meaning, in the order of the protocol. @returns {[kind: string, says: string][]} */
export const legend = () => Object.entries(MEANS).map(([kind, means]) => [kind, `${kind}: ${means}`]);

/** A sentence begins with a capital. @param {string} text */
const capital = (text) => text[0].toUpperCase() + text.slice(1);

/** What a client asked, as far as a message says. @param {LogMessageView} m */
const asked = ({ command }) => (command && command !== "no-op" ? written(command.op) : "its operation");

/** @param {LogMessageView} m */
function told({ reply, result, leader }) {
  if (reply === "not-leader") return leader ? `I do not lead, ask server ${leader}` : "I do not lead";
  if (reply === "expired") return "you were forgotten, and this may have happened before";
  if (reply === "old" || result === undefined) return "a later operation of yours has taken effect";
  return resulted(result);
}

/** @type {Record<LogKind, (m: LogMessageView) => string>} */
const SENTENCES = {
  request: (m) => `Client ${m.from} asks server ${m.to}: ${asked(m)}.`,
  answer: (m) => `Server ${m.from} tells client ${m.to}: ${told(m)}.`,
  prepare: ({ from, to, ballot, slot }) =>
    `Server ${from} asks server ${to} to let it lead at ${ballot}${slot ? `, from slot ${slot} on` : ""}.`,
  promise: ({ from, to, ballot, accepted }) =>
    `Server ${from} promises server ${to} to refuse every ballot below ${ballot}, and tells ${votes(accepted?.length)}.`,
  accept: ({ from, to, ballot, slot, command }) =>
    `Server ${from} asks server ${to} to vote for ${spoken(command)}${slot ? ` in slot ${slot}` : ""}, at ${ballot}.`,
  accepted: ({ from, to, ballot, slot }) =>
    `Server ${from} tells server ${to} that it has voted${slot ? ` in slot ${slot}` : ""}, at ${ballot}.`,
  confirm: ({ from, to, ballot }) => `Server ${from} asks server ${to} whether it still leads at ${ballot}.`,
  confirmed: ({ from, to, ballot }) =>
    `Server ${from} tells server ${to} that it knows of no promise of its own above ${ballot}.`,
  nack: ({ from, to, ballot, promised }) =>
    `Server ${from} refuses ${ballot} to server ${to}: it has promised ${promised ?? "a higher ballot"}.`,
  fetch: ({ from, to, slot }) =>
    `Server ${from} asks server ${to} for what was chosen${slot ? ` from slot ${slot} on` : ""}.`,
  fetched: ({ from, to }) => `Server ${from} tells server ${to} what was chosen.`,
  snapshot: ({ from, to, slot }) =>
    `Server ${from} hands server ${to} its store and its sessions${slot ? `, as they were after slot ${slot}` : ""}.`,
  heartbeat: ({ from, to }) => `${capital(who(from))} tells ${who(to)} that it is there.`,
};

/** @param {number} [many] */
const votes = (many) => (many ? `${many} ${many > 1 ? "votes" : "vote"}` : "no vote");

/** What a message asks or answers. @param {MessageView} m @returns {string} */
export const sentence = (m) => toItself(SENTENCES[ofLog(m).kind](ofLog(m)), m);
