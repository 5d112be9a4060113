// What if a rule of Paxos did not hold? The switches are the question; the search answers it, with a shortest run in which
// servers disagree, or by having visited every state there is. The run found is one like any other: it plays in the lab,
// goes back, branches and is shared.

import { h, setAttr, setText, still, style } from "../shared/dom.js";
import { Hunt, loaded } from "../engine/search-client.js";
import { BoundsForm } from "./bounds.js";
import { switches } from "./rules.js";
import { pace, stopped, verdict } from "./verdict.js";
/** @import { Run } from "../engine/engine.js" */
/** @import { Ui } from "../ui.js" */
/** @import { Question } from "../../wasm/quorum_search.js" */

/** @typedef {Awaited<ReturnType<typeof loaded>>} Engine */
/** @typedef {typeof import("../dialogs/lazy.js")} More */

/** What was asked and found in each lab, for when somebody comes back to it. @type {WeakMap<Ui, WhatIf>} */
const asked = new WeakMap();

/** Opens it over the lab. @param {Ui} ui */
export async function open(ui) {
  ui.player.pause();
  const [more, engine, { counterexamples }] = await Promise.all([
    ui.more(),
    loaded(),
    import("../engine/extras.js"),
    style(/** @type {ShadowRoot} */ (ui.element.getRootNode()), new URL("./what-if.css", import.meta.url)),
  ]);
  const examples = await counterexamples();
  const whatIf = asked.get(ui) ?? new WhatIf(ui, more, engine, examples);
  asked.set(ui, whatIf);
  whatIf.open();
}

