// How the sentences of a run are written while it is compared: its values may be hard to see.

import { Values } from "../shared/values.js";
/** @import { Run } from "../engine/engine.js" */

/** @param {Pick<Run, "interventions">} run @returns {(sentence: string) => string} */
export function spoken({ interventions = [] }) {
  const values = new Values();
  values.meet(interventions.flatMap(({ action }) => (action.type === "propose" ? [action.value] : [])));
  return (sentence) => values.plain(sentence);
}
