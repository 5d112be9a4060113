// The element's attributes, as the address of a page says them.

/** Those an address may set: all but what belongs to the page itself. */
export const OPTIONS = [
  ...["scenario", "challenge", "run", "src", "step", "nodes", "seed", "protocol"],
  ...["autoplay", "loop", "speed", "pace", "beats", "controls", "panels", "theme", "persist"],
  ...["loading", "poster", "site", "lang"],
];

/** @param {URLSearchParams} asked @returns {[name: string, value: string][]} */
export const options = (asked) => [...asked].filter(([name]) => OPTIONS.includes(name));

/** What an address asks for that there is not. @param {URLSearchParams} asked @returns {string} a sentence, or nothing */
export function strangers(asked) {
  const odd = [...asked.keys()].filter((name) => !OPTIONS.includes(name));
  if (!odd.length) return "";
  const names = odd.map((name) => `“${name.length > 24 ? `${name.slice(0, 24)}…` : name}”`).join(", ");
  return `The address asks for ${names}, and there is no such option. There are: ${OPTIONS.join(", ")}.`;
}
