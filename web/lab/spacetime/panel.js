// The space-time panel: every event of the run in its place, a lane for each server, time to the right, and a line where
// the present is. A canvas stays put in a box that scrolls as wide as the run is, and shows the part that is seen; beside
// it, for those who do not see it, a list holds the sentences of the events in sight. Both lead to the same moment.

import { h, keyed, redraw, setAttr, setText, style } from "../shared/dom.js";
import { Painter } from "./painter.js";
import { Frame } from "./viewport.js";
import { ink } from "./palette.js";
import { fateOf, laneOf, Model } from "./model.js";
import { hands } from "./pointer.js";
/** @import { Event, View } from "../engine/engine.js" */
/** @import { Point } from "../stage/ring.js" */
/** @import { Ink } from "./palette.js" */
/** @import { Arrow } from "./model.js" */
/** @import { Ui } from "../ui.js" */

/** Pixels of a unit to begin with, in em: of a millisecond, and of a step. */
const USUAL = { time: 0.21, step: 1.3 };
/** The least and the most. */
const [FAR, NEAR] = [0.0004, 4];
/** How many events in sight are listed, at most. */
const LISTED = 150;
/** How many sentences are shown of one place. */
const TOLD = 3;

/** @typedef {{ events: Event[], arrow?: Arrow }} Pointed */

/** @param {number} n @param {string} thing */
const many = (n, thing) => `${n} ${thing}${n === 1 ? "" : "s"}`;

/** Fills the panel, with its styles. @param {Ui} ui @param {HTMLElement} element @returns {Promise<SpaceTime>} */
export async function open(ui, element) {
  await style(/** @type {ShadowRoot} */ (ui.element.getRootNode()), new URL("./spacetime.css", import.meta.url));
  return new SpaceTime(ui, element);
}

