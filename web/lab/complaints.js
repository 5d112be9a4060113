// What is wrong with the attributes of a lab, in sentences for whoever wrote them. Loaded when something is.

import { brief } from "./engine/arguments.js";
import { SPEEDS } from "./playback/speeds.js";
import { FLAGS, strangers, WORDS } from "./properties.js";

/** @param {string[]} words */
const either = (words) => `${words.slice(0, -1).join(", ")}${words.length > 1 ? " or " : ""}${words.at(-1)}`;

/** @param {Element} lab @param {number | undefined} length in steps, of a run that was to be shown at one of them
 * @returns {string} sentences; nothing where all is right */
export function complaints(lab, length) {
  /** @type {string[]} */
  const told = [];
  const say = (/** @type {string} */ name, /** @type {string} */ value, /** @type {string} */ rest) =>
    told.push(`The attribute ${name}=${brief(value)} of this lab ${rest}`);
  for (const [name, words] of Object.entries(WORDS)) {
    const odd = strangers(lab, name);
    if (odd.length) say(name, odd.join(" "), `means nothing: it takes ${either(words)}.`);
  }
  for (const name of FLAGS)
    if (lab.getAttribute(name) === "false") say(name, "false", "is taken to mean no. Leave it out to say so.");
  const [step, speed] = [lab.getAttribute("step"), lab.getAttribute("speed")];
  if (step?.trim() && !/^\d+$/.test(step.trim()))
    say("step", step, "is no step: it takes a whole number, 0 or more. The run is shown from where it begins.");
  else if (step && length !== undefined && Number(step) > length)
    say("step", step, `is past the end of its run, which has ${length} steps: that is shown.`);
  if (speed !== null && !SPEEDS.includes(Number(speed)))
    say("speed", speed, `means nothing: it takes one of ${SPEEDS.join(", ")}.`);
  return told.join(" ");
}
