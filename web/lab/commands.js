// The commands of a person, given by mouse, by key or from a dialog. A command that is not possible shows a sentence;
// it never throws.

import { ended, quiet } from "./engine/limits.js";
/** @import { Action, BeatSize, Config, Event, Run, Target } from "./engine/engine.js" */
/** @import { Notices } from "./notices.js" */
/** @import { Pace, Player } from "./playback/player.js" */
/** @import { Store } from "./store.js" */

/**
 * @typedef {object} Replace how another run takes the place of this one: rejects with a sentence
 * @property {(config?: Config) => Promise<void>} reset without a config: as on the first visit
 * @property {(run: Run, here?: boolean) => Promise<void>} take `here`: beside one's own run, where a link is shown
 * @property {(name?: string) => Promise<unknown>} back opens a run kept from before, by default the last one
 * @property {() => boolean} ownPage whether the page is about the lab
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
    if (message) store.select({ message: message.id });
    else if (event.node) store.select({ node: event.node });
    else if (event.client) store.select({ client: event.client });
    store.draw();
  }

  /** @param {...Action} actions */
  async act(...actions) {
    await this.#tried(async () => {
      this.store.edited = true;
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

  /** Back by a beat, or by a step. @param {boolean} [single] */
  async back(single = false) {
    const { store, player } = this;
    const { step, beat } = store.view();
    if (!step) return this.notices.refuse("This is the beginning.");
    if (single || beat.size === "everything") return this.seek(step - 1);
    player.pause();
    await this.#tried(() => store.session.beatBack(1));
    store.hear();
    store.draw();
  }

  /** Leaves what is on record after this moment, as a branch, and goes on live. */
  goOn() {
    const { session } = this.store;
    void this.#tried(() => session.branches(({ fork }) => fork(session)));
  }

  /** On by a beat, or by a step, slowly enough to follow. @param {boolean} [single] */
  async step(single = false) {
    const { store, player } = this;
    if (store.locked) return this.notices.refuse(store.locked);
    await this.#tried(async () => {
      await this.#attempt();
      const { beat, next } = store.view();
      const walks = !single && beat.size !== "everything" && player.reading;
      if (!walks || player.playing) player.pause();
      if (!next) throw new Error(this.#ended());
      if (walks) {
        if (!(await walks.once())) return;
        store.told = null; // it is of long ago
        store.draw();
        throw new Error(quiet(store.view()));
      }
      const { messages } = store.view();
      if (messages.some((m) => m.status === "flying")) await player.glide(next.at);
      await store.session.step(1);
    });
  }

  /** Plays, or pauses. */
  toggle() {
    const { store, player } = this;
    if (store.locked) this.notices.refuse(store.locked);
    else if (player.playing) player.pause();
    else if (this.#ends === "task") void this.#tried(() => this.#attempt().then(() => this.play()));
    else if (this.#waits()) this.notices.refuse(this.#ended());
    else void this.play();
  }

  /** Whether a person has to do something before it can go on, or begin again: ask for something, or answer. */
  #waits() {
    const { step, next } = this.store.view();
    return !next && (!step || this.#ends === "question");
  }

  /** @returns {string | null | undefined} why nothing comes next */
  get #ends() {
    return this.store.view().ended;
  }

  /** Where a question asks for something to be done, time passes when a person wants it to. */
  async #attempt() {
    const { session } = this.store;
    if (this.#ends === "task") await session.branches(({ attempt }) => attempt(session));
  }

  /** Plays; at the end, from the beginning. */
  async play() {
    const { step, next, ended } = this.store.view();
    if (!next && step && ended) await this.seek(0);
    this.player.play();
  }

  /** @param {number} speed */
  setSpeed(speed) {
    this.player.speed = speed;
    this.store.draw();
  }

  /** @param {Pace} pace */
  setPace(pace) {
    this.player.follow(pace);
  }

  /** @param {BeatSize} size */
  setBeats(size) {
    this.store.session.by(size);
    this.store.told = null;
    this.store.draw();
  }

  /** Begins another run; rejects with what is wrong with its config. @param {Config} [config] */
  reset(config) {
    return this.replace.reset(config);
  }

  /** Shows a run from outside in place of this one; rejects if it is damaged. It is a run of one's own, and saved, also
   * where the one shown came with a link. @param {Run} run
   * @param {boolean} [here] where that one came with a link, this one is not saved either: it belongs to it */
  take(run, here) {
    return this.replace.take(run, here);
  }

  /** The same, and says why it cannot be. @param {Promise<Run>} run */
  open(run) {
    return this.#tried(async () => this.take(await run));
  }

  /** Whether the page is about the lab: then it leads on from one scenario to the next. */
  ownPage() {
    return this.replace.ownPage();
  }

  /** Opens a run kept from before in place of this one, which is kept in its turn; rejects with why it cannot be.
   * @param {string} [name] by default of the last one */
  backTo(name) {
    return this.replace.back(name);
  }

  /** Cuts the power of everything, where the run that is kept has come to; rejects with why not.
   * @returns {Promise<void>} */
  cutPower() {
    const { session } = this.store;
    this.player.pause();
    return session.branches(({ cutPower }) => cutPower(session));
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
