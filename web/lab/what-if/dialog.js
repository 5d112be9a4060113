// What if a rule of Paxos did not hold? The switches are the question; the search answers it, with a shortest run in
// which servers disagree, or by having visited every state there is. The run found is one like any other: it plays in
// the lab, goes back, branches and is shared.

import { show } from "../dialogs/dialog.js";
import { after } from "../engine/branches.js";
import { loaded, SearchHandle } from "../engine/search-client.js";
import { h, setAttr, setText, still, style } from "../shared/dom.js";
import { resized } from "../shared/life.js";
import { BoundsForm } from "./bounds.js";
import { switches } from "./rules.js";
import { progressRows, stopped, verdict } from "./verdict.js";
/** @import { Commands } from "../commands.js" */
/** @import { Action, Run } from "../engine/engine.js" */
/** @import { Counterexample } from "../engine/shipped.js" */
/** @import { Question, RuleStory } from "../engine/search-client.js" */
/** @import { Notices } from "../notices.js" */
/** @import { Player } from "../playback/player.js" */
/** @import { Store } from "../store.js" */

/** @typedef {Awaited<ReturnType<typeof loaded>>} Engine */

const ABOUT =
  "Paxos is safe because servers keep these rules. Switch one off, and look for the shortest run in which they disagree.";
const HERE = "From the present of the run on screen: can it still go wrong, and can anything still be chosen?";
const HERE_IN_A_LOG =
  "From the present of the run on screen: can it still go wrong, and can clients still be answered?";
const OF_A_LOG = "The search begins with a new cluster, and with one command for each client.";
const SLOW = "This page may not start a worker, so the search shares it with the lab, and is slower.";

/** What was asked and found in each lab, for when the dialog is opened again. @type {WeakMap<Store, WhatIf>} */
const asked = new WeakMap();

/** Opens it over the lab. @param {HTMLElement} lab @param {Store} store @param {Player} player
 * @param {Commands} commands
 * @param {Notices} notices @param {() => Promise<void>} compare shows the run beside another */
export async function open(lab, store, player, commands, notices, compare) {
  player.pause();
  const root = /** @type {ShadowRoot} */ (lab.getRootNode());
  const [engine, { counterexamples, logCounterexamples }] = await Promise.all([
    loaded(),
    import("../engine/shipped.js"),
    style(root, new URL("./what-if.css", import.meta.url)),
  ]);
  const isLog = store.view().protocol === "log";
  const examples = await (isLog ? logCounterexamples : counterexamples)();
  const before = asked.get(store);
  const whatIf = before?.fits() ? before : new WhatIf(store, player, commands, notices, compare, engine, examples);
  asked.set(store, whatIf);
  whatIf.open(lab);
}

class WhatIf {
  /** The rules that the question leaves out. @type {Set<string>} */
  #off;
  /** The search under way. @type {SearchHandle | undefined} */
  #handle;
  /** @type {HTMLDialogElement | undefined} */
  #dialog;
  /** The counterexample found. @type {Run | undefined} */
  #found;
  #search = h("button", { class: "primary", onclick: () => this.#begin(false) });
  #here = h("button", { onclick: () => this.#begin(true) });
  #apply = h("button", { onclick: () => this.#applied() });
  #ask = h("div", { class: "buttons" }, this.#search, this.#here, this.#apply);
  #cancel = h("button", { onclick: () => this.#stop() }, "Cancel");
  #progress = h("dl");
  #slow = h("p", { class: "slow so", hidden: true }, SLOW);
  #busy = h("div", { class: "busy", hidden: true }, this.#progress, this.#cancel);
  #says = h("div", { class: "verdict", role: "status" });
  #play = h("button", { class: "primary", onclick: () => this.#show() }, "Play it");
  #beside = h("button", { onclick: () => this.#show(true) }, "Beside the correct protocol");
  #answers = h("div", { class: "buttons", hidden: true }, this.#play, this.#beside);
  #error = h("p", { class: "error", role: "alert" });
  #bounds;
  /** @type {HTMLElement[]} */
  #rules;
  /** @type {RuleStory[]} */
  #stories;
  /** Which run was on screen when it was opened last. */
  #runs = 0;

