// A dialog over the lab.

import { h } from "../shared/dom.js";

/** Shows a dialog, and takes it away once it is closed. @param {HTMLElement} lab @param {string} title
 * @param {...Node} content
 * @returns {HTMLDialogElement} */
export function show(lab, title, ...content) {
  const close = h("button", { class: "quiet", onclick: () => dialog.close() }, "Close");
  const sheet = h("div", { class: "sheet" }, h("header", {}, h("h2", {}, title), close), ...content);
  const dialog = h("dialog", { "aria-label": title }, sheet);
  dialog.onclose = () => dialog.remove();
  dialog.onclick = (event) => {
    if (event.target === dialog) dialog.close();
  };
  lab.append(dialog);
  dialog.showModal();
  return dialog;
}
