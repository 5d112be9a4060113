// Dragging draws a fence: what is inside is cut off from what is outside. A server on which the hand begins is inside.
// A finger that moves at once scrolls the page, as anywhere; one that rests first on empty ground draws.

import { h, list } from "../shared/dom.js";
import { within } from "../shared/place.js";
/** @import { Box, Point } from "./box.js" */

/** A hand that moved less than this, in px, drew nothing. */
const STILL = 16;
/** While a finger draws, the area has this attribute. */
export const DRAWING = "data-drawing";

/**
 * @param {PointerEvent} down where it begins
 * @param {HTMLElement} area to draw in
 * @param {() => Point[]} at where the servers are
 * @param {(inside: number[], outside: number[]) => void} partition
 * @param {number} [first] the server on which it begins
 * @returns {Promise<boolean>} once it is over: whether anything was drawn
 */
export async function partitionDrag(down, area, at, partition, first) {
  const touch = down.pointerType === "touch";
  const from = within(area, down);
  const stop = new AbortController();
  const fence = h("div", { class: "fence", hidden: true });
  area.append(fence);
  if (touch) {
    area.setAttribute(DRAWING, "");
    fence.hidden = false;
    fence.textContent = "drag across servers";
    fence.style.translate = `${from.x}px ${from.y}px`;
  }
  /** @param {PointerEvent} e @returns {Box} */
  const span = (e) => {
    const to = within(area, e);
    return {
      x: Math.min(from.x, to.x),
      y: Math.min(from.y, to.y),
      w: Math.abs(from.x - to.x),
      h: Math.abs(from.y - to.y),
    };
  };
  /** @param {Box} box */
  const fenced = (box) => enclosed(at(), box, first);
  /** @param {PointerEvent} e */
  const draw = (e) => {
    const s = span(e);
    if (s.w + s.h < STILL) return;
    const who = fenced(s);
    fence.hidden = false;
    fence.textContent = who.length ? `cut off ${list(who)}` : "";
    Object.assign(fence.style, { translate: `${s.x}px ${s.y}px`, width: `${s.w}px`, height: `${s.h}px` });
  };
  return new Promise((resolve) => {
    const end = (/** @type {PointerEvent} */ e) => {
      stop.abort();
      area.removeAttribute(DRAWING);
      const inside = !fence.hidden && e.type === "pointerup" ? fenced(span(e)) : [];
      const outside = at()
        .map((_, i) => i + 1)
        .filter((i) => !inside.includes(i));
      resolve(!fence.hidden);
      fence.remove();
      if (inside.length && outside.length) partition(inside, outside);
    };
    // A button that is up already was let go of outside the window.
    addEventListener("pointermove", (e) => (e.buttons ? draw(e) : end(e)), { signal: stop.signal });
    addEventListener("pointerup", end, { signal: stop.signal });
    addEventListener("pointercancel", end, { signal: stop.signal });
  });
}

/** The servers whose middle is in a box. @param {Point[]} at @param {Box} box
 * @param {number} [first] one that is inside in any case @returns {number[]} from 1 */
export function enclosed(at, { x, y, w, h }, first) {
  const inside = (/** @type {Point} */ p) => p.x > x && p.x < x + w && p.y > y && p.y < y + h;
  return at.flatMap((p, i) => (inside(p) || i + 1 === first ? [i + 1] : []));
}
