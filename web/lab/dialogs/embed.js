// How to have exactly this moment in a page of one's own: a line for each kind of place, to be copied.

import { h, setText } from "../shared/dom.js";
import { save } from "../shared/download.js";
import { complaint } from "../shared/forms.js";
import { show } from "./dialog.js";
import { ways } from "./embed-lines.js";
import { fileName } from "./files.js";
/** @import { Notices } from "../notices.js" */
/** @import { Store } from "../store.js" */
/** @import { Attributes, Way } from "./embed-lines.js" */

/** What a figure may show, by what a person would call it: its attributes, and how high it is in a column of 700 px.
 * @type {Record<string, [Attributes, number]>} */
const SHOWN = {
  "Stage and events": [{ panels: "stage events", controls: "compact" }, 800],
  "Stage, with controls": [{ panels: "stage", controls: "compact" }, 600],
  "Stage alone": [{ panels: "stage", controls: "none" }, 480],
  Everything: [{}, 1450],
};
const PLAIN = "A figure of Paxos";

/** Which moment of which run it is. @param {Store["session"]} session @returns {Promise<Attributes>} */
async function moment(session) {
  const shown = session.moment();
  if (shown) return { scenario: shown.name, step: `${shown.step}` };
  const { fragment } = await import("../engine/extras.js");
  return { run: (await fragment(session.run())).replace(/^#/, "") };
}

/** The same on a page of Quorum's own. @param {string} link to the run @param {Attributes} which */
const shorter = (link, { scenario, step }) =>
  scenario ? link.replace(/#.*/, `#scenario=${scenario}&step=${step}`) : link;

/** @param {HTMLElement} lab @param {Store} store @param {Notices} notices */
export async function embed(lab, store, notices) {
  const { session } = store;
  const error = complaint((why) => notices.failed(why));
  const host = /** @type {ShadowRoot} */ (lab.getRootNode()).host;
  const { toLink } = await import("../engine/extras.js");
  /** @type {[Attributes, string | null]} */
  const [which, link] = await Promise.all([
    moment(session),
    toLink(session.run(), host.getAttribute("site")).catch(() => null), // there is no such page: then no such way
  ]);
  const choice = h("select", {}, ...Object.keys(SHOWN).map((name) => h("option", {}, name)));
  const list = h("div", { class: "ways" });
  const draw = () => {
    const [how, height] = SHOWN[choice.value];
    const title = session.notes?.title || PLAIN;
    const picture = pictureOf(session);
    const about = { title, height, picture, link: link && shorter(link, which) };
    list.replaceChildren(...ways({ ...which, ...how }, about).map(row));
  };
  const picture = h("button", { onclick: () => savePicture(store).catch(error.show) }, "Save the picture (SVG)");
  choice.onchange = draw;
  draw();
  show(
    lab,
    "Embed",
    h(
      "p",
      { class: "so" },
      `Paste one of these, and a reader sees step ${store.view().step} of this run, and can go on.`,
    ),
    h("label", { class: "field" }, h("span", {}, "Show"), choice),
    error.element,
    list,
    h("div", { class: "buttons" }, picture),
  );
}

/** One way, with its line. @param {Way} way */
function row({ name, says, line }) {
  const text = h("textarea", {
    readonly: true,
    rows: line.includes("\n") ? 3 : 2,
    "aria-label": name,
    spellcheck: "false",
  });
  text.value = line;
  text.onfocus = () => text.select();
  const copy = h("button", { "aria-label": `Copy: ${name}` }, "Copy");
  copy.onclick = async () => {
    try {
      await navigator.clipboard.writeText(line);
      setText(copy, "Copied");
    } catch {
      text.focus(); // not allowed here: the person can
      setText(copy, "Press Ctrl+C");
    }
  };
  return h("section", {}, h("h3", {}, name), copy, h("p", { class: "so" }, says), text);
}

/** @param {Store["session"]} session @returns {string} the name of a file */
const pictureOf = (session) => fileName(session.run(), "stage.svg");

/** The stage as it is now: for a place that shows pictures only, or as what a figure shows until it has loaded.
 * @param {Store} store */
async function savePicture({ session }) {
  const { written } = await import("../engine/extras.js");
  const run = session.run();
  const { step } = session.position();
  save(await written(run, "stage", 0, step), pictureOf(session), "image/svg+xml");
}
