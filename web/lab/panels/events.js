// The panel of events: what happened and why, one line each. A long run has a hundred thousand events, so only the lines in
// sight are in the page; the rest is an empty box of the right height.

import { h, keyed, setAttr, setText } from "../shared/dom.js";
import { upTo } from "../shared/order.js";
/** @import { Commands } from "../commands.js" */
/** @import { Dialogs } from "../dialogs/dialogs.js" */
/** @import { Event } from "../engine/engine.js" */
/** @import { Store } from "../store.js" */

/** A line's height where the style sheet says none, in px. */
const LINE = 24;

export class EventsPanel {
  /** The store's list that the lines below are of. @type {Event[]} */
  #all = [];
  /** How many of them have been looked at. */
  #known = 0;
  /** Those that pass the filter. @type {Event[]} */
  #some = [];
  /** @type {Event | null} */
  #active = null;
  #kinds = new Set();
  /** Which run, and how often the present was gone to, when it was drawn last. */
  #runs = 0;
  #jumps = 0;
  #follow = true;
  /** Where the lines of the present end, in pixels from the top of the list. */
  #present = 0;
  #printing = false;
  #server = h("select", { "aria-label": "Server", onchange: () => this.#filter() });
  #kind = h("select", { "aria-label": "Kind of event", onchange: () => this.#filter() });
  #text = h("input", { type: "search", placeholder: "Find", "aria-label": "Find in the events", size: 10 });
  #count = h("span", { class: "count" });
  #space = h("div", { class: "space" });
  #list = h("div", { class: "list", role: "listbox", tabindex: 0, "aria-label": "Events" }, this.#space);
  /** @type {WeakMap<Event, string>} */
  #ids = new WeakMap();
  #made = 0;

