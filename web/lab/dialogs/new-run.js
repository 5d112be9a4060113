// The settings of a new run. It starts with every rule on, and with nothing that this form does not show. Who takes
// part is as in the run before. How long things take is as in any run, unless a person asks for the timing of that one.

import { h, setText } from "../shared/dom.js";
import {
  field,
  form,
  LONGEST,
  Misfit,
  networkFields,
  num,
  number,
  readNetwork,
  readSpan,
  spanField,
} from "../shared/forms.js";
import { show } from "./dialog.js";
import { LogFields } from "./new-log.js";
import { Roles } from "./roles.js";
/** @import { Commands } from "../commands.js" */
/** @import { Config, View } from "../engine/engine.js" */
/** @import { Notices } from "../notices.js" */
/** @import { Store } from "../store.js" */

/** The most servers there may be. */
const SERVERS = 101;
/** The names of the two numbers of what a disk takes. @type {[string, string]} */
const DISK = ["disk-from", "disk-to"];

/**
 * Timing by name: of messages, disks and proposers. The first is what a run has by itself.
 * @type {Record<string, Timing>}
 */
const TIMINGS = {
  usual: { loss: 0, duplicate: 0, latency: [30, 40], disk: [2, 5], retry: 300 },
  calm: { loss: 0, duplicate: 0, latency: [20, 20], disk: [1, 1], retry: 1000 },
  lossy: { loss: 0.2, duplicate: 0.05, latency: [20, 80], disk: [2, 5], retry: 300 },
  "slow disks": { loss: 0, duplicate: 0, latency: [30, 40], disk: [40, 120], retry: 600 },
};
/** @typedef {[least: number, most: number]} Span in ms */
/** @typedef {{ loss: number, duplicate: number, latency: Span, disk: Span, retry: number }} Timing
 * in ms, and parts of 1 */
/** The name of the timing of the run that is shown. */
const PRESENT = "as in this run";

/** @param {HTMLElement} lab @param {Store} store @param {Commands} commands @param {Notices} notices */
export function newRun(lab, store, commands, notices) {
  const { config } = store.session.run();
  const view = store.view();
  const backoff = h("input", { type: "checkbox", name: "backoff", checked: config.backoff !== false });
  const servers = number("nodes", config.nodes ?? 3, SERVERS, 1);
  const roles = new Roles(servers, config.roles);
  const log = new LogFields(servers, config);
  const sizes = quorums(config, view.quorums, roles);
  const fields = [
    field("Servers", servers, `1 to ${SERVERS}`),
    ...log.all,
    roles.field,
    roles.table,
    ...sizes.fields,
    field("Ballots", ballots(config)),
    field("Back off", backoff, "when rivals collide"),
    ...timing({ ...TIMINGS.usual, .../** @type {Partial<Timing>} */ (config), ...view.network }),
    field("Seed", number("seed", store.session.freshSeed(), Number.MAX_SAFE_INTEGER), "same seed, same run"),
    h("p", { class: "so" }, "Every rule is on. “What if…” switches one off."),
  ];
  const start = async (/** @type {FormData} */ data) =>
    commands.reset({ ...read(data, roles, content), ...log.read(data) });
  const failed = (/** @type {Error} */ error) => notices.failed(error);
  const content = form("New run", "Start", fields, start, failed, () => dialog.close());
  // Servers and boxes that are ticked say how many acceptors there are.
  for (const change of ["input", "change"]) content.addEventListener(change, sizes.limit);
  content.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.target instanceof HTMLSelectElement)) return;
    event.preventDefault(); // elsewhere a form does so by itself
    content.requestSubmit();
  });
  const dialog = show(lab, "New run", content);
  servers.focus();
  servers.select();
}

/** @param {Config} config @param {View["quorums"]} sizes @param {Roles} roles */
function quorums(config, sizes, roles) {
  const custom = typeof config.quorums === "object";
  const choice = h("select", { name: "quorums" });
  choice.append(
    h("option", { value: "majority" }, "majority"),
    h("option", { value: "sizes", selected: custom }, "sizes"),
  );
  const phases = [number("phase1", sizes.phase1, SERVERS, 1), number("phase2", sizes.phase2, SERVERS, 1)];
  const of = phases.map(() => h("small"));
  const [promise, vote] = ["To promise", "To accept"].map((name, i) => field(name, phases[i]));
  promise.append(of[0]);
  vote.append(of[1]);
  const limit = () => {
    const acceptors = roles.count("acceptor") || SERVERS;
    for (const [i, phase] of phases.entries()) {
      phase.max = `${acceptors}`;
      setText(of[i], `of ${acceptors} ${acceptors > 1 ? "acceptors" : "acceptor"}`);
    }
  };
  limit();
  const split = h("div", { class: "split", hidden: !custom }, promise, vote);
  choice.onchange = () => {
    split.hidden = choice.value === "majority";
  };
  return { fields: [field("Quorums", choice), split], limit };
}

