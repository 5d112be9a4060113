// What is said of the two runs: what each is called, and in what they were made differently.
// Nothing of the page is here.

/** @import { Done } from "../engine/extras.js" */

/** @typedef {{ name: string, branch?: number, title?: string }} Side one of the two; without a branch made for this */

/** So many things are named; of more it says how many there are. */
const NAMED = 3;

/** What the two are called: never the same. @param {Side} here @param {Side} there
 * @returns {[here: string, there: string]} */
export function names(here, there) {
  const same = (/** @type {string} */ name) => name.trim().toLowerCase();
  if (same(here.name) !== same(there.name)) return [here.name, there.name];
  const which = (/** @type {Side} */ { branch }) => (branch === undefined ? "varied" : `branch ${branch}`);
  return [`${here.name} (${which(here)})`, `${there.name} (${which(there)})`];
}

/** What was done in one run and not at the same time in the other. @param {Done[]} these @param {Done[]} those
 * @returns {Done[]} */
function only(these, those) {
  const key = (/** @type {Done} */ { at, says }) => `${at} ${says}`;
  const left = those.map(key);
  return these.filter((one) => {
    const found = left.indexOf(key(one));
    if (found >= 0) left.splice(found, 1);
    return found < 0;
  });
}

/** Something that was done, inside a sentence: “crash server 3 at step 31”. @param {Done} done @returns {string} */
export const told = ({ says, step }) => `${lower(says)} at step ${step + 1}`;

/** What could not be done again in the other run. @param {string} says “Cannot restart server 3: it is up.”
 * @returns {string} */
export function unable(says) {
  const [, what, why] = /^Cannot (.+?): (.+)\.$/.exec(says) ?? [];
  return what ? `Not done there: ${what} (${why}).` : `Not done there. ${says}`;
}

/** @param {string} says @returns {string} */
export const lower = (says) => says.slice(0, 1).toLowerCase() + says.slice(1);

/** @param {Done[]} done @returns {string} */
function listed(done) {
  const more = done.length > NAMED ? `; and ${done.length - NAMED} more` : "";
  return done.slice(0, NAMED).map(told).join("; ") + more;
}

/** What was done differently in two courses of a run. @param {Done[]} here @param {Done[]} there @returns {string} */
export function apart(here, there) {
  const [missing, added] = [only(here, there), only(there, here)];
  if (!missing.length && !added.length) return "The same was done in both.";
  const without = missing.length ? `There, this was left out: ${listed(missing)}.` : "";
  const with_ = added.length ? `There, this was done ${missing.length ? "instead" : "as well"}: ${listed(added)}.` : "";
  return [without, with_].filter(Boolean).join(" ");
}
