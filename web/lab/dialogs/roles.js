// Which roles each server of a new run plays: all three, as servers mostly do, or those that a person ticks.

import { h, keyed } from "../shared/dom.js";
import { field, Misfit } from "../shared/forms.js";

/** @typedef {"proposer" | "acceptor" | "learner"} Role */
/** @type {Role[]} */
const ROLES = ["proposer", "acceptor", "learner"];

/** A division to begin with: some propose, most accept, one learns. @param {number} servers @returns {Role[][]} */
export function separate(servers) {
  const proposers = servers < 5 ? 1 : 2;
  const list = Array.from({ length: servers }, (_, i) => {
    if (i < proposers) return ROLES[0];
    return i === servers - 1 ? ROLES[2] : ROLES[1];
  });
  // With fewer than three servers somebody plays two parts.
  if (servers < 3) return list.map((role, i) => (i ? [ROLES[1], ROLES[2]] : servers > 1 ? [role] : [...ROLES]));
  return list.map((role) => [role]);
}

export class Roles {
  choice = h("select", { name: "roles" });
  #all = h("small", {}, "proposer, acceptor and learner");
  field = field("Roles", this.choice);
  #rows = h("tbody");
  table = h("div", { class: "roles" });
  /** By server. @type {Role[][]} */
  #roles;
  /** Whether somebody has ticked a box: then servers are added and taken away, and no other is changed. */
  #own;

  /** @param {HTMLInputElement} servers how many there will be @param {Role[][] | undefined} now */
  constructor(servers, now) {
    this.servers = servers;
    this.#own = !!now;
    this.#roles = now ?? separate(this.#many());
    const all = h("option", { value: "all" }, "each plays all");
    this.choice.append(all, h("option", { value: "each", selected: !!now }, "as ticked below"));
    this.field.classList.add("told-below");
    this.field.append(this.#all);
    const heads = ["Server", ...ROLES].map((name) => h("th", { scope: "col" }, name));
    this.table.append(h("table", {}, h("thead", {}, h("tr", {}, ...heads)), this.#rows));
    this.choice.onchange = () => this.#draw();
    servers.addEventListener("input", () => this.#draw());
    this.#draw();
  }

  /** How many servers there will be; 0 while no such number is written. */
  #many() {
    const { value, max } = this.servers;
    const number = Number(value);
    return Number.isInteger(number) && number > 0 && number <= Number(max) ? number : 0;
  }

  #draw() {
    this.table.hidden = this.choice.value === "all";
    this.#all.hidden = !this.table.hidden;
    const many = this.#many();
    if (!many) return;
    const fresh = separate(many);
    this.#roles = fresh.map((roles, i) => (this.#own ? (this.#roles[i] ?? ["acceptor"]) : roles));
    keyed(
      this.#rows,
      this.#roles.map((roles, i) => ({ roles, server: i + 1 })),
      ({ server }) => server,
      ({ server }) =>
        h("tr", {}, h("th", { scope: "row" }, `${server}`), ...ROLES.map((role) => this.#cell(server, role))),
      (row, { roles }) => {
        for (const [i, box] of row.querySelectorAll("input").entries()) box.checked = roles.includes(ROLES[i]);
      },
    );
  }

  /** @param {number} server @param {Role} role */
  #cell(server, role) {
    const box = h("input", { type: "checkbox", "aria-label": `Server ${server} is a ${role}`.replace("a a", "an a") });
    box.onchange = () => {
      this.#own = true;
      const others = this.#roles[server - 1].filter((one) => one !== role);
      this.#roles[server - 1] = box.checked ? [...others, role] : others;
    };
    return h("td", {}, h("label", {}, box));
  }

  /** How many servers play a role. @param {Role} role */
  count(role) {
    const all = this.choice.value === "all";
    return all ? this.#many() : this.#roles.filter((roles) => roles.includes(role)).length;
  }

  /** @returns {Role[][] | null} null: every server plays all three; throws a sentence if nobody plays one of them */
  read() {
    if (this.choice.value === "all") return null;
    for (const role of ROLES)
      if (!this.count(role))
        throw new Misfit(this.choice, `No server is ${role === "acceptor" ? "an" : "a"} ${role}. Tick at least one.`);
    return this.#roles.map((roles) => ROLES.filter((role) => roles.includes(role)));
  }
}
