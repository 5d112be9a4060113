// The only module that knows there is WebAssembly. Everything else sees a class `Lab` with the verbs of the contract.

import init, { Lab as Class, panicMessage, Replay } from "../../wasm/quorum_wasm.js";

/** @typedef {import("../../wasm/quorum_wasm.js").Lab} Lab */
/** @typedef {import("../../wasm/quorum_wasm.js").View} View */
/** @typedef {import("../../wasm/quorum_wasm.js").NodeView} NodeView */
/** @typedef {import("../../wasm/quorum_wasm.js").MessageView} MessageView */
/** @typedef {import("../../wasm/quorum_wasm.js").LinkView} LinkView */
/** @typedef {import("../../wasm/quorum_wasm.js").Timeline} Timeline */
/** @typedef {import("../../wasm/quorum_wasm.js").BeatSize} BeatSize */
/** @typedef {import("../../wasm/quorum_wasm.js").Next} Next */
/** @typedef {import("../../wasm/quorum_wasm.js").Note} Note */
/** @typedef {import("../../wasm/quorum_wasm.js").Event} Event */
/** @typedef {import("../../wasm/quorum_wasm.js").Action} Action */
/** @typedef {import("../../wasm/quorum_wasm.js").Choice} Choice */
/** @typedef {import("../../wasm/quorum_wasm.js").Target} Target */
/** @typedef {import("../../wasm/quorum_wasm.js").Config} Config */
/** @typedef {import("../../wasm/quorum_wasm.js").Run} Run */
/** @typedef {import("../../wasm/quorum_wasm.js").DiskView} Disk */
/** @typedef {import("../../wasm/quorum_wasm.js").PendingSave} PendingSave */
/** @typedef {import("../../wasm/quorum_wasm.js").Position} Position */
/** @typedef {import("../../wasm/quorum_wasm.js").Row} Row */
/**
 * @typedef {{ default: typeof init, Lab: typeof Class, Replay: typeof Replay, panicMessage: typeof panicMessage }}
 *   Engine
 */

/** @type {Promise<Engine> | undefined} */
let current;
let instances = 0;

/**
 * The engine, loaded once and shared by every lab on the page.
 * @returns {Promise<Engine>} rejects with the browser's reason if WebAssembly is off or the files are missing
 */
export function engine() {
  current ??= start().catch((error) => {
    current = undefined;
    throw new Error(
      `Its engine did not load (${error?.message ?? error}). Check that the page is online and may run WebAssembly.`,
    );
  });
  return current;
}

async function start() {
  if (typeof WebAssembly !== "object") throw new Error("WebAssembly is switched off in this browser");
  // After a panic an instance's memory cannot be trusted, and the glue keeps one instance per module: a query makes
  // another module of the same, cached, file.
  /** @type {Engine} */
  const module = instances++
    ? await import(new URL(`../../wasm/quorum_wasm.js?${instances}`, import.meta.url).href)
    : { default: init, Lab: Class, Replay, panicMessage };
  await module.default();
  return module;
}

/** Throws the shared instance away: the next `engine()` is a new one. */
export function discard() {
  current = undefined;
}

/**
 * A refusal is an `Error` with a sentence. Anything else that comes out of WebAssembly is a bug in this program.
 * @param {unknown} error @returns {boolean}
 */
export const isPanic = (error) => !(error instanceof Error) || error instanceof WebAssembly.RuntimeError;
