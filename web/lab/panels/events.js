// The log: what happened and why, one line per event. A long run has a hundred thousand of them, so only the lines that
// can be seen are in the page; the rest is an empty box of the right height.

import { h, keyed, setAttr, setText } from "../shared/dom.js";
/** @import { Event } from "../engine/engine.js" */
/** @import { Ui } from "../ui.js" */

/** How many of these happened up to a step. @param {Event[]} events in order @param {number} step @returns {number} */
function after(events, step) {
  let [low, high] = [0, events.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (events[middle].step <= step) low = middle + 1;
    else high = middle;
  }
  return low;
}

export class Log {
  /** @type {Event[]} */
  #all = [];
  /** Those that pass the filter. @type {Event[]} */
  #some = [];
  /** @type {Event | null} */
  #active = null;
  #kinds = new Set();
  #follow = true;
  /** Where the lines of the present end, in pixels from the top of the list. */
  #present = 0;
  #printing = false;
  #server = h("select", { "aria-label": "Server", onchange: () => this.#filter() });
  #kind = h(
    "select",
    { "aria-label": "Kind of event", onchange: () => this.#filter() },
    h("option", { value: "" }, "every kind"),
  );
  #text = h("input", {
    type: "search",
    placeholder: "Find",
    "aria-label": "Find in the log",
    size: 10,
    oninput: () => this.#filter(),
  });
  #count = h("span", { class: "count" });
  #space = h("div", { class: "space" });
  #list = h(
    "div",
    {
      class: "list",
      role: "listbox",
      tabindex: 0,
      "aria-label": "Events",
      onscroll: () => this.#scrolled(),
      onkeydown: (/** @type {KeyboardEvent} */ e) => this.#key(e),
      onclick: (/** @type {MouseEvent} */ e) => this.#clicked(e),
    },
    this.#space,
  );

  /** @param {Ui} ui */
  constructor(ui) {
    this.ui = ui;
    this.element = h(
      "section",
      { class: "log", part: "log", role: "tabpanel", "aria-label": "Log" },
      h(
        "div",
        { class: "bar" },
        this.#server,
        this.#kind,
        this.#text,
        this.#count,
        h("button", { class: "quiet", onclick: () => this.#download() }, "Download"),
      ),
      this.#list,
    );
    new ResizeObserver(() => this.draw()).observe(this.#list);
    for (const type of ["beforeprint", "afterprint"]) addEventListener(type, () => this.#print(type === "beforeprint"));
  }

  /** Every event of the branch: the same objects for as long as they are on it. */
  get all() {
    return this.#all;
  }

  /** Starts over. @param {Event[]} events @param {number} servers */
  reset(events, servers) {
    this.#all = [];
    this.#some = [];
    this.#kinds.clear();
    this.#follow = true;
    this.#active = null;
    this.#server.replaceChildren(
      h("option", { value: "" }, "every server"),
      ...Array.from({ length: servers }, (_, i) => h("option", { value: i + 1 }, `server ${i + 1}`)),
    );
    this.#kind.replaceChildren(h("option", { value: "" }, "every kind"));
    this.add(events);
  }

  /** Shows the present again, wherever the list was scrolled to. */
  follow() {
    this.#follow = true;
  }

  /** Forgets what came after a step. @param {number} step */
  cut(step) {
    const until = (/** @type {Event[]} */ events) => events.slice(0, after(events, step));
    this.#all = until(this.#all);
    this.#some = until(this.#some);
    this.#follow = true;
  }

  /** Takes in events, unless it has them already. @param {Event[]} events */
  add(events) {
    const passes = this.#passing();
    const last = this.#all.at(-1)?.step ?? 0;
    for (const e of events) {
      if (e.step <= last) continue;
      this.#all.push(e);
      if (passes(e)) this.#some.push(e);
      if (this.#kinds.has(e.event)) continue;
      this.#kinds.add(e.event);
      this.#kind.append(h("option", { value: e.event }, e.event.replaceAll("-", " ")));
    }
  }

  /** @returns {(e: Event) => boolean} */
  #passing() {
    const [server, kind, text] = [+this.#server.value, this.#kind.value, this.#text.value.trim().toLowerCase()];
    return (e) =>
      (!server || e.node === server || e.message?.from === server || e.message?.to === server) &&
      (!kind || e.event === kind) &&
      (!text || e.why.toLowerCase().includes(text));
  }

  #filter() {
    this.#some = this.#all.filter(this.#passing());
    this.#follow = true;
    this.draw();
  }

  #rowHeight() {
    return parseFloat(getComputedStyle(this.#list).lineHeight) || 24;
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
    const now = this.ui.session?.view().step ?? 0;
    const tall = this.#printing ? Infinity : list.clientHeight;
    if (!tall) return;
    const row = this.#rowHeight();
    this.#space.style.height = `${this.#some.length * row}px`;
    this.#present = after(this.#some, now) * row;
    const seen = this.#present > list.scrollTop && this.#present <= list.scrollTop + tall;
    if (stick && this.#follow && !seen) list.scrollTop = this.#present - tall;
    const first = this.#printing ? 0 : Math.max(0, Math.floor(list.scrollTop / row) - 2);
    const shown = this.#some
      .slice(first, first + Math.ceil(tall / row) + 4)
      .map((event, i) => ({ event, at: first + i }));
    const filtered = this.#some.length < this.#all.length;
    setText(
      this.#count,
      `${filtered ? `${this.#some.length} of ` : ""}${this.#all.length} ${this.#all.length === 1 ? "event" : "events"}`,
    );
    keyed(
      this.#space,
      shown,
      ({ event }) => this.#id(event),
      ({ event }) => this.#row(event),
      (node, { event, at }) => {
        node.style.translate = `0 ${at * row}px`;
        setAttr(node, "aria-selected", event === this.#active);
        setAttr(node, "data-ahead", event.step > now);
        setAttr(node, "aria-setsize", this.#some.length);
        setAttr(node, "aria-posinset", at + 1);
        node.dataset.at = `${at}`;
      },
    );
    setAttr(
      list,
      "aria-activedescendant",
      this.#active && shown.some((s) => s.event === this.#active) ? this.#id(this.#active) : null,
    );
  }

  /** @type {WeakMap<Event, string>} */
  #ids = new WeakMap();
  #made = 0;
  /** @param {Event} event */
  #id(event) {
    const id = this.#ids.get(event) ?? `event-${this.#made++}`;
    this.#ids.set(event, id);
    return id;
  }

  /** @param {Event} e */
  #row(e) {
    return h(
      "div",
      { class: "row", role: "option", id: this.#id(e) },
      h("span", { class: "when" }, `${e.step}`),
      h("span", { class: "when" }, `${e.at} ms`),
      h("span", { class: "what" }, e.event.replaceAll("-", " ")),
      h("span", { class: "says" }, ...this.ui.values.mark(e)),
    );
  }

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
    this.ui.pick(event);
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

  #download() {
    this.ui.more().then(
      ({ download }) => download(this.#all),
      (e) => this.ui.refuse(e),
    );
  }
}
