// The challenges: a list with what is done, and one of them opened. Loaded when a person, an attribute or the page's
// address asks for one.

import { show } from "../dialogs/dialog.js";
import { challenge } from "../engine/extras.js";
import { challenges } from "../engine/shipped.js";
import { h, style } from "../shared/dom.js";
import { complaint } from "../shared/forms.js";
import { ChallengeBar } from "./challenge-bar.js";
import { done } from "./done.js";
/** @import { Commands } from "../commands.js" */
/** @import { Entry } from "../engine/shipped.js" */
/** @import { Notices } from "../notices.js" */
/** @import { Player } from "../playback/player.js" */
/** @import { Store } from "../store.js" */

/** @typedef {{ lab: HTMLElement, store: Store, player: Player, commands: Commands, notices: Notices }} Around */

/** The list. @param {Around} around */
export async function list(around) {
  around.player.pause();
  const { lab, notices } = around;
  await style(/** @type {ShadowRoot} */ (lab.getRootNode()), new URL("./lessons.css", import.meta.url));
  const error = complaint((why) => notices.failed(why));
  const rows = h("ol", { class: "scenarios challenges" }, h("li", {}, "Loading the list…"));
  const about =
    "Each has a goal. Bring it about by what you do; hints help, and the page says at which step it was done.";
  const dialog = show(lab, "Challenges", h("p", { class: "so" }, about), error.element, rows);
  const begin = async (/** @type {string} */ name) => {
    try {
      await open(around, name);
      dialog.close();
    } catch (why) {
      error.show(/** @type {Error} */ (why));
    }
  };
  try {
    const known = done();
    const row = (/** @type {Entry} */ { name, title, about }) => {
      const step = known[name];
      const state = step === undefined ? "" : `✓ done at step ${step}`;
      const text = [h("b", {}, title), h("small", { class: "state" }, state), h("span", {}, about)];
      return h("li", {}, h("button", { class: "scenario", onclick: () => begin(name) }, ...text));
    };
    const all = await challenges();
    rows.replaceChildren(...all.map(row));
  } catch (why) {
    rows.replaceChildren();
    error.show(/** @type {Error} */ (why));
  }
}

/** Opens one. Where the page's address may name it, the address does: one's own run is then left alone, and "Back to my
 * run" leads there. Elsewhere its start takes the place of the run, as a scenario does.
 * @param {Around} around @param {string} name @returns {Promise<void>} rejects with why there is none */
export async function open(around, name) {
  const host = /** @type {ShadowRoot} */ (around.lab.getRootNode()).host;
  const asks = `#challenge=${name}`;
  if (host.hasAttribute("fragment") && location.hash !== asks) {
    location.hash = asks;
    return;
  }
  const wanted = await challenge(name);
  await around.commands.take(wanted.start);
  await shown(around, wanted);
}

/** Sets one whose start is on the stage already. @param {Around} around
 * @param {import("../engine/extras.js").Challenge} wanted */
export async function shown(around, wanted) {
  const another = (/** @type {string | undefined} */ name) =>
    (name ? open(around, name) : list(around)).catch((error) => around.notices.refuse(error));
  const bar = new ChallengeBar(around.lab, { ...ways(around), open: another }, wanted);
  await bar.come();
  bar.changed();
}

/** @param {Around} around */
const ways = ({ store, player, commands }) => ({ store, player, commands });
