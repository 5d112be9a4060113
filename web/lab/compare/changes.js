// What may differ between two runs: one thing at a time, picked here. Each kind of difference has its own fields and
// makes the other run of them, with a sentence about how it was made.

import { runOf } from "../engine/branches.js";
import { h, setText } from "../shared/dom.js";
import { checked, field, number } from "../shared/forms.js";
import { apart, lower, told } from "./sides.js";
import { spoken } from "./spoken.js";
/** @import { Run } from "../engine/engine.js" */
/** @import { Change, Done } from "../engine/extras.js" */
/** @import { Session } from "../engine/session.js" */
/** @import { Store } from "../store.js" */
/** @import { Side } from "./sides.js" */

/** @typedef {Side & { run: Run, leftOut: string[], says: string }} Variation the other run, and how it was made */
/** @typedef {{ name: string, fields: HTMLElement[], make: () => Variation }} Kind */
/** @typedef {(change: Change, name: string, says: string) => Variation} Vary */

/**
 * The form, which asks for the other run whenever something in it changes, and once to begin with.
 * @param {Store} store @param {Run} run @param {number | undefined} branch the other one, to begin with
 * @param {(make: () => Variation) => void} take
 */
export async function changes({ session }, run, branch, take) {
  const extras = await (await import("../engine/extras.js")).extras();
  /** @type {Vary} */
  const vary = (change, name, says) => ({ ...extras.vary(run, change), name, says });
  const done = extras.done(run);
  const titles = extras.ruleTitles(run);
  const broken = !!run.config.rules;
  const kinds = [
    seed(session, run, vary),
    backoff(run, vary),
    broken ? everyRule(run, titles, vary) : oneRule(run, titles, vary),
    ...(done.length ? [without(done, run, vary), moved(session, done, run, vary)] : []),
    ...branches(session, branch, (other) => spoken(run)(apart(done, extras.done(other)))),
  ];
  // With every rule, if one is missing; or without what was done last, unless that was to ask for a value: then nothing
  // might happen at all.
  const telling = done.length && run.interventions.at(-1)?.action.type !== "propose";
  const first = branch ? kinds.length - 1 : broken ? 2 : telling ? 3 : 0;
  const kind = choice(kinds.map(({ name }) => name));
  kind.selectedIndex = first;
  const fields = h("div", { class: "fields", onchange: () => checked(fields) && take(kinds[kind.selectedIndex].make) });
  const pick = () => {
    fields.replaceChildren(...kinds[kind.selectedIndex].fields);
    take(kinds[kind.selectedIndex].make);
  };
  kind.onchange = pick;
  pick();
  const stay = (/** @type {SubmitEvent} */ event) => event.preventDefault();
  const props = { class: "differs", "aria-label": "What differs", onsubmit: stay };
  return h("form", props, field("What differs", kind), fields);
}

/** @param {string[]} texts @returns {HTMLSelectElement} */
const choice = (texts) => h("select", {}, ...texts.map((text, i) => h("option", { value: i }, text)));

/** @param {Session} session @param {Run} run @param {Vary} vary @returns {Kind} */
function seed(session, { config }, vary) {
  const input = number("seed", session.freshSeed(), Number.MAX_SAFE_INTEGER);
  const make = () => {
    const seed = input.value === "" ? NaN : Number(input.value);
    const says = `There with seed ${seed} instead of ${config.seed}.`;
    return vary({ type: "config", config: { ...config, seed } }, `Seed ${seed}`, says);
  };
  return { name: "another seed", fields: [field("Seed", input, `here it is ${config.seed}`)], make };
}

/** @typedef {Record<string, string>} Titles what the rules are called */

/** @param {Run} run @param {Titles} titles @param {Vary} vary @returns {Kind} */
function everyRule({ config: { rules = {}, ...config } }, titles, vary) {
  const off = Object.keys(rules).filter((rule) => !rules[rule]);
  const says = `There with every rule. Here without ${off.map((rule) => `“${titles[rule]}”`).join(", ")}.`;
  const make = () => vary({ type: "config", config }, "The correct protocol", says);
  return { name: "with every rule", fields: [], make };
}

