// A second click that comes before a person can have read what the button says now was meant for what it said before.
// It does nothing, wherever buttons change what they mean or change places.

/** So soon after a click no one has read what has changed, in ms. */
const SOON = 400;
/** So near is the same place for a hand, in px. */
const NEAR = 8;

/** @typedef {{ at: number, x: number, y: number, target: Element, said: string }} Click */

/** What a click on a thing would mean. @param {Element} thing */
const says = (thing) => thing.getAttribute("aria-label") ?? thing.textContent ?? "";

/** @param {MouseEvent} event @returns {Click} */
function read(event) {
  const at = /** @type {Element} */ (event.composedPath()[0]);
  const target = at.closest("button") ?? at;
  return { at: event.timeStamp, x: event.clientX, y: event.clientY, target, said: says(target) };
}

/** Whether a click is the second of a double click on a button that means something else by now.
 * @param {Click | undefined} first @param {Click} next @param {boolean} byPointer */
export function isStray(first, next, byPointer) {
  if (!first || next.at - first.at > SOON || next.said === first.said) return false;
  return next.target === first.target || (byPointer && Math.hypot(next.x - first.x, next.y - first.y) < NEAR);
}

/** Keeps such clicks from doing anything in an element. @param {HTMLElement} lab */
export function ignoreStrayClicks(lab) {
  /** The last click on a button. @type {Click | undefined} */
  let last;
  const guard = (/** @type {MouseEvent} */ event) => {
    if (!event.isTrusted) {
      last = undefined; // a script means what it clicks, and the next click is no second of anything
      return;
    }
    const click = read(event);
    if (isStray(last, click, event.detail > 0)) {
      event.preventDefault();
      event.stopPropagation();
      // One click more is as little read as this one.
      if (last) last.at = click.at;
    } else last = click.target.matches("button") ? click : undefined;
  };
  lab.addEventListener("click", guard, { capture: true });
}
