// Puts the parts together, and draws them: each is given what it uses. A frame is drawn only when something has
// changed.

import { Announcer } from "./announcer.js";
import { goesBy } from "./attributes.js";
import { Commands } from "./commands.js";
import { Dialogs } from "./dialogs/dialogs.js";
import { patience } from "./engine/limits.js";
import { Focus } from "./focus.js";
import { Header } from "./header.js";
import { Notices } from "./notices.js";
import { EventsPanel } from "./panels/events.js";
import { Inspector } from "./panels/inspector.js";
import { Panels } from "./panels/panels.js";
import { Paper } from "./panels/paper.js";
import { Controls } from "./playback/controls.js";
import { Player } from "./playback/player.js";
import { Scrubber } from "./playback/scrubber.js";
import { h, setAttr } from "./shared/dom.js";
import { keepKeys, keys } from "./shared/keys.js";
import { lasts, resized } from "./shared/life.js";
import { ignoreStrayClicks } from "./shared/twice.js";
import { Stage } from "./stage/stage.js";
import { Store } from "./store.js";
/** @import { Choice } from "./attributes.js" */
/** @import { BeatSize, Config, EndId, Row, Run } from "./engine/engine.js" */
/** @import { Walk } from "./playback/reading.js" */
/** @import { Session } from "./engine/session.js" */
/** @import { Protocol } from "./protocols/index.js" */
/** @import { Words } from "./words/index.js" */

/**
 * @typedef {object} Outer what the element lends
 * @property {(error: Error) => void} failed
 * @property {(afresh?: boolean) => void} reopen starts over with a new session, and at wish another run
 * @property {(config?: Config) => Promise<void>} reset without a config: as on the first visit
 * @property {(run: Run, here?: boolean) => Promise<void>} take
 * @property {(name?: string) => Promise<unknown>} back opens a run kept from before, by default the last one
 * @property {() => void} alone starts over without what the address asks for
 * @property {(choice: Choice, value: string) => void} choose of a person, at the controls
 * @property {(now: boolean) => void} printing the lab is as wide and as light as paper
 * @property {() => boolean} ownPage whether the page is about the lab: then keys work before anything has the focus
 */