/** @param {Run} run @param {Titles} titles @param {Vary} vary @returns {Kind} */
function oneRule({ config }, titles, vary) {
  const rules = Object.keys(titles);
  const which = choice(Object.values(titles));
  const make = () => {
    const rule = rules[which.selectedIndex];
    const changed = { ...config, rules: { [rule]: false } };
    const name = `“${titles[rule]}”`;
    return vary({ type: "config", config: changed }, `Without ${name}`, `There, the rule ${name} is off.`);
  };
  return { name: "without a rule", fields: [field("Without", which)], make };
}

/** @param {Run} run @param {Vary} vary @returns {Kind} */
function backoff({ config }, vary) {
  const backoff = !config.backoff;
  const name = backoff ? "With backoff" : "Without backoff";
  const says = `There ${name.toLowerCase()}, here ${backoff ? "without" : "with"} it.`;
  const make = () => vary({ type: "config", config: { ...config, backoff } }, name, says);
  return { name: name.toLowerCase(), fields: [], make };
}

/** What was done, to pick from; the last to begin with. @param {Done[]} done
 * @param {(sentence: string) => string} spell */
function list(done, spell) {
  const which = choice(done.map(({ at, says }) => `${at} ms: ${spell(says)}`));
  which.selectedIndex = done.length - 1;
  return which;
}

/** @param {Done[]} done @param {Run} run @param {Vary} vary @returns {Kind} */
function without(done, run, vary) {
  const spell = spoken(run);
  const which = list(done, spell);
  const make = () => {
    const at = which.selectedIndex;
    const name = `Without “${spell(done[at].says)}”`;
    return vary({ type: "without", which: at }, name, `There, this was left out: ${spell(told(done[at]))}.`);
  };
  return { name: "leave something out", fields: [field("Leave out", which)], make };
}

/** @param {Session} session @param {Done[]} done @param {Run} run @param {Vary} vary @returns {Kind} */
function moved(session, done, run, vary) {
  const spell = spoken(run);
  const which = list(done, spell);
  const step = number("step", 0, run.length);
  const there = h("small");
  const tell = () => {
    const at = step.valueAsNumber || 0;
    const [event] = at ? session.events(at, at) : [];
    setText(there, event ? `${event.at} ms: ${spell(event.why)}` : at ? "" : "at the beginning");
  };
  const place = () => {
    step.value = `${done[which.selectedIndex].step}`;
    tell();
  };
  which.addEventListener("change", place);
  step.addEventListener("input", tell);
  step.step = "1";
  place();
  const make = () => {
    const at = which.selectedIndex;
    const { step: before } = done[at];
    const says = spell(done[at].says);
    const name = `“${says}” after step ${step.value}`;
    const how = `There: ${lower(says)} after step ${step.value}; here after step ${before}.`;
    return vary({ type: "moved", which: at, step: step.valueAsNumber }, name, how);
  };
  const fields = [field("Do", which), field("After step", step), there];
  return { name: "do something earlier or later", fields, make };
}

/** @param {Session} session @param {number | undefined} first @param {(run: Run) => string} how the other was made
 * @returns {Kind[]} none without other branches */
function branches(session, first, how) {
  const { branch, branches } = session.timeline();
  const others = branches.filter(({ id }) => id !== branch);
  if (!others.length) return [];
  const which = choice(others.map(({ id, name }) => `${id}: ${name}`));
  which.selectedIndex = Math.max(
    0,
    others.findIndex(({ id }) => id === first),
  );
  const make = () => {
    const { id, name } = others[which.selectedIndex];
    const run = runOf(session, id);
    const { title } = session.notes?.add(run, id) ?? run;
    return { run, name, branch: id, title, leftOut: [], says: how(run) };
  };
  return [{ name: "another branch", fields: [field("Branch", which)], make }];
}
