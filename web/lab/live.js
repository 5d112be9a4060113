// What the attributes ask for after the start: another step, another run. Changes of one moment are one, as those of a
// site's router are. What cannot be had is said on the page, and the run before stays.

import { broughtTo, configOf, firstStep } from "./attributes.js";
import { odd } from "./properties.js";
/** @import { Config, Lab, Run } from "./engine/engine.js" */
/** @import { Session } from "./engine/session.js" */
/** @import { Dialogs } from "./dialogs/dialogs.js" */
/** @import { Notices } from "./notices.js" */
/** @import { Player } from "./playback/player.js" */

/** So many steps of a new run are played before it is shown: that takes no time anybody would notice. */
export const AT_ONCE = 2000;

/**
 * @typedef {object} Shown what the element lends
 * @property {() => Session | undefined} session
 * @property {() => { dialogs: Dialogs, notices: Notices, player: Player } | undefined} ui
 * @property {() => void} open another session
 * @property {(what: Config | { run: Run }, prepare: (lab: Lab) => void) => Promise<void>} replace the run by another
 * @property {(lab: Lab, afresh: boolean) => void} begin brings a run to where it should start
 * @property {(message: string) => void} failed tells the page around
 */

export class Live {
  /** What else is asked for than before: names of attributes. */
  #wanted = new Set();
  /** How often another run was asked for: only the latest is shown. */
  #turn = 0;

  /** @param {HTMLElement & { ready: Promise<any> }} lab @param {Shown} shown */
  constructor(lab, shown) {
    this.lab = lab;
    this.shown = shown;
  }

  /** @param {string} name of an attribute that is another now, or the same again */
  want(name) {
    if (!this.#wanted.size) queueMicrotask(() => this.#take());
    this.#wanted.add(name);
  }

  #take() {
    const wanted = this.#wanted;
    this.#wanted = new Set();
    const { lab, shown } = this;
    if (!lab.isConnected) return;
    const session = shown.session();
    // Where nothing could be shown there is nothing to keep.
    if (!session || wanted.has("persist")) return shown.open();
    const work = wanted.size === 1 && wanted.has("step") ? this.#goTo(session) : this.#anew();
    const refused = (/** @type {Error} */ error) => this.#tell(error.message);
    lab.ready = work.then(() => this.complain(), refused).then(() => lab);
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
  async complain() {
    const { lab, shown } = this;
    const [ui, session] = [shown.ui(), shown.session()];
    if (!ui || !session) return;
    const length = session.fresh ? session.position().length : undefined;
    if (!odd(lab) && !((firstStep(lab) ?? 0) > (length ?? Infinity))) return ui.notices.drop("attributes");
    const text = await import("./complaints.js").then(
      ({ complaints }) => complaints(lab, length),
      () => "", // what is wrong is shown as if it were not there
    );
    if (text && ui === shown.ui()) this.#tell(text);
  }

  /** @param {string} text about the attributes */
  #tell(text) {
    this.shown.ui()?.notices.add("attributes", text);
    this.shown.failed(text);
  }
}
