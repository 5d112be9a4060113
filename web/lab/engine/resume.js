// A run found in storage is used only if it is whole: of a format and an engine that are known here, and with disks
// that are exactly the ones it leads to. Anything else is set aside untouched rather than guessed at.

import { isPanic } from "./engine.js";
import { reason } from "./keeper.js";
import { replayed } from "./replay.js";
import { Cancelled } from "./slices.js";
import { FORMAT } from "./storage.js";
/** @import { Disk, Lab, Run } from "./engine.js" */
/** @import { Record } from "./record.js" */
/** @import { Inside } from "./inside.js" */
/** @import { Stored } from "./storage.js" */

const DECLINED =
  "Your saved run was not opened, and is untouched: reload the page to open it. What happens now is not saved";
const POWER_CUT = "The page was closed: a power cut. Every server came back with what was durable.";

/** Takes up the run that was kept, after the power cut that closing the page was.
 * @param {Inside} session whose run is a new one
 * @param {Stored} stored */
export async function resume(session, stored) {
  const { keeper, options } = session;
  /** @type {{ lab: Lab, record: Record }} */
  let found;
  try {
    if (options.afresh) throw new Error("it led to a bug");
    found = await again(stored, session.lab.run().engine, (run) => replayed(session, run));
  } catch (error) {
    if (isPanic(error)) throw error;
    if (error instanceof Cancelled) return keeper.forget(`${DECLINED}.`);
    if (session.kept === "read-only") return options.tell("read-only", unreadable(reason(error)));
    const aside = await keeper.setAside();
    await session.begin();
    return options.tell("set-aside", setAside(reason(error), aside));
  }
  session.swap(found);
  await session.readNotes(stored.run);
  session.fresh = false;
  if (session.kept === "read-only" || !session.position().step) return;
  await session.act({ type: "power-cut" });
  options.tell("power-cut", POWER_CUT);
}

/** @param {Disk[]} disks */
const comparable = (disks) =>
  JSON.stringify(
    disks.map((d) => [d.node, d.lost, d.promised, d.accepted.map((a) => [a.slot, a.ballot, a.value]), d.round]),
  );

/** @param {Stored} stored @param {string} ours this engine's version
 * @param {(run: Run) => Promise<{ lab: Lab, record: Record }>} replay
 * @returns {Promise<{ lab: Lab, record: Record }>} the run again; rejects with a sentence's half that says why not */
async function again({ format, run, disks }, ours, replay) {
  if (!run) throw new Error("its run is missing");
  if (format !== FORMAT) throw new Error(`it has format ${format}, and this page reads ${FORMAT}`);
  if (run.engine !== ours) throw new Error(`it was made by engine ${run.engine}, and this is ${ours}`);
  // At its end, wherever the person was looking: there the power went out.
  const found = await replay({ ...run, cursor: run.length });
  if (comparable(found.lab.disks()) !== comparable(disks))
    throw new Error("its disks are not the ones its run leads to");
  return found;
}

/** @param {string} why @param {string} name under which it is kept now */
const setAside = (why, name) =>
  `The saved run could not be used: ${why}. It was set aside, untouched, as “${name}” in this browser's storage (IndexedDB, “quorum”), and this is a new one.`;
const unreadable = (/** @type {string} */ why) => `The run another tab saved cannot be read: ${why}.`;
