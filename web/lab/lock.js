// Two tabs must never write one run: each would commit promises the other does not know of. The browser's lock
// manager decides who writes; it also lets go by itself when a tab dies.

/**
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
