// Keeping what cannot be used: it is moved, never changed.

/** @param {IDBObjectStore} store @param {IDBValidKey | IDBKeyRange} key */
const all = (store, key) => store.getAll(key);

/**
 * Moves what is stored as `name` to a name that is free, all of it or nothing.
 * @param {IDBDatabase} db @param {string} name @param {string} why
 * @param {(tx: IDBTransaction) => Promise<void>} completed
 * @param {(work: (runs: IDBObjectStore, disks: IDBObjectStore) => void) => Promise<void>} write one transaction
 * @returns {Promise<string>} the name it has now
 */
export async function moveAside(db, name, why, completed, write) {
  const tx = db.transaction(["runs", "disks"]);
  const [runs, disks] = [tx.objectStore("runs"), tx.objectStore("disks")];
  const [record, branches] = [all(runs, name), all(runs, [name, "branches"])];
  const own = all(disks, IDBKeyRange.bound([name, 0], [name, Infinity]));
  const names = runs.getAllKeys();
  await completed(tx);
  let n = 1;
  while (names.result.includes(aside(name, n))) n++;
  const now = aside(name, n);
  await write((runs, disks) => {
    runs.put({ ...record.result[0], name: now });
    for (const found of branches.result) runs.put({ ...found, name: [now, "branches"] });
    runs.put({ name: [now, "why"], why });
    runs.delete(name);
    runs.delete([name, "branches"]);
    for (const disk of own.result) {
      disks.put({ ...disk, name: now });
      disks.delete([name, disk.node]);
    }
  });
  return now;
}

/** @param {string} name @param {number} n */
const aside = (name, n) => `${name} (set aside ${n})`;
