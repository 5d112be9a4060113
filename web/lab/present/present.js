// A lecture: the note, the stage and what is chosen fill the screen, and → and ← go from idea to idea.

import { standingIn } from "../lessons/place.js";
import { h, setAttr, style } from "../shared/dom.js";
import { life } from "../shared/life.js";
/** @import { Commands } from "../commands.js" */
/** @import { Store } from "../store.js" */

/** @param {HTMLElement} lab @param {Store} store @param {Commands} commands
 * @param {(what: "lesson" | "questions") => unknown} open */
export async function present(lab, store, commands, open) {
  if (lab.hasAttribute("data-present")) return;
  await style(/** @type {ShadowRoot} */ (lab.getRootNode()), new URL("./present.css", import.meta.url));
  const writing = aside(lab);
  if (writing && store.session.notes?.asks) void open("questions");
  const over = new AbortController();
  const signal = AbortSignal.any([over.signal, life(lab)]);
  const leave = () => {
    over.abort();
    bar.remove();
    setAttr(lab, "data-present", null);
    store.presenting = false;
    if (document.fullscreenElement) void document.exitFullscreen();
    store.draw();
    if (writing) void open("lesson");
  };
  const bar = h(
    "div",
    { class: "presenting", role: "group", "aria-label": "Presentation" },
    h("h1", { class: "sr" }, store.session.notes?.title ?? "Quorum"),
    h("button", { onclick: () => commands.back(), "aria-label": "Back" }, "←"),
    h("button", { onclick: () => void commands.step(), "aria-label": "Next", "data-next": true }, "→"),
    h("button", { onclick: leave }, "Leave"),
  );
  lab.append(bar);
  setAttr(lab, "data-present", true);
  store.presenting = true;
  const escaped = (/** @type {KeyboardEvent} */ event) => {
    if (event.key !== "Escape" || event.defaultPrevented) return;
    event.preventDefault();
    leave();
  };
  lab.addEventListener("keydown", escaped, { signal, capture: true });
  document.addEventListener("fullscreenchange", () => document.fullscreenElement || leave(), { signal });
  bar.querySelectorAll("button")[1].focus({ preventScroll: true });
  store.draw();
  // Where a page may not fill the screen the lab fills the page.
  await lab.requestFullscreen?.().catch(() => {});
}

/** Puts what writes a lesson aside: a class sees the lesson as a reader does. What is written is in the run already.
 * @param {HTMLElement} lab @returns {boolean} whether somebody was writing */
function aside(lab) {
  const bar = standingIn(lab);
  if (!bar?.element.hasAttribute("data-writing")) return false;
  bar.go();
  return true;
}
