// Puts the parts together: one run, one selection, one moment shown in every panel. Parts draw what they are given and
// call back here; a frame is drawn only when something has changed.

import { Controls } from "./playback/controls.js";
import { h, redraw, setAttr, setText } from "./shared/dom.js";
import { Inspector } from "./panels/inspector.js";
import { keys } from "./shared/keys.js";
import { Log } from "./panels/events.js";
import { Panels } from "./panels/panels.js";
import { Player } from "./playback/player.js";
import { Scrubber } from "./playback/scrubber.js";
import { Stage } from "./stage/stage.js";
import { Values } from "./shared/values.js";
/** @import { Action, Config, Event, Run, Target } from "./engine/engine.js" */
/** @import { Session, Topic } from "./engine/session.js" */

/**
 * @typedef {object} Outer what the element lends
 * @property {(error: Error) => void} failed
 * @property {(afresh?: boolean) => void} reopen starts over with a new session, and at wish another run
 * @property {(config?: Config) => Promise<void>} reset without a config: as on the first visit
 * @property {(run: Run) => Promise<void>} take
 * @property {(theme: string) => void} theme
 */

export class Ui {
  values = new Values();
  /** @type {Session} */
  session = /** @type {any} */ (null);
  /** @type {Target | null} */
  selected = null;
  /** What to try, while nothing is said about the present. */
  tip = "";
  /** Whether to play again and again. */
  loop = false;
  /** How long the run was that it began with. */
  #end = 0;
  /** An event picked in the log. @type {Event | null} */
  #picked = null;
  /** The branch whose events the log has. */
  #branch = 0;
  /** Where the selected message is going. */
  #receiver = 1;
  #frame = 0;
  #toastTimer = 0;
  #spoken = 0;
  #notices = h("div", { class: "notices" });
  #live = h("p", { class: "sr", "aria-live": "polite" });
  #theme = h("button", { class: "quiet", onclick: () => this.outer.theme(this.#dark() ? "light" : "dark") });
  #title = h("button", { class: "quiet title", onclick: () => this.#dialog("scenarios") });
  #overlay = h("div");

