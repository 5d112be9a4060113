// Kept from before: runs that another run took the place of, and runs that could not be used. Each can be opened,
// saved as a file, and discarded.

import { h, setText } from "../shared/dom.js";
import { save } from "../shared/download.js";
import { fileName } from "./files.js";
/** @import { Commands } from "../commands.js" */
/** @import { Run } from "../engine/engine.js" */
/** @import { Entry } from "../engine/kept.js" */
/** @import { Session } from "../engine/session.js" */

/**
 * @typedef {object} Ways
 * @property {(error: unknown) => void} failed says why something is not possible
 * @property {() => void} opened a run is open now
 */

/** @param {Session} session @param {Commands} commands @param {Ways} ways
 * @returns {{ element: HTMLElement, drawn: Promise<void> }} hidden while there is nothing */
export function keptList(session, commands, { failed, opened }) {
  const list = h("ul", { class: "kept-list" });
  const summary = h("summary", {}, "Kept from before");
  const back = h("button", { onclick: () => open() }, "Back to my run");
  const element = h("section", { class: "kept-before", hidden: true }, back, h("details", {}, summary, list));
  const draw = async () => {
    const entries = await session.branches((b) => b.keptFromBefore(session));
    element.hidden = !entries.length;
    back.hidden = !entries.some(({ replaced }) => replaced);
    setText(summary, `Kept from before (${entries.length})`);
    list.replaceChildren(...entries.map(item));
  };
  const tried = async (/** @type {() => Promise<unknown>} */ work) => {
    try {
      await work();
    } catch (error) {
      failed(error);
    }
  };
  const open = (/** @type {string | undefined} */ name = undefined) => tried(() => commands.backTo(name).then(opened));
  const file = (/** @type {Entry} */ { name, title }) =>
    tried(async () => {
      const data = await session.branches((b) => b.fileOfKept(session, name));
      save(JSON.stringify(data, null, 1), fileName({ title: title || name }), "application/json");
    });
  const discard = (/** @type {string} */ name) =>
    tried(() => session.branches((b) => b.forgetKept(session, name)).then(draw));
  const item = (/** @type {Entry} */ entry) => {
    const { name, why } = entry;
    const buttons = [
      h("button", { onclick: () => open(name) }, "Open"),
      h("button", { onclick: () => file(entry) }, "Save as a file"),
      twice("Discard", "Discard for good", () => discard(name)),
    ];
    const about = [h("b", { dir: "auto" }, titleOf(entry)), h("small", {}, told(entry))];
    if (why) about.push(h("small", {}, `It could not be used: ${why.replace(/\.$/, "")}.`));
    return h("li", { "data-kept": name }, ...about, h("span", { class: "buttons" }, ...buttons));
  };
  return { element, drawn: tried(draw) };
}

/** @param {Entry} entry */
const titleOf = ({ title, replaced, name }) => title || (replaced ? "A run without a title" : name);

/** When it was kept, and how long it is. @param {Entry} entry */
function told({ steps, saved }) {
  const length = Number.isInteger(steps) ? `${Number(steps).toLocaleString("en")} steps` : "";
  const when = saved ? new Date(saved).toLocaleString("en", { dateStyle: "medium", timeStyle: "short" }) : "";
  return [length, when].filter(Boolean).join(", ");
}

/** A button that asks by a second press. @param {string} label @param {string} sure @param {() => unknown} act */
function twice(label, sure, act) {
  let asked = false;
  const button = h("button", { class: "quiet" }, label);
  button.onclick = () => {
    if (asked) return void act();
    asked = true;
    setText(button, sure);
  };
  button.onblur = () => {
    asked = false;
    setText(button, label);
  };
  return button;
}
