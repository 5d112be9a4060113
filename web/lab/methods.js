// What a page around the lab may ask of it: the methods of the element. Those that change something are loaded at their
// first call, wait until there is a run, and reject with a sentence that is also said on the page. What they use of the
// element is lent to this module alone: nobody else gets at it.

import { configOf } from "./attributes.js";
import { late } from "./engine/late.js";
/** @import { Commands } from "./commands.js" */
/** @import { Action, Config, Event, Lab, Run, Timeline, View } from "./engine/engine.js" */
/** @import { Session } from "./engine/session.js" */
/** @import { Notices } from "./notices.js" */
/** @import { Player } from "./playback/player.js" */
/** @import { Store } from "./store.js" */

/** @typedef {typeof import("./api.js")} Api */
/**
 * @typedef {{ commands: Commands, notices: Notices, player: Player, store: Store, show: (ms: number) => void }}
 *   Shown
 */

/**
 * @typedef {object} Lent
 * @property {() => Promise<unknown>} ready resolves once there is a run
 * @property {() => Promise<unknown>} left resolves once the element is taken out of the page, or moved in it
 * @property {() => Session | undefined} session of the run
 * @property {() => Shown | undefined} ui what shows it
 * @property {(what: Config | { run: Run }, prepare?: (lab: Lab) => void) => Promise<unknown>} replace by another run
 */

/** @type {WeakMap<Methods, Lent>} */
const lent = new WeakMap();

/** Lets the methods of an element use what is its own. @param {Methods} lab @param {Lent} what */
export const lend = (lab, what) => void lent.set(lab, what);

/** @param {Methods} lab */
const own = (lab) => /** @type {Lent} */ (lent.get(lab));

const WAIT = "The lab is not ready yet: wait for its `ready`.";
const ABSENT = "The lab is not ready, because it is in no page: put it into one first.";

/** @param {Methods} lab @returns {Session} */
export function sessionOf(lab) {
  const session = own(lab).session();
  if (!session) throw new Error(lab.isConnected ? WAIT : ABSENT);
  return session;
}

/** Waits until there is a run; rejects once the element is in no page, since none will come. @param {Methods} lab */
function there(lab) {
  const { left, ready, session } = own(lab);
  const absent = async () => {
    await new Promise((done) => setTimeout(done)); // whoever makes a lab puts it into the page at once
    while (lab.isConnected) await left();
    sessionOf(lab);
  };
  return session() ? ready() : Promise.race([ready(), absent()]);
}

/** What the methods that change something do. @type {() => Promise<Api>} */
export const api = late(
  (attempt) => (attempt ? import(new URL(`./api.js?${attempt}`, import.meta.url).href) : import("./api.js")),
  "The lab's methods did not load. Check that the page is online, and try again.",
);

/** Calls a method that changes something. @param {Methods} lab @param {keyof Api["methods"]} name @param {...any} given
 * @returns {Promise<any>} rejects with a sentence */
async function call(lab, name, ...given) {
  const { replace, ui } = own(lab);
  await there(lab);
  /** @type {Api | undefined} */
  let loaded;
  try {
    const session = sessionOf(lab);
    const { halts } = session;
    loaded = await api();
    /** @type {import("./api.js").Inside} */
    const inside = {
      session,
      halts,
      replace,
      config: () => configOf(lab),
      show: (ms) => ui()?.show(ms),
      hear: () => ui()?.store.hear(),
      site: () => lab.getAttribute("site"),
    };
    return await /** @type {any} */ (loaded.methods[name])(inside, ...given);
  } catch (error) {
    const why = /** @type {Error} */ (loaded ? loaded.refusal(error) : error);
    ui()?.notices.refuse(why);
    throw why;
  }
}

/** A server that renders pages evaluates modules, too, and has no elements. @type {typeof HTMLElement} */
const Base = globalThis.HTMLElement ?? class {};

