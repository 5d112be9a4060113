// Lessons of one's own, kept in this browser, by their titles. A database of its own: what keeps the run of a lab knows
// nothing of lessons.

/** @import { Run } from "../engine/engine.js" */

/** @returns {Promise<IDBDatabase>} */
function open() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open("quorum-lessons", 1); // may throw in a sandboxed frame: then the promise rejects
    request.onupgradeneeded = () => request.result.createObjectStore("lessons", { keyPath: "title" });
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
    request.onblocked = () => reject(new Error("another tab holds an older version of it"));
  });
}

/** Does something with the store, in a transaction of its own. @template T
 * @param {"readonly" | "readwrite"} mode @param {(store: IDBObjectStore) => IDBRequest<T>} work
 * @returns {Promise<T>} rejects with a sentence */
async function within(mode, work) {
  try {
    const db = await open();
    try {
      const tx = db.transaction("lessons", mode, { durability: "strict" });
      const request = work(tx.objectStore("lessons"));
      await new Promise((resolve, reject) => {
        tx.oncomplete = resolve;
        tx.onabort = () => reject(tx.error ?? new Error("the browser gave it up"));
      });
      return request.result;
    } finally {
      db.close();
    }
  } catch (cause) {
    const why = /** @type {Error} */ (cause).message;
    throw new Error(`This browser does not keep lessons here (${why}). Save it as a file instead.`, { cause });
  }
}

/** Keeps a lesson, in the place of any other of its title. @param {Run} run with its title and its notes */
export const keep = (run) => within("readwrite", (store) => store.put({ title: run.title, run }));

/** @returns {Promise<{ title: string, run: Run }[]>} by title */
export const mine = () => within("readonly", (store) => store.getAll());

/** @param {string} title */
export const forget = (title) => within("readwrite", (store) => store.delete(title));