  /** @param {Store} store @param {Player} player @param {Commands} commands @param {Notices} notices
   * @param {() => Promise<void>} compare @param {Engine} engine @param {Counterexample[]} examples */
  constructor(store, player, commands, notices, compare, engine, examples) {
    this.store = store;
    this.player = player;
    this.commands = commands;
    this.notices = notices;
    this.compare = compare;
    this.engine = engine;
    const { rules, protocol } = store.view();
    this.isLog = protocol === "log";
    this.#bounds = new BoundsForm(this.isLog, () => this.#changed());
    this.#off = new Set(Object.keys(rules).filter((rule) => !rules[rule]));
    this.#stories = this.isLog ? engine.logRules() : engine.rules();
    this.#rules = switches(this.#stories, examples, {
      off: this.#off,
      changed: () => this.#changed(),
      show: (name) => this.#example(name),
    });
  }

  /** Whether the question is still one about the run on screen: of the same run, or of one that goes by its rules, as
   * what was found does. */
  fits() {
    const { runs } = this.store;
    const { protocol } = this.store.view();
    return this.isLog === (protocol === "log") && (this.#runs === runs || !this.#differing().length);
  }

  /** @param {HTMLElement} lab */
  open(lab) {
    this.#runs = this.store.runs;
    const { step } = this.store.view();
    setText(this.#here, `Search from step ${step}`);
    setAttr(this.#here, "title", this.isLog ? HERE_IN_A_LOG : HERE);
    setAttr(this.#here, "hidden", !step);
    const rules = h("div", { class: "rules" }, ...this.#rules);
    const question = h("div", { class: "question" }, this.#bounds.element, this.#ask, this.#busy);
    question.append(this.#slow, this.#error, this.#says, this.#answers);
    const dialog = show(lab, "What if?", h("p", {}, this.isLog ? `${ABOUT} ${OF_A_LOG}` : ABOUT), rules, question);
    this.#dialog = dialog;
    setAttr(dialog, "class", "whatif");
    // The rule that has the focus comes out from under the question.
    const tell = () => dialog.style.setProperty("--question", `${question.offsetHeight}px`);
    resized(question, this.store.signal, tell);
    this.#dialog.addEventListener("close", () => this.#handle?.stop());
    this.#changed(false);
  }

  /** @param {boolean} [fromHere] from the present of the run on screen @returns {Question} */
  #question(fromHere = false) {
    /** @type {"log" | "single"} */
    const protocol = this.isLog ? "log" : "single";
    const question = { protocol, off: [...this.#off], bounds: this.#bounds.wanted, budget: this.#bounds.budget };
    if (!fromHere) return question;
    const servers = this.store.view().nodes.length; // there are as many as there are
    return { ...question, ...this.#present(), bounds: { ...question.bounds, servers } };
  }

  /** The run on screen, in which rules have just been switched. @returns {Pick<Question, "from" | "step">} */
  #present() {
    return after(this.store.session, this.#differing());
  }

  /** The question is another one: what was found does not answer it. @param {boolean} [anew] */
  #changed(anew = true) {
    setText(this.#search, this.#off.size ? "Find a counterexample" : "Search every run");
    if (anew) this.#answer([]);
    this.#drawApply();
    try {
      const search = new this.engine.Search(this.#question());
      this.#bounds.show(search.report());
      search.free();
      setText(this.#error, "");
    } catch (error) {
      this.#bounds.refused();
      this.#fail(error);
    }
  }

  /** What would give the run on screen the rules of the question. @returns {Action[]} */
  #differing() {
    const differing = Object.entries(this.store.view().rules).filter(([rule, on]) => on === this.#off.has(rule));
    return differing.map(([rule, on]) => ({ type: "rule", rule, on: !on }));
  }

  #drawApply() {
    setText(this.#apply, "Apply to this run");
    setAttr(this.#apply, "aria-disabled", this.store.closed || !this.#differing().length ? "true" : null);
    setAttr(this.#apply, "title", this.store.closed ?? "From now on, the run on screen goes by these rules.");
  }

  /** Switches the rules in the run on screen, from now on. */
  async #applied() {
    const { closed, session } = this.store;
    const differing = this.#differing();
    if (closed || !differing.length) return this.#answer([closed ?? "The run on screen goes by these rules already."]);
    try {
      for (const action of differing) await session.apply(action);
      this.#dialog?.close();
    } catch (error) {
      this.#fail(error);
    }
  }

  // Searching.

  /** @param {boolean} fromHere */
  async #begin(fromHere) {
    if (!this.#bounds.fit) return;
    this.#answer([]);
    setText(this.#error, "");
    const step = fromHere ? this.store.view().step : null;
    const handle = new SearchHandle(this.#question(fromHere), () => this.#draw());
    this.#handle = handle;
    this.#draw();
    this.#cancel.focus();
    try {
      const report = await handle.report;
      if (this.#handle !== handle) return;
      const says = report ? verdict(report, step, this.#late()) : stopped(handle.progress);
      this.#end(says, report?.violation?.run ?? undefined);
    } catch (error) {
      if (this.#handle !== handle) return;
      this.#end([]);
      this.#fail(error);
      this.engine = await loaded().catch(() => this.engine); // it may have broken with the search
    }
  }

  #stop() {
    this.#handle?.stop();
  }

  /** The rules left out without which nothing false happens, but something may wait for ever. */
  #late() {
    return this.#stories
      .filter(({ group, rule }) => group === "progress" && this.#off.has(rule))
      .map(({ name }) => name);
  }

  /** @param {string[]} says @param {Run} [found] */
  #end(says, found) {
    const focused = this.#busy.matches(":focus-within");
    this.#handle = undefined;
    this.#draw();
    this.#answer(says, found);
    if (focused) (found ? this.#play : this.#search).focus();
  }

  /** @param {string[]} says @param {Run} [found] */
  #answer(says, found) {
    this.#says.replaceChildren(...says.map((sentence) => h("p", {}, sentence)));
    this.#found = found;
    setAttr(this.#answers, "hidden", !found);
    setAttr(this.#search, "class", found ? null : "primary"); // then the thing to do is to look at it
    if (says.length) (found ? this.#answers : this.#says).scrollIntoView({ block: "nearest" });
  }

  #draw() {
    const handle = this.#handle;
    if (!this.#dialog?.isConnected) handle?.stop(); // the lab was taken away
    setAttr(this.#busy, "hidden", !handle);
    setAttr(this.#ask, "hidden", !!handle);
    setAttr(this.#slow, "hidden", !handle?.slow);
    if (!handle) return;
    const rows = handle.progress ? progressRows(handle.progress) : [["states", "0"]];
    this.#progress.replaceChildren(...rows.map(([term, value]) => h("div", {}, h("dt", {}, term), h("dd", {}, value))));
  }

  /** @param {unknown} error */
  #fail(error) {
    const why = error instanceof Error ? error : new Error(`${error}`);
    setText(this.#error, why.message);
    this.notices.failed(why);
  }

  // Showing what was found.

  /** @param {boolean} [beside] next to the same run with every rule */
  #show(beside = false) {
    if (this.#found) void this.#take(Promise.resolve(this.#found), beside);
  }

  /** @param {string} name of a counterexample that is kept */
  #example(name) {
    void this.#take(
      import("../engine/shipped.js").then(({ scenario }) => scenario(name)),
      false,
    );
  }

  /** @param {Promise<Run>} run @param {boolean} beside */
  async #take(run, beside) {
    try {
      await this.commands.take({ ...(await run), cursor: 0 }, true);
      this.#dialog?.close();
      if (beside) await this.compare();
      else if (!still()) this.player.play();
    } catch (error) {
      this.#fail(error);
    }
  }
}
