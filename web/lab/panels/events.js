// The panel of events: what happened and why, one line each. A long run has a hundred thousand events, so only the
// lines in sight are in the page; the rest is an empty box of the right height. What finds and picks events is loaded
// at the first use.

import { h, keyed, setAttr, setText } from "../shared/dom.js";
import { resized } from "../shared/life.js";
import { upTo } from "../shared/order.js";
import { scale } from "../shared/place.js";
/** @import { Commands } from "../commands.js" */
/** @import { Dialogs } from "../dialogs/dialogs.js" */
/** @import { Event } from "../engine/engine.js" */
/** @import { Record } from "../engine/record.js" */
/** @import { Store } from "../store.js" */

/** A line's height where the style sheet says none, in px, and the least: how many are drawn follows from it. */
const [LINE, LEAST] = [24, 8];
/** So long may looking through events keep a frame from being drawn, in ms. */
const SLICE = 8;

/** The keys that go to another line. */
const MOVES = ["ArrowDown", "ArrowUp", "PageDown", "PageUp", "Home", "End"];

/** @typedef {typeof import("./picking.js")} Picking */

export class EventsPanel {
  /** What the lines below are of. @type {Record | null} */
  #record = null;
  /** How many of its events have been looked at. */
  #known = 0;
  /** Which of them are asked for; null: all are. @type {ReturnType<Picking["passing"]>} */
  #passes = null;
  /** The places of those; null while nothing is asked for. @type {number[] | null} */
  some = null;
  /** The place of the selected event; -1 for none. */
  active = -1;
  #kinds = new Set();
  /** Which run, and how often the present was gone to, when it was drawn last. */
  #runs = 0;
  #jumps = 0;
  #follow = true;
  /** Where the lines of the present end, in pixels from the top of the list. */
  #present = 0;
  /** Where the list was scrolled to, to keep the present in view; -1 once a person has scrolled it. */
  #put = -1;
  /** Whether it is drawn for paper, which does not scroll: every line. */
  printing = false;
  #server = h("select", { "aria-label": "Server", onchange: () => this.#filter() });
  #kind = h("select", { "aria-label": "Kind of event", onchange: () => this.#filter() });
  #text = h("input", { type: "search", placeholder: "Find", "aria-label": "Find in the events", size: 10 });
  #count = h("span", { class: "count" });
  /** What is said in place of a count when nothing passes the filter. */
  #none = h("p", { class: "not-found", role: "status" });
  #nothing = "";
  #space = h("div", { class: "space" });
  list = h("div", { class: "list", role: "listbox", tabindex: 0, "aria-label": "Events" }, this.#space);
  /** How often places came to be those of other events. */
  #made = 0;

  /** @param {Store} store @param {Commands} commands @param {Dialogs} dialogs */
  constructor(store, commands, dialogs) {
    this.store = store;
    this.commands = commands;
    this.dialogs = dialogs;
    this.#text.oninput = () => this.#filter();
    this.list.onscroll = () => this.#scrolled();
    this.list.onkeydown = (event) => this.#key(event);
    this.list.onclick = (event) => this.#clicked(event);
    const download = h("button", { class: "quiet", onclick: () => dialogs.open("download") }, "Download");
    const bar = h("div", { class: "bar" }, this.#server, this.#kind, this.#text, this.#none, this.#count, download);
    // Style sheets of embedders may still say ::part(log).
    const props = { class: "events", part: "events log", role: "tabpanel" };
    this.element = h("section", props, bar, this.list);
    const { signal } = store;
    resized(this.list, signal, () => this.draw());
    // What lies above may push a part of it out of the window: a notice, or the page that is scrolled.
    const parts = Array.from({ length: 21 }, (_, i) => i / 20);
    const sight = new IntersectionObserver(() => signal.aborted || this.draw(), { threshold: parts });
    sight.observe(this.list);
    signal.addEventListener("abort", () => sight.disconnect());
  }

  // The lines.

  /** Takes in what is new in the store. */
  #takeIn() {
    const { store } = this;
    if (store.runs !== this.#runs) this.#start(store.view().nodes.length);
    if (store.runs !== this.#runs || store.jumps !== this.#jumps) this.#follow = true;
    [this.#runs, this.#jumps] = [store.runs, store.jumps];
    if (store.record !== this.#record) {
      this.#record = store.record;
      this.#made++;
      this.active = -1;
      this.#anew();
    }
    const until = performance.now() + SLICE;
    const record = store.record;
    for (; this.#known < record.count; this.#known++) {
      this.#offer(record.name(this.#known));
      if (this.#passes?.(record, this.#known)) this.some?.push(this.#known);
      // Sentences are made to be looked through, and that takes a while: the rest comes with the frames that follow.
      if (this.#known % 16 === 15 && performance.now() > until) {
        this.#known++;
        return store.draw();
      }
    }
  }

  /** Looks at all events again. */
  #anew() {
    this.#known = 0;
    this.some = this.#passes && [];
  }

  /** How many lines there are. */
  get count() {
    return this.some ? this.some.length : (this.#record?.count ?? 0);
  }

  /** The place in the record of a line. @param {number} line */
  place(line) {
    return this.some ? this.some[line] : line;
  }

  /** Offers what a run has to filter by. @param {number} servers */
  #start(servers) {
    const numbers = Array.from({ length: servers }, (_, i) => i + 1);
    const all = h("option", { value: "" }, "every server");
    this.#server.replaceChildren(all, ...numbers.map((n) => h("option", { value: n }, `server ${n}`)));
    this.#kind.replaceChildren(h("option", { value: "" }, "every kind"));
    this.#kinds.clear();
    this.#passes = null;
    this.#anew();
    if (this.#text.value) this.#filter();
  }

  /** @param {string} kind of event to filter by */
  #offer(kind) {
    if (this.#kinds.has(kind)) return;
    this.#kinds.add(kind);
    this.#kind.append(h("option", { value: kind }, kind.replaceAll("-", " ")));
  }

  #filter() {
    this.#use(({ passing, nothing }) => {
      this.#passes = passing(+this.#server.value, this.#kind.value, this.#text.value);
      this.#nothing = nothing(+this.#server.value, this.#kind.value, this.#text.value);
      this.#anew();
      this.#follow = true;
      this.draw();
    });
  }

  // Drawing.

  rowHeight() {
    return Math.max(LEAST, parseFloat(getComputedStyle(this.list).lineHeight) || LINE);
  }

  /** How much of the list can be seen: it may reach below the window, or under what sticks to its edge. All of it,
   * where that is nothing. @returns {number} px from its top */
  seen() {
    const { clientHeight, clientTop } = this.list;
    const { top } = this.list.getBoundingClientRect();
    const covered = parseFloat(getComputedStyle(this.list).scrollMarginBlockEnd) || 0;
    const room = (innerHeight - covered - top) / scale(this.list).y - clientTop;
    return room < this.rowHeight() ? clientHeight : Math.min(clientHeight, Math.floor(room));
  }

  #scrolled() {
    const { scrollTop } = this.list;
    const row = this.rowHeight();
    // Only a person leaves the present: what was scrolled here is heard of late, when the run may have gone on.
    if (scrollTop !== this.#put) {
      this.#follow = this.#present >= scrollTop && this.#present < scrollTop + this.seen() + 2 * row;
      this.#put = -1;
    }
    this.draw(false);
  }

  /** @param {boolean} [stick] to the line of the present, if that is what was shown */
  draw(stick = true) {
    const list = this.list;
    const tall = this.printing ? Infinity : list.clientHeight;
    if (!tall || !this.store.alive) return;
    this.#takeIn();
    const { record, session } = this.store;
    const now = session.position().step;
    const row = this.rowHeight();
    const lines = this.count;
    const seen = this.seen();
    // The last line, too, can be scrolled up to where it is seen.
    const below = this.printing ? 0 : tall - seen;
    this.#space.style.height = `${lines * row + below}px`;
    this.#present = upTo(lines, (line) => record.step(this.place(line)), now) * row;
    const inView = this.#present - row >= list.scrollTop && this.#present <= list.scrollTop + seen;
    if (stick && this.#follow && !inView) {
      list.scrollTop = Math.ceil(this.#present - seen);
      this.#put = list.scrollTop;
    }
    const first = this.printing ? 0 : Math.max(0, Math.floor(list.scrollTop / row) - 2);
    const last = Math.min(lines, first + Math.ceil(tall / row) + 4);
    const shown = Array.from({ length: Math.max(0, last - first) }, (_, i) => this.place(first + i));
    // Both numbers have room for the last ones, so that no column moves while one reads on.
    const longest = (/** @type {number} */ number) => `${`${number}`.length}`;
    list.style.setProperty("--step", longest(session.position().length));
    list.style.setProperty("--time", longest(record.count ? record.at(record.count - 1) : 0));
    this.#drawRows(shown, first, row, now);
    setText(this.#count, counted(lines, record.count));
    // While events are still looked through, nobody knows.
    const none = !lines && this.some && this.#known === record.count ? this.#nothing : "";
    setText(this.#none, none);
    setAttr(this.#count, "hidden", !!none);
    const active = shown.includes(this.active) ? this.#id(this.active) : null;
    setAttr(list, "aria-activedescendant", active);
  }

  /** @param {number[]} shown places in the record @param {number} first the line of the first @param {number} row px
   * @param {number} now */
  #drawRows(shown, first, row, now) {
    const { record } = this.store;
    keyed(
      this.#space,
      shown,
      (place) => this.#id(place),
      (place) => this.#row(record.event(place), place),
      (node, place, i) => {
        const line = first + i;
        node.style.translate = `0 ${line * row}px`;
        setAttr(node, "aria-selected", place === this.active);
        setAttr(node, "data-ahead", record.step(place) > now);
        setAttr(node, "aria-setsize", this.count);
        setAttr(node, "aria-posinset", line + 1);
        node.dataset.at = `${line}`;
      },
    );
  }

  /** @param {number} place in the record */
  #id(place) {
    return `event-${this.#made}-${place}`;
  }

  /** @param {Event} event @param {number} place */
  #row(event, place) {
    const { step, at, event: kind } = event;
    return h(
      "div",
      { class: "row", role: "option", id: this.#id(place) },
      h("span", { class: "when" }, `${step}`),
      h("span", { class: "when" }, `${at} ms`),
      h("span", { class: "what" }, kind.replaceAll("-", " ")),
      h("span", { class: "says" }, ...this.store.values.mark(event)),
    );
  }

  // What a person can do.

  /** @param {(picking: Picking) => void} what */
  #use(what) {
    this.dialogs.with(({ picking }) => what(picking));
  }

  /** @param {MouseEvent} event */
  #clicked(event) {
    const row = /** @type {HTMLElement | null} */ (/** @type {Element} */ (event.target).closest(".row"));
    const line = Number(row?.dataset.at);
    if (row) this.#use(({ pick }) => pick(this, line));
  }

  /** Selects the line of an event, and scrolls to it, unless the filter hides it. @param {Event} event */
  show(event) {
    this.#use(({ show }) => show(this, event));
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (!MOVES.includes(event.key)) return;
    event.preventDefault();
    event.stopPropagation();
    this.#use(({ walk }) => walk(this, event.key));
  }
}

/** @param {number} some @param {number} all */
const counted = (some, all) =>
  `${some < all ? `${some} of ` : ""}${all} ${all === 1 ? "event" : "events"}${some < all ? "" : " in all"}`;
