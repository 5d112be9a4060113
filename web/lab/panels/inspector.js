// The inspector: the sentence that explains the step, then the thing selected, what may be done to it, what is true of
// it, and whether the run can come to agree. The menu is the engine's: this file decides neither what is possible nor
// why something is not. The facts about a server, a message or a link are loaded when a person first selects one.

import { late } from "../engine/late.js";
import { h, keyed, redraw, scrolling, setAttr, setText } from "../shared/dom.js";
import { Actions } from "./actions.js";
/** @import { Commands } from "../commands.js" */
/** @import { Dialogs } from "../dialogs/dialogs.js" */
/** @import { Action, Choice, EndId, Target, View } from "../engine/engine.js" */
/** @import { Notices } from "../notices.js" */
/** @import { Protocol } from "../protocols/index.js" */
/** @import { Fact, Item } from "../shared/facts.js" */
/** @import { Store } from "../store.js" */

/** @typedef {{title: string, facts: Fact[], items: Item[]}} Described */
/** @typedef {typeof import("./details.js") & Awaited<ReturnType<Protocol["details"]>>} Details */

const FAILED = "The details of this did not load. Check that the page is online, and select it again.";
/** @type {(attempt: number) => Promise<typeof import("./details.js")>} */
const links = (attempt) =>
  attempt ? import(new URL(`./details.js?${attempt}`, import.meta.url).href) : import("./details.js");

/** How long a disk takes where nobody says, in ms. */
const USUAL_DISK = [2, 5];

export class Inspector {
  #when = h("p", { class: "when" });
  #why = h("p", { class: "why", lang: "en" });
  #so = h("p", { class: "so", lang: "en" });
  #told = scrolling(h("div", { class: "told" }, this.#when, this.#why, this.#so));
  #title = h("h2");
  #close = h("button", { class: "quiet close", onclick: () => this.leave() }, "✕");
  #facts = h("dl", { lang: "en" });
  #on = h("p", { lang: "en" });
  #actions;
  #form = h("div", { class: "form" });
  #about = "";
  /** The name of the action whose form was opened last, until the focus has gone back to it.
   * @type {string | undefined} */
  #opened;
  #drawn = "";
  /** The facts about single things, for each protocol of which somebody has selected one. @type {Map<Protocol, Details>} */
  #known = new Map();
  /** Whether it can go on: behind what is selected, and otherwise in front of what is less asked for. */
  #ahead = h("div", { class: "ahead" });
  /** @type {Map<Protocol, () => Promise<void>>} */
  #loads = new Map();

