// What a person saves on purpose should not be the first thing to go when the disk fills up. Asked for then, and not
// before: some browsers ask the person in their turn.

/** Asks the browser to keep what is saved here. @returns {Promise<boolean>} whether it will */
export async function persist() {
  try {
    return (await navigator.storage?.persist?.()) ?? false;
  } catch {
    return false; // saved all the same, as long as there is room
  }
}
