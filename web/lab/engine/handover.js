// From a recording to an engine. A scenario is watched as a recording; where a person does what is not on record, an engine
// takes the run over at the same moment.

import { engine } from "./engine.js";
import { Whole } from "./whole.js";
/** @import { Engine, Lab, Run } from "./engine.js" */
/** @import { Recorded } from "./recorded.js" */

export class Handover extends Whole {
  /** The engine that was asked for, until it is here. @type {Promise<{ lab: Lab, module: Engine }> | undefined} */
  #taking;

  /** A person may soon do something: the engine is asked for. */
  foresee() {
    if (!this.module) engine(this.lab.run().config).catch(() => {}); // who needs it says so
  }

  /** Sees to it that an engine has the run. @returns {Promise<void>} rejects where it does not load */
  async live() {
    if (this.module) return;
    const { recorded } = /** @type {Recorded} */ (/** @type {unknown} */ (this.lab));
    this.#taking ??= this.again(recorded);
    const taking = this.#taking;
    try {
      const { lab, module } = await taking;
      if (this.module) return; // for somebody who asked at the same time
      lab.seek(this.position().step);
      this.lab = lab;
      this.module = module;
      this.stale();
      this.by();
    } finally {
      if (this.#taking === taking) this.#taking = undefined;
    }
  }

  /** Has a run again, in an engine. @abstract @param {Run} _run @returns {Promise<{ lab: Lab, module: Engine }>} */
  async again(_run) {
    throw new Error("What is only read is not played again.");
  }
}
