// Every click has a key. Keys work only while the lab has focus; a key that did something goes no further, and one that
// did nothing passes through to the page around the lab.

/** @import { Ui } from "../ui.js" */

/** @param {Element} at @param {string} key @returns {boolean} whether the focused thing needs this key itself */
export function wanted(at, key) {
  if (at.matches("[type=range]")) return /^(Arrow|Page|Home|End)/.test(key);
  if (at.matches("input:not([type=checkbox]), select, textarea, [contenteditable]")) return true;
  if (at.matches("[role=tab]") && key.startsWith("Arrow")) return true;
  return key === " " && at.matches("button, a, input, summary");
}

/** @param {Ui} ui @returns {(event: KeyboardEvent) => void} */
export const keys = (ui) => (event) => {
  const at = event.composedPath()[0];
  if (
    event.defaultPrevented ||
    event.ctrlKey ||
    event.metaKey ||
    event.altKey ||
    event.isComposing ||
    !(at instanceof Element)
  )
    return;
  if (at.closest("dialog") || (event.key !== "Escape" && wanted(at, event.key))) return;
  if (!use(ui, event.key, at)) return;
  event.preventDefault();
  event.stopPropagation();
};

/** @param {Ui} ui @param {string} key @param {Element} at @returns {boolean} whether it did something */
function use(ui, key, at) {
  if (key === " ") return ui.toggle();
  if (key === "ArrowRight") return !!ui.step();
  if (key === "ArrowLeft") return ui.back();
  if (key === "Home") return !!ui.seek(0);
  if (key === "End") return !!ui.seek(Infinity);
  if (key === "Escape") return ui.escape();
  if (key === "?") return ui.help();
  if (key === "Enter" && at.matches("[data-node],[data-message]")) return ui.enter();
  if (/^[1-9]$/.test(key)) return ui.server(Number(key));
  return key.length === 1 && ui.letter(key.toLowerCase());
}