  /** @param {Store} store @param {Commands} commands @param {Notices} notices @param {Dialogs} dialogs
   * @param {() => void} acted goes to the thing that was acted on @param {() => void} leave deselects it */
  constructor(store, commands, notices, dialogs, acted, leave) {
    this.store = store;
    this.commands = commands;
    this.notices = notices;
    this.dialogs = dialogs;
    this.acted = acted;
    this.leave = leave;
    const { words } = store;
    setAttr(this.#close, "aria-label", words.close);
    this.#actions = new Actions((item) => void this.#use(item), words);
    const title = h("div", { class: "subject" }, this.#title, this.#close);
    this.about = h("div", { class: "about" }, title, this.#actions.element, this.#form, this.#facts, this.#ahead);
    this.#ahead.append(h("h2", {}, words.canGoOn), this.#on);
    this.element = h(
      "aside",
      { class: "inspector", part: "inspector", "aria-label": words.inspector },
      this.#told,
      this.about,
    );
  }

  /** What a log has in place of the cluster, until something is selected.
   * @type {import("../log/side.js").Side | undefined} */
  #side;
  /** For which run it was asked for. */
  #sideFor = 0;
  #openSide = late(async (attempt) => {
    const { open } = await (attempt
      ? import(new URL(`../log/side.js?${attempt}`, import.meta.url).href)
      : import("../log/side.js"));
    this.#side = await open(this.element, this.store);
    this.store.draw();
  }, "What clients ask with did not load. Check that the page is online, and try again.");

  /** @param {View} view */
  #beside(view) {
    const { selected } = this.store;
    const client = !!selected && "client" in selected;
    const wanted = view.protocol === "log" && (!selected || client);
    if (wanted && !this.#side && this.#sideFor !== this.store.runs) {
      this.#sideFor = this.store.runs; // if that fails, it is tried again with another run
      this.#openSide().catch((error) => this.notices.refuse(error));
    }
    setAttr(this.element, "data-log", view.protocol === "log");
    if (!this.#side) return;
    setAttr(this.#side.element, "hidden", !wanted);
    if (wanted) this.#side.render(view);
    this.#place(this.#side.element, client ? this.about : this.#told);
  }

  /** What clients ask with stands before what may be done to the cluster, and behind what is said of a client.
   * @param {HTMLElement} side @param {HTMLElement} before */
  #place(side, before) {
    if (before.nextElementSibling === side) return;
    const root = /** @type {ShadowRoot} */ (this.element.getRootNode());
    const held = side.contains(root.activeElement) ? /** @type {HTMLElement} */ (root.activeElement) : null;
    before.after(side);
    held?.focus({ preventScroll: true });
  }

  /** Whether what is selected can be seen here. */
  get shown() {
    return this.about.checkVisibility();
  }

  /** Whether it is a sheet over other parts, as on a narrow screen. */
  get isSheet() {
    return getComputedStyle(this.about).position === "sticky";
  }

  /** @param {View} view */
  render(view) {
    const { selected, closed } = this.store;
    this.#tell(view);
    this.#beside(view);
    // What a client was told is read a little at a time.
    const read = selected && "client" in selected ? this.#side?.told.known : 0;
    const { runs, jumps } = this.store; // the same step of another run, or branch, is another moment
    const key = JSON.stringify([selected, runs, jumps, view.step, closed, read]);
    if (key === this.#drawn) return;
    this.#drawn = key;
    const about = JSON.stringify([selected, this.store.runs]);
    if (about !== this.#about) {
      this.#about = about;
      this.close();
      this.#opened = undefined;
      this.#facts[selected ? "after" : "before"](this.#ahead);
      this.element.scrollTop = 0; // what was scrolled to was about something else
      if (selected) this.prepare().catch((error) => this.notices.refuse(error));
    }
    const { title, facts, items } = this.#describe(view, selected);
    setText(this.#title, title);
    setAttr(this.#close, "hidden", !selected);
    keyed(
      this.#facts,
      facts,
      ([term]) => term,
      ([term]) => h("div", {}, h("dt", {}, term), h("dd")),
      (row, [, k, build]) => redraw(/** @type {Element} */ (row.lastElementChild), k, build),
    );
    this.#actions.render(items, about);
    setText(this.#on, outlook(view));
  }

  /** The sentences of the step, or of the event picked. @param {View} view */
  #tell(view) {
    const { picked, told, values, words } = this.store;
    const event = picked ?? view.headline;
    // The beat under way has brought nothing yet: what is told is of the one before, and says when that was.
    const before = !picked && told && told.why !== view.beat.says && told.step < view.step ? told : picked;
    const now = before && before.step !== view.step ? words.nowAt(view.step) : "";
    for (const part of [this.#why, this.#so]) setAttr(part, "lang", event ? "en" : words.lang);
    // The sentence of a beat may be that of an earlier step of it; what is drawn is this one.
    const { step, at } = before ?? view;
    const from = picked ? step : (told?.begin ?? step);
    setText(this.#when, (from < step ? words.during(from, step, at) : words.when(step, at)) + now);
    redraw(this.#why, [event?.why], () => (event ? values.mark(event) : [words.begins]));
    const asks = view.protocol === "log" ? words.letAsk : words.propose;
    const next = view.next ? words.playOn : asks;
    redraw(this.#so, [event?.so, !event && next], () => (event ? values.mark(event, event.so ?? "") : [next]));
  }

  /** Loads the facts about single things of this protocol, once: called as soon as a pointer comes near, so that they are
   * mostly here in time.
   * @returns {Promise<void>} rejects with a sentence; the next call tries again */
  prepare() {
    const { protocol } = this.store;
    const load =
      this.#loads.get(protocol) ??
      late(async (attempt) => {
        const [one, other] = await Promise.all([links(attempt), protocol.details(attempt)]);
        this.#known.set(protocol, { ...one, ...other });
        this.#drawn = "";
        this.store.draw();
      }, FAILED);
    this.#loads.set(protocol, load);
    return load();
  }

  /** Those of the run shown, once they are here. */
  get #details() {
    return this.#known.get(this.store.protocol);
  }

  /** @param {Item} item */
  async #use(item) {
    if (item.opens === "request") return this.#ask(/** @type {Action[]} */ (item.acts)[0]);
    if (item.opens) return this.#open(item).catch((error) => this.notices.refuse(error));
    this.close();
    this.#opened = undefined;
    await this.commands.act(.../** @type {Action[]} */ (item.acts));
    this.acted();
  }

  /** Lets the selected client ask: goes to the line for it, which a sheet would cover. @param {Action} action */
  #ask(action) {
    if (this.isSheet) this.leave();
    this.#side?.ask(action);
  }

  /** @param {string} key @returns {boolean} whether an action has it */
  key(key) {
    const item = this.#actions.key(key);
    if (item?.why) this.notices.refuse(item.why);
    return !!item;
  }

  /** @param {string} text a refusal, where the person is looking @returns {boolean} whether they are looking here */
  refuse(text) {
    if (!this.element.matches(":focus-within") || !this.shown) return false;
    this.#actions.say(text);
    return true;
  }

  /** @param {Item} item */
  async #open(item) {
    const about = this.#about;
    const { openForm } = await this.dialogs.lazy();
    if (about !== this.#about) return;
    openForm(this.#form, item, this.store, this.notices, (done) => {
      this.close();
      this.focus();
      if (done) this.acted();
    });
    this.#opened = item.name;
    this.#actions.cover(true);
  }

  /** Closes an open form. @returns {boolean} whether one was open */
  close() {
    this.#actions.forget();
    const open = this.#form.hasChildNodes();
    if (!open) return open;
    this.#form.replaceChildren();
    this.#actions.cover(false);
    this.element.scrollTop = 0; // the form had scrolled the explanation away
    return open;
  }

  /** Goes back to the action whose form was open last; without one, to the first action that is possible. */
  focus() {
    this.#actions.focus(this.#opened);
    this.#opened = undefined;
  }

  /** @param {Choice} choice @returns {Item} */
  #item({ action, name, key, why }) {
    const { type } = action;
    const opens = (type === "propose" || type === "request") && type;
    return { name, key, why: this.store.closed ?? why, acts: [action], opens, asks: type === "wipe" };
  }

  /** The name and the actions of a thing are the engine's and here at once; the rest is as soon as it is loaded.
   * @param {View} view @param {Target | null} target @returns {Described} */
  #describe(view, target) {
    const { session, values, closed } = this.store;
    const choices = (/** @type {Target} */ of) => session.choices(of).map((choice) => this.#item(choice));
    if (!target)
      return { title: this.store.words.cluster, facts: this.#cluster(view), items: this.#clusterItems(view) };
    if ("link" in target) {
      const [a, b] = target.link;
      const { facts = [], items = [] } = this.#details?.link(view, a, b, choices, closed) ?? {};
      const [one, other] = typeof a === typeof b ? [a, b] : [a, b].map(called);
      return { title: `The link between ${one} and ${other}`, facts, items };
    }
    const items = choices(target);
    const select = (/** @type {Target} */ of) => this.commands.select(of);
    if ("client" in target) {
      const more = this.#side?.client(view, target.client, select, choices);
      return { title: `Client ${target.client}`, facts: more?.facts ?? [], items: [...items, ...(more?.items ?? [])] };
    }
    if ("node" in target) {
      const node = view.nodes[target.node - 1];
      const facts = this.#details?.node(view, node, values, select) ?? [];
      return { title: `Server ${node.id} · ${node.roles.join(", ")}`, facts, items };
    }
    const m = view.messages.find((x) => x.id === target.message);
    if (!m) return { title: "That message is no longer on its way", facts: [], items: [] };
    const facts = this.#details?.message(view, m, values) ?? [];
    return { title: this.store.protocol.called(m), facts, items };
  }

  /** The facts of this moment. @param {View} view @returns {Fact[]} */
  #cluster({ nodes, quorums, off, network: { latency, loss, duplicate } }) {
    const percent = (/** @type {number} */ part) => `${+(part * 100).toFixed(1)}%`;
    const faults = [loss && `loses ${percent(loss)}`, duplicate && `duplicates ${percent(duplicate)}`].filter(Boolean);
    const weather = [`${latency[0]} to ${latency[1]} ms`, ...(faults.length ? faults : ["reliable"])].join(", ");
    const { session, runs } = this.store;
    const disk = () => (session.run().config.disk ?? USUAL_DISK).join(" to ");
    const rules = off.length ? `off: ${off.map(({ name }) => name).join("; ")}` : "all on";
    return [
      ["servers", nodes.length, () => [`${nodes.length}, ${quorums.acceptors} of them acceptors`]],
      ["quorum", quorums, () => [this.store.protocol.needed(quorums)]],
      ["network", weather, () => [weather]],
      ["disk", runs, () => [`${disk()} ms`]],
      ["rules", rules, () => [rules]],
      ["seed", runs, () => [`${session.run().config.seed ?? 1}`]],
    ];
  }

  /** @param {View} view @returns {Item[]} */
  #clusterItems(view) {
    const { session, closed } = this.store;
    const only = view.nodes.length < 2 ? "There is only one server." : null;
    /** @param {string} name @param {string} key @param {Action} action @returns {Item} */
    const plain = (name, key, action) => ({ name, key, why: closed ?? session.whyNot(action), acts: [action] });
    return [
      { name: "Partition…", key: "p", why: closed ?? only, opens: "partition" },
      { name: "Network…", key: "n", why: closed, opens: "network" },
      plain("Heal every link", "h", { type: "heal" }),
      plain("Power cut", "o", { type: "power-cut" }),
    ];
  }
}

/** @param {EndId} end */
const called = (end) => `${typeof end === "number" ? "server" : "client"} ${end}`;

/** Whether the run can come to agree from here, and why. @param {View & { stuck?: string | null }} view
 * @returns {string} */
export function outlook({ stuck, nodes, links, quorums: { acceptors, phase1, phase2 } }) {
  if (stuck) return stuck;
  const up = nodes.filter(({ status }) => status === "up");
  const able = up.filter(({ voting }) => voting);
  // Who does not hear another cannot answer it, nor who is not heard.
  const cut = new Set(links.flatMap(({ up, from, to }) => (up ? [] : [`${from} ${to}`, `${to} ${from}`])));
  // How many can answer whoever reaches most: of those who ask, or while nobody does, of those who could.
  const asking = up.filter(({ proposal }) => proposal);
  const reached = (asking[0] ? asking : up.filter(({ roles }) => roles.includes("proposer"))).map(
    ({ id }) => able.filter((other) => !cut.has(`${id} ${other.id}`)).length,
  );
  const most = Math.max(0, ...reached);
  const needed = Math.max(phase1, phase2);
  const where = most < able.length ? " one that asks" : "";
  const can = most >= needed ? "Yes: " : "Not now: ";
  return `${can}${most} of ${acceptors} can answer${where}; ${needed} ${needed > 1 ? "are" : "is"} needed.`;
}
