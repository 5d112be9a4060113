// Below the stage: what moves time. The line beside the buttons says what will happen next, so that Step is never a
// leap in the dark.

import { h, say, set } from "./dom.js";
import { SPEEDS } from "./player.js";
import { visible } from "./values.js";
/** @import { View } from "./engine.js" */
/** @import { Player } from "./player.js" */
/** @import { Ui } from "./ui.js" */

/** @param {number} speed */
const name = (speed) => (speed < 1 ? `×1/${1 / speed}` : `×${speed}`);

export class Controls {
  #icon = h("span", { "aria-hidden": "true" });
  #word = h("span");
  #next = h("p", { class: "next" });
  #kept = h("p", { class: "kept" });

  /** @param {Ui} ui */
  constructor(ui) {
    this.ui = ui;
    this.play = h("button", { class: "primary play", "aria-keyshortcuts": "Space", onclick: () => ui.toggle() }, this.#icon, this.#word);
    this.step = h("button", { "aria-keyshortcuts": "ArrowRight", onclick: () => ui.step() }, h("span", { "aria-hidden": "true" }, "▷"), "Step");
    this.speed = h("select", { "aria-label": "Speed", onchange: () => ui.setSpeed(Number(this.speed.value)) }, ...SPEEDS.map((s) => h("option", { value: s }, name(s))));
    this.help = h("button", { class: "quiet compact-help", "aria-label": "Help", onclick: () => ui.help() }, "?");
    this.element = h("div", { class: "controls", part: "controls", role: "group", "aria-label": "Controls" },
      this.play, this.step, this.speed, this.#next, this.#kept, this.help);
  }

  /** @param {View} view @param {Player} player */
  render(view, player) {
    const { locked } = this.ui;
    say(this.#icon, player.playing ? "❙❙" : "▶");
    say(this.#word, player.playing ? "Pause" : "Play");
    for (const button of [this.play, this.step]) set(button, "aria-disabled", locked ? "true" : null);
    if (this.speed.value !== `${player.speed}`) this.speed.value = `${player.speed}`;
    say(this.#next, locked ?? (view.next ? `Next, at ${view.next.at} ms: ${visible(view.next.says)}` : "Nothing is left to happen."));
    say(this.#kept, this.ui.kept());
    set(this.#kept, "data-saved", this.ui.session.kept === "saved");
  }
}
