// What the help says, in English. `de-help.js` has the same keys.

export const texts = {
  introduction:
    "Servers agree on one value by majority, though messages get lost and servers crash. Play or step, then click a server, a message or a link, and try to make them disagree. Drag across servers to cut them off; with a finger, let it rest first.",
  notation:
    "A number like 3.1 is a ballot: round 3 of server 1. A dashed message waits for a disk, or is held. A server that is ringed in black is selected.",
  heads: ["Messages", "Servers", "Disk", "On the line of time", "Keys"],
  bundle: "so many messages in one place: hovering or focusing it says which",
  cut: "on a link: nothing gets through, either way",
  cutOneWay: "on a link: nothing gets through in this direction",
  records: [
    "on disk: survives a crash",
    "written, not yet durable",
    "only in memory, not yet durable",
    "which rounds it has begun, so that no ballot is used twice",
  ],
  servers: [
    "with the others in this colour, it chose a value, whether or not anyone knows",
    "how many answers it has, of those that it needs",
    "under its card: messages that have not left yet, and for what they wait",
  ],
  line: [
    "a value is chosen",
    "a server crashes",
    "a safety rule is broken",
    "an intervention: somebody did something to the run",
    "a note of the lesson",
  ],
  keys: [
    ["Space", "play, pause"],
    ["← →", "back and on by a beat; with Shift by one step"],
    ["Home End", "the beginning, the end"],
    ["1 … 9", "select a server"],
    ["Tab", "servers, then messages in sending order"],
    ["Enter", "go to the actions of what is selected"],
    ["underlined", "that letter does that action"],
    ["In space-time", "arrows: other events, Enter: go there, + and −: zoom, 0: the whole run"],
    ["Esc", "close, deselect"],
    ["?", "this help"],
  ],
};
