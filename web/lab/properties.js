// Every attribute of the element is a property of the same name as well: frameworks set one or the other, and often
// before the element is defined. A property has the text of its attribute, or null without one; those that are only
// there or not are true or false.
//
// Two attributes have the names of methods that were there first, `step` and `run`. Reading such a property gives the
// method, so that `lab.step(3)` goes on working; setting it sets the attribute, so that `lab.step = 40` is what a
// framework means by it, and takes no method away.

import { SPEEDS } from "./playback/speeds.js";
import { setAttr } from "./shared/element.js";

/** Which run is shown: another value is another run. */
export const RUN = ["cluster", "nodes", "seed", "protocol", "scenario", "run", "src", "challenge", "persist"];
/** What is there or not. Their word for not is "false": somebody who writes that means it. */
export const FLAGS = ["autoplay", "loop", "fragment"];
/** Those that say how it is shown. */
const SHOWN = ["step", "speed", "theme", "controls", "panels", "pace", "beats", "print", "loading", "poster", "site"];

export const ATTRIBUTES = [...RUN, ...FLAGS, ...SHOWN];

/** The words that an attribute takes, where it takes some of a few. @type {Record<string, string[]>} */
export const WORDS = {
  theme: ["auto", "light", "dark"],
  controls: ["full", "compact", "none"],
  pace: ["reading", "time"],
  beats: ["ideas", "commands", "messages", "everything"],
  print: ["events"],
  loading: ["lazy", "eager"],
  panels: ["stage", "spacetime", "events", "disk", "table", "inspector", "log"],
};

/** The words of an attribute that it does not take. @param {Element} lab @param {string} name one of `WORDS` */
export const strangers = (lab, name) =>
  (lab.getAttribute(name) ?? "").split(/\s+/).filter((word) => word && !WORDS[name].includes(word));

/** Whether an attribute asks for something that there is not. @param {Element} lab */
export const odd = (lab) =>
  Object.keys(WORDS).some((name) => strangers(lab, name).length) ||
  FLAGS.some((name) => lab.getAttribute(name) === "false") ||
  !/^\s*\d*\s*$/.test(lab.getAttribute("step") ?? "") ||
  !SPEEDS.includes(Number(lab.getAttribute("speed") ?? 1));

/** Whether something is there. @param {Element} lab @param {string} name one of `FLAGS` */
export const has = (lab, name) => (lab.getAttribute(name) ?? "false") !== "false";

/** Gives a class of elements the properties. @param {any} prototype */
export function reflect(prototype) {
  for (const name of ATTRIBUTES) {
    const method = prototype[name];
    Object.defineProperty(prototype, name, {
      configurable: true,
      enumerable: true,
      get() {
        return method ?? (FLAGS.includes(name) ? has(this, name) : this.getAttribute(name));
      },
      set(value) {
        if (name === "step" && value != null)
          this.setAttribute(name, value); // the same again: go there again
        else setAttr(this, name, value);
      },
    });
  }
}

/** Takes in what was set before the element was defined. @param {any} lab */
export function upgrade(lab) {
  for (const name of ATTRIBUTES) {
    if (!Object.hasOwn(lab, name)) continue;
    const value = lab[name];
    delete lab[name];
    lab[name] = value;
  }
}
