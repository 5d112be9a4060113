// The console of the clients: what was asked lately, and a line to ask something more. A refusal stands above the line
// that was typed, in a sentence.

import { h, keyed, setAttr, setText } from "../shared/dom.js";
import { FORMS, keyOf, outcome, parse, written } from "../shared/operations.js";
/** @import { Action, Op, View } from "../engine/engine.js" */
/** @import { Store } from "../store.js" */
/** @import { Operation, Told } from "./asked.js" */

/** So many lines are shown. */
const LINES = 4;
/** So many keys there may be on the page. */
const KEYS = 1000;

/** What became of an operation, after what was asked. @param {Operation} operation @returns {string} */
export function became({ at, slot, after, call, return: back }) {
  const where = at ? `at ${at}` : "";
  if (back === null) return [where, "…"].filter(Boolean).join(" · ");
  return [where, slot ? `${after ? "after " : ""}slot ${slot}` : "", `${back - call} ms`].filter(Boolean).join(" · ");
}

/** Why no more keys can be had. @param {Op} op @param {Operation[]} operations @returns {string} nothing when there can */
export function full(op, operations) {
  if ("get" in op || "delete" in op) return "";
  const keys = new Set(operations.map((one) => keyOf(one.op)));
  if (keys.size < KEYS || keys.has(keyOf(op))) return "";
  return `Clients have asked for ${KEYS.toLocaleString("en")} keys, as many as a page takes: use one of those.`;
}

export class Console {
  #lines = h("ol", { "aria-label": "What clients asked lately" });
  #line = h("input", {
    name: "line",
    "aria-label": "What the client asks",
    placeholder: "put x 9",
    title: FORMS.join(", "),
    autocomplete: "off",
    autocapitalize: "off",
    spellcheck: "false",
    enterkeyhint: "send",
    onkeydown: (/** @type {KeyboardEvent} */ event) => this.#recall(event),
    oninput: () => this.#say(""),
  });
  #client = h("select", { name: "client", "aria-label": "As client" });
  #server = h("select", { name: "server", "aria-label": "At server" });
  #send = h("button", {}, "Ask");
  #again = h(
    "button",
    {
      type: "button",
      title: "The client has waited long enough, and asks another server",
      onclick: () => void this.#retry(),
    },
    "Retry",
  );
  #wrong = h("p", { class: "wrong-line", role: "alert" });
  #form = h(
    "form",
    {
      class: "console",
      "aria-label": "Ask as a client",
      onsubmit: (/** @type {Event} */ event) => this.#submit(event),
    },
    this.#line,
    this.#send,
    this.#client,
    this.#server,
    this.#again,
  );
  element = h("div", {}, h("div", { class: "lately" }, this.#lines, this.#wrong), this.#form);
  /** What was typed before, and where in it the up arrow has come. @type {string[]} */
  #typed = [];
  #at = 0;
  /** Of which run it speaks. */
  #run = 0;

  /** @param {Store} store @param {Told} told */
  constructor(store, told) {
    this.store = store;
    this.told = told;
    this.#client.onchange = () => {
      store.client = this.#client.value;
      // Whoever looks at a client looks at the one that asks.
      if (store.selected && "client" in store.selected) store.select({ client: store.client });
      store.draw();
    };
  }

  /** @param {View} view @param {Operation[]} operations */
  render({ nodes, clients = [] }, operations) {
    if (this.#run !== this.store.runs) {
      // What was typed, and what was wrong with it, was about another run.
      this.#run = this.store.runs;
      this.#line.value = "";
      this.#say("");
    }
    options(
      this.#client,
      clients.map(({ id }) => [id, `as ${id}`]),
    );
    const servers = nodes.map(({ id }) => /** @type {[string, string]} */ ([`${id}`, `at ${id}`]));
    options(this.#server, [["", "at its leader"], ...servers]);
    if (this.#client.value !== this.store.client) this.#client.value = this.store.client;
    const { closed, client } = this.store;
    const waits = clients.some(({ id, waiting }) => id === client && waiting);
    setAttr(this.#send, "aria-disabled", closed ? "true" : null);
    setAttr(this.#again, "aria-disabled", closed || !waits ? "true" : null);
    keyed(
      this.#lines,
      operations.slice(-LINES),
      ({ client, seq }) => `${client} ${seq}`,
      ({ client, op }) =>
        h("li", {}, h("span", {}, `${client}> `), h("b", {}, written(op)), " ", h("span"), " ", h("b")),
      (li, operation) => {
        const [, , became_, result] = li.children;
        setText(became_, became(operation));
        setText(result, operation.return === null ? "" : outcome(operation.op, operation.result, operation.slot));
      },
    );
  }

  /** @param {Event} event */
  async #submit(event) {
    event.preventDefault();
    const { session, client, closed } = this.store;
    const line = this.#line.value;
    const { op, wrong } = parse(line);
    const why = closed ?? wrong ?? (op && full(op, this.told.operations(session.position().step)));
    if (why || !op) return this.#say(why ?? "");
    const node = Number(this.#server.value);
    if (!(await this.#does({ type: "request", client, op, ...(node && { node }) }))) return;
    this.#typed = [...this.#typed.filter((one) => one !== line), line];
    this.#at = this.#typed.length;
    this.#line.value = "";
    this.#say("");
  }

  /** Goes to the line, with a suggestion where nothing stands in it. @param {Op} op */
  begin(op) {
    if (!this.#line.value) this.#line.value = written(op);
    this.#line.focus();
    this.#line.select();
  }

  async #retry() {
    const { client, closed } = this.store;
    if (closed) return this.#say(closed);
    if (await this.#does({ type: "retry", client })) this.#say("");
  }

  /** @param {Action} action @returns {Promise<boolean>} whether it was done: why not is said where the line is */
  async #does(action) {
    try {
      this.store.edited = true;
      await this.store.session.apply(action);
      return true;
    } catch (error) {
      this.#say(/** @type {Error} */ (error).message);
      return false;
    }
  }

  /** @param {string} text */
  #say(text) {
    setText(this.#wrong, text);
    setAttr(this.#line, "aria-invalid", text ? "true" : null);
  }

  /** The up arrow brings what was typed before. @param {KeyboardEvent} event */
  #recall(event) {
    const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (!by || !this.#typed.length) return;
    event.preventDefault();
    this.#at = Math.max(0, Math.min(this.#typed.length, this.#at + by));
    this.#line.value = this.#typed[this.#at] ?? "";
    this.#line.setSelectionRange(this.#line.value.length, this.#line.value.length);
  }
}

/** Offers these, once. @param {HTMLSelectElement} select @param {[value: string, text: string][]} wanted */
function options(select, wanted) {
  const { value } = select;
  keyed(
    select,
    wanted,
    ([of]) => of,
    ([of, text]) => h("option", { value: of }, text),
  );
  if (select.value !== value && wanted.some(([of]) => of === value)) select.value = value;
}
