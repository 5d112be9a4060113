// Under the picture: what its symbols mean, in the words of the picture that can be saved (crates/export). It names
// what has been painted, and nothing else.

import { h, redraw, svg } from "../shared/dom.js";
/** @import { Protocol } from "../protocols/index.js" */
/** @import { Values } from "../shared/values.js" */
/** @import { Seen } from "./picture.js" */

/** So many values are named, at most. */
const NAMED = 7;
/** Marks, in their order, and what each is. @type {[mark: string, name: string][]} */
const NAMES = [
  ["lost", "lost"],
  ["held", "held"],
  ["wrote", "written"],
  ["durable", "durable"],
  ["quorum", "answers enough"],
  ["learned", "learned"],
  ["timer", "timer"],
  ["crashed", "crash"],
  ["restarted", "restart"],
  ["wiped", "disk wiped"],
  ["paused", "pause"],
  ["resumed", "resume"],
  ["exhausted", "no ballots left"],
  ["isolated", "cut off"],
  ["rejoined", "rejoins"],
  ["power-cut", "power cut"],
  ["network", "network changes"],
  ["violated", "broken"],
  ["chosen", "chosen, by the ringed"],
];

/** @typedef {{ kind?: string, mark?: string, value?: string, name: string }} Entry */

/** What the legend names. @param {Seen} seen @param {string[]} order of the kinds of messages
 * @returns {Entry[]} */
export function entries({ kinds, marks, values }, order) {
  const seen = NAMES.filter(([mark]) => marks.has(mark)).map(([mark, name]) => ({ mark, name }));
  return [
    ...order.filter((kind) => kinds.has(kind)).map((kind) => ({ kind, name: kind })),
    ...seen,
    ...[...values].slice(0, NAMED).map((value) => ({ value, name: value })),
  ];
}

/** What a mark looks like, where it is more than one stroke: in boxes of 12 around 0,0.
 * @type {Record<string, string>} */
const PICTURES = {
  lost: "M-10 0H2M-2-4 6 4M6-4-2 4",
  held: "M-2.5-5V5M2.5-5V5M2.5 0H8",
  wrote: "M-3.5-3.5h7v7h-7Z",
  durable: "M-3.5-3.5h7v7h-7Z",
  quorum: "M0-5a5 5 0 1 0 .01 0M0-1.5a1.5 1.5 0 1 0 .01 0",
  learned: "M0-6a6 6 0 1 0 .01 0M0-2.5a2.5 2.5 0 1 0 .01 0",
  network: "M0-4V4M-4 0H4",
};
/** Which of them are filled. */
const FILLED = new Set(["durable", "chosen", "restarted", "resumed"]);

export class Legend {
  element = h("ul", { class: "key", "aria-label": "Symbols" });

  /** @param {Record<string, string>} paths of other marks */
  constructor(paths) {
    this.paths = { ...paths, ...PICTURES };
  }

  /** @param {Seen} seen @param {Protocol} protocol @param {Values} values */
  render(seen, protocol, values) {
    const known = values.known.filter((value) => seen.values.has(value));
    const all = entries({ ...seen, values: new Set(known) }, Object.keys(protocol.shapes));
    redraw(this.element, all, () =>
      all.map(({ kind, mark, value, name }) => {
        if (value !== undefined) return h("li", {}, values.tag(value));
        const manner = kind ? protocol.manner(kind) : FILLED.has(mark ?? "") ? "request" : "";
        const d = kind ? protocol.shapes[kind] : this.paths[mark ?? ""];
        const path = svg("path", { d, transform: kind && "scale(.5)" });
        const box = { viewBox: "-8 -8 16 16", class: `drawn ${manner}`, "aria-hidden": "true" };
        return h("li", {}, svg("svg", box, path), name);
      }),
    );
  }
}
