// What scenario a run is.

/** @import { Run } from "./engine.js" */

/** Runs that were opened as scenarios, as long as they are. @type {WeakMap<Run, { name: string, length: number }>} */
export const origins = new WeakMap();
