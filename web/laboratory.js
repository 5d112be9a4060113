// What a figure is made of, loaded when it is near: the element itself is small, and may stand far down a page that nobody
// reads to the end.

export { Session } from "./lab/engine/session.js";
export { Cancelled } from "./lab/engine/slices.js";
export { loadProtocol } from "./lab/protocols/index.js";
export { strange } from "./lab/strange.js";
export { told } from "./lab/told.js";
export { Ui } from "./lab/ui.js";
export { wordsOf } from "./lab/words/index.js";
