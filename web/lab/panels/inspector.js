// The inspector: the sentence that explains the step, then the thing selected, what is true of it and what may be done
// to it. The menu is the engine's: this file decides neither what is possible nor why something is not. The facts about
// a server, a message or a link are loaded when a person first selects one.

import { late } from "../engine/late.js";
import { h, keyed, redraw, setAttr, setText } from "../shared/dom.js";
/** @import { Commands } from "../commands.js" */
/** @import { Dialogs } from "../dialogs/dialogs.js" */
/** @import { Action, Choice, Target, View } from "../engine/engine.js" */
/** @import { Notices } from "../notices.js" */
/** @import { Fact, Item } from "../shared/facts.js" */
/** @import { Store } from "../store.js" */

/** @typedef {{title: string, facts: Fact[], items: Item[]}} Described */
/** @typedef {typeof import("./details.js") & Awaited<ReturnType<import("../protocols/index.js").Protocol["details"]>>} Details */

const FAILED = "The details of this did not load. Check that the page is online, and select it again.";
/** @type {(attempt: number) => Promise<typeof import("./details.js")>} */
const links = (attempt) =>
  attempt ? import(new URL(`./details.js?${attempt}`, import.meta.url).href) : import("./details.js");

export class Inspector {
  #when = h("p", { class: "when" });
  #why = h("p", { class: "why" });
  #so = h("p", { class: "so" });
  #title = h("h2");
  #tip = h("p", { class: "tip" }, "Click a server, a message or a link to act on it.");
  #facts = h("dl");
  #actions = h("div", { class: "buttons", role: "group", "aria-label": "Actions" });
  #reason = h("p", { class: "reason", role: "status" });
  #form = h("div", { class: "form" });
  /** @type {Item[]} */
  #items = [];
  #about = "";
  #drawn = "";
  /** @type {Details | undefined} */
  #details;
  #load = late(async (attempt) => {
    const [one, other] = await Promise.all([links(attempt), this.store.protocol.details(attempt)]);
    this.#details = { ...one, ...other };
    this.#drawn = "";
    this.store.draw();
  }, FAILED);

  /** @param {Store} store @param {Commands} commands @param {Notices} notices @param {Dialogs} dialogs */
  constructor(store, commands, notices, dialogs) {
    this.store = store;
    this.commands = commands;
    this.notices = notices;
    this.dialogs = dialogs;
    const told = h("div", { class: "told" }, this.#when, this.#why, this.#so);
    const about = h("div", { class: "about" });
    about.append(this.#title, this.#tip, this.#actions, this.#reason, this.#form, this.#facts);
    this.element = h("aside", { class: "inspector", part: "inspector", "aria-label": "Inspector" }, told, about);
  }

  /** @param {View} view */
  render(view) {
    const { selected, locked } = this.store;
    this.#tell(view);
    const key = JSON.stringify([selected, view.step, locked]);
    if (key === this.#drawn) return;
    this.#drawn = key;
    const about = JSON.stringify(selected);
    if (about !== this.#about) {
      this.#about = about;
      this.close();
      if (selected) this.prepare().catch((error) => this.notices.refuse(error));
    }
    const { title, facts, items } = this.#describe(view, selected);
    this.#items = items;
    setText(this.#title, title);
    this.#tip.hidden = !!selected;
    keyed(
      this.#facts,
      facts,
      ([term]) => term,
      ([term]) => h("div", {}, h("dt", {}, term), h("dd")),
      (row, [, k, build]) => redraw(/** @type {Element} */ (row.lastElementChild), k, build),
    );
    this.#drawActions();
  }

  /** The sentences of the step, or of the event picked. @param {View} view */
  #tell(view) {
    const { picked, values } = this.store;
    const event = picked ?? view.headline;
    const now = picked ? ` (now at step ${view.step})` : "";
    setText(this.#when, `Step ${event?.step ?? view.step} · ${event?.at ?? view.at} ms${now}`);
    redraw(this.#why, [event?.why], () => (event ? values.mark(event) : ["Nothing has happened yet."]));
    const next = "Select a server and propose a value.";
    redraw(this.#so, [event?.so, !event], () => (event ? values.mark(event, event.so ?? "") : [next]));
  }

  /** Loads the facts about single things, once: called as soon as a pointer comes near, so that they are mostly here in time.
   * @returns {Promise<void>} rejects with a sentence; the next call tries again */
  prepare() {
    return this.#load();
  }

  #drawActions() {
    keyed(
      this.#actions,
      this.#items,
      (item) => item.name,
      (item) => this.#button(item),
      (button, { why, key }) => {
        setAttr(button, "aria-disabled", why ? "true" : null);
        setAttr(button, "aria-keyshortcuts", key);
        setText(/** @type {Element} */ (button.lastChild), why ? ` (not now: ${why})` : "");
      },
    );
  }

  /** @param {Item} item */
  #button({ name, key }) {
    const at = key ? name.toLowerCase().indexOf(key) : -1;
    const marked = [name.slice(0, at), h("u", {}, name[at]), name.slice(at + 1)];
    const text = at < 0 ? [name, key && h("kbd", {}, key.toUpperCase())] : marked;
    const explain = () => this.#explain(name);
    const props = {
      onclick: () => this.use(name),
      onpointerenter: explain,
      onfocus: explain,
      onpointerleave: () => setText(this.#reason, ""),
    };
    return h("button", props, ...text, h("span", { class: "sr" }));
  }

  /** Says why something is not possible, if it is not. @param {string} name */
  #explain(name) {
    setText(this.#reason, this.#items.find((item) => item.name === name)?.why ?? "");
  }

  /** Uses an action by its name. @param {string} name */
  use(name) {
    const item = this.#items.find((i) => i.name === name);
    if (!item) return;
    this.#explain(name);
    if (item.why) return;
    if (item.opens) return void this.#open(item).catch((error) => this.notices.refuse(error));
    this.close();
    void this.commands.act(.../** @type {Action[]} */ (item.acts));
  }

  /** @param {string} key @returns {boolean} whether an action has it */
  key(key) {
    const some = this.#items.filter((item) => item.key === key);
    const item = some.find(({ why }) => !why) ?? some[0];
    if (!item) return false;
    if (item.why) this.notices.refuse(item.why);
    else this.use(item.name);
    return true;
  }

  /** @param {string} text a refusal, where the person is looking @returns {boolean} whether they are looking here */
  refuse(text) {
    if (!this.element.matches(":focus-within") || !this.element.clientHeight) return false;
    setText(this.#reason, text);
    return true;
  }

  /** @param {Item} item */
  async #open(item) {
    const about = this.#about;
    const { openForm } = await this.dialogs.lazy();
    if (about !== this.#about) return;
    const close = () => {
      this.close();
      this.#actions.querySelector("button")?.focus();
    };
    openForm(this.#form, item, this.store, this.notices, close);
  }

  /** Closes an open form. @returns {boolean} whether one was open */
  close() {
    setText(this.#reason, "");
    const open = this.#form.hasChildNodes();
    this.#form.replaceChildren();
    return open;
  }

  focus() {
    /** @type {HTMLElement | null} */ (this.#actions.querySelector("button:not([aria-disabled])"))?.focus();
  }

  /** @param {Choice} choice @returns {Item} */
  #item({ action, name, key, why }) {
    return { name, key, why: this.store.locked ?? why, acts: [action], opens: action.type === "propose" && "propose" };
  }

  /** The name and the actions of a thing are the engine's and here at once; the rest is as soon as it is loaded.
   * @param {View} view @param {Target | null} target @returns {Described} */
  #describe(view, target) {
    const { session, values, locked } = this.store;
    const choices = (/** @type {Target} */ of) => session.choices(of).map((choice) => this.#item(choice));
    if (!target) return { title: "The whole cluster", facts: this.#cluster(view), items: this.#clusterItems(view) };
    if ("link" in target) {
      const [a, b] = target.link;
      const { facts = [], items = [] } = this.#details?.link(view, a, b, choices, locked) ?? {};
      return { title: `The link between ${a} and ${b}`, facts, items };
    }
    const items = choices(target);
    if ("node" in target) {
      const node = view.nodes[target.node - 1];
      const select = (/** @type {Target} */ of) => this.commands.select(of);
      const facts = this.#details?.node(view, node, values, select) ?? [];
      return { title: `Server ${node.id} · ${node.roles.join(", ")}`, facts, items };
    }
    const m = view.messages.find((x) => x.id === target.message);
    if (!m) return { title: "That message is no longer on its way", facts: [], items: [] };
    const facts = this.#details?.message(m, values) ?? [];
    return { title: `${m.kind} ${m.ballot} · server ${m.from} to ${m.to}`, facts, items };
  }

  /** @param {View} view @returns {Fact[]} */
  #cluster({ nodes, quorums, network: { latency, loss, duplicate } }) {
    const percent = (/** @type {number} */ part) => `${+(part * 100).toFixed(1)}%`;
    const network = [
      `${latency[0]} to ${latency[1]} ms`,
      loss && `loses ${percent(loss)}`,
      duplicate && `duplicates ${percent(duplicate)}`,
    ];
    const weather = network.filter(Boolean).join(", ");
    return [
      ["servers", nodes.length, () => [`${nodes.length}, ${quorums.acceptors} of them acceptors`]],
      ["quorum", quorums, () => [this.store.protocol.needed(quorums)]],
      ["network", weather, () => [weather]],
    ];
  }

  /** @param {View} view @returns {Item[]} */
  #clusterItems(view) {
    const { session, locked } = this.store;
    const only = view.nodes.length < 2 ? "There is only one server." : null;
    /** @param {string} name @param {Action} action @returns {Item} */
    const plain = (name, action) => ({ name, key: null, why: locked ?? session.whyNot(action), acts: [action] });
    return [
      { name: "Partition…", key: null, why: locked ?? only, opens: "partition" },
      plain("Heal every link", { type: "heal" }),
      { name: "Network…", key: null, why: locked, opens: "network" },
      plain("Power cut", { type: "power-cut" }),
    ];
  }
}
