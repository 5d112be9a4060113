// What a page can still say when it is about to go. A write to the database takes a while, and some browsers do not
// finish it for a page that is gone or put aside. The browser's small storage answers at once.
//
// It is never believed by itself: it names the writes that were the last at the time, each by its *stamp*. Only where
// one of these is what the database ends with, nothing has happened since.

/** @import { Kept } from "./storage.js" */

/** @param {string} name */
const place = (name) => `quorum-left-${name}`;

/** @param {string} name @param {Kept} kept all of it @param {string[]} stamps of the last writes, finished or not */
export function say(name, kept, stamps) {
  try {
    localStorage.setItem(place(name), JSON.stringify({ kept, stamps }));
  } catch {
    // Switched off, or too much for it: the database has to do.
  }
}

/** @param {string} name @param {Kept | null} found in the database
 * @returns {Kept | null} what was said later, or that */
export function heard(name, found) {
  try {
    const said = JSON.parse(localStorage.getItem(place(name)) ?? "null");
    // The latest of them is this very moment.
    if (found?.stamp && said?.stamps.indexOf(found.stamp) > 0)
      return { ...said.kept, format: found.format, late: true };
  } catch {
    // As good as nothing.
  }
  return found;
}

/** It is over. @param {string} name */
export function unsay(name) {
  try {
    localStorage.removeItem(place(name));
  } catch {
    // Then there is none.
  }
}

/** Remembers that something could not be saved, and why. @param {string} name @param {string} why */
export function regret(name, why) {
  try {
    localStorage.setItem(`quorum-unsaved-${name}`, why);
  } catch {
    // Then there is nothing to tell it by.
  }
}

/** Why a page before this one could not save what happened in it; told once. @param {string} name
 * @returns {string | null} */
export function regretted(name) {
  try {
    const why = localStorage.getItem(`quorum-unsaved-${name}`);
    localStorage.removeItem(`quorum-unsaved-${name}`);
    return why;
  } catch {
    return null;
  }
}
