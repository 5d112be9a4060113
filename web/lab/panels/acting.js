// Actions that take more than a click: each has a form that opens in the inspector.

import { network, partition, propose } from "../shared/forms.js";
/** @import { Action } from "../engine/engine.js" */
/** @import { Notices } from "../notices.js" */
/** @import { Close } from "../shared/forms.js" */
/** @import { Item } from "../shared/facts.js" */
/** @import { Store } from "../store.js" */

/** What to offer, when what would be offered has been asked for already: two clients that want the same show little. */
const OTHERS = ["blue", "red", "green", "orange", "purple", "yellow"];

/** A value that no client has asked for yet, where there is one. @param {string} value what would be offered
 * @param {string[]} asked @returns {string} */
export const unasked = (value, asked) =>
  asked.includes(value) ? (OTHERS.find((other) => !asked.includes(other)) ?? value) : value;

/** What was typed for a server and not proposed yet: who looks at another server meanwhile finds it again.
 * @type {WeakMap<Store, Map<string, string>>} */
const TYPED = new WeakMap();

/** @param {Item} item @param {Store} store @param {Notices} notices @param {Close} close @returns {HTMLElement} */
function form({ opens, acts }, store, notices, close) {
  const view = store.view();
  const needed = {
    apply: (/** @type {Action} */ action) => store.session.apply(action),
    failed: (/** @type {Error} */ error) => notices.failed(error),
  };
  if (opens === "network") return network(needed, view.network, close);
  const [action] = acts ?? [];
  if (action?.type === "propose") {
    const typed = TYPED.get(store) ?? new Map();
    TYPED.set(store, typed);
    const of = `${store.runs} ${action.node}`;
    const value = typed.get(of) ?? unasked(action.value, store.session.asked());
    const ended = (/** @type {boolean} */ done) => {
      typed.delete(of);
      close(done);
    };
    const element = propose(needed, { ...action, value }, ended);
    element.addEventListener("input", ({ target }) => typed.set(of, /** @type {HTMLInputElement} */ (target).value));
    return element;
  }
  const ids = view.nodes.map(({ id }) => id);
  return partition(needed, ids, close);
}

/** Opens the form of an action, and goes to its first field. @param {Element} place @param {Item} item
 * @param {Store} store
 * @param {Notices} notices @param {Close} close */
export function openForm(place, item, store, notices, close) {
  const element = form(item, store, notices, close);
  place.replaceChildren(element);
  element.scrollIntoView({ block: "nearest" });
  const input = element.querySelector("input");
  input?.focus();
  input?.select();
}
