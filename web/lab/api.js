// What a page around the lab calls: the element's methods that change something. Loaded at the first call. What is
// given is checked here, and a refusal names the method.

import { object, refusal, time, wholeNumber } from "./engine/arguments.js";
/** @import { Action, Config, Lab, Run } from "./engine/engine.js" */
/** @import { Session } from "./engine/session.js" */

export { refusal };

/**
 * @typedef {object} Inside what the element lends
 * @property {Session} session
 * @property {number} halts how often work had been called off when the method was called
 * @property {(what: Config | { run: Run }, prepare?: (lab: Lab) => void) => Promise<unknown>} replace
 * @property {() => Config} config of the attributes
 * @property {(ms: number) => void} show a time between two steps
 * @property {() => void} hear tells the present by its beat
 * @property {() => string | null} site where links lead, if not to Quorum's own page
 */

const extras = () => import("./engine/extras.js");

/** What only a replicated log has: the engine of one agreed value has never heard of it. */
const OF_A_LOG = {
  actions: ["request", "retry", "workload"],
  fields: ["window", "election", "leader", "clients", "workload"],
};
const BEGIN = 'Begin one with reset({ protocol: "log" }).';

/** By name. Each rejects with a sentence. */
export const methods = {
  /** @param {Inside} lab @param {unknown} n */
  step: ({ session, halts }, n) => session.step(wholeNumber("step", n, 0), Infinity, halts),

  /** @param {Inside} lab @param {unknown} n */
  back: ({ session, halts }, n) =>
    session.seek(Math.max(0, session.position().step - wholeNumber("back", n, 1)), halts),

  /** @param {Inside} lab @param {unknown} n */
  async beat({ session, halts, hear }, n) {
    const back = typeof n === "number" && n < 0;
    const count = wholeNumber("beat", back ? -n : n, 0);
    await (back ? session.beatBack(count, halts) : session.beat(count, halts));
    hear();
  },

  /** @param {Inside} lab @param {unknown} step */
  seek: ({ session, halts }, step) => session.seek(wholeNumber("seek", step, 0), halts),

  /** @param {Inside} lab @param {unknown} ms */
  async at({ session, halts, show }, ms) {
    const to = time("at", ms);
    await session.at(to, halts);
    show(to);
  },

  /** @param {Inside} lab */
  fork: ({ session }) => session.branches(({ fork }) => fork(session)),

  /** @param {Inside} lab @param {number} branch */
  switchTo: ({ session }, branch) => session.branches(({ switchTo }) => switchTo(session, branch)),

  /** @param {Inside} lab @param {unknown} action */
  async apply({ session }, action) {
    const given = /** @type {Action} */ (object("apply", "an action, which is an object with a type", action));
    if (OF_A_LOG.actions.includes(given.type) && session.view().protocol !== "log")
      throw new Error(`Cannot ${given.type}: this run is of one agreed value, and only a log has clients. ${BEGIN}`);
    await session.apply(given);
  },

  /** @param {Inside} lab @param {unknown} run */
  async load({ replace }, run) {
    const given = object("load", "a run or a scenario, as an object", run);
    await replace({ run: "digest" in given ? /** @type {Run} */ (given) : await (await extras()).open(given) });
  },

  /** @param {Inside} lab */
  share: async ({ session, site }) => (await extras()).toLink(session.run(), site()),

  /** @param {Inside} lab @param {unknown} [config] */
  async reset({ replace, config: own }, config = own()) {
    const given = /** @type {Config} */ (object("reset", "a run's config, as an object", config));
    const field = given.protocol === "log" ? undefined : OF_A_LOG.fields.find((name) => Object.hasOwn(given, name));
    if (field)
      throw new Error(
        `This config is not valid: only a log has “${field}”. Add protocol: "log", or leave “${field}” out.`,
      );
    await replace(given);
  },
};
