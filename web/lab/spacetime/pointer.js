// What a pointer does to a picture that scrolls: drag it, pinch it, turn a wheel over it with Ctrl, point, click.
// Scrolling with a wheel or a finger is the browser's own.

import { scale, within } from "../shared/place.js";
/** @import { Point } from "../stage/box.js" */

/**
 * @typedef {object} Pointing the actions of a pointer
 * @property {(by: number, x: number) => void} zoom by a factor, around a place in px from the left
 * @property {(at: Point | null) => void} hover over a place, or none
 * @property {(at: Point) => void} click
 */

/** How far a pointer may move in a click, in px. */
const STILL = 4;

/** @param {HTMLElement} box that scrolls @param {Pointing} does */
export function follow(box, does) {
  const at = (/** @type {{ clientX: number, clientY: number }} */ point) => within(box, point);
  drag(box, at, does);
  pinch(box, at, does);
  box.addEventListener(
    "wheel",
    (event) => {
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      const pixels = event.deltaY * (event.deltaMode ? 16 : 1);
      does.zoom(Math.exp(-Math.max(-80, Math.min(80, pixels)) * 0.006), at(event).x);
    },
    { passive: false },
  );
}

/** @param {HTMLElement} box @param {(event: PointerEvent) => Point} at @param {Pointing} does */
function drag(box, at, does) {
  /** @type {{ x: number, y: number, left: number, top: number, moved: boolean } | null} */
  let grip = null;
  let dragged = false;
  box.addEventListener("pointerdown", (event) => {
    dragged = false;
    if (event.button || event.pointerType === "touch") return;
    grip = { x: event.clientX, y: event.clientY, left: box.scrollLeft, top: box.scrollTop, moved: false };
  });
  box.addEventListener("pointermove", (event) => {
    if (event.pointerType === "touch") return;
    if (!grip) return does.hover(at(event));
    const by = scale(box);
    const [dx, dy] = [(event.clientX - grip.x) / by.x, (event.clientY - grip.y) / by.y];
    if (!grip.moved && Math.hypot(dx, dy) < STILL) return;
    if (!grip.moved) box.setPointerCapture(event.pointerId);
    grip.moved = dragged = true;
    does.hover(null);
    box.scrollTo(grip.left - dx, grip.top - dy);
  });
  for (const type of /** @type {const} */ (["pointerup", "pointercancel"]))
    box.addEventListener(type, () => (grip = null));
  box.addEventListener("pointerleave", () => does.hover(null));
  box.addEventListener("click", (event) => dragged || does.click(at(event)));
}

/** @param {HTMLElement} box @param {(touch: Touch) => Point} at @param {Pointing} does */
function pinch(box, at, does) {
  let apart = 0;
  const span = (/** @type {TouchList} */ [a, b]) =>
    Math.max(1, Math.hypot(a.clientX - b.clientX, a.clientY - b.clientY));
  box.addEventListener(
    "touchstart",
    (event) => {
      if (event.touches.length === 2) apart = span(event.touches);
    },
    { passive: true },
  );
  box.addEventListener(
    "touchmove",
    (event) => {
      if (event.touches.length !== 2) return;
      if (event.cancelable) event.preventDefault();
      const now = span(event.touches);
      does.zoom(now / apart, (at(event.touches[0]).x + at(event.touches[1]).x) / 2);
      apart = now;
    },
    { passive: false },
  );
}
