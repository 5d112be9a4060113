// The search, cut into slices, so that the page hears how far it has come and can stop it.
//
// It runs in a worker of its own, where a slice may be long: a person who has seen enough ends the whole worker. Where
// a page may have no worker (a strict policy, a lab from another site, a file), the page imports this very module and
// searches between its frames instead. Both find the same.

import * as first from "./wasm/quorum_search.js";
/** @import { Progress as Counts, Question, Report } from "./wasm/quorum_search.js" */

/** How far a search has come. @typedef {Counts & { perSecond: number, seconds: number }} Progress */
/** @typedef {{ progress: Progress, report?: Report } | { failed: string, loading?: boolean, full?: boolean }} Told what
 * a worker says */

/** @type {typeof first} */
let engine = first;
let instances = 0;

/** Takes another engine: one that ran out of memory or hit a bug is of no more use, and there is one for each address of
 * its module. */
export async function renew() {
  engine = await import(new URL(`./wasm/quorum_search.js?${++instances}`, import.meta.url).href);
}

/** How often at most it is told how far a search has come. */
const TELL_EVERY = 100;

/** Loads the engine. @param {string | BufferSource} [wasm] where its WebAssembly is, or what; by default where it lies
 * @returns {Promise<Pick<typeof first, "rules" | "logRules" | "Search">>} */
export async function ready(wasm) {
  await engine.default(wasm && { module_or_path: wasm });
  return engine;
}

/**
 * Searches until there is an answer.
 * @param {Question} question
 * @param {(progress: Progress) => void} tell how far it has come, at most ten times a second and once at the end
 * @param {{ slice: number, pause?: () => Promise<unknown>, stopped?: () => boolean }} how for how many ms to work at a
 * time,   what to do between two slices, and whether to give up there
 * @returns {Promise<Report | undefined>} none when it was stopped; rejects with what is wrong with the question
 */
export async function search(question, tell, { slice, pause, stopped }) {
  const { Search } = await ready();
  const work = new Search(question);
  const begun = performance.now();
  let [told, before, perSecond, broken] = [begun, 0, 0, false];
  try {
    for (;;) {
      const progress = work.advanceFor(slice);
      const now = performance.now();
      const over = progress.status !== "running";
      if (over || now - told >= TELL_EVERY) {
        perSecond = Math.round(((progress.states - before) * 1000) / Math.max(1, now - told));
        tell({
          ...progress,
          perSecond: over ? Math.round((progress.states * 1000) / Math.max(1, now - begun)) : perSecond,
          seconds: (now - begun) / 1000,
        });
        [told, before] = [now, progress.states];
      }
      if (over) return work.report();
      await pause?.();
      if (stopped?.()) return undefined;
    }
  } catch (error) {
    broken = failure(error).broken;
    throw error;
  } finally {
    if (!broken) work.free();
  }
}

/** What went wrong: `full` for want of memory, and `broken` if this module is of no more use.
 * @param {unknown} error @returns {{ failed: string, full: boolean, broken: boolean }} */
export function failure(error) {
  const panic = engine.panicMessage();
  const trap = error instanceof WebAssembly.RuntimeError || error instanceof RangeError;
  // The engine gives up without a word only when there is no more memory to be had.
  return {
    failed: panic ?? (error instanceof Error ? error.message : String(error)),
    full: trap && panic === undefined,
    broken: trap,
  };
}

/** The worker: one question, one answer, and that was all. */
function serve() {
  const say = (/** @type {Told} */ told) => postMessage(told);
  addEventListener("message", async ({ data }) => {
    try {
      await ready(data.wasm);
    } catch (error) {
      return say({ ...failure(error), loading: true });
    }
    try {
      /** @type {Progress | undefined} */
      let last;
      const tell = (/** @type {Progress} */ progress) => {
        last = progress;
        say({ progress });
      };
      const report = await search(data.question, tell, { slice: 25 });
      if (last) say({ progress: last, report });
    } catch (error) {
      say(failure(error));
    }
  });
}

if (typeof document === "undefined") serve();
