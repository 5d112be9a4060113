// What a session needs once there is more than one run made afresh: another run, a kept one, branches, notes.

export { discard, fork, rename, switchTo } from "./branches.js";
export { notesOf } from "./notes.js";
export { replace, replay } from "./replay.js";
export { resume } from "./resume.js";
