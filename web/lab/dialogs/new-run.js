// The settings of a new run.

import { h } from "../shared/dom.js";
import { field, form, networkFields, num, number, readNetwork } from "../shared/forms.js";
import { show } from "./dialog.js";
/** @import { Commands } from "../commands.js" */
/** @import { Config, View } from "../engine/engine.js" */
/** @import { Notices } from "../notices.js" */
/** @import { Store } from "../store.js" */

/** The most servers there may be. */
const SERVERS = 101;

/** @param {HTMLElement} lab @param {Store} store @param {Commands} commands @param {Notices} notices */
export function newRun(lab, store, commands, notices) {
  const { config } = store.session.run();
  const view = store.view();
  const backoff = h("input", { type: "checkbox", name: "backoff", checked: config.backoff !== false });
  const fields = [
    field("Servers", number("nodes", config.nodes ?? 3, SERVERS, 1), `1 to ${SERVERS}`),
    field("Seed", number("seed", store.session.freshSeed()), "same seed, same run"),
    ...quorums(config, view.quorums),
    field("Ballots", ballots(config)),
    field("Back off", backoff, "when rivals collide"),
    ...networkFields(config.network ?? view.network),
  ];
  const start = (/** @type {FormData} */ data) => commands.reset(read(data, config));
  const failed = (/** @type {Error} */ error) => notices.failed(error);
  const content = form("A new run replaces this one", "Start", fields, start, failed, () => dialog.close());
  const dialog = show(lab, "New run", content);
}

/** @param {Config} config @param {View["quorums"]} sizes */
function quorums(config, sizes) {
  const custom = typeof config.quorums === "object";
  const choice = h("select", { name: "quorums" });
  choice.append(
    h("option", { value: "majority" }, "majority"),
    h("option", { value: "sizes", selected: custom }, "sizes"),
  );
  const promise = field("To promise", number("phase1", sizes.phase1, SERVERS, 1), "servers");
  const vote = field("To accept", number("phase2", sizes.phase2, SERVERS, 1), "servers");
  const split = h("div", { hidden: !custom }, promise, vote);
  choice.onchange = () => {
    split.hidden = choice.value === "majority";
  };
  return [field("Quorums", choice), split];
}

/** @param {Config} config */
function ballots(config) {
  const rounds = h("option", { value: "rounds" }, "rounds: 3.1");
  const ranges = h("option", { value: "ranges", selected: config.ballots === "ranges" }, "own ranges: 31");
  return h("select", { name: "ballots" }, rounds, ranges);
}

/** @param {FormData} data @param {Config} config what the form does not show @returns {Config} */
function read(data, config) {
  const sizes = { phase1: num(data, "phase1"), phase2: num(data, "phase2") };
  return /** @type {Config} */ ({
    ...config,
    nodes: num(data, "nodes"),
    seed: num(data, "seed"),
    ballots: data.get("ballots"),
    backoff: data.has("backoff"),
    network: readNetwork(data),
    quorums: data.get("quorums") === "majority" ? "majority" : sizes,
  });
}
