// Help: what the shapes mean, and which keys there are.

import { h, svg } from "../shared/dom.js";
import { isReply, SHAPES } from "../stage/messages.js";
import { show } from "./dialog.js";
/** @import { Ui } from "../ui.js" */

const MEANINGS = {
  prepare: "prepare: will you promise this number?",
  promise: "promise: nothing lower from now on",
  accept: "accept: please accept this value",
  accepted: "accepted: done, and on disk",
  nack: "nack: promised a higher number already",
};
const MARKS = [
  ["durable", "on disk: survives a crash"],
  ["written", "written, not yet durable"],
  ["queued", "only in memory"],
];
const KEYS = [
  ["Space", "play, pause"],
  ["← →", "one step back, one step on"],
  ["Home End", "the beginning, the end"],
  ["1 … 9", "select a server"],
  ["Tab", "servers, then messages in sending order"],
  ["Enter", "go to the actions of what is selected"],
  ["underlined", "that letter does that action"],
  ["In space-time", "arrows: other events, Enter: go there, + and −: zoom, 0: the whole run"],
  ["Esc", "close, deselect"],
  ["?", "this help"],
];

/** @param {Ui} ui */
export function help(ui) {
  const shapes = Object.entries(MEANINGS).map(([kind, says]) =>
    h(
      "li",
      {},
      svg(
        "svg",
        { class: "legend", viewBox: "-11 -11 22 22", "aria-hidden": "true" },
        svg(
          "g",
          { class: `message ${isReply(kind) ? "reply" : "request"} ${kind}` },
          svg("path", { class: "shape", d: SHAPES[kind] }),
        ),
      ),
      says,
    ),
  );
  const marks = MARKS.map(([kind, says]) => h("li", {}, h("span", { class: `chip ${kind}` }, "3.1"), says));
  show(
    ui,
    "Help",
    h(
      "p",
      {},
      "Servers agree on one value by majority, though messages get lost and servers crash. Play or step, then click a server, a message or a link, and try to make them disagree. Drag across servers to cut them off.",
    ),
    h(
      "div",
      { class: "columns" },
      h("div", {}, h("h3", {}, "Messages"), h("ul", {}, ...shapes), h("h3", {}, "Disk"), h("ul", {}, ...marks)),
      h(
        "div",
        {},
        h("h3", {}, "Keys"),
        h(
          "dl",
          {},
          ...KEYS.map(([key, says]) =>
            h("div", {}, h("dt", {}, key.length > 6 ? key : h("kbd", {}, key)), h("dd", {}, says)),
          ),
        ),
      ),
    ),
    h(
      "p",
      { class: "so" },
      "A number like 3.1 is a ballot: round 3 of server 1. A dashed message waits for a disk, or is held. A ring around servers: together they chose a value, whether or not anyone knows.",
    ),
  );
}
