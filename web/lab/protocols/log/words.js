// The words of a replicated log, each with a sentence that says what it means: loaded with the first note that is shown.
// What a correct run makes sure of is not said here: with a rule off it would be false.

/** @type {{ word: RegExp, says: string }[]} in the order in which they are taught */
export const words = [
  { word: /\b[Ll]ogs?\b/, says: "Log: commands one after the other, which every server applies in that order." },
  { word: /\b[Ss]lots?\b/, says: "Slot: a place in the log. In each, one command is chosen, as in Paxos." },
  { word: /\b[Ll]eaders?\b/, says: "Leader: the server that puts commands into slots, because a quorum promised it." },
  { word: /\b[Nn]o-ops?\b/, says: "No-op: a command that does nothing, for a slot that nobody is known to have used." },
  { word: /\b[Ww]indow\b/, says: "Window: how many slots a leader may use before the first of them is applied." },
  { word: /\bapplie[sd]\b/, says: "Applied: done to the store, in the order of the slots." },
  {
    word: /\b[Ss]napshots?\b/,
    says: "Snapshot: the store and the sessions after some slot, kept in place of the slots.",
  },
  {
    word: /\b[Ll]inearizab(?:le|ility)\b/,
    says: "Linearizable: as if each operation took effect at one moment of its own.",
  },
  { word: /\b[Bb]allots?\b/, says: "Ballot: a numbered attempt to lead." },
  { word: /\b[Qq]uorums?\b/, says: "Quorum: enough servers for a decision, usually a majority." },
  { word: /\b[Pp]romis(?:es?|ed)\b/, says: "Promise: a server's word to refuse every lower ballot from then on." },
  { word: /\bchosen\b/, says: "Chosen: a quorum voted for it in one ballot, whether or not anyone knows." },
  { word: /\b[Dd]urabl[ey]\b/, says: "Durable: on the disk in a way that survives a crash." },
];
