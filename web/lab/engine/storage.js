// What survives. An acceptor may answer only when its promise is durable, so "saved" here means that the browser has
// said a *transaction* is complete with strict durability: a request that merely succeeded can still be lost.
// A run and the disks it leads to are always written in one transaction, so they can never disagree.
//
// Only one page writes a run. A lock says which, and a lock can be lost without a word: some browsers let go of it when
// they put a page aside for later. So each page that takes a run up gets the next *generation*, and leaves a mark that
// the one before has ended. Every write first adds that very mark for its own generation, and takes it back: where the
// mark is there already, adding it fails, and the whole transaction with it. A page that is about to go can do that,
// because it has to wait for no answer in between.

/** @import { Disk, Run } from "./engine.js" */

/** @typedef {{ branch: number, step: number }} Place a step of a branch */

/** @typedef {{ id?: number, name: string, from: Place | null }} Identity of a branch: `id` is missing in the moment in
 * which one begins */

/**
 * Everything that is kept of a run.
 * @typedef {object} Kept
 * @property {number} [format] of this record
 * @property {Run} run the branch that was gone on with last
 * @property {Disk[]} [disks] those it leads to, in order of server
 * @property {Identity} [branch] which branch that is
 * @property {(Identity & { id: number, run: Run })[]} [others] the other branches
 * @property {Place} [left] the moment at which the page was left in order
 * @property {boolean} [own] whether it was gone on with since it was opened
 * @property {{ name: string, length: number }} [scenario] that its first branch began as
 * @property {number} [saved] when, in ms since 1970
 * @property {string} [stamp] of this write, unlike any other
 * @property {boolean} [late] whether it is not from the database, but said later
 */

/** @typedef {[name: string, kept: Kept | null]} Change what to keep under a name, or nothing any more; disks and other
 * branches stay as they are where they are left out */

/**
 * Every method rejects with the browser's reason when nothing was kept, and with `Superseded` when another page writes.
 * @typedef {object} Storage
 * @property {() => Promise<Kept | null>} open takes the run up for writing; no page before it can write any more
 * @property {(name: string) => Promise<Kept | null>} load
 * @property {(changes: Change[]) => Promise<void>} write resolves when all of it is durable
 * @property {() => Promise<string[]>} names of all that is kept
 * @property {(why: string) => Promise<string>} setAside moves the run out of the way, untouched; the name it has now
 * @property {(name: string) => Promise<string>} why it was set aside
 * @property {() => void} close
 */

export const FORMAT = 1;
/** Marks of writers that have ended, so many of the last. */
const ENDED = 50;
/** Both object stores: any transaction is over both. */
const STORES = ["runs", "disks"];

/** Another page has begun to write the run. */
export class Superseded extends Error {}

/** Works for as long as the page is open. @returns {Storage} */
export function memory() {
  /** @type {Map<string, Kept>} */
  const all = new Map();
  return {
    open: async () => null,
    load: async (name) => all.get(name) ?? null,
    async write(changes) {
      for (const [name, kept] of changes) {
        if (kept) all.set(name, { ...all.get(name), ...kept, format: FORMAT });
        else all.delete(name);
      }
    },
    names: async () => [...all.keys()],
    setAside: async () => "",
    why: async () => "",
    close() {},
  };
}

/** @param {IDBTransaction} tx @returns {Promise<void>} */
const completed = (tx) =>
  new Promise((resolve, reject) => {
    tx.oncomplete = () => resolve();
    tx.onabort = () =>
      // Only the mark of a writer's end is added; everything else is put.
      reject(tx.error?.name === "ConstraintError" ? new Superseded() : (tx.error ?? new Error("it gave up the write")));
  });

/** @param {string} name */
const disksOf = (name) => IDBKeyRange.bound([name, 0], [name, Infinity]);

/** @param {IDBObjectStore} runs @param {IDBObjectStore} disks @param {Change} change */
function put(runs, disks, [name, kept]) {
  if (kept?.disks || !kept) disks.delete(disksOf(name));
  if (kept?.others || !kept) runs.delete([name, "branches"]);
  if (!kept) {
    runs.delete(name);
    runs.delete([name, "why"]);
    return;
  }
  const { disks: all = [], others = [], ...rest } = kept;
  runs.put({ ...rest, name, format: FORMAT, engine: kept.run.engine, saved: Date.now() });
  for (const disk of all) disks.put({ ...disk, name });
  if (others.length) runs.put({ name: [name, "branches"], others });
}

