// The commands of a person, given by mouse, by key or from a dialog. A command that is not possible shows a sentence;
// it never throws.

import { ended } from "./engine/limits.js";
/** @import { Action, Config, Event, Run, Target } from "./engine/engine.js" */
/** @import { Notices } from "./notices.js" */
/** @import { Player } from "./playback/player.js" */
/** @import { Store } from "./store.js" */

/**
 * @typedef {object} Replace how another run takes the place of this one: rejects with a sentence
 * @property {(config?: Config) => Promise<void>} reset without a config: as on the first visit
 * @property {(run: Run) => Promise<void>} take
 */

export class Commands {
  /** @param {Store} store @param {Player} player @param {Notices} notices @param {Replace} replace */
  constructor(store, player, notices, replace) {
    this.store = store;
    this.player = player;
    this.notices = notices;
    this.replace = replace;
  }

  /** @param {Target | null} target */
  select(target) {
    this.store.select(target);
  }

  /** Goes to an event, and selects what it is about. @param {Event} event */
  async pick(event) {
    const { store } = this;
    await this.seek(event.step);
    store.picked = event;
    const message = store.view().messages.find((m) => m.id === event.message?.id);
    if (message) store.selected = { message: message.id };
    else if (event.node) store.selected = { node: event.node };
    store.draw();
  }

  /** @param {...Action} actions */
  async act(...actions) {
    await this.#tried(async () => {
      for (const action of actions) await this.store.session.apply(action);
    });
  }

  /** Goes to a step that has been. @param {number} step */
  async seek(step) {
    const { step: now, length } = this.store.view();
    const to = Math.max(0, Math.min(step, length));
    this.player.pause();
    if (to !== now) await this.#tried(() => this.store.session.seek(to));
  }

  back() {
    const { step } = this.store.view();
    if (step) void this.seek(step - 1);
    else this.notices.refuse("This is the beginning.");
  }

  /** Leaves what is on record after this moment, as a branch, and goes on live. */
  goOn() {
    const { session } = this.store;
    void this.#tried(() => session.branches(({ fork }) => fork(session)));
  }

  /** One step, slowly enough to follow. */
  async step() {
    const { store, player } = this;
    if (store.locked) return this.notices.refuse(store.locked);
    player.pause();
    await this.#tried(async () => {
      const { next, messages } = store.view();
      if (!next) throw new Error(this.#ended());
      if (messages.some((m) => m.status === "flying")) await player.glide(next.at);
      await store.session.step(1);
    });
  }

  /** Plays, or pauses. */
  toggle() {
    const { store, player } = this;
    if (store.locked) this.notices.refuse(store.locked);
    else if (player.playing) player.pause();
    else if (!store.view().next) this.notices.refuse(this.#ended());
    else player.play();
  }

  /** @param {number} speed */
  setSpeed(speed) {
    this.player.speed = speed;
    this.store.draw();
  }

  /** Begins another run; rejects with what is wrong with its config. @param {Config} [config] */
  reset(config) {
    return this.replace.reset(config);
  }

  /** Shows a run from outside in place of this one; rejects if it is damaged. @param {Run} run */
  take(run) {
    return this.replace.take(run);
  }

  #ended() {
    const { says, hint } = ended(this.store.view());
    return `${says} ${hint}`;
  }

  /** @param {() => Promise<unknown>} work */
  async #tried(work) {
    try {
      await work();
    } catch (error) {
      this.notices.refuse(error);
    }
  }
}
