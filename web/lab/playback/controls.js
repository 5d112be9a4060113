// Below the stage: what moves time, in both directions. A line says what will happen next, so that Step is never a leap
// in the dark; in the past it says so, and offers the two ways out of it.

import { h, redraw, setAttr, setText } from "../shared/dom.js";
import { SPEEDS } from "./player.js";
import { visible } from "../shared/values.js";
/** @import { View } from "../engine/engine.js" */
/** @import { Player } from "./player.js" */
/** @import { Ui } from "../ui.js" */

/** @param {number} speed @returns {string} */
export const times = (speed) => (speed < 1 ? `×1/${1 / speed}` : `×${speed}`);

export class Controls {
  #icon = h("span", { "aria-hidden": "true" });
  #word = h("span");
  #next = h("p", { class: "next" });
  #kept = h("p", { class: "kept" });
  #past = h("div", { class: "past" });

  /** @param {Ui} ui */
  constructor(ui) {
    this.ui = ui;
    this.play = h(
      "button",
      { class: "primary play", "aria-keyshortcuts": "Space", onclick: () => ui.toggle() },
      this.#icon,
      this.#word,
    );
    this.back = h(
      "button",
      { "aria-keyshortcuts": "ArrowLeft", onclick: () => ui.back() },
      h("span", { "aria-hidden": "true" }, "◁"),
      "Back",
    );
    this.step = h(
      "button",
      { "aria-keyshortcuts": "ArrowRight", onclick: () => ui.step() },
      h("span", { "aria-hidden": "true" }, "▷"),
      "Step",
    );
    this.speed = h(
      "select",
      { "aria-label": "Speed", onchange: () => ui.setSpeed(Number(this.speed.value)) },
      ...SPEEDS.map((s) => h("option", { value: s }, times(s))),
    );
    this.help = h("button", { class: "quiet compact-help", "aria-label": "Help", onclick: () => ui.help() }, "?");
    this.element = h(
      "div",
      { class: "controls", part: "controls", role: "group", "aria-label": "Controls" },
      h("div", { class: "moves" }, this.back, this.play, this.step, this.speed),
      ui.scrubber.element,
      h("div", { class: "line" }, this.#next, this.#past, this.#kept, this.help),
    );
  }

  /** @param {View} view @param {Player} player */
  render(view, player) {
    const { locked } = this.ui;
    setText(this.#icon, player.playing ? "❙❙" : "▶");
    setText(this.#word, player.playing ? "Pause" : "Play");
    for (const button of [this.play, this.step]) setAttr(button, "aria-disabled", locked ? "true" : null);
    if (this.speed.value !== `${player.speed}`) this.speed.value = `${player.speed}`;
    setAttr(this.back, "aria-disabled", view.step ? null : "true");
    setText(
      this.#next,
      locked ?? (view.next ? `Next, at ${view.next.at} ms: ${visible(view.next.says)}` : "Nothing is left to happen."),
    );
    this.#showPast(view);
    setText(this.#kept, view.step < view.length ? "" : this.ui.kept());
    setAttr(this.#kept, "data-saved", this.ui.session.kept === "saved");
  }

  /** @param {View} view */
  #showPast({ step, length }) {
    const { ui } = this;
    const saved = ui.session.kept === "saved" ? ` What is saved is step ${length}, until you go on from here.` : "";
    redraw(this.#past, [step < length, saved, ui.session.kept], () =>
      step < length
        ? [
            h("span", {}, `You are looking back.${saved}`),
            ui.session.kept !== "read-only" && h("button", { onclick: () => ui.goOn() }, "Go on from here"),
            h("button", { "aria-keyshortcuts": "End", onclick: () => ui.seek(Infinity) }, "To the end"),
          ]
        : [],
    );
  }
}
