// The rules that safety rests on, as switches. What each of them says, and what happened to those who did without, is the
// engine's; which of them belong together is ours.

import { h, set } from "./dom.js";
import { title } from "./whatif-words.js";
/** @import { RuleText } from "../wasm/quorum_search.js" */
/** @import { Counterexample } from "./extras.js" */

/** @type {[string, RegExp][]} the first that fits */
const GROUPS = [
  ["Promises", /^(keep-promise|accept-promises|promises-.*)$/],
  ["Which value", /^adopt-/],
  ["Quorums and votes", /intersects$|vote/],
  ["Ballots", /^ballots-/],
  ["Disks and crashes", /^(persist|recover|wiped)-/],
  ["Others", /./],
];

/** @param {string} rule */
const group = (rule) => GROUPS.findIndex(([, fits]) => fits.test(rule));

/** The switches, one for each rule.
 * @param {RuleText[]} rules @param {Counterexample[]} examples
 * @param {{ off: Set<string>, changed: () => void, show: (name: string) => void }} now
 */
export function switches(rules, examples, { off, changed, show }) {
  const row = (/** @type {RuleText} */ rule) => {
    const example = examples.find((it) => it.rule === rule.rule);
    const box = h("input", { type: "checkbox", role: "switch", "data-rule": rule.rule, onchange: () => {
      off[box.checked ? "delete" : "add"](rule.rule);
      draw();
      changed();
    } });
    const without = h("div", { class: "without" }, h("p", {}, h("b", {}, "Without: "), rule.off), rule.bit && h("p", { class: "so" }, rule.bit));
    const link = example && h("a", { href: example.address, "aria-label": `${example.title}: watch it`, onclick: (/** @type {MouseEvent} */ event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return; // elsewhere, as every link
      event.preventDefault();
      show(example.name);
    } }, "Watch it break");
    const draw = () => {
      box.checked = !off.has(rule.rule);
      set(without, "hidden", box.checked);
    };
    draw();
    return h("li", {}, h("label", {}, box, h("span", {}, h("b", {}, title(rule.rule)), " ", rule.protects)), without, link);
  };
  return GROUPS.map(([name], at) => [name, rules.filter(({ rule }) => group(rule) === at)]).filter(([, members]) => members.length)
    .map(([name, members]) => h("fieldset", {}, h("legend", {}, /** @type {string} */ (name)), h("ul", {}, .../** @type {RuleText[]} */ (members).map(row))));
}
