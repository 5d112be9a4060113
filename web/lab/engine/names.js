// What to say of a name that nobody knows: the names like it, or how many there are. All of them would fill a telephone.

/** So many names are said at most. */
const SAID = 3;
/** A word is like another where they begin with the same so many letters. */
const LIKE = 4;

/** How many words of a name begin as one of others does. @param {string} name @param {string[]} others */
function likeness(name, others) {
  const beginnings = new Set(others.map((word) => word.slice(0, LIKE)));
  return name.split("-").filter((word) => word.length >= LIKE - 1 && beginnings.has(word.slice(0, LIKE))).length;
}

/** Those that are most like a name, in name or title, if they are few. @param {string} name
 * @param {{ name: string, title?: string }[]} all @returns {string[]} */
function like(name, all) {
  const scores = all.map((one) => {
    const words = [...one.name.split("-"), ...(one.title ?? "").toLowerCase().split(/[^\p{L}\d]+/u)];
    return { name: one.name, score: likeness(name, words) };
  });
  const most = Math.max(...scores.map(({ score }) => score));
  const best = most ? scores.filter(({ score }) => score === most) : [];
  return best.length > SAID ? [] : best.map((one) => one.name);
}

/** An error about a name that nobody knows; `like` are those that may have been meant, as an address asks for them.
 * @param {"scenario" | "challenge"} what it should name
 * @param {string} name @param {{ name: string, title?: string }[]} all there are
 * @param {string} list what the page calls the list of them */
export function unknown(what, name, all, list) {
  const best = like(name, all);
  const some = all.slice(0, SAID).map((one) => one.name);
  const says = best.length
    ? `Did you mean ${best.length > 1 ? `${best.slice(0, -1).join(", ")} or ` : ""}${best[best.length - 1]}?`
    : `There are ${all.length}, such as ${some.join(", ")}: “${list}” lists them.`;
  return Object.assign(new Error(`There is no ${what} “${name}”. ${says}`), {
    like: best.map((one) => `${what}=${one}`),
  });
}
