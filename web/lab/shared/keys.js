// Every click has a key, on every keyboard. Keys work while the lab has the focus, and on a page of its own also while
// nothing has it. A key that did something goes no further, and neither does one that means something to what has the
// focus: what is typed into a field opens no search of the page around, and an arrow in a dialog turns no page under it.
// One that did nothing passes through.

/**
 * What the keys do.
 * @typedef {object} Keys
 * @property {() => void} toggle
 * @property {(single: boolean) => void} step by a beat, or by a single step
 * @property {(single: boolean) => void} back
 * @property {(step: number) => void} seek
 * @property {() => void} help
 * @property {() => void} enter
 * @property {() => boolean} escape each of these says whether it did something
 * @property {(id: number) => boolean} server
 * @property {(key: string) => boolean} letter
 */

/** @param {Element} at @param {string} key @returns {boolean} whether the focused thing needs this key itself */
export function wanted(at, key) {
  if (at.matches("[type=range]")) return /^(Arrow|Page|Home|End)/.test(key);
  if (at.matches("input:not([type=checkbox]), select, textarea, [contenteditable]")) return true;
  if (at.matches("[role=tab]") && key.startsWith("Arrow")) return true;
  return key === " " && at.matches("button, a, input, summary");
}

/** Whether a key means something to the focused thing, or to the dialog that it is in. @param {Element} at
 * @param {Element} target the same, or the element here that it is in @param {string} key */
function meansSomething(at, target, key) {
  if (target.closest("dialog") || wanted(at, key)) return true;
  if (key === "Enter") return at.matches("button, a, input, summary, [role=button]");
  return /^(Arrow|Page)/.test(key) && at.scrollHeight > at.clientHeight;
}

/** Keeps keys from the page around that mean something here, from when they are pressed until they are let go.
 * @param {HTMLElement} lab @param {AbortSignal} signal */
export function keepKeys(lab, signal) {
  /** Keys that are down and were ours: all that no part of the lab has let through. */
  const down = new Set();
  const keep = (/** @type {KeyboardEvent} */ event) => {
    const { code, key, target, type } = event;
    const at = event.composedPath()[0];
    if (!(at instanceof Element && target instanceof Element)) return;
    const plain = !(event.ctrlKey || event.metaKey || event.altKey);
    const held = type !== "keydown" && down.has(code);
    const ours = plain && (event.defaultPrevented || held || meansSomething(at, target, key));
    if (!ours || type === "keyup") down.delete(code);
    if (ours) event.stopPropagation();
  };
  lab.addEventListener("keydown", ({ code }) => void down.add(code), { capture: true, signal });
  for (const type of ["keydown", "keypress", "keyup"])
    lab.addEventListener(type, /** @type {EventListener} */ (keep), { signal });
}

/** @param {Keys} does @returns {(event: KeyboardEvent) => void} */
export const keys = (does) => (event) => {
  const at = event.composedPath()[0];
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (!(at instanceof Element) || at.closest("dialog")) return;
  const key = meant(event);
  if (key !== "Escape" && wanted(at, key)) return;
  // A key that is held down goes on stepping, and does nothing else twice.
  if (event.repeat && !key.startsWith("Arrow")) return;
  const act = command(does, key, at, event.shiftKey);
  if (!act || act() === false) return;
  event.preventDefault();
  event.stopPropagation();
};

/** The key that is meant: where a keyboard writes no Latin letter or digit, the one that is there on a Latin keyboard.
 * @param {Pick<KeyboardEvent, "key" | "code" | "shiftKey">} event @returns {string} */
export function meant({ key, code, shiftKey }) {
  if (key === "?" || key.length !== 1 || /^[a-z1-9 ]$/i.test(key)) return key;
  const digit = !shiftKey && /^Digit([1-9])$/.exec(code);
  if (digit) return digit[1];
  const letter = /\p{L}|\p{M}/u.test(key) && /^Key([A-Z])$/.exec(code);
  return letter ? letter[1].toLowerCase() : key;
}

/** @param {Keys} does @param {string} key @param {Pick<Element, "matches">} at what has the focus
 * @param {boolean} [shift] whether Shift is held
 * @returns {(() => unknown) | undefined} what the key is for; false from it: it did nothing */
export function command(does, key, at, shift = false) {
  /** @type {Record<string, () => unknown>} */
  const named = {
    " ": does.toggle,
    ArrowRight: () => does.step(shift),
    ArrowLeft: () => does.back(shift),
    Home: () => does.seek(0),
    End: () => does.seek(Infinity),
    Escape: does.escape,
    "?": does.help,
  };
  if (Object.hasOwn(named, key)) return named[key];
  if (key === "Enter") return at.matches("[data-node],[data-message],[data-client],.lab") ? does.enter : undefined;
  if (/^[1-9]$/.test(key)) return () => does.server(Number(key));
  return key.length === 1 ? () => does.letter(key.toLowerCase()) : undefined;
}