/** @param {Config} config */
function ballots(config) {
  const rounds = h("option", { value: "rounds" }, "rounds: 3.1");
  const ranges = h("option", { value: "ranges", selected: config.ballots === "ranges" }, "own ranges: 31");
  return h("select", { name: "ballots" }, rounds, ranges);
}

/** How long things take, and what is lost: by name, or one by one. @param {Timing} present of the run that is shown */
function timing(present) {
  const named = Object.values(TIMINGS).some((one) => numbers(one).join() === numbers(present).join());
  const timings = named ? TIMINGS : { ...TIMINGS, [PRESENT]: present };
  const names = Object.keys(timings);
  const choice = h("select", { name: "timing" });
  choice.append(...names.map((name) => h("option", { value: name }, name)));
  choice.append(h("option", { value: "" }, "as set below"));
  const { usual } = TIMINGS;
  const retry = field("Retry", number("retry", usual.retry, LONGEST, 1, { unit: "ms" }), "ms until the first new try");
  const fields = [...networkFields(usual), spanField("Disk", DISK, usual.disk), retry];
  const inputs = fields.flatMap((one) => [...one.querySelectorAll("input")]);
  const written = () => inputs.map((input) => Number(input.value)).join();
  for (const input of inputs)
    input.addEventListener("input", () => {
      choice.value = names.find((name) => written() === numbers(timings[name]).join()) ?? "";
    });
  choice.onchange = () => {
    if (!choice.value) return;
    const wanted = numbers(timings[choice.value]);
    inputs.forEach((input, i) => {
      input.value = `${wanted[i]}`;
    });
    for (const input of inputs) input.dispatchEvent(new Event("input"));
  };
  return [field("Timing", choice), ...fields];
}

/** In the order of the fields. @param {Timing} timing */
const numbers = ({ loss, duplicate, latency, disk, retry }) => [
  +(loss * 100).toFixed(1),
  +(duplicate * 100).toFixed(1),
  ...latency,
  ...disk,
  retry,
];

/** @param {FormData} data @param {Roles} roles @param {HTMLFormElement} form @returns {Config} throws a sentence */
function read(data, roles, form) {
  const sizes = { phase1: num(data, "phase1"), phase2: num(data, "phase2") };
  const majority = data.get("quorums") === "majority";
  const played = roles.read();
  if (!majority) checkSizes(sizes, roles.count("acceptor"), form.elements);
  return /** @type {Config} */ ({
    nodes: num(data, "nodes"),
    seed: num(data, "seed"),
    ballots: data.get("ballots"),
    backoff: data.has("backoff"),
    network: readNetwork(data),
    disk: readSpan(data, DISK),
    retry: num(data, "retry"),
    quorums: majority ? "majority" : sizes,
    ...(played && { roles: played }),
  });
}

/** Refuses quorums that two values could be chosen by. @param {{ phase1: number, phase2: number }} sizes
 * @param {number} voters @param {HTMLFormControlsCollection} fields */
function checkSizes({ phase1, phase2 }, voters, fields) {
  const refuse = (/** @type {string} */ name, /** @type {string} */ text) =>
    new Misfit(/** @type {HTMLInputElement} */ (fields.namedItem(name)), text);
  if (Math.max(phase1, phase2) > voters) {
    const all = voters === 1 ? "is 1 acceptor" : `are ${voters} acceptors`;
    throw refuse(phase1 > voters ? "phase1" : "phase2", `There ${all}: no quorum can be larger.`);
  }
  if (phase1 + phase2 > voters) return;
  const missing = voters + 1 - phase1 - phase2;
  const disjoint = `${phase1} and ${phase2} of ${voters} acceptors need not have one in common`;
  throw refuse("phase2", `${disjoint}, and two values could be chosen. Add ${missing} to one of them.`);
}
