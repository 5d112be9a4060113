// A run found in storage is used only if it is whole: of a format and an engine that are known here, and with disks that
// are exactly the ones it leads to. Anything else is set aside untouched rather than guessed at.

import { FORMAT } from "./storage.js";
/** @import { Disk, Engine, Lab } from "./engine.js" */
/** @import { Stored } from "./storage.js" */

/** @param {Disk[]} disks */
const comparable = (disks) =>
  JSON.stringify(
    disks.map((d) => [d.node, d.lost, d.promised, d.accepted.map((a) => [a.slot, a.ballot, a.value]), d.round]),
  );

/** @param {Engine} module @param {Stored} stored @param {string} ours this engine's version
 * @returns {Lab} the run again; throws a sentence's half that says why not */
export function resume({ Lab }, { format, run, disks }, ours) {
  if (!run) throw new Error("its run is missing");
  if (format !== FORMAT) throw new Error(`it has format ${format}, and this page reads ${FORMAT}`);
  if (run.engine !== ours) throw new Error(`it was made by engine ${run.engine}, and this is ${ours}`);
  const lab = Lab.load(run);
  lab.seek(Infinity); // the power went out at the end, wherever the person was looking
  if (comparable(lab.disks()) !== comparable(disks)) throw new Error("its disks are not the ones its run leads to");
  return lab;
}

/** @param {string} why @param {string} name under which it is kept now */
export const setAside = (why, name) =>
  `The saved run could not be used: ${why}. It was set aside, untouched, as “${name}” in this browser's storage (IndexedDB, “quorum”), and this is a new one.`;
export const unreadable = (/** @type {string} */ why) => `The run another tab saved cannot be read: ${why}.`;
export const POWER_CUT = "The page was closed: a power cut. Every server came back with what was durable.";
