// What a session needs once there is more than one run made afresh: another run, a kept one, branches, notes.

export { discard, fork, rename, switchTo } from "./branches.js";
export { fileOfKept, forgetKept, keptFromBefore, openKept } from "./kept.js";
export { notesOf } from "./notes.js";
export { replace } from "./replace.js";
export { replay } from "./replay.js";
export { cutPower, resume } from "./resume.js";
