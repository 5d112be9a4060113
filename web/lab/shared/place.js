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
