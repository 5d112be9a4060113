// Data that differs little from other data, as the difference: what a recording has for each step. The two share what is
// the same, so a step takes as much memory as it changes.
//
// A difference is an object whose names say where something changed. In an array whose entries have an `id` they are those; in
// another array they are positions. What stands at a name is again a difference. Anything that is no plain object (a text, a
// number, an array, null) is the new value itself; a new value that is an object is written `{"=": value}`. Names under "-" are
// gone. Where an array has other entries, or in another order, "@" lists their `id`.

/** @param {any} value @returns {boolean} */
const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

/** Whether entries can be told apart by their `id`. @param {any} list @returns {boolean} */
const named = (list) =>
  Array.isArray(list) &&
  list.every((one) => isObject(one) && "id" in one) &&
  new Set(list.map(({ id }) => id)).size === list.length;

/** @param {any[]} list */
const byId = (list) => Object.fromEntries(list.map((one) => [one.id, one]));

/** The data after a difference. @param {any} before is left as it is @param {any} difference @returns {any} */
export function patched(before, difference) {
  if (!isObject(difference)) return difference;
  if ("=" in difference) return difference["="];
  const { "-": gone = [], "@": order, ...changed } = difference;
  const list = named(before);
  const after = list ? byId(before) : Array.isArray(before) ? [...before] : { ...before };
  for (const name of gone) delete after[name];
  for (const [name, inner] of Object.entries(changed)) after[name] = patched(after[name], inner);
  if (!list) return after;
  return (order ?? before.map((/** @type {any} */ { id }) => id)).map((/** @type {any} */ id) => after[id]);
}

/** What leads from one to the other. @param {any} before @param {any} after
 * @returns {any} undefined where nothing differs */
export function difference(before, after) {
  if (JSON.stringify(before) === JSON.stringify(after)) return undefined;
  if (named(before) && named(after)) {
    const order = after.map((/** @type {any} */ { id }) => id);
    const same = JSON.stringify(order) === JSON.stringify(before.map((/** @type {any} */ { id }) => id));
    return { ...(same ? {} : { "@": order }), ...changes(byId(before), byId(after)) };
  }
  const objects = isObject(before) && isObject(after);
  if (!objects && (named(before) || !alike(before, after))) return isObject(after) ? { "=": after } : after;
  const gone = objects ? Object.keys(before).filter((name) => !(name in after)) : [];
  return { ...(gone.length ? { "-": gone } : {}), ...changes(before, after) };
}

/** What differs at each name that is there now. @param {any} before @param {any} after */
function changes(before, after) {
  /** @type {Record<string, any>} */
  const changed = {};
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
