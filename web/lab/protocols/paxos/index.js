// Single-decree Paxos, as the page shows it: everything on the page that knows what its messages are called.

import { card, chips, needed } from "./card.js";
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
  shapes,
  tint,
} from "./kinds.js";

/** What is told of a selected thing, loaded when a person first selects one.
 * @param {number} attempt a browser may remember
 * for an address that there was nothing, and another query is another address
 * @returns {Promise<typeof import("./details.js")>} */
const details = (attempt) =>
  attempt ? import(new URL(`./details.js?${attempt}`, import.meta.url).href) : import("./details.js");

/** What its messages mean, in a language. @param {string} [lang] */
const meant = (lang) => (lang === "de" ? import("./de.js") : import("./legend.js"));

/** What a message asks or answers, in a sentence. @param {import("../../engine/engine.js").MessageView} m
 * @param {string} [lang] @returns {Promise<string>} */
const sentence = async (m, lang) => (await meant(lang)).sentence(m);

/** @param {string} [lang] @returns {Promise<[kind: string, says: string][]>} every kind of message with its meaning, in
 * the order of the protocol */
const legend = async (lang) => (await meant(lang)).legend();

/** @returns {Promise<[says: string, goal: object[]][]>} what a question may ask a person to bring about */
const goals = async () => (await import("./goals.js")).goals;

/** @param {string} [lang] @returns {Promise<{ word: RegExp, says: string }[]>} the words that are explained where they are
 * used first */
const words = async (lang) => (await (lang === "de" ? import("./de.js") : import("./words.js"))).words;

/** What stands under the stage where cards are too small for words. */
const small = { micro: "p promised, a accepted, l learned", dot: "rim: accepted, filled: learned" };

export const paxos = {
  /** As in a view. */
  name: "single",
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
};
