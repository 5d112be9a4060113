// What opens over the lab, by name.

import { download } from "../shared/download.js";
import { branches } from "./branches.js";
import { help } from "./help.js";
import { newRun } from "./new-run.js";
import { scenarios } from "./scenarios.js";
import { share } from "./share.js";
/** @import { Challenge } from "../engine/extras.js" */
/** @import { Commands } from "../commands.js" */
/** @import { Notices } from "../notices.js" */
/** @import { Player } from "../playback/player.js" */
/** @import { Store } from "../store.js" */

/**
 * @typedef {object} Around what is opened over
 * @property {HTMLElement} lab @property {Store} store @property {Player} player @property {Commands} commands
 * @property {Notices} notices
 * @property {(name: Name) => unknown} open another of them
 */

/**
 * @typedef {"help" | "newRun" | "branches" | "scenarios" | "share" | "whatIf" | "compare" | "download" | "present" |
 *   "challenges" | "questions" | "lesson"} Name
 */

/**
 * @typedef {Record<Name, (around: Around) => unknown> &
 *   { challenge: (around: Around, challenge: Challenge | string) => unknown }} Openers
 */

/** @type {Openers} */
export const openers = {
  help({ lab, store, player }) {
    player.pause();
    return help(lab, store.protocol, store.words);
  },
  newRun: ({ lab, store, commands, notices }) => newRun(lab, store, commands, notices),
  branches(around) {
    around.player.pause();
    branches(around.lab, around.store, around.notices, (branch) => void compare(around, branch));
  },
  scenarios({ lab, store, commands, notices, open }) {
    const others = { newRun: () => open("newRun"), whatIf: () => open("whatIf"), challenges: () => open("challenges") };
    scenarios(lab, store, commands, notices, others);
  },
  /** The challenges, to choose one. */
  challenges: async (around) => (await import("../lessons/challenges.js")).list(around),
  /** The questions of the run that is shown. */
  questions: async (around) => (await import("../lessons/questions.js")).questions(around),
  /** What writes a lesson, or else ends writing it. */
  lesson: async (around) => (await import("../lessons/writer.js")).write(around),
  /** A challenge whose start is shown, or the one of a name that the run shown may have begun with. */
  async challenge(around, challenge) {
    const { again, shown } = await import("../lessons/challenges.js");
    await (typeof challenge === "string" ? again(around, challenge) : shown(around, challenge));
  },
  share: (around) =>
    share(around.lab, around.store, around.notices, { compare: () => compare(around), embed: () => embed(around) }),
  /** The rules as switches, and the search. */
  async whatIf(around) {
    const { lab, store, player, commands, notices } = around;
    const { open } = await import("../what-if/dialog.js");
    await open(lab, store, player, commands, notices, () => compare(around));
  },
  /** The stage alone, for a lecture. */
  async present({ lab, store, player, commands, open }) {
    player.pause();
    const { present } = await import("../present/present.js");
    await present(lab, store, commands, open);
  },
  /** This run beside another. */
  compare: (around) => compare(around),
  /** Hands over the events of the branch shown, as a file. */
  download: ({ store }) => download(store.session.events()),
};

/** @param {Around} around */
async function embed({ lab, store, notices }) {
  try {
    const { embed } = await import("./embed.js");
    await embed(lab, store, notices);
  } catch (error) {
    notices.refuse(error);
  }
}

/** @param {Around} around @param {number} [branch] the other run, to begin with */
async function compare({ lab, store, player, notices }, branch) {
  try {
    const { open } = await import("../compare/compare.js");
    await open(lab, store, player, notices, branch);
  } catch (error) {
    notices.refuse(error);
  }
}
