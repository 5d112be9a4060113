// Below the stage: the buttons that move time, in both directions, and by how much. A line says what the next step
// does. While a person looks back, it says so, and offers to go on from there or to return to the end.

import { ended } from "../engine/limits.js";
import { h, redraw, setAttr, setText } from "../shared/dom.js";
import { sign, times } from "./buttons.js";
import { SPEEDS } from "./speeds.js";
/** @import { Choice } from "../attributes.js" */
/** @import { Commands } from "../commands.js" */
/** @import { Dialogs } from "../dialogs/dialogs.js" */
/** @import { BeatSize, View } from "../engine/engine.js" */
/** @import { Store } from "../store.js" */
/** @import { Pace, Player } from "./player.js" */

/** A second click on a button that has another meaning by then is meant for the first, within so many ms. */
const DOUBLE = 400;

/** @typedef {{ of: string, button?: HTMLElement }} After what opens the scenario after one, once it is known */

export class Controls {
  #icon = h("span", { "aria-hidden": "true" });
  #word = h("span");
  #next = h("p", { class: "next" });
  #kept = h("p", { class: "kept" });
  #past = h("div", { class: "past" });
  /** The scenario after the one shown, once it is known. @type {After | undefined} */
  #after;
  #play = h("button", { class: "primary play", "aria-keyshortcuts": "Space" }, this.#icon, this.#word);
  #speed = h("select", {}, ...SPEEDS.map((s) => h("option", { value: s }, times(s))));
  #pace = h("select");
  /** @type {Map<BeatSize, HTMLButtonElement>} */
  #sizes = new Map();
  #pressed = -DOUBLE;

