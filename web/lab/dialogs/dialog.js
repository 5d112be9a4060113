// What opens over the lab: a dialog, and the two that are so large that they load when they are first asked for.

import { h } from "../shared/dom.js";
/** @import { Ui } from "../ui.js" */

/** Shows a dialog, and takes it away once it is closed. @param {Ui} ui @param {string} title @param {...Node} content */
export function show(ui, title, ...content) {
  const close = h("button", { class: "quiet", onclick: () => dialog.close() }, "Close");
  /** @type {HTMLDialogElement} */
  const dialog = h(
    "dialog",
    {
      "aria-label": title,
      onclose: () => dialog.remove(),
      onclick: (/** @type {Event} */ e) => e.target === dialog && dialog.close(),
    },
    h("div", { class: "sheet" }, h("header", {}, h("h2", {}, title), close), ...content),
  );
  ui.element.append(dialog);
  dialog.showModal();
  return dialog;
}

/** This run beside another, loaded when first asked for. @param {Ui} ui @param {number} [branch] the other one, to begin with */
export const compare = (ui, branch) =>
  import("../compare/compare.js").then(({ open }) => open(ui, branch)).catch((e) => ui.refuse(e));

/** The rules as switches, and the search, loaded when first asked for. @param {Ui} ui */
export const whatIf = (ui) => import("../what-if/dialog.js").then(({ open }) => open(ui)).catch((e) => ui.refuse(e));
