// Help: what the shapes mean, and which keys there are.

import { picture, SAYS } from "../playback/marks.js";
import { h, svg } from "../shared/dom.js";
import { bundle, cut } from "../stage/symbol.js";
import { show } from "./dialog.js";
/** @import { Protocol } from "../protocols/index.js" */

const INTRODUCTION =
  "Servers agree on one value by majority, though messages get lost and servers crash. Play or step, then click a server, a message or a link, and try to make them disagree. Drag across servers to cut them off; with a finger, let it rest first.";
const NOTATION =
  "A number like 3.1 is a ballot: round 3 of server 1. A dashed message waits for a disk, or is held. A server that is ringed in black is selected.";
const RECORDS = [
  ["durable", "3.1", "on disk: survives a crash"],
  ["written", "3.1", "written, not yet durable"],
  ["queued", "3.1", "only in memory"],
  ["durable", "round 3", "which rounds it has begun, so that no ballot is used twice"],
];
/** @type {[() => Node, string][]} */
const SERVERS = [
  [
    () => h("span", { class: "quorum", "data-v": 0 }),
    "with the others in this colour, it chose a value, whether or not anyone knows",
  ],
  [() => dots(), "how many answers it has, of those that it needs"],
  [
    () => h("span", { class: "waiting" }, "×3"),
    "under its card: messages that have not left yet, and for what they wait",
  ],
];
const LINE = /** @type {const} */ (["chosen", "crash", "violation", "intervention"]);
const KEYS = [
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
];
/** Longer names of keys are words, not keys. */
const LONGEST = 6;

/** @param {HTMLElement} lab @param {Protocol} protocol of the run shown */
export async function help(lab, protocol) {
  const shapes = (await protocol.legend()).map(([kind, says]) => h("li", {}, symbol(kind, protocol), says));
  shapes.push(h("li", {}, bundle(), "so many messages in one place: hovering or focusing it says which"));
  shapes.push(h("li", {}, cut(), "on a link: nothing gets through in this direction; with a cross, in none"));
  const records = RECORDS.map(([kind, text, says]) => h("li", {}, h("span", { class: `chip ${kind}` }, text), says));
  const servers = SERVERS.map(([sign, says]) => h("li", {}, h("span", { class: "pictured" }, sign()), says));
  const line = LINE.map((mark) =>
    h("li", {}, h("span", { class: "pictured", "data-mark": mark }, picture(mark)), SAYS[mark]),
  );
  line.push(h("li", {}, h("span", { class: "pictured" }, "①"), "a note of the lesson"));
  const keys = KEYS.map(([key, says]) => {
    const name = key.length > LONGEST ? key : h("kbd", {}, key);
    return h("div", {}, h("dt", {}, name), h("dd", {}, says));
  });
  const symbols = h(
    "div",
    {},
    h("h3", {}, "Messages"),
    h("ul", {}, ...shapes),
    h("h3", {}, "Servers"),
    h("ul", {}, ...servers),
    h("h3", {}, "Disk"),
    h("ul", {}, ...records),
    h("h3", {}, "On the line of time"),
    h("ul", {}, ...line),
  );
  const columns = h("div", { class: "columns" }, symbols, h("div", {}, h("h3", {}, "Keys"), h("dl", {}, ...keys)));
  show(lab, "Help", h("p", {}, INTRODUCTION), columns, h("p", { class: "so" }, NOTATION));
}

/** One answer of two. */
const dots = () => h("span", { class: "dots" }, h("i", { class: "on" }), h("i"));

/** @param {string} kind of message @param {Protocol} protocol */
function symbol(kind, protocol) {
  const shape = svg("path", { class: "shape", d: protocol.shapes[kind] });
  const mark = svg("g", { class: `message ${protocol.manner(kind)} ${kind}` }, shape);
  return svg("svg", { class: "symbol", viewBox: "-13 -13 26 26", "aria-hidden": "true" }, mark);
}
