// Opens what opens over the lab. None of it is needed at a first visit: each is loaded, with its styles, when it is first
// asked for.

/** @import { Commands } from "../commands.js" */
/** @import { Notices } from "../notices.js" */
/** @import { Player } from "../playback/player.js" */
/** @import { Store } from "../store.js" */

/** @typedef {typeof import("./lazy.js")} Lazy */

export class Dialogs {
  /** @param {HTMLElement} lab to open over @param {Store} store @param {Player} player @param {Commands} commands
   * @param {Notices} notices */
  constructor(lab, store, player, commands, notices) {
    this.lab = lab;
    this.store = store;
    this.player = player;
    this.commands = commands;
    this.notices = notices;
  }

  /** What a first visit does not need. @returns {Promise<Lazy>} */
  async lazy() {
    const lazy = await import("./lazy.js");
    await lazy.styled(/** @type {ShadowRoot} */ (this.lab.getRootNode()));
    return lazy;
  }

  help() {
    this.player.pause();
    this.#open(({ help }) => help(this.lab, this.store.protocol));
  }

  newRun() {
    this.#open(({ newRun }) => newRun(this.lab, this.store, this.commands, this.notices));
  }

  branches() {
    this.player.pause();
    const beside = (/** @type {number} */ branch) => this.compare(branch);
    this.#open(({ branches }) => branches(this.lab, this.store, this.notices, beside));
  }

  scenarios() {
    const others = { newRun: () => this.newRun(), whatIf: () => this.whatIf() };
    this.#open(({ scenarios }) => scenarios(this.lab, this.commands, this.notices, others));
  }

  share() {
    this.#open(({ share }) => share(this.lab, this.store, this.notices, () => this.compare()));
  }

  /** This run beside another. @param {number} [branch] the other one, to begin with @returns {Promise<void>} */
  compare(branch) {
    return this.#open(async () => {
      const { open } = await import("../compare/compare.js");
      await open(this.lab, this.store, this.player, this.notices, branch);
    });
  }

  /** The rules as switches, and the search. */
  whatIf() {
    this.#open(async () => {
      const { open } = await import("../what-if/dialog.js");
      await open(this.lab, this.store, this.player, this.commands, this.notices, () => this.compare());
    });
  }

  /** Hands over the events of the branch shown, as a file. */
  download() {
    this.#open(({ download }) => download(this.store.session.events()));
  }

  /** @param {(lazy: Lazy) => unknown} open may be a promise */
  async #open(open) {
    try {
      await open(await this.lazy());
    } catch (error) {
      this.notices.refuse(error);
    }
  }
}
