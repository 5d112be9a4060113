// Having a run again, in slices: the page lives in between, says how far it is, and a person may have waited long
// enough. Loaded when there is a run to have again.

import { Record } from "./record.js";
import { Cancelled, nextSlice, SLICE } from "./slices.js";
/** @import { Engine, Event, Lab, Run } from "./engine.js" */
/** @import { Options } from "./inside.js" */

/** Plays a run again. @param {Engine} module @param {Run} run
 * @param {Options["opening"]} opening called now and then, and
 * with `done === steps` at the end
 * @param {(from: number, to: number) => Event[]} tell
 * @returns {Promise<{ lab: Lab, record: Record }>} rejects with why it cannot be had, or `Cancelled` */
export async function replay({ Lab, Replay }, run, opening, tell) {
  const record = new Record(Lab.eventNames(), tell);
  const replay = new Replay(run);
  const { length } = replay;
  let cancelled = false;
  const cancel = () => {
    cancelled = true;
  };
  try {
    let steps = 16;
    for (let until = performance.now() + SLICE; ; ) {
      const begun = performance.now();
      const done = replay.advance(steps);
      record.take(replay.rows());
      const now = performance.now();
      if (done) break;
      // As many at once as take a quarter of a slice: servers make a step slow or quick.
      steps = Math.max(1, Math.min(steps * 4, Math.round((steps * SLICE) / 4 / Math.max(0.05, now - begun))));
      if (now < until) continue;
      opening(replay.step, length, cancel);
      until = await nextSlice();
      if (cancelled) throw new Cancelled();
    }
  } catch (error) {
    replay.free();
    throw error;
  } finally {
    opening(length, length, cancel);
  }
  return { lab: replay.finish(), record };
}
