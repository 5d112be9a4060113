// What a first visit does not need: loaded, with its styles, when a person first asks for any of it.

import { style } from "./dom.js";

export * from "./dialogs.js";
export { scenarios, share } from "./share.js";
export * from "./forms.js";
export { Disks } from "./disk.js";
export { download } from "./download.js";

/** @param {ShadowRoot} root to bring the styles to */
export const styled = (root) => style(root, new URL("./more.css", import.meta.url));
