// A run as a file: its name, and the scenario that plays like it.

/** @import { Run, View } from "../engine/engine.js" */

/** @param {{ title?: string }} run @param {string} [ending] @returns {string} */
export function fileName({ title = "" }, ending = "quorum.json") {
  const words = title.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "-");
  return `${words.replace(/^-|-$/g, "") || "run"}.${ending}`;
}

/** A file that plays like a run, says what is said about it, and expects what came of it.
 * @param {Run} run @param {Pick<View, "step" | "chosen" | "nodes">} view what came of it */
export function scenarioOf({ title, config, interventions, notes = [], length }, { step, chosen, nodes }) {
  const knows = nodes.filter((node) => node.learned.length).map((node) => node.id);
  return {
    quorum: 1,
    title: title || "A recorded run",
    about: notes[0]?.says ?? "A run that somebody recorded.",
    config,
    interventions,
    notes,
    until: { step: length },
    expect: [
      { chosen: chosen[0]?.value ?? null, step },
      { knows, step },
    ],
  };
}
