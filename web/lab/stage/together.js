// What several messages in one place are, in a sentence: loaded when a person first asks.

import { describe } from "../shared/values.js";
/** @import { MessageView } from "../engine/engine.js" */

/** A bundle of more than these is told by kinds. */
const FEW = 3;

/** What a mark or a heap stands for, in a sentence. @param {MessageView[]} all more than one @returns {string} */
export function together(all) {
  const said = all.length > FEW ? counted(all) : all.map(describe);
  return `${all.length} messages together: ${said.join("; ")}.`;
}

/** @param {MessageView[]} all @returns {string[]} how many there are of each kind, and who sent them, if one did */
function counted(all) {
  /** @type {Map<string, MessageView[]>} */
  const kinds = new Map();
  for (const m of all) {
    const key = m.ballot ? `${m.kind} ${m.ballot}` : m.kind;
    kinds.set(key, [...(kinds.get(key) ?? []), m]);
  }
  return [...kinds].map(([key, some]) => {
    const [froms, tos] = [new Set(some.map((m) => m.from)), new Set(some.map((m) => m.to))];
    const from = froms.size === 1 ? ` from ${some[0].from}` : "";
    const to = tos.size === 1 ? ` to ${some[0].to}` : "";
    return `${some.length} × ${key}${from}${to}`;
  });
}