export class Ui {
  /** Whether to play again and again. */
  loop = false;
  /** The size of beats, where somebody has chosen one; else ideas where the run has notes, and messages
   * where it has none.
   * @type {BeatSize | null} */
  beats = null;
  /** Its numbers are read from left to right, also in a page that is not. */
  element = h("div", { class: "lab", tabindex: -1, dir: "ltr" });
  /** How long the run was that it began with. */
  #end = 0;
  /** Where the selected message is going. */
  #receiver = /** @type {EndId} */ (1);
  #frame = 0;
  /** Ends everything that was started here, once the lab is shown no more. */
  #over = new AbortController();
  #overlay = h("div");
  #announcer = new Announcer();
  /** @param {Outer} outer @param {Words} words */
  constructor(outer, words) {
    this.outer = outer;
    setAttr(this.element, "lang", words.lang);
    const draw = () => this.draw();
    const { signal } = this.#over;
    lasts(this.element, signal);
    this.store = new Store(draw, signal, words);
    const bound = () => {
      const { next, at } = this.store.session.position();
      return next ?? at;
    };
    this.player = new Player((until) => this.#advance(until), draw, bound, this.#walk());
    /** @type {Notices} */
    this.notices = new Notices({
      dead: () => !!this.store.session?.dead,
      failed: outer.failed,
      offers: {
        restored: [
          ["Cut the power instead", () => this.commands.cutPower()],
          ["Start afresh", () => outer.reset()],
        ],
        "power-cut": [["Start afresh", () => outer.reset()]],
        replaced: [["Back to my run", () => outer.back()]],
        "read-only": [["Try again", () => outer.reopen()]],
        linked: [["Back to my run", leaveLink]],
      },
    });
    const { store, player, notices } = this;
    this.commands = new Commands(store, player, notices, outer);
    const { commands } = this;
    this.dialogs = new Dialogs(this.element, store, player, commands, notices);
    const { dialogs } = this;
    this.events = new EventsPanel(store, commands, dialogs);
    const leave = () => this.#deselect();
    this.inspector = new Inspector(store, commands, notices, dialogs, () => this.#acted(), leave);
    this.stage = new Stage(store, commands, notices, dialogs, () => this.inspector.prepare());
    this.focus = new Focus(this.element, store, this.stage, this.inspector);
    this.scrubber = new Scrubber(store, commands, dialogs);
    this.controls = new Controls(store, player, commands, dialogs, this.scrubber.element, outer.choose);
    this.panels = new Panels(this.element, store, player, commands, notices, dialogs, this.events);
    this.header = new Header(this.element, dialogs, commands, (theme) => outer.choose("theme", theme), words);
    const paper = new Paper(this.element, store, this.events, outer.printing, () => this.#render());
    notices.near = (text) => this.inspector.refuse(text);
    this.#listen();
    this.element.append(
      this.header.element,
      this.stage.element,
      paper.caption,
      this.controls.element,
      notices.element,
      this.inspector.element,
      this.panels.element,
      this.#announcer.element,
      this.#overlay,
    );
    this.#measure();
    this.#rest(true);
  }

  /** Nothing of it runs any more: it has left the page, or another takes its place. */
  end() {
    this.player.pause();
    this.player.arrive();
    // None of them hears of it that its page is gone, and some work on.
    for (const dialog of this.element.querySelectorAll("dialog")) dialog.close();
    this.header.close();
    cancelAnimationFrame(this.#frame);
    this.#over.abort();
  }

  /** Lets the style sheets know how much of a narrow screen header and controls take. */
  #measure() {
    for (const [name, { element }] of Object.entries({ header: this.header, controls: this.controls })) {
      const tell = () => this.element.style.setProperty(`--${name}`, `${element.offsetHeight}px`);
      resized(element, this.#over.signal, tell, { box: "border-box" });
    }
  }

  #listen() {
    const { element } = this;
    element.addEventListener("click", (event) => this.#beside(event));
    const foresee = () => this.store.alive && this.store.session.foresee();
    for (const first of ["pointerdown", "keydown", "click"])
      element.addEventListener(first, foresee, { capture: true });
    const keyed = keys(this.#keys());
    // Where no run could be opened there is nothing that they could mean.
    const press = (/** @type {KeyboardEvent} */ event) => this.store.alive && keyed(event);
    element.addEventListener("keydown", press);
    keepKeys(element, this.#over.signal); // once the lab's own keys have had their turn
    ignoreStrayClicks(element);
    const elsewhere = (/** @type {KeyboardEvent} */ event) => {
      if (event.target !== document.body || !this.outer.ownPage() || element.querySelector("dialog[open]")) return;
      if (element.inert) return;
      press(event);
      if (event.defaultPrevented && !this.focus.at) this.focus.go();
    };
    document.addEventListener("keydown", elsewhere, { signal: this.#over.signal });
  }

  /** Lets nothing be pressed, or lets it: without a run there is nothing to do. @param {boolean} now */
  #rest(now) {
    const { header, stage, controls, inspector, panels } = this;
    for (const part of [header, stage, controls, inspector, panels]) part.element.inert = now;
  }

  // What the element tells.

  /** What to show, and how.
   * @param {{ panels?: string | null, controls: string, loop: boolean, moves: boolean, print: string | null }} wanted other panels only
   * if named: null names those there are by default */
  configure({ panels, controls, loop, moves, print }) {
    setAttr(this.element, "data-controls", controls);
    setAttr(this.element, "data-moves", moves); // by itself: then it can be paused, whatever controls it has
    setAttr(this.element, "data-print", print === "events" || null);
    // Beside another stage it is no landmark of the page.
    setAttr(this.stage.element, "role", controls === "none" ? "group" : null);
    this.loop = loop;
    if (panels !== undefined) this.panels.want(panels);
    this.draw();
  }

  /** Goes by beats of this size from now on, whatever run is shown. @param {BeatSize} size */
  by(size) {
    this.beats = size;
    if (this.store.alive) this.commands.setBeats(size === "commands" && !this.#isLog ? "messages" : size);
  }

  /** Whether a log is shown: only that has commands. */
  get #isLog() {
    return this.store.session.view().protocol === "log";
  }

  /** @param {boolean} found whether the run is one that was found again, as it was left */
  #pace(found) {
    const { session } = this.store;
    const { name } = session.keeper;
    const before = /** @type {BeatSize | null | undefined} */ (found ? goesBy(name) : null);
    const usual = before || (session.notes?.steps().length ? "ideas" : "messages");
    goesBy(name, usual);
    session.by(!this.beats || (this.beats === "commands" && !this.#isLog) ? usual : this.beats);
  }

  /** Shows the run of a session. @param {Session} session @param {Protocol} protocol */
  attach(session, protocol) {
    this.store.session = session;
    this.#overlay.replaceChildren();
    this.#rest(false);
    this.restart(protocol, !session.fresh);
  }

  /** The session has another run. @param {Protocol} protocol @param {boolean} [found] whether it was found again */
  restart(protocol, found = false) {
    const another = protocol !== this.store.protocol;
    this.store.restart(protocol);
    if (another) this.panels.want();
    const { at, length } = this.store.view();
    this.player.pause();
    this.player.now = at;
    this.#end = length;
    this.#pace(found);
    this.stage.clear();
    this.inspector.close();
    if (this.store.session.notes?.asks) void this.dialogs.open("questions");
    this.draw();
  }

  /** After a step. @param {Row[]} rows */
  changed(rows) {
    const { store, player } = this;
    const { step, at } = store.session.position();
    store.went(rows);
    this.notices.quiet();
    this.notices.drop("restored"); // it has gone on since
    player.now = Math.max(player.now, at);
    if (!player.playing) return;
    if (!store.walking) player.reading?.show(store.view().headline?.why ?? "");
    if (!store.session.notes?.at(step) && (this.loop || !store.session.over)) return;
    player.pause(); // time to read
    store.session.halt();
  }

  /** After going to another moment, maybe of another branch. */
  moved() {
    this.store.moved();
    this.notices.quiet();
    this.player.now = this.store.session.position().at;
  }

  /** Shows a time between this step and the next. @param {number} ms simulated */
  show(ms) {
    this.player.now = ms;
    this.draw();
  }

  /** @param {string} message */
  panicked(message) {
    this.player.pause();
    this.notices.add("not-persisted", `Quorum hit a bug in itself: ${message}`);
    const show = (/** @type {import("./dialogs/dialogs.js").Lazy} */ { panic }) =>
      this.#overlay.replaceChildren(panic(message, this.store.session?.last, this.outer.reopen));
    this.dialogs.lazy().then(show, () => {}); // the notice says it, too
  }

  /** There is no run to show. @param {string} text why
   * @param {string | null} [kept] the address asks for what cannot be had; under which name a run of one's own is kept
   * @param {string[]} [meant] what it may have meant
   * @returns {Promise<void>} once it is said */
  unavailable(text, kept, meant) {
    this.stage.element.inert = false; // it says what no notice can
    this.notices.add("not-persisted", text);
    const again = () => this.outer.reopen();
    this.dialogs.lazy().then(
      ({ unavailable }) =>
        this.element.replaceChildren(
          unavailable(text, again, kept === undefined ? undefined : this.outer.alone, kept, meant),
        ),
      () => this.element.append(h("button", { onclick: again }, "Try again")),
    );
    return this.notices.said;
  }

  // The clock and the keys.

  /** How the player walks from beat to beat. @returns {Walk} */
  #walk() {
    const { store } = this;
    return {
      position: () => store.session.position(),
      step: async () => {
        store.walking = true;
        await store.session.step(1).finally(() => (store.walking = false));
      },
      hear: () => store.hear(),
      patience: () => patience(store.view()),
      rewind: async () => {
        const again = this.loop && !!this.#end && store.session.position().step >= this.#end;
        if (again) await store.session.seek(0);
        return again;
      },
    };
  }

  /** What the clock does by then; from the end, in a loop, back to the beginning. @param {number} until */
  async #advance(until) {
    const { session } = this.store;
    if (this.loop && this.#end && this.store.view().step >= this.#end) {
      await session.seek(0);
      return true;
    }
    return (await session.step(Infinity, until)) || (this.loop && !!this.#end);
  }

  /** @returns {import("./shared/keys.js").Keys} */
  #keys() {
    const { commands, dialogs } = this;
    return {
      toggle: () => commands.toggle(),
      step: (single) => void commands.step(single),
      back: (single) => void commands.back(single),
      seek: (step) => void commands.seek(step),
      help: () => dialogs.open("help"),
      enter: () => this.#enter(),
      escape: () => this.#escape(),
      server: (id) => this.#server(id),
      letter: (key) => this.#letter(key),
    };
  }

  /** @param {number} id @returns {boolean} whether there is such a server */
  #server(id) {
    if (id > this.store.view().nodes.length) return false;
    this.commands.select({ node: id });
    this.focus.go();
    return true;
  }

  /** A letter: an action of what is selected *now*, even if the last key selected it. @param {string} key
   * @returns {boolean} */
  #letter(key) {
    if (this.#frame) this.#render();
    return this.inspector.key(key);
  }

  #acted() {
    this.#render();
    this.focus.acted();
  }

  /** Goes to the actions of what is selected. */
  #enter() {
    this.#render();
    this.inspector.focus();
  }

  /** Steps out: of a form, then of the actions, then of the selection. @returns {boolean} */
  #escape() {
    const { store, inspector } = this;
    if (inspector.close()) {
      inspector.focus();
      return true;
    }
    if (inspector.element.matches(":focus-within") && store.selected && !("link" in store.selected)) {
      this.focus.go();
      if (!inspector.isSheet) return true;
    }
    if (!store.selected && !store.picked) return false;
    this.#deselect();
    return true;
  }

  /** A sheet goes when a person taps beside it: elsewhere than on the stage, which selects by itself, and the controls.
   * @param {MouseEvent} event */
  #beside(event) {
    const { stage, controls, inspector } = this;
    if (!this.store.selected || !inspector.isSheet) return;
    const parts = [inspector.about, stage.area, controls.element];
    const path = event.composedPath();
    if (!parts.some((part) => path.includes(part)) && !path.some((at) => at instanceof HTMLDialogElement))
      this.#deselect();
  }

  #deselect() {
    this.store.picked = null;
    this.store.selected = null;
    this.draw();
  }

