// What the attributes ask for after the start. Most labs are never asked for anything else than at first: what shows it
// is loaded with the first change.

import { firstStep } from "./attributes.js";
import { late } from "./engine/late.js";
import { odd } from "./properties.js";
/** @import { Shown } from "./live.js" */

/** @type {() => Promise<typeof import("./live.js")>} */
const load = late(
  (attempt) => (attempt ? import(new URL(`./live.js?${attempt}`, import.meta.url).href) : import("./live.js")),
  "What shows another run did not load. Check that the page is online, and try again.",
);

export class Asked {
  /** Names of attributes that are others now. @type {Set<string>} */
  #wanted = new Set();
  /** @type {import("./live.js").Live | undefined} */
  #live;

  /** @param {HTMLElement & { ready: Promise<any> }} lab @param {Shown} shown */
  constructor(lab, shown) {
    this.lab = lab;
    this.shown = shown;
  }

  /** Changes of one moment are one. @param {string} name of an attribute that is another now, or the same again */
  want(name) {
    this.#wanted.add(name);
    if (this.#wanted.size > 1) return;
    const { shown } = this;
    const session = shown.session();
    if (!session) shown.again(); // what could not start is tried again
    const work = this.#use((live) => {
      const wanted = this.#wanted;
      this.#wanted = new Set();
      return live.take(wanted);
    });
    work.catch((error) => shown.ui()?.notices.refuse(error));
    if (session) shown.ready(work);
  }

  /** Says what is wrong with the attributes, or no longer. Where nothing is, nothing is loaded for it. */
  complain() {
    const session = this.shown.session();
    const far = session?.fresh && (firstStep(this.lab) ?? 0) > session.position().length;
    if (far || odd(this.lab))
      this.#use((live) => live.complain()).catch(() => {}); // what there is, is shown
    else this.shown.ui()?.notices.drop("attributes");
  }

  /** @param {(live: import("./live.js").Live) => unknown} what may be a promise */
  async #use(what) {
    const { Live } = await load();
    this.#live ??= new Live(this.lab, this.shown);
    await what(this.#live);
  }
}
