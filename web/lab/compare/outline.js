// Outlines on a stage what differs: four corners around a card and around a message. The ring of a quorum, of a
// selection and of the focus are each closed, so corners are none of them, whatever their colour.
//
// A style sheet says it, not the elements: they are made, moved and taken away with every frame, and a rule about a
// number fits whichever stands for it then. The page allows no styles but its own files', and those that scripts
// construct.

/** @import { Found } from "./differing.js" */

/** Leaves of a box only its corners, of a length. @param {string} corner */
const corners = (corner) => `
  mask: conic-gradient(at ${corner} ${corner}, #0000 75%, #000 0) 0 0 / calc(100% - ${corner}) calc(100% - ${corner});`;

/** Around a card: outside the ring of a quorum. */
const CARD = `content: ""; position: absolute; pointer-events: none; inset: -1em; border: 2.5px solid var(--ink);
  border-radius: 1.3em; ${corners("1.4em")}`;
const SMALL = `inset: -0.7em; border-width: 2px; border-radius: 1.1em; ${corners("1.1em")}`;
const DOT = `inset: -0.4em; border-radius: 0.3em; ${corners("0.6em")}`;
/** Around a message: four parts of the circle that is its target. */
const MESSAGE = "stroke: var(--ink); stroke-width: 2.5; stroke-dasharray: 1; stroke-dashoffset: -0.5;";
const HEAP = `content: ""; position: absolute; inset: 0; border: 2px solid var(--ink); ${corners("0.45em")}`;

export class Outline {
  #sheet = new CSSStyleSheet();
  #shown = "";

  /** @param {ShadowRoot} root of the lab whose stage it is */
  constructor(root) {
    root.adoptedStyleSheets.push(this.#sheet);
  }

  /** @param {Found} found */
  show({ nodes, messages }) {
    const shown = JSON.stringify([nodes, messages]);
    if (shown === this.#shown) return;
    this.#shown = shown;
    this.#sheet.replaceSync(rules(nodes, messages));
  }
}

/** @param {number[]} nodes @param {number[]} messages @returns {string} */
export function rules(nodes, messages) {
  const cards = any(nodes, (id) => [`[data-node="${id}"]`]);
  const marks = any(messages, (id) => [`[data-message="${id}"]`, `[data-ids~="${id}"]`]);
  return `
    .card${cards}::before { ${CARD} }
    :is([data-size="mini"], [data-size="slim"], [data-size="micro"]) .card${cards}::before { ${SMALL} }
    [data-size="dot"] .card${cards}::before { ${DOT} }
    .message${marks} .hit { ${MESSAGE} }
    .heap${marks} { position: relative; }
    .heap${marks}::before { ${HEAP} }`;
}

/** Fits any of these. @param {number[]} ids @param {(id: number) => string[]} selectors @returns {string} */
const any = (ids, selectors) => `:is(${ids.flatMap(selectors).join(", ") || ":not(*)"})`;
