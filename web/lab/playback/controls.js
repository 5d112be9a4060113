// Below the stage: the buttons that move time, in both directions, and by how much. A line says what the next step
// does. While a person looks back, it says so, and offers to go on from there or to return to the end.

import { ended } from "../engine/limits.js";
import { h, redraw, setAttr, setText } from "../shared/dom.js";
import { sign, times } from "./buttons.js";
import { SPEEDS } from "./speeds.js";
/** @import { Commands } from "../commands.js" */
/** @import { Dialogs } from "../dialogs/dialogs.js" */
/** @import { BeatSize, View } from "../engine/engine.js" */
/** @import { Values } from "../shared/values.js" */
/** @import { Store } from "../store.js" */
/** @import { Pace, Player } from "./player.js" */

/** The sizes of a beat, and what each is. @type {[BeatSize, string, string][]} */
const SIZES = [
  ["ideas", "Ideas", "by what a story of the run would mention"],
  ["commands", "Commands", "by one command of a client, from asking to the answer"],
  ["messages", "Messages", "by one arrival with all it causes"],
  ["everything", "Everything", "by single steps"],
];
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
  #speed = h("select", { "aria-label": "Speed" }, ...SPEEDS.map((s) => h("option", { value: s }, times(s))));
  #pace = h(
    "select",
    { "aria-label": "Pace" },
    h("option", { value: "reading" }, "reading pace"),
    h("option", { value: "time" }, "real time"),
  );
  /** @type {Map<BeatSize, HTMLButtonElement>} */
  #sizes = new Map();
  #pressed = -DOUBLE;

  /** @param {Store} store @param {Player} player @param {Commands} commands @param {Dialogs} dialogs
   * @param {HTMLElement} scrubber @param {(size: BeatSize) => void} by chooses the size of a beat */
  constructor(store, player, commands, dialogs, scrubber, by) {
    this.store = store;
    this.player = player;
    this.commands = commands;
    this.#play.onclick = (event) => this.#toggle(event.timeStamp);
    this.#speed.onchange = () => commands.setSpeed(Number(this.#speed.value));
    this.#pace.onchange = () => commands.setPace(/** @type {Pace} */ (this.#pace.value));
    this.beginning = sign("❘◀", "To the beginning", "Home", () => void commands.seek(0));
    this.back = sign("◀", "Back", "ArrowLeft", (event) => void commands.back(event.shiftKey));
    this.step = sign("▶❘", "Step", "ArrowRight", (event) => void commands.step(event.shiftKey));
    for (const [size, name, title] of SIZES)
      this.#sizes.set(size, h("button", { title: `Play and step ${title}`, onclick: () => by(size) }, name));
    const sizes = h("div", { class: "sizes", role: "group", "aria-label": "Beats" }, ...this.#sizes.values());
    const moves = h("div", { class: "moves" }, this.beginning, this.back, this.#play, this.step);
    const help = h(
      "button",
      { class: "quiet compact-help", "aria-label": "Help", onclick: () => dialogs.open("help") },
      "?",
    );
    const pace = h("div", { class: "pace" }, this.#pace, this.#speed);
    const line = h("div", { class: "line" }, this.#next, this.#past, pace, this.#kept, help);
    const props = { class: "controls", part: "controls", role: "group", "aria-label": "Controls" };
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
    const { locked, session } = this.store;
    const { playing, speed, pace, reached, reading } = this.player;
    setText(this.#icon, playing ? "❙❙" : "▶");
    setText(this.#word, playing ? "Pause" : "Play");
    for (const button of [this.#play, this.step]) setAttr(button, "aria-disabled", locked ? "true" : null);
    for (const [size, button] of this.#sizes) {
      setAttr(button, "aria-pressed", view.beat.size === size);
      setAttr(button, "hidden", size === "commands" && view.protocol !== "log");
    }
    if (this.#speed.value !== `${speed}`) this.#speed.value = `${speed}`;
    if (this.#pace.value !== pace) this.#pace.value = pace;
    for (const option of this.#speed.options) {
      const slower = reached !== null && option.selected && `: as fast as it goes, ×${short(reached)}`;
      setText(option, times(Number(option.value)) + (slower || ""));
    }
    for (const button of [this.beginning, this.back]) setAttr(button, "aria-disabled", view.step ? null : "true");
    const later = reading?.later ? `… ${reading.later.toLocaleString("en")} ms later` : null;
    const led = session.leads?.here(session);
    const stopped = !playing && !!view.next && !!view.step && session.notes?.at(view.step) !== undefined;
    setText(
      this.#next,
      locked ??
        later ??
        (stopped ? `Press Play to go on. ${next(view, this.store.values)}` : next(view, this.store.values, led)),
    );
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
    onward(of, this.commands, this.#play).then((button) => {
      after.button = button;
      this.store.draw();
    }, failed);
    return undefined;
  }

  /** @param {View} view */
  #showPast({ step, length }) {
    const { kept, own } = this.store.session;
    const onward = this.#onward();
    redraw(this.#past, [step < length, kept, own, !!this.store.session.moment(), onward?.textContent], () => {
      if (onward) return [onward];
      // What somebody else has prepared is looked at for the first time.
      if (step === length || !own || this.store.session.moment()) return [];
      const goOn = kept !== "read-only" && h("button", { onclick: () => this.commands.goOn() }, "Go on from here");
      const end = () => void this.commands.seek(Infinity);
      const toEnd = h("button", { "aria-keyshortcuts": "End", onclick: end }, "To the end");
      return [h("span", {}, "You are looking back."), goOn, toEnd];
    });
  }
}

/** At the end of a scenario, what opens the one after it. @param {string} of @param {Commands} commands
 * @param {HTMLElement} then has the focus */
async function onward(of, commands, then) {
  const { scenario, scenarios, logScenarios, listWith } = await import("../engine/shipped.js");
  const all = await listWith([scenarios, logScenarios], of);
  const next = all[all.findIndex(({ name }) => name === of) + 1];
  const take = async () => {
    then.focus();
    await commands.open(scenario(next.name));
  };
  if (!next || next === all[0]) return undefined;
  const whole = `Next scenario: ${next.title}`;
  const title = h("span", { class: "which" }, `: ${next.title}`);
  return h("button", { class: "onward", "aria-label": whole, onclick: () => void take() }, "Next scenario", title);
}

/** @param {number} speed @returns {string} */
const short = (speed) => (speed < 10 ? speed.toFixed(1) : speed.toFixed(0));

/** Whether to say here why it can go no further: until something is chosen, the middle of the stage does.
 * @param {View} view */
const isStuck = ({ stuck, chosen }) => !!stuck && chosen.length > 0;

/** What comes next, or why it leads nowhere, or why nothing does. @param {View} view @param {Values} values
 * @param {boolean} [leads] whether real servers decide @returns {string} */
function next(view, values, leads) {
  if (leads) return "What comes next is up to the servers.";
  if (isStuck(view)) return `It can go no further: ${view.stuck}`;
  return view.next ? `Next, at ${view.next.at} ms: ${values.plain(view.next.says)}` : ended(view).says;
}