  /** @param {Store} store @param {Commands} commands @param {Dialogs} dialogs */
  constructor(store, commands, dialogs) {
    this.store = store;
    this.commands = commands;
    this.dialogs = dialogs;
    this.#text.oninput = () => this.#filter();
    this.#list.onscroll = () => this.#scrolled();
    this.#list.onkeydown = (event) => this.#key(event);
    this.#list.onclick = (event) => this.#clicked(event);
    const download = h("button", { class: "quiet", onclick: () => dialogs.download() }, "Download");
    const bar = h("div", { class: "bar" }, this.#server, this.#kind, this.#text, this.#count, download);
    // Style sheets of embedders may still say ::part(log).
    const props = { class: "events", part: "events log", role: "tabpanel", "aria-label": "Events" };
    this.element = h("section", props, bar, this.#list);
    new ResizeObserver(() => this.draw()).observe(this.#list);
    for (const type of ["beforeprint", "afterprint"]) addEventListener(type, () => this.#print(type === "beforeprint"));
  }

  // The lines.

  /** Takes in what is new in the store. */
  #takeIn() {
    const { store } = this;
    if (store.runs !== this.#runs) this.#start(store.view().nodes.length);
    if (store.runs !== this.#runs || store.jumps !== this.#jumps) this.#follow = true;
    [this.#runs, this.#jumps] = [store.runs, store.jumps];
    if (store.events !== this.#all) {
      this.#all = store.events;
      this.#known = 0;
      this.#some = [];
    }
    const passes = this.#passing();
    for (; this.#known < this.#all.length; this.#known++) {
      const event = this.#all[this.#known];
      this.#offer(event.event);
      if (passes(event)) this.#some.push(event);
    }
  }

  /** Offers what a run has to filter by. @param {number} servers */
  #start(servers) {
    const numbers = Array.from({ length: servers }, (_, i) => i + 1);
    const all = h("option", { value: "" }, "every server");
    this.#server.replaceChildren(all, ...numbers.map((n) => h("option", { value: n }, `server ${n}`)));
    this.#kind.replaceChildren(h("option", { value: "" }, "every kind"));
    this.#kinds.clear();
    this.#active = null;
  }

  /** @param {string} kind of event to filter by */
  #offer(kind) {
    if (this.#kinds.has(kind)) return;
    this.#kinds.add(kind);
    this.#kind.append(h("option", { value: kind }, kind.replaceAll("-", " ")));
  }

  /** @returns {(e: Event) => boolean} */
  #passing() {
    const [server, kind, text] = [+this.#server.value, this.#kind.value, this.#text.value.trim().toLowerCase()];
    const about = (/** @type {Event} */ { node, message: m }) => [node, m?.from, m?.to].includes(server);
    return (e) => (!server || about(e)) && (!kind || e.event === kind) && (!text || e.why.toLowerCase().includes(text));
  }

  #filter() {
    this.#known = 0;
    this.#some = [];
    this.#follow = true;
    this.draw();
  }

  // Drawing.

  #rowHeight() {
    return parseFloat(getComputedStyle(this.#list).lineHeight) || LINE;
  }

  #scrolled() {
    const { scrollTop, clientHeight } = this.#list;
    const row = this.#rowHeight();
    this.#follow = this.#present >= scrollTop && this.#present < scrollTop + clientHeight + 2 * row;
    this.draw(false);
  }

  /** Paper does not scroll: every line. @param {boolean} printing */
  #print(printing) {
    this.#printing = printing;
    this.draw(false);
  }

  /** @param {boolean} [stick] to the line of the present, if that is what was shown */
  draw(stick = true) {
    const list = this.#list;
    const tall = this.#printing ? Infinity : list.clientHeight;
    if (!tall || !this.store.alive) return;
    this.#takeIn();
    const now = this.store.view().step;
    const row = this.#rowHeight();
    this.#space.style.height = `${this.#some.length * row}px`;
    this.#present = upTo(this.#some.length, (i) => this.#some[i].step, now) * row;
    const seen = this.#present > list.scrollTop && this.#present <= list.scrollTop + tall;
    if (stick && this.#follow && !seen) list.scrollTop = this.#present - tall;
    const first = this.#printing ? 0 : Math.max(0, Math.floor(list.scrollTop / row) - 2);
    const shown = this.#some.slice(first, first + Math.ceil(tall / row) + 4);
    this.#drawRows(shown, first, row, now);
    setText(this.#count, counted(this.#some.length, this.#all.length));
    const active = this.#active && shown.includes(this.#active) ? this.#id(this.#active) : null;
    setAttr(list, "aria-activedescendant", active);
  }

  /** @param {Event[]} shown @param {number} first its place among those that pass @param {number} row px @param {number} now */
  #drawRows(shown, first, row, now) {
    keyed(
      this.#space,
      shown,
      (event) => this.#id(event),
      (event) => this.#row(event),
      (node, event, i) => {
        const at = first + i;
        node.style.translate = `0 ${at * row}px`;
        setAttr(node, "aria-selected", event === this.#active);
        setAttr(node, "data-ahead", event.step > now);
        setAttr(node, "aria-setsize", this.#some.length);
        setAttr(node, "aria-posinset", at + 1);
        node.dataset.at = `${at}`;
      },
    );
  }

  /** @param {Event} event */
  #id(event) {
    const id = this.#ids.get(event) ?? `event-${this.#made++}`;
    this.#ids.set(event, id);
    return id;
  }

  /** @param {Event} event */
  #row(event) {
    const { step, at, event: kind } = event;
    return h(
      "div",
      { class: "row", role: "option", id: this.#id(event) },
      h("span", { class: "when" }, `${step}`),
      h("span", { class: "when" }, `${at} ms`),
      h("span", { class: "what" }, kind.replaceAll("-", " ")),
      h("span", { class: "says" }, ...this.store.values.mark(event)),
    );
  }

  // What a person can do.

  /** @param {MouseEvent} event */
  #clicked(event) {
    const row = /** @type {HTMLElement | null} */ (/** @type {Element} */ (event.target).closest(".row"));
    if (row) this.#pick(Number(row.dataset.at));
  }

  /** @param {number} at */
  #pick(at) {
    const event = this.#some[Math.min(this.#some.length - 1, Math.max(0, at))];
    if (!event) return;
    this.show(event);
    void this.commands.pick(event);
  }

  /** Selects the line of an event, and scrolls to it, unless the filter hides it. @param {Event} event */
  show(event) {
    this.#active = event;
    const at = this.#some.indexOf(event);
    if (at < 0) return;
    const row = this.#rowHeight();
    const top = at * row;
    const list = this.#list;
    if (top < list.scrollTop) list.scrollTop = top;
    if (top + row > list.scrollTop + list.clientHeight) list.scrollTop = top + row - list.clientHeight;
    this.draw(false);
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const page = Math.floor(this.#list.clientHeight / this.#rowHeight());
    const by = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -Infinity, End: Infinity }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    this.#pick((this.#active ? this.#some.indexOf(this.#active) : this.#some.length) + by);
  }
}

/** @param {number} some @param {number} all */
const counted = (some, all) => `${some < all ? `${some} of ` : ""}${all} ${all === 1 ? "event" : "events"}`;
