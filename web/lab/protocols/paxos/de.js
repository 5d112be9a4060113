// What `legend.js` and `words.js` say, in German: loaded in their place.

import { told } from "../../shared/spelling.js";
/** @import { MessageView } from "../../engine/engine.js" */

/** @type {Record<MessageView["kind"], string>} */
const MEANS = {
  prepare: "versprichst du diese Nummer?",
  promise: "von nun an nichts Niedrigeres",
  accept: "bitte akzeptiere diesen Wert",
  accepted: "getan, und auf der Platte",
  nack: "eine höhere Nummer ist schon versprochen",
};

/** Every kind with its meaning. @returns {[kind: string, says: string][]} */
export const legend = () => Object.entries(MEANS).map(([kind, means]) => [kind, `${kind}: ${means}`]);

/** @type {Record<MessageView["kind"], (m: MessageView) => string>} */
const SENTENCES = {
  prepare: ({ from, to, ballot }) =>
    `Server ${from} bittet Server ${to}: Versprich, jeden Ballot unter ${ballot} abzulehnen.`,
  promise: ({ from, to, ballot, accepted }) => {
    const vote = accepted?.at(0);
    const tells = vote ? `seine letzte Stimme ${told(vote.value)} in ${vote.ballot} war` : "er für nichts gestimmt hat";
    return `Server ${from} verspricht Server ${to}, jeden Ballot unter ${ballot} abzulehnen, und sagt, dass ${tells}.`;
  },
  accept: ({ from, to, ballot, value }) =>
    `Server ${from} bittet Server ${to}, in ${ballot} für ${told(value ?? "")} zu stimmen.`,
  accepted: ({ from, to, ballot, value }) =>
    `Server ${from} sagt Server ${to}, dass er in ${ballot} für ${told(value ?? "")} gestimmt hat.`,
  nack: ({ from, to, ballot, promised }) =>
    `Server ${from} lehnt ${ballot} von Server ${to} ab: Er hat ${promised ?? "einen höheren Ballot"} versprochen.`,
};

/** What a message asks or answers. @param {MessageView} m @returns {string} */
export const sentence = (m) => SENTENCES[m.kind](m);

/** The words that are explained where a lesson has them first. @type {{ word: RegExp, says: string }[]} */
export const words = [
  { word: /(?<!\p{L})Ballots?(?!\p{L})/u, says: "Ballot: ein nummerierter Versuch, einen Wert wählen zu lassen." },
  { word: /(?<!\p{L})Quorums?(?!\p{L})/u, says: "Quorum: genug Server für eine Entscheidung, meist eine Mehrheit." },
  {
    word: /(?<!\p{L})(?:verspricht|versprochen|Versprechen)(?!\p{L})/u,
    says: "Versprechen: das Wort eines Servers, von da an jeden niedrigeren Ballot abzulehnen.",
  },
  {
    word: /(?<!\p{L})(?:akzeptiert|akzeptieren|Stimmen?|stimmt)(?!\p{L})/u,
    says: "Einen Wert in einem Ballot zu akzeptieren heißt, für ihn zu stimmen.",
  },
  { word: /(?<!\p{L})dauerhaft(?!\p{L})/u, says: "Dauerhaft: so auf der Platte, dass es einen Absturz übersteht." },
  {
    word: /(?<!\p{L})gewählt(?!\p{L})/u,
    says: "Gewählt: Ein Quorum hat den Wert in einem Ballot akzeptiert, ob es jemand weiß oder nicht.",
  },
  {
    word: /(?<!\p{L})gelernt(?!\p{L})/u,
    says: "Ein Server lernt einen Wert, wenn er von genug Stimmen gehört hat, um zu wissen, dass er gewählt ist.",
  },
];
