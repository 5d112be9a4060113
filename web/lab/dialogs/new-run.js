// The settings of a new run.

import { h } from "../shared/dom.js";
import { field, form, networkFields, num, number, readNetwork } from "../shared/forms.js";
import { show } from "./dialog.js";
/** @import { Config } from "../engine/engine.js" */
/** @import { Ui } from "../ui.js" */

/** @param {Ui} ui */
export function newRun(ui) {
  const { config } = ui.session.run();
  const net = config.network ?? ui.view().network;
  const seed = number("seed", ui.freshSeed());
  const custom = typeof config.quorums === "object";
  const sizes = ui.view().quorums;
  const quorums = h(
    "select",
    { name: "quorums", onchange: () => (split.hidden = quorums.value === "majority") },
    h("option", { value: "majority" }, "majority"),
    h("option", { value: "sizes", selected: custom }, "sizes"),
  );
  const split = h(
    "div",
    { hidden: !custom },
    field("To promise", number("phase1", sizes.phase1, 101, 1), "servers"),
    field("To accept", number("phase2", sizes.phase2, 101, 1), "servers"),
  );
  const content = form(
    ui,
    "A new run replaces this one",
    "Start",
    [
      field("Servers", number("nodes", config.nodes ?? 3, 101, 1), "1 to 101"),
      field("Seed", seed, "same seed, same run"),
      field("Quorums", quorums),
      split,
      field(
        "Ballots",
        h(
          "select",
          { name: "ballots" },
          h("option", { value: "rounds" }, "rounds: 3.1"),
          h("option", { value: "ranges", selected: config.ballots === "ranges" }, "own ranges: 31"),
        ),
      ),
      field(
        "Back off",
        h("input", { type: "checkbox", name: "backoff", checked: config.backoff !== false }),
        "when rivals collide",
      ),
      ...networkFields(net),
    ],
    (data) =>
      ui.reset(
        /** @type {Config} */ ({
          ...config,
          nodes: num(data, "nodes"),
          seed: num(data, "seed"),
          ballots: data.get("ballots"),
          backoff: data.has("backoff"),
          network: readNetwork(data),
          quorums:
            data.get("quorums") === "majority"
              ? "majority"
              : { phase1: num(data, "phase1"), phase2: num(data, "phase2") },
        }),
      ),
    () => dialog.close(),
  );
  const dialog = show(ui, "New run", content);
}
