// The rules that safety rests on, as switches. What each of them says, and what happened to those who did without, is the
// engine's.

import { h, setAttr } from "../shared/dom.js";
/** @import { Counterexample } from "../engine/extras.js" */
/** @import { Lesson } from "../../wasm/quorum_search.js" */

/** @type {Record<Lesson["group"], string>} */
const GROUPS = {
  promises: "Promises",
  adoption: "Which value to ask for",
  quorums: "Quorums and votes",
  ballots: "Ballots",
  disk: "Disks and crashes",
};

/** @typedef {{ off: Set<string>, changed: () => void, show: (name: string) => void }} Question */

/** The switches, one for each rule, in their groups.
 * @param {Lesson[]} rules @param {Counterexample[]} examples @param {Question} question */
export const switches = (rules, examples, question) =>
  Object.entries(GROUPS).map(([group, title]) =>
    h(
      "fieldset",
      {},
      h("legend", {}, title),
      h(
        "ul",
        {},
        ...rules
          .filter((rule) => rule.group === group)
          .map((rule) =>
            row(
              rule,
              examples.find((example) => example.rule === rule.rule),
              question,
            ),
          ),
      ),
    ),
  );

/** @param {Lesson} lesson @param {Counterexample | undefined} example @param {Question} question */
function row({ rule, name, protects, without, bit, source }, example, { off, changed, show }) {
  const box = h("input", {
    type: "checkbox",
    role: "switch",
    "data-rule": rule,
    onchange: () => {
      off[box.checked ? "delete" : "add"](rule);
      draw();
      changed();
    },
  });
  const missing = h(
    "div",
    { class: "without" },
    h("p", {}, h("b", {}, "Without it: "), without),
    h("p", {}, bit),
    h("p", { class: "source" }, ...linked(source)),
  );
  const draw = () => {
    box.checked = !off.has(rule);
    setAttr(missing, "hidden", box.checked);
  };
  draw();
  return h(
    "li",
    {},
    h("label", {}, box, h("span", {}, h("b", {}, name), h("small", {}, rule), h("span", {}, protects))),
    example && link(example, name, show),
    missing,
  );
}

/** A run in which the rule is missed. @param {Counterexample} example @param {string} rule @param {(name: string) => void} show */
const link = ({ name, address }, rule, show) =>
  h(
    "a",
    {
      href: address,
      "aria-label": `Watch it break without: ${rule}`,
      onclick: (/** @type {MouseEvent} */ event) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey) return; // elsewhere, as with every link
        event.preventDefault();
        show(name);
      },
    },
    "Watch it break",
  );

/** A text whose addresses lead there. @param {string} text */
const linked = (text) =>
  text
    .split(/(https:\/\/[^\s;]+)/)
    .map((part, i) =>
      i % 2 ? h("a", { href: part, target: "_blank", rel: "noopener" }, part.replace(/^https:\/\//, "")) : part,
    );
