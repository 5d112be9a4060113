// What a first visit does not need: loaded, with its styles, when a person first asks for any of it.

import { style } from "../shared/dom.js";

export { DiskPanel } from "../panels/disk.js";
export { download } from "../shared/download.js";
export { network, partition, propose } from "../shared/forms.js";
export { branches } from "./branches.js";
export { help } from "./help.js";
export { newRun } from "./new-run.js";
export { panic, unavailable } from "./panic.js";
export { scenarios } from "./scenarios.js";
export { share } from "./share.js";

/** @param {ShadowRoot} root to bring the styles to */
export const styled = (root) => style(root, new URL("./dialogs.css", import.meta.url));
