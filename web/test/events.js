// A short run to try things on: the events that a golden test of the exports writes down.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { WEB } from "./modules.js";

const GOLDEN = join(WEB, "..", "crates/export/tests/exports/loss_and_crash.jsonl.jsonl");

/** Three servers; messages are lost, held and duplicated, one server crashes and comes back.
 * @returns {any[]} fresh copies */
export const events = () =>
  readFileSync(GOLDEN, "utf8")
    .split("\n")
    .filter((line) => line)
    .map((line) => JSON.parse(line));
