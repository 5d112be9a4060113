// What may differ between two runs: one thing at a time, picked here. Each kind of difference has its own fields and makes
// the other run of them.

import { h, setText } from "../shared/dom.js";
/** @import { Run } from "../engine/engine.js" */
/** @import { Ui } from "../ui.js" */
/** @import { Change, Done } from "../../wasm/quorum_extras.js" */

/** @typedef {typeof import("../dialogs/lazy.js")} More */
/** @typedef {{ run: Run, name: string, leftOut: string[] }} Variation the other run */
/** @typedef {{ name: string, fields: HTMLElement[], make: () => Variation }} Kind */
/** @typedef {(change: Change, name: string) => Variation} Vary */

/**
 * The form, which asks for the other run whenever something in it changes, and once to begin with.
 * @param {Ui} ui @param {More} more @param {Run} run @param {number | undefined} branch the other one, to begin with
 * @param {(make: () => Variation) => void} take
 */
export async function changes(ui, more, run, branch, take) {
  const extras = await (await import("../engine/extras.js")).extras();
  /** @type {Vary} */
  const vary = (change, name) => ({ ...extras.vary(run, change), name });
  const done = extras.done(run);
  const broken = !!run.config.rules;
  const kinds = [
    seed(ui, more, run, vary),
    backoff(run, vary),
    broken ? everyRule(run, vary) : oneRule(ui, more, run, vary),
    ...(done.length ? [without(more, done, vary), moved(ui, more, done, run, vary)] : []),
    ...branches(ui, more, branch),
  ];
  // With every rule, if one is missing; or without what was done last, unless that was to ask for a value: then nothing
  // might happen at all.
  const telling = done.length && run.interventions.at(-1)?.action.type !== "propose";
  const first = branch ? kinds.length - 1 : broken ? 2 : telling ? 3 : 0;
  const kind = h(
    "select",
    { onchange: () => pick() },
    ...kinds.map(({ name }, i) => h("option", { value: i, selected: i === first }, name)),
  );
  const fields = h("div", { class: "fields", onchange: () => take(kinds[kind.selectedIndex].make) });
  const pick = () => {
    fields.replaceChildren(...kinds[kind.selectedIndex].fields);
    take(kinds[kind.selectedIndex].make);
  };
  pick();
  return h(
    "form",
    { class: "differs", "aria-label": "What differs", onsubmit: (/** @type {Event} */ e) => e.preventDefault() },
    more.field("What differs", kind),
    fields,
  );
}

/** @param {Ui} ui @param {More} more @param {Run} run @param {Vary} vary @returns {Kind} */
function seed(ui, { field, number }, run, vary) {
  const input = number("seed", ui.freshSeed());
  return {
    name: "another seed",
    fields: [field("Seed", input, `here it is ${run.config.seed}`)],
    make: () => {
      const seed = input.value === "" ? NaN : Number(input.value);
      return vary({ type: "config", config: { ...run.config, seed } }, `Seed ${seed}`);
    },
  };
}

/** @param {Run} run @param {Vary} vary @returns {Kind} */
const everyRule = ({ config: { rules, ...config } }, vary) => ({
  name: "with every rule",
  fields: [],
  make: () => vary({ type: "config", config }, "The correct protocol"),
});

/** @param {Ui} ui @param {More} more @param {Run} run @param {Vary} vary @returns {Kind} */
function oneRule(ui, { field }, { config }, vary) {
  const which = h(
    "select",
    {},
    ...Object.keys(ui.view().rules).map((rule) => h("option", { value: rule }, rule.replaceAll("-", " "))),
  );
  return {
    name: "without a rule",
    fields: [field("Without", which)],
    make: () =>
      vary(
        { type: "config", config: { ...config, rules: { [which.value]: false } } },
        `Without “${which.value.replaceAll("-", " ")}”`,
      ),
  };
}

/** @param {Run} run @param {Vary} vary @returns {Kind} */
function backoff({ config }, vary) {
  const backoff = !config.backoff;
  const name = backoff ? "With backoff" : "Without backoff";
  return {
    name: name.toLowerCase(),
    fields: [],
    make: () => vary({ type: "config", config: { ...config, backoff } }, name),
  };
}

/** What was done, to pick from; the last to begin with. @param {Done[]} done */
const list = (done) =>
  h(
    "select",
    {},
    ...done.map(({ at, says }, i) => h("option", { value: i, selected: i === done.length - 1 }, `${at} ms: ${says}`)),
  );

/** @param {More} more @param {Done[]} done @param {Vary} vary @returns {Kind} */
function without({ field }, done, vary) {
  const which = list(done);
  return {
    name: "leave something out",
    fields: [field("Leave out", which)],
    make: () => vary({ type: "without", which: which.selectedIndex }, `Without “${done[which.selectedIndex].says}”`),
  };
}

/** @param {Ui} ui @param {More} more @param {Done[]} done @param {Run} run @param {Vary} vary @returns {Kind} */
function moved(ui, { field, number }, done, run, vary) {
  const which = list(done);
  const step = number("step", 0, run.length);
  const there = h("small");
  const tell = () => {
    const at = step.valueAsNumber || 0;
    const [event] = at ? ui.session.events(at, at) : [];
    setText(there, event ? `${event.at} ms: ${event.why}` : at ? "" : "at the beginning");
  };
  const place = () => {
    step.value = `${done[which.selectedIndex].step}`;
    tell();
  };
  which.addEventListener("change", place);
  step.addEventListener("input", tell);
  step.step = "1";
  place();
  return {
    name: "do something earlier or later",
    fields: [field("Do", which), field("After step", step), there],
    make: () => {
      const { says } = done[which.selectedIndex];
      return vary(
        { type: "moved", which: which.selectedIndex, step: step.valueAsNumber },
        `“${says}” after step ${step.value}`,
      );
    },
  };
}

/** @param {Ui} ui @param {More} more @param {number | undefined} first @returns {Kind[]} none without other branches */
function branches(ui, { field }, first) {
  const { branch, branches } = ui.session.timeline();
  const others = branches.filter(({ id }) => id !== branch);
  const which = h(
    "select",
    {},
    ...others.map(({ id, name }) => h("option", { value: id, selected: id === first }, `${id}: ${name}`)),
  );
  return others.length
    ? [
        {
          name: "another branch",
          fields: [field("Branch", which)],
          make: () => {
            const { id, name } = others[which.selectedIndex];
            return { run: ui.session.runOf(id), name, leftOut: [] };
          },
        },
      ]
    : [];
}
