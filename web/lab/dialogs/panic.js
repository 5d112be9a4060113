// What is shown when there is nothing to show: the engine found a bug in itself, or did not load.

import { h } from "../shared/dom.js";

/** The engine hit a bug in itself. @param {string} message @param {unknown} run
 * @param {(afresh?: boolean) => void} again */
export function panic(message, run, again) {
  const report = h("textarea", {
    readonly: true,
    rows: 6,
    "aria-label": "Text for a report",
    onfocus: () => report.select(),
  });
  report.value = JSON.stringify({ message, run }, null, 1);
  return h(
    "div",
    { class: "overlay", role: "alertdialog", "aria-label": "Quorum hit a bug in itself" },
    h("h2", {}, "Quorum hit a bug in itself"),
    h("p", {}, message),
    h(
      "p",
      { class: "so" },
      "This is not a fault of the protocol or of anything you did. Please report it with this text:",
    ),
    report,
    h(
      "div",
      { class: "buttons" },
      h("button", { class: "primary", onclick: () => again() }, "Start again"),
      h("button", { onclick: () => again(true) }, "Set this run aside"),
    ),
  );
}

/** There is no engine to show anything with. @param {string} text @param {() => void} again */
export const unavailable = (text, again) =>
  h(
    "div",
    { class: "unavailable" },
    h("img", {
      src: new URL("../../picture.svg", import.meta.url).href,
      alt: "Five servers on a ring exchange messages; three of them have chosen red.",
    }),
    h("p", { role: "alert" }, text),
    h("div", { class: "buttons" }, h("button", { onclick: again }, "Try again")),
  );
