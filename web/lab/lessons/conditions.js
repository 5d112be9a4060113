// A goal is a list of expectations, all of them at one moment. A person puts it together from a few that are known by
// their words; a goal that somebody else wrote may be made of others.

/** @typedef {[says: string, goal: object[]]} Known a goal, or a part of one, in words */

/** So many of them there is room for. */
export const CONDITIONS = 3;

/** The goal that is all of these. What two of them have in common is in it once. @param {number[]} picked
 * @param {Known[]} known
 * @returns {object[]} */
export function together(picked, known) {
  /** @type {Map<string, object>} */
  const parts = new Map();
  for (const part of picked.flatMap((at) => known[at][1])) parts.set(JSON.stringify(part), part);
  return [...parts.values()];
}

/** Which of those that are known a goal is made of: as few as can be. @param {object[]} goal @param {Known[]} known
 * @returns {number[] | undefined} nothing, when others are in it or there are too many */
export function conditions(goal, known) {
  const left = goal.map((part) => JSON.stringify(part));
  /** @type {number[]} */
  const picked = [];
  const parts = known.map(([, all]) => all.map((part) => JSON.stringify(part)));
  const largest = [...parts.keys()].sort((a, b) => parts[b].length - parts[a].length);
  for (const at of largest) {
    if (!parts[at].every((part) => left.includes(part))) continue;
    picked.push(at);
    for (const part of parts[at]) left.splice(left.indexOf(part), 1);
  }
  return left.length || !picked.length || picked.length > CONDITIONS ? undefined : picked.sort((a, b) => a - b);
}
