// The notices themselves: paragraphs above the stage that stay until they are dismissed, and one that says how far a
// run is that is being opened. Loaded when there is something to say.

import { h, setAttr, style } from "./shared/dom.js";
/** @import { Topic } from "./engine/inside.js" */

/** What takes no longer needs no notice, in ms. */
const AT_ONCE = 250;

/** @typedef {[label: string, act: () => unknown]} Offer a button beside a notice; what it does may be a promise */

/** @param {Element} place */
const styled = (place) =>
  style(/** @type {ShadowRoot} */ (place.getRootNode()), new URL("./notice.css", import.meta.url));

/** Puts a notice, once it has its styles, in the place of any other about the same. @param {Element} place
 * @param {Topic} topic @param {string} text
 * @param {Offer[]} offers @param {(error: unknown) => void} refuse */
export async function put(place, topic, text, offers, refuse) {
  await styled(place);
  const note = h("p", { class: "notice", role: topic === "not-persisted" ? "alert" : "status", "data-topic": topic });
  const close = () => note.remove();
  const take = async (/** @type {Offer[1]} */ act) => {
    try {
      await act();
      close();
    } catch (error) {
      refuse(error);
    }
  };
  const buttons = offers.map(([label, act]) => h("button", { onclick: () => take(act) }, label));
  const dismiss = h("button", { class: "quiet", onclick: close }, "Dismiss");
  // What changes nothing is offered first where the others change the run that somebody comes back to.
  const stay = h("button", { onclick: close }, "Stay here");
  if (topic === "restored") buttons.unshift(stay);
  else if (topic !== "read-only") buttons.push(dismiss);
  note.append(h("span", {}, text), ...buttons);
  place.querySelector(`[data-topic=${topic}]`)?.remove();
  place.append(note);
}

/** Since when a run is being opened, by the page's clock; by place. @type {WeakMap<Element, number>} */
const since = new WeakMap();

/** A run is being played again. Once that takes a while, says how far it is, and offers to stop.
 * @param {Element} place @param {number} done steps @param {number} steps @param {() => void} cancel */
export function opening(place, done, steps, cancel) {
  if (done === steps) {
    place.querySelector("[data-topic=opening]")?.remove();
    since.delete(place);
    return;
  }
  const begun = since.get(place) ?? performance.now();
  since.set(place, begun);
  if (performance.now() - begun < AT_ONCE) return;
  const bar = place.querySelector("[data-topic=opening] progress") ?? progress(place, steps, cancel);
  setAttr(bar, "value", done);
}

/** @param {Element} place @param {number} steps @param {() => void} cancel @returns {Element} */
function progress(place, steps, cancel) {
  void styled(place);
  const bar = h("progress", { max: steps, "aria-label": "Steps played again" });
  const text = h("span", {}, `Opening a run of ${steps.toLocaleString("en")} steps.`);
  const stop = h("button", { onclick: cancel }, "Cancel");
  place.append(h("p", { class: "notice", role: "status", "data-topic": "opening" }, text, bar, stop));
  return bar;
}
