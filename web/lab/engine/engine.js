// The only module that knows there is WebAssembly. Everything else sees a class `Lab` with the verbs of the contract.

import init, { Lab as Class, panicMessage, Replay } from "../../wasm/quorum_wasm.js";

/** @typedef {import("../../wasm/quorum_wasm.js").Lab} Lab */
/** @typedef {import("../../wasm/quorum_wasm.js").View} View */
/** @typedef {import("../../wasm/quorum_wasm.js").NodeView} NodeView */
/** @typedef {import("../../wasm/quorum_wasm.js").MessageView} MessageView */
/** @typedef {import("../../wasm/quorum_wasm.js").LinkView} LinkView */
/** @typedef {import("../../wasm/quorum_wasm.js").Timeline} Timeline */
/** @typedef {import("../../wasm/quorum_wasm.js").BeatSize} BeatSize */
/** @typedef {import("../../wasm/quorum_wasm.js").BeatView} BeatView */
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
/** @typedef {import("../../wasm/quorum_wasm.js").ClientId} ClientId */
/** @typedef {import("../../wasm/quorum_wasm.js").EndId} EndId */
/** @typedef {import("../../wasm/quorum_wasm.js").LogKind} LogKind */
/** @typedef {import("../../wasm/quorum_wasm.js").LogEntry} LogEntry */
/** @typedef {import("../../wasm/quorum_wasm.js").Result} Result */
/** @typedef {import("../../wasm/quorum_wasm.js").LogView} LogView */
/** @typedef {import("../../wasm/quorum_wasm.js").LogNodeView} LogNodeView */
/** @typedef {import("../../wasm/quorum_wasm.js").LogMessageView} LogMessageView */
/** @typedef {import("../../wasm/quorum_wasm.js").ClientView} ClientView */
/** @typedef {import("../../wasm/quorum_wasm.js").LogChosen} LogChosen */
/** @typedef {import("../../wasm/quorum_wasm.js").Op} Op */
/** @typedef {import("../../wasm/quorum_wasm.js").Command} Command */
/** @typedef {import("../../wasm/quorum_wasm.js").LogVote} LogVote */
/** @typedef {import("../../wasm/quorum_wasm.js").HistoryView} HistoryView */
/** @typedef {import("../../wasm/quorum_wasm.js").Workload} Workload */
/** @typedef {import("../../wasm/quorum_wasm.js").StoreView} StoreView */
/**
 * @typedef {{ default: typeof init, Lab: typeof Class, Replay: typeof Replay, panicMessage: typeof panicMessage }}
 *   Engine
 */

/** Which module: each has the same class, and the one of a first visit knows single-decree Paxos only.
 * @typedef {"single" | "log"} Name */

/** @type {Partial<Record<Name, Promise<Engine>>>} */
let current = {};
/** How often each was started. @type {Record<Name, number>} */
const instances = { single: 0, log: 0 };
/** Those that were started, until one of them panics. @type {Engine[]} */
let started = [];

/**
 * The engine of a run, loaded once and shared by every lab on the page.
 * @param {Config} [config] of the run: its protocol decides which module it takes
 * @returns {Promise<Engine>} rejects with the browser's reason if WebAssembly is off or the files are missing
 */
export function engine(config) {
  const name = config?.protocol === "log" ? "log" : "single";
  const loading =
    current[name] ??
    start(name).catch((error) => {
      current[name] = undefined;
      throw new Error(
        `Its engine did not load (${error?.message ?? error}). Check that the page is online and may run WebAssembly.`,
      );
    });
  current[name] = loading;
  return loading;
}

/** @param {Name} name @returns {Promise<Engine>} */
async function start(name) {
  if (typeof WebAssembly !== "object") throw new Error("WebAssembly is switched off in this browser");
  // After a panic an instance's memory cannot be trusted, and the glue keeps one instance per module: a query makes
  // another module of the same, cached, file.
  const module = await (instances[name]++ ? again(name) : first(name));
  await module.default();
  started.push(module);
  return module;
}

/** @param {Name} name @returns {Promise<Engine>} */
const first = async (name) =>
  name === "log" ? import("../../wasm/quorum_log.js") : { default: init, Lab: Class, Replay, panicMessage };

/** @param {Name} name @returns {Promise<Engine>} */
const again = (name) =>
  name === "log"
    ? import(new URL(`../../wasm/quorum_log.js?${instances.log}`, import.meta.url).href)
    : import(new URL(`../../wasm/quorum_wasm.js?${instances.single}`, import.meta.url).href);

/** Throws the shared instances away: the next `engine()` is a new one. */
export function discard() {
  current = {};
  started = [];
}

/** What the first panic said, of whichever instance; empty if none did. */
export const lastPanic = () => started.map((module) => module.panicMessage()).find(Boolean) ?? "";

/**
 * A refusal is an `Error` with a sentence. Anything else that comes out of WebAssembly is a bug in this program.
 * @param {unknown} error @returns {boolean}
 */
export const isPanic = (error) => !(error instanceof Error) || error instanceof WebAssembly.RuntimeError;
