// What to say of a name that nobody knows: the names like it, or how many there are. All of them would fill a telephone.

/** So many names are said at most. */
const SAID = 3;
/** So many letters make a word that is like another. */
const LIKE = 3;

/** How many words of a name begin as one of another does. @param {string} name @param {string} other */
function likeness(name, other) {
  const words = other.split("-");
  const begins = (/** @type {string} */ word) =>
    words.some((it) => it.length >= LIKE && word.slice(0, LIKE) === it.slice(0, LIKE));
  return name.split("-").filter(begins).length;
}

/** A sentence about which names there are. @param {string} name that is none of them @param {string[]} names
 * @param {string} list what the page calls the list of them @returns {string} */
export function thereAre(name, names, list) {
  const scores = names.map((other) => ({ other, like: likeness(name, other) }));
  const most = Math.max(...scores.map(({ like }) => like));
  const like = most ? scores.filter((it) => it.like === most).map(({ other }) => other) : [];
  if (!like.length || like.length > SAID)
    return `There are ${names.length}, such as ${names.slice(0, SAID).join(", ")}: “${list}” lists them.`;
  return `Did you mean ${like.length > 1 ? `${like.slice(0, -1).join(", ")} or ` : ""}${like[like.length - 1]}?`;
}
