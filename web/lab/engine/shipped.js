// The runs that come with the site: scenarios, the runs that break without a rule, the challenges. Plain files beside
// the page, found by name: showing one needs no second engine.

import { SITE } from "../../site.js";
import { file } from "./files.js";
import { unknown as noSuch } from "./names.js";
import { origins } from "./origins.js";
/** @import { Run } from "./engine.js" */

/** @typedef {{ name: string, title: string, about: string }} Entry */
/** @typedef {{ name: string, rule: string, title: string, address: string }} Counterexample `address`:
 * on Quorum's own page, where there is one */

/** Every scenario there is, in the order they teach. @returns {Promise<Entry[]>} */
export const scenarios = () => file("index");

/** Those of a replicated log, a list of their own. @returns {Promise<Entry[]>} */
export const logScenarios = () => file("log");

/** Every challenge there is, in the order in which they are set. @returns {Promise<Entry[]>} */
export const challenges = () => file("challenges");

/** Those about a replicated log, a list of their own. @returns {Promise<Entry[]>} */
export const logChallenges = () => file("log-challenges");

/** The list that something is in; else both, one behind the other.
 * @template {{ name: string }} One @param {(() => Promise<One[]>)[]} lists
 * @param {string} name @returns {Promise<One[]>} */
export async function listWith(lists, name) {
  const all = await Promise.all(lists.map((list) => list()));
  return all.find((list) => list.some((one) => one.name === name)) ?? all.flat();
}

/** For each rule of Paxos a shortest run without it that goes wrong, in the order of the rules.
 * @returns {Promise<Counterexample[]>} */
export const counterexamples = () => runsWithout("counterexamples");

/** The same for the rules of a replicated log. @returns {Promise<Counterexample[]>} */
export const logCounterexamples = () => runsWithout("log-counterexamples");

/** @param {string} list @returns {Promise<Counterexample[]>} */
async function runsWithout(list) {
  const all = /** @type {Counterexample[]} */ (await file(list));
  return all.map((one) => ({ ...one, address: new URL(`#scenario=${one.name}`, SITE ?? document.baseURI).href }));
}

/** @param {string} name of a scenario or a counterexample @returns {Promise<Run>} rejects with the names there are */
export async function scenario(name) {
  const run = await found(name);
  origins.set(run, { name, length: run.length });
  return run;
}

/** @param {string} name @returns {Promise<Run>} */
async function found(name) {
  if (!/^[a-z][a-z\d-]*$/.test(name)) throw await unknown(name);
  try {
    return await file(name);
  } catch (error) {
    // The file says only that it is not there: the list says what is. Without either, nothing can be reached.
    throw await unknown(name, error).catch(() => error);
  }
}

/** @param {string} name @param {unknown} [why] its file cannot be had
 * @returns {Promise<unknown>} what to say of it: that, if there should be such a file */
async function unknown(name, why) {
  const without = name.startsWith("without-");
  const all = await (without
    ? listWith([counterexamples, logCounterexamples], name)
    : listWith([scenarios, logScenarios], name));
  if (all.some((one) => one.name === name)) return why;
  return noSuch("scenario", name, all, "Scenarios");
}
