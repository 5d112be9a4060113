// Sharing a run: as a link or as a file, with a title and a note.

import { persist } from "../engine/persist.js";
import { h, setText } from "../shared/dom.js";
import { save } from "../shared/download.js";
import { complaint, field, say } from "../shared/forms.js";
import { noNote, noTitle } from "../shared/texts.js";
import { show } from "./dialog.js";
import { exportForm } from "./export.js";
import { fileName, scenarioOf } from "./files.js";
/** @import { Run } from "../engine/engine.js" */
/** @import { Notices } from "../notices.js" */
/** @import { Store } from "../store.js" */

const WHAT = "What should a reader notice here, and why does it matter?";
/** What stands in the place of the link while a title or a note does not fit. */
const NO_LINK = "No link yet";
const JSON_TYPE = "application/json";

/** @param {HTMLElement} lab @param {Store} store @param {Notices} notices
 * @param {{ compare: () => void, embed: () => unknown }} others what opens in its place */
export async function share(lab, store, notices, { compare, embed }) {
  const { session } = store;
  const host = /** @type {ShadowRoot} */ (lab.getRootNode()).host;
  const notes = await session.annotate();
  const { step } = store.view();
  const error = complaint((why) => notices.failed(why));
  const link = h("input", { readonly: true, "aria-label": "Link to this run", placeholder: NO_LINK });
  const copy = h("button", { class: "primary" }, "Copy link");
  link.onfocus = () => link.select();
  copy.onclick = fit(async () => {
    await written;
    if (link.value) void copied(link, copy); // without one, the reason stands below
  });
  const title = h("input", { name: "title", value: notes.title, dir: "auto", placeholder: "What it is about" });
  const note = h("textarea", { name: "note", rows: 3, dir: "auto", placeholder: WHAT });
  note.value = notes.at(step) ?? "";
  // Whoever opens a lesson in its middle has its questions behind them.
  const first = h("input", { type: "checkbox", name: "first", checked: notes.asks });
  const offersFirst = !!step && notes.any;
  const opensAt = () => (offersFirst && first.checked ? 0 : step);
  const run = () => ({ ...session.run(), cursor: opensAt() });
  let times = 0;
  const write = async () => {
    const [name, says] = [title.value.trim(), note.value.trim()];
    const wrong = [noTitle(name), noNote(says)];
    const time = ++times;
    error.clear();
    setText(about, `It opens this run at step ${opensAt()}, exactly, and the run can go on from there.${more}`);
    link.value = ""; // one without what is written here would be taken for one with it
    setText(copy, "Copy link");
    say(title, wrong[0]);
    say(note, wrong[1]);
    const why = wrong.find(Boolean);
    if (why) return notices.failed(new Error(why)); // what was said before stays
    notes.write(name, step, says);
    store.draw();
    try {
      const { toLink } = await import("../engine/extras.js");
      const made = await toLink(run(), host.getAttribute("site"));
      if (time === times) link.value = made;
    } catch (why) {
      error.show(/** @type {Error} */ (why));
    }
  };
  const more = session.timeline().branches.length > 1 ? " Your other branches are not in it." : "";
  const about = h("p", { class: "so" });
  let written = write();
  for (const input of [title, note, first])
    input.onchange = () => {
      written = write();
    };
  const instead = (/** @type {() => unknown} */ open) => () => {
    dialog.close();
    void open();
  };
  const others = exportForm(store, error.show);
  const test = h("button", { onclick: fit(() => saveScenario(store)) }, "Scenario, as a test");
  others.querySelector(".buttons:last-child")?.append(test);
  const dialog = show(
    lab,
    "Share",
    h("div", { class: "copy" }, link, copy),
    about,
    ...(offersFirst ? [field("At its start", first, "before its first note and question")] : []),
    error.element,
    field("Title", title),
    field(`At step ${step}`, note),
    h(
      "div",
      { class: "buttons" },
      h("button", { onclick: fit(() => saveRun(run())) }, "Save as a file"),
      h("button", { onclick: fit(instead(embed)) }, "Embed…"),
      h("button", { onclick: instead(compare) }, "Compare…"),
    ),
    others,
  );
}

/** Does something unless a title or a note does not fit: then it goes to where that is said. What is taken along has
 * what is written, or there is nothing to take along. @param {() => unknown} take */
const fit =
  (take) =>
  (/** @type {MouseEvent} */ { currentTarget }) => {
    const sheet = /** @type {HTMLElement} */ (currentTarget).closest("dialog");
    /** @type {HTMLElement | null | undefined} */
    const wrong = sheet?.querySelector(":is([name=title], [name=note])[aria-invalid]");
    if (wrong) wrong.focus();
    else take();
  };

/** The run as it is: what “Open a file…” takes. @param {Run} run */
function saveRun(run) {
  void persist();
  save(JSON.stringify(run, null, 1), fileName(run), JSON_TYPE);
}

/** For those who write scenarios: it also says what must come of the run. @param {Store} store */
function saveScenario({ session }) {
  void persist();
  const data = scenarioOf(session.run(), session.view());
  save(JSON.stringify(data, null, 1), fileName(data, "test.quorum.json"), JSON_TYPE); // beside the run itself
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
