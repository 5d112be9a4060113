// The worker that searches, and where the WebAssembly is that it needs. It is told: a bundler may put the two into other
// places than they have here. What is one file has another module in this place, and makes the worker of a text.

import { scriptAddress } from "./trusted.js";

/** The address is no literal inside `new Worker(…)`: so bundlers take the file as it is, which needs no other. */
const ADDRESS = new URL("../../search-worker.js", import.meta.url);
const WASM = new URL("../../wasm/quorum_search_bg.wasm", import.meta.url);

/** @returns {Worker} throws where there can be none */
export const worker = () =>
  new Worker(/** @type {string} */ (scriptAddress("quorum-lab", ADDRESS.href)), { type: "module" });

/** @returns {Promise<string | BufferSource>} where what the search compiles is, or what it compiles */
export const wasm = async () => WASM.href;
