// A summary of one server of Paxos: its phase, the ballot it has promised, the values it has accepted and learned, the
// answers it has, and the records on its disk.

/** @import { NodeView } from "../../engine/engine.js" */
/** @import { Chip } from "../../shared/values.js" */

/** @typedef {{ name: string, ballot?: string | null, value?: string, text?: string }} Row what a server knows; none of
 * them is nothing */
/** @typedef {{ word: string, ballot?: string, asks?: string, short?: string }} Role what a server is doing, in which
 * ballot, the kind of message by which it does so, and what the smallest cards have in place of the word */
/** @typedef {{ what: string, from: number[], value: string | null, needed: number }} Gathering which servers have
 * answered what it asks now */
/**
 * @typedef {object} Summary
 * @property {string} doing in two words
 * @property {Role} role the same in parts
 * @property {Row[]} rows
 * @property {string | undefined} accepted the value it has accepted
 * @property {string | undefined} learned the value it has learned
 * @property {Gathering | null} gathering null when it asks nothing
 * @property {{ done: number, of: number }} [bar] how far it is
 * @property {string} [colour] a ballot that is its own
 */

/** @typedef {NodeView["disk"]["pending"][number]} Entry */

/** @param {Entry} entry @param {Chip["kind"]} kind @returns {Chip} */
function chip({ promised, accepted, round }, kind) {
  if (promised) return { kind, text: promised };
  if (accepted) return { kind, text: accepted.ballot, value: accepted.value };
  return { kind, text: `round ${round}`, short: `r${round}` };
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

/** By which message a server does what it does. @type {Partial<Record<NodeView["phase"], string>>} */
const ASKS = { preparing: "prepare", accepting: "accept" };

/** @param {NodeView} node @returns {Role} */
function role({ status, voting, proposal, phase }) {
  if (status !== "up") return { word: status };
  if (!voting) return { word: "listens only" };
  return proposal?.ballot && phase !== "idle"
    ? { word: phase, ballot: proposal.ballot, asks: ASKS[phase] }
    : { word: phase };
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
  const is = role(node);
  return {
    doing: is.ballot ? `${is.word} ${is.ballot}` : is.word,
    role: is,
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
