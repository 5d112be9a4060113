// The line above the stage: the title of the run, the rules that are off in it, and the buttons that open a
// dialog: on a narrow screen they are a list under one button.

import { Menu } from "./menu.js";
import { h, redraw, setAttr, setText } from "./shared/dom.js";
/** @import { Commands } from "./commands.js" */
/** @import { Dialogs } from "./dialogs/dialogs.js" */
/** @import { View } from "./engine/engine.js" */

export class Header {
  #title;
  #theme;
  #off = h("span", { class: "off" });
  /** @type {Menu} */
  #menu;

  /** @param {HTMLElement} lab whose colours these are @param {Dialogs} dialogs @param {Commands} commands
   * @param {(theme: string) => void} choose */
  constructor(lab, dialogs, commands, choose) {
    this.lab = lab;
    this.commands = commands;
    const quiet = (/** @type {() => void} */ onclick, /** @type {string} */ text) =>
      h("button", { class: "quiet", onclick }, text);
    this.#title = quiet(() => dialogs.open("scenarios"), "Scenarios ▾");
    this.#theme = quiet(() => choose(this.#dark() ? "light" : "dark"), "Dark");
    const help = quiet(() => dialogs.open("help"), "?");
    const lesson = quiet(() => dialogs.open("lesson"), "Write a lesson…");
    setAttr(lesson, "data-opens", "lesson");
    setAttr(this.#title, "class", "quiet title");
    setAttr(this.#title, "title", "Scenarios, new runs, and what is kept");
    setAttr(help, "aria-label", "Help");
    const name = h("slot", { name: "title" }, h("b", {}, "Quorum"));
    const nav = h(
      "nav",
      { "aria-label": "Lab" },
      quiet(() => dialogs.open("challenges"), "Challenges"),
      quiet(() => dialogs.open("whatIf"), "What if…"),
      lesson,
      quiet(() => dialogs.open("share"), "Share…"),
      quiet(() => dialogs.open("present"), "Present"),
      this.#theme,
      help,
    );
    this.#menu = new Menu(nav);
    const tagline = h("slot", { name: "tagline" });
    this.element = h("header", { part: "header" }, name, this.#title, this.#off, tagline, this.#menu.element, nav);
  }

  /** Closes what is open. */
  close() {
    this.#menu.close();
  }

  #dark() {
    const { colorScheme } = getComputedStyle(this.lab);
    return colorScheme === "dark" || (colorScheme !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
  }

  /** @param {View} view @param {string | undefined} title of the run */
  render({ off }, title) {
    setText(this.#title, `${title || "Scenarios"} ▾`);
    setAttr(this.lab, "data-titled", !!title);
    setText(this.#theme, this.#dark() ? "Light" : "Dark");
    redraw(this.#off, off, () => (off.length ? this.#badge(off) : []));
  }

  /** Names every rule that is off. @param {View["off"]} off @returns {Node[]} */
  #badge(off) {
    const names = off.map(({ name }) => `“${name}”`).join(", ");
    const on = () =>
      void this.commands.act(...off.map(({ rule }) => /** @type {const} */ ({ type: "rule", rule, on: true })));
    const title = "From this step on, the rule holds again.";
    return [
      h("span", {}, off.length > 1 ? `${off.length} rules off: ${names}` : `Rule off: ${names}`),
      h("button", { class: "quiet", onclick: on, title }, "switch on"),
    ];
  }
}
