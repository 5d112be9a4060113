// The words of Paxos, each with a sentence that says what it means: loaded with the first note that is shown. What a
// correct run makes sure of is not said here: with a rule off it would be false.

/** @type {{ word: RegExp, says: string }[]} in the order in which they are taught */
export const words = [
  { word: /\b[Bb]allots?\b/, says: "Ballot: a numbered attempt to have a value chosen." },
  { word: /\b[Qq]uorums?\b/, says: "Quorum: enough servers for a decision, usually a majority." },
  { word: /\b[Pp]romis(?:es?|ed)\b/, says: "Promise: a server's word to refuse every lower ballot from then on." },
  { word: /\b(?:[Aa]ccept(?:s|ed)?|[Vv]otes?|voted)\b/, says: "To accept a value in a ballot is to vote for it." },
  { word: /\b[Dd]urabl[ey]\b/, says: "Durable: on the disk in a way that survives a crash." },
  { word: /\bchosen\b/, says: "Chosen: a quorum has accepted the value in one ballot, whether or not anyone knows." },
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
