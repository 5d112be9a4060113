// Saves a file on the person's device.

import { h } from "./dom.js";
/** @import { Event } from "../engine/engine.js" */

/** @param {BlobPart} contents @param {string} name @param {string} type */
export function save(contents, name, type) {
  const url = URL.createObjectURL(new Blob([contents], { type }));
  h("a", { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

/** The log: one JSON object per line. @param {Event[]} events */
export const download = (events) =>
  save(events.map((e) => `${JSON.stringify(e)}\n`).join(""), "quorum.jsonl", "application/x-ndjson");
