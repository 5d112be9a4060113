// What an engine answers at each step of a run, as data: with it, a figure shows the run without an engine
// (web/lab/engine/recorded.js). The engine that answers is the one that is packaged, so a recording and it cannot disagree.
//
// `node crates/xtask/package/record.js WEB` records the scenarios about one value of a built site, each as `NAME.shown.json`
// beside its run.

import { readFile, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { difference } from "../../../web/lab/engine/patch.js";
import { targetName, UNTARGETED } from "../../../web/lab/engine/recorded.js";

/** @typedef {import("../../../web/lab/engine/engine.js").Lab} Lab */
/** @typedef {import("../../../web/lab/engine/engine.js").View} View */
/** @typedef {import("../../../web/lab/engine/engine.js").Target} Target */
/** @typedef {import("../../../web/lab/engine/recorded.js").Moment} Moment */
/** @typedef {import("../../../web/lab/engine/recorded.js").Recording} Recording */

/** @type {import("../../../web/lab/engine/engine.js").BeatSize[]} */
const SIZES = ["ideas", "commands", "messages", "everything"];

/** How the name of a recording ends. */
export const RECORDING = ".shown.json";

/** Everything of a moment that has a menu. @param {View} view @returns {Target[]} */
export const targets = ({ nodes, messages, links }) => [
  ...nodes.map(({ id }) => ({ node: id })),
  ...messages.map(({ id }) => ({ message: id })),
  ...links.map(({ from, to }) => /** @type {Target} */ ({ link: [from, to] })),
];

/** @param {any} object @param {string} name */
const without = ({ ...object }, name) => {
  delete object[name];
  return object;
};

/** Values that come again and again, each with its position. */
class Table {
  /** @type {any[]} */
  all = [];
  /** @type {Map<string, number>} */
  #known = new Map();

  /** @param {any} value @returns {number} */
  position(value) {
    const text = JSON.stringify(value);
    const known = this.#known.get(text) ?? this.all.push(value) - 1;
    this.#known.set(text, known);
    return known;
  }
}

/** What an engine answers now, at a step that has just been gone to. @param {Lab} lab @param {Float64Array} notes
 * @param {{ actions: Table, menus: Table }} tables @returns {Moment} */
function moment(lab, notes, { actions, menus }) {
  const { step } = lab.position();
  /** @type {Partial<Moment["beats"]>} */
  const beats = {};
  for (const size of SIZES) {
    lab.pace(size, notes);
    beats[size] = { ends: lab.position().beat, beat: lab.view().beat };
  }
  return {
    position: without(lab.position(), "beat"),
    view: without(lab.view(), "beat"),
    beats: /** @type {Moment["beats"]} */ (beats),
    events: lab.tell(step, step),
    rows: [],
    actions: lab.actions().map((action) => actions.position(action)),
    choices: Object.fromEntries(
      targets(lab.view()).map((target) => {
        const choices = lab.choices(target);
        if (!("message" in target)) return [targetName(target), choices];
        return [targetName(target), menus.position(choices.map(({ action: { type }, ...said }) => ({ type, ...said })))];
      }),
    ),
    refusals: Object.fromEntries(UNTARGETED.map((type) => [type, lab.whyNot({ type })])),
  };
}

/** @param {{ Lab: any }} engine @param {any} run @returns {Recording} */
export function recording({ Lab }, run) {
  /** @type {Lab} */
  const lab = Lab.load(run);
  const notes = Float64Array.from((run.notes ?? []).map((/** @type {any} */ note) => note.step));
  lab.seek(0);
  const saved = lab.saved();
  const timeline = lab.timeline();
  const tables = { actions: new Table(), menus: new Table() };
  const first = moment(lab, notes, tables);
  const steps = [];
  for (let before = first; lab.position().step < timeline.length; ) {
    const rows = lab.step();
    const after = { ...moment(lab, notes, tables), rows };
    steps.push(difference(before, after) ?? {});
    before = after;
  }
  lab.free();
  const [actions, menus] = [tables.actions.all, tables.menus.all];
  return { names: Lab.eventNames(), timeline, saved, actions, menus, first, steps };
}

/** The engine of a built site, in Node. @param {string} web */
export async function engineOf(web) {
  const engine = await import(pathToFileURL(join(web, "wasm/quorum_wasm.js")).href);
  await engine.default({ module_or_path: await readFile(join(web, "wasm/quorum_wasm_bg.wasm")) });
  return engine;
}

/** @param {string} web */
async function main(web) {
  const engine = await engineOf(web);
  const read = async (/** @type {string} */ name) =>
    JSON.parse(await readFile(join(web, `scenarios/${name}.json`), "utf8"));
  for (const { name } of await read("index"))
    await writeFile(
      join(web, `scenarios/${name}${RECORDING}`),
      JSON.stringify(recording(engine, await read(name))),
    );
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) await main(resolve(process.argv[2]));
