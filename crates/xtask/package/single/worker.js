// Takes the place of web/lab/engine/worker.js where everything is one file: the worker is made of its text, which stands
// for SCRIPT, and given its WebAssembly, which stands for ENGINE.

import { unpack } from "../../unpack.js";
import { scriptAddress } from "./trusted.js";

/** @type {string | undefined} */
let address;

/** @returns {Worker} throws where there can be none */
export function worker() {
  address ??= URL.createObjectURL(new Blob([SCRIPT], { type: "text/javascript" }));
  return new Worker(/** @type {string} */ (scriptAddress("quorum-lab", address)));
}

/** @returns {Promise<BufferSource>} what the search compiles */
export const wasm = () => unpack(ENGINE);
