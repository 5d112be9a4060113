// On paper a lab is a figure: note, stage, symbols, and below them the step in words. Paper is as wide as it is, and does
// not scroll: so everything is drawn for it before anything is printed.

import { h, setAttr, setText } from "../shared/dom.js";
/** @import { Store } from "../store.js" */
/** @import { EventsPanel } from "./events.js" */

export class Paper {
  caption = h("p", { class: "caption" });

  /** @param {HTMLElement} lab @param {Store} store @param {EventsPanel} events
   * @param {(now: boolean) => void} printing tells the element around @param {() => void} draw at once */
  constructor(lab, store, events, printing, draw) {
    const print = (/** @type {boolean} */ now) => {
      printing(now);
      setAttr(lab, "data-printing", now);
      events.printing = now;
      if (!store.alive) return;
      setText(this.caption, says(store));
      draw();
    };
    const { signal } = store;
    for (const type of ["beforeprint", "afterprint"])
      addEventListener(type, () => print(type === "beforeprint"), { signal });
  }
}

/** @param {Store} store */
function says({ session, told, values }) {
  const { step, at, headline } = session.view();
  const says = values.plain((told ?? headline)?.why ?? "The run begins here.");
  return `${session.notes?.title ?? "Quorum"}, step ${step}, ${at} ms: ${says}`;
}
