// A summary of one server of a log: whom it follows, how far it knows what is chosen, how far it has applied that, and
// what is on its disk.

/** @import { LogNodeView, NodeView, View } from "../../engine/engine.js" */
/** @import { Chip } from "../../shared/values.js" */
/** @import { Summary } from "../paxos/card.js" */

/** The server as what it is: the page's parts hand on what they were given. @param {NodeView} node
 * @returns {LogNodeView} */
export const ofLog = (node) => /** @type {any} */ (node);

/** The first slot that it lacks although it knows, or could know, later ones; null without one.
 * @param {Pick<LogNodeView, "applied" | "chosenTo" | "learned">} node @returns {number | null} */
export function gap({ applied, chosenTo = 0, learned }) {
  const known = new Set(learned.map(({ slot }) => slot));
  const highest = Math.max(chosenTo, ...known);
  for (let slot = applied + 1; slot <= highest; slot++) if (!known.has(slot)) return slot;
  return null;
}

/** The ballot in which it leads or wants to. @param {LogNodeView} node @returns {string | null} */
const own = ({ proposal, promised }) => proposal?.ballot ?? promised;

/** @param {LogNodeView} node @returns {Summary["role"]} */
function role(node) {
  const { status, voting, leads, believes, phase, leader } = node;
  if (status !== "up") return { word: status };
  if (leads) return { word: "leads", ballot: own(node) ?? undefined, short: "" };
  if (believes) return { word: "believes it leads", short: "leads?" };
  if (phase === "preparing") return { word: "stands", ballot: own(node) ?? undefined, asks: "prepare" };
  if (leader) return { word: `follows ${leader}`, short: `→${leader}` };
  return voting ? { word: "no leader", short: "→–" } : { word: "listens only", short: "" };
}

/** How far all servers are: what a bar is a part of. @param {View | undefined} view @param {LogNodeView} node */
function length(view, node) {
  const nodes = view?.nodes.map(ofLog) ?? [node];
  return Math.max(0, ...nodes.map(({ chosenTo = 0, accepted }) => Math.max(chosenTo, accepted.at(-1)?.slot ?? 0)));
}

/** @param {NodeView} given @param {{ phase1: number, phase2: number }} quorums @param {View} [view]
 * @returns {Summary} */
export function card(given, { phase1, phase2 }, view) {
  const node = ofLog(given);
  const { applied = 0, chosenTo = 0, leads, believes, status, phase, proposal } = node;
  const is = role(node);
  const missing = gap({ applied, chosenTo, learned: node.learned });
  const alone = believes && !leads;
  const ballot = status === "up" && (leads || believes || phase === "preparing") ? own(node) : null;
  const standing = status === "up" && phase === "preparing" && proposal;
  const confirmed = status === "up" && node.reads?.confirmed;
  return {
    doing: is.ballot ? `${is.word} ${is.ballot}` : is.word,
    role: is,
    rows: [
      alone
        ? { name: "ballot", ballot }
        : { name: chosenTo ? "chosen to" : "chosen", text: chosenTo ? `${chosenTo}` : undefined },
      { name: "applied", text: applied || missing ? `${applied}${missing ? `, gap ${missing}` : ""}` : undefined },
    ],
    accepted: undefined,
    learned: undefined,
    gathering: standing
      ? { what: "promises", from: proposal.promises, value: null, needed: phase1 }
      : confirmed
        ? { what: "confirmed", from: confirmed, value: null, needed: phase2 }
        : null,
    bar: { done: applied, of: length(view, node) },
    colour: ballot ?? undefined,
  };
}

/** Slots in few letters: `5`, `5–7`. @param {number[]} slots ascending */
const span = (slots) => (slots.length > 1 ? `${slots[0]}–${slots[slots.length - 1]}` : `${slots[0]}`);

/** @param {NodeView["disk"]["pending"]} records @param {Chip["kind"]} kind @returns {Chip[]} */
function several(records, kind) {
  const slots = records.flatMap(({ accepted }) => (accepted ? [accepted.slot] : [])).toSorted((a, b) => a - b);
  const others = records.flatMap(({ promised, accepted, round, snapshot }) => {
    if (accepted) return [];
    if (snapshot) return [{ kind, text: `snapshot ${snapshot.slot}`, short: `s${snapshot.slot}` }];
    return [{ kind, text: promised ?? `round ${round}`, short: promised ?? `r${round}` }];
  });
  if (!slots.length) return others;
  return [...others, { kind, text: `${slots.length > 1 ? "votes" : "vote"} ${span(slots)}`, short: span(slots) }];
}

/** What is on a disk and on its way there, what matters most first. @param {NodeView["disk"]} disk
 * @returns {Chip[]} */
export function chips({ durable, pending, queued }) {
  /** @type {Chip[]} */
  const first = [];
  if (durable.promised) first.push({ kind: "durable", text: durable.promised });
  const votes = (durable.accepted ?? []).map((accepted) => ({ accepted }));
  const round = durable.round ? several([{ round: durable.round }], "durable") : [];
  const snapshot = durable.snapshot ? several([{ snapshot: durable.snapshot }], "durable") : [];
  return [
    ...first,
    ...snapshot,
    ...several(votes, "durable"),
    ...several(pending, "written"),
    ...several(queued, "queued"),
    ...round,
  ];
}

/** How many servers it takes, in words. @param {{ phase1: number, phase2: number, acceptors: number }} quorums */
export const needed = ({ phase1, phase2, acceptors }) =>
  phase1 === phase2 ? `${phase1} of ${acceptors}` : `${phase1} to lead, ${phase2} for a slot`;
