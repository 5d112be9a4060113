// Help: what the shapes mean, and which keys there are.

import { picture } from "../playback/marks.js";
import { h, setText, svg } from "../shared/dom.js";
import { bundle, cut } from "../stage/symbol.js";
import { show } from "./dialog.js";
/** @import { Protocol } from "../protocols/index.js" */
/** @import { Words } from "../words/index.js" */

/** How far a record is, as it is drawn. */
const RECORDS = [
  ["durable", "3.1"],
  ["written", "3.1"],
  ["queued", "3.1"],
  ["durable", "round 3"],
];
/** @type {(() => Node)[]} */
const SERVERS = [
  () => h("span", { class: "quorum", "data-v": 0 }),
  () => dots(),
  () => h("span", { class: "waiting" }, "×3"),
];
const LINE = /** @type {const} */ (["chosen", "crash", "violation", "intervention"]);
/** Longer names of keys are words, not keys. */
const LONGEST = 6;

/** @param {HTMLElement} lab @param {Protocol} protocol of the run shown @param {Words} words */
export async function help(lab, protocol, words) {
  const [kinds, { texts }] = await Promise.all([protocol.legend(words.lang), words.helps()]);
  const shapes = kinds.map(([kind, says]) => h("li", {}, symbol(kind, protocol), says));
  shapes.push(h("li", {}, bundle(), texts.bundle));
  shapes.push(h("li", {}, cut(), texts.cut), h("li", {}, cut(true), texts.cutOneWay));
  const records = RECORDS.map(([kind, text], i) =>
    h("li", {}, h("span", { class: `chip ${kind}` }, text), texts.records[i]),
  );
  const servers = SERVERS.map((sign, i) => h("li", {}, h("span", { class: "pictured" }, sign()), texts.servers[i]));
  const line = LINE.map((mark, i) =>
    h("li", {}, h("span", { class: "pictured", "data-mark": mark }, picture(mark)), texts.line[i]),
  );
  line.push(h("li", {}, h("span", { class: "pictured" }, "①"), texts.line[LINE.length]));
  const keys = texts.keys.map(([key, says]) => {
    const one = key.length > LONGEST ? key.split(" ") : [key];
    const names = one.every(({ length }) => length <= LONGEST)
      ? one.flatMap((name) => [h("kbd", {}, name), " "])
      : [key];
    return h("div", {}, h("dt", {}, ...names), h("dd", {}, says));
  });
  const [messages, ofServers, disk, time, ofKeys] = texts.heads.map((head) => h("h3", {}, head));
  const lists = [messages, h("ul", {}, ...shapes), ofServers, h("ul", {}, ...servers), disk, h("ul", {}, ...records)];
  const symbols = h("div", {}, ...lists, time, h("ul", {}, ...line));
  const columns = h("div", { class: "columns" }, symbols, h("div", {}, ofKeys, h("dl", {}, ...keys)));
  const dialog = show(
    lab,
    words.help,
    h("p", {}, texts.introduction),
    columns,
    h("p", { class: "so" }, texts.notation),
  );
  dialog.lang = words.lang;
  setText(/** @type {HTMLElement} */ (dialog.querySelector("header button")), words.close);
}

/** One answer of two. */
const dots = () => h("span", { class: "dots" }, h("i", { class: "on" }), h("i"));

/** @param {string} kind of message @param {Protocol} protocol */
function symbol(kind, protocol) {
  const shape = svg("path", { class: "shape", d: protocol.shapes[kind] });
  const mark = svg("g", { class: `message ${protocol.manner(kind)} ${kind}` }, shape);
  return svg("svg", { class: "symbol", viewBox: "-13 -13 26 26", "aria-hidden": "true" }, mark);
}
