// A challenge under way: the goal in words and in parts, hints, and what the judge says after every step.

import { h, redraw, scrolling, setAttr } from "../shared/dom.js";
import { resized } from "../shared/life.js";
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
 * @property {() => void} over it is nobody's challenge any more: it does not come back after a reload
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
    if (store.runs !== this.#runs) return this.#end(); // another run has taken the place of this one
    const met = this.#verdict?.met;
    this.#verdict = this.challenge.judge.look(store.session.run());
    if (this.#verdict.met !== null && this.#verdict.met !== met) {
      player.pause();
      store.session.halt();
      markDone(this.challenge.name, this.#verdict.met);
    }
    this.draw();
  }

  async come() {
    await super.come();
    resized(this.element, this.signal, () => this.#measure());
  }

  gone() {
    this.challenge.judge.free();
    this.#stage?.style.removeProperty("--goal");
  }

  /** @returns {HTMLElement | null} */
  get #stage() {
    return this.lab.querySelector(".stage");
  }

  /** Where a line holds few words the bar is as high as its goal, from the beginning on: a hint does not move the stage. */
  #measure() {
    const goal = this.element.querySelector(".goal");
    const parts = this.element.querySelector(".parts");
    if (!(goal instanceof HTMLElement && parts instanceof HTMLElement)) return;
    this.#stage?.style.setProperty("--goal", `${goal.offsetHeight + parts.offsetHeight}px`);
  }

  #end() {
    this.ways.over();
    this.go();
  }

  /** Whether nothing is left to happen by itself, after what a person did. */
  get #stands() {
    const { step, length, next } = this.ways.store.view();
    return !next && step === length && length > this.challenge.start.length;
  }

  draw() {
    const { title, about, number, of } = this.challenge;
    const met = this.#verdict?.met ?? null;
    const helps = met === null && this.#helps();
    redraw(this.element, [this.#verdict, this.#hints, this.#stands], () => [
      scrolling(
        h(
          "div",
          { class: "text", "data-helps": !!helps },
          h("p", { class: "what" }, h("small", {}, `Challenge ${number} of ${of}`), h("b", {}, title)),
          met !== null && h("p", { class: "done", role: "status" }, `Done at step ${met}.`),
          met === null && h("p", { class: "goal" }, about),
          this.#parts(),
          helps,
        ),
      ),
      h("div", { class: "buttons" }, ...this.#buttons()),
    ]);
  }

  /** Why it cannot be done any more, or that nothing more happens, and the hints given so far, the latest first. */
  #helps() {
    const lost = this.#verdict?.lost;
    if (lost) return h("p", { class: "help", role: "status" }, `${lost} Start again, and try another way.`);
    const { hints } = this.challenge;
    const given = hints.slice(0, this.#hints).map((hint, i) => {
      return h("p", {}, h("small", {}, `Hint ${i + 1} of ${hints.length}`), hint);
    });
    const stands = this.#stands && "Nothing more happens by itself. Do something else, or start again.";
    if (!given.length && !stands) return null;
    return scrolling(h("div", { class: "help", role: "status" }, stands && h("p", {}, stands), ...given.reverse()));
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
    const lost = !!this.#verdict?.lost;
    const again = button("Start again", () => ways.open(challenge.name), lost ? "primary" : "");
    const others = button("All…", () => ways.open());
    const close = button("Close", () => this.#end(), "quiet");
    if (lost) return [again, others, close]; // no hint helps any more
    if (met === null) return [this.#hints < challenge.hints.length && this.#hint(), again, others, close];
    const next = challenge.next && button("Next challenge", () => ways.open(challenge.next), "primary");
    return [next, button("Watch what you did", () => void this.#replay()), again, others, close];
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
