// The facts about a link, and the actions on it: loaded when a person first selects a thing.

/** @import { EndId, Target, View } from "../engine/engine.js" */
/** @import { Fact, Item } from "../shared/facts.js" */

/** What may be done to a link, with the keys for each direction alone and for both. */
const DOES = [
  { type: "cut", keys: ["c", "u", "b"], both: "Cut both ways" },
  { type: "mend", keys: ["m", "e", "w"], both: "Mend both ways" },
];

/**
 * A link is two, one for each direction, and may be cut and mended both ways at once.
 * @param {View} view @param {EndId} a @param {EndId} b @param {(of: Target) => Item[]} choices
 * @param {string | null} locked why nothing can be done
 * @returns {{facts: Fact[], items: Item[]}}
 */
export function link(view, a, b, choices, locked) {
  return { facts: [direction(view, a, b), direction(view, b, a)], items: items(a, b, choices, locked) };
}

/** @param {View} view @param {EndId} from @param {EndId} to @returns {Fact} */
function direction(view, from, to) {
  const cut = view.links.some((l) => !l.up && l.from === from && l.to === to);
  return [`${from} to ${to}`, cut, () => [cut ? "cut: nothing passes" : "open"]];
}

/** Cutting beside mending, in a row for each direction and for both. @param {EndId} a @param {EndId} b
 * @param {(of: Target) => Item[]} choices @param {string | null} locked @returns {Item[]} */
function items(a, b, choices, locked) {
  const ways = [choices({ link: [a, b] }), choices({ link: [b, a] })];
  const names = [`${a} to ${b}`, `${b} to ${a}`];
  const columns = DOES.map(({ type, keys, both }) => {
    const each = ways.flatMap((all) => all.filter((item) => item.acts?.[0].type === type));
    const acts = each.flatMap(({ why, acts = [] }) => (why ? [] : acts));
    const one = each.map((item, i) => ({ ...item, name: `${item.name} ${names[i]}`, key: keys[i] }));
    const why = locked ?? (acts.length ? null : (each[0]?.why ?? null));
    return [...one, { name: both, key: keys[2], why, acts }];
  });
  return columns[0].flatMap((item, i) => [item, columns[1][i]]);
}
