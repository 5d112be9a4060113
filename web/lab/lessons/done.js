// Which challenges were met in this browser. Without storage, for as long as the page is open.

const NAME = "quorum-challenges";

/** @type {Record<string, number>} */
let known = {};

/** By name, the step at which it was met. @returns {Record<string, number>} */
export function done() {
  try {
    const kept = JSON.parse(localStorage.getItem(NAME) ?? "{}");
    if (kept && typeof kept === "object") known = { ...kept, ...known };
  } catch {
    // Nothing is kept, or nothing that was written here.
  }
  return known;
}

/** @param {string} name of a challenge @param {number} step */
export function markDone(name, step) {
  known = { ...done(), [name]: step };
  try {
    localStorage.setItem(NAME, JSON.stringify(known));
  } catch {
    // It is known until the page is left.
  }
}
