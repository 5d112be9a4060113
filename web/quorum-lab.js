// <quorum-lab>: a laboratory for Paxos as one HTML element.
//
//     <script type="module" src="quorum-lab.js"></script>
//     <quorum-lab nodes="5" panels="stage events"></quorum-lab>
//     <quorum-lab scenario="chosen-but-nobody-knows" step="40" controls="compact"></quorum-lab>
//
// Which run is shown: `nodes` (1..101), `seed` (0..2^53-1), `protocol` ("single", "log"), `persist` (a name to keep the
// run under in this browser, or "none"), `scenario` (the name of one), `run` (a link, or what follows its #), `src` (the
// address of a run's or scenario's file), `challenge` (the name of one), `fragment` (whether to take a run from the
// page's own address), `step` (go to that step), `cluster` (the address of real servers: the lab follows them).
// How: `autoplay`, `loop` (from the end, play from the beginning), `speed` (1/8 … 64 as a decimal), `theme`
// (auto|light|dark), `controls` (full|compact|none), `panels` (any of: stage spacetime events disk inspector, and of a
// log: log; of those below the stage, the first one named is shown first), `pace` (how it plays: `reading`, which holds
// a beat as long as its sentence takes to read, or `time`), `beats` (what play, Step and Back go by:
// ideas|commands|messages|everything, commands with a log only; by default ideas where the run has notes, else
// messages), `print` (`events`: on paper the events, too).
// All of them may change at any time, and are properties, too.
// Events, bubbling and composed: quorum-ready, quorum-step {step, events}, quorum-chosen and quorum-violation (the
// event of the run), quorum-error {message}. A refusal is an `Error` whose message a person can read.

import { Asked } from "./lab/after-start.js";
import {
  Address,
  askedFor,
  broughtTo,
  choose,
  configOf,
  firstStep,
  keptAs,
  recallChoices,
  setIn,
} from "./lab/attributes.js";
import { late } from "./lab/engine/late.js";
import { api, lend, Methods, sessionOf } from "./lab/methods.js";
import { near, sight } from "./lab/near.js";
import { SPEEDS } from "./lab/playback/speeds.js";
import { ATTRIBUTES, has, reflect, RUN, upgrade, WORDS } from "./lab/properties.js";
import { follow } from "./lab/scheme.js";
import { h, still } from "./lab/shared/element.js";
import { style } from "./lab/shared/style.js";
import { Waiting } from "./lab/waiting.js";
import "./site.js"; // so that it is part of this file when they are packaged
/** @import { Config, Lab, Row, Run } from "./lab/engine/engine.js" */
/** @import { Session } from "./lab/engine/session.js" */
/** @import { Ui } from "./lab/ui.js" */

/** What a figure is made of. @typedef {typeof import("./laboratory.js")} Laboratory */

/** @type {() => Promise<Laboratory>} */
const laboratory = late(
  (attempt) =>
    attempt ? import(new URL(`./laboratory.js?${attempt}`, import.meta.url).href) : import("./laboratory.js"),
  "A part of it did not load. Check that the page is online.",
);

/** @type {() => Promise<typeof import("./lab/following.js")>} */
const following = late(
  (attempt) =>
    attempt ? import(new URL(`./lab/following.js?${attempt}`, import.meta.url).href) : import("./lab/following.js"),
  "What follows real servers did not load. Check that the page is online.",
);

const SHEET = new URL("./lab/lab.css", import.meta.url);

/** So many steps of a new run are played before it is shown: that takes no time anybody would notice. */
const AT_ONCE = 2000;

export class QuorumLab extends Methods {
  static observedAttributes = [...ATTRIBUTES, "lang"];

