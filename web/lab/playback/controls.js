// Below the stage: the buttons that move time, in both directions. A line says what the next step does. While a person
// looks back, it says so, and offers to go on from there or to return to the end.

import { ended } from "../engine/limits.js";
import { h, redraw, setAttr, setText } from "../shared/dom.js";
import { visible } from "../shared/values.js";
import { button, times } from "./buttons.js";
import { SPEEDS } from "./player.js";
/** @import { Commands } from "../commands.js" */
/** @import { Dialogs } from "../dialogs/dialogs.js" */
/** @import { View } from "../engine/engine.js" */
/** @import { Store } from "../store.js" */
/** @import { Player } from "./player.js" */

export class Controls {
  #icon = h("span", { "aria-hidden": "true" });
  #word = h("span");
  #next = h("p", { class: "next" });
  #kept = h("p", { class: "kept" });
  #past = h("div", { class: "past" });
  #play = h("button", { class: "primary play", "aria-keyshortcuts": "Space" }, this.#icon, this.#word);
  #speed = h("select", { "aria-label": "Speed" }, ...SPEEDS.map((s) => h("option", { value: s }, times(s))));

  /** @param {Store} store @param {Player} player @param {Commands} commands @param {Dialogs} dialogs
   * @param {HTMLElement} scrubber */
  constructor(store, player, commands, dialogs, scrubber) {
    this.store = store;
    this.player = player;
    this.commands = commands;
    this.#play.onclick = () => commands.toggle();
    this.#speed.onchange = () => commands.setSpeed(Number(this.#speed.value));
    this.back = button("◁", "Back", "ArrowLeft", () => commands.back());
    this.step = button("▷", "Step", "ArrowRight", () => void commands.step());
    const moves = h("div", { class: "moves" }, this.back, this.#play, this.step, this.#speed);
    const help = h(
      "button",
      { class: "quiet compact-help", "aria-label": "Help", onclick: () => dialogs.open("help") },
      "?",
    );
    const line = h("div", { class: "line" }, this.#next, this.#past, this.#kept, help);
    const props = { class: "controls", part: "controls", role: "group", "aria-label": "Controls" };
    this.element = h("div", props, moves, scrubber, line);
  }

  /** @param {View} view */
  render(view) {
    const { locked, session } = this.store;
    const { playing, speed } = this.player;
    setText(this.#icon, playing ? "❙❙" : "▶");
    setText(this.#word, playing ? "Pause" : "Play");
    for (const button of [this.#play, this.step]) setAttr(button, "aria-disabled", locked ? "true" : null);
    if (this.#speed.value !== `${speed}`) this.#speed.value = `${speed}`;
    setAttr(this.back, "aria-disabled", view.step ? null : "true");
    setText(this.#next, locked ?? next(view));
    this.#showPast(view);
    setText(this.#kept, view.step < view.length ? "" : this.store.kept);
    setAttr(this.#kept, "data-saved", session.kept === "saved");
  }

  /** @param {View} view */
  #showPast({ step, length }) {
    const { kept } = this.store.session;
    const saved = kept === "saved" ? ` What is saved is step ${length}, until you go on from here.` : "";
    redraw(this.#past, [step < length, saved, kept], () => {
      if (step === length) return [];
      const goOn = kept !== "read-only" && h("button", { onclick: () => this.commands.goOn() }, "Go on from here");
      const end = () => void this.commands.seek(Infinity);
      const toEnd = h("button", { "aria-keyshortcuts": "End", onclick: end }, "To the end");
      return [h("span", {}, `You are looking back.${saved}`), goOn, toEnd];
    });
  }
}

/** What comes next, or why nothing does. @param {View} view @returns {string} */
const next = (view) => (view.next ? `Next, at ${view.next.at} ms: ${visible(view.next.says)}` : ended(view).says);
