// The facts about a link, and the actions on it: loaded when a person first selects a thing.

/** @import { Target, View } from "../engine/engine.js" */
/** @import { Fact, Item } from "../shared/facts.js" */

/** What may be done both ways at once, and how it is called. */
const BOTH_WAYS = [
  ["cut", "Cut both ways"],
  ["mend", "Mend both ways"],
];

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

/** @param {number} a @param {number} b @param {(of: Target) => Item[]} choices @param {string | null} locked
 * @returns {Item[]} */
function items(a, b, choices, locked) {
  /** By what they do: some are offered by both directions. @type {Map<string, Item>} */
  const known = new Map();
  for (const item of [...choices({ link: [a, b] }), ...choices({ link: [b, a] })]) {
    const { from, to } = /** @type {{ from?: number, to?: number }} */ (item.acts?.[0] ?? {});
    known.set(JSON.stringify(item.acts), { ...item, name: from ? `${item.name} ${from} to ${to}` : item.name });
  }
  const all = [...known.values()];
  const possible = all.filter((item) => !item.why).flatMap((item) => item.acts ?? []);
  for (const [type, name] of BOTH_WAYS) {
    const acts = possible.filter((action) => action.type === type);
    if (acts.length > 1) all.unshift({ name, key: null, why: locked, acts });
  }
  return all;
}
