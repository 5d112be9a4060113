// What a session needs once there is more than one run: another one, a kept one, branches.

export { replayed } from "./again.js";
export { attempt, discard, fork, rename, switchTo } from "./branches.js";
export { fileOfKept, forgetKept, keptFromBefore, openKept } from "./kept.js";
export { replace } from "./replace.js";
export { cutPower, resume, tellReadOnly, tellUnsaved } from "./resume.js";
