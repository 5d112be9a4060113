// Takes the place of web/lab/engine/recordings.js in the site and in the npm package. What was recorded stands for RECORDED.

import { file } from "./files.js";

/** Names of scenarios. @type {Set<string>} */
const recorded = new Set(RECORDED);

/** A recording that cannot be had is no reason not to play: an engine can.
 * @param {string} name @returns {Promise<any>} undefined where there is none */
export const recordingOf = async (name) =>
  recorded.has(name) ? file(`${name}.shown`).catch(() => undefined) : undefined;
