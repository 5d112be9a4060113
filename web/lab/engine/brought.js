// What it takes to show a run that this page did not make, such as the lesson of a first visit: finding it, playing it,
// and what is said about it.

export { notesOf } from "./notes.js";
export { played, scenario } from "./played.js";
