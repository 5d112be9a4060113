// In which language a lab speaks of itself: English, or what its `lang` attribute asks for. Each language is one file with
// the same keys, and one that is not English is loaded when it is asked for. What the engine says (why a step happened,
// why something is not possible) is English everywhere, and marked as that.

import { en } from "./en.js";

/** @typedef {import("./en.js").Words} Words */

/** @type {Record<string, () => Promise<Words>>} */
const OTHERS = { de: async () => (await import("./de.js")).de };

/** The words for a `lang` attribute (`de-CH` is German); English where there are none, or they cannot be had.
 * @param {string | null} lang @returns {Promise<Words>} */
export async function wordsOf(lang) {
  const [code] = (lang ?? "").toLowerCase().split("-");
  return Object.hasOwn(OTHERS, code) ? OTHERS[code]().catch(() => en) : en;
}