export class Methods extends Base {
  /** Does what the clock does next, `n` times or until nothing is left or `pause()` is called. @param {number} [n]
   * @returns {Promise<void>} */
  async forward(n = 1) {
    await call(this, "step", n);
  }

  /** The same by a name that it shares with an attribute. @deprecated `forward` @param {number} [n]
   * @returns {Promise<void>} */
  async step(n = 1) {
    await call(this, "step", n);
  }

  /** Goes back. @param {number} [n] steps, 1 or more; at most to the beginning @returns {Promise<void>} */
  async back(n = 1) {
    await call(this, "back", n);
  }

  /** Goes on by beats of the size that is chosen, until nothing is left, `pause()` is called, or a beat past the end of
   * what is on record of a log takes more than 2,000 ms of simulated time; by a negative number, back.
   * @param {number} [n] @returns {Promise<void>} */
  async beat(n = 1) {
    await call(this, "beat", n);
  }

  /** Goes to a step of this branch, or on to one that has not happened yet, unless `pause()` is called meanwhile.
   * @param {number} step @returns {Promise<void>} */
  async seek(step) {
    await call(this, "seek", step);
  }

  /**
   * Shows a time of this branch: the moment of the last step at or before it, with messages where they are on their way
   * at exactly that time. A time that has not come yet is gone on to.
   * @param {number} ms simulated, 0 or more; not only whole ones @returns {Promise<void>}
   */
  async at(ms) {
    this.pause();
    await call(this, "at", ms);
  }

  /** @returns {Timeline} every course the run took, and what there is to find in this one */
  timeline() {
    return sessionOf(this).timeline();
  }

  /** Leaves what is on record after this moment as a branch, and begins another here.
   * @returns {Promise<void>} rejects if there are too many */
  async fork() {
    await call(this, "fork");
  }

  /** Goes to the end of a branch. @param {number} branch
   * @returns {Promise<void>} rejects if there is none of that number */
  async switchTo(branch) {
    await call(this, "switchTo", branch);
  }

  /** Plays, as soon as there is something to play. */
  play() {
    const failed = () => {}; // why not is on the page
    const { ready, ui } = own(this);
    ready().then(() => ui()?.commands.play(), failed);
  }

  /** Stops playing, and calls off every step that is under way or was asked for. */
  pause() {
    const { session, ui } = own(this);
    ui()?.player.pause();
    session()?.halt();
  }

  /** Does a person's action, now. @param {Action} action
   * @returns {Promise<void>} rejects with why it is not possible */
  async apply(action) {
    await call(this, "apply", action);
  }

  /** @returns {Action[]} everything possible now */
  actions() {
    return sessionOf(this).actions();
  }

  /** @param {{ slots?: [first: number, last: number] }} [of] which slots of a log, in place of the latest
   * @returns {View} what is true now */
  view({ slots } = {}) {
    const session = sessionOf(this);
    return slots ? session.viewOf(slots) : structuredClone(session.view());
  }

  /** @param {number} [from] a step @returns {Event[]} */
  events(from = 0) {
    return sessionOf(this).events(from);
  }

  /** For showing two labs on one clock.
   * @returns {import("./engine/record.js").Record} what happened in this branch, in brief */
  get record() {
    return sessionOf(this).record;
  }

  /** @returns {Run} */
  getRun() {
    return sessionOf(this).run();
  }

  /** The same by a name that it shares with an attribute. @deprecated `getRun` @returns {Run} */
  run() {
    return sessionOf(this).run();
  }

  /** Replays a run, or plays a scenario, in place of this one. @param {Run | object} run
   * @returns {Promise<void>} rejects if it is damaged */
  async load(run) {
    await call(this, "load", run);
  }

  /** @returns {Promise<string>} the address of this run on Quorum's own page; rejects if it is too long for one */
  async share() {
    return call(this, "share");
  }

  /** Starts another run, at step 0. @param {Config} [config]
   * @returns {Promise<void>} rejects with what is wrong with it */
  async reset(config) {
    await call(this, "reset", config);
  }
}
