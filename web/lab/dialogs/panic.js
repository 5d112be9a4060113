// Shown in place of a run: the engine found a bug in itself, or did not load.

import { isKept } from "../engine/kept.js";
import { h, setAttr, setText } from "../shared/dom.js";

const TITLE = "Quorum hit a bug in itself";
const ASK = "This is not a fault of the protocol or of anything you did. Please report it with this text:";
const PICTURE = new URL("../../picture.svg", import.meta.url).href;
const SHOWN = "Five servers on a ring exchange messages; three of them have chosen purple.";

/** The engine hit a bug in itself. @param {string} message @param {unknown} run
 * @param {(afresh?: boolean) => void} again */
export function panic(message, run, again) {
  const report = h("textarea", { readonly: true, rows: 6, "aria-label": "Text for a report" });
  report.onfocus = () => report.select();
  report.value = JSON.stringify({ message, run }, null, 1);
  const start = h("button", { class: "primary", onclick: () => again() }, "Start again");
  const aside = h("button", { onclick: () => again(true) }, "Set this run aside");
  const content = [h("h2", {}, TITLE), h("p", {}, message), h("p", { class: "so" }, ASK), report];
  const props = { class: "overlay", role: "alertdialog", "aria-label": TITLE };
  return h("div", props, ...content, h("div", { class: "buttons" }, start, aside));
}

/** There is nothing to show: no engine, or not what the address asks for. @param {string} text
 * @param {() => void} again
 * @param {() => void} [without] opens the lab without what the address asks for
 * @param {string | null} [kept] under which name a run of one's own may be kept
 * @param {string[]} [meant] what the address may have meant, as an address asks for it */
export function unavailable(text, again, without, kept, meant = []) {
  // Asked again, a name that nobody knows is not known, either.
  const retry = h("div", { class: "buttons" }, !meant.length && h("button", { onclick: again }, "Try again"));
  if (without) {
    const instead = h("button", { class: "primary", onclick: without }, "Open the lab without it");
    const there = (/** @type {string} */ what) => () => {
      location.hash = `#${what}`;
    };
    const called = (/** @type {string} */ what) => `Open ${what.slice(what.indexOf("=") + 1)}`;
    retry.prepend(
      ...meant.map((what) => h("button", { class: "primary", onclick: there(what) }, called(what))),
      instead,
    );
    if (meant.length) setAttr(instead, "class", null);
    if (kept) void isKept(kept).then((is) => is && setText(instead, "Back to my run"));
  }
  const picture = h("img", { src: PICTURE, alt: SHOWN });
  return h(
    "div",
    { class: "unavailable" },
    h("slot", { name: "title" }),
    picture,
    h("p", { role: "alert" }, text),
    retry,
  );
}
