// What an element on somebody else's page has started ends when it leaves the page: listeners, observers, frames. One
// signal says so, and whatever outlives an event is tied to it here.

/** @type {WeakMap<Element, AbortSignal>} */
const lives = new WeakMap();

/** Says how long what belongs to a lab lives. @param {Element} lab @param {AbortSignal} signal */
export const lasts = (lab, signal) => void lives.set(lab, signal);

/** Aborted once a lab has gone. @param {Element} lab @returns {AbortSignal} */
export const life = (lab) => /** @type {AbortSignal} */ (lives.get(lab));

/** Calls when an element's box has changed, until a signal ends it. @param {Element} element
 * @param {AbortSignal} signal @param {() => void} then @param {ResizeObserverOptions} [options] */
export function resized(element, signal, then, options) {
  // What was seen before the end may be told after it.
  const observer = new ResizeObserver(() => signal.aborted || then());
  observer.observe(element, options);
  signal.addEventListener("abort", () => observer.disconnect());
}
