// One's own lessons in the list of scenarios. Loaded with that list.

import { h } from "../shared/dom.js";
import { forget, mine } from "./mine.js";
/** @import { Run } from "../engine/engine.js" */

/** Fills a place with the lessons kept in this browser; without any it stays empty.
 * @param {HTMLElement} place @param {(run: Run) => void} open @param {(error: Error) => void} failed */
export async function fill(place, open, failed) {
  /** @type {Awaited<ReturnType<typeof mine>>} */
  let all = [];
  try {
    all = await mine();
  } catch {
    return; // where nothing is kept there is nothing to list
  }
  const drop = async (/** @type {string} */ title) => {
    await forget(title).catch(failed);
    await fill(place, open, failed);
  };
  const item = (/** @type {{ title: string, run: Run }} */ { title, run }) => {
    const notes = run.notes?.length ?? 0;
    const text = [
      h("b", { dir: "auto" }, title),
      h("span", {}, `${notes} ${notes === 1 ? "note" : "notes"}, ${run.length} ${run.length === 1 ? "step" : "steps"}`),
    ];
    const begin = () => open({ ...run, cursor: 0 });
    const remove = h(
      "button",
      { class: "quiet", onclick: () => drop(title), "aria-label": `Delete ${title}` },
      "Delete",
    );
    return h("li", { class: "kept-lesson" }, h("button", { class: "scenario", onclick: begin }, ...text), remove);
  };
  place.replaceChildren(
    ...(all.length ? [h("h3", {}, "Mine"), h("ul", { class: "scenarios mine" }, ...all.map(item))] : []),
  );
}
