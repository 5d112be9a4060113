// Dragging over empty ground draws a fence: what is inside is cut off from what is outside.

import { h, list } from "../shared/dom.js";
/** @import { Point } from "./ring.js" */
/** @import { Ui } from "../ui.js" */

/** @typedef {{x: number, y: number, w: number, h: number}} Box */

/**
 * @param {PointerEvent} down where it begins
 * @param {HTMLElement} area to draw in
 * @param {() => Point[]} at where the servers are
 * @param {Ui} ui
 * @returns {Promise<boolean>} once it is over: whether anything was drawn
 */
export function lasso(down, area, at, ui) {
  const box = area.getBoundingClientRect();
  const stop = new AbortController();
  const fence = h("div", { class: "lasso", hidden: true });
  area.append(fence);
  /** @param {PointerEvent} e @returns {Box} */
  const span = (e) => {
    const xs = [down.clientX - box.left, e.clientX - box.left];
    const ys = [down.clientY - box.top, e.clientY - box.top];
    return { x: Math.min(...xs), y: Math.min(...ys), w: Math.abs(xs[1] - xs[0]), h: Math.abs(ys[1] - ys[0]) };
  };
  /** @param {Box} s */
  const inside = (s) =>
    at().flatMap((p, i) => (p.x > s.x && p.x < s.x + s.w && p.y > s.y && p.y < s.y + s.h ? [i + 1] : []));
  /** @param {PointerEvent} e */
  const draw = (e) => {
    const s = span(e);
    if (s.w + s.h < 16) return;
    const who = inside(s);
    fence.hidden = false;
    fence.textContent = who.length ? `cut off ${list(who)}` : "";
    Object.assign(fence.style, { translate: `${s.x}px ${s.y}px`, width: `${s.w}px`, height: `${s.h}px` });
  };
  return new Promise((resolve) => {
    const end = (/** @type {PointerEvent} */ e) => {
      stop.abort();
      const who = !fence.hidden && e.type === "pointerup" ? inside(span(e)) : [];
      const rest = at()
        .map((_, i) => i + 1)
        .filter((i) => !who.includes(i));
      resolve(!fence.hidden);
      fence.remove();
      if (who.length && rest.length) void ui.act({ type: "partition", groups: [who, rest] });
    };
    // A button that is up already was let go of while this was loading.
    addEventListener("pointermove", (e) => (e.buttons ? draw(e) : end(e)), { signal: stop.signal });
    addEventListener("pointerup", end, { signal: stop.signal });
    addEventListener("pointercancel", end, { signal: stop.signal });
  });
}
