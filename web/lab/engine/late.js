// What is loaded at its first use.

/**
 * Loads something once. @template T
 * @param {(attempt: number) => Promise<T>} load told how often it has failed: a browser may remember for an address
 * that there was nothing, and another query is another address
 * @param {string} failed what a person is told when it does not load, and what to do about it
 * @returns {() => Promise<T>} rejects with that; called again, it tries again
 */
export function late(load, failed) {
  let failures = 0;
  /** @type {Promise<T> | undefined} */
  let loading;
  return () => {
    loading ??= load(failures).catch((cause) => {
      loading = undefined;
      failures++;
      throw new Error(failed, { cause });
    });
    return loading;
  };
}
