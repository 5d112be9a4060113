// What leads on at the end of a scenario: loaded when one has come to its end.

import { listWith, logScenarios, scenario, scenarios } from "../engine/shipped.js";
import { h } from "../shared/dom.js";
/** @import { Commands } from "../commands.js" */

/** At the end of a scenario, what opens the one after it. @param {string} of @param {Commands} commands
 * @param {HTMLElement} then has the focus @param {import("../words/index.js").Words} words */
export async function onward(of, commands, then, words) {
  const all = await listWith([scenarios, logScenarios], of);
  const next = all[all.findIndex(({ name }) => name === of) + 1];
  const take = async () => {
    then.focus();
    await commands.open(scenario(next.name));
  };
  if (!next || next === all[0]) return undefined;
  const named = words.told(next.title);
  const whole = `${words.nextScenario}: ${named}`;
  const title = h("span", { class: "which" }, `: ${named}`);
  const says = h("span", {}, words.nextScenario, title); // one piece: a button sets its pieces apart
  return h("button", { class: "onward", "aria-label": whole, onclick: () => void take() }, says);
}
