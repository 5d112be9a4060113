// Runs from outside: links, files, challenges. Loaded at the first use, with an engine of its own that turns links into
// runs, plays scenarios as people write them, and judges.

import { SITE } from "../../site.js";
import { stepAsked } from "./asked-step.js";
import { origins } from "./origins.js";
import { json, parse } from "./fetched.js";
import { file } from "./files.js";
import { unknown } from "./names.js";
import { challenges, listWith, logChallenges, scenario } from "./shipped.js";
import { decode } from "./text.js";
/** @import { Run } from "./engine.js" */

/** @typedef {typeof import("../../wasm/quorum_extras.js")} Extras */
/** @typedef {import("../../wasm/quorum_extras.js").Format} Format */
/** @typedef {import("../../wasm/quorum_extras.js").Difference} Difference */
/** @typedef {import("../../wasm/quorum_extras.js").Change} Change */
/** @typedef {import("../../wasm/quorum_extras.js").Done} Done */

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

/** @typedef {import("../../wasm/quorum_extras.js").Verdict} Verdict */
/** @typedef {import("../../wasm/quorum_extras.js").Judge} Judge */

/**
 * @typedef {object} Challenge
 * @property {string} name @property {string} title @property {string} about the goal in words
 * @property {number} number of `of` @property {number} of
 * @property {string | undefined} next the name of the one after it
 * @property {string[]} hints
 * @property {Run} start @property {Judge} judge free it once it is not needed
 */

/** @param {string} name @returns {Promise<Challenge>} rejects with the names there are */
export async function challenge(name) {
  const all = await listWith([challenges, logChallenges], name);
  const at = all.findIndex((one) => one.name === name);
  if (at < 0) throw unknown("challenge", name, all, "Challenges");
  const [{ Judge }, data] = await Promise.all([extras(), file(`challenge-${name}`)]);
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

/** A run as it is, a scenario played. @param {any} data plain data @returns {Promise<Run>} */
export async function open(data) {
  if (data?.digest !== undefined) return data;
  return (await extras()).play(data).run;
}

/** So large may a file be, in bytes. */
const LARGEST = 32 << 20;
const TOO_LARGE = `and a run or scenario has at most ${LARGEST}`;

/** @param {File} chosen @returns {Promise<Run>} */
export async function openFile(chosen) {
  if (chosen.size > LARGEST) throw new Error(`${chosen.name} has ${chosen.size} bytes, ${TOO_LARGE}.`);
  return open(parse(decode(await chosen.arrayBuffer(), chosen.name), chosen.name));
}

/** @param {string} address @returns {Promise<Run>} */
export const openAddress = async (address) => open(await json(address, bounded));

/** What a server sends, unless that is too much: no more than that is waited for. @param {Response} response
 * @returns {Promise<ArrayBuffer>} */
async function bounded(response) {
  const { body, headers, url } = response;
  const refuse = () => new Error(`${url} is too large: a run or scenario has at most ${LARGEST} bytes.`);
  if (Number(headers.get("content-length")) > LARGEST) {
    void body?.cancel();
    throw refuse();
  }
  /** @type {Uint8Array<ArrayBuffer>[]} */
  const parts = [];
  let size = 0;
  const reader = body?.getReader();
  for (let part = await reader?.read(); part && !part.done; part = await reader?.read()) {
    size += part.value.byteLength;
    if (size > LARGEST) {
      void reader?.cancel();
      throw refuse();
    }
    parts.push(part.value);
  }
  return new Blob(parts).arrayBuffer();
}

/** @param {string} link @returns {Promise<Run>} */
export const fromLink = async (link) => (await extras()).fromLink(link);

/** @param {Run} run @param {string | null} [site] a page that opens links, in place of Quorum's own
 * @returns {Promise<string>} an address that opens the run there */
export async function toLink(run, site) {
  const page = site ? new URL(site, document.baseURI) : SITE;
  if (!page) throw new Error(NO_SITE);
  return new URL(await fragment(run), page).href;
}

/** What follows the address of a page in a link, and is all of it that says which run.
 * @param {Run} run @returns {Promise<string>} from its `#` on */
export const fragment = async (run) => (await extras()).toLink(run);

const NO_SITE =
  "A link needs a page that opens it, and this lab is a part of another page's files. Name one with the attribute `site`, or save the run as a file.";

/** Steps of a run in another format. @param {Run} run @param {Format} format
 * @param {number} from @param {number} to @returns {Promise<string>} */
export const written = async (run, format, from, to) => (await extras()).exportRun(run, format, from, to);

/** @typedef {{ run: Run, alone: boolean, challenge?: Challenge, says?: string }} Brought `alone`: it came with the
 * page's address, and is not kept; `challenge`: it is the start of one; `says`: what is shown instead of what the
 * address says */

/** The run that is asked for. @param {string} hash of the page's address, or nothing
 * @param {Partial<Record<"scenario" | "run" | "src" | "challenge", string | null>>} names the scenario of a name, the
 * run of a link, the file of an address, the challenge of a name
 * @returns {Promise<Brought | null>} */
export async function brought(hash, { scenario: name, run, src, challenge: goal }) {
  const set = new URLSearchParams(hash.slice(1)).get("challenge");
  if (set) return begun(set, true);
  const linked = asked(hash);
  if (linked) return { run: await linked, alone: true, says: stepOf(await linked, hash).says };
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
  const name = new URLSearchParams(hash.slice(1)).get("scenario");
  return name ? scenario(name).then((run) => at(run, hash)) : null;
}

/** What was pasted: a browser encodes the quotation mark that may follow a link. @param {string} hash */
function plain(hash) {
  try {
    return decodeURI(hash);
  } catch {
    return hash; // the reader of links says what is wrong with it
  }
}

/** A scenario, at the step that an address asks for; without one, where it says. @param {Run} run
 * @param {string} hash */
function at(run, hash) {
  const there = { ...run, cursor: stepOf(run, hash).step };
  origins.set(there, /** @type {any} */ (origins.get(run)));
  return there;
}

/** @param {Run} run @param {string} hash */
function stepOf({ length, cursor = 0 }, hash) {
  const asked = /^#q\d/.test(hash) ? null : new URLSearchParams(hash.slice(1)).get("step");
  return stepAsked(asked, length, cursor);
}
