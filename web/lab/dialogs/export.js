// A run for other people's tools.

import { h } from "../shared/dom.js";
import { save } from "../shared/download.js";
import { checked, number, wrong } from "../shared/forms.js";
import { fileName } from "./files.js";
/** @import { Format } from "../engine/extras.js" */
/** @import { Store } from "../store.js" */

/** What a run can become, by what a person would call it: the format, the ending of a file and its type.
 * @type {Record<string, [Format, string, string]>} */
const FORMATS = {
  "Stage (SVG)": ["stage", "stage.svg", "image/svg+xml"],
  "Stage (PNG)": ["stage", "stage.png", "image/png"],
  "Space-time (SVG)": ["svg", "svg", "image/svg+xml"],
  "Space-time (PNG)": ["svg", "png", "image/png"],
  "Film (SVG)": ["animated-svg", "film.svg", "image/svg+xml"],
  Mermaid: ["mermaid", "mmd", "text/plain"],
  ShiViz: ["shiviz", "shiviz.log", "text/plain"],
  "Events (JSON Lines)": ["jsonl", "jsonl", "application/x-ndjson"],
  "Test script": ["script", "txt", "text/plain"],
};

const TOO_LARGE = "This browser cannot draw a picture of that size. Choose fewer steps.";

/** @param {Store} store @param {(error: Error) => void} failed */
export function exportForm({ session }, failed) {
  const { length, step } = session.view();
  const [from, to] = [
    number("from", 0, length, 0, { says: "From step" }),
    number("to", length, length, 0, { says: "To step" }),
  ];
  const write = async (/** @type {string} */ name) => {
    const [format, ending, type] = FORMATS[name];
    // The stage is of one moment: the one that is shown.
    const one = format === "stage";
    to.min = wrong(from) ? "0" : from.value; // not before it begins
    if (!one && !checked(range)) return;
    const { written } = await import("../engine/extras.js");
    const run = session.run();
    const [begin, end] = one ? [0, step] : [from.valueAsNumber, to.valueAsNumber];
    const text = await written(run, format, begin, end);
    save(ending.endsWith("png") ? await png(text) : text, fileName(run, ending), type);
  };
  const button = (/** @type {string} */ name) => h("button", { onclick: () => write(name).catch(failed) }, name);
  const range = h("div", { class: "range" }, "Steps", from, "to", to);
  const names = Object.keys(FORMATS);
  const buttons = (/** @type {boolean} */ one) =>
    h("div", { class: "buttons" }, ...names.filter((name) => (FORMATS[name][0] === "stage") === one).map(button));
  const stage = [h("h3", {}, `The stage at step ${step}`), buttons(true)];
  return h("div", {}, ...stage, h("h3", {}, "Several steps, also for other tools"), range, buttons(false));
}

/** @param {string} picture as SVG @returns {Promise<Blob>} twice as large, for sharp screens and for paper */
async function png(picture) {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(picture)}`;
  await image.decode();
  const canvas = h("canvas", { width: image.naturalWidth * 2, height: image.naturalHeight * 2 });
  const pen = canvas.getContext("2d");
  if (!pen) throw new Error(TOO_LARGE);
  pen.drawImage(image, 0, 0, canvas.width, canvas.height);
  const blob = await new Promise((done) => canvas.toBlob(done, "image/png"));
  if (!blob) throw new Error(TOO_LARGE);
  return blob;
}
