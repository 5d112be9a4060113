// What each kind of message means, in words: loaded when a person first asks.

import { toItself } from "../../shared/server-facts.js";
import { told } from "../../shared/spelling.js";
/** @import { MessageView } from "../../engine/engine.js" */

/** @type {Record<MessageView["kind"], string>} */
const MEANS = {
  prepare: "will you promise this number?",
  promise: "nothing lower from now on",
  accept: "please accept this value",
  accepted: "done, and on disk",
  nack: "promised a higher number already",
};

/** Every kind with its meaning, in the order of the protocol. @returns {[kind: string, says: string][]} */
export const legend = () => Object.entries(MEANS).map(([kind, means]) => [kind, `${kind}: ${means}`]);

/** @type {Record<MessageView["kind"], (m: MessageView) => string>} */
const SENTENCES = {
  prepare: ({ from, to, ballot }) =>
    `Server ${from} asks server ${to}: promise to refuse every ballot below ${ballot}.`,
  promise: ({ from, to, ballot, accepted }) => {
    const vote = accepted?.at(0);
    const tells = vote ? `its last vote was ${told(vote.value)} at ${vote.ballot}` : "it has voted for nothing";
    return `Server ${from} promises server ${to} to refuse every ballot below ${ballot}, and says that ${tells}.`;
  },
  accept: ({ from, to, ballot, value }) =>
    `Server ${from} asks server ${to} to vote for ${told(value ?? "")} at ${ballot}.`,
  accepted: ({ from, to, ballot, value }) =>
    `Server ${from} tells server ${to} that it has voted for ${told(value ?? "")} at ${ballot}.`,
  nack: ({ from, to, ballot, promised }) =>
    `Server ${from} refuses ${ballot} to server ${to}: it has promised ${promised ?? "a higher ballot"}.`,
};

/** What a message asks or answers. @param {MessageView} m @returns {string} */
export const sentence = (m) => toItself(SENTENCES[m.kind](m), m);
