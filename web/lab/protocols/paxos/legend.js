// What each kind of message means: loaded with the help.

/** @import { MessageView } from "../../engine/engine.js" */

/** @type {Record<MessageView["kind"], string>} */
const MEANS = {
  prepare: "will you promise this number?",
  promise: "nothing lower from now on",
  accept: "please accept this value",
  accepted: "done, and on disk",
  nack: "promised a higher number already",
};

/** Every kind with its meaning, in the order of the protocol. @returns {[kind: string, says: string][]} */
export const legend = () => Object.entries(MEANS).map(([kind, means]) => [kind, `${kind}: ${means}`]);
