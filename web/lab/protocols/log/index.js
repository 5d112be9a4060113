// A replicated log, as the page shows it: everything on the page that knows what its messages are called. Loaded when a
// run of this protocol is shown.

import { card, chips, needed } from "./card.js";
import { Clients } from "./clients.js";
import {
  beside,
  called,
  carried,
  chosen,
  isRefusal,
  isReply,
  manner,
  middles,
  named,
  names,
  quiet,
  shapes,
  tint,
  votes,
} from "./kinds.js";
import { meet, middle } from "./world.js";

/** @param {number} attempt a browser may remember for an address that there was nothing
 * @returns {Promise<typeof import("./details.js")>} what is told of a selected thing */
const details = (attempt) =>
  attempt ? import(new URL(`./details.js?${attempt}`, import.meta.url).href) : import("./details.js");

/** What a message asks or answers, in a sentence. @param {import("../../engine/engine.js").MessageView} m
 * @returns {Promise<string>} */
const sentence = async (m) => (await import("./legend.js")).sentence(m);

/** @returns {Promise<[kind: string, says: string][]>} every kind of message with its meaning */
const legend = async () => (await import("./legend.js")).legend();

/** @returns {Promise<[says: string, goal: object[]][]>} what a question may ask a person to bring about */
const goals = async () => (await import("./goals.js")).goals;

/** @returns {Promise<{ word: RegExp, says: string }[]>} the words that are explained where they are used first */
const words = async () => (await import("./words.js")).words;

/** What stands under the stage where cards are too small for words. */
const small = { micro: "→ follows, c chosen to, a applied", dot: "in colour: wants to lead, or does" };

export const log = {
  /** As in a view. */
  name: "log",
  beside,
  called,
  card,
  carried,
  chips,
  chosen,
  details,
  goals,
  isRefusal,
  isReply,
  legend,
  manner,
  middles,
  named,
  names,
  needed,
  sentence,
  shapes,
  small,
  tint,
  words,

  // What only a log has.

  /** Its styles. */
  sheet: new URL("./log.css", import.meta.url),
  /** Draws the clients on the stage. @returns {Clients} */
  clients: () => new Clients(),
  meet,
  middle,
  quiet,
  votes,
};
