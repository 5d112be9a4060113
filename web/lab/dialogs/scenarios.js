// Where to begin: a scenario, a file, or a run of one's own making.

import { h, setAttr } from "../shared/dom.js";
import { complaint } from "../shared/forms.js";
import { show } from "./dialog.js";
import { keptList } from "./kept.js";
/** @import { Commands } from "../commands.js" */
/** @import { Run } from "../engine/engine.js" */
/** @import { Entry } from "../engine/shipped.js" */
/** @import { Notices } from "../notices.js" */
/** @import { Store } from "../store.js" */

const shipped = () => import("../engine/shipped.js");
/** What takes longer to list is not waited for, in ms. */
const LATE = 1000;

const extras = () => import("../engine/extras.js");

/** @param {HTMLElement} lab @param {Store} store @param {Commands} commands @param {Notices} notices
 * @param {{ newRun: () => void, whatIf: () => void, challenges: () => void }} others what else to begin with */
export function scenarios(lab, store, commands, notices, others) {
  const list = h("ol", { class: "scenarios" }, h("li", {}, "Loading the list…"));
  const error = complaint((why) => notices.failed(why));
  const take = async (/** @type {Promise<Run>} */ run) => {
    try {
      await commands.take(await run);
      dialog.close();
    } catch (why) {
      error.show(/** @type {Error} */ (why));
    }
  };
  const instead = (/** @type {() => void} */ open) => () => {
    dialog.close();
    open();
  };
  const file = h("input", { type: "file", accept: ".json,application/json", hidden: true });
  file.onchange = () => {
    const [chosen] = file.files ?? [];
    if (chosen) void take(extras().then(({ openFile }) => openFile(chosen)));
  };
  const buttons = h(
    "div",
    { class: "buttons" },
    h("button", { onclick: instead(others.newRun) }, "New run…"),
    h("button", { onclick: () => file.click() }, "Open a file…"),
    h("button", { onclick: instead(others.challenges) }, "Challenges…"),
    h("button", { onclick: instead(others.whatIf) }, "What if…"),
    file,
  );
  const kept = keptList(store.session, commands, {
    failed: (why) => error.show(/** @type {Error} */ (why)),
    opened: () => dialog.close(),
  });
  const mine = h("div");
  const ofLog = h("div");
  const all = h("div", { class: "begin", "data-loading": true }, kept.element, mine, list, ofLog);
  const dialog = show(lab, "Scenarios", buttons, error.element, all);
  const lessons = import("../lessons/list.js").then(
    ({ fill }) => fill(mine, (run) => void take(Promise.resolve(run)), error.show),
    error.show,
  );
  const open = (/** @type {string} */ name) => void take(shipped().then(({ scenario }) => scenario(name)));
  const filled = fill(list, ofLog, open).catch((why) => {
    list.replaceChildren();
    error.show(why);
  });
  // They are seen all at once: one that comes later would push the others down, under the pointer.
  const late = new Promise((done) => setTimeout(done, LATE));
  void Promise.race([Promise.all([kept.drawn, lessons, filled]), late]).then(() => setAttr(all, "data-loading", null));
}

/** @param {HTMLElement} list @param {HTMLElement} ofLog those of a replicated log, under a heading
 * @param {(name: string) => void} open */
async function fill(list, ofLog, open) {
  const { scenarios, logScenarios } = await shipped();
  const [all, log] = await Promise.all([scenarios(), logScenarios()]);
  const item = (/** @type {Entry} */ { name, title, about }) => {
    const text = [h("b", {}, title), h("span", {}, about)];
    return h("li", {}, h("button", { class: "scenario", onclick: () => open(name) }, ...text));
  };
  list.replaceChildren(...all.map(item));
  ofLog.replaceChildren(h("h3", {}, "A replicated log"), h("ol", { class: "scenarios" }, ...log.map(item)));
}