  /** @param {Outer} outer */
  constructor(outer) {
    this.outer = outer;
    this.player = new Player(
      (until) => this.#advance(until),
      () => this.draw(),
    );
    this.stage = new Stage(this);
    this.scrubber = new Scrubber(this);
    this.controls = new Controls(this);
    this.inspector = new Inspector(this);
    this.log = new Log(this);
    this.panels = new Panels(this);
    this.element = h(
      "div",
      { class: "lab", onkeydown: keys(this) },
      h(
        "header",
        { part: "header" },
        h("slot", { name: "title" }, h("b", {}, "Quorum")),
        h("slot", { name: "tagline" }),
        h(
          "nav",
          { "aria-label": "Lab" },
          this.#title,
          h("button", { class: "quiet wide", onclick: () => this.#dialog("whatIf") }, "What if…"),
          h("button", { class: "quiet", onclick: () => this.#dialog("share") }, "Share…"),
          this.#theme,
          h("button", { class: "quiet", "aria-label": "Help", onclick: () => this.help() }, "?"),
        ),
      ),
      this.#notices,
      this.stage.element,
      this.controls.element,
      this.inspector.element,
      this.panels.element,
      this.#live,
      this.#overlay,
    );
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.draw());
  }

  /** What the clock does by then; from the end, in a loop, back to the beginning. @param {number} until */
  async #advance(until) {
    if (this.loop && this.#end && this.view().step >= this.#end) {
      await this.session.seek(0);
      return true;
    }
    return (await this.session.step(Infinity, until)) || (this.loop && !!this.#end);
  }

  /** Shows another run. @param {Session} session */
  attach(session) {
    this.session = session;
    this.#overlay.replaceChildren();
    this.restart();
  }

  /** The run was replaced. */
  restart() {
    const view = this.view();
    const events = this.session.events();
    this.values = this.stage.messages.values = new Values();
    this.values.meet(events);
    this.#picked = null;
    this.selected = null;
    this.player.pause();
    this.player.now = view.at;
    this.#branch = view.branch;
    this.#end = view.length;
    this.stage.clear();
    this.tip = "";
    this.log.reset(events, view.nodes.length);
    this.inspector.close();
    this.draw();
  }

  /** After a step. @param {Event[]} events */
  changed(events) {
    this.values.meet(events);
    this.#onBranch(() => this.log.cut(this.view().step - 1));
    this.log.add(events);
    this.#elsewhen();
    this.player.now = Math.max(this.player.now, events.at(-1)?.at ?? 0);
    if (!this.player.playing || !this.session.words?.at(this.view().step)) return;
    this.player.pause(); // time to read
    this.session.halt();
  }

  /** After going to another moment, maybe of another branch. */
  moved() {
    this.#onBranch(() => this.log.reset(this.session.events(), this.view().nodes.length));
    this.log.follow();
    this.#elsewhen();
    this.player.now = this.view().at;
  }

  /** @param {() => void} changed what to do if this is another branch than before */
  #onBranch(changed) {
    const { branch } = this.view();
    if (branch !== this.#branch) changed();
    this.#branch = branch;
  }

  #elsewhen() {
    this.#picked = null;
    this.tip = "";
    setText(this.stage.toast, "");
    this.draw();
  }

  /** What is said about the present: the latest note. */
  #tell() {
    const note = this.session.words?.until(this.view().step);
    setText(this.stage.hint, note ?? this.tip);
    setAttr(this.stage.hint, "data-note", !!note);
  }

  view() {
    return this.session.view();
  }

  /** Why nothing can be done here, or null. @returns {string | null} */
  get locked() {
    return this.session?.kept === "read-only" && !this.session.past
      ? "Read-only: another tab is running this lab."
      : null;
  }

  /** @returns {string} */
  kept() {
    if (!this.session.options.name) return "";
    return { saved: "Saved in this browser", memory: "Not persisted", "read-only": "Read-only" }[this.session.kept];
  }

  // What a person can do.

  /** @param {Target | null} target */
  select(target) {
    if (JSON.stringify(target) === JSON.stringify(this.selected)) return;
    this.selected = target;
    this.draw();
  }

  /** Goes to an event of the log, and shows what it is about. @param {Event} event */
  async pick(event) {
    await this.seek(event.step);
    this.#picked = event;
    const message = this.view().messages.find((m) => m.id === event.message?.id);
    this.selected = message ? { message: message.id } : event.node ? { node: event.node } : this.selected;
    this.draw();
  }

  /** @param {...Action} actions */
  async act(...actions) {
    try {
      for (const action of actions) await this.session.apply(action);
    } catch (error) {
      this.refuse(error);
    }
  }

  /** Goes to a step that has been. @param {number} step */
  async seek(step) {
    const { step: now, length } = this.view();
    const to = Math.max(0, Math.min(step, length));
    this.player.pause();
    if (to === now) return;
    await this.session.seek(to).catch((error) => this.refuse(error));
  }

  /** Shows a time between this step and the next. @param {number} ms simulated */
  show(ms) {
    this.player.now = ms;
    this.draw();
  }

  /** @returns {true} */
  back() {
    const { step } = this.view();
    if (step) void this.seek(step - 1);
    else this.refuse("This is the beginning.");
    return true;
  }

  /** Leaves what is on record after this moment, as a branch, and goes on live. */
  goOn() {
    this.session.fork().catch((error) => this.refuse(error));
  }

  /** One step, slowly enough to follow. */
  async step() {
    if (this.locked) return this.refuse(this.locked);
    this.player.pause();
    try {
      const { next, messages } = this.view();
      if (!next) return this.refuse("Nothing is left to happen: propose a value.");
      if (messages.some((m) => m.status === "flying")) await this.player.glide(next.at);
      await this.session.step(1);
    } catch (error) {
      this.refuse(error);
    }
  }

  /** @returns {true} */
  toggle() {
    if (this.locked) this.refuse(this.locked);
    else if (this.player.playing) this.player.pause();
    else if (!this.view().next) this.refuse("Nothing is left to happen: propose a value.");
    else this.player.play();
    return true;
  }

  /** @param {number} speed */
  setSpeed(speed) {
    this.player.speed = speed;
    this.draw();
  }

  /** @param {number} id @returns {boolean} whether there is such a server */
  server(id) {
    if (id > this.view().nodes.length) return false;
    this.select({ node: id });
    this.#focus();
    return true;
  }

  /** A letter: an action of what is selected *now*, even if the last key selected it. @param {string} key @returns {boolean} */
  letter(key) {
    if (this.#frame) this.#render();
    return this.inspector.key(key);
  }

  #focus() {
    this.stage.find(this.selected)?.focus({ preventScroll: true });
  }

  /** Goes to the actions of what is selected. @returns {true} */
  enter() {
    this.#render();
    this.inspector.focus();
    return true;
  }

  /** Steps out: of a form, then of the actions, then of the selection. @returns {boolean} */
  escape() {
    if (this.inspector.close()) {
      this.inspector.focus();
      return true;
    }
    if (this.inspector.element.matches(":focus-within") && this.selected) {
      this.#focus();
      return true;
    }
    if (!this.selected && !this.#picked) return false;
    this.#picked = null;
    this.select(null);
    this.draw();
    return true;
  }

  /** @returns {true} */
  help() {
    this.player.pause();
    this.#dialog("help");
    return true;
  }

  /** What is seldom needed, loaded when it is needed. */
  async more() {
    const more = await import("./dialogs/lazy.js");
    await more.styled(/** @type {ShadowRoot} */ (this.element.getRootNode()));
    return more;
  }

  branches() {
    this.player.pause();
    this.#dialog("branches");
  }

  /** @param {"help" | "newRun" | "branches" | "scenarios" | "whatIf" | "share"} name */
  #dialog(name) {
    this.more()
      .then((more) => more[name](this))
      .catch((e) => this.refuse(e));
  }

  freshSeed() {
    return this.session.module.Lab.freshSeed();
  }

  /** @param {Config} [config] */
  reset(config) {
    return this.outer.reset(config);
  }

  /** Shows a run from outside in place of this one. @param {Run} run */
  take(run) {
    return this.outer.take(run);
  }

  newRun() {
    this.#dialog("newRun");
  }

  /** Tells the page around the lab. @param {Error} error */
  failed(error) {
    this.outer.failed(error);
  }

  /** A refusal, said where the person is looking. @param {unknown} error */
  refuse(error) {
    const text = error instanceof Error ? error.message : String(error);
    if (this.session?.dead) return;
    this.failed(error instanceof Error ? error : new Error(text));
    if (this.inspector.refuse(text)) return;
    setText(this.stage.toast, text);
    clearTimeout(this.#toastTimer);
    this.#toastTimer = setTimeout(() => setText(this.stage.toast, ""), 8000);
  }

  /** @param {Topic} topic @param {string} text */
  notice(topic, text) {
    const close = () => note.remove();
    /** @type {Record<string, [string, () => void]>} */
    const offers = {
      "power-cut": ["Start afresh", () => this.reset().then(close, (e) => this.refuse(e))],
      "read-only": ["Try again", () => this.outer.reopen()],
      linked: ["Back to my run", () => (location.hash = "")],
    };
    const offer = offers[topic];
    const note = h(
      "p",
      { class: "notice", role: topic === "not-persisted" ? "alert" : "status", "data-topic": topic },
      h("span", {}, text),
      offer && h("button", { onclick: offer[1] }, offer[0]),
      topic !== "read-only" && h("button", { class: "quiet", onclick: close }, "Dismiss"),
    );
    this.#notices.querySelector(`[data-topic=${topic}]`)?.remove();
    this.#notices.append(note);
  }

  clearNotices() {
    this.#notices.replaceChildren();
  }

  /** @param {string} message */
  panicked(message) {
    this.player.pause();
    this.notice("not-persisted", `Quorum hit a bug in itself: ${message}`);
    void this.more().then(({ panic }) =>
      this.#overlay.replaceChildren(panic(message, this.session?.last, this.outer.reopen)),
    );
  }

  /** WebAssembly did not load. @param {string} text */
  unavailable(text) {
    this.notice("not-persisted", text);
    void this.more().then(({ unavailable }) =>
      this.element.replaceChildren(unavailable(text, () => this.outer.reopen())),
    );
  }

  // Drawing.

  /** Draws in the next frame. */
  draw() {
    this.#frame ||= requestAnimationFrame(() => this.#render());
  }

  #dark() {
    const { colorScheme } = getComputedStyle(this.element);
    return colorScheme === "dark" || (colorScheme !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
  }

  #render() {
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    if (!this.session || this.session.dead || !this.element.isConnected) return;
    const view = this.view();
    // Selection and focus follow a message to where it arrived: focus must not leave the lab, and the keys with it.
    const chased = this.selected && "message" in this.selected ? this.selected.message : 0;
    const message = view.messages.find((m) => m.id === chased);
    const focused = chased && !message && this.stage.find(this.selected)?.matches(":focus");
    if (message) this.#receiver = message.to;
    else if (chased) this.selected = { node: this.#receiver };
    setAttr(this.element, "data-selected", !!this.selected);
    this.stage.render(view, this.selected);
    if (focused) this.#focus();
    this.stage.move(this.player.now);
    this.inspector.render(view, this.selected, this.#picked);
    this.#tell();
    this.controls.render(view, this.player);
    this.scrubber.render(view);
    this.panels.render(view, this.#picked);
    const title = this.session.words?.title;
    setText(this.#title, `${title || "Scenarios"} ▾`);
    setAttr(this.#title, "data-named", !!title);
    setText(this.#theme, this.#dark() ? "Light" : "Dark");
    this.#speak(view.headline?.why ?? "");
  }

  /** At most one sentence in two seconds while playing: a listener cannot skim. @param {string} text */
  #speak(text) {
    if (this.player.playing && performance.now() - this.#spoken < 2000) return;
    if (this.#live.textContent !== text) this.#spoken = performance.now();
    redraw(this.#live, text, () => [text]);
  }
}
