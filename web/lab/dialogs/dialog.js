// A dialog over the lab.

import { h } from "../shared/dom.js";
import { life } from "../shared/life.js";

/** Shows a dialog, and takes it away once it is closed. @param {HTMLElement} lab @param {string} title
 * @param {...Node} content
 * @returns {HTMLDialogElement} */
export function show(lab, title, ...content) {
  const close = h("button", { class: "quiet", onclick: () => dialog.close() }, "Close");
  const sheet = h("div", { class: "sheet" }, h("header", {}, h("h2", {}, title), close), ...content);
  const dialog = h("dialog", { "aria-label": title, tabindex: -1, lang: "en" }, sheet);
  const over = new AbortController();
  const signal = AbortSignal.any([over.signal, life(lab)]);
  dialog.onclose = () => {
    over.abort();
    dialog.remove();
  };
  // Beside it is outside, unless somebody has filled in something: that a slip of the hand does not throw away.
  let filled = false;
  dialog.oninput = ({ target }) => {
    filled ||= target instanceof Element && !!target.closest("form");
  };
  dialog.onclick = (event) => {
    if (event.target === dialog && !filled) dialog.close();
  };
  lab.append(dialog);
  dialog.showModal();
  for (const type of ["wheel", "touchmove"]) addEventListener(type, hold, { passive: false, signal });
  return dialog;
}

/** What is behind a dialog does not scroll: neither beside it, nor where nothing in it is left to scroll.
 * @param {Event} event */
function hold(event) {
  const path = event.composedPath();
  const dialog = path.findIndex((at) => at instanceof HTMLDialogElement);
  const within = path.slice(0, dialog + 1).some((at) => at instanceof Element && scrolls(at));
  if (event.cancelable && (path[0] === path[dialog] || !within)) event.preventDefault();
}

/** @param {Element} at */
const scrolls = (at) => at.scrollHeight > at.clientHeight && /auto|scroll/.test(getComputedStyle(at).overflowY);