  /** @type {Ui | undefined} */
  #ui;
  /** @type {Session | undefined} */
  #session;
  #opened = 0;
  /** How the present `ready` ends; none once it has ended.
   * @type {{ resolve: (lab: any) => void, reject: (why: Error) => void } | undefined} */
  #ending;
  /** @type {Promise<this>} */
  #ready = this.#awaited();
  /** What stands here until there is something to show. @type {Waiting | undefined} */
  #waiting;
  /** @type {Laboratory | undefined} */
  #made;
  /** In which it speaks of itself, once they are there. @type {import("./lab/words/index.js").Words | undefined} */
  #words;
  /** Ends waiting until it is near to what is seen. */
  #hurried = new AbortController();
  #internals = this.attachInternals();
  /** Until the element is taken out of the page, or moved in it. */
  #here = new AbortController();
  /** Inherits the colour of the page's own text. */
  #probe = h("i", { class: "probe", "aria-hidden": "true" });

  constructor() {
    super();
    this.#internals.role = "group";
    lend(this, {
      ready: () => this.ready,
      left: () => new Promise((done) => this.#here.signal.addEventListener("abort", done)),
      session: () => this.#session,
      ui: () => this.#ui,
      replace: (what, prepare) => this.#replace(what, prepare),
    });
  }

  connectedCallback() {
    upgrade(this);
    if (!this.shadowRoot) {
      const root = this.attachShadow({ mode: "open" });
      root.append(this.#probe);
      this.#waiting = new Waiting(this, root);
    }
    const moved = this.#session && !this.#session.dead; // within the page
    if (!moved) recallChoices(this);
    this.#here.abort();
    this.#here = new AbortController();
    const { signal } = this.#here;
    addEventListener("pagehide", this.#leave, { signal });
    addEventListener("pageshow", this.#return, { signal });
    document.addEventListener("visibilitychange", this.#leave, { signal });
    addEventListener("hashchange", this.#hash, { signal });
    follow(this, this.#internals.states, this.#probe, signal, () => this.#ui?.draw());
    sight(this, signal, (inSight) => this.#seen(inSight));
    if (moved) return;
    this.#address.arrive();
    void this.#open();
  }

  /** Resolves with this element when it can be used, and rejects with why it cannot. Whoever asks does not want to wait
   * until somebody comes near. */
  get ready() {
    this.#hurried.abort();
    return this.#ready;
  }

  disconnectedCallback() {
    queueMicrotask(() => {
      if (this.isConnected) return;
      this.#here.abort();
      this.#opened++;
      this.#ui?.end();
      this.#session?.close();
      this.#session = undefined;
    });
  }

  /** The style sheet. @returns {Promise<boolean>} whether it applies */
  #styled() {
    return style(/** @type {ShadowRoot} */ (this.shadowRoot), SHEET);
  }

  #leave = (/** @type {globalThis.Event | PageTransitionEvent} */ event) => {
    const session = this.#session;
    if (!session || (event.type !== "pagehide" && !document.hidden)) return;
    if (event.type !== "pagehide") return session.leave();
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

  #asked = new Asked(this, {
    session: () => this.#session,
    ui: () => this.#ui,
    again: () => {
      if (!this.#ending) this.#ready = this.#awaited();
    },
    ready: (work) => {
      this.#ready = work.then(() => this);
      this.#ready.catch(() => {});
    },
    open: () => {
      this.#declined = false;
      void this.#open();
    },
    replace: async (given, begin) => this.#tellKept(await this.#replace(given, begin)),
    begin: (lab, afresh) => this.#prepare(lab, afresh),
    failed: (message) => this.#emit("quorum-error", { message }),
  });

  /** @param {string} [name] without one, all of them @param {string | null} [before] @param {string | null} [now] */
  attributeChangedCallback(name, before, now) {
    const ui = this.#ui;
    this.#waiting?.draw();
    if (name === "loading" && now === "eager") this.#hurried.abort();
    if (!ui) return;
    if (name === "lang") return void this.#speak();
    if (name && (name === "step" || RUN.includes(name))) {
      if (name === "step" || before !== now) this.#asked.want(name);
      return;
    }
    ui.configure({
      panels: !name || name === "panels" ? this.getAttribute("panels") : undefined,
      controls: this.getAttribute("controls") ?? "full",
      loop: has(this, "loop"),
      moves: has(this, "autoplay"),
      print: this.getAttribute("print"),
    });
    const speed = Number(this.getAttribute("speed") ?? 1);
    if (SPEEDS.includes(speed)) ui.commands.setSpeed(speed);
    const asked = (/** @type {string} */ of) => {
      const word = !name || name === of ? this.getAttribute(of) : null;
      return word && WORDS[of].includes(word) ? word : null;
    };
    const [pace, beats] = [asked("pace"), asked("beats")];
    if (pace) ui.commands.setPace(/** @type {import("./lab/playback/player.js").Pace} */ (pace));
    if (beats) ui.by(/** @type {import("./lab/engine/engine.js").BeatSize} */ (beats));
    if (name === "autoplay") this.#autoplay();
    if (name) this.#asked.complain();
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
    if (!this.#ending) this.#ready = this.#awaited(); // opened before: callers wait for the new session
    const closed = this.#session?.close();
    this.#session = undefined;
    if (this.#made) this.#build(this.#made);
    const { signal } = this.#here;
    // One after the other: the session before still holds the lock of the run.
    this.#opening = before.then(() => closed).then(() => this.#arrive(turn, afresh, signal));
    await this.#opening;
  }

  /** Opens it once somebody is near. @param {number} turn @param {boolean} afresh @param {AbortSignal} signal */
  async #arrive(turn, afresh, signal) {
    if (this.getAttribute("loading") !== "eager" && !this.#made)
      await near(this, AbortSignal.any([signal, this.#hurried.signal]));
    if (turn !== this.#opened) return;
    try {
      this.#foresee();
      const [made, styled] = await Promise.all([laboratory(), this.#styled()]);
      if (turn !== this.#opened) return;
      if (!styled) throw new Error("Its style sheet did not load. Check that the page is online.");
      this.#words = await made.wordsOf(this.getAttribute("lang"));
      if (turn !== this.#opened) return;
      this.#made = made;
      const ui = this.#ui ?? this.#build(made);
      if (this.getAttribute("loading") === "eager") this.#shown();
      await this.#start(turn, afresh, ui, made);
    } catch (error) {
      if (turn !== this.#opened) return;
      const text = `Quorum could not start. ${/** @type {Error} */ (error).message}`;
      this.#waiting?.failed(text, () => this.#open());
      this.#emit("quorum-error", { message: text });
      this.#ending?.reject(new Error(text));
      this.#ending = undefined;
    }
  }

  /** Asks for what is going to be needed, beside what says so. */
  #foresee() {
    const failed = () => {}; // whoever needs it says so
    if (this.getAttribute("scenario")) broughtTo(this, "").catch(failed);
  }

  /** There is something to show in the place of what stood here. */
  #shown() {
    this.#waiting?.end();
    this.#waiting = undefined;
  }

  #inSight = false;
  /** Whether it is to play by itself once it is in sight. */
  #resumes = false;

  /** Nobody sees it play: what plays by itself goes on when somebody does. @param {boolean} inSight */
  #seen(inSight) {
    this.#inSight = inSight;
    const player = this.#ui?.player;
    if (!player || !has(this, "autoplay")) return;
    if (inSight && this.#resumes) return this.#autoplay();
    if (inSight || !player.playing) return;
    player.pause();
    this.#resumes = true;
  }

  /** @type {Promise<void>} */
  #opening = Promise.resolve();

  /** @param {number} turn @param {boolean} afresh @param {Ui} ui @param {Laboratory} made @returns {Promise<void>} */
  async #start(turn, afresh, ui, made) {
    if (turn !== this.#opened) return;
    try {
      const cluster = this.getAttribute("cluster");
      const servers = cluster ? await (await following()).reach(cluster, this.#here.signal) : undefined;
      const brought = this.#declined || servers ? null : await broughtTo(this);
      const session = await made.Session.open({
        name: brought?.alone || servers ? null : keptAs(this),
        config: servers?.config ?? configOf(this),
        afresh,
        begin: (lab) => servers || this.#prepare(lab, !brought),
        opening: (done, steps, cancel) => {
          if (turn !== this.#opened) return;
          this.#shown();
          ui.notices.opening(done, steps, cancel);
        },
        run: brought?.run,
        changed: (rows) => this.#changed(rows),
        moved: () => this.#moved(),
        tell: (topic, text) => turn === this.#opened && this.#ui?.notices.add(topic, text),
        panicked: (text) => this.#ui?.panicked(text),
      });
      const step = firstStep(this) ?? 0;
      if (session.fresh && !brought && !servers && step > AT_ONCE) await session.seek(step);
      const protocol = await this.#protocol(session, made);
      const alone = !!brought?.alone;
      ui.notices.drop("linked");
      if (alone) {
        const { visited } = await import("./lab/engine/kept.js");
        ui.notices.add("linked", ...(await visited(keptAs(this), !!brought.challenge)));
      }
      const says = brought?.says || made.strange(this);
      if (says) await ui.notices.said.then(() => ui.notices.add("address", says)); // after it: on a phone the last is seen
      await ui.notices.said; // so that it pushes nothing down
      if (turn !== this.#opened) return session.close();
      this.#session = session;
      this.#alone = alone;
      ui.attach(session, protocol);
      servers?.lead(session, (text) => ui.notices.add("cluster", text));
      this.#shown();
      const set = (!alone && !session.fresh && setIn(keptAs(this))) || brought?.challenge;
      if (set) await ui.dialogs.challenge(set);
      this.#begin(session, ui);
    } catch (error) {
      if (turn !== this.#opened) return;
      if (error instanceof made.Cancelled) {
        this.#declined = true;
        ui.notices.add("linked", "The run that was asked for was not opened.");
        return this.#start(turn, afresh, ui, made);
      }
      const why = await api().then(
        ({ refusal }) => refusal(error),
        () => error,
      );
      const text = `Quorum could not start. ${/** @type {Error} */ (why).message}`;
      this.#shown();
      const meant = /** @type {{ like?: string[] }} */ (error).like;
      await ui.unavailable(text, askedFor(this) ? keptAs(this) : undefined, meant);
      this.#emit("quorum-error", { message: text });
      this.#ending?.reject(new Error(text));
      this.#ending = undefined;
    }
  }

  /** What shows the run of a session, with its styles. @param {Session} session @param {Laboratory} made */
  async #protocol(session, made) {
    const protocol = await made.loadProtocol(session.view().protocol);
    const { sheet } = protocol;
    if (sheet) await style(/** @type {ShadowRoot} */ (this.shadowRoot), sheet);
    return protocol;
  }

  /** @param {Laboratory} made @returns {Ui} */
  #build({ Ui }) {
    this.#ui?.end();
    this.#ui?.element.remove();
    const ui = new Ui(
      {
        failed: (error) => this.#emit("quorum-error", { message: error.message }),
        reopen: (afresh) => void this.#open(afresh),
        reset: (config) => (config ? this.#own(config) : this.#afresh()).then(this.#tellKept),
        take: (run, here) => (here ? this.#replace({ run }) : this.#own({ run })).then(this.#tellKept),
        back: (name) =>
          this.#replaced((session) => session.branches((b) => b.openKept(session, name))).then(this.#tellBack),
        alone: () => {
          this.#address.clear();
          void this.#open();
        },
        ownPage: () => has(this, "fragment"),
        printing: (now) => this.#internals.states[now ? "add" : "delete"]("printing"),
        choose: (choice, value) => {
          choose(this, choice, value);
          this.#ui?.draw();
        },
      },
      /** @type {import("./lab/words/index.js").Words} */ (this.#words),
    );
    this.#ui = ui;
    this.attributeChangedCallback();
    /** @type {ShadowRoot} */ (this.shadowRoot).append(ui.element);
    return ui;
  }

  /** Speaks another language, about the same moment. */
  async #speak() {
    const made = this.#made;
    const words = await made?.wordsOf(this.getAttribute("lang"));
    if (!made || !words || words === this.#words || !this.#ui) return;
    this.#words = words;
    const { protocol } = this.#ui.store;
    const ui = this.#build(made);
    if (!this.#session) return;
    ui.attach(this.#session, protocol);
    this.#name(this.#session);
  }

  /** @param {Session} session @param {Ui} ui */
  #begin(session, ui) {
    const { step, at, next, protocol } = session.view();
    if (session.fresh && next && !this.hasAttribute("step") && !this.#alone) {
      if (step && !session.options.run) ui.player.now = at + (next.at - at) * 0.4;
      const { words } = ui.store;
      const tries = protocol === "log" ? words.tryLog : words.try;
      ui.store.tip = step ? tries : words.press;
      ui.draw();
    } else this.#address.moved();
    this.#ending?.resolve(this);
    this.#ending = undefined;
    this.#emit("quorum-ready", {});
    this.#name(session);
    this.#autoplay();
    this.#asked.complain();
  }

  #autoplay() {
    const ui = this.#ui;
    this.#resumes = has(this, "autoplay") && !this.#inSight;
    if (has(this, "autoplay") && this.#inSight && !still() && ui?.store.alive && !ui.store.locked) ui.player.play();
  }

  /** Names the element for whoever cannot see it; a page may name it otherwise. @param {Session} session */
  #name({ notes }) {
    const words = this.#ui?.store.words;
    if (words) this.#internals.ariaLabel = words.name(words.told(notes?.title ?? "Quorum"));
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
    this.#address.given();
    if (has(this, "fragment") && (askedFor(this) || this.#alone)) return void this.#open();
    const says = this.#made?.strange(this);
    if (says) this.#ui?.notices.add("address", says);
  };

  /** Whether the run shown came with the page's address. */
  #alone = false;

  /** @param {Row[]} rows */
  #changed(rows) {
    const session = this.#session;
    if (!session) return;
    this.#ui?.changed(rows);
    this.#address.moved();
    this.#emit("quorum-step", /** @type {Laboratory} */ (this.#made).told(session, rows));
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

  /** What a person begins here is a run of their own, and saved, also where the one shown came with a link: it takes the place of their
   * own run. @param {Config | { run: Run }} what @param {(lab: Lab) => void} [prepare] */
  async #own(what, prepare) {
    if (this.#alone) {
      if ("run" in what) await this.#replace(what); // a damaged one is refused, and the link is still shown
      this.#address.clear();
      await this.#open();
    }
    return this.#replace(what, prepare);
  }

  /** Begins what a first visit begins with. */
  async #afresh() {
    const brought = await broughtTo(this, "");
    const kept = await this.#own(brought ? { run: brought.run } : configOf(this), (lab) =>
      this.#prepare(lab, !brought),
    );
    if (brought?.challenge) await this.#ui?.dialogs.challenge(brought.challenge);
    return kept;
  }

  /** @param {(session: Session) => Promise<boolean>} change to another run @returns {Promise<boolean>} what it gives */
  async #replaced(change) {
    const session = sessionOf(this);
    const kept = await change(session);
    const shown = await this.#protocol(session, /** @type {Laboratory} */ (this.#made));
    const { step } = session.view();
    this.#ui?.notices.clear();
    this.#ui?.notices.quiet();
    this.#ui?.restart(shown);
    this.#name(session);
    this.#address.moved();
    this.#emit("quorum-step", { step, events: [] });
    return kept;
  }

  /** @param {boolean} kept whether the run that was in its place was kept */
  #tellBack = (kept) => {
    const other = " The one in its place is kept: “Scenarios” lists it under “Kept from before”.";
    this.#ui?.notices.add("back", `Your run is back.${kept ? other : ""}`);
  };

  /** @param {boolean} kept whether the run before was kept */
  #tellKept = (kept) => {
    if (kept) this.#ui?.notices.add("replaced", "Your run is kept: “Scenarios” lists it under “Kept from before”.");
  };
}

/** The engine without a page around it: `const { Lab } = await engine()`. @param {Config} [config] of the run that it is for
 * @returns {Promise<import("./lab/engine/engine.js").Engine>} */
export const engine = async (config) => (await import("./lab/engine/engine.js")).engine(config);

reflect(QuorumLab.prototype);
// Where pages are rendered before they are sent there are none to define.
if (globalThis.customElements && !customElements.get("quorum-lab")) customElements.define("quorum-lab", QuorumLab);
