// The space-time panel: every event of the run in its place, a lane for each server, time to the right, and a line
// where the present is. A canvas stays put in a box that scrolls as wide as the run is, and shows the part that is
// seen; beside it, for those who do not see it, a list holds the sentences of the events in sight. Both lead to the
// same moment.

import { h, keyed, setAttr, setText, style } from "../shared/dom.js";
import { resized } from "../shared/life.js";
import { Bar } from "./bar.js";
import { Legend } from "./legend.js";
import { Listing } from "./listing.js";
import { Model } from "./model.js";
import { Painter } from "./painter.js";
import { MARK_PATHS, palette } from "./palette.js";
import { follow } from "./pointer.js";
import { Tip } from "./tip.js";
import { Viewport } from "./viewport.js";
/** @import { Commands } from "../commands.js" */
/** @import { Event, View } from "../engine/engine.js" */
/** @import { Player } from "../playback/player.js" */
/** @import { Point } from "../stage/box.js" */
/** @import { Store } from "../store.js" */
/** @import { Arrow } from "./model.js" */
/** @import { Palette } from "./palette.js" */

/** Pixels of a unit to begin with, in em: of a millisecond, and of a step. */
const USUAL = { time: 0.21, step: 1.3 };
/** The least and the most. */
const [FAR, NEAR] = [0.0004, 4];
/** The size of text where nobody says, in px. */
const EM = 15;
/** How many sentences are shown of one place. */
const TOLD = 3;

/** @typedef {{ events: Event[], arrow?: Arrow }} Pointed */

/** @param {number} n @param {string} thing */
const many = (n, thing) => `${n} ${thing}${n === 1 ? "" : "s"}`;

/** Fills the panel, with its styles. @param {HTMLElement} lab it is part of @param {HTMLElement} element
 * @param {Store} store
 * @param {Player} player @param {Commands} commands
 * @param {(event: Event) => void} show an event's line among the events
 * @returns {Promise<SpacetimePanel>} */
export async function open(lab, element, store, player, commands, show) {
  await style(/** @type {ShadowRoot} */ (lab.getRootNode()), new URL("./spacetime.css", import.meta.url));
  return new SpacetimePanel(lab, element, store, player, commands, show);
}

/** So long may telling events keep a frame from being drawn, in ms. */
const SLICE = 10;

