// Beside the stage of a log: what clients ask, and whether what they were told can be explained. Loaded with the first log.

import { h, redraw, setAttr, setText, style } from "../shared/dom.js";
import { cuts, facts } from "./client.js";
import { Console } from "./console.js";
import { guilty, verdict } from "./history.js";
import { foundAt } from "./measures.js";
import { toldOf } from "./asked.js";
import { WorkloadForm } from "./workload.js";
/** @import { Action, Target, View } from "../engine/engine.js" */
/** @import { Fact, Item } from "../shared/facts.js" */
/** @import { Store } from "../store.js" */

export class Side {
  #title = h("h2");
  #says = h("p");
  #verdict = h("div", { class: "judged", "aria-live": "polite" }, this.#title, this.#says);
  #facts = h("dl");

  /** @param {Store} store */
  constructor(store) {
    this.store = store;
    this.told = toldOf(store);
    this.console = new Console(store, this.told);
    this.workload = new WorkloadForm(store);
    this.element = h(
      "section",
      { class: "side", "aria-label": "Clients" },
      h("h2", {}, "Clients"),
      this.console.element,
      this.workload.element,
      this.#verdict,
      this.#facts,
    );
  }

  /** @param {View} view */
  render(view) {
    const { record } = this.store;
    this.told.follow(record);
    const history = this.told.history(view);
    this.console.render(view, history.operations);
    this.workload.render(view);
    const judged = verdict(history, guilty(history, foundAt(record, history.since)));
    setText(this.#title, judged.title);
    setText(this.#says, judged.says);
    setAttr(this.#verdict, "data-look", judged.look);
    const cost = this.#cost(view);
    const [first, last] = view.window ?? [];
    const slots = first && last ? `slots ${first} to ${last} (α = ${last - first + 1})` : "–";
    redraw(this.#facts, [cost, slots], () => [
      h("div", {}, h("dt", {}, "messages"), h("dd", {}, cost)),
      h("div", {}, h("dt", {}, "window"), h("dd", {}, slots)),
    ]);
  }

  /** What there is to say of a client, and what may be done to all of its links.
   * @param {View} view @param {string} id @param {(target: Target) => void} select @param {(of: Target) => Item[]} choices
   * @returns {{ facts: Fact[], items: Item[] }} */
  client(view, id, select, choices) {
    const { closed } = this.store;
    const client = view.clients?.find((one) => one.id === id);
    if (!client) return { facts: [], items: [] };
    return {
      facts: facts(view, client, this.told.operations(view.step), select),
      items: cuts(view, id, choices, closed),
    };
  }

  /** Lets a client ask: goes to the line, with something to begin with. @param {Action} action */
  ask(action) {
    if (action.type === "request") this.console.begin(action.op);
  }

  /** How many messages between servers a command takes. @param {View} view @returns {string} */
  #cost({ nodes, step }) {
    const cost = this.told.cost(step);
    const least = `${2 * (nodes.length - 1)} for each command of ${nodes.length} servers`;
    return cost === null ? `${least}, at least` : least.replace(/^\d+/, `${+cost.toFixed(1)}`);
  }
}

/** @param {HTMLElement} within the lab @param {Store} store */
export async function open(within, store) {
  await style(/** @type {ShadowRoot} */ (within.getRootNode()), new URL("./log.css", import.meta.url));
  return new Side(store);
}
