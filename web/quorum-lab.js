// <quorum-lab>: a laboratory for Paxos as one HTML element.
//
//     <script type="module" src="quorum-lab.js"></script>
//     <quorum-lab nodes="5" panels="stage events"></quorum-lab>
//     <quorum-lab scenario="chosen-but-nobody-knows" step="40" controls="compact"></quorum-lab>
//
// Attributes read when the element is connected: `nodes` (1..101), `seed` (0..2^53-1), `protocol` ("single", "log"),
// `persist` (a name to keep the run under in this browser, or "none"), `scenario` (the name of one), `run` (a link, or
// what follows its #), `src` (the address of a run's or scenario's file), `challenge` (the name of one), `fragment`
// (whether to take a run from the page's own address), `step` (go to that step first), `autoplay`, `loop` (from the
// end, play from the beginning).
// Attributes that may change at any time: `speed` (1/8 … 64 as a decimal), `theme` (auto|light|dark), `controls`
// (full|compact|none), `panels` (any of: stage spacetime events disk inspector, and of a log: log; of those below the
// stage, the first one named is shown first), `pace` (how it plays: `reading`, which holds a beat as long as its sentence takes to read, or
// `time`), `beats` (what play, Step and Back go by: ideas|commands|messages|everything, commands with a log only; by
// default ideas where the run has notes, else messages).
// Events, bubbling and composed: quorum-ready, quorum-step {step, events}, quorum-chosen and quorum-violation (the
// event of the run), quorum-error {message}. A refusal is an `Error` whose message a person can read.

import {
  Address,
  askedFor,
  broughtTo,
  configOf,
  firstStep,
  keptAs,
  remember,
  setIn,
  strange,
} from "./lab/attributes.js";
import { Session } from "./lab/engine/session.js";
import { Cancelled } from "./lab/engine/slices.js";
import { api, lend, Methods, sessionOf } from "./lab/methods.js";
import { SPEEDS } from "./lab/playback/player.js";
import { loadProtocol } from "./lab/protocols/index.js";
import { setAttr, still, style } from "./lab/shared/dom.js";
import { told } from "./lab/told.js";
import { Ui } from "./lab/ui.js";
import "./site.js"; // so that it is part of this file when they are packaged
/** @import { Config, Lab, Row, Run } from "./lab/engine/engine.js" */

const SHEET = new URL("./lab/lab.css", import.meta.url);

const TRY = "Press Play to follow the value. Or crash the server that just accepted it, before its vote is durable.";
const TRY_LOG = "Press Play, or let a client ask. Or crash the leader while one waits.";
const PLAY = "Press Play.";

/** So many steps of a new run are played before it is shown: that takes no time anybody would notice. */
const AT_ONCE = 2000;

export class QuorumLab extends Methods {
  static observedAttributes = ["speed", "theme", "controls", "panels", "loop", "pace", "beats"];

  /** @type {Ui | undefined} */
  #ui;
  /** @type {Session | undefined} */
  #session;
  #opened = 0;
  /** How the present `ready` ends; none once it has ended.
   * @type {{ resolve: (lab: any) => void, reject: (why: Error) => void } | undefined} */
  #ending;
  /** Resolves with this element when it can be used, and rejects with why it cannot. @type {Promise<this>} */
  ready = this.#awaited();

  constructor() {
    super();
    lend(this, {
      ready: () => this.ready,
      session: () => this.#session,
      ui: () => this.#ui,
      replace: (what, prepare) => this.#replace(what, prepare),
    });
  }

