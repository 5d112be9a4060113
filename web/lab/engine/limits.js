// What to say when no step follows.

/** Why nothing comes next at the end of a run.
 * @param {{ step: number, ended: import("./engine.js").Position["ended"] | "question", protocol: string,
 * messages: { status: string }[], nodes: { status: string }[], chosen?: unknown[] }} view where nothing comes next
 * @returns {{ says: string, hint: string }} a sentence, and what to do about it */
export function ended({ step, ended, protocol, messages, nodes, chosen }) {
  if (ended === "question") return { says: "A question waits for its answer.", hint: "Answer it above the stage." };
  const hint = protocol === "log" ? "Let a client ask." : "Propose a value.";
  if (ended !== "limit" && !step) return { says: "Nobody has asked for anything yet.", hint };
  if (ended !== "limit") {
    const waits = [...messages, ...nodes].some(({ status }) => status === "held" || status === "paused");
    if (waits) return { says: "What is held or paused waits.", hint: "Let it go on." };
    // Of one value, no more can come.
    const agreed = protocol !== "log" && chosen?.length;
    return { says: "Nothing is left to happen.", hint: agreed ? "Go back, or do something to a server." : hint };
  }
  return {
    says: `This run is as long as a run may be: ${step.toLocaleString("en")} steps.`,
    hint: "Go back and do something else, or begin another run.",
  };
}
