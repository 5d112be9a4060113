// A run that this page did not make, to be shown: as it was recorded when the site was packaged, or else played again by an
// engine.

import { engine } from "./engine.js";
import { origins } from "./origins.js";
import { Record } from "./record.js";
import { Recorded } from "./recorded.js";
import { recordingOf } from "./recordings.js";
import { replay } from "./replay.js";
import { scenario as shipped } from "./shipped.js";
/** @import { Engine, Event, Lab, Run } from "./engine.js" */
/** @import { Options } from "./inside.js" */

/** A scenario, and what was recorded of it, asked for at once. @param {string} name
 * @returns {Promise<Run>} rejects with the names there are */
export function scenario(name) {
  void recordingOf(name);
  return shipped(name);
}

/** @param {Run} run @param {Options["opening"]} opening called now and then while an engine plays it
 * @param {(from: number, to: number) => Event[]} tell
 * @returns {Promise<{ lab: Lab, record: Record, module: Engine | undefined }>} without an engine where it was recorded;
 * rejects with why it cannot be had, or `Cancelled` */
export async function played(run, opening, tell) {
  const recording = await recordingOf(origins.get(run)?.name ?? "");
  if (recording) {
    const recorded = new Recorded(run, recording);
    const record = new Record(recording.names, tell);
    record.add(recorded.allRows());
    // The session asks nothing else of it until an engine takes over.
    return { lab: /** @type {Lab} */ (/** @type {unknown} */ (recorded)), record, module: undefined };
  }
  const module = await engine(run.config);
  return { ...(await replay(module, run, opening, tell)), module };
}
