// What is said about a search: how far it has come, and what came of it. A verdict never goes without its bounds, and a
// search that was not finished never passes for one that was.

/** @import { Progress } from "../../search-worker.js" */
/** @import { Report } from "../engine/search-client.js" */

/** @param {number} n */
export const count = (n) => n.toLocaleString("en");

/** @param {number} n @param {string} what */
export const many = (n, what) => `${count(n)} ${what}${n === 1 ? "" : "s"}`;

/** @param {number} bytes */
export const size = (bytes) =>
  bytes < 1e6 ? `${Math.max(1, Math.round(bytes / 1e3))} kB` : `${count(Math.round(bytes / 1e6))} MB`;

/** How far it has come, term by term. @param {Progress} progress @returns {[string, string][]} */
export const progressRows = ({ states, perSecond, depth, frontier, bytes }) => [
  ["states", count(states)],
  ["a second", count(perSecond)],
  ["moves deep", count(depth - 1)],
  ["waiting", count(frontier)],
  ["memory", size(bytes)],
];

/** What it means that a property does not hold. @type {Record<string, string>} */
const BROKEN = {
  "one-value-chosen": "Agreement breaks",
  "only-chosen-learned": "A server believes in a value that was not chosen",
  "only-proposed-chosen": "A value is chosen that nobody asked for",
  "one-command-per-slot": "Two commands are chosen in one slot",
  "applied-is-chosen": "A server applies what is not chosen, or not in order",
  "equal-stores": "Two servers have applied the same slots, and their stores differ",
  "applied-once": "An operation takes effect twice",
  "within-window": "A leader proposes beyond its window",
  "answers-follow-the-log": "A client is told what is not so",
};

/** What the engine says of the step that the missing rule forbids. */
const HARM = "it could not have happened";

/** That nothing was left out. @param {number} states */
const everyOne = (states) =>
  states === 1 ? "the only state was visited." : `all ${many(states, "state")} were visited.`;

/** What came of a search that ended by itself, first of all the outcome.
 * @param {Report} report @param {number | null} step where it began, if not at the beginning
 * @param {string[]} late rules that it left out, without which something may wait for ever
 * @returns {string[]} sentences */
export function verdict({ model, violation, says, states, complete, properties }, step, late = []) {
  const on = step === null ? "" : ` on from step ${step}`;
  if (violation) {
    const { property, length, run, steps } = violation;
    if (!length)
      return [
        `${BROKEN[property] ?? `“${property}” does not hold`} no later than here. Go back to before it does, and search on from there.`,
      ];
    // Where the missing rule first did harm, and what came of it in the end.
    const notes = (run?.notes ?? []).filter((note) => note.step > (step ?? 0));
    const harm = notes.find((note) => note.says.includes(HARM)) ?? notes[0];
    const told = [...new Set([harm, notes.at(-1)])].flatMap((note) =>
      note ? [`At step ${note.step}: ${note.says}`] : [],
    );
    return [
      `${BROKEN[property] ?? `“${property}” does not hold`}, after ${many(length, "move")}${on} and no sooner, within ${says}. A move of the search is a few steps of the run.`,
      ...(run ? told : (steps ?? [])),
    ];
  }
  if (!complete)
    return [
      `Budget reached after ${many(states, "state")} within ${says}${on}: nothing was found, and that does not mean safe. Ask for less, or give it more.`,
    ];
  if (model === "log") {
    const can = properties.find(({ name }) => name === "every client's command is chosen")?.holds;
    const waiting = can
      ? "What clients ask for can still be chosen."
      : "What clients ask for cannot be chosen within that.";
    const all = `No run within ${says}${on} breaks the log: ${everyOne(states)}`;
    const names = late.map((name) => `“${name}”`).join(" and ");
    const never = late.length
      ? [
          `Of safety, that is all. Without ${names} something may never happen, and a search for what goes wrong does not look for that.`,
        ]
      : [];
    return [all, ...never, ...(step === null || can == null ? [] : [waiting])];
  }
  const can = properties.find(({ name }) => name === "a value is chosen")?.holds;
  const still =
    step === null || can == null ? [] : [can ? "A value can still be chosen." : "No value can be chosen any more."];
  return [`No run within ${says}${on} breaks agreement: ${everyOne(states)}`, ...still];
}

/** What is said when a person stops it. @param {Progress | undefined} progress */
export const stopped = (progress) => [
  `Stopped after ${many(progress?.states ?? 0, "state")}: nothing was found until then, and that does not mean safe.`,
];
