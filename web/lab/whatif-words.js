// What is said about a search: how far it has come, and what came of it. A verdict never goes without its bounds, and a
// search that was not finished never passes for one that was.

/** @import { Pace } from "../search-worker.js" */
/** @import { Report } from "../wasm/quorum_search.js" */

/** @param {number} n */
export const count = (n) => n.toLocaleString("en");

/** @param {number} n @param {string} what */
export const many = (n, what) => `${count(n)} ${what}${n === 1 ? "" : "s"}`;

/** @param {number} bytes */
export const size = (bytes) => (bytes < 1e6 ? `${Math.max(1, Math.round(bytes / 1e3))} kB` : `${count(Math.round(bytes / 1e6))} MB`);

/** How far it has come, term by term. @param {Pace} pace @returns {[string, string][]} */
export const pace = ({ states, perSecond, depth, frontier, bytes }) => [
  ["states", count(states)], ["a second", count(perSecond)], ["moves deep", count(depth)], ["waiting", count(frontier)], ["memory", size(bytes)]];

/** What each broken promise means. @type {Record<string, string>} */
const BROKEN = {
  "one-value-chosen": "Agreement breaks",
  "only-chosen-learned": "A server learns what was never chosen",
  "only-proposed-chosen": "Something is chosen that nobody asked for",
};

/** What came of a search that ended by itself. @param {Report} report @param {number | null} step where it began, if not at the beginning */
export function verdict(report, step) {
  const { violation, says, states, complete } = report;
  const on = step === null ? "" : ` on from step ${step}`;
  if (violation) return `${BROKEN[violation.property] ?? `“${violation.property}” does not hold`} after ${many(violation.length, "move")}${on}, and no sooner within ${says}. ${violation.says}`;
  if (!complete) return `Budget reached after ${many(states, "state")} of ${says}${on}: nothing was found, and that does not mean safe. Lower a bound, and search again.`;
  const can = report.properties.find(({ name }) => name === "a value is chosen");
  const still = step === null || can?.holds == null ? "" : can.holds ? " A value can still be chosen." : " No value can be chosen any more.";
  return `No run within ${says}${on} breaks agreement: all ${many(states, "state")} were visited.${still}`;
}

/** What is said when a person stops it. @param {Pace | undefined} pace */
export const stopped = (pace) => `Stopped after ${many(pace?.states ?? 0, "state")}: nothing was found until then, and that does not mean safe.`;
