// Which parts of a lab are shown: the words of the `panels` attribute.

/** @import { View } from "../engine/engine.js" */

/** The panels without an attribute that names them. */
const PANELS = "stage events spacetime disk table inspector";
/** The same of a replicated log. */
const PANELS_OF_A_LOG = "stage log events spacetime disk table inspector";
/** Words that the `panels` attribute took in earlier versions, and what they are now. With a replicated log, `log` is a
 * panel of its own. @type {Map<string, string>} */
const RENAMED = new Map([["log", "events"]]);
/** Which of them this page was told of. */
const warned = new Set();

/** The tokens of a `panels` attribute. @param {string | null} value
 * @param {View["protocol"]} [protocol] of the run, once there is one @returns {string[]} */
export function panelsOf(value, protocol) {
  const usual = protocol === "log" ? PANELS_OF_A_LOG : PANELS;
  const known = new Set(PANELS_OF_A_LOG.split(" "));
  const tokens = (value ?? usual).split(/\s+/).filter((token) => known.has(token));
  if (!tokens.length && value) return usual.split(" "); // words that mean nothing leave nobody with nothing
  if (protocol === "log" || !protocol) return tokens;
  return tokens.map((token) => {
    const now = RENAMED.get(token);
    if (now && !warned.has(token)) {
      warned.add(token);
      console.warn(
        `<quorum-lab>: the panel “${token}” is called “${now}” now. Write panels="… ${now} …"; “${token}” will stop working.`,
      );
    }
    return now ?? token;
  });
}
