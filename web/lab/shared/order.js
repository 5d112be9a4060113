// Looking things up in lists that rise.

/** The number of entries that come before or are `limit`, found by halving. @param {number} length
 * @param {(i: number) => number} of rising @param {number} limit @returns {number} */
export function upTo(length, of, limit) {
  let [low, high] = [0, length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (of(middle) <= limit) low = middle + 1;
    else high = middle;
  }
  return low;
}
