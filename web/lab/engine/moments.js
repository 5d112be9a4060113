// Questions about other moments of a run than the one shown. Each goes there and comes back, so that the caller sees nothing
// move.

/** @import { Commitment, Lab, Run } from "./engine.js" */

/** What to keep of a run: where it ends, wherever the person is looking. @param {Lab} lab @returns {Commitment} */
export function present(lab) {
  const { step } = lab.view();
  lab.seek(Infinity);
  const [run, disks] = [lab.run(), lab.disks()];
  lab.seek(step);
  return { run, disks };
}

/** Another branch, as a run of its own. @param {Lab} lab @param {number} other its number @returns {Run} */
export function branch(lab, other) {
  const { branch, step } = lab.view();
  lab.switchTo(other);
  const run = lab.run();
  lab.switchTo(branch);
  lab.seek(step);
  return run;
}

/** The last step on record at or before a time, found by halving. @param {Lab} lab @param {number} ms simulated @returns {number} */
export function lastBy(lab, ms) {
  const { step, at, next, length } = lab.view();
  if (at <= ms && !(next && next.at <= ms)) return step; // most often: playing, a frame seldom brings a step
  let [low, high] = at <= ms ? [step, length] : [0, step - 1];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    lab.seek(middle);
    if (lab.view().at <= ms) low = middle;
    else high = middle - 1;
  }
  lab.seek(step);
  return low;
}
