// The state that every part shows: one run at one moment, and a selection. Parts read the store and ask it for a frame;
// it draws nothing itself.

import { Values } from "./shared/values.js";
/** @import { Event, Row, Target, View } from "./engine/engine.js" */
/** @import { Session } from "./engine/session.js" */
/** @import { Protocol } from "./protocols/index.js" */
/** @import { Words } from "./words/index.js" */

export class Store {
  /** None before the engine has loaded. @type {Session} */
  session = /** @type {any} */ (null);
  /** The protocol of the run. @type {Protocol} */
  protocol = /** @type {any} */ (null);
  /** The looks of the run's values. */
  values = new Values();
  /** The looks of its ballots, where those are what has a colour. */
  ballots = new Values();
  /** The client that asks next, where there are clients. */
  client = "a";
  /** @type {Target | null} */
  selected = null;
  /** An event picked in a panel. @type {Event | null} */
  picked = null;
  /** Whether the stage fills the screen, for a lecture. */
  presenting = false;
  /** The event that the present beat is told by, where it is told by its beat and not by its step, and the step with which the
   * beat begins. @type {(Event & { begin: number }) | null} */
  told = null;
  /** Whether the run goes on by beats just now. */
  walking = false;
  /** Whether a person changes this run, and does not only watch it. */
  edited = true;
  /** What to try, while nothing is said about the present. */
  tip = "";
  /** How often another run took the place of the one shown. */
  runs = 0;
  /** How often the present was gone to, instead of reached by going on. */
  jumps = 0;
  /** How often branches were renamed or discarded. */
  changes = 0;
  /** The branch that is shown. */
  #branch = 0;

  /** @param {() => void} draw asks for a frame @param {AbortSignal} signal aborted once nothing shows it any more
   * @param {Words} words of the language in which the page speaks of itself */
  constructor(draw, signal, words) {
    this.draw = draw;
    this.signal = signal;
    this.words = words;
  }

  /** @returns {View} */
  view() {
    return this.session.view();
  }

  /** Whether there is a run to show. */
  get alive() {
    return !!this.session && !this.session.dead;
  }

  /** Why nothing can be done to the run, at any of its moments, or null. @returns {string | null} */
  get closed() {
    return this.session?.readOnly ?? null;
  }

  /** Why it cannot go on from here, or null: what is on record can be walked through all the same.
   * @returns {string | null} */
  get locked() {
    return this.session && !this.session.past ? this.session.readOnly : null;
  }

  /** Where the run is kept, in words; empty for a run that is not to be kept. @returns {string} */
  get kept() {
    const { saved, memory, readOnly } = this.words;
    const kept = { saved, memory, "read-only": readOnly };
    return this.session.options.name ? kept[this.session.kept] : "";
  }

  /** Another run is in the session now. @param {Protocol} protocol */
  restart(protocol) {
    this.protocol = protocol;
    this.values = new Values();
    this.ballots = new Values();
    this.client = "a";
    this.selected = null;
    this.told = null;
    this.edited = !this.session.notes;
    this.runs++;
    this.values.meet(this.session.asked());
    if (protocol.meet) this.ballots.meet(begun(this.record));
    this.#branch = this.session.position().branch;
    this.#elsewhen();
    this.jumps++;
  }

  /** What happened in the branch shown: another one than before, once some of that has not happened.
   * @returns {import("./engine/record.js").Record} */
  get record() {
    return this.session.record;
  }

  /** The run has gone on. @param {Row[]} rows what happened in a step, in brief */
  went(rows) {
    const { branch } = this.session.position();
    this.values.meet(rows.flatMap(({ event, value }) => (event === "proposed" && value !== undefined ? [value] : [])));
    if (branch !== this.#branch) {
      this.#branch = branch;
      this.jumps++;
      this.edited = true;
      this.session.by();
    }
    this.#elsewhen();
  }

  /** The session shows another moment, maybe of another branch. */
  moved() {
    this.session.by();
    this.#branch = this.session.position().branch;
    this.jumps++;
    this.#elsewhen();
  }

  /** Shows what the present beat has brought, in place of what its latest step did.
   * @returns {string} what is told then; empty while that is what is told already */
  hear() {
    const { beat, headline } = this.view();
    if (!headline || !beat.says || (this.told?.why === beat.says && this.told.step >= beat.from)) return "";
    const { step, at, event } = headline;
    this.told = {
      ...(headline.why === beat.says ? headline : { step, at, event, why: beat.says }),
      begin: beat.from + 1,
    };
    return `${beat.says} ${this.told.so ?? ""}`;
  }

  #elsewhen() {
    if (!this.walking) this.told = null;
    this.picked = null;
    this.tip = "";
    this.draw();
  }

  /** Branches were renamed or discarded. */
  branchesChanged() {
    this.changes++;
    this.draw();
  }

  /** @param {Target | null} target */
  select(target) {
    if (JSON.stringify(target) === JSON.stringify(this.selected)) return;
    this.selected = target;
    if (target && "client" in target) this.client = target.client;
    this.draw();
  }
}

/** So many ballots are looked for: there are fewer colours. */
const BALLOTS = 60;

/** The ballots that were begun, in their order: so each has the colour that it had before the page was loaded again.
 * @param {import("./engine/record.js").Record} record @returns {string[]} */
function begun(record) {
  /** @type {string[]} */
  const ballots = [];
  for (let i = 0; i < record.count && ballots.length < BALLOTS; i++)
    if (record.name(i) === "prepares") ballots.push(/** @type {any} */ (record.event(i)).ballot);
  return ballots;
}
