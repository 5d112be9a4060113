// Keeping what cannot be used: it is moved, never changed.

/**
 * Moves what is stored as `name` to a name that is free, all of it or nothing.
 * @param {string} name @param {{record: any, disks: any[], names: IDBValidKey[]}} stored
 * @param {(work: (runs: IDBObjectStore, disks: IDBObjectStore) => void) => Promise<void>} write one transaction
 * @returns {Promise<string>} the name it has now
 */
export async function moveAside(name, stored, write) {
  let n = 1;
  while (stored.names.includes(`${name} (set aside ${n})`)) n++;
  const aside = `${name} (set aside ${n})`;
  await write((runs, disks) => {
    runs.put({ ...stored.record, name: aside });
    runs.delete(name);
    for (const disk of stored.disks) {
      disks.put({ ...disk, name: aside });
      disks.delete([name, disk.node]);
    }
  });
  return aside;
}
