// Dragging over empty ground draws a fence: what is inside is cut off from what is outside.

import { h, list } from "../shared/dom.js";
/** @import { Box, Point } from "./box.js" */

/** A hand that moved less than this, in px, drew nothing. */
const STILL = 16;

/**
 * @param {PointerEvent} down where it begins
 * @param {HTMLElement} area to draw in
 * @param {() => Point[]} at where the servers are
 * @param {(inside: number[], outside: number[]) => void} partition
 * @returns {Promise<boolean>} once it is over: whether anything was drawn
 */
export function partitionDrag(down, area, at, partition) {
  const box = area.getBoundingClientRect();
  const stop = new AbortController();
  const fence = h("div", { class: "fence", hidden: true });
  area.append(fence);
  /** @param {PointerEvent} e @returns {Box} */
  const span = (e) => {
    const xs = [down.clientX - box.left, e.clientX - box.left];
    const ys = [down.clientY - box.top, e.clientY - box.top];
    return { x: Math.min(...xs), y: Math.min(...ys), w: Math.abs(xs[1] - xs[0]), h: Math.abs(ys[1] - ys[0]) };
  };
  /** @param {PointerEvent} e */
  const draw = (e) => {
    const s = span(e);
    if (s.w + s.h < STILL) return;
    const who = enclosed(at(), s);
    fence.hidden = false;
    fence.textContent = who.length ? `cut off ${list(who)}` : "";
    Object.assign(fence.style, { translate: `${s.x}px ${s.y}px`, width: `${s.w}px`, height: `${s.h}px` });
  };
  return new Promise((resolve) => {
    const end = (/** @type {PointerEvent} */ e) => {
      stop.abort();
      const inside = !fence.hidden && e.type === "pointerup" ? enclosed(at(), span(e)) : [];
      const outside = at()
        .map((_, i) => i + 1)
        .filter((i) => !inside.includes(i));
      resolve(!fence.hidden);
      fence.remove();
      if (inside.length && outside.length) partition(inside, outside);
    };
    // A button that is up already was let go of while this was loading.
    addEventListener("pointermove", (e) => (e.buttons ? draw(e) : end(e)), { signal: stop.signal });
    addEventListener("pointerup", end, { signal: stop.signal });
    addEventListener("pointercancel", end, { signal: stop.signal });
  });
}

/** The servers whose middle is in a box. @param {Point[]} at @param {Box} box @returns {number[]} from 1 */
export function enclosed(at, { x, y, w, h }) {
  const inside = (/** @type {Point} */ p) => p.x > x && p.x < x + w && p.y > y && p.y < y + h;
  return at.flatMap((p, i) => (inside(p) ? [i + 1] : []));
}