export class SpacetimePanel {
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
  /** @type {Palette | undefined} */
  #palette;
  /** @type {View | undefined} */
  #view;
  #frame = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #listing;
  #bar = new Bar({
    turn: (byTime) => this.#turn(byTime),
    zoom: (by) => this.zoom(by),
    fit: () => this.#fit(),
    now: () => this.#now(),
    show: () => this.store.draw(),
  });
  #legend = new Legend(MARK_PATHS);
  #canvas = h("canvas", { "aria-hidden": "true" });
  #lanes = h("ul", { class: "sr", "aria-label": "Lanes" });
  #space = h("div", { class: "space" }, this.#canvas);
  #box = h("div", { class: "box", role: "listbox", tabindex: 0 }, this.#space);

  /** @param {HTMLElement} lab @param {HTMLElement} element to fill @param {Store} store @param {Player} player
   * @param {Commands} commands @param {(event: Event) => void} show */
  constructor(lab, element, store, player, commands, show) {
    this.lab = lab;
    this.element = element;
    this.store = store;
    this.player = player;
    this.commands = commands;
    this.showLine = show;
    this.listing = new Listing(store);
    this.tip = new Tip(lab, this.#box);
    this.#space.append(this.listing.element);
    this.#box.onscroll = () => this.#scrolled();
    this.#box.onkeydown = (event) => this.#key(event);
    this.#box.onfocus = () => this.#aim();
    this.#box.onblur = () => this.#aim(null);
    const plane = h("div", { class: "plane" }, this.#box, this.tip.element);
    element.append(this.#bar.element, plane, this.#legend.element, this.#lanes);
    follow(this.#box, {
      zoom: (by, x) => this.zoom(by, x),
      hover: (at) => this.#point(at && this.#look().hit(at.x, at.y), at),
      click: (at) => this.#pick(this.#look().hit(at.x, at.y)),
    });
    resized(this.#box, store.signal, () => this.#later());
    store.signal.addEventListener("abort", () => {
      cancelAnimationFrame(this.#frame);
      clearTimeout(this.#listing);
    });
  }

  /** The size of its text; some size also where a browser knows none, as outside of a page. */
  #em() {
    return parseFloat(getComputedStyle(this.#box).fontSize) || EM;
  }

  /** What is seen now. @returns {Viewport} */
  #look() {
    const { clientWidth: width, clientHeight: height, scrollLeft: x, scrollTop: y } = this.#box;
    const em = this.#em();
    const viewport = new Viewport(this.#model, { width, height, em, scale: this.#zoom * em, x, y });
    viewport.progress = this.#progress;
    const { axis } = this.#model;
    const { now } = this.player;
    if (this.#view && this.#view.step >= axis.steps && axis.byTime) {
      const passed = Math.min(axis.ahead(now - axis.time(axis.steps)), now - this.#view.at);
      viewport.edge += Math.max(0, passed);
    }
    return viewport;
  }

  /** @param {View} view */
  render(view) {
    const { picked, record } = this.store;
    if (!this.#box.clientHeight) {
      // A picture takes every event; where nobody looks at it, none.
      this.#model.follow([], view.nodes.length);
      record.forget();
      return;
    }
    const events = record.whole(performance.now() + SLICE);
    const count = this.#bar.ahead ? record.count : record.after(view.step);
    if (events.length < count) this.store.draw(); // the rest comes with the frames that follow
    // A person who goes somewhere wants to see it; one who looks at another place while the run plays is left alone.
    if (view.step !== this.#view?.step && !this.player.playing) this.#follow = true;
    this.#view = view;
    if (picked && picked !== this.#picked) this.#focus = picked;
    this.#picked = picked;
    if (this.#model.follow(events, view.nodes.length, Math.min(count, events.length), view.clients?.length))
      this.#fresh();
    this.#measure(view);
    this.#palette = palette(this.#space);
    this.#size();
    if (this.#follow) this.#reveal();
    this.#describe(view);
    this.#draw();
    this.#listSoon();
  }

  /** How far each message has come. @param {View} view */
  #measure({ messages }) {
    const { now } = this.player;
    for (const { id, sentAt, dueAt, progress } of messages) {
      if (progress != null) this.#progress.set(id, progress / 1000);
      else if (sentAt != null && dueAt != null) {
        const part = (now - sentAt) / Math.max(1, dueAt - sentAt);
        this.#progress.set(id, Math.max(0, Math.min(1, part)));
      }
    }
  }

  /** What there is, in words. @param {View} view */
  #describe({ nodes, step, length }) {
    const { events, arrows } = this.#model;
    const count = `${many(arrows.length, "message")}, ${many(events.length, "event")}`;
    this.#bar.tell(count);
    const label = `Events in space and time: ${many(nodes.length, "server")}, ${count}, step ${step} of ${length}`;
    setAttr(this.#box, "aria-label", label);
    keyed(
      this.#lanes,
      nodes,
      (node) => node.id,
      (node) => h("li", { "data-lane": node.id }),
      (li, node) => setText(li, `server ${node.id}, ${this.#model.standing(node.id, step)}`),
    );
  }

  /** The model has changed: what was pointed at may be gone. */
  #fresh() {
    if (this.#focus && !this.#model.events.includes(this.#focus)) this.#focus = null;
    this.#hover = null;
    if (!this.#model.arrows.length) this.#progress.clear();
  }

  /** The room it takes. */
  #size() {
    this.element.style.setProperty("--lanes", `${this.#model.rows}`);
    const { clientWidth: width, clientHeight: height } = this.#box;
    const em = this.#em();
    const whole = Viewport.whole(this.#model, { width, height, em, scale: this.#zoom * em, x: 0, y: 0 });
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
    const [least, most] = this.#sight();
    if (x > most) this.#box.scrollLeft += x - most;
    else if (x < least) this.#box.scrollLeft += x - width * 0.35;
  }

  /** Between which places the present is kept while the picture follows it, in px. @returns {[number, number]} */
  #sight() {
    const { clientWidth: width } = this.#box;
    return [3 * this.#em(), width - Math.min(width * 0.3, 7 * this.#em())];
  }

  /** Paints in the next frame. */
  #later() {
    if (this.store.signal.aborted) return;
    this.#frame ||= requestAnimationFrame(() => {
      if (this.#view && this.#box.clientHeight) this.#size();
      this.#draw();
    });
  }

  #draw() {
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    const pen = this.#canvas.getContext("2d");
    if (!pen || !this.#palette || !this.#view || !this.#canvas.width) return;
    const dense = this.#canvas.width / Math.max(1, this.#box.clientWidth);
    pen.setTransform(dense, 0, 0, dense, 0, 0);
    const viewport = this.#look();
    const { selected, values, protocol } = this.store;
    const { node, message } = /** @type {Record<string, number | undefined>} */ (selected ?? {});
    const painter = new Painter(pen, viewport, this.#palette, values, protocol);
    painter.paint({
      step: this.#view.step,
      server: node,
      message,
      active: this.#focused() ?? this.#picked,
      hovered: this.#hover?.arrow,
      over: this.#hover?.arrow ? null : this.#hover?.events[0],
    });
    this.#legend.render(painter.seen, protocol, values);
    this.#tell(viewport);
  }

  #focused() {
    return this.#box.matches(":focus-visible") ? this.#focus : null;
  }

  /** Says what is pointed at, beside it. @param {Viewport} viewport */
  #tell(viewport) {
    const focused = this.#focused();
    const events = this.#hover?.events ?? (focused ? viewport.together(focused) : []);
    const told = focused && !this.#hover ? [focused] : events.slice(-TOLD);
    this.tip.tell(told, this.store.values, this.#hover?.arrow ? this.#pointer : null, viewport);
  }

  // What a person can do.

  #scrolled() {
    // Moved out of where the present is kept, the picture stays where a hand has put it.
    const viewport = this.#look();
    const x = viewport.present(this.#view?.step ?? 0);
    const [, most] = this.#sight();
    this.#follow = x > viewport.left && x <= most + 1;
    this.#later();
    this.#listSoon();
  }

  /** Time across, or steps. @param {boolean} byTime */
  #turn(byTime) {
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
    this.store.draw();
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
    void this.commands.pick(event);
    this.showLine(event);
  }

  /** The keys are here now, or no more. @param {Event | null} [event] where they came to */
  #aim(event = this.#focus ?? this.#latest()) {
    if (event) this.#focus = event;
    this.#later();
    this.#enlist();
  }

  /** The last event that has happened. */
  #latest() {
    return this.#model.latest(this.#view?.step ?? 0);
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const from = this.#focus ?? this.#latest();
    if (event.key === "ArrowLeft") this.#land(from && this.#model.along(from, -1));
    else if (event.key === "ArrowRight") this.#land(from && this.#model.along(from, 1));
    else if (event.key === "ArrowUp") this.#land(from && this.#model.across(from, -1));
    else if (event.key === "ArrowDown") this.#land(from && this.#model.across(from, 1));
    else if (event.key === "+" || event.key === "=") this.zoom(1.5);
    else if (event.key === "-") this.zoom(1 / 1.5);
    else if (event.key === "0") this.#fit();
    else if (event.key === "Enter" && this.#focus) this.#go(this.#focus);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** @param {Event | null} event */
  #land(event) {
    if (!event) return;
    this.#hover = null;
    this.#focus = event;
    const { x, y } = this.#look().spot(event);
    this.#reveal(x);
    const { clientHeight } = this.#box;
    if (y < 0 || y > clientHeight) this.#box.scrollTop += y - clientHeight / 2;
    this.#aim();
  }

  // For people who do not see the picture.

  #listSoon() {
    clearTimeout(this.#listing);
    if (!this.store.signal.aborted) this.#listing = setTimeout(() => this.#enlist(), 150);
  }

  /** Lists the events in sight, or those around the one that the keys are at. */
  #enlist() {
    clearTimeout(this.#listing);
    if (!this.#view || !this.#box.clientHeight) return;
    const active = this.listing.render(this.#look(), this.#focus, this.#picked ?? this.#focus);
    setAttr(this.#box, "aria-activedescendant", active);
  }
}
