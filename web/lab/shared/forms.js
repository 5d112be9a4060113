// The few things that take more than a click: small forms that open where they were asked for and say what is wrong
// beside the field, in the engine's own words.

import { h, setText } from "./dom.js";
/** @import { Action, View } from "../engine/engine.js" */
/** @import { Ui } from "../ui.js" */

/** @param {string} name @param {HTMLElement} input @param {string} [unit] */
export const field = (name, input, unit) =>
  h("label", { class: "field" }, h("span", {}, name), input, unit && h("small", {}, unit));

/** @param {string} name @param {unknown} value @param {number} [max] @param {number} [min] */
export const number = (name, value, max, min = 0) =>
  h("input", { name, type: "number", inputmode: "decimal", step: "any", value: `${value}`, min, max, required: true });

/** @param {FormData} data @param {string} name */
export const num = (data, name) => Number(data.get(name));

/**
 * @param {Ui} ui @param {string} title @param {string} submit @param {(HTMLElement | string)[]} fields
 * @param {(data: FormData) => Promise<unknown>} done rejects with a sentence to show
 * @param {() => void} close
 */
export function form(ui, title, submit, fields, done, close) {
  const error = h("p", { class: "error", role: "alert" });
  return h(
    "form",
    {
      "aria-label": title,
      novalidate: true,
      onsubmit: (/** @type {SubmitEvent} */ event) => {
        event.preventDefault();
        setText(error, "");
        done(new FormData(/** @type {HTMLFormElement} */ (event.currentTarget))).then(close, (e) => {
          setText(error, e.message);
          ui.failed(e);
        });
      },
    },
    h("strong", {}, title),
    ...fields,
    error,
    h(
      "div",
      { class: "buttons" },
      h("button", { class: "primary" }, submit),
      h("button", { type: "button", onclick: close }, "Cancel"),
    ),
  );
}

/** @param {Ui} ui @param {Extract<Action, {type: "propose"}>} action @param {() => void} close */
export const propose = (ui, action, close) =>
  form(
    ui,
    `Propose at server ${action.node}`,
    "Propose",
    [
      field(
        "Value",
        h("input", { name: "value", value: action.value, autocomplete: "off", spellcheck: "false", dir: "auto" }),
      ),
    ],
    (data) => ui.session.apply({ ...action, value: `${data.get("value")}` }),
    close,
  );

/** @param {Ui} ui @param {() => void} close */
export const partition = (ui, close) => {
  const ids = ui.view().nodes.map((n) => n.id);
  return form(
    ui,
    "Cut these off from the rest",
    "Partition",
    [
      h(
        "div",
        { class: "servers" },
        ...ids.map((id) => h("label", {}, h("input", { type: "checkbox", name: "in", value: id }), `${id}`)),
      ),
    ],
    async (data) => {
      const inside = data.getAll("in").map(Number);
      if (!inside.length || inside.length === ids.length)
        throw new Error("Pick at least one server, and leave at least one.");
      await ui.session.apply({ type: "partition", groups: [inside, ids.filter((id) => !inside.includes(id))] });
    },
    close,
  );
};

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

/** @param {Ui} ui @param {() => void} close */
export const network = (ui, close) =>
  form(
    ui,
    "The network from now on",
    "Change",
    networkFields(ui.view().network),
    (data) => ui.session.apply({ type: "network", ...readNetwork(data) }),
    close,
  );
