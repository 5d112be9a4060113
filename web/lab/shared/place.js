// Where a pointer is, in the pixels of an element. The page around may draw the lab smaller or larger (`transform`,
// `zoom`): then a pixel of the window is not one of the element.

/** How many pixels of the window one of the element takes, across and down. @param {HTMLElement} element
 * @param {DOMRect} [box] where the window has it */
export function scale(element, box = element.getBoundingClientRect()) {
  return { x: box.width / element.offsetWidth || 1, y: box.height / element.offsetHeight || 1 };
}

/** A point of the window, from the upper left corner inside an element's border, in its own pixels.
 * @param {HTMLElement} element @param {{ clientX: number, clientY: number }} point
 * @returns {{ x: number, y: number }} */
export function within(element, { clientX, clientY }) {
  const box = element.getBoundingClientRect();
  const by = scale(element, box);
  return { x: (clientX - box.left) / by.x - element.clientLeft, y: (clientY - box.top) / by.y - element.clientTop };
}

/** A finger rests so long before it draws, in ms, and moves no further meanwhile than this, in px. */
const REST = { ms: 350, px: 10 };

/** Whether a finger stays where it came down, for a while and until what it needs is there.
 * @param {PointerEvent} down @param {Promise<unknown>} needed @returns {Promise<boolean>} */
export function rests(down, needed) {
  const stop = new AbortController();
  const { signal } = stop;
  return new Promise((resolve, reject) => {
    const end = (/** @type {boolean} */ rested) => {
      stop.abort();
      resolve(rested);
    };
    const far = (/** @type {PointerEvent} */ e) => Math.hypot(e.clientX - down.clientX, e.clientY - down.clientY);
    addEventListener("pointermove", (e) => far(e) > REST.px && end(false), { signal });
    for (const type of ["pointerup", "pointercancel"]) addEventListener(type, () => end(false), { signal });
    Promise.all([needed, new Promise((done) => setTimeout(done, REST.ms))]).then(() => end(true), reject);
  });
}
