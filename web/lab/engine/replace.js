// Another run in place of the one shown, which is kept: opening something never loses the run one had.

import { replayed } from "./again.js";
import { engine, isPanic } from "./engine.js";
import { shelved } from "./kept.js";
import { origins } from "./origins.js";
/** @import { Config, Lab, Run } from "./engine.js" */
/** @import { Inside } from "./inside.js" */
/** @import { Kept } from "./storage.js" */

/** Replaces the run of a session. @param {Inside} session
 * @param {Config | { run: Run }} what a config, or a run to replay
 * @param {(lab: Lab) => void} [prepare] brings it to where it should start
 * @returns {Promise<boolean>} whether the run before was kept: not one that was only looked at */
export async function replace(session, what, prepare) {
  const run = "run" in what ? /** @type {Run} */ (what.run) : undefined;
  const { lab, module, record } = run
    ? await replayed(session, run)
    : await begun(session, /** @type {Config} */ (what));
  /** @type {Omit<Kept, "run" | "disks">} */
  const about = {
    branch: { id: 1, name: lab.timeline().branches[0].name, from: null },
    others: [],
    own: false,
    scenario: run && origins.get(run),
  };
  try {
    prepare?.(lab);
    session.writable();
    const before = await shelved(session);
    const saved = lab.saved();
    const kept = { ...about, run: run ? { ...run, ...saved.run } : saved.run };
    await session.keeper.commit({ ...kept, disks: saved.disks }, before);
    await session.swap({ lab, module, records: new Map([[1, record]]) }, kept);
    return before.length > 0;
  } catch (error) {
    if (!isPanic(error)) lab.free();
    throw error;
  }
}

/** @param {Inside} session @param {Config} config of a run to begin */
async function begun(session, config) {
  const module = await engine(config);
  return { lab: new module.Lab(config), module, record: session.newRecord(module) };
}
