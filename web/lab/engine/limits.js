// How long a run may be, as the engine has it (`limits.rs`), and what to say when no step follows.

/** The most steps of a run. */
export const MOST_STEPS = 1_000_000;

/** Why nothing comes next at the end of a run. @param {{ step: number }} view where nothing comes next
 * @returns {{ says: string, hint: string }} a sentence, and what to do about it */
export function ended({ step }) {
  if (step < MOST_STEPS) return { says: "Nothing is left to happen.", hint: "Propose a value." };
  const most = MOST_STEPS.toLocaleString("en");
  return {
    says: `This run is as long as a run may be: ${most} steps.`,
    hint: "Go back and do something else, or begin another run.",
  };
}
