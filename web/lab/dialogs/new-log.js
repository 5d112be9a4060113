// What a new run of a replicated log has to be told beside what every run has: who asks, how far a leader may go ahead, and
// how it is found.

import { h, setAttr } from "../shared/dom.js";
import { field, num, number } from "../shared/forms.js";
/** @import { Config, Workload } from "../engine/engine.js" */

/** What there is without being asked. */
const USUAL = { window: 8, clients: 2, leader: 1 };
const MOST = { window: 1000, clients: 26 };
/** How often servers take a snapshot, by name. @type {Record<string, number | null>} */
const SNAPSHOTS = {
  "none: the log grows": null,
  "every 64 slots": 64,
  "every 8 slots": 8,
  "when I say so": 0,
};
/** How many clients servers remember. */
const SESSIONS = ["all", "1", "2", "3"];
/** What clients ask by themselves, by name. @type {Record<string, { rate: number, keys: number } | null>} */
const WORKLOADS = {
  "nobody asks by itself": null,
  "calm: 5 a second, 3 keys": { rate: 5, keys: 3 },
  "busy: 20 a second, 3 keys": { rate: 20, keys: 3 },
  "a rush: 100 a second, 10 keys": { rate: 100, keys: 10 },
};

/** Those that the form has for one of two protocols. */
export class LogFields {
  #protocol = h(
    "select",
    { name: "protocol" },
    h("option", { value: "single" }, "one value"),
    h("option", { value: "log" }, "a log of commands"),
  );
  #leader = h("select", { name: "leader" });
  #some = h("div", { class: "of-a-log" });

  /** @param {HTMLInputElement} servers how many there are @param {Config} config of the run that is shown */
  constructor(servers, config) {
    const { window = USUAL.window, clients = USUAL.clients, election } = config;
    const elections = h(
      "select",
      { name: "election" },
      h("option", { value: "content" }, "it asks the others"),
      h("option", { value: "timeout", selected: election === "timeout" }, "a timeout is enough"),
    );
    const workload = h("select", { name: "workload" }, ...Object.keys(WORKLOADS).map((name) => h("option", {}, name)));
    const { rate } = config.workload ?? {};
    workload.selectedIndex = Math.max(
      0,
      Object.values(WORKLOADS).findIndex((one) => one?.rate === rate),
    );
    const snapshots = h(
      "select",
      { name: "snapshots" },
      ...Object.keys(SNAPSHOTS).map((name) => h("option", {}, name)),
    );
    const every = typeof config.snapshots === "object" ? config.snapshots?.every : config.snapshots;
    snapshots.selectedIndex = Math.max(0, Object.values(SNAPSHOTS).indexOf(every ?? null));
    const sessions = h("select", { name: "sessions" }, ...SESSIONS.map((name) => h("option", {}, name)));
    sessions.selectedIndex = Math.max(0, SESSIONS.indexOf(`${config.sessions}`));
    const reads = h(
      "select",
      { name: "reads" },
      h("option", { value: "log" }, "take a slot of the log"),
      h("option", { value: "index", selected: config.reads === "index" }, "ask a quorum first"),
    );
    this.#protocol.value = config.protocol ?? "single";
    this.#some.append(
      field("Clients", number("clients", clients, MOST.clients, 1), `1 to ${MOST.clients}`),
      field("Workload", workload),
      field("Window", number("window", window, MOST.window, 1), "slots; 1: one at a time"),
      field("Election", elections, "before a server stands for leader"),
      field("First leader", this.#leader),
      field("Snapshots", snapshots, "in place of old slots"),
      field("Reads", reads, "what a leader does before it answers one"),
      field("Sessions", sessions, "clients remembered; one more takes the place of the one served longest ago"),
    );
    servers.addEventListener("input", () => this.#offer(Number(servers.value)));
    this.#offer(Number(servers.value));
    this.#leader.value = `${config.leader === undefined ? USUAL.leader : (config.leader ?? "")}`;
    this.#protocol.onchange = () => this.#show();
    this.#show();
    /** In their order. */
    this.all = [field("Protocol", this.#protocol), this.#some];
  }

  /** Whether a log is wanted. */
  get wanted() {
    return this.#protocol.value === "log";
  }

  #show() {
    setAttr(this.#some, "hidden", !this.wanted);
  }

  /** Who may lead first. @param {number} servers */
  #offer(servers) {
    const { value } = this.#leader;
    const ids = Array.from({ length: Math.max(1, Math.min(101, servers || 1)) }, (_, i) => `${i + 1}`);
    const named = ids.map((id) => h("option", { value: id }, `server ${id}`));
    this.#leader.replaceChildren(h("option", { value: "" }, "they find one"), ...named);
    this.#leader.value = ids.includes(value) ? value : "";
  }

  /** What was filled in. @param {FormData} data @returns {Config} nothing where one value is wanted */
  read(data) {
    return this.wanted ? read(data) : {};
  }
}

/** @param {FormData} data @returns {Config} of a log */
export function read(data) {
  const clients = num(data, "clients");
  const some = WORKLOADS[`${data.get("workload")}`];
  const snapshots = SNAPSHOTS[`${data.get("snapshots")}`];
  const sessions = Number(data.get("sessions"));
  /** @type {Workload | null} */
  const workload = some ? { clients, ...some } : null;
  return {
    protocol: "log",
    window: num(data, "window"),
    election: data.get("election") === "timeout" ? "timeout" : "content",
    leader: data.get("leader") ? num(data, "leader") : null,
    clients,
    ...(workload && { workload }),
    ...(snapshots != null && { snapshots }),
    ...(sessions > 0 && { sessions }),
    ...(data.get("reads") === "index" && { reads: "index" }),
  };
}
