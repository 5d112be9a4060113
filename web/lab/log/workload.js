// Clients that ask by themselves: how many of them, how often, and for how many keys.

import { h, setAttr, setText } from "../shared/dom.js";
import { wrong, num, number } from "../shared/forms.js";
/** @import { View, Workload } from "../engine/engine.js" */
/** @import { Store } from "../store.js" */

/** Requests a second, and keys, there may be. */
const MOST = { rate: 1000, keys: 1000 };

const many = (/** @type {number} */ n, /** @type {string} */ what) => `${n} ${what}${n === 1 ? "" : "s"}`;

/** @param {Workload} workload */
export const saying = ({ clients, rate, keys = 3 }) =>
  `${many(clients, "client")}, ${many(rate, "request")} a second, ${many(keys, "key")}`;

export class WorkloadForm {
  #clients = number("clients", 2, 26, 1, { says: "Clients" });
  #rate = number("rate", 20, MOST.rate, 1, { says: "Requests a second" });
  #keys = number("keys", 3, MOST.keys, 1, { says: "Keys" });
  #button = h("button");
  #now = h("p", { class: "now-asking" });
  #wrong = h("p", { class: "wrong-line", role: "alert" });
  #fields = h(
    "div",
    { class: "workload-fields" },
    h("label", {}, this.#clients, " clients"),
    h("label", {}, this.#rate, " requests a second"),
    h("label", {}, this.#keys, " keys"),
  );
  element = h(
    "form",
    {
      class: "workload",
      "aria-label": "Workload",
      novalidate: true,
      onsubmit: (/** @type {Event} */ event) => this.#submit(event),
      oninput: () => setText(this.#wrong, ""),
    },
    this.#fields,
    this.#now,
    this.#button,
    this.#wrong,
  );
  #asking = false;
  /** How many clients there are. */
  #most = 0;

  /** @param {Store} store */
  constructor(store) {
    this.store = store;
  }

  /** @param {View} view */
  render({ workload, clients = [] }) {
    this.#asking = !!workload;
    if (this.#most !== clients.length) this.#offer(clients.length);
    setAttr(this.#fields, "hidden", this.#asking);
    setAttr(this.#now, "hidden", !this.#asking);
    setText(this.#now, workload ? saying(workload) : "");
    setText(this.#button, this.#asking ? "Stop" : "Start");
  }

  /** Another run has other clients. What somebody types meanwhile is theirs: too many are refused, and not corrected.
   * @param {number} most */
  #offer(most) {
    this.#most = most;
    setAttr(this.#clients, "max", most);
    if (Number(this.#clients.value) > most) this.#clients.value = `${most}`;
  }

  /** @param {Event} event */
  async #submit(event) {
    event.preventDefault();
    const { session, closed } = this.store;
    const fields = [this.#clients, this.#rate, this.#keys];
    const bad = this.#asking ? undefined : fields.find((field) => wrong(field));
    setText(this.#wrong, bad ? wrong(bad) : "");
    if (bad) return bad.focus();
    const data = new FormData(this.element);
    const of = { clients: num(data, "clients"), rate: num(data, "rate"), keys: num(data, "keys") };
    try {
      if (closed) throw new Error(closed);
      this.store.edited = true;
      await session.apply(this.#asking ? { type: "workload", rate: 0 } : { type: "workload", ...of });
      setText(this.#wrong, "");
    } catch (error) {
      setText(this.#wrong, /** @type {Error} */ (error).message);
    }
  }
}
