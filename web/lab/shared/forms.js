// The few things that take more than a click: small forms that open where they were asked for and say what is wrong
// beside the field, in the engine's own words.

import { h, setText } from "./dom.js";
/** @import { Action, View } from "../engine/engine.js" */

/**
 * What a form that acts on the run needs.
 * @typedef {object} Acts
 * @property {(action: Action) => Promise<unknown>} apply rejects with a sentence to show
 * @property {(error: Error) => void} failed tells the page around the lab
 */

/** @param {string} name @param {HTMLElement} input @param {string} [unit] */
export const field = (name, input, unit) =>
  h("label", { class: "field" }, h("span", {}, name), input, unit && h("small", {}, unit));

/** @param {string} name @param {unknown} value @param {number} [max] @param {number} [min] */
export const number = (name, value, max, min = 0) =>
  h("input", {
    name,
    type: "number",
    inputmode: "decimal",
    step: "any",
    value: `${value}`,
    min,
    max,
    required: true,
  });

/** @param {FormData} data @param {string} name */
export const num = (data, name) => Number(data.get(name));

/** A sentence that says what went wrong, once something has.
 * @param {(error: Error) => void} failed tells the page around the lab
 * @returns {{ element: HTMLElement, clear: () => void, show: (error: Error) => void }} */
export function complaint(failed) {
  const element = h("p", { class: "error", role: "alert" });
  const show = (/** @type {Error} */ error) => {
    setText(element, error.message);
    failed(error);
  };
  return { element, clear: () => setText(element, ""), show };
}

/**
 * @param {string} title @param {string} submit @param {(HTMLElement | string)[]} fields
 * @param {(data: FormData) => Promise<unknown>} done rejects with a sentence to show
 * @param {(error: Error) => void} failed @param {() => void} close
 */
export function form(title, submit, fields, done, failed, close) {
  const error = complaint(failed);
  const send = (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    error.clear();
    done(new FormData(/** @type {HTMLFormElement} */ (event.currentTarget))).then(close, error.show);
  };
  const buttons = h(
    "div",
    { class: "buttons" },
    h("button", { class: "primary" }, submit),
    h("button", { type: "button", onclick: close }, "Cancel"),
  );
  const props = { "aria-label": title, novalidate: true, onsubmit: send };
  return h("form", props, h("strong", {}, title), ...fields, error.element, buttons);
}

/** @param {Acts} acts @param {Extract<Action, {type: "propose"}>} action @param {() => void} close */
export function propose({ apply, failed }, action, close) {
  const value = h("input", {
    name: "value",
    value: action.value,
    autocomplete: "off",
    spellcheck: "false",
    dir: "auto",
  });
  const done = (/** @type {FormData} */ data) => apply({ ...action, value: `${data.get("value")}` });
  return form(`Propose at server ${action.node}`, "Propose", [field("Value", value)], done, failed, close);
}

/** @param {Acts} acts @param {number[]} ids of the servers @param {() => void} close */
export function partition({ apply, failed }, ids, close) {
  const boxes = ids.map((id) => h("label", {}, h("input", { type: "checkbox", name: "in", value: id }), `${id}`));
  const done = async (/** @type {FormData} */ data) => {
    const inside = data.getAll("in").map(Number);
    if (!inside.length || inside.length === ids.length)
      throw new Error("Pick at least one server, and leave at least one.");
    await apply({ type: "partition", groups: [inside, ids.filter((id) => !inside.includes(id))] });
  };
  const servers = h("div", { class: "servers" }, ...boxes);
  return form("Cut these off from the rest", "Partition", [servers], done, failed, close);
}

/** @param {Partial<View["network"]>} network */
export const networkFields = ({ loss = 0, duplicate = 0, latency = [0, 0] }) => [
  field("Lost", number("loss", +(loss * 100).toFixed(1), 100), "% of messages"),
  field("Duplicated", number("duplicate", +(duplicate * 100).toFixed(1), 100), "% of messages"),
  field("Latency", h("span", { class: "range" }, number("from", latency[0]), "to", number("to", latency[1])), "ms"),
];

/** @param {FormData} data @returns {{loss: number, duplicate: number, latency: [number, number]}} */
export const readNetwork = (data) => ({
  loss: num(data, "loss") / 100,
  duplicate: num(data, "duplicate") / 100,
  latency: [num(data, "from"), num(data, "to")],
});

/** @param {Acts} acts @param {View["network"]} now @param {() => void} close */
export function network({ apply, failed }, now, close) {
  const done = (/** @type {FormData} */ data) => apply({ type: "network", ...readNetwork(data) });
  return form("The network from now on", "Change", networkFields(now), done, failed, close);
}
