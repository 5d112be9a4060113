// Which parts of a lab are shown: the words of the `panels` attribute.

/** The panels without an attribute that names them. */
const PANELS = "stage events spacetime disk inspector";
/** Words that the `panels` attribute took in earlier versions, and what they are now. @type {Map<string, string>} */
const RENAMED = new Map([["log", "events"]]);
/** Which of them this page was told of. */
const warned = new Set();

/** The tokens of a `panels` attribute. @param {string | null} value @returns {string[]} */
export function panelsOf(value) {
  const tokens = (value ?? PANELS).split(/\s+/).filter((token) => token);
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
