// Two runs side by side on one clock: this one, and the same with one difference. What both have in common is at the
// same place in both, so the eye goes to what is not: that is outlined. The first event that differs is marked, and
// told in the engine's words. Both are copies in labs of their own: whatever happens here, the run that is kept is not
// touched.

import { show } from "../dialogs/dialog.js";
import { button, times } from "../playback/buttons.js";
import { Player } from "../playback/player.js";
import { SPEEDS } from "../playback/speeds.js";
import { signs } from "../playback/marks.js";
import { h, setAttr, setText, style } from "../shared/dom.js";
import { wanted } from "../shared/keys.js";
import { changes } from "./changes.js";
import { differing } from "./differing.js";
import { Pane } from "./pane.js";
import { names, unable } from "./sides.js";
/** @import { Run } from "../engine/engine.js" */
/** @import { Difference } from "../engine/extras.js" */
/** @import { Notices } from "../notices.js" */
/** @import { Store } from "../store.js" */
/** @import { Variation } from "./changes.js" */
/** @import { Side } from "./sides.js" */

/** The events of a lab. Those of the two labs here do not reach the page around. */
const TOLD = ["quorum-ready", "quorum-step", "quorum-chosen", "quorum-violation", "quorum-error"];

/** Opens the comparison over the lab. @param {HTMLElement} lab @param {Store} store @param {Player} player of the lab
 * @param {Notices} notices @param {number} [branch] the other run, to begin with */
export async function open(lab, store, player, notices, branch) {
  player.pause();
  const root = /** @type {ShadowRoot} */ (lab.getRootNode());
  await style(root, new URL("./compare.css", import.meta.url));
  const { title, notes, ...run } = store.session.run(); // without its sentences: play would stop at each
  const { branch: here, branches } = store.session.timeline();
  const name = branches.find(({ id }) => id === here)?.name ?? "This run";
  const comparison = new Comparison({ ...run, cursor: 0 }, { name, branch: here, title }, player.now, notices);
  const form = await changes(store, comparison.run, branch, (variation) => comparison.take(variation));
  comparison.open(lab, root.host.getAttribute("theme"), form);
}

class Comparison {
  /** Where both end, in simulated ms. */
  #end = 0;
  /** When anything happens in either, ascending. @type {number[]} */
  #moments = [];
  /** @type {Difference | null} */
  #difference = null;
  /** How many variations were asked for: only the latest is shown. */
  #turn = 0;
  #closed = false;
  /** @type {Promise<void>} */
  #taking = Promise.resolve();
  /** Whether the labs are being given other runs. */
  #busy = false;
  /** @type {Promise<void> | null} */
  #following = null;
  #shown = -1;
  #panes = [new Pane("Here"), new Pane("There")];
  #icon = h("span", { "aria-hidden": "true" });
  #word = h("span");
  #play = h("button", { class: "primary play", autofocus: true, "aria-keyshortcuts": "Space" }, this.#icon, this.#word);
  #range = h("input", { type: "range", min: 0, step: "any", "aria-label": "Time", "aria-keyshortcuts": "Home End" });
  #above = h("div", { class: "marks", "aria-hidden": "true" });
  #below = h("div", { class: "marks below", "aria-hidden": "true" });
  #apart = h("i", { class: "apart", "aria-hidden": "true", hidden: true });
  #at = h("output", { class: "at" });
  #says = h("p", { class: "verdict", role: "status" });
  /** How the other run was made. */
  #how = h("p", { class: "how", role: "status" });
  #there = h("button", { hidden: true, onclick: () => this.#show() }, "Show it");
  #error = h("p", { class: "error", role: "alert" });

  /** @type {Player} */
  player = new Player(
    async () => {
      await this.#follow();
      return this.player.now < this.#end;
    },
    () => this.#draw(),
  );