export class SpaceTime {
  #model = new Model();
  /** Pixels of a unit, in em. */
  #zoom = USUAL.time;
  /** Whether the present is kept in sight. */
  #follow = true;
  /** The event that the keys have come to. @type {Event | null} */
  #focus = null;
  /** @type {Pointed | null} */
  #hover = null;
  #pointer = { x: 0, y: 0 };
  /** An event picked anywhere. @type {Event | null} */
  #picked = null;
  /** @type {Map<number, number>} */
  #progress = new Map();
  /** @type {Ink | undefined} */
  #ink;
  /** @type {View | undefined} */
  #view;
  #frame = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #listing;
  #axis = h(
    "select",
    { "aria-label": "Across", onchange: () => this.#turn() },
    h("option", { value: "time" }, "by time"),
    h("option", { value: "step" }, "by step"),
  );
  #count = h("span", { class: "count" });
  #canvas = h("canvas", { "aria-hidden": "true" });
  #list = h("div", { class: "sr", role: "presentation" });
  #lanes = h("ul", { class: "sr", "aria-label": "Lanes" });
  #space = h("div", { class: "space" }, this.#canvas, this.#list);
  #tip = h("div", { class: "near", "aria-hidden": "true" });
  #box = h(
    "div",
    {
      class: "box",
      role: "listbox",
      tabindex: 0,
      onscroll: () => this.#scrolled(),
      onkeydown: (/** @type {KeyboardEvent} */ e) => this.#key(e),
      onfocus: () => this.#aim(),
      onblur: () => this.#aim(null),
    },
    this.#space,
  );

  /** @param {Ui} ui @param {HTMLElement} element to fill */
  constructor(ui, element) {
    this.ui = ui;
    this.element = element;
    const button = (/** @type {string} */ name, /** @type {string} */ label, /** @type {() => void} */ onclick) =>
      h("button", { class: "quiet", "aria-label": label, onclick }, name);
    element.append(
      h(
        "div",
        { class: "bar" },
        this.#axis,
        h(
          "span",
          { class: "zoom" },
          h("span", {}, "Zoom"),
          button("−", "Zoom out", () => this.zoom(1 / 1.5)),
          button("+", "Zoom in", () => this.zoom(1.5)),
        ),
        button("Whole run", "Show the whole run", () => this.#fit()),
        button("Now", "Show the present", () => this.#now()),
        this.#count,
      ),
      h("div", { class: "plane" }, this.#box, this.#tip),
      this.#lanes,
    );
    hands(this.#box, {
      zoom: (by, x) => this.zoom(by, x),
      hover: (at) => this.#point(at && this.#look().hit(at.x, at.y), at),
      click: (at) => this.#pick(this.#look().hit(at.x, at.y)),
    });
    new ResizeObserver(() => this.#later()).observe(this.#box);
  }

  #em() {
    return parseFloat(getComputedStyle(this.#box).fontSize);
  }

  /** What is seen now. @returns {Frame} */
  #look() {
    const { clientWidth: width, clientHeight: height, scrollLeft: x, scrollTop: y } = this.#box;
    const em = this.#em();
    const frame = new Frame(this.#model, { width, height, em, scale: this.#zoom * em, x, y });
    frame.progress = this.#progress;
    const { axis } = this.#model;
    if (this.#view && this.#view.step === axis.steps && axis.byTime)
      frame.edge += Math.max(
        0,
        Math.min(axis.ahead(this.ui.player.now - axis.time(axis.steps)), this.ui.player.now - this.#view.at),
      );
    return frame;
  }

  /** @param {View} view @param {Event | null} picked */
  render(view, picked) {
    if (!this.#box.clientHeight) return;
    // Whoever goes somewhere wants to see it; whoever looks elsewhere while it plays is left alone.
    if (view.step !== this.#view?.step && !this.ui.player.playing) this.#follow = true;
    this.#view = view;
    if (picked && picked !== this.#picked) this.#focus = picked;
    this.#picked = picked;
    if (this.#model.follow(this.ui.log.all, view.nodes.length)) this.#fresh();
    for (const { id, sentAt, dueAt, progress } of view.messages) {
      if (progress != null) this.#progress.set(id, progress / 1000);
      else if (sentAt != null && dueAt != null)
        this.#progress.set(id, Math.max(0, Math.min(1, (this.ui.player.now - sentAt) / Math.max(1, dueAt - sentAt))));
    }
    this.#ink = ink(this.#space);
    this.#size();
    if (this.#follow) this.#reveal();
    const { events, arrows } = this.#model;
    setText(this.#count, `${many(arrows.length, "message")}, ${many(events.length, "event")}`);
    setAttr(
      this.#box,
      "aria-label",
      `Events in space and time: ${many(view.nodes.length, "server")}, ${this.#count.textContent}, step ${view.step} of ${view.length}`,
    );
    keyed(
      this.#lanes,
      view.nodes,
      (n) => n.id,
      (n) => h("li", { "data-lane": n.id }),
      (li, n) => setText(li, `server ${n.id}, ${this.#model.standing(n.id, view.step)}`),
    );
    this.#draw();
    this.#listSoon();
  }

  /** The model has changed: what was pointed at may be gone. */
  #fresh() {
    if (this.#focus && !this.#model.events.includes(this.#focus)) this.#focus = null;
    this.#hover = null;
    if (!this.#model.arrows.length) this.#progress.clear();
  }

  /** The room it takes. */
  #size() {
    this.element.style.setProperty("--lanes", `${this.#model.servers}`);
    const { clientWidth: width, clientHeight: height } = this.#box;
    const em = this.#em();
    const whole = Frame.whole(this.#model, { width, height, em, scale: this.#zoom * em, x: 0, y: 0 });
    this.#space.style.width = `${Math.ceil(Math.max(width, whole.width))}px`;
    this.#space.style.height = `${Math.floor(whole.height)}px`;
    const dense = devicePixelRatio || 1;
    const [w, hh] = [Math.round(width * dense), Math.round(height * dense)];
    if (this.#canvas.width !== w || this.#canvas.height !== hh) Object.assign(this.#canvas, { width: w, height: hh });
    Object.assign(this.#canvas.style, { width: `${width}px`, height: `${height}px` });
  }

  /** Brings a place into sight: that of the present, if no other. @param {number} [x] px, where it is seen now */
  #reveal(x = this.#look().present(this.#view?.step ?? 0)) {
    const { clientWidth: width } = this.#box;
    const [least, most] = [3 * this.#em(), width - Math.min(width * 0.3, 7 * this.#em())];
    if (x > most) this.#box.scrollLeft += x - most;
    else if (x < least) this.#box.scrollLeft += x - width * 0.35;
  }

  /** Paints in the next frame. */
  #later() {
    this.#frame ||= requestAnimationFrame(() => {
      if (this.#view && this.#box.clientHeight) this.#size();
      this.#draw();
    });
  }

  #draw() {
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    const pen = this.#canvas.getContext("2d");
    if (!pen || !this.#ink || !this.#view || !this.#canvas.width) return;
    const dense = this.#canvas.width / Math.max(1, this.#box.clientWidth);
    pen.setTransform(dense, 0, 0, dense, 0, 0);
    const frame = this.#look();
    const chosen = /** @type {Record<string, number | undefined>} */ (this.ui.selected ?? {});
    new Painter(pen, frame, this.#ink, this.ui.values).paint({
      step: this.#view.step,
      server: chosen.node,
      message: chosen.message,
      active: this.#focused() ?? this.#picked,
      hovered: this.#hover?.arrow,
      over: this.#hover?.arrow ? null : this.#hover?.events[0],
    });
    this.#tell(frame);
  }

  #focused() {
    return this.#box.matches(":focus-visible") ? this.#focus : null;
  }

  /** Says what is pointed at, beside it. @param {Frame} frame */
  #tell(frame) {
    const focused = this.#focused();
    const events = this.#hover?.events ?? (focused ? frame.together(focused) : []);
    const told = focused && !this.#hover ? [focused] : events.slice(-TOLD);
    setAttr(this.#tip, "hidden", !told.length);
    if (!told.length) return;
    redraw(
      this.#tip,
      told.map((e) => [e.step, e.why]),
      () => [
        h("small", {}, `step ${told[0].step}, ${told[0].at} ms`),
        ...told.map((e) => h("p", {}, ...this.ui.values.mark(e))),
      ],
    );
    const { x, y } = this.#hover?.arrow ? this.#pointer : frame.spot(told[0]);
    const { offsetWidth: w, offsetHeight: high } = this.#tip;
    // Over the picture, not in it; where that would be outside the lab, in the half that nobody points at.
    const room = this.#box.getBoundingClientRect().top - this.ui.element.getBoundingClientRect().top;
    const top = high < room ? -high - 2 : y > frame.height / 2 ? 2 : frame.height - high - 2;
    this.#tip.style.translate = `${Math.max(0, Math.min(frame.width - w, x - w / 2)).toFixed(0)}px ${top.toFixed(0)}px`;
  }

  // What a person can do.

  #scrolled() {
    const frame = this.#look();
    const x = frame.present(this.#view?.step ?? 0);
    this.#follow = x > frame.left && x < frame.width;
    this.#later();
    this.#listSoon();
  }

  /** Time or steps. */
  #turn() {
    const byTime = this.#axis.value === "time";
    this.#model.axis.byTime = byTime;
    this.#zoom = byTime ? USUAL.time : USUAL.step;
    this.#now();
  }

  /** @param {number} by a factor @param {number} [x] px, what stays where it is; the present, if it is in sight */
  zoom(by, x) {
    const before = this.#look();
    const now = before.present(this.#view?.step ?? 0);
    const fixed = x ?? (now > before.left && now < before.width ? now : before.width / 2);
    const place = before.place(fixed);
    this.#zoom = Math.max(FAR, Math.min(NEAR, this.#zoom * by));
    this.#size();
    this.#box.scrollLeft += this.#look().across(place) - fixed;
    this.#later();
    this.#listSoon();
  }

  #fit() {
    const em = this.#em();
    const { axis } = this.#model;
    const usual = axis.byTime ? USUAL.time : USUAL.step; // a short run is not blown up
    this.#zoom = Math.max(FAR, Math.min(usual, (this.#box.clientWidth - 6 * em) / em / Math.max(1, axis.length)));
    this.#size();
    this.#box.scrollLeft = 0;
    this.#later();
    this.#listSoon();
  }

  #now() {
    this.#follow = true;
    this.ui.draw();
  }

  /** @param {Pointed | null} pointed @param {Point | null} at */
  #point(pointed, at) {
    setAttr(this.#box, "data-over", !!pointed);
    if (!pointed && !this.#hover) return;
    this.#hover = pointed;
    this.#pointer = at ?? this.#pointer;
    this.#later();
  }

  /** Goes there, and selects it everywhere. @param {Pointed | null} pointed */
  #pick(pointed) {
    if (!pointed) return;
    const event = pointed.arrow ? pointed.arrow.start : pointed.events[pointed.events.length - 1];
    this.#focus = event;
    this.#go(event);
  }

  /** @param {Event} event */
  #go(event) {
    void this.ui.pick(event);
    this.ui.log.show(event);
  }

  /** The keys are here now, or no more. @param {Event | null} [event] where they came to */
  #aim(event = this.#focus ?? this.#latest()) {
    if (event) this.#focus = event;
    this.#later();
    this.#enlist();
  }

  /** The last event that has happened. */
  #latest() {
    const { events } = this.#model;
    return events.findLast((e) => e.step <= (this.#view?.step ?? 0)) ?? events[0] ?? null;
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const aside = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    const across = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (aside) this.#step(aside);
    else if (across) this.#cross(across);
    else if (event.key === "+" || event.key === "=") this.zoom(1.5);
    else if (event.key === "-") this.zoom(1 / 1.5);
    else if (event.key === "0") this.#fit();
    else if (event.key === "Enter" && this.#focus) this.#go(this.#focus);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** To another event of the same lane. @param {number} by */
  #step(by) {
    const { events, lanes } = this.#model;
    const from = this.#focus ?? this.#latest();
    if (!from) return;
    const lane = lanes[laneOf(from)] ?? [];
    this.#land(events[lane[Math.max(0, Math.min(lane.length - 1, lane.indexOf(events.indexOf(from)) + by))]]);
  }

  /** To the event of the next lane that is nearest. @param {number} by */
  #cross(by) {
    const { events, lanes } = this.#model;
    const from = this.#focus ?? this.#latest();
    if (!from) return;
    let lane = laneOf(from) + by;
    while (lanes[lane]?.length === 0) lane += by;
    if (!lanes[lane]) return;
    const far = (/** @type {number} */ at) => Math.abs(events[at].step - from.step);
    this.#land(events[lanes[lane].reduce((a, b) => (far(b) < far(a) ? b : a))]);
  }

  /** @param {Event} event */
  #land(event) {
    this.#hover = null;
    this.#focus = event;
    const { x, y } = this.#look().spot(event);
    this.#reveal(x);
    const { clientHeight } = this.#box;
    if (y < 0 || y > clientHeight) this.#box.scrollTop += y - clientHeight / 2;
    this.#aim();
  }

  // For those who do not see the picture.

  #listSoon() {
    clearTimeout(this.#listing);
    this.#listing = setTimeout(() => this.#enlist(), 150);
  }

  /** Lists the events in sight, or those around the one that the keys are at. */
  #enlist() {
    clearTimeout(this.#listing);
    if (!this.#view || !this.#box.clientHeight) return;
    const { events } = this.#model;
    const frame = this.#look();
    const [first, last] = frame.events();
    const middle = this.#focus ? events.indexOf(this.#focus) : (first + last) >> 1;
    const from = last - first <= LISTED ? first : Math.max(first, Math.min(last - LISTED, middle - (LISTED >> 1)));
    const shown = events.slice(from, Math.min(last, from + LISTED)).map((event, i) => ({ event, at: from + i }));
    const { step } = this.#view;
    keyed(
      this.#list,
      shown,
      ({ at, event }) => `${at} ${event.why}`,
      ({ event }) => this.#option(event),
      (option, { event, at }) => {
        const arrow =
          event.event === "sent" || event.event === "duplicated"
            ? this.#model.arrow(event.copy ?? event.message?.id)
            : undefined;
        const { x, y } = frame.spot(event);
        setAttr(option, "data-at", `${x.toFixed(0)} ${y.toFixed(0)}`);
        setAttr(option, "data-fate", arrow && fateOf(arrow));
        setAttr(option, "data-ahead", event.step > step);
        setAttr(option, "aria-selected", event === (this.#picked ?? this.#focus));
        setAttr(option, "aria-setsize", events.length);
        setAttr(option, "aria-posinset", at + 1);
        setAttr(option, "id", `place-${at}`);
      },
    );
    const active = this.#focus && shown.find(({ event }) => event === this.#focus);
    setAttr(this.#box, "aria-activedescendant", active ? `place-${active.at}` : null);
  }

  /** @param {Event} e */
  #option(e) {
    return h(
      "div",
      {
        role: "option",
        "data-step": e.step,
        "data-event": e.event,
        "data-server": laneOf(e),
        "data-message": e.message?.id,
      },
      `step ${e.step}, ${e.at} ms: `,
      ...this.ui.values.mark(e),
    );
  }
}
