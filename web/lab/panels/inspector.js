// The inspector: the sentence that explains the step, then the thing selected, what is true of it and what may be done
// to it. The menu is the engine's: this file decides neither what is possible nor why something is not. What is true of
// one server, message or link is in details.js, which nobody needs before they reach for one.

import { h, keyed, redraw, setAttr, setText } from "../shared/dom.js";
/** @import { Child } from "../shared/dom.js" */
/** @import { Action, Choice, Event, Target, View } from "../engine/engine.js" */
/** @import { Ui } from "../ui.js" */

/** @typedef {[term: string, key: unknown, build: () => Child[]]} Fact */
/** @typedef {(forms: typeof import("../shared/forms.js"), close: () => void) => HTMLElement} Opens a form */
/** @typedef {{name: string, key: string | null, why: string | null, opens?: Opens, acts?: Action[]}} Item */
/** @typedef {{title: string, facts: Fact[], items: Item[]}} Described */

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
  /** @type {typeof import("./details.js") | undefined} */
  #details;
  /** @type {Promise<void> | undefined} */
  #loading;
  #failures = 0;

  /** @param {Ui} ui */
  constructor(ui) {
    this.ui = ui;
    this.element = h(
      "aside",
      { class: "inspector", part: "inspector", "aria-label": "Inspector" },
      h("div", { class: "told" }, this.#when, this.#why, this.#so),
      h("div", { class: "about" }, this.#title, this.#tip, this.#actions, this.#reason, this.#form, this.#facts),
    );
  }

  /** @param {View} view @param {Target | null} target @param {Event | null} picked from the log */
  render(view, target, picked) {
    const event = picked ?? view.headline;
    setText(
      this.#when,
      `Step ${event?.step ?? view.step} · ${event?.at ?? view.at} ms${picked ? ` (now at step ${view.step})` : ""}`,
    );
    redraw(this.#why, [event?.why], () => (event ? this.ui.values.mark(event) : ["Nothing has happened yet."]));
    redraw(this.#so, [event?.so, !event], () =>
      event ? this.ui.values.mark(event, event.so ?? "") : ["Select a server and propose a value."],
    );
    const key = JSON.stringify([target, view.step, this.ui.locked]);
    if (key === this.#drawn) return;
    this.#drawn = key;
    const about = JSON.stringify(target);
    if (about !== this.#about) {
      this.#about = about;
      this.close();
      if (target) this.prepare().catch((error) => this.ui.refuse(error));
    }
    const { title, facts, items } = this.#describe(view, target);
    this.#items = items;
    setText(this.#title, title);
    this.#tip.hidden = !!target;
    keyed(
      this.#facts,
      facts,
      ([term]) => term,
      ([term]) => h("div", {}, h("dt", {}, term), h("dd")),
      (row, [, k, build]) => redraw(/** @type {Element} */ (row.lastElementChild), k, build),
    );
    this.#drawActions();
  }

  /** Loads what is told of a single thing, unless it is here: called when somebody reaches for one, so that it mostly is.
   * @returns {Promise<void>} rejects with a sentence; the next call tries again */
  prepare() {
    // A browser may remember for an address that there was nothing: another query is another address.
    const load = () =>
      this.#failures ? import(new URL(`./details.js?${this.#failures}`, import.meta.url).href) : import("./details.js");
    this.#loading ??= load().then(
      (details) => {
        this.#details = details;
        this.#drawn = "";
        this.ui.draw();
      },
      () => {
        this.#loading = undefined;
        this.#failures++;
        throw new Error("The details of this did not load. Check that the page is online, and select it again.");
      },
    );
    return this.#loading;
  }

  #drawActions() {
    keyed(
      this.#actions,
      this.#items,
      (i) => i.name,
      (i) => {
        const at = i.key ? i.name.toLowerCase().indexOf(i.key) : -1;
        const name =
          at < 0
            ? [i.name, i.key && h("kbd", {}, i.key.toUpperCase())]
            : [i.name.slice(0, at), h("u", {}, i.name[at]), i.name.slice(at + 1)];
        const tell = () => this.#tell(i.name);
        return h(
          "button",
          {
            onclick: () => this.use(i.name),
            onpointerenter: tell,
            onfocus: tell,
            onpointerleave: () => setText(this.#reason, ""),
          },
          ...name,
          h("span", { class: "sr" }),
        );
      },
      (button, i) => {
        setAttr(button, "aria-disabled", i.why ? "true" : null);
        setAttr(button, "aria-keyshortcuts", i.key);
        setText(/** @type {Element} */ (button.lastChild), i.why ? ` (not now: ${i.why})` : "");
      },
    );
  }

  /** @param {string} name */
  #tell(name) {
    setText(this.#reason, this.#items.find((i) => i.name === name)?.why ?? "");
  }

  /** Uses an action by its name. @param {string} name */
  use(name) {
    const item = this.#items.find((i) => i.name === name);
    if (!item) return;
    this.#tell(name);
    if (item.why) return;
    if (item.opens) return void this.#open(item.opens).catch((e) => this.ui.refuse(e));
    this.close();
    void this.ui.act(.../** @type {Action[]} */ (item.acts));
  }

  /** @param {string} key @returns {boolean} whether an action has it */
  key(key) {
    const item = this.#items.find((i) => i.key === key && !i.why) ?? this.#items.find((i) => i.key === key);
    if (!item) return false;
    if (item.why) this.ui.refuse(item.why);
    else this.use(item.name);
    return true;
  }

  /** @param {string} text a refusal, where the person is looking @returns {boolean} whether they are looking here */
  refuse(text) {
    if (!this.element.matches(":focus-within") || !this.element.clientHeight) return false;
    setText(this.#reason, text);
    return true;
  }

  /** @param {Opens} opens */
  async #open(opens) {
    const about = this.#about;
    const forms = await this.ui.more();
    if (about !== this.#about) return;
    const form = opens(forms, () => {
      this.close();
      this.#actions.querySelector("button")?.focus();
    });
    this.#form.replaceChildren(form);
    form.scrollIntoView({ block: "nearest" });
    const input = form.querySelector("input");
    input?.focus();
    input?.select();
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

  /** @param {Choice} c @returns {Item} */
  #item(c) {
    const { action } = c;
    return {
      name: c.name,
      key: c.key,
      why: this.ui.locked ?? c.why,
      acts: [action],
      opens: action.type === "propose" ? (forms, close) => forms.propose(this.ui, action, close) : undefined,
    };
  }

  /** The name and the actions of a thing are the engine's and here at once; the rest is as soon as it is loaded.
   * @param {View} view @param {Target | null} target @returns {Described} */
  #describe(view, target) {
    const { ui } = this;
    const choices = (/** @type {Target} */ of) => ui.session.choices(of).map((c) => this.#item(c));
    if (!target) return { title: "The whole cluster", facts: this.#cluster(view), items: this.#clusterItems() };
    if ("link" in target) {
      const [a, b] = target.link;
      const { facts = [], items = [] } = this.#details?.link(ui, view, a, b, choices) ?? {};
      return { title: `The link between ${a} and ${b}`, facts, items };
    }
    const items = choices(target);
    if ("node" in target) {
      const node = view.nodes[target.node - 1];
      return {
        title: `Server ${node.id} · ${node.roles.join(", ")}`,
        facts: this.#details?.node(ui, view, node) ?? [],
        items,
      };
    }
    const m = view.messages.find((x) => x.id === target.message);
    if (!m) return { title: "That message is no longer on its way", facts: [], items: [] };
    return {
      title: `${m.kind} ${m.ballot} · server ${m.from} to ${m.to}`,
      facts: this.#details?.message(ui, m) ?? [],
      items,
    };
  }

  /** @param {View} view @returns {Fact[]} */
  #cluster(view) {
    const { quorums: q, network: net } = view;
    const weather = [
      `${net.latency[0]} to ${net.latency[1]} ms`,
      net.loss && `loses ${+(net.loss * 100).toFixed(1)}%`,
      net.duplicate && `duplicates ${+(net.duplicate * 100).toFixed(1)}%`,
    ]
      .filter(Boolean)
      .join(", ");
    return [
      ["servers", view.nodes.length, () => [`${view.nodes.length}, ${q.acceptors} of them acceptors`]],
      [
        "quorum",
        q,
        () => [
          q.phase1 === q.phase2 ? `${q.phase1} of ${q.acceptors}` : `${q.phase1} to promise, ${q.phase2} to accept`,
        ],
      ],
      ["network", weather, () => [weather]],
    ];
  }

  /** @returns {Item[]} */
  #clusterItems() {
    const { ui } = this;
    const why = ui.locked;
    /** @param {string} name @param {Action} action @returns {Item} */
    const plain = (name, action) => ({ name, key: null, why: why ?? ui.session.whyNot(action), acts: [action] });
    return [
      {
        name: "Partition…",
        key: null,
        why: why ?? (ui.view().nodes.length < 2 ? "There is only one server." : null),
        opens: (forms, close) => forms.partition(ui, close),
      },
      plain("Heal every link", { type: "heal" }),
      { name: "Network…", key: null, why, opens: (forms, close) => forms.network(ui, close) },
      plain("Power cut", { type: "power-cut" }),
    ];
  }
}