  /** @param {Run} run without title and notes, at its beginning @param {Side} here what it is called
   * @param {number} now where to begin, in simulated ms @param {Notices} notices */
  constructor(run, here, now, notices) {
    this.run = run;
    this.here = here;
    this.notices = notices;
    this.player.now = now;
    this.#play.onclick = () => this.#toggle();
    this.#range.oninput = () => this.#go(this.#range.valueAsNumber);
  }

  /** @param {HTMLElement} lab @param {string | null} theme @param {HTMLElement} form */
  open(lab, theme, form) {
    for (const pane of this.#panes) setAttr(pane.lab, "theme", theme);
    const panes = h("div", { class: "panes" }, ...this.#panes.map((pane) => pane.element));
    for (const type of TOLD) panes.addEventListener(type, (event) => event.stopPropagation());
    const corners = h("i", { class: "corners", "aria-hidden": "true" });
    const legend = h("span", { class: "named" }, corners, "differs");
    const made = h("div", { class: "made" }, this.#how, legend);
    const between = h("div", { class: "between" }, this.#says, this.#there);
    const dialog = show(lab, "Two runs, one clock", form, this.#error, made, panes, between, this.#clock());
    setAttr(dialog, "class", "compare");
    dialog.addEventListener("keydown", this.#key, { capture: true });
    const resized = new ResizeObserver(() => this.#mark());
    resized.observe(this.#above);
    dialog.addEventListener("close", () => {
      resized.disconnect();
      this.#closed = true;
      this.player.pause();
    });
  }

  /** The controls of both. */
  #clock() {
    const speed = h("select", { "aria-label": "Speed" });
    speed.append(...SPEEDS.map((s) => h("option", { value: s, selected: s === 1 }, times(s))));
    speed.onchange = () => {
      this.player.speed = Number(speed.value);
    };
    const back = button("◁", "Back", "ArrowLeft", () => this.#back());
    const step = button("▷", "Step", "ArrowRight", () => this.#step());
    const moves = h("div", { class: "moves" }, back, this.#play, step, speed);
    const track = h("div", { class: "track" }, this.#above, this.#range, this.#below, this.#apart);
    const scrubber = h("div", { class: "scrubber" }, track, this.#at);
    return h("div", { class: "controls", role: "group", "aria-label": "Clock of both" }, moves, scrubber);
  }

  /** Puts another run beside this one, once what is under way is done. @param {() => Variation} make */
  take(make) {
    const turn = ++this.#turn;
    this.player.pause();
    this.#taking = this.#taking
      .then(() => (turn === this.#turn && !this.#closed ? this.#take(make) : undefined))
      .catch((error) => this.#fail(error));
  }

  /** @param {() => Variation} make */
  async #take(make) {
    setText(this.#error, "");
    const { run, leftOut, says, ...side } = make();
    const [here, there] = names(this.here, side);
    this.#busy = true;
    try {
      await this.#following;
      setText(this.#how, says);
      setAttr(this.#how, "title", says);
      await this.#load([
        [this.run, here, this.here.title],
        [{ ...run, cursor: 0 }, there, side.title],
      ]);
      const { compare } = await (await import("../engine/extras.js")).extras();
      const [a, b] = this.#panes.map((pane) => pane.lab.run());
      this.#tell(compare(a, b), leftOut);
    } finally {
      this.#busy = false;
      this.#shown = -1;
      this.#draw();
    }
  }

  /** Shows two runs, each for as long as the longer one takes.
   * @param {[run: Run, name: string, title?: string][]} runs */
  async #load(runs) {
    const ends = await Promise.all(runs.map((run, i) => this.#panes[i].load(...run)));
    this.#end = Math.max(...ends);
    await Promise.all(this.#panes.map((pane) => pane.until(this.#end)));
    this.#moments = [...new Set(this.#panes.flatMap((pane) => pane.moments))].sort((a, b) => a - b);
    this.player.now = Math.min(this.player.now, this.#end);
  }

  /** @param {Difference | null} difference @param {string[]} leftOut */
  #tell(difference, leftOut) {
    this.#difference = difference;
    const verdict = difference?.says ?? "Both are the same, to the end.";
    setText(this.#says, [verdict, ...leftOut.map(unable)].join(" "));
    setAttr(this.#there, "hidden", !difference);
    setAttr(this.#apart, "hidden", !difference);
    if (difference) this.#apart.style.setProperty("--part", `${difference.at / (this.#end || 1)}`);
    this.#mark();
  }

  /** Marks what there is to find, above the line here and below it there: as many as have room. */
  #mark() {
    const width = this.#above.clientWidth;
    for (const [i, { marks }] of this.#panes.entries()) {
      const found = signs({ marks, length: this.#end }, "ms", (at) => this.#go(at), width || undefined);
      [this.#above, this.#below][i].replaceChildren(...found);
    }
  }

  // The clock.

  /** @param {number} at simulated ms */
  #go(at) {
    this.player.pause();
    this.player.arrive();
    this.player.now = Math.max(0, Math.min(at, this.#end));
    this.#draw();
  }

  /** Goes to where they come apart. */
  #show() {
    if (this.#difference) this.#go(this.#difference.at);
    this.#panes[0].element.scrollIntoView(); // on a narrow screen it may be above
  }

  #toggle() {
    if (this.player.playing) return this.player.pause();
    if (this.player.now >= this.#end) this.player.now = 0;
    this.player.play();
  }

  /** On to the next moment at which either does something. */
  #step() {
    this.player.pause();
    this.player.arrive();
    const next = this.#moments.find((at) => at > this.player.now);
    if (next !== undefined) void this.player.glide(next).then(() => this.#draw());
  }

  #back() {
    this.#go(this.#moments.findLast((at) => at < this.player.now) ?? 0);
  }

  /** Brings both to where the clock is, as often as it has moved on meanwhile. @returns {Promise<void>} */
  #follow() {
    const follow = async () => {
      while (this.#shown !== this.player.now && !this.#closed && !this.#busy) {
        const at = Math.min(this.player.now, this.#end);
        this.player.now = at;
        const [here, there] = await Promise.all(this.#panes.map((pane) => pane.go(at, this.#difference)));
        for (const [i, found] of differing(here, there).entries()) this.#panes[i].outline(found);
        this.#shown = at;
      }
    };
    this.#following ??= follow()
      .catch((error) => this.#fail(error))
      .finally(() => {
        this.#following = null;
      });
    return this.#following;
  }

  #draw() {
    if (this.#closed) return;
    void this.#follow();
    const { now, playing } = this.player;
    const at = Math.min(now, this.#end);
    setText(this.#icon, playing ? "❙❙" : "▶");
    setText(this.#word, playing ? "Pause" : "Play");
    setAttr(this.#range, "max", this.#end);
    if (this.#range.valueAsNumber !== at) this.#range.value = `${at}`;
    const told = `${Math.floor(at)} ms`;
    setAttr(this.#range, "aria-valuetext", `${told} of ${this.#end} ms`);
    setText(this.#at, `${told} / ${this.#end}`);
  }

  /** @param {unknown} error */
  #fail(error) {
    if (this.#closed) return; // what was under way when the labs were taken away
    this.player.pause();
    setText(this.#error, error instanceof Error ? error.message : `${error}`);
    if (error instanceof Error) this.notices.failed(error);
  }

  /** The keys of a lab, for both. @param {KeyboardEvent} event */
  #key = (event) => {
    const at = event.composedPath()[0];
    if (event.ctrlKey || event.metaKey || event.altKey || !(at instanceof Element)) return;
    const inside = this.#panes.some((pane) => pane.lab === event.target);
    if (inside) event.stopPropagation(); // no key may do something to only one of the two
    if (!inside && (wanted(at, event.key) || event.key === "Escape")) return;
    /** @type {Record<string, () => void>} */
    const keys = {
      " ": () => this.#toggle(),
      ArrowLeft: () => this.#back(),
      ArrowRight: () => this.#step(),
      Home: () => this.#go(0),
      End: () => this.#go(this.#end),
    };
    const act = keys[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  };
}
