// The other courses of a run: begun, named, gone to, discarded, and tried without leaving this one. Loaded when a
// person first asks for one.

/** @import { Action, Run } from "./engine.js" */
/** @import { Inside } from "./inside.js" */

/** Begins a branch here, whose future is not on record yet. @param {Inside} session
 * @returns {Promise<void>} rejects if there
 * are too many */
export async function fork(session) {
  session.writable();
  const { record } = session;
  const { step, branch } = session.position();
  session.own = true;
  session.go((lab) => {
    lab.fork();
    const now = lab.position().branch;
    if (now !== branch) session.records.set(now, record.until(step));
  });
  await session.begin();
}

/** Lets time pass where a question asks for something to be done. What is on record after it stays hidden: this is another course,
 * unless nothing is on record. @param {Inside} session @returns {Promise<void>} */
export async function attempt(session) {
  const { branch, step } = session.position();
  const note = session.notes?.waiting(branch);
  if (!note?.question?.goal || note.step !== step) return;
  await fork(session);
  if (session.position().branch === branch) session.notes?.tries(step);
  session.stale();
}

/** Goes to the end of a branch. @param {Inside} session @param {number} branch
 * @returns {Promise<void>} rejects if there is none
 * of that number */
export async function switchTo(session, branch) {
  session.go((lab) => lab.switchTo(branch));
  await session.recall();
}

/** @param {Inside} session @param {number} branch @param {string} name */
export async function rename(session, branch, name) {
  session.lab.rename(branch, name);
  session.branchesChanged();
}

/** Forgets a branch. @param {Inside} session @param {number} branch
 * @returns {Promise<void>} rejects if it is the one shown */
export async function discard(session, branch) {
  session.lab.discard(branch);
  session.records.delete(branch);
  if (branch === session.branch && session.kept === "saved") await session.begin();
  session.branchesChanged();
}

/** Another branch, as a run of its own. @param {Inside} session @param {number} branch @returns {Run} */
export const runOf = (session, branch) => session.ask((lab) => lab.runOf(branch));

/** The run after some more actions, done to a copy. @param {Inside} session @param {Action[]} actions
 * @returns {{ from: Run, step: number }} */
export function after(session, actions) {
  const { Lab } = /** @type {import("./engine.js").Engine} */ (session.module); // the session sees to it
  const lab = Lab.load(session.run());
  try {
    for (const action of actions) lab.apply(action);
    return { from: lab.run(), step: lab.position().step };
  } finally {
    lab.free();
  }
}
