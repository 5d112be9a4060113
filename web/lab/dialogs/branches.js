// Every course a run took: to name, to go to, to compare and to discard.

import { h } from "../shared/dom.js";
import { complaint, say } from "../shared/forms.js";
import { noValue } from "../shared/texts.js";
import { show } from "./dialog.js";
/** @import { Timeline } from "../engine/engine.js" */
/** @import { Notices } from "../notices.js" */
/** @import { Store } from "../store.js" */

const ABOUT = "Doing something in the past begins a branch. The future that was there stays as it was.";

/** @param {HTMLElement} lab @param {Store} store @param {Notices} notices @param {(branch: number) => void} compare */
export function branches(lab, store, notices, compare) {
  const { session } = store;
  const list = h("ul", { class: "branch-list" });
  const error = complaint((why) => notices.failed(why));
  const changed = () => {
    draw();
    store.branchesChanged();
  };
  /** Leaves, unless a name is wrong: then goes there. @param {() => void} go */
  const leave = (go) => {
    const wrong = /** @type {HTMLElement | null} */ (list.querySelector("[aria-invalid]"));
    if (wrong) wrong.focus();
    else go();
  };
  const actions = {
    rename: (/** @type {number} */ id, /** @type {string} */ name) => {
      error.clear();
      // The rows stay: the focus is in one of them.
      session.branches((b) => b.rename(session, id, name)).then(() => store.branchesChanged(), error.show);
    },
    discard: (/** @type {number} */ id) =>
      session
        .branches((b) => b.discard(session, id))
        .then(() => {
          changed();
          dialog.querySelector("button")?.focus(); // the one that was pressed is gone
        }, error.show),
    goTo: (/** @type {number} */ id) =>
      leave(() => session.branches((b) => b.switchTo(session, id)).then(() => dialog.close(), error.show)),
    compare: (/** @type {number} */ id) =>
      leave(() => {
        dialog.close();
        compare(id);
      }),
  };
  const draw = () => {
    const { branch, branches } = session.timeline();
    error.clear();
    list.replaceChildren(...branches.map((one) => item(one, one.id === branch, actions)));
  };
  draw();
  const dialog = show(lab, "Branches", h("p", { class: "so" }, ABOUT), list, error.element);
}

/**
 * @typedef {Record<"discard" | "goTo" | "compare", (id: number) => void> &
 *   { rename: (id: number, name: string) => void }} Actions
 */

/** @param {Timeline["branches"][number]} branch @param {boolean} shown @param {Actions} actions */
function item({ id, name, from, length }, shown, { rename, goTo, compare, discard }) {
  const title = h("input", { value: name, "aria-label": `Name of branch ${id}`, dir: "auto" });
  title.onchange = () => {
    const why = noValue(title.value, "name");
    say(title, why); // till then the branch has the name it had
    if (!why) rename(id, title.value);
  };
  const came = from ? `left branch ${from.branch} after step ${from.step}, ` : "";
  const buttons = shown
    ? [h("small", {}, "you are here")]
    : [
        h("button", { onclick: () => goTo(id) }, "Go there"),
        h("button", { onclick: () => compare(id) }, "Compare"),
        h("button", { class: "quiet", onclick: () => discard(id) }, "Discard"),
      ];
  const about = h("small", {}, `${came}${length} ${length === 1 ? "step" : "steps"}`);
  return h("li", {}, h("b", {}, `${id}`), h("label", {}, title), about, h("span", { class: "buttons" }, ...buttons));
}
