// Runs from outside: links, files, scenarios. Loaded at the first use, with an engine of its own that turns links into
// runs and plays scenarios.

import { SITE } from "../../site.js";
import { origins } from "./origins.js";
import { decode } from "./text.js";
/** @import { Run } from "./engine.js" */

/** @typedef {typeof import("../../wasm/quorum_extras.js")} Extras */
/** @typedef {import("../../wasm/quorum_extras.js").Format} Format */
/** @typedef {import("../../wasm/quorum_extras.js").Difference} Difference */
/** @typedef {import("../../wasm/quorum_extras.js").Change} Change */
/** @typedef {import("../../wasm/quorum_extras.js").Done} Done */
/** @typedef {{ name: string, title: string, about: string }} ScenarioEntry */
/** @typedef {{ name: string, rule: string, title: string, address: string }} Counterexample `address`: on Quorum's own page */

/** @type {Promise<Extras> | undefined} */
let current;

/** @returns {Promise<Extras>} rejects when it does not load; asked again, it is tried again */
export function extras() {
  current ??= start().catch((error) => {
    current = undefined;
    throw new Error(
      `What links and scenarios need did not load (${error?.message ?? error}). Check that the page is online, and try again.`,
    );
  });
  return current;
}

async function start() {
  const module = await import("../../wasm/quorum_extras.js");
  await module.default();
  return module;
}

/** @param {string | URL} address @returns {Promise<any>} rejects with what is wrong with the file */
async function json(address) {
  const { href } = new URL(address, document.baseURI);
  /** @type {Response} */
  let response;
  try {
    response = await fetch(href);
  } catch {
    throw new Error(`${href} cannot be reached. Check the address, and that the page is online.`);
  }
  if (!response.ok) throw new Error(`${href} cannot be loaded: the server answers ${response.status}.`);
  return parse(decode(await response.arrayBuffer(), href), href);
}

/** @param {string} text @param {string} name @returns {any} */
function parse(text, name) {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(`${name} is not JSON, and so neither a run nor a scenario.`);
  }
}

/** Every scenario there is, in the order they teach. @returns {Promise<ScenarioEntry[]>} */
export const scenarios = () => json(new URL("scenarios/index.json", SITE));

/** For each rule of Paxos a shortest run without it that goes wrong, in the order of the rules.
 * @returns {Promise<Counterexample[]>} */
export async function counterexamples() {
  const all = /** @type {Counterexample[]} */ (await json(new URL("scenarios/counterexamples.json", SITE)));
  return all.map((one) => ({ ...one, address: new URL(`#scenario=${one.name}`, SITE).href }));
}

/** @typedef {import("../../wasm/quorum_extras.js").Verdict} Verdict */
/** @typedef {import("../../wasm/quorum_extras.js").Judge} Judge */
/** @typedef {ScenarioEntry} ChallengeEntry */

/**
 * @typedef {object} Challenge
 * @property {string} name @property {string} title @property {string} about the goal in words
 * @property {number} number of `of` @property {number} of
 * @property {string | undefined} next the name of the one after it
 * @property {string[]} hints
 * @property {Run} start @property {Judge} judge free it once it is not needed
 */

/** Every challenge there is, in the order in which they are set. @returns {Promise<ChallengeEntry[]>} */
export const challenges = () => json(new URL("scenarios/challenges.json", SITE));

/** @param {string} name @returns {Promise<Challenge>} rejects with the names there are */
export async function challenge(name) {
  const all = await challenges();
  const at = all.findIndex((one) => one.name === name);
  if (at < 0) throw new Error(`There is no challenge “${name}”. There are: ${all.map((one) => one.name).join(", ")}.`);
  const [{ Judge }, data] = await Promise.all([extras(), json(new URL(`scenarios/challenge-${name}.json`, SITE))]);
  const judge = Judge.ofChallenge(data);
  const { title, about, hints = [] } = data;
  return {
    name,
    title,
    about,
    hints,
    number: at + 1,
    of: all.length,
    next: all[at + 1]?.name,
    judge,
    start: judge.start(),
  };
}