  // Drawing.

  /** Draws in the next frame. */
  draw() {
    if (!this.#over.signal.aborted) this.#frame ||= requestAnimationFrame(() => this.#render());
  }

  #render() {
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    const { store, player } = this;
    const { words } = store;
    if (!store.alive || !this.element.isConnected) return;
    const view = store.view();
    if (store.protocol.name !== view.protocol) return; // another run is there, and what shows it is still on its way
    const lost = this.#chase();
    store.protocol.meet?.(view, store.ballots);
    setAttr(this.element, "data-selected", !!store.selected);
    this.stage.render(view);
    if (lost) this.focus.go({ preventScroll: true });
    this.stage.move(player.now);
    const told = store.told ? { ...view, headline: store.told } : view;
    this.inspector.render(told);
    this.controls.render(view);
    this.scrubber.render(view);
    this.panels.render(view);
    this.header.render(view, words.told(store.session.notes?.title ?? ""));
    this.#announcer.say(
      store.values.plain(told.headline?.why ?? ""),
      words.told(store.session.notes?.at(view.step) ?? ""),
      player.playing,
    );
    this.focus.keep();
  }

  /** Selection and focus follow a message to where it arrived: focus must not leave the lab, and the keys with it.
   * @returns {boolean} whether it arrived and had the focus */
  #chase() {
    const { store, stage } = this;
    const { selected } = store;
    if (!selected || !("message" in selected)) return false;
    const message = store.view().messages.find((m) => m.id === selected.message);
    if (message) {
      this.#receiver = message.to;
      return false;
    }
    const focused = !!stage.find(selected)?.matches(":focus");
    store.select(typeof this.#receiver === "number" ? { node: this.#receiver } : { client: this.#receiver });
    return focused;
  }
}

/** Asks the address for no run any more. */
function leaveLink() {
  location.hash = "";
}
