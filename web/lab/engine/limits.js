// How far a run goes on by itself, and what to say when no step follows.

/** How long a step of a beat may take past the end of what is on record, in simulated ms. The servers of a log that
 * nobody asks anything say for ever that they are there: no beat of ideas ends. It is longer than a server waits before
 * it stands or asks again, and longer where messages take longer. For one value every beat comes to an end.
 * @param {{ protocol: string, network: { latency: number[] } }} view @returns {number} */
export const patience = ({ protocol, network: { latency } }) =>
  protocol === "log" ? 50 * Math.max(40, latency[1]) : Infinity;

/** A step of a beat was over after that. @param {Parameters<typeof patience>[0]} view @returns {string} */
export const quiet = (view) =>
  `${patience(view).toLocaleString("en")} ms went by in which nothing happened that is worth a sentence. ` +
  "Let a client ask, or do something to a server.";

/** Why nothing comes next at the end of a run.
 * @param {{ step: number, ended: import("./engine.js").Position["ended"] | "question" | "task", protocol: string,
 * messages: { status: string }[], nodes: { status: string }[], chosen?: unknown[] }} view where nothing comes next
 * @returns {{ says: string, hint: string }} a sentence, and what to do about it */
export function ended({ step, ended, protocol, messages, nodes, chosen }) {
  if (ended === "question") return { says: "A question waits for its answer.", hint: "Answer it above the stage." };
  if (ended === "task")
    return {
      says: "It is your turn: act on the run, or press Play to let time pass.",
      hint: "What is to be done stands above the stage.",
    };
  const hint = protocol === "log" ? "Let a client ask." : "Propose a value.";
  if (ended !== "limit" && !step) return { says: "Nobody has asked for anything yet.", hint };
  if (ended !== "limit") {
    const waits = [...messages, ...nodes].some(({ status }) => status === "held" || status === "paused");
    if (waits) return { says: "What is held or paused waits.", hint: "Let it go on." };
    if (nodes.length && nodes.every(({ status }) => status === "down"))
      return { says: "Nothing is left to happen.", hint: "Restart a server." };
    // Of one value, no more can come.
    const agreed = protocol !== "log" && chosen?.length;
    return { says: "Nothing is left to happen.", hint: agreed ? "Go back, or do something to a server." : hint };
  }
  return {
    says: `This run is as long as a run may be: ${step.toLocaleString("en")} steps.`,
    hint: "Go back and do something else, or begin another run.",
  };
}