  connectedCallback() {
    if (this.#session && !this.#session.dead) return; // moved within the page
    if (!this.shadowRoot) {
      const root = this.attachShadow({ mode: "open" });
      this.#styled = style(root, SHEET);
    }
    if (keptAs(this) && !this.hasAttribute("theme")) setAttr(this, "theme", remember());
    addEventListener("pagehide", this.#leave);
    addEventListener("pageshow", this.#return);
    document.addEventListener("visibilitychange", this.#leave);
    addEventListener("hashchange", this.#hash);
    void this.#open();
  }

  disconnectedCallback() {
    queueMicrotask(() => {
      if (this.isConnected) return;
      removeEventListener("pagehide", this.#leave);
      removeEventListener("pageshow", this.#return);
      document.removeEventListener("visibilitychange", this.#leave);
      removeEventListener("hashchange", this.#hash);
      this.#opened++;
      this.#ui?.player.pause();
      this.#session?.close();
      this.#session = undefined;
    });
  }

  /** @type {Promise<unknown>} */
  #styled = Promise.resolve();

  #leave = (/** @type {globalThis.Event | PageTransitionEvent} */ event) => {
    const session = this.#session;
    if (!session || (event.type !== "pagehide" && !document.hidden)) return;
    if (event.type !== "pagehide") return session.leave();
    this.#address.write();
    session.leave(true);
    // A page that is put aside for later may lose its lock without a word. What is kept in it alone stays in it.
    this.#aside = "persisted" in event && event.persisted && session.kept !== "memory";
    if (this.#aside) void session.close(true);
  };

  #return = () => {
    if (this.#aside) void this.#open();
    this.#aside = false;
  };

  /** Whether the page was put aside, and its session closed. */
  #aside = false;

  #address = new Address(this, () => this.#session);

  /** @param {string} [name] without one, all of them */
  attributeChangedCallback(name) {
    const ui = this.#ui;
    if (!ui) return;
    ui.configure({
      panels: !name || name === "panels" ? this.getAttribute("panels") : undefined,
      controls: this.getAttribute("controls") ?? "full",
      loop: this.hasAttribute("loop"),
    });
    const speed = Number(this.getAttribute("speed") ?? 1);
    if (SPEEDS.includes(speed)) ui.commands.setSpeed(speed);
    const asked = (/** @type {string} */ of) => (!name || name === of ? this.getAttribute(of) : null);
    const [pace, beats] = [asked("pace"), asked("beats")];
    if (pace === "reading" || pace === "time") ui.commands.setPace(pace);
    if (beats === "ideas" || beats === "commands" || beats === "messages" || beats === "everything") ui.by(beats);
  }

  /** @returns {Promise<this>} its rejection need not be handled */
  #awaited() {
    const ready = new Promise((resolve, reject) => (this.#ending = { resolve, reject }));
    ready.catch(() => {});
    return ready;
  }

  /** Opens a session, in place of any other, and shows it. @param {boolean} [afresh] with another run */
  async #open(afresh = false) {
    const turn = ++this.#opened;
    const before = this.#opening;
    if (!this.#ending) this.ready = this.#awaited(); // opened before: callers wait for the new session
    const closed = this.#session?.close();
    this.#session = undefined;
    this.#build();
    const ui = /** @type {Ui} */ (this.#ui);
    // One after the other: the session before still holds the lock of the run.
    this.#opening = before.then(() => closed).then(() => this.#start(turn, afresh, ui));
    await this.#opening;
  }

  /** @type {Promise<void>} */
  #opening = Promise.resolve();

  /** @param {number} turn @param {boolean} afresh @param {Ui} ui @returns {Promise<void>} */
  async #start(turn, afresh, ui) {
    if (turn !== this.#opened) return;
    try {
      const brought = this.#declined ? null : await broughtTo(this);
      const session = await Session.open({
        name: brought?.alone ? null : keptAs(this),
        config: configOf(this),
        afresh,
        begin: (lab) => this.#prepare(lab, !brought),
        opening: (done, steps, cancel) => turn === this.#opened && ui.notices.opening(done, steps, cancel),
        run: brought?.run,
        changed: (rows) => this.#changed(rows),
        moved: () => this.#moved(),
        tell: (topic, text) => turn === this.#opened && ui.notices.add(topic, text),
        panicked: (text) => ui.panicked(text),
      });
      const step = firstStep(this) ?? 0;
      if (session.fresh && !brought && step > AT_ONCE) await session.seek(step);
      await this.#styled;
      const protocol = await this.#protocol(session);
      const alone = !!brought?.alone;
      if (alone)
        ui.notices.add(
          "linked",
          `This ${brought?.challenge ? "is a challenge" : "run came with a link"} and is not saved. “My run” is the one from before.`,
        );
      const odd = brought?.says || strange(this);
      if (odd) await ui.notices.said.then(() => ui.notices.add("address", odd)); // after it: on a phone the last is seen
      await ui.notices.said; // so that it pushes nothing down
      if (turn !== this.#opened) return session.close();
      this.#session = session;
      this.#alone = alone;
      ui.attach(session, protocol);
      const set = (!alone && !session.fresh && setIn(keptAs(this))) || brought?.challenge;
      if (set) await ui.dialogs.challenge(set);
      this.#begin(session, ui);
    } catch (error) {
      if (turn !== this.#opened) return;
      if (error instanceof Cancelled) {
        this.#declined = true;
        ui.notices.add("linked", "The run that was asked for was not opened.");
        return this.#start(turn, afresh, ui);
      }
      const why = await api().then(
        ({ refusal }) => refusal(error),
        () => error,
      );
      const text = `Quorum could not start. ${/** @type {Error} */ (why).message}`;
      await this.#styled;
      await ui.unavailable(text, askedFor(this) ? keptAs(this) : undefined);
      this.#emit("quorum-error", { message: text });
      this.#ending?.reject(new Error(text));
      this.#ending = undefined;
    }
  }

  /** What shows the run of a session, with its styles. @param {Session} session */
  async #protocol(session) {
    const protocol = await loadProtocol(session.view().protocol);
    const { sheet } = protocol;
    if (sheet) await style(/** @type {ShadowRoot} */ (this.shadowRoot), sheet);
    return protocol;
  }

  #build() {
    this.#ui?.element.remove();
    this.#ui = new Ui({
      failed: (error) => this.#emit("quorum-error", { message: error.message }),
      reopen: (afresh) => void this.#open(afresh),
      reset: (config) =>
        this.#replace(config ?? configOf(this), config ? undefined : (lab) => this.#prepare(lab)).then(this.#tellKept),
      take: (run) => this.#replace({ run }).then(this.#tellKept),
      back: (name) =>
        this.#replaced((session) => session.branches((b) => b.openKept(session, name))).then(this.#tellBack),
      alone: () => {
        this.#address.clear();
        void this.#open();
      },
      ownPage: () => this.hasAttribute("fragment"),
      theme: (theme) => {
        this.setAttribute("theme", theme);
        if (keptAs(this)) remember(theme);
        this.#ui?.draw();
      },
    });
    this.attributeChangedCallback();
    /** @type {ShadowRoot} */ (this.shadowRoot).append(this.#ui.element);
  }

  /** @param {Session} session @param {Ui} ui */
  #begin(session, ui) {
    const { step, at, next, protocol } = session.view();
    if (session.fresh && next && !this.hasAttribute("step") && !this.#alone) {
      if (step && !session.options.run) ui.player.now = at + (next.at - at) * 0.4;
      const tries = protocol === "log" ? TRY_LOG : TRY;
      ui.store.tip = step ? tries : PLAY;
      ui.draw();
    } else this.#address.moved();
    this.#ending?.resolve(this);
    this.#ending = undefined;
    this.#emit("quorum-ready", {});
    if (this.hasAttribute("autoplay") && !still() && !ui.store.locked) ui.player.play();
  }

  /** @param {Lab} lab @param {boolean} [afresh] whether its run was not brought along */
  #prepare(lab, afresh = true) {
    const step = firstStep(this);
    if (afresh && !lab.position().length) lab.opening(step === undefined ? step : Math.min(step, AT_ONCE));
    else if (step !== undefined) lab.seek(step);
  }

  /** Whether a person did not want to wait for the run that was asked for. */
  #declined = false;

  /** Opens what the address asks for now; one's own run again, once it no longer asks for another. Other fragments are
   * other people's: opening anew would be a power cut. */
  #hash = () => {
    this.#declined = false;
    if (this.hasAttribute("fragment") && (askedFor(this) || this.#alone)) return void this.#open();
    const odd = strange(this);
    if (odd) this.#ui?.notices.add("address", odd);
  };

  /** Whether the run shown came with the page's address. */
  #alone = false;

  /** @param {Row[]} rows */
  #changed(rows) {
    const session = this.#session;
    if (!session) return;
    this.#ui?.changed(rows);
    this.#address.moved();
    this.#emit("quorum-step", told(session, rows));
    if (!rows.some(({ event }) => event === "chosen" || event === "violated")) return;
    for (const event of session.events(rows[0].step, rows[0].step)) {
      if (event.event === "chosen") this.#emit("quorum-chosen", event);
      if (event.event === "violated") this.#emit("quorum-violation", event);
    }
  }

  #moved() {
    const session = this.#session;
    if (!session) return;
    this.#ui?.moved();
    this.#address.moved();
    this.#emit("quorum-step", { step: session.position().step, events: [] });
  }

  /** @param {string} type @param {object} detail */
  #emit(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail, bubbles: true, composed: true }));
  }

  /** @param {Config | { run: Run }} what @param {(lab: Lab) => void} [prepare] */
  #replace(what, prepare) {
    return this.#replaced((session) => session.replace(what, prepare));
  }

  /** @param {(session: Session) => Promise<boolean>} change to another run @returns {Promise<boolean>} what it gives */
  async #replaced(change) {
    const session = sessionOf(this);
    const kept = await change(session);
    const shown = await this.#protocol(session);
    const { step } = session.view();
    this.#ui?.notices.clear();
    this.#ui?.restart(shown);
    this.#address.moved();
    this.#emit("quorum-step", { step, events: [] });
    return kept;
  }

  /** @param {boolean} kept whether the run that was in its place was kept */
  #tellBack = (kept) => {
    const other = " The one in its place is kept: “Scenarios” lists it under “Kept from before”.";
    this.#ui?.notices.add("back", `Your run is back, as you left it.${kept ? other : ""}`);
  };

  /** @param {boolean} kept whether the run before was kept */
  #tellKept = (kept) => {
    if (kept) this.#ui?.notices.add("replaced", "Your run is kept: “Scenarios” lists it under “Kept from before”.");
  };
}

// The engine without a page around it: `const { Lab } = await engine()`.
export { engine } from "./lab/engine/engine.js";

if (!customElements.get("quorum-lab")) customElements.define("quorum-lab", QuorumLab);