/** @param {string} name of a scenario or a counterexample @returns {Promise<Run>} rejects with the names there are */
export async function scenario(name) {
  const all = await (name.startsWith("without-") ? counterexamples() : scenarios());
  if (!all.some((one) => one.name === name))
    throw new Error(`There is no scenario “${name}”. There are: ${all.map((one) => one.name).join(", ")}.`);
  const run = await open(await json(new URL(`scenarios/${name}.json`, SITE)));
  origins.set(run, { name, length: run.length });
  return run;
}

/** A run as it is, a scenario played. @param {any} data plain data @returns {Promise<Run>} */
export async function open(data) {
  if (data?.digest !== undefined) return data;
  return (await extras()).play(data).run;
}

/** @param {File} file @returns {Promise<Run>} */
export async function openFile(file) {
  if (file.size > 32 << 20)
    throw new Error(`${file.name} has ${file.size} bytes, and a run or scenario has at most ${32 << 20}.`);
  return open(parse(decode(await file.arrayBuffer(), file.name), file.name));
}

/** @param {string} address @returns {Promise<Run>} */
export const openAddress = async (address) => open(await json(address));

/** @param {string} link @returns {Promise<Run>} */
export const fromLink = async (link) => (await extras()).fromLink(link);

/** @param {Run} run @returns {Promise<string>} an address that opens the run on Quorum's own page */
export const toLink = async (run) => new URL((await extras()).toLink(run), SITE).href;

/** Steps of a run in another format. @param {Run} run @param {Format} format
 * @param {number} from @param {number} to @returns {Promise<string>} */
export const written = async (run, format, from, to) => (await extras()).exportRun(run, format, from, to);

/** @typedef {{ run: Run, alone: boolean, challenge?: Challenge }} Brought `alone`: it came with the page's address, and is not
 * kept; `challenge`: it is the start of one */

/** The run that is asked for. @param {string} hash of the page's address, or nothing
 * @param {Partial<Record<"scenario" | "run" | "src" | "challenge", string | null>>} names the scenario of a name, the run of a
 * link, the file of an address, the challenge of a name
 * @returns {Promise<Brought | null>} */
export async function brought(hash, { scenario: name, run, src, challenge: goal }) {
  const set = new URLSearchParams(hash.slice(1)).get("challenge");
  if (set) return begun(set, true);
  const linked = asked(hash);
  if (linked) return { run: await linked, alone: true };
  if (goal) return begun(goal, false);
  if (run) return { run: await fromLink(run), alone: false };
  if (src) return { run: await openAddress(src), alone: false };
  return name ? { run: await scenario(name), alone: false } : null;
}

/** Who says whether what a question asks for was done. @param {Run} run @param {number} step of the question
 * @returns {Promise<Judge>} free it once it is not needed */
export const judgeOf = async (run, step) => (await extras()).Judge.ofQuestion(run, step);

/** Rejects with what is wrong with a question of a run. @param {Run} run */
export const checkQuestions = async (run) => (await extras()).checkQuestions(run);

/** @param {string} name of a challenge @param {boolean} alone @returns {Promise<Brought>} */
async function begun(name, alone) {
  const wanted = await challenge(name);
  return { run: wanted.start, alone, challenge: wanted };
}

/** What an address asks for after its `#`: a run in a link, or a scenario. @param {string} hash
 * @returns {Promise<Run> | null} nothing that is meant for us */
export function asked(hash) {
  if (/^#q\d/.test(hash)) return fromLink(plain(hash));
  const wanted = new URLSearchParams(hash.slice(1));
  const [name, step] = [wanted.get("scenario"), wanted.get("step")];
  return name ? scenario(name).then((run) => at(run, step)) : null;
}

/** What was pasted: a browser encodes the quotation mark that may follow a link. @param {string} hash */
function plain(hash) {
  try {
    return decodeURI(hash);
  } catch {
    return hash; // the reader of links says what is wrong with it
  }
}

/** A scenario, at a step of it; without one, where it says. @param {Run} run @param {string | null} step */
function at(run, step) {
  if (!step || !/^\d+$/.test(step)) return run;
  const there = { ...run, cursor: Math.min(Number(step), run.length) };
  origins.set(there, /** @type {any} */ (origins.get(run)));
  return there;
}
