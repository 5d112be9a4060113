// The line above the stage: the title of the run, the rules that are off in it, and the buttons that open a
// dialog: on a narrow screen they are a list under one button.

import { late } from "./engine/late.js";
import { h, redraw, setAttr, setText } from "./shared/dom.js";
/** @import { Commands } from "./commands.js" */
/** @import { Dialogs } from "./dialogs/dialogs.js" */
/** @import { View } from "./engine/engine.js" */
/** @import { Words } from "./words/index.js" */

export class Header {
  #title;
  #theme;
  #off = h("span", { class: "off" });
  /** Once it has been opened. @type {import("./menu.js").Menu | undefined} */
  #menu;
  #load = late(
    (attempt) => (attempt ? import(new URL(`./menu.js?${attempt}`, import.meta.url).href) : import("./menu.js")),
    "The menu did not load. Check that the page is online, and press it again.",
  );

  /** @param {HTMLElement} lab whose colours these are @param {Dialogs} dialogs @param {Commands} commands
   * @param {(theme: string) => void} choose @param {Words} words */
  constructor(lab, dialogs, commands, choose, words) {
    this.lab = lab;
    this.commands = commands;
    this.words = words;
    const quiet = (/** @type {() => void} */ onclick, /** @type {string} */ text) =>
      h("button", { class: "quiet", onclick }, text);
    this.#title = quiet(() => dialogs.open("scenarios"), `${words.scenarios} ▾`);
    this.#theme = quiet(() => choose(this.#dark() ? "light" : "dark"), words.dark);
    const help = quiet(() => dialogs.open("help"), "");
    help.append(h("i", {}, "?"), h("span", {}, words.help));
    const lesson = quiet(() => dialogs.open("lesson"), words.writeLesson);
    setAttr(lesson, "data-opens", "lesson");
    setAttr(this.#title, "class", "quiet title");
    setAttr(this.#title, "title", words.scenariosTitle);
    setAttr(help, "aria-label", words.help);
    const name = h("slot", { name: "title" }, h("b", {}, "Quorum"));
    const nav = h(
      "nav",
      { "aria-label": words.lab },
      quiet(() => dialogs.open("challenges"), words.challenges),
      quiet(() => dialogs.open("whatIf"), words.whatIf),
      lesson,
      quiet(() => dialogs.open("share"), words.share),
      quiet(() => dialogs.open("present"), words.present),
      this.#theme,
      help,
    );
    const open = async () => {
      const { Menu } = await this.#load();
      const list = this.#menu ?? new Menu(menu, nav);
      this.#menu = list;
      list.toggle();
    };
    const onclick = () => void open().catch((error) => commands.notices.refuse(error));
    const menu = h("button", { class: "quiet menu", "aria-expanded": false, onclick }, words.menu);
    const tagline = h("slot", { name: "tagline" });
    this.element = h("header", { part: "header" }, name, this.#title, this.#off, tagline, menu, nav);
  }

  /** Closes what is open. */
  close() {
    this.#menu?.close();
  }

  #dark() {
    const { colorScheme } = getComputedStyle(this.lab);
    return colorScheme === "dark" || (colorScheme !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
  }

  /** @param {View} view @param {string | undefined} title of the run */
  render({ off }, title) {
    setText(this.#title, `${title || this.words.scenarios} ▾`);
    setAttr(this.lab, "data-titled", !!title);
    setText(this.#theme, this.#dark() ? this.words.light : this.words.dark);
    redraw(this.#off, off, () => (off.length ? this.#badge(off) : []));
  }

  /** Names every rule that is off. @param {View["off"]} off @returns {Node[]} */
  #badge(off) {
    const { words } = this;
    const names = off.map(({ name }) => `“${name}”`);
    const on = () =>
      void this.commands.act(...off.map(({ rule }) => /** @type {const} */ ({ type: "rule", rule, on: true })));
    const says = words.rulesOff(names);
    return [
      h("span", { title: says }, says), // it may be cut
      h("button", { class: "quiet", onclick: on, title: words.switchOnTitle }, words.switchOn),
    ];
  }
}
