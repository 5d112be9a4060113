// The words of Paxos, each with a sentence that explains it: loaded with the first note that is shown.

/** @type {{ word: RegExp, says: string }[]} in the order in which they are taught */
export const words = [
  { word: /\b[Bb]allots?\b/, says: "Ballot: a numbered attempt to have a value chosen; of two, the higher wins." },
  { word: /\b[Qq]uorums?\b/, says: "Quorum: enough servers to decide, usually a majority; any two share a server." },
  { word: /\b[Pp]romis(?:es?|ed)\b/, says: "Promise: a server's word that it refuses every lower ballot from now on." },
  { word: /\b(?:[Aa]ccept(?:s|ed)?|[Vv]otes?|voted)\b/, says: "To accept a value in a ballot is to vote for it." },
  { word: /\b[Dd]urabl[ey]\b/, says: "Durable: on the disk in a way that survives a crash." },
  { word: /\bchosen\b/, says: "Chosen: a quorum has durably accepted the value in one ballot. It stays so for ever." },
  {
    word: /\blearn(?:s|ed)?\b/,
    says: "A server learns a value when it has heard of enough votes to know that it is chosen.",
  },
  { word: /\b[Pp]roposers?\b/, says: "Proposer: a server that begins ballots and asks for a value." },
  { word: /\b[Aa]cceptors?\b/, says: "Acceptor: a server that promises, votes and remembers." },
  { word: /\b[Ll]earners?\b/, says: "Learner: a server that counts votes." },
  { word: /\b[Bb]ackoff\b/, says: "Backoff: waiting longer after each failed attempt, partly at random." },
  { word: /\b[Pp]artition(?:ed)?\b/, says: "Partition: servers on one side of a cut do not reach those on the other." },
];
