// Where a new run of Paxos begins to be interesting.

/** @import { Lab } from "../../engine/engine.js" */

/** Brings a new run to a value on its way, or to a step. @param {Lab} lab @param {number} [step] */
export function opening(lab, step) {
  const ask = lab.choices({ node: 1 }).find((c) => c.action.type === "propose");
  if (step === 0 || !ask || ask.why) return;
  let events = lab.apply(ask.action);
  const asked = new Set();
  for (let i = 1; i < (step ?? 1000); i++) {
    for (const { event, message: m } of events)
      if (event === "sent" && m?.kind === "accept" && m.from !== m.to) asked.add(m.id);
    const next = lab.next();
    if (!next) return;
    events = lab.step();
    // The moment to stop at: a server has voted, and a crash would still take the vote back.
    if (step === undefined && next.action.type === "deliver" && asked.has(next.action.message)) return;
  }
}
