// The log as a file: one JSON object per line.

import { h } from "./dom.js";
/** @import { Event } from "./engine.js" */

/** @param {Event[]} events */
export function download(events) {
  const lines = events.map((e) => JSON.stringify(e)).join("\n");
  const url = URL.createObjectURL(new Blob([lines, "\n"], { type: "application/x-ndjson" }));
  h("a", { href: url, download: "quorum.jsonl" }).click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
