// Runs kept from before: those that another run took the place of, and those that could not be used. Each is kept whole
// under a name of its own, beside the run that goes on. Loaded when there is one to keep, or when a person asks for
// them.

import { reason } from "./keeper.js";
import { restored } from "./resume.js";
import { Cancelled } from "./slices.js";
import { browser } from "./storage.js";
/** @import { Inside } from "./inside.js" */
/** @import { Change, Kept } from "./storage.js" */

/** So many runs that were replaced are kept; of those that could not be used, all. */
const MOST = 20;

/**
 * @typedef {object} Entry
 * @property {string} name under which it is kept
 * @property {boolean} replaced whether another run took its place; else it could not be used
 * @property {string} title empty if it has none
 * @property {number | undefined} steps how many it has, if that can be read
 * @property {number | undefined} saved when, in ms since 1970
 * @property {string} why it could not be used; empty if that is not known
 */

/** @param {Inside} session */
const own = (session) => session.keeper.name ?? "";

/** The number in a name of this kind; 0 if it is another name. @param {string} name @param {string} kept */
function number(name, kept) {
  const [, digits = "0"] =
    (kept.startsWith(`${name} (`) && /^\(before (\d+)\)$/.exec(kept.slice(name.length + 1))) || [];
  return Number(digits);
}

/** Whether there is a run of one's own, for a page that shows none. @param {string} name
 * @returns {Promise<boolean>} false also where nothing can be kept */
export async function isKept(name) {
  try {
    const storage = await browser(name);
    const kept = await storage.load(name);
    storage.close();
    return !!kept;
  } catch {
    return false;
  }
}

/** What to say of a run that came with the page's address. @param {string | null} name under which a run of one's own may be
 * kept @param {boolean} challenge whether it is the start of one
 * @returns {Promise<[says: string, leave: string]>} a sentence, and what leads away from it */
export async function visited(name, challenge) {
  const mine = !!name && (await isKept(name));
  const says = `This ${challenge ? "is a challenge" : "run came with a link"} and is not saved.`;
  return mine ? [`${says} “My run” is the one from before.`, "Back to my run"] : [says, "Open the lab"];
}

/** What keeps the present run when another takes its place: nothing if it was only looked at.
 * @param {Inside} session @returns {Promise<Change[]>} */
export async function shelved(session) {
  if (!session.own) return [];
  const name = own(session);
  const names = await session.keeper.storage.names();
  const numbers = names.map((kept) => number(name, kept)).filter((n) => n > 0);
  const next = Math.max(0, ...numbers) + 1;
  const tooOld = numbers.toSorted((a, b) => a - b).slice(0, Math.max(0, numbers.length + 1 - MOST));
  const { disks } = session.keeper.disks.length ? session.keeper : session.lab.saved(); // none has changed yet
  const kept = { ...session.snapshot(true, true), disks };
  return [
    [`${name} (before ${next})`, kept],
    ...tooOld.map((n) => /** @type {Change} */ ([`${name} (before ${n})`, null])),
  ];
}

/** All runs kept from before, the latest first. @param {Inside} session @returns {Promise<Entry[]>} */
export async function keptFromBefore(session) {
  const { storage } = session.keeper;
  const name = own(session);
  const names = (await storage.names()).filter((kept) => kept !== name && kept.startsWith(`${name} (`));
  const entries = await Promise.all(
    names.map(async (kept) => {
      const found = await storage.load(kept);
      const { title, length } = found?.run ?? {};
      const replaced = number(name, kept) > 0;
      const why = replaced ? "" : await storage.why(kept);
      return { name: kept, replaced, title: text(title), steps: length, saved: found?.saved, why };
    }),
  );
  return entries.sort((a, b) => (b.saved ?? 0) - (a.saved ?? 0) || number(name, b.name) - number(name, a.name));
}

/** @param {unknown} title of a run that may be damaged */
const text = (title) => (typeof title === "string" ? title : "");

/** Opens a run kept from before, in place of this one, which is kept in its turn.
 * @param {Inside} session @param {string} [name] by default of the last one that was replaced
 * @returns {Promise<boolean>} whether the present run was kept; rejects with why it cannot be opened */
export async function openKept(session, name) {
  session.writable();
  const { storage } = session.keeper;
  const from = name ?? latest(own(session), await storage.names());
  const kept = from && (await storage.load(from));
  if (!from || !kept) throw new Error("There is no run to go back to (any more).");
  const found = await restored(session, kept).catch((error) => {
    if (error instanceof Cancelled || !(error instanceof Error)) throw error;
    throw new Error(`That run cannot be opened: ${reason(error)}.`, { cause: error });
  });
  const before = await shelved(session);
  const { name: _, ...all } = /** @type {Kept & { name?: string }} */ (kept);
  await session.keeper.commit({ ...all, left: undefined, own: true }, [...before, [from, null]]);
  await session.swap(found, { ...all, own: true });
  session.keeper.changed();
  return before.length > 0;
}

/** @param {string} name @param {string[]} names */
function latest(name, names) {
  const last = Math.max(0, ...names.map((kept) => number(name, kept)));
  return last ? `${name} (before ${last})` : undefined;
}

/** Forgets a run kept from before. @param {Inside} session @param {string} name */
export async function forgetKept(session, name) {
  session.writable();
  await session.keeper.storage.write([[name, null]]);
}

/** What is kept under a name, for a file: its run, or all there is of it where there is none.
 * @param {Inside} session @param {string} name @returns {Promise<unknown>} */
export async function fileOfKept(session, name) {
  const kept = await session.keeper.storage.load(name);
  if (!kept) throw new Error("That run is not there any more.");
  return kept.run && typeof kept.run === "object" ? kept.run : kept;
}
