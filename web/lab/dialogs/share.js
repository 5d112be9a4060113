// Taking a run along: a link, a file, a scenario of one's own, and what is said about it on the way.

import { h, setText } from "../shared/dom.js";
import { compare, show, whatIf } from "./dialog.js";
import { save } from "../shared/download.js";
import { field, number } from "../shared/forms.js";
/** @import { Run } from "../engine/engine.js" */
/** @import { Ui } from "../ui.js" */

const extras = () => import("../engine/extras.js");

/** @param {Run} run @returns {string} */
const fileName = ({ title }) =>
  `${
    (title ?? "")
      .toLowerCase()
      .replace(/[^\p{L}\p{N}]+/gu, "-")
      .replace(/^-|-$/g, "") || "run"
  }.quorum.json`;

/** Where to begin: a scenario, a file, or a run of one's own making. @param {Ui} ui */
export function scenarios(ui) {
  const list = h("ol", { class: "lessons" }, h("li", {}, "Loading the list…"));
  const error = h("p", { class: "error", role: "alert" });
  const failed = (/** @type {Error} */ e) => {
    setText(error, e.message);
    ui.failed(e);
  };
  const instead = (/** @type {() => void} */ open) => () => {
    dialog.close();
    open();
  };
  const take = (/** @type {Promise<Run>} */ run) => run.then((it) => ui.take(it)).then(() => dialog.close(), failed);
  const file = h("input", {
    type: "file",
    accept: ".json,application/json",
    hidden: true,
    onchange: () => file.files?.[0] && take(extras().then((e) => e.openFile(/** @type {File} */ (file.files?.[0])))),
  });
  const dialog = show(
    ui,
    "Scenarios",
    h(
      "div",
      { class: "buttons" },
      h("button", { onclick: instead(() => ui.newRun()) }, "New run…"),
      h("button", { onclick: () => file.click() }, "Open a file…"),
      h("button", { onclick: instead(() => void whatIf(ui)) }, "What if…"),
      file,
    ),
    error,
    list,
  );
  extras()
    .then((e) => e.lessons())
    .then(
      (all) =>
        list.replaceChildren(
          ...all.map(({ name, title, about }) =>
            h(
              "li",
              {},
              h(
                "button",
                { class: "lesson", onclick: () => take(extras().then((e) => e.scenario(name))) },
                h("b", {}, title),
                h("span", {}, about),
              ),
            ),
          ),
        ),
      (e) => {
        list.replaceChildren();
        failed(e);
      },
    );
}

/** @param {Ui} ui */
export async function share(ui) {
  const { session } = ui;
  const words = await session.speak();
  const { step } = ui.view();
  const error = h("p", { class: "error", role: "alert" });
  const link = h("input", { readonly: true, "aria-label": "Link to this run", onfocus: () => link.select() });
  const copy = h("button", { class: "primary", onclick: () => copied(link, copy) }, "Copy link");
  const title = h("input", { value: words.title, maxlength: 120, dir: "auto", placeholder: "Two words for it" });
  const note = h("textarea", {
    rows: 3,
    maxlength: 600,
    dir: "auto",
    placeholder: "What should somebody notice here, and why does it matter?",
  });
  note.value = words.at(step) ?? "";
  const failed = (/** @type {Error} */ e) => {
    setText(error, e.message);
    ui.failed(e);
  };
  const write = () => {
    words.say(title.value.trim(), step, note.value.trim());
    ui.draw();
    setText(error, "");
    link.value = "";
    extras()
      .then((e) => e.toLink(session.run()))
      .then((address) => {
        link.value = address;
      }, failed);
  };
  title.onchange = write;
  note.onchange = write;
  const beside = () => {
    dialog.close();
    void compare(ui);
  };
  write();
  const dialog = show(
    ui,
    "Share",
    h("div", { class: "copy" }, link, copy),
    h("p", { class: "so" }, `Whoever opens it sees this run at step ${step}, exactly, and can go on from there.`),
    error,
    field("Title", title),
    field(`At step ${step}`, note),
    h(
      "div",
      { class: "buttons" },
      h(
        "button",
        { onclick: () => save(JSON.stringify(session.run(), null, 1), fileName(session.run()), "application/json") },
        "Save as a file",
      ),
      h("button", { onclick: () => saveScenario(ui) }, "Save as a scenario"),
      h("button", { onclick: beside }, "Compare…"),
    ),
    exports(ui, failed),
  );
}

