// What a question of a lesson about a log may ask a person to bring about.

/** In words for a list, with the goal. @type {[says: string, goal: object[]][]} */
export const goals = [["no message is under way", [{ underWay: 0 }]]];
