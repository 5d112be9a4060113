// The moment as two tables, for people who would rather read than look: what is true of each server, and what is on its way.
// The words are those that the inspector has for one thing; here they are the heads of columns. It is loaded when a
// person first opens it.

import { h, keyed, reach, redraw, setText } from "../shared/dom.js";
import { told } from "../shared/spelling.js";
import { KEPT, some } from "../shared/values.js";
import { knowing } from "../stage/middle.js";
/** @import { Commands } from "../commands.js" */
/** @import { MessageView, NodeView, Target, View } from "../engine/engine.js" */
/** @import { Fact } from "../shared/facts.js" */
/** @import { Store } from "../store.js" */

/** More rows than this are counted: nobody reads them one by one. */
const ROWS = 150;
const NONE = "–";

/** What a protocol tells of a server and of a message, and which of it are columns.
 * @typedef {Awaited<ReturnType<import("../protocols/index.js").Protocol["details"]>>} Details */

/** @param {string} says */
const capital = (says) => says[0].toUpperCase() + says.slice(1);

export class TablePanel {
  #says = h("p", { class: "moment" });
  #servers = new Table();
  #messages = new Table();
  #more = h("p");
  /** @type {Details | undefined} */
  #details;
  /** Which protocol they are of. */
  #of = "";

  /** @param {HTMLElement} element to fill @param {Store} store @param {Commands} commands */
  constructor(element, store, commands) {
    this.element = element;
    this.store = store;
    this.select = (/** @type {Target} */ target) => commands.select(target);
    element.append(this.#says, this.#servers.element, this.#messages.element, this.#more);
  }

  /** @param {View} view */
  render(view) {
    if (!this.element.clientHeight) return;
    const { protocol } = this.store;
    if (this.#of !== protocol.name) {
      this.#of = protocol.name;
      this.#details = undefined;
      // Until they are there, and where they cannot be had, the inspector says so.
      protocol.details(0).then(
        (details) => {
          this.#details = details;
          this.store.draw();
        },
        () => {},
      );
    }
    setText(this.#says, this.#moment(view));
    if (!this.#details) return;
    this.#drawServers(view, this.#details);
    this.#drawMessages(view, this.#details);
    reach(this.element);
  }

  /** When it is, and what was chosen. @param {View} view */
  #moment(view) {
    const { protocol } = this.store;
    const when = `Step ${view.step} of ${view.length}, at ${view.at} ms.`;
    const middle = protocol.middle?.(view);
    if (middle) return [when, `${capital(middle.says)}:`, ...middle.more].join(" ");
    const chosen = protocol.chosen(view).map((one) => {
      const { value, ballot, quorum } = one;
      return `${told(value)} is chosen at ${ballot} by ${quorum.length} servers. ${knowing(view, one, this.store.words)}`;
    });
    return [when, ...(chosen.length ? chosen : ["Nothing is chosen yet."]), view.stuck ?? ""].join(" ").trim();
  }

  /** @param {View} view @param {Details} details */
  #drawServers(view, details) {
    const { columns } = details;
    const heads = [...columns.servers, ...KEPT.map((kind) => this.store.words[kind])];
    this.#servers.render(
      `Servers at step ${view.step}`,
      ["server", ...heads],
      view.nodes.slice(0, ROWS),
      ({ id }) => `${id}`,
      (node) => () => this.select({ node: node.id }),
      (node) => [
        ...this.#told(columns.servers, details.node(view, node, this.store.values, this.select)),
        ...this.#kept(node),
      ],
    );
  }

  /** @param {View} view @param {Details} details */
  #drawMessages(view, details) {
    const { protocol, values } = this.store;
    const { columns } = details;
    const all = view.messages;
    this.#messages.render(
      all.length
        ? `${all.length} ${all.length > 1 ? "messages have" : "message has"} not arrived`
        : "No message is on its way",
      ["message", ...columns.messages],
      all.slice(0, ROWS),
      (m) => protocol.called(m),
      (m) => () => this.select({ message: m.id }),
      (m) => this.#told(columns.messages, details.message(view, m, values)),
    );
    const left = Math.max(0, all.length - ROWS) + Math.max(0, view.nodes.length - ROWS);
    setText(this.#more, left ? `And ${left.toLocaleString("en")} more.` : "");
  }

  /** The facts of these terms, as text. @param {string[]} terms @param {Fact[]} facts @returns {string[]} */
  #told(terms, facts) {
    return terms.map((term) => {
      const fact = facts.find(([name]) => name === term);
      return fact ? h("span", {}, ...fact[2]()).textContent || NONE : NONE;
    });
  }

  /** @param {NodeView} node @returns {string[]} */
  #kept({ disk }) {
    const chips = this.store.protocol.chips(disk);
    return KEPT.map((kind) => some(chips, kind) || (kind === "durable" && disk.lost ? "disk lost" : NONE));
  }
}

/** A table whose rows stay while what they say changes: who reads it keeps the place. */
class Table {
  #caption = h("caption");
  #heads = h("tr");
  #body = h("tbody");
  element = h("table", {}, this.#caption, h("thead", {}, this.#heads), this.#body);

  /** @template {{ id: number }} T
   * @param {string} caption @param {string[]} heads @param {T[]} items @param {(item: T) => string} name
   * @param {(item: T) => () => void} press @param {(item: T) => string[]} cells */
  render(caption, heads, items, name, press, cells) {
    setText(this.#caption, caption);
    redraw(this.#heads, heads, () => heads.map((head) => h("th", { scope: "col" }, head)));
    keyed(
      this.#body,
      items,
      ({ id }) => id,
      (item) => {
        const button = h("button", { class: "quiet", onclick: press(item) }, name(item));
        return h("tr", {}, h("th", { scope: "row" }, button), ...heads.slice(1).map(() => h("td")));
      },
      (row, item) => {
        const texts = cells(item);
        if (row.children.length !== heads.length)
          // the columns are of another protocol
          row.replaceChildren(row.children[0], ...texts.map(() => h("td")));
        for (const [i, cell] of texts.entries()) setText(row.children[i + 1], cell);
      },
    );
  }
}