/** What a run can become, by what a person would call it. @type {Record<string, [import("../../wasm/quorum_extras.js").Format, string, string]>} */
const FORMATS = {
  "Picture (SVG)": ["svg", "svg", "image/svg+xml"],
  "Picture (PNG)": ["svg", "png", "image/png"],
  "Film (SVG)": ["animated-svg", "film.svg", "image/svg+xml"],
  Mermaid: ["mermaid", "mmd", "text/plain"],
  ShiViz: ["shiviz", "shiviz.log", "text/plain"],
  "Log (JSON Lines)": ["jsonl", "jsonl", "application/x-ndjson"],
  "Test script": ["script", "txt", "text/plain"],
};

/** The run for other people's tools. @param {Ui} ui @param {(e: Error) => void} failed */
function exports(ui, failed) {
  const { length } = ui.view();
  const [from, to] = [number("from", 0, length), number("to", length, length)];
  const write = async (/** @type {string} */ name) => {
    const [format, ending, type] = FORMATS[name];
    const run = ui.session.run();
    const text = await (await extras()).written(run, format, from.valueAsNumber, to.valueAsNumber);
    save(ending === "png" ? await png(text) : text, fileName(run).replace("quorum.json", ending), type);
  };
  return h(
    "div",
    {},
    h("h3", {}, "For other tools"),
    h("div", { class: "range" }, "Steps", from, "to", to),
    h(
      "div",
      { class: "buttons" },
      ...Object.keys(FORMATS).map((name) => h("button", { onclick: () => write(name).catch(failed) }, name)),
    ),
  );
}

/** @param {string} picture as SVG @returns {Promise<Blob>} twice as large, for sharp screens and for paper */
async function png(picture) {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(picture)}`;
  await image.decode();
  const canvas = h("canvas", { width: image.naturalWidth * 2, height: image.naturalHeight * 2 });
  const pen = canvas.getContext("2d");
  if (!pen) throw new Error("This browser cannot draw a picture of that size. Choose fewer steps.");
  pen.drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((done, failed) =>
    canvas.toBlob(
      (blob) =>
        blob ? done(blob) : failed(new Error("This browser cannot draw a picture of that size. Choose fewer steps.")),
      "image/png",
    ),
  );
}

/** @param {HTMLInputElement} link @param {HTMLElement} button */
async function copied(link, button) {
  try {
    await navigator.clipboard.writeText(link.value);
    setText(button, "Copied");
  } catch {
    link.select(); // not allowed here: the person can
    setText(button, "Press Ctrl+C");
  }
}

/** A file that plays like this run, says what is said about it, and expects what came of it. @param {Ui} ui */
function saveScenario(ui) {
  const { title, config, interventions, notes = [], length } = ui.session.run();
  const { chosen, nodes } = ui.view();
  const expect = [
    { chosen: chosen[0]?.value ?? null, step: ui.view().step },
    { knows: nodes.filter((n) => n.learned.length).map((n) => n.id), step: ui.view().step },
  ];
  const about = notes[0]?.says ?? "A run that somebody recorded.";
  const data = {
    quorum: 1,
    title: title || "A recorded run",
    about,
    config,
    interventions,
    notes,
    until: { step: length },
    expect,
  };
  save(JSON.stringify(data, null, 1), fileName({ ...ui.session.run(), title: data.title }), "application/json");
}
