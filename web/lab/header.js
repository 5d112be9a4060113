// The line above the stage: the title of the run, and the buttons that open a dialog.

import { h, setAttr, setText } from "./shared/dom.js";
/** @import { Dialogs } from "./dialogs/dialogs.js" */

export class Header {
  #title;
  #theme;

  /** @param {HTMLElement} lab whose colours these are @param {Dialogs} dialogs
   * @param {(theme: string) => void} choose */
  constructor(lab, dialogs, choose) {
    this.lab = lab;
    const quiet = (/** @type {() => void} */ onclick, /** @type {string[]} */ ...text) =>
      h("button", { class: "quiet", onclick }, ...text);
    this.#title = quiet(() => dialogs.open("scenarios"), "Scenarios ▾");
    this.#theme = quiet(() => choose(this.#dark() ? "light" : "dark"), "Dark");
    const whatIf = quiet(() => dialogs.open("whatIf"), "What if…");
    const share = quiet(() => dialogs.open("share"), "Share…");
    const help = quiet(() => dialogs.open("help"), "?");
    setAttr(this.#title, "class", "quiet title");
    setAttr(whatIf, "class", "quiet wide");
    setAttr(help, "aria-label", "Help");
    const name = h("slot", { name: "title" }, h("b", {}, "Quorum"));
    const nav = h("nav", { "aria-label": "Lab" }, this.#title, whatIf, share, this.#theme, help);
    this.element = h("header", { part: "header" }, name, h("slot", { name: "tagline" }), nav);
  }

  #dark() {
    const { colorScheme } = getComputedStyle(this.lab);
    return colorScheme === "dark" || (colorScheme !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
  }

  /** @param {string | undefined} title of the run */
  render(title) {
    setText(this.#title, `${title || "Scenarios"} ▾`);
    setAttr(this.#title, "data-named", !!title);
    setText(this.#theme, this.#dark() ? "Light" : "Dark");
  }
}
