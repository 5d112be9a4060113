// The settings of a new run. It starts with every rule on, and with nothing that this form does not show.

import { h } from "../shared/dom.js";
import { field, form, networkFields, num, number, readNetwork, readSpan, spanField } from "../shared/forms.js";
import { show } from "./dialog.js";
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
/** @typedef {{ loss: number, duplicate: number, latency: [number, number], disk: [number, number], retry: number }} Timing in ms, and parts of 1 */

/** @param {HTMLElement} lab @param {Store} store @param {Commands} commands @param {Notices} notices */
export function newRun(lab, store, commands, notices) {
  const { config } = store.session.run();
  const view = store.view();
  const backoff = h("input", { type: "checkbox", name: "backoff", checked: config.backoff !== false });
  const servers = number("nodes", config.nodes ?? 3, SERVERS, 1);
  const roles = new Roles(servers, config.roles);
  const fields = [
    field("Servers", servers, `1 to ${SERVERS}`),
    field("Roles", roles.choice),
    roles.table,
    ...quorums(config, view.quorums),
    field("Ballots", ballots(config)),
    field("Back off", backoff, "when rivals collide"),
    ...timing({ ...TIMINGS.usual, .../** @type {Partial<Timing>} */ (config), ...(config.network ?? view.network) }),
    field("Seed", number("seed", store.session.freshSeed(), Number.MAX_SAFE_INTEGER), "same seed, same run"),
    h("p", { class: "so" }, "Every rule of Paxos is on. “What if…” switches one off."),
  ];
  const start = async (/** @type {FormData} */ data) => commands.reset(read(data, roles));
  const failed = (/** @type {Error} */ error) => notices.failed(error);
  const content = form("New run", "Start", fields, start, failed, () => dialog.close());
  content.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.target instanceof HTMLSelectElement)) return;
    event.preventDefault(); // elsewhere a form does so by itself
    content.requestSubmit();
  });
  const dialog = show(lab, "New run", content);
  servers.focus();
  servers.select();
}

/** @param {Config} config @param {View["quorums"]} sizes */
function quorums(config, sizes) {
  const custom = typeof config.quorums === "object";
  const choice = h("select", { name: "quorums" });
  choice.append(
    h("option", { value: "majority" }, "majority"),
    h("option", { value: "sizes", selected: custom }, "sizes"),
  );
  const promise = field("To promise", number("phase1", sizes.phase1, SERVERS, 1), "acceptors");
  const vote = field("To accept", number("phase2", sizes.phase2, SERVERS, 1), "acceptors");
  const split = h("div", { class: "split", hidden: !custom }, promise, vote);
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

/** How long things take, and what is lost: by name, or one by one. @param {Timing} now */
function timing(now) {
  const choice = h("select", { name: "timing" });
  const names = Object.keys(TIMINGS);
  choice.append(...names.map((name) => h("option", { value: name }, name)));
  choice.append(h("option", { value: "" }, "as set below"));
  const retry = field("Retry", number("retry", now.retry, 60_000, 1, { unit: "ms" }), "ms until the first new try");
  const fields = [...networkFields(now), spanField("Disk", DISK, now.disk), retry];
  const inputs = fields.flatMap((one) => [...one.querySelectorAll("input")]);
  const written = () => inputs.map((input) => Number(input.value)).join();
  const match = () => {
    choice.value = names.find((name) => written() === numbers(TIMINGS[name]).join()) ?? "";
  };
  for (const input of inputs) input.addEventListener("input", match);
  choice.onchange = () => {
    if (!choice.value) return;
    numbers(TIMINGS[choice.value]).forEach((value, i) => {
      inputs[i].value = `${value}`;
      inputs[i].dispatchEvent(new Event("input"));
    });
  };
  match();
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

/** @param {FormData} data @param {Roles} roles @returns {Config} throws a sentence */
function read(data, roles) {
  const sizes = { phase1: num(data, "phase1"), phase2: num(data, "phase2") };
  const majority = data.get("quorums") === "majority";
  const voters = roles.count("acceptor");
  if (!majority) checkSizes(sizes, voters);
  const played = roles.read();
  return /** @type {Config} */ ({
    nodes: num(data, "nodes"),
    seed: num(data, "seed"),
    ballots: data.get("ballots"),
    backoff: data.has("backoff"),
    network: readNetwork(data),
    disk: readSpan(data, "Disk", DISK),
    retry: num(data, "retry"),
    quorums: majority ? "majority" : sizes,
    ...(played && { roles: played }),
  });
}

/** Refuses quorums that two values could be chosen by. @param {{ phase1: number, phase2: number }} sizes
 * @param {number} voters */
function checkSizes({ phase1, phase2 }, voters) {
  if (Math.max(phase1, phase2) > voters)
    throw new Error(`There ${voters === 1 ? "is 1 acceptor" : `are ${voters} acceptors`}: no quorum can be larger.`);
  if (phase1 + phase2 > voters) return;
  const missing = voters + 1 - phase1 - phase2;
  throw new Error(
    `${phase1} and ${phase2} of ${voters} acceptors need not have one in common, and two values could be chosen. Add ${missing} to one of them.`,
  );
}
