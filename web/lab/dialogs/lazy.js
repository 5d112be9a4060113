// What a first visit does not need: loaded, with its styles, when a person first asks for any of it.

import { style } from "../shared/dom.js";

export { branches } from "./branches.js";
export { compare, show, whatIf } from "./dialog.js";
export { help } from "./help.js";
export { newRun } from "./new-run.js";
export { panic, unavailable } from "./panic.js";
export { scenarios, share } from "./share.js";
export * from "../shared/forms.js";
export { Disks } from "../panels/disk.js";
export { download } from "../shared/download.js";

/** @param {ShadowRoot} root to bring the styles to */
export const styled = (root) => style(root, new URL("./dialogs.css", import.meta.url));
