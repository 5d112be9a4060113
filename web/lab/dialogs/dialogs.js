// Opens what opens over the lab. None of it is needed at a first visit: all of it is loaded, with its styles, when any
// of it is first asked for.

import { late } from "../engine/late.js";
/** @import { Commands } from "../commands.js" */
/** @import { Notices } from "../notices.js" */
/** @import { Player } from "../playback/player.js" */
/** @import { Store } from "../store.js" */
/** @import { Name } from "./openers.js" */

/** @typedef {typeof import("./lazy.js")} Lazy */

/** @type {() => Promise<Lazy>} */
const load = late(
  (attempt) => (attempt ? import(new URL(`./lazy.js?${attempt}`, import.meta.url).href) : import("./lazy.js")),
  "What this needs did not load. Check that the page is online, and try again.",
);

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
    const lazy = await load();
    await lazy.styled(/** @type {ShadowRoot} */ (this.lab.getRootNode()));
    return lazy;
  }

  /** Does something with it, or says why that is not possible.
   * @param {(lazy: Lazy) => unknown} what may be a promise */
  async with(what) {
    try {
      await what(await this.lazy());
    } catch (error) {
      this.notices.refuse(error);
    }
  }

  /** Sets a challenge whose start is shown, or again the one of a name.
   * @param {import("../engine/extras.js").Challenge | string} challenge */
  challenge = (challenge) => this.with(({ openers }) => openers.challenge(this, challenge));

  /** @param {Name} name */
  open = (name) => this.with(({ openers }) => openers[name](this));
}
