// The facts about a link, and the actions on it: loaded when a person first selects a thing.

/** @import { Target, View } from "../engine/engine.js" */
/** @import { Fact, Item } from "../shared/facts.js" */

/** What may be done to a link, each direction alone and then both at once: the keys. */
const KEYS = { cut: ["c", "u", "b"], mend: ["m", "e", "w"] };
/** @typedef {keyof typeof KEYS} Does */

/**
 * A link is two, one for each direction, and may be cut and mended both ways at once.
 * @param {View} view @param {number} a @param {number} b @param {(of: Target) => Item[]} choices
 * @param {string | null} locked why nothing can be done
 * @returns {{facts: Fact[], items: Item[]}}
 */
export function link(view, a, b, choices, locked) {
  return { facts: [direction(view, a, b), direction(view, b, a)], items: items(a, b, choices, locked) };
}

/** @param {View} view @param {number} from @param {number} to @returns {Fact} */
function direction(view, from, to) {
  const cut = view.links.some((l) => !l.up && l.from === from && l.to === to);
  return [`${from} to ${to}`, cut, () => [cut ? "cut: nothing passes" : "open"]];
}

/** Cutting in one row, mending in the next. @param {number} a @param {number} b @param {(of: Target) => Item[]} choices
 * @param {string | null} locked @returns {Item[]} */
function items(a, b, choices, locked) {
  const ways = [choices({ link: [a, b] }), choices({ link: [b, a] })];
  return /** @type {Does[]} */ (Object.keys(KEYS)).flatMap((type) => {
    const each = ways.flatMap((all) => all.filter((item) => item.acts?.[0].type === type));
    const possible = each.filter(({ why }) => !why).flatMap(({ acts }) => acts ?? []);
    const names = [`${a} to ${b}`, `${b} to ${a}`];
    const one = each.map((item, i) => ({ ...item, name: `${item.name} ${names[i]}`, key: KEYS[type][i] }));
    const why = locked ?? (possible.length ? null : (each[0]?.why ?? null));
    const name = type === "cut" ? "Cut both ways" : "Mend both ways";
    return [...one, { name, key: KEYS[type][2], why, acts: possible }];
  });
}