  /** @param {Store} store @param {Player} player @param {Commands} commands @param {Dialogs} dialogs
   * @param {HTMLElement} scrubber @param {(choice: Choice, value: string) => void} choose */
  constructor(store, player, commands, dialogs, scrubber, choose) {
    this.store = store;
    this.player = player;
    this.commands = commands;
    const { words } = store;
    setAttr(this.#speed, "aria-label", words.speed);
    setAttr(this.#pace, "aria-label", words.pace);
    for (const value of /** @type {Pace[]} */ (["reading", "time"]))
      this.#pace.append(h("option", { value }, words[value]));
    this.#play.onclick = (event) => this.#toggle(event.timeStamp);
    this.#speed.onchange = () => choose("speed", this.#speed.value);
    this.#pace.onchange = () => choose("pace", this.#pace.value);
    this.beginning = sign("❘◀", words.toBeginning, "Home", () => void commands.seek(0));
    this.back = sign("◀", words.back, "ArrowLeft", (event) => void commands.back(event.shiftKey));
    this.step = sign("▶❘", words.step, "ArrowRight", (event) => void commands.step(event.shiftKey));
    const { ideas, commands: requests, arrivals: messages, everything } = words;
    const all = /** @type {[BeatSize, string[]][]} */ (
      Object.entries({ ideas, commands: requests, messages, everything })
    );
    for (const [size, [name, title]] of all)
      this.#sizes.set(size, h("button", { title, "data-name": name, onclick: () => choose("beats", size) }, name));
    const sizes = h("div", { class: "sizes", role: "group", "aria-label": words.beats }, ...this.#sizes.values());
    const moves = h("div", { class: "moves" }, this.beginning, this.back, this.#play, this.step);
    const help = h(
      "button",
      { class: "quiet compact-help", "aria-label": words.help, onclick: () => dialogs.open("help") },
      "?",
    );
    const pace = h("div", { class: "pace" }, this.#pace, this.#speed);
    const line = h("div", { class: "line" }, this.#next, this.#past, this.#kept, pace, help);
    const props = { class: "controls", part: "controls", role: "group", "aria-label": words.controls };
    this.element = h("div", props, moves, sizes, scrubber, line);
  }

  /** @param {number} now */
  #toggle(now) {
    if (now - this.#pressed < DOUBLE) return;
    const { playing } = this.player;
    this.commands.toggle();
    if (playing !== this.player.playing) this.#pressed = now;
  }

  /** @param {View} view */
  render(view) {
    const { locked, session, words } = this.store;
    const { playing, speed, pace, reached, reading } = this.player;
    setText(this.#icon, playing ? "❙❙" : "▶");
    setText(this.#word, playing ? words.pause : words.play);
    for (const button of [this.#play, this.step]) setAttr(button, "aria-disabled", locked ? "true" : null);
    for (const [size, button] of this.#sizes) {
      setAttr(button, "aria-pressed", view.beat.size === size);
      setAttr(button, "hidden", size === "commands" && view.protocol !== "log");
    }
    if (this.#speed.value !== `${speed}`) this.#speed.value = `${speed}`;
    if (this.#pace.value !== pace) this.#pace.value = pace;
    for (const option of this.#speed.options) {
      const slower = reached !== null && option.selected && words.asFast(short(reached));
      setText(option, times(Number(option.value)) + (slower || ""));
    }
    for (const button of [this.beginning, this.back]) setAttr(button, "aria-disabled", view.step ? null : "true");
    const later = reading?.later ? words.later(reading.later) : null;
    const stopped = !playing && !!view.next && !!view.step && session.notes?.at(view.step) !== undefined;
    const [ours, engines] = later ? [later, ""] : locked ? ["", locked] : this.#comes(view);
    const said = stopped && !later && !locked ? `${words.goesOn} ${ours}` : ours;
    redraw(this.#next, [said, engines], () => [
      said && engines ? `${said} ` : said,
      h("span", { lang: "en" }, engines),
    ]);
    setAttr(this.#next, "data-stuck", !locked && !later && isStuck(view));
    this.#showPast(view);
    setText(this.#kept, view.step < view.length ? "" : this.store.kept);
    setAttr(this.#kept, "data-saved", session.kept === "saved");
  }

  /** What leads on, at the end of a scenario in which nobody has done anything else.
   * @returns {HTMLElement | undefined} */
  #onward() {
    const { session } = this.store;
    const { next, branch } = session.position();
    const over = session.over || (next === null && !session.notes?.waiting(branch));
    const of = this.commands.ownPage() && over && session.moment()?.name;
    if (!of) return undefined;
    if (this.#after?.of === of) return this.#after.button;
    /** @type {After} */
    const after = { of };
    this.#after = after;
    const failed = () => {}; // the list did not load: it was only an offer
    import("./onward.js")
      .then(({ onward }) => onward(of, this.commands, this.#play, this.store.words))
      .then((button) => {
        after.button = button;
        this.store.draw();
      }, failed);
    return undefined;
  }

  /** What comes next, or why it leads nowhere, or why nothing does: in the page's words, and in the engine's.
   * @param {View} view @returns {[ours: string, engines: string]} */
  #comes(view) {
    const { words, values, session } = this.store;
    if (session.leads?.here(session)) return [words.upToServers, ""];
    if (isStuck(view)) return [words.stuck, view.stuck ?? ""];
    return view.next ? [words.next(view.next.at), values.plain(view.next.says)] : ["", ended(view).says];
  }

  /** @param {View} view */
  #showPast({ step, length }) {
    const { kept, own } = this.store.session;
    const onward = this.#onward();
    redraw(this.#past, [step < length, kept, own, !!this.store.session.moment(), onward?.textContent], () => {
      if (onward) return [onward];
      // What somebody else has prepared is looked at for the first time.
      if (step === length || !own || this.store.session.moment()) return [];
      const { words } = this.store;
      const goOn = kept !== "read-only" && h("button", { onclick: () => this.commands.goOn() }, words.goOnHere);
      const end = () => void this.commands.seek(Infinity);
      const toEnd = h("button", { "aria-keyshortcuts": "End", onclick: end }, words.toEnd);
      return [h("span", {}, words.lookingBack), goOn, toEnd];
    });
  }
}

/** @param {number} speed @returns {string} */
const short = (speed) => (speed < 10 ? speed.toFixed(1) : speed.toFixed(0));

/** Whether to say here why it can go no further: until something is chosen, the middle of the stage does.
 * @param {View} view */
const isStuck = ({ stuck, chosen }) => !!stuck && chosen.length > 0;
