// What the attributes of the element and the page's address say, and what the address is made to say.

import { has } from "./properties.js";
/** @import { Config } from "./engine/engine.js" */

/** The step to go to first. @param {Element} lab @returns {number | undefined} */
export function firstStep(lab) {
  const attribute = lab.getAttribute("step")?.trim();
  const number = attribute ? Number(attribute) : NaN;
  return Number.isInteger(number) && number >= 0 ? number : undefined;
}

/** Under which name to keep the run. @param {Element} lab @returns {string | null} */
export function keptAs(lab) {
  const name = lab.getAttribute("persist");
  return name && name !== "none" ? name : null;
}

/** Of a run made afresh. @param {Element} lab @returns {Config} */
export function configOf(lab) {
  /** @type {Record<string, unknown>} */
  const config = {};
  for (const name of ["nodes", "seed"]) if (lab.hasAttribute(name)) config[name] = Number(lab.getAttribute(name));
  if (lab.hasAttribute("protocol")) config.protocol = lab.getAttribute("protocol");
  return /** @type {Config} */ (config);
}

/** What the page's address may ask for. */
export const ASKS = /^#(q\d|scenario=.|challenge=.)/;

/** What the page's address asks for; nothing where this lab wrote it about the run that it keeps.
 * @param {Element} lab */
export function askedFor(lab) {
  if (!has(lab, "fragment") || !ASKS.test(location.hash)) return "";
  const ours = keptAs(lab);
  return ours && history.state?.quorum === ours ? "" : location.hash;
}

/** Where a tab keeps the name of the run that it wrote its address about, beside the state of the address. A browser
 * that is asked to reload while the address changes loads the old address without its state. */
const WRITTEN = "quorum-address";

/** @param {string | null} [name] null: forgets it */
const written = (name) => stored("sessionStorage", WRITTEN, name);

/** Whether this document came by a reload. */
function reloaded() {
  const [navigation] = performance.getEntriesByType("navigation");
  return navigation instanceof PerformanceNavigationTiming && navigation.type === "reload";
}

/** How often the address may change, in ms: some browsers take it a hundred times in half a minute. */
const SELDOM = 500;

/** Keeps the address saying which scenario and step are shown, so that it can be copied from there. Only on a page of
 * the lab's own: elsewhere the address is other people's. */
export class Address {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /** @param {Element} lab @param {() => import("./engine/session.js").Session | undefined} session */
  constructor(lab, session) {
    this.lab = lab;
    this.session = session;
  }

  /** The document is new: gives the address the state back that a reload lost. */
  arrive() {
    const ours = keptAs(this.lab);
    if (!has(this.lab, "fragment") || !ours) return;
    if (history.state === null && written() === ours && reloaded()) history.replaceState({ quorum: ours }, "");
    else this.given();
  }

  /** Forgets what this lab wrote, where the address asks for something else now. */
  given() {
    if (askedFor(this.lab)) written(null);
  }

  /** Something else may be shown now. */
  moved() {
    this.#timer ??= setTimeout(() => this.write(), SELDOM);
  }

  write() {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const session = this.session();
    if (!has(this.lab, "fragment") || !session || session.dead || !this.lab.isConnected) return;
    const shown = session.moment();
    const ours = session.options.name;
    // A run of one's own has no name that others could open it by; what came with a link is opened by it again.
    if (!shown && (!ours || history.state?.quorum !== ours)) return;
    const hash = shown ? `#scenario=${shown.name}&step=${shown.step}` : "";
    if (hash === location.hash) return;
    history.replaceState({ ...history.state, quorum: ours }, "", hash || location.pathname + location.search);
    written(ours);
  }

  /** Asks for nothing any more. */
  clear() {
    history.replaceState({ ...history.state, quorum: null }, "", location.pathname + location.search);
  }
}

/** The run that the attributes or the page's address ask for. @param {Element} lab
 * @param {string} [hash] of the address
 * @returns {Promise<import("./engine/extras.js").Brought | null>} */
export async function broughtTo(lab, hash = askedFor(lab)) {
  const [scenario, run, src, challenge] = ["scenario", "run", "src", "challenge"].map((name) => lab.getAttribute(name));
  if (!(hash || scenario || run || src || challenge)) return null;
  if (scenario && !(hash || run || src || challenge)) {
    const brought = await import("./engine/brought.js");
    return { run: await brought.scenario(scenario), alone: false };
  }
  return (await import("./engine/extras.js")).brought(hash, { scenario, run, src, challenge });
}

/** Keeps, or recalls, which challenge is set over the run that is kept under a name. @param {string | null} kept
 * @param {string | null} [challenge] null: none any more @returns {string | null} */
export const setIn = (kept, challenge) => kept && stored("localStorage", `quorum-challenge-${kept}`, challenge);

/** Keeps, or recalls, by which beats the run that is kept under a name goes where nobody has chosen any: a run without
 * notes may have some when it is found again. @param {string | null | undefined} kept
 * @param {string} [size] @returns {string | null | undefined} */
export const goesBy = (kept, size) => kept && stored("localStorage", `quorum-beats-${kept}`, size);

/** What a person chooses at the controls for every run, and finds again at the next visit.
 * @typedef {"theme" | "speed" | "pace" | "beats"} Choice */
/** @type {Choice[]} */
const CHOICES = ["theme", "speed", "pace", "beats"];

/** Under which name a choice is kept. @param {Choice} choice */
const named = (choice) => `quorum-${choice}`;

/** A person has chosen. @param {Element} lab @param {Choice} choice @param {string} value */
export function choose(lab, choice, value) {
  lab.setAttribute(choice, value);
  if (keptAs(lab)) stored("localStorage", named(choice), value);
}

/** What was chosen on this site before, where the page says nothing of it. @param {Element} lab */
export function recallChoices(lab) {
  for (const choice of keptAs(lab) ? CHOICES : []) {
    const value = stored("localStorage", named(choice));
    if (value && !lab.hasAttribute(choice)) lab.setAttribute(choice, value);
  }
}

/** Keeps, recalls or forgets a text. @param {"localStorage" | "sessionStorage"} where
 * @param {string} name @param {string | null} [text] null: forgets it
 * @returns {string | null} what is kept; nothing where the browser keeps nothing */
function stored(where, name, text) {
  try {
    const storage = globalThis[where];
    if (text) storage.setItem(name, text);
    else if (text === null) storage.removeItem(name);
    return storage.getItem(name);
  } catch {
    return null;
  }
}
