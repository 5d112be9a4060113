// Shows what the attributes ask for after the start: another step, another run. What cannot be had is said on the page,
// and the run before stays.

import { broughtTo, configOf, firstStep } from "./attributes.js";
import { complaints } from "./complaints.js";
/** @import { Dialogs } from "./dialogs/dialogs.js" */
/** @import { Config, Lab, Run } from "./engine/engine.js" */
/** @import { Session } from "./engine/session.js" */
/** @import { Notices } from "./notices.js" */
/** @import { Player } from "./playback/player.js" */

/** So many steps of a new run are played before it is shown. */
const AT_ONCE = 2000;

/**
 * @typedef {object} Shown what the element lends
 * @property {() => Session | undefined} session
 * @property {() => { dialogs: Dialogs, notices: Notices, player: Player } | undefined} ui
 * @property {() => void} again lets whoever waits for the lab wait for another start
 * @property {(work: Promise<unknown>) => void} ready is once this is done
 * @property {() => void} open another session
 * @property {(what: Config | { run: Run }, prepare: (lab: Lab) => void) => Promise<void>} replace the run by another
 * @property {(lab: Lab, afresh: boolean) => void} begin brings a run to where it should start
 * @property {(message: string) => void} failed tells the page around
 */

export class Live {
  /** How often another run was asked for: only the latest is shown. */
  #turn = 0;

  /** @param {HTMLElement & { ready: Promise<any> }} lab @param {Shown} shown */
  constructor(lab, shown) {
    this.lab = lab;
    this.shown = shown;
  }

  /** @param {Set<string>} wanted names of attributes that are others now @returns {Promise<unknown>} once that is shown */
  async take(wanted) {
    const { lab, shown } = this;
    if (!lab.isConnected) return;
    const session = shown.session();
    if (!session || wanted.has("persist") || wanted.has("cluster")) {
      shown.open(); // where nothing could be shown there is nothing to keep
      return session && lab.ready;
    }
    try {
      await (wanted.size === 1 && wanted.has("step") ? this.#goTo(session) : this.#anew());
      this.complain();
    } catch (error) {
      this.#tell(/** @type {Error} */ (error).message);
    }
  }

  /** @param {Session} session */
  async #goTo(session) {
    const step = firstStep(this.lab);
    this.shown.ui()?.player.pause();
    if (step !== undefined) await session.seek(step);
  }

  async #anew() {
    const { lab, shown } = this;
    const turn = ++this.#turn;
    const brought = await broughtTo(lab, "");
    const session = shown.session();
    if (turn !== this.#turn || !session) return;
    await shown.replace(brought ? { run: brought.run } : configOf(lab), (run) => shown.begin(run, !brought));
    if (brought?.challenge) await shown.ui()?.dialogs.challenge(brought.challenge);
    if (!brought && (firstStep(lab) ?? 0) > AT_ONCE) await this.#goTo(session);
  }

  /** Says what is wrong with the attributes, where whoever wrote them looks, and to the page. */
  complain() {
    const session = this.shown.session();
    const text = session && complaints(this.lab, session.fresh ? session.position().length : undefined);
    if (text) this.#tell(text);
    else this.shown.ui()?.notices.drop("attributes");
  }

  /** @param {string} text about the attributes */
  #tell(text) {
    this.shown.ui()?.notices.add("attributes", text);
    this.shown.failed(text);
  }
}
