// Plays a run again for a session that may show another one, of another protocol.

import { engine } from "./engine.js";
import { replay } from "./replay.js";
/** @import { Run } from "./engine.js" */
/** @import { Inside } from "./inside.js" */

/** @param {Inside} session @param {Run} run */
export async function replayed(session, run) {
  const module = await engine(run.config);
  const again = await replay(module, run, session.options.opening, (from, to) => session.tell(from, to));
  return { ...again, module };
}
