// What a first visit does not need: loaded, with its styles, when a person first asks for any of it.

import { style } from "../shared/dom.js";

export { DiskPanel } from "../panels/disk.js";
export { TablePanel } from "../panels/table.js";
export * as picking from "../panels/picking.js";
export { openForm } from "../panels/acting.js";
export { openers } from "./openers.js";
export { panic, unavailable } from "./panic.js";

/** @param {ShadowRoot} root to bring the styles to */
export const styled = (root) => style(root, new URL("./dialogs.css", import.meta.url));
