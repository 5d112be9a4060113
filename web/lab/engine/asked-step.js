// The step that an address asks for, and what to say when there is none such: an address that is typed or cut off still
// opens its scenario, and nobody has to guess why another moment is shown.

/** @param {string | null} text what the address says @param {number} length of the run
 * @param {number} begins where it is shown when nothing is asked
 * @returns {{ step: number, says: string }} `says`: what was wrong, in a sentence; nothing when it was right */
export function stepAsked(text, length, begins) {
  if (text === null) return { step: begins, says: "" };
  if (!/^\d+$/.test(text)) {
    const says = `The address asks for step “${short(text)}”. Steps are whole numbers from 0 to ${length}, so step ${begins} is shown.`;
    return { step: begins, says };
  }
  if (Number(text) <= length) return { step: Number(text), says: "" };
  const says = `The address asks for step ${short(text)}. The last one is ${length}, and that is shown.`;
  return { step: length, says };
}

/** So much of what was typed is said again. @param {string} text */
export const short = (text) => (text.length > 24 ? `${text.slice(0, 24)}…` : text);
