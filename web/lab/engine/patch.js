// Data that differs little from other data, as the difference: what a recording has for each step. The two share what is
// the same, so a step takes as much memory as it changes.
//
// A difference is an object whose names say where something changed; in an array they are positions. What stands at a name is
// again a difference. Anything that is no plain object (a text, a number, an array, null) is the new value itself; a new value
// that is an object is written `{"=": value}`. Names under "-" are gone.

/** @param {any} value @returns {boolean} */
const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

/** The data after a difference. @param {any} before is left as it is @param {any} difference @returns {any} */
export function patched(before, difference) {
  if (!isObject(difference)) return difference;
  if ("=" in difference) return difference["="];
  const { "-": gone = [], ...changed } = difference;
  const after = Array.isArray(before) ? [...before] : { ...before };
  for (const name of gone) delete after[name];
  for (const [name, inner] of Object.entries(changed)) after[name] = patched(after[name], inner);
  return after;
}

/** What leads from one to the other. @param {any} before @param {any} after
 * @returns {any} undefined where nothing differs */
export function difference(before, after) {
  if (JSON.stringify(before) === JSON.stringify(after)) return undefined;
  const objects = isObject(before) && isObject(after);
  if (!objects && !alike(before, after)) return isObject(after) ? { "=": after } : after;
  const gone = objects ? Object.keys(before).filter((name) => !(name in after)) : [];
  /** @type {Record<string, any>} */
  const changed = gone.length ? { "-": gone } : {};
  for (const name of Object.keys(after)) {
    const inner = difference(before[name], after[name]);
    if (inner !== undefined) changed[name] = inner;
  }
  return changed;
}

/** Whether an array has what the other had, at the same positions: then it is less to say what changed in it.
 * @param {any} before @param {any} after */
const alike = (before, after) =>
  Array.isArray(before) && Array.isArray(after) && before.length === after.length && before.every(isObject);
