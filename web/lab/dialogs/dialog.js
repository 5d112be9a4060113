// What opens over the lab: help (what the shapes mean, which keys there are), the settings of a new run, and the last
// page of all: what to do when the engine finds a bug in itself.

import { h, say, svg } from "../shared/dom.js";
import { field, form, networkFields, num, number, readNetwork } from "../shared/forms.js";
import { isReply, SHAPES } from "../stage/messages.js";
/** @import { Config } from "../engine/engine.js" */
/** @import { Ui } from "../ui.js" */

const MEANINGS = {
  prepare: "prepare: will you promise this number?",
  promise: "promise: nothing lower from now on",
  accept: "accept: please accept this value",
  accepted: "accepted: done, and on disk",
  nack: "nack: promised a higher number already",
};
const MARKS = [
  ["durable", "on disk: survives a crash"],
  ["written", "written, not yet durable"],
  ["queued", "only in memory"],
];
const KEYS = [
  ["Space", "play, pause"],
  ["← →", "one step back, one step on"],
  ["Home End", "the beginning, the end"],
  ["1 … 9", "select a server"],
  ["Tab", "servers, then messages in sending order"],
  ["Enter", "go to the actions of what is selected"],
  ["underlined", "that letter does that action"],
  ["In space-time", "arrows: other events, Enter: go there, + and −: zoom, 0: the whole run"],
  ["Esc", "close, deselect"],
  ["?", "this help"],
];

/** Shows a dialog, and takes it away once it is closed. @param {Ui} ui @param {string} title @param {...Node} content */
export function show(ui, title, ...content) {
  const close = h("button", { class: "quiet", onclick: () => dialog.close() }, "Close");
  /** @type {HTMLDialogElement} */
  const dialog = h(
    "dialog",
    {
      "aria-label": title,
      onclose: () => dialog.remove(),
      onclick: (/** @type {Event} */ e) => e.target === dialog && dialog.close(),
    },
    h("div", { class: "sheet" }, h("header", {}, h("h2", {}, title), close), ...content),
  );
  ui.element.append(dialog);
  dialog.showModal();
  return dialog;
}

/** This run beside another, loaded when first asked for. @param {Ui} ui @param {number} [branch] the other one, to begin with */
export const compare = (ui, branch) =>
  import("../compare/compare.js").then(({ open }) => open(ui, branch)).catch((e) => ui.refuse(e));

/** The rules as switches, and the search, loaded when first asked for. @param {Ui} ui */
export const whatIf = (ui) => import("../what-if/dialog.js").then(({ open }) => open(ui)).catch((e) => ui.refuse(e));

/** @param {Ui} ui */
export function help(ui) {
  const shapes = Object.entries(MEANINGS).map(([kind, says]) =>
    h(
      "li",
      {},
      svg(
        "svg",
        { class: "legend", viewBox: "-11 -11 22 22", "aria-hidden": "true" },
        svg(
          "g",
          { class: `message ${isReply(kind) ? "reply" : "request"} ${kind}` },
          svg("path", { class: "shape", d: SHAPES[kind] }),
        ),
      ),
      says,
    ),
  );
  const marks = MARKS.map(([kind, says]) => h("li", {}, h("span", { class: `chip ${kind}` }, "3.1"), says));
  show(
    ui,
    "Help",
    h(
      "p",
      {},
      "Servers agree on one value by majority, though messages get lost and servers crash. Play or step, then click a server, a message or a link, and try to make them disagree. Drag across servers to cut them off.",
    ),
    h(
      "div",
      { class: "columns" },
      h("div", {}, h("h3", {}, "Messages"), h("ul", {}, ...shapes), h("h3", {}, "Disk"), h("ul", {}, ...marks)),
      h(
        "div",
        {},
        h("h3", {}, "Keys"),
        h(
          "dl",
          {},
          ...KEYS.map(([key, says]) =>
            h("div", {}, h("dt", {}, key.length > 6 ? key : h("kbd", {}, key)), h("dd", {}, says)),
          ),
        ),
      ),
    ),
    h(
      "p",
      { class: "so" },
      "A number like 3.1 is a ballot: round 3 of server 1. A dashed message waits for a disk, or is held. A ring around servers: together they chose a value, whether or not anyone knows.",
    ),
  );
}

