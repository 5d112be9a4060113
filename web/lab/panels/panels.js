// The panels below the stage, one at a time behind tabs. The events are always there; what a first visit does not show
// is loaded when a person first looks at it.

import { h, setAttr } from "../shared/dom.js";
import { panelsOf } from "./tokens.js";
/** @import { Commands } from "../commands.js" */
/** @import { Dialogs } from "../dialogs/dialogs.js" */
/** @import { View } from "../engine/engine.js" */
/** @import { Notices } from "../notices.js" */
/** @import { Player } from "../playback/player.js" */
/** @import { SpacetimePanel } from "../spacetime/panel.js" */
/** @import { LogPanel } from "../log/panel.js" */
/** @import { Store } from "../store.js" */
/** @import { DiskPanel } from "./disk.js" */
/** @import { EventsPanel } from "./events.js" */
/** @import { TablePanel } from "./table.js" */

/** The tokens of the `panels` attribute, in the order of their tabs. */
const TOKENS = /** @type {const} */ (["log", "spacetime", "events", "disk", "table"]);
/** @typedef {(typeof TOKENS)[number]} Token */

export class Panels {
  /** @type {Token | undefined} */
  #shown;
  /** @type {Partial<Record<Token, DiskPanel | LogPanel | SpacetimePanel | TablePanel>>} */
  #loaded = {};
  /** @type {Partial<Record<Token, Promise<unknown>>>} */
  #loading = {};
  #disk = panel("disk");
  #log = panel("log");
  #table = panel("table");
  #spacetime = panel("spacetime");
  #tabs = TOKENS.map((token) => h("button", { role: "tab", "data-panel": token, onclick: () => this.show(token) }));
  #list = h("div", { role: "tablist", onkeydown: (e) => this.#key(e) }, ...this.#tabs);

  /** @param {HTMLElement} lab they are part of @param {Store} store @param {Player} player @param {Commands} commands
   * @param {Notices} notices @param {Dialogs} dialogs @param {EventsPanel} events */
  constructor(lab, store, player, commands, notices, dialogs, events) {
    this.lab = lab;
    this.store = store;
    this.player = player;
    this.commands = commands;
    this.notices = notices;
    this.dialogs = dialogs;
    this.events = events;
    const bodies = { log: this.#log, spacetime: this.#spacetime, events: events.element };
    this.bodies = { ...bodies, disk: this.#disk, table: this.#table };
    const { words } = store;
    setAttr(this.#list, "aria-label", words.panels);
    for (const [i, token] of TOKENS.entries()) {
      this.#tabs[i].append(words[token]);
      setAttr(this.bodies[token], "aria-label", words[token]);
      setAttr(this.bodies[token], "lang", "en"); // what they hold is the engine's
    }
    this.element = h("div", { class: "panels" }, this.#list, ...Object.values(this.bodies));
  }

  /** Which panels are wanted, as the attribute says. @type {string | null} */
  #wanted = null;

  /** Offers these. Which there are by default, and what a word means, depends on the protocol, once there is a run.
   * @param {string | null} [value] of the `panels` attribute, where that is another one */
  want(value = this.#wanted) {
    this.#wanted = value;
    const panels = panelsOf(value, this.store.session?.view().protocol);
    setAttr(this.lab, "data-panels", panels.join(" "));
    this.offer(panels);
  }

  /** Offers only these, and shows the first of them.
   * @param {string[]} tokens of the `panels` attribute, in its order */
  offer(tokens) {
    const offered = tokens.filter((token) => TOKENS.some((one) => one === token));
    for (const [i, tab] of this.#tabs.entries()) setAttr(tab, "hidden", !offered.includes(TOKENS[i]));
    setAttr(this.#list, "hidden", offered.length < 2);
    setAttr(this.element, "hidden", !offered.length);
    if (offered.length) this.show(/** @type {Token} */ (offered[0]));
  }

  /** @param {Token} token */
  show(token) {
    this.#shown = token;
    for (const [i, other] of TOKENS.entries()) {
      setAttr(this.#tabs[i], "aria-selected", other === token);
      setAttr(this.#tabs[i], "tabindex", other === token ? 0 : -1);
      setAttr(this.bodies[other], "data-shown", other === token);
    }
    if (token !== "events") this.#loading[token] ??= this.#load(token);
    this.store.draw();
  }

  /** @param {Token} token */
  async #load(token) {
    try {
      if (token === "disk" || token === "table") this.#loaded[token] = await this.#openLazy(token);
      if (token === "log") this.#loaded.log = await this.#openLog();
      if (token === "spacetime") this.#loaded.spacetime = await this.#openSpacetime();
      this.store.draw();
    } catch (error) {
      this.#loading[token] = undefined; // asked for again, it is tried again
      this.notices.refuse(error);
    }
  }

  /** @param {"disk" | "table"} token */
  async #openLazy(token) {
    const { DiskPanel, TablePanel } = await this.dialogs.lazy();
    return new (token === "disk" ? DiskPanel : TablePanel)(this.bodies[token], this.store, this.commands);
  }

  async #openLog() {
    const { open } = await import("../log/panel.js");
    return open(this.lab, this.#log, this.store, this.commands);
  }

  async #openSpacetime() {
    const { open } = await import("../spacetime/panel.js");
    const show = (/** @type {import("../engine/engine.js").Event} */ event) => this.events.show(event);
    return open(this.lab, this.#spacetime, this.store, this.player, this.commands, show);
  }

  /** @param {View} view */
  render(view) {
    this.events.draw();
    const { nodes, clients } = view;
    // The stage takes what is left, and stays as it is while this is loaded: room for the rows there will be.
    if (clients && !this.#loaded.log)
      this.#log.style.minBlockSize = `${1.86 * (nodes.length + clients.length + 3.8)}em`;
    if (this.#shown) this.#loaded[this.#shown]?.render(view);
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

/** @param {Token} token */
function panel(token) {
  return h("section", { class: token, part: token, role: "tabpanel" });
}