/** @returns {Promise<IDBDatabase>} */
function open() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open("quorum", 1); // may throw in a sandboxed frame: then the promise rejects
    request.onupgradeneeded = () => {
      request.result.createObjectStore("runs", { keyPath: "name" });
      request.result.createObjectStore("disks", { keyPath: ["name", "node"] });
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
    request.onblocked = () => reject(new Error("another tab holds an older version of it"));
  });
}

/** IndexedDB. @param {string} own the name of the run that may be written
 * @returns {Promise<Storage>} rejects where there is none */
export async function browser(own) {
  const db = await open();
  db.onversionchange = () => db.close();
  let generation = 0;

  /** @param {(runs: IDBObjectStore, disks: IDBObjectStore) => void} work @returns {Promise<void>} */
  const write = async (work) => {
    const tx = db.transaction(STORES, "readwrite", { durability: "strict" });
    try {
      const [runs, disks] = STORES.map((store) => tx.objectStore(store));
      const ended = [own, "ended", generation];
      runs.add({ name: ended });
      runs.delete(ended);
      work(runs, disks);
    } catch (error) {
      tx.abort(); // all of it or nothing
      throw error;
    }
    tx.commit(); // at once, so that it does not need a page that may be closing
    await completed(tx);
  };

  /** @param {IDBTransaction} tx @param {string} name @returns {() => Kept | null} what is there, once it is complete */
  const ask = (tx, name) => {
    const [runs, disks] = STORES.map((store) => tx.objectStore(store));
    const [record, others, all] = [runs.get(name), runs.get([name, "branches"]), disks.getAll(disksOf(name))];
    return () => {
      if (!record.result && !all.result.length) return null;
      const mine = all.result.map(({ name: _, ...disk }) => disk);
      return { ...record.result, disks: mine, others: others.result?.others ?? [] };
    };
  };

  return {
    async open() {
      const tx = db.transaction(STORES, "readwrite", { durability: "strict" });
      const runs = tx.objectStore("runs");
      const found = ask(tx, own);
      const writer = runs.get([own, "writer"]);
      writer.onsuccess = () => {
        const last = writer.result?.generation ?? 0;
        generation = last + 1;
        runs.put({ name: [own, "writer"], generation });
        runs.put({ name: [own, "ended", last] });
        runs.delete(IDBKeyRange.bound([own, "ended"], [own, "ended", last - ENDED]));
      };
      await completed(tx);
      return found();
    },
    async load(name) {
      const tx = db.transaction(STORES);
      const found = ask(tx, name);
      await completed(tx);
      return found();
    },
    write: (changes) => write((runs, disks) => changes.forEach((change) => void put(runs, disks, change))),
    async names() {
      const tx = db.transaction(STORES);
      const keys = tx.objectStore("runs").getAllKeys();
      await completed(tx);
      return keys.result.filter((key) => typeof key === "string");
    },
    setAside: async (why) => (await import("./set-aside.js")).moveAside(db, own, why, completed, write),
    async why(name) {
      const tx = db.transaction(STORES);
      const found = tx.objectStore("runs").get([name, "why"]);
      await completed(tx);
      return found.result?.why ?? "";
    },
    close: () => db.close(),
  };
}

/**
 * Two tabs must never write one run: each would commit promises the other does not know of. The browser's lock manager
 * decides who writes; it also lets go by itself when a tab dies.
 * @param {string} name the run's storage name
 * @returns {Promise<null | (() => void)>} a function that lets go, or null if another tab holds it. Rejects where there
 *   is no lock manager, because then nothing could be promised.
 */
export function hold(name) {
  return new Promise((resolve, reject) => {
    if (!navigator.locks) return reject(new Error("this browser cannot keep two tabs apart"));
    navigator.locks
      .request(`quorum:${name}`, { ifAvailable: true }, (lock) => {
        if (!lock) return resolve(null);
        return new Promise((release) => resolve(() => release(undefined)));
      })
      .catch(reject);
  });
}
