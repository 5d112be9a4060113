// What stands in the place of a figure until it has loaded, as high as the figure will be: so nothing on the page moves
// when it comes. It is a picture, if the attribute `poster` names one, or what the page's author wrote into the element.

import { h, setAttr } from "./shared/element.js";

// These few rules are a text and no file, for a figure far down a page asks for no further file. The heights are those of
// the sheets stage.css, phone.css, playback.css, panels.css and layout.css: a test measures them against each other.
const SHEET = `
:host { display: grid; container: lab / inline-size; contain-intrinsic-inline-size: min(44em, 90vw); min-inline-size: 0;
  max-inline-size: 100%; font-size: var(--quorum-font-size, 1em) }
:host([hidden]) { display: none }
:host > * { grid-area: 1 / 1 }
.waiting { --header: 0em; --controls: 6em; --panels: 0em; --beside: 0em; --stage: clamp(30em, 62cqi, 44em);
  font-size: clamp(0.9375em, 0.6em + 0.42cqi, 1.75em); box-sizing: border-box; min-inline-size: 0;
  block-size: calc(var(--header) + var(--stage) + var(--controls) + var(--panels) + var(--beside));
  display: grid; place-content: center; place-items: center; grid-template: minmax(0, 1fr) / minmax(0, 1fr); overflow: hidden;
  border: 1px solid color-mix(in srgb, currentColor 25%, transparent) }
.waiting > img { inline-size: 100%; block-size: 100%; object-fit: contain; min-block-size: 0 }
.waiting > p { margin: 1em; font: 1em/1.5 var(--quorum-font, system-ui), sans-serif }
.waiting slot { display: block; max-inline-size: 100% }
.waiting[data-failed] { block-size: auto; grid-template: auto / minmax(0, 1fr); padding-block: 1em }
.waiting ~ .lab { visibility: hidden }
@container lab (max-width: 48em) { .waiting { --controls: 8.4em } }
.waiting[data-controls=full] { --header: 2.87em }
.waiting[data-controls=none] { --controls: 0em }
.waiting[data-panels="1"] { --panels: max(13.6em, 20dvh + 1.1em) }
.waiting[data-panels="2"] { --panels: max(15.5em, 20dvh + 3em) }
.waiting[data-tall] { --panels: 19.9em }
.waiting[data-inspector] { --beside: 36.9em }
.waiting[data-bare] { --stage: 0em }
@container lab (max-width: 38em) {
  .waiting { --press: max(32px, 2.134em); --controls: calc(var(--press) + 6em);
    --stage: clamp(28em, 100dvh - var(--header) - var(--controls), 47em) }
  .waiting[data-controls=none] { --controls: 0em }
  .waiting[data-panels="1"] { --panels: max(18.1em, 20dvh + 5.6em) }
  .waiting[data-panels="2"] { --panels: max(20em, 20dvh + 7.5em) }
  .waiting[data-tall] { --panels: 22em }
  .waiting[data-inspector] { --beside: 25.9em }
}
@container lab (min-width: 56em) {
  .waiting[data-controls=full] { --header: 3.47em }
  .waiting[data-panels] { --panels: max(12.8em, 18dvh + 2.3em) }
  .waiting[data-tall] { --panels: 18.5em }
  .waiting[data-inspector] { --beside: 0em; --stage: clamp(31em, 100dvh - 18.5em, 60em) }
}
@media print { .waiting { block-size: auto } }
`;

/** @type {CSSStyleSheet | undefined} */
let sheet;

/** @param {Element} lab @returns {Record<string, unknown>} what decides how high it will be, as attributes */
function shape(lab) {
  const log = lab.getAttribute("protocol") === "log";
  const panels = lab.getAttribute("panels")?.split(/\s+/).filter(Boolean) ?? [
    ...["stage", "inspector"],
    ...(log ? ["log"] : []), // it is shown first
    ...["events", "spacetime", "disk"],
  ];
  const below = panels.filter((name) => name !== "stage" && name !== "inspector");
  const controls = lab.getAttribute("controls");
  return {
    "data-controls": controls === "none" || controls === "compact" ? controls : "full",
    "data-panels": below.length ? Math.min(below.length, 2) : null,
    "data-tall": below[0] === "spacetime" || below[0] === "log",
    "data-inspector": panels.includes("inspector") && panels.includes("stage"),
    "data-bare": !panels.includes("stage"),
  };
}

export class Waiting {
  element = h("div", { class: "waiting", part: "waiting" });
  #still = h("slot", {}, h("p", {}, "Loading…"));

  /** @param {Element} lab @param {ShadowRoot} root */
  constructor(lab, root) {
    this.lab = lab;
    this.root = root;
    if (!sheet) {
      sheet = new CSSStyleSheet();
      sheet.replaceSync(SHEET);
    }
    if (!root.adoptedStyleSheets.includes(sheet)) root.adoptedStyleSheets.unshift(sheet);
    root.prepend(this.element);
    this.draw();
  }

  /** Attributes may have changed. */
  draw() {
    for (const [name, value] of Object.entries(shape(this.lab))) setAttr(this.element, name, value);
    const src = this.lab.getAttribute("poster");
    const poster = src && h("img", { src, loading: "lazy", decoding: "async", alt: this.lab.ariaLabel ?? "A figure" });
    this.element.replaceChildren(poster || this.#still);
  }

  /** Nothing will come: says why, below what was there. @param {string} text @param {() => void} again */
  failed(text, again) {
    setAttr(this.element, "data-failed", true);
    this.draw();
    this.element.append(h("p", { role: "alert" }, text, " ", h("button", { onclick: again }, "Try again")));
  }

  /** The figure is there. */
  end() {
    this.element.remove();
    this.root.adoptedStyleSheets = this.root.adoptedStyleSheets.filter((one) => one !== sheet);
  }
}
