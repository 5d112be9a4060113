// What survives. An acceptor may answer only when its promise is durable, so "saved" here means that the browser has
// said a *transaction* is complete with strict durability: a request that merely succeeded can still be lost.
// A run and the disks it leads to are always written in one transaction, so they can never disagree.

/** @import { Disk, PendingSave, Run } from "./engine.js" */

/**
 * @typedef {object} Stored
 * @property {number} format of this record
 * @property {Run} run
 * @property {Disk[]} disks in order of server
 */

/**
 * Every method rejects with the browser's reason when nothing was kept.
 * @typedef {object} Storage
 * @property {(name: string) => Promise<Stored | null>} load
 * @property {(name: string, save: PendingSave) => Promise<void>} commit resolves when all of it is durable
 * @property {(name: string, run: Run) => Promise<void>} saveRun the run alone, when no disk has changed
 * @property {(name: string) => Promise<string>} setAside moves a run out of the way; the name it has now
 * @property {() => void} close
 */

export const FORMAT = 1;

/** Works for as long as the page is open. @returns {Storage} */
export function memory() {
  const nothing = async () => {};
  return { load: async () => null, commit: nothing, saveRun: nothing, setAside: async (name) => name, close() {} };
}

/** @param {IDBTransaction} tx @returns {Promise<void>} */
const completed = (tx) =>
  new Promise((resolve, reject) => {
    tx.oncomplete = () => resolve();
    tx.onabort = () => reject(tx.error ?? new Error("the browser gave up the write"));
  });

/** @param {string} name */
const disksOf = (name) => IDBKeyRange.bound([name, 0], [name, Infinity]);

/** @param {IDBObjectStore} runs @param {string} name @param {Run} run */
const putRun = (runs, name, run) => runs.put({ name, format: FORMAT, engine: run.engine, run });

/** @param {IDBObjectStore} disks @param {string} name @param {Disk[]} all */
function putDisks(disks, name, all) {
  disks.delete(disksOf(name));
  for (const disk of all) disks.put({ ...disk, name });
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

/** IndexedDB. @returns {Promise<Storage>} rejects where there is none */
export async function browser() {
  const db = await open();
  db.onversionchange = () => db.close();

  /** @param {(runs: IDBObjectStore, disks: IDBObjectStore) => void} work @returns {Promise<void>} */
  const write = async (work) => {
    const tx = db.transaction(["runs", "disks"], "readwrite", { durability: "strict" });
    try {
      work(tx.objectStore("runs"), tx.objectStore("disks"));
    } catch (error) {
      tx.abort(); // all of it or nothing
      throw error;
    }
    tx.commit(); // at once, so that it does not need a page that may be closing
    await completed(tx);
  };

  /** @param {string} name */
  const read = async (name) => {
    const tx = db.transaction(["runs", "disks"]);
    const run = tx.objectStore("runs").get(name);
    const disks = tx.objectStore("disks").getAll(disksOf(name));
    const names = tx.objectStore("runs").getAllKeys();
    await completed(tx);
    return { record: run.result, disks: disks.result, names: names.result };
  };

  return {
    async load(name) {
      const { record, disks } = await read(name);
      if (!record && !disks.length) return null;
      return { format: record?.format, run: record?.run, disks: disks.map(({ name: _, ...disk }) => disk) };
    },
    commit: (name, { run, disks }) =>
      write((r, d) => {
        putRun(r, name, run);
        putDisks(d, name, disks);
      }),
    saveRun: (name, run) => write((r) => putRun(r, name, run)),
    setAside: async (name) => (await import("./set-aside.js")).moveAside(name, await read(name), write),
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
