// The panels below the stage, one at a time behind tabs. The log is always there; what a first visit does not show is
// loaded when a person first looks at it.

import { h, setAttr } from "../shared/dom.js";
/** @import { Disks } from "./disk.js" */
/** @import { Event, View } from "../engine/engine.js" */
/** @import { SpaceTime } from "../spacetime/panel.js" */
/** @import { Ui } from "../ui.js" */

/** Their names, by the token of the `panels` attribute, in the order of their tabs. */
const NAMES = { spacetime: "Space-time", log: "Log", disk: "Disk" };
/** @typedef {keyof typeof NAMES} Token */
const TOKENS = /** @type {Token[]} */ (Object.keys(NAMES));

export class Panels {
  /** @type {Token | undefined} */
  #shown;
  /** @type {Partial<Record<Token, Disks | SpaceTime>>} */
  #loaded = {};
  /** @type {Partial<Record<Token, Promise<unknown>>>} */
  #loading = {};
  #disk = h("section", { class: "disk", part: "disk", role: "tabpanel", "aria-label": NAMES.disk });
  #spacetime = h("section", { class: "spacetime", part: "spacetime", role: "tabpanel", "aria-label": NAMES.spacetime });
  #tabs = TOKENS.map((token) =>
    h("button", { role: "tab", "data-panel": token, onclick: () => this.show(token) }, NAMES[token]),
  );
  #list = h(
    "div",
    { role: "tablist", "aria-label": "Panels", onkeydown: (/** @type {KeyboardEvent} */ e) => this.#key(e) },
    ...this.#tabs,
  );

  /** @param {Ui} ui */
  constructor(ui) {
    this.ui = ui;
    this.bodies = { spacetime: this.#spacetime, log: ui.log.element, disk: this.#disk };
    this.element = h("div", { class: "panels" }, this.#list, ...Object.values(this.bodies));
  }

  /** Offers only these, and shows the first of them. @param {string[]} tokens of the `panels` attribute, in its order */
  offer(tokens) {
    const offered = tokens.filter((token) => token in NAMES);
    for (const [i, tab] of this.#tabs.entries()) setAttr(tab, "hidden", !offered.includes(TOKENS[i]));
    setAttr(this.#list, "hidden", offered.length < 2);
    setAttr(this.element, "hidden", !offered.length);
    if (offered.length) this.show(/** @type {Token} */ (offered[0]));
  }

  /** @param {Token} token */
  show(token) {
    this.#shown = token;
    TOKENS.forEach((other, i) => {
      setAttr(this.#tabs[i], "aria-selected", other === token);
      setAttr(this.#tabs[i], "tabindex", other === token ? 0 : -1);
      setAttr(this.bodies[other], "data-shown", other === token);
    });
    if (token !== "log")
      this.#loading[token] ??= this.#load(token).catch((error) => {
        this.#loading[token] = undefined; // asked for again, it is tried again
        this.ui.refuse(error);
      });
    this.ui.draw();
  }

  /** @param {Token} token */
  async #load(token) {
    const { ui } = this;
    if (token === "disk") this.#loaded.disk = new (await ui.more()).Disks(ui, this.#disk);
    if (token === "spacetime")
      this.#loaded.spacetime = await (await import("../spacetime/panel.js")).open(ui, this.#spacetime);
    ui.draw();
  }

  /** @param {View} view @param {Event | null} picked */
  render(view, picked) {
    this.ui.log.draw();
    if (this.#shown) this.#loaded[this.#shown]?.render(view, picked);
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (!by) return;
    const tabs = this.#tabs.filter((tab) => !tab.hidden);
    const next = tabs.at((tabs.indexOf(/** @type {HTMLButtonElement} */ (event.target)) + by) % tabs.length);
    next?.focus();
    next?.click();
    event.preventDefault();
  }
}
