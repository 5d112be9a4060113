// All that is kept of a run: the branch that was gone on with last, which branch that is, the others, and the moment
// that is shown.

import { Reader } from "./reader.js";
/** @import { Run } from "./engine.js" */
/** @import { Notes } from "./notes.js" */
/** @import { Identity, Kept } from "./storage.js" */

export class Whole extends Reader {
  /** The branch that is kept. */
  branch = 0;
  /** Which that is. @type {Identity} */
  identity = { name: "", from: null };
  /** Whether the run was gone on with since it was opened. */
  own = false;
  /** What scenario its first branch began as. @type {Kept["scenario"]} */
  scenario;
  /** What is said about the run, if anything is. */
  notes = /** @type {Notes | undefined} */ (undefined);

  /** What is to be kept now. @param {boolean} marked with the present as the moment at which the page was left
   * @param {boolean} others with the other branches @returns {Kept} */
  snapshot(marked, others) {
    const { branch, step } = this.position();
    return {
      run: this.#branchRun(this.branch),
      branch: this.identity,
      ...(others && { others: this.others(this.branch) }),
      ...(marked && { left: { branch, step } }),
      own: this.own,
      scenario: this.scenario,
    };
  }

  /** @param {number} id @returns {Run} with what is said about it */
  #branchRun(id) {
    const run = this.ask((lab) => lab.runOf(id));
    return this.notes?.add(run, id) ?? run;
  }

  /** All branches but one. @param {number} id */
  others(id) {
    const others = this.timeline().branches.filter((branch) => branch.id !== id);
    return others.map(({ id, name, from }) => ({ id, name, from, run: this.#branchRun(id) }));
  }

  /** @param {number} id @returns {Identity} */
  identify(id) {
    const found = this.timeline().branches.find((branch) => branch.id === id);
    return { id, name: found?.name ?? "", from: found?.from ?? null };
  }

  /** A branch is the one that is kept. @param {number} id */
  keeps(id) {
    this.branch = id;
    this.identity = this.identify(id);
  }

  /** The scenario that the present is a moment of, and its step; nothing where a person has changed its course.
   * @returns {{ name: string, step: number } | null} */
  moment() {
    const { step, branch } = this.position();
    const { scenario } = this;
    return scenario && branch === 1 && step <= scenario.length ? { name: scenario.name, step } : null;
  }

  /** Whether the present is the end of a scenario in which nobody has done anything else. A log goes on by itself, and has
   * told what it was to tell. */
  get over() {
    return this.moment()?.step === this.scenario?.length && !!this.scenario;
  }
}