/** @param {Ui} ui */
export function newRun(ui) {
  const { config } = ui.session.run();
  const net = config.network ?? ui.view().network;
  const seed = number("seed", ui.freshSeed());
  const custom = typeof config.quorums === "object";
  const sizes = ui.view().quorums;
  const quorums = h(
    "select",
    { name: "quorums", onchange: () => (split.hidden = quorums.value === "majority") },
    h("option", { value: "majority" }, "majority"),
    h("option", { value: "sizes", selected: custom }, "sizes"),
  );
  const split = h(
    "div",
    { hidden: !custom },
    field("To promise", number("phase1", sizes.phase1, 101, 1), "servers"),
    field("To accept", number("phase2", sizes.phase2, 101, 1), "servers"),
  );
  const content = form(
    ui,
    "A new run replaces this one",
    "Start",
    [
      field("Servers", number("nodes", config.nodes ?? 3, 101, 1), "1 to 101"),
      field("Seed", seed, "same seed, same run"),
      field("Quorums", quorums),
      split,
      field(
        "Ballots",
        h(
          "select",
          { name: "ballots" },
          h("option", { value: "rounds" }, "rounds: 3.1"),
          h("option", { value: "ranges", selected: config.ballots === "ranges" }, "own ranges: 31"),
        ),
      ),
      field(
        "Back off",
        h("input", { type: "checkbox", name: "backoff", checked: config.backoff !== false }),
        "when rivals collide",
      ),
      ...networkFields(net),
    ],
    (data) =>
      ui.reset(
        /** @type {Config} */ ({
          ...config,
          nodes: num(data, "nodes"),
          seed: num(data, "seed"),
          ballots: data.get("ballots"),
          backoff: data.has("backoff"),
          network: readNetwork(data),
          quorums:
            data.get("quorums") === "majority"
              ? "majority"
              : { phase1: num(data, "phase1"), phase2: num(data, "phase2") },
        }),
      ),
    () => dialog.close(),
  );
  const dialog = show(ui, "New run", content);
}

/** Every course this run took. @param {Ui} ui */
export function branches(ui) {
  const list = h("ul", { class: "branch-list" });
  const error = h("p", { class: "error", role: "alert" });
  const failed = (/** @type {Error} */ e) => {
    say(error, e.message);
    ui.failed(e);
  };
  const changed = () => {
    draw();
    ui.scrubber.changed();
  };
  const tried = (/** @type {Promise<void>} */ done) => done.then(changed, failed);
  const beside = (/** @type {number} */ id) => {
    dialog.close();
    void compare(ui, id);
  };
  const draw = () => {
    const { branch, branches } = ui.session.timeline();
    say(error, "");
    list.replaceChildren(
      ...branches.map(({ id, name, from, length }) => {
        const title = h("input", {
          value: name,
          "aria-label": `Name of branch ${id}`,
          dir: "auto",
          onchange: () => tried(ui.session.rename(id, title.value)),
        });
        const came = from ? `left branch ${from.branch} after step ${from.step}, ` : "";
        return h(
          "li",
          {},
          h("b", {}, `${id}`),
          title,
          h("small", {}, `${came}${length} steps`),
          h(
            "span",
            { class: "buttons" },
            id === branch
              ? h("small", {}, "you are here")
              : h(
                  "button",
                  {
                    onclick: () =>
                      ui.session.switchTo(id).then(
                        () => dialog.close(),
                        (e) => say(error, e.message),
                      ),
                  },
                  "Go there",
                ),
            id !== branch && h("button", { onclick: () => beside(id) }, "Compare"),
            id !== branch && h("button", { class: "quiet", onclick: () => tried(ui.session.discard(id)) }, "Discard"),
          ),
        );
      }),
    );
  };
  draw();
  const dialog = show(
    ui,
    "Branches",
    h("p", { class: "so" }, "Doing something in the past begins a branch. The future that was there stays as it was."),
    list,
    error,
  );
}

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
