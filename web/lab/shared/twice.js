// A second click that comes before a person can have read what the button says now was meant for what it said before.
// It does nothing, wherever buttons change what they mean or change places.

/** So soon after a click no one has read what has changed, in ms. */
const SOON = 400;
/** The same where the buttons are about something else by now: a hand that rests has not chosen among them. */
const RESTS = 3000;
/** So near is the same place for a hand, in px. */
const NEAR = 8;

/** @typedef {{ at: number, x: number, y: number, target: Element, said: string, about?: string }} Click `about`: of
 * what it is an action */

/** What a click on a thing would mean. @param {Element} thing */
const says = (thing) => thing.getAttribute("aria-label") ?? thing.textContent ?? "";

/** @param {MouseEvent} event @returns {Click} */
function read(event) {
  const at = /** @type {Element} */ (event.composedPath()[0]);
  const target = at.closest("button") ?? at;
  const about = /** @type {HTMLElement | null} */ (target.closest("[data-about]"))?.dataset.about;
  return { at: event.timeStamp, x: event.clientX, y: event.clientY, target, said: says(target), about };
}

/** Whether a click is the second of a double click on a button that means something else by now.
 * @param {Click | undefined} first @param {Click} next @param {boolean} byPointer */
export function isStray(first, next, byPointer) {
  if (!first || next.said === first.said) return false;
  const same = first.about === next.about;
  if (next.at - first.at > (same ? SOON : RESTS)) return false;
  const near = byPointer && Math.hypot(next.x - first.x, next.y - first.y) < NEAR;
  return near || (same && next.target === first.target);
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
