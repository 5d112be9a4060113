// A run found in storage is used only if it is whole: of a format that is known here, and with disks that are exactly
// the ones it leads to. Anything else is set aside untouched rather than guessed at. A run of another version of the
// engine is whole if it replays to the digest that it had.

import { replayed } from "./again.js";
import { isPanic } from "./engine.js";
import { reason } from "./keeper.js";
import { Cancelled } from "./slices.js";
import { FORMAT } from "./storage.js";
/** @import { Disk, Lab } from "./engine.js" */
/** @import { Found, Inside } from "./inside.js" */
/** @import { Record } from "./record.js" */
/** @import { Identity, Kept } from "./storage.js" */

const DECLINED =
  "Your saved run was not opened, and is untouched: reload the page to open it. What happens now is not saved";
const KILLED =
  "The browser stopped before the last moments were saved. So this is a power cut: every server came back with what was durable.";
const CUT = "You cut the power: every server came back with what was durable.";

const RENAME = "Give one of them another name in its attribute `persist`.";
const LOOK_ONLY = "Another tab is running this lab. This is its run as last saved, to look at only.";

/** Says whose the run is that was found. @param {Inside} session */
export const tellReadOnly = ({ keeper, options, readOnly }) =>
  options.tell("read-only", keeper.beside ? `${readOnly} ${RENAME}` : LOOK_ONLY);

/** Says what a page before this one could not save. @param {Inside} session @param {string} why */
export const tellUnsaved = ({ options }, why) =>
  options.tell(
    "unsaved",
    `The last page could not save what happened in it (${why}). This is the run as it was last saved.`,
  );

/** Takes up the run that was kept: at the moment at which the page was left, or else after a power cut.
 * @param {Inside} session whose run is a new one
 * @param {Kept} stored */
export async function resume(session, stored) {
  const { keeper, options } = session;
  /** @type {Found} */
  let found;
  try {
    if (options.afresh) throw new Error("it led to a bug");
    found = await restored(session, stored);
  } catch (error) {
    if (isPanic(error)) throw error;
    if (error instanceof Cancelled) return keeper.forget(`${DECLINED}.`);
    if (session.kept === "read-only") return options.tell("read-only", unreadable(reason(error)));
    const aside = await keeper.setAside(reason(error));
    await session.begin();
    return options.tell("set-aside", setAside(reason(error), aside));
  }
  await session.swap(found, stored);
  keeper.disks = stored.disks ?? [];
  session.fresh = false;
  if (session.kept === "read-only" || !session.position().length) return;
  if (stored.left) {
    keeper.marked = true;
    if (stored.late) keeper.repeat();
    options.tell("restored", back(session.position()));
  } else {
    await session.act({ type: "power-cut" });
    options.tell("power-cut", KILLED);
  }
}

/** A run that was kept, with all its branches, at the moment at which it was left.
 * @param {Inside} session @param {Kept} kept
 * @returns {Promise<Found>} rejects with a sentence's half that says why not */
export async function restored(session, { format, run, disks = [], branch, others = [], left }) {
  if (!run) throw new Error("its run is missing");
  if (format !== FORMAT) throw new Error(`it has format ${format}, and this page reads ${FORMAT}`);
  const id = branch?.id ?? Math.max(0, ...others.map((other) => other.id)) + 1;
  /** @type {Map<number, Record>} */
  const records = new Map();
  /** @type {Lab | undefined} */
  let lab;
  /** @type {Found["module"] | undefined} */
  let module;
  try {
    const all = [{ name: "First run", from: null, ...branch, id, run }, ...others].sort((a, b) => a.id - b.id);
    for (const one of all) {
      // At its end, wherever the person was looking: the disks are those at the end.
      const again = await replayed(session, { ...one.run, cursor: one.run.length });
      again.lab.identify(one.id, one.name, one.from?.branch, one.from?.step);
      records.set(one.id, again.record);
      module = again.module;
      if (lab) lab.join(again.lab);
      else lab = again.lab;
    }
    const there = /** @type {Lab} */ (lab);
    if (others.length) there.switchTo(id);
    if (comparable(there.disks()) !== comparable(disks)) throw new Error("its disks are not the ones its run leads to");
    if (left && left.branch !== id) there.switchTo(left.branch);
    if (left) there.seek(left.step);
    return { lab: there, module: /** @type {Found["module"]} */ (module), records };
  } catch (error) {
    if (!isPanic(error)) lab?.free();
    throw error;
  }
}

/** Cuts the power where the run that is kept has come to. @param {Inside} session */
export async function cutPower(session) {
  session.writable();
  const { branch, step, length } = session.position();
  if (branch !== session.branch || step !== length) {
    session.go((lab) => {
      lab.switchTo(session.branch);
    });
    await session.recall();
  }
  await session.act({ type: "power-cut" });
  session.options.tell("power-cut", CUT);
}

/** @param {Disk[]} disks */
const comparable = (disks) =>
  JSON.stringify(
    disks.map((d) => [
      d.node,
      d.lost,
      d.promised,
      d.accepted.map(({ slot, ballot, ...what }) => [slot, ballot, Object.values(what)]),
      d.round,
    ]),
  );

/** @param {{ step: number, length: number }} position */
const back = ({ step, length }) => `Restored as you left it, at step ${step}${step < length ? ` of ${length}` : ""}.`;
/** @param {string} why @param {string} name under which it is kept now */
const setAside = (why, name) =>
  `The saved run could not be used: ${why}. It was set aside, untouched, as “${name}”, and this is a new one. “Scenarios” lists it under “Kept from before”.`;
const unreadable = (/** @type {string} */ why) => `The run another tab saved cannot be read: ${why}.`;
