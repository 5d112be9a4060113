// The challenges: a list with what is done, and one of them opened. Loaded when a person, an attribute or the page's
// address asks for one.

import { keptAs, setIn } from "../attributes.js";
import { show } from "../dialogs/dialog.js";
import { challenge } from "../engine/extras.js";
import { challenges, logChallenges } from "../engine/shipped.js";
import { h, style } from "../shared/dom.js";
import { complaint } from "../shared/forms.js";
import { ChallengeBar } from "./challenge-bar.js";
import { done } from "./done.js";
/** @import { Commands } from "../commands.js" */
/** @import { Run } from "../engine/engine.js" */
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
  const ofLog = h("div");
  const dialog = show(lab, "Challenges", h("p", { class: "so" }, about), error.element, rows, ofLog);
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
    const [all, log] = await Promise.all([challenges(), logChallenges()]);
    rows.replaceChildren(...all.map(row));
    ofLog.replaceChildren(h("h3", {}, "A replicated log"), h("ol", { class: "scenarios challenges" }, ...log.map(row)));
  } catch (why) {
    rows.replaceChildren();
    error.show(/** @type {Error} */ (why));
  }
}

/** Opens one. Where the page's address may name it, the address does: one's own run is then left alone, and "Back to my
 * run" leads there. Elsewhere its start takes the place of the run, as a scenario does.
 * @param {Around} around @param {string} name @returns {Promise<void>} rejects with why there is none */
export async function open(around, name) {
  const host = hostOf(around);
  const asks = `#challenge=${name}`;
  if (host.hasAttribute("fragment") && location.hash !== asks) {
    location.hash = asks;
    return;
  }
  const wanted = await challenge(name);
  await around.commands.take(wanted.start, true);
  setIn(keptAs(host), name);
  await shown(around, wanted);
}

/** Sets the one again that was set when the page was left, over the run that is kept.
 * @param {Around} around @param {string} name */
export async function again(around, name) {
  const wanted = await challenge(name);
  if (beginsLike(around.store.session.run(), wanted.start)) return shown(around, wanted);
  wanted.judge.free();
  setIn(keptAs(hostOf(around)), null);
}

/** Whether a run is another one gone on, or a branch of it. @param {Run} run @param {Run} start @returns {boolean} */
export function beginsLike(run, start) {
  const told = (/** @type {unknown[]} */ ...all) => JSON.stringify(all);
  const { interventions: begun, length } = start;
  const same = run.interventions.slice(0, begun.length);
  const next = run.interventions[begun.length];
  return run.length >= length && told(run.config, same) === told(start.config, begun) && (!next || next.step >= length);
}

/** Sets one whose start is on the stage already. @param {Around} around
 * @param {import("../engine/extras.js").Challenge} wanted */
export async function shown(around, wanted) {
  const another = (/** @type {string | undefined} */ name) =>
    (name ? open(around, name) : list(around)).catch((error) => around.notices.refuse(error));
  const { store, player, commands } = around;
  const over = () => setIn(keptAs(hostOf(around)), null);
  const bar = new ChallengeBar(around.lab, { store, player, commands, open: another, over }, wanted);
  await bar.come();
  bar.changed();
}

/** @param {Around} around */
const hostOf = ({ lab }) => /** @type {ShadowRoot} */ (lab.getRootNode()).host;
