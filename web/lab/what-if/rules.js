// The rules that safety rests on, as switches. The sentences about each rule are the engine's.

import { h, setAttr } from "../shared/dom.js";
/** @import { Counterexample } from "../engine/shipped.js" */
/** @import { RuleStory } from "../engine/search-client.js" */

/** @type {Partial<Record<RuleStory["group"], string>>} */
const GROUPS = {
  promises: "Promises",
  adoption: "Which value to ask for",
  quorums: "Quorums and votes",
  ballots: "Ballots",
  disk: "Disks and crashes",
};

/** Those of a log, in front of the others. @type {Partial<Record<RuleStory["group"], string>>} */
const OF_A_LOG = {
  slots: "Slots of the log",
  clients: "What clients are told",
  progress: "That something happens",
  snapshots: "Snapshots",
};

/** @typedef {{ off: Set<string>, changed: () => void, show: (name: string) => void }} Question */

/** The switches, one for each rule, in their groups.
 * @param {RuleStory[]} rules @param {Counterexample[]} examples @param {Question} question */
export const switches = (rules, examples, question) =>
  Object.entries({ ...OF_A_LOG, ...GROUPS }).flatMap(([group, title]) => {
    const own = rules.filter((rule) => rule.group === group);
    if (!own.length) return [];
    const rows = own.map((rule) =>
      row(
        rule,
        examples.find((example) => example.rule === rule.rule),
        question,
      ),
    );
    return h("fieldset", {}, h("legend", {}, title), h("ul", {}, ...rows));
  });

/** @param {RuleStory} story @param {Counterexample | undefined} example @param {Question} question */
function row(story, example, { off, changed, show }) {
  const { rule, name, protects } = story;
  const box = h("input", { type: "checkbox", role: "switch", "data-rule": rule });
  const missing = without(story);
  const draw = () => {
    box.checked = !off.has(rule);
    setAttr(missing, "hidden", box.checked);
  };
  box.onchange = () => {
    off[box.checked ? "delete" : "add"](rule);
    draw();
    changed();
  };
  draw();
  const text = h("span", {}, h("b", {}, name), h("small", {}, rule), h("span", {}, protects));
  return h("li", {}, h("label", {}, box, text), example && link(example, name, show), missing);
}

/** What happens without a rule. @param {RuleStory} story */
function without({ without, bit, source }) {
  const says = h("p", {}, h("b", {}, "Without it: "), without);
  return h("div", { class: "without" }, says, h("p", {}, bit), h("p", { class: "source" }, ...linked(source)));
}

/** A run in which the rule is missed. @param {Counterexample} example @param {string} rule
 * @param {(name: string) => void} show */
function link({ name, address }, rule, show) {
  const link = h("a", { href: address, "aria-label": `Watch it break without: ${rule}` }, "Watch it break");
  link.onclick = (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return; // in another tab, as with every link
    event.preventDefault();
    show(name);
  };
  return link;
}

/** A text whose addresses lead there. @param {string} text */
function linked(text) {
  const link = (/** @type {string} */ href) =>
    h("a", { href, target: "_blank", rel: "noopener" }, href.replace(/^https:\/\//, ""));
  return text.split(/(https:\/\/[^\s;]+)/).map((part, i) => (i % 2 ? link(part) : part));
}
