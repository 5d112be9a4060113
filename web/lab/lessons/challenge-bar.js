// A challenge under way: the goal in words and in parts, hints, and what the judge says after every step.

import { h, redraw, setAttr } from "../shared/dom.js";
import { markDone } from "./done.js";
import { Bar } from "./place.js";
/** @import { Commands } from "../commands.js" */
/** @import { Challenge, Verdict } from "../engine/extras.js" */
/** @import { Player } from "../playback/player.js" */
/** @import { Store } from "../store.js" */

/**
 * @typedef {object} Ways what it needs of the lab
 * @property {Store} store @property {Player} player @property {Commands} commands
 * @property {(name?: string) => unknown} open another challenge, or the list of all
 */

export class ChallengeBar extends Bar {
  #hints = 0;
  #runs;
  /** @type {Verdict | undefined} */
  #verdict;

  /** @param {HTMLElement} lab @param {Ways} ways @param {Challenge} challenge whose start is on the stage */
  constructor(lab, ways, challenge) {
    super(lab, `Challenge: ${challenge.title}`);
    this.ways = ways;
    this.challenge = challenge;
    this.#runs = ways.store.runs;
    setAttr(this.element, "data-challenge", challenge.name);
  }

  changed() {
    const { store, player } = this.ways;
    // Another run has taken the place of this one: it is nobody's challenge any more.
    if (store.runs !== this.#runs) return this.go();
    const met = this.#verdict?.met;
    this.#verdict = this.challenge.judge.look(store.session.run());
    if (this.#verdict.met !== null && this.#verdict.met !== met) {
      player.pause();
      store.session.halt();
      markDone(this.challenge.name, this.#verdict.met);
    }
    this.draw();
  }

  gone() {
    this.challenge.judge.free();
  }

  draw() {
    const { title, about, number, of } = this.challenge;
    const met = this.#verdict?.met ?? null;
    redraw(this.element, [this.#verdict, this.#hints], () => [
      h(
        "div",
        { class: "text" },
        h("p", { class: "what" }, h("small", {}, `Challenge ${number} of ${of}`), h("b", {}, title)),
        met !== null && h("p", { class: "done", role: "status" }, `Done at step ${met}.`),
        met === null && h("p", { class: "goal" }, about),
        met === null && this.#helps(),
        this.#parts(),
      ),
      h("div", { class: "buttons" }, ...this.#buttons()),
    ]);
    this.reach();
  }

  /** Why it cannot be done any more, or else the latest hint. */
  #helps() {
    const lost = this.#verdict?.lost;
    if (lost) return h("p", { class: "lost", role: "status" }, lost);
    const { hints } = this.challenge;
    const which = `Hint ${this.#hints} of ${hints.length}`;
    return this.#hints > 0 && h("p", { class: "help", role: "status" }, h("small", {}, which), hints[this.#hints - 1]);
  }

  #parts() {
    const part = (/** @type {Verdict["goal"][number]} */ { says, met, seen }) =>
      h(
        "li",
        { "data-met": met, title: met ? "" : seen },
        h("i", { "aria-label": met ? "done" : "not yet" }, met ? "✓" : "○"),
        " ",
        says,
      );
    return h("ul", { class: "parts", "aria-label": "The goal" }, ...(this.#verdict?.goal ?? []).map(part));
  }

  #buttons() {
    const { challenge, ways } = this;
    const met = this.#verdict?.met ?? null;
    const button = (
      /** @type {string} */ name,
      /** @type {() => unknown} */ onclick,
      /** @type {string} */ look = "",
    ) => h("button", { onclick, class: look }, name);
    const again = button("Start again", () => ways.open(challenge.name));
    const others = button("All…", () => ways.open());
    const close = button("Close", () => this.go(), "quiet");
    if (met === null) return [this.#hints < challenge.hints.length && this.#hint(), again, others, close];
    const next = challenge.next && button("Next challenge", () => ways.open(challenge.next), "primary");
    return [next, button("See your run", () => void this.#replay()), again, others, close];
  }

  #hint() {
    const { length } = this.challenge.hints;
    const show = () => {
      this.#hints++;
      this.draw();
      this.element.querySelector("button")?.focus({ preventScroll: true });
    };
    return h("button", { onclick: show }, `Hint ${this.#hints + 1} of ${length}`);
  }

  /** Shows what was done, from the beginning. */
  async #replay() {
    await this.ways.commands.seek(0);
    this.ways.player.play();
  }
}
