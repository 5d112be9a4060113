// A summary of one server of Paxos: its phase, the ballot it has promised, the values it has accepted and learned, the
// answers it has, and the records on its disk.

/** @import { NodeView } from "../../engine/engine.js" */
/** @import { Chip } from "../../shared/values.js" */

/** @typedef {{ name: string, ballot?: string | null, value?: string }} Row what a server knows; neither ballot nor value is nothing */
/** @typedef {{ what: string, from: number[], value: string | null, needed: number }} Gathering which servers have answered what it asks now */
/**
 * @typedef {object} Summary
 * @property {string} doing in two words
 * @property {Row[]} rows
 * @property {string | undefined} accepted the value it has accepted
 * @property {string | undefined} learned the value it has learned
 * @property {Gathering | null} gathering null when it asks nothing
 */

/** @typedef {NodeView["disk"]["pending"][number]} Entry */

/** @param {Entry} entry @param {Chip["kind"]} kind @returns {Chip} */
function chip({ promised, accepted, round }, kind) {
  if (promised) return { kind, text: promised };
  return accepted ? { kind, text: accepted.ballot, value: accepted.value } : { kind, text: `round ${round}` };
}

/** What is on a disk and on its way there, what matters most first. @param {NodeView["disk"]} disk @returns {Chip[]} */
export function chips({ durable, pending, queued }) {
  /** @type {Entry[]} */
  const first = [];
  if (durable.promised) first.push({ promised: durable.promised });
  for (const accepted of durable.accepted.slice(-2)) first.push({ accepted });
  /** @type {Entry[]} */
  const last = durable.round ? [{ round: durable.round }] : [];
  return [
    ...first.map((entry) => chip(entry, "durable")),
    ...pending.map((entry) => chip(entry, "written")),
    ...queued.map((entry) => chip(entry, "queued")),
    ...last.map((entry) => chip(entry, "durable")),
  ];
}

/** @param {NodeView} node @returns {string} */
function doing({ status, voting, proposal, phase }) {
  if (status !== "up") return status;
  if (!voting) return "listens only";
  return proposal?.ballot && phase !== "idle" ? `${phase} ${proposal.ballot}` : phase;
}

/** @param {NodeView} node @param {{ phase1: number, phase2: number }} quorums @returns {Gathering | null} */
function gathering({ proposal, status, phase }, { phase1, phase2 }) {
  if (!proposal || status !== "up") return null;
  if (phase === "preparing") return { what: "promises", from: proposal.promises, value: null, needed: phase1 };
  if (phase !== "accepting") return null;
  return { what: "accepts", from: proposal.accepts, value: proposal.value, needed: phase2 };
}

/** @param {NodeView} node @param {{ phase1: number, phase2: number }} quorums @returns {Summary} */
export function card(node, quorums) {
  const accepted = node.accepted.at(-1);
  const learned = node.learned.at(-1);
  return {
    doing: doing(node),
    rows: [
      { name: "promised", ballot: node.promised },
      { name: "accepted", ballot: accepted?.ballot, value: accepted?.value },
      { name: "learned", value: learned?.value },
    ],
    accepted: accepted?.value,
    learned: learned?.value,
    gathering: gathering(node, quorums),
  };
}

/** How many servers it takes, in words. @param {{ phase1: number, phase2: number, acceptors: number }} quorums */
export const needed = ({ phase1, phase2, acceptors }) =>
  phase1 === phase2 ? `${phase1} of ${acceptors}` : `${phase1} to promise, ${phase2} to accept`;
