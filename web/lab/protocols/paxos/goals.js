// What a question of a lesson may ask a person to bring about: expectations, as scenarios and challenges have them.

/** In words for a list, with the goal. @type {[says: string, goal: object[]][]} */
export const goals = [
  ["a value is chosen", [{ chosen: true }]],
  ["a value is chosen, and no server knows it", [{ chosen: true }, { knows: [] }]],
  ["a crash takes a vote before it is durable", [{ loses: "vote" }]],
  ["a crash takes a promise before it is durable", [{ loses: "promise" }]],
  ["a proposer adopts a value that is not its own", [{ adopts: "another" }]],
  ["an acceptor refuses a request to vote", [{ refuses: "accept" }]],
  ["an acceptor refuses a request to promise", [{ refuses: "prepare" }]],
  ["three ballots, in turn by different servers, and nothing is chosen", [{ duel: 3 }, { chosen: null }]],
  ["the same value is chosen in two ballots", [{ rechosen: 2 }]],
  ["no message is under way", [{ underWay: 0 }]],
  ["two different values are chosen", [{ breaks: "one-value-chosen" }]],
];