class WhatIf {
  /** The rules that the question leaves out. @type {Set<string>} */
  #off;
  /** @type {Hunt | undefined} */
  #hunt;
  /** @type {HTMLDialogElement | undefined} */
  #dialog;
  /** The counterexample found. @type {Run | undefined} */
  #found;
  #search = h("button", { class: "primary", onclick: () => this.#begin(false) });
  #here = h("button", { onclick: () => this.#begin(true) });
  #apply = h("button", { onclick: () => this.#applied() });
  #ask = h("div", { class: "buttons" }, this.#search, this.#here, this.#apply);
  #cancel = h("button", { onclick: () => this.#stop() }, "Cancel");
  #pace = h("dl");
  #slow = h(
    "p",
    { class: "slow so", hidden: true },
    "This page may not start a worker, so the search shares it with the lab, and is slower.",
  );
  #busy = h("div", { class: "busy", hidden: true }, this.#pace, this.#cancel);
  #says = h("div", { class: "verdict", role: "status" });
  #play = h("button", { class: "primary", onclick: () => this.#show() }, "Play it");
  #beside = h("button", { onclick: () => this.#show(true) }, "Beside the correct protocol");
  #answers = h("div", { class: "buttons", hidden: true }, this.#play, this.#beside);
  #error = h("p", { class: "error", role: "alert" });
  #bounds = new BoundsForm(() => this.#changed());
  /** @type {HTMLElement[]} */
  #rules;

  /** @param {Ui} ui @param {More} more @param {Engine} engine @param {import("../engine/extras.js").Counterexample[]} examples */
  constructor(ui, more, engine, examples) {
    this.ui = ui;
    this.more = more;
    this.engine = engine;
    const { rules } = ui.view();
    this.#off = new Set(Object.keys(rules).filter((rule) => !rules[rule]));
    this.#rules = switches(engine.rules(), examples, {
      off: this.#off,
      changed: () => this.#changed(),
      show: (name) => this.#example(name),
    });
  }

  open() {
    const { step } = this.ui.view();
    setText(this.#here, `Search from step ${step}`);
    setAttr(
      this.#here,
      "title",
      "From the present of the run on screen: can it still go wrong, and can anything still be chosen?",
    );
    setAttr(this.#here, "hidden", !step);
    this.#dialog = this.more.show(
      this.ui,
      "What if?",
      h(
        "p",
        {},
        "Paxos is safe because servers keep these rules. Switch one off, and look for the shortest run in which they disagree.",
      ),
      h("div", { class: "rules" }, ...this.#rules),
      h(
        "div",
        { class: "question" },
        this.#bounds.element,
        this.#ask,
        this.#busy,
        this.#slow,
        this.#error,
        this.#says,
        this.#answers,
      ),
    );
    setAttr(this.#dialog, "class", "whatif");
    this.#dialog.addEventListener("close", () => this.#hunt?.stop());
    this.#changed(false);
  }

  /** @param {boolean} [fromHere] from the present of the run on screen @returns {Question} */
  #question(fromHere = false) {
    const question = { off: [...this.#off], bounds: this.#bounds.wanted, budget: this.#bounds.budget };
    if (!fromHere) return question;
    const servers = this.ui.view().nodes.length; // there are as many as there are
    return { ...question, ...this.#present(), bounds: { ...question.bounds, servers } };
  }

  /** The run on screen, in which rules have just been switched: done to a copy. @returns {Pick<Question, "from" | "step">} */
  #present() {
    const { session } = this.ui;
    const lab = session.module.Lab.load(session.run());
    try {
      for (const [rule, on] of this.#differing()) lab.apply({ type: "rule", rule, on });
      return { from: lab.run(), step: lab.view().step };
    } finally {
      lab.free();
    }
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

  /** The rules of the run on screen that the question wants otherwise. @returns {[string, boolean][]} */
  #differing() {
    return Object.entries(this.ui.view().rules)
      .filter(([rule, on]) => on === this.#off.has(rule))
      .map(([rule, on]) => [rule, !on]);
  }

  #drawApply() {
    setText(this.#apply, "Apply to this run");
    setAttr(this.#apply, "aria-disabled", this.ui.locked || !this.#differing().length ? "true" : null);
    setAttr(this.#apply, "title", this.ui.locked ?? "From now on, the run on screen goes by these rules.");
  }

  /** Switches the rules in the run on screen, from now on. */
  async #applied() {
    const differing = this.#differing();
    if (this.ui.locked || !differing.length)
      return this.#answer([this.ui.locked ?? "The run on screen goes by these rules already."]);
    try {
      for (const [rule, on] of differing) await this.ui.session.apply({ type: "rule", rule, on });
      this.#dialog?.close();
    } catch (error) {
      this.#fail(error);
    }
  }

  // Searching.

  /** @param {boolean} fromHere */
  async #begin(fromHere) {
    this.#answer([]);
    setText(this.#error, "");
    const step = fromHere ? this.ui.view().step : null;
    const hunt = new Hunt(this.#question(fromHere), () => this.#draw());
    this.#hunt = hunt;
    this.#draw();
    this.#cancel.focus();
    try {
      const report = await hunt.report;
      if (this.#hunt === hunt) this.#end(report ? verdict(report, step) : stopped(hunt.pace), report?.violation?.run);
    } catch (error) {
      if (this.#hunt !== hunt) return;
      this.#end([]);
      this.#fail(error);
      this.engine = await loaded().catch(() => this.engine); // it may have broken with the search
    }
  }

  #stop() {
    this.#hunt?.stop();
  }

  /** @param {string[]} says @param {Run} [found] */
  #end(says, found) {
    const focused = this.#busy.matches(":focus-within");
    this.#hunt = undefined;
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
    const hunt = this.#hunt;
    if (!this.#dialog?.isConnected) hunt?.stop(); // the lab was taken away
    setAttr(this.#busy, "hidden", !hunt);
    setAttr(this.#ask, "hidden", !!hunt);
    setAttr(this.#slow, "hidden", !hunt?.slow);
    if (!hunt) return;
    const rows = hunt.pace ? pace(hunt.pace) : [["states", "0"]];
    this.#pace.replaceChildren(...rows.map(([term, value]) => h("div", {}, h("dt", {}, term), h("dd", {}, value))));
  }

  /** @param {unknown} error */
  #fail(error) {
    const why = error instanceof Error ? error : new Error(`${error}`);
    setText(this.#error, why.message);
    this.ui.failed(why);
  }

  // Showing what was found.

  /** @param {boolean} [beside] next to the same run with every rule */
  #show(beside = false) {
    if (this.#found) void this.#take(Promise.resolve(this.#found), beside);
  }

  /** @param {string} name of a counterexample that is kept */
  #example(name) {
    void this.#take(
      import("../engine/extras.js").then(({ scenario }) => scenario(name)),
      false,
    );
  }

  /** @param {Promise<Run>} run @param {boolean} beside */
  async #take(run, beside) {
    const { ui } = this;
    try {
      await ui.take({ ...(await run), cursor: 0 });
      this.#dialog?.close();
      if (beside) await this.more.compare(ui);
      else if (!still()) ui.player.play();
    } catch (error) {
      this.#fail(error);
    }
  }
}
