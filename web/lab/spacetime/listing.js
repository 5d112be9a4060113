// The events in sight as a list, for people who do not see the picture.

import { h, keyed, setAttr } from "../shared/dom.js";
import { fateOf, laneOf } from "./model.js";
/** @import { Event } from "../engine/engine.js" */
/** @import { Store } from "../store.js" */
/** @import { Viewport } from "./viewport.js" */

/** How many are listed, at most. */
const LISTED = 150;

export class Listing {
  element = h("div", { class: "sr", role: "presentation" });

  /** @param {Store} store */
  constructor(store) {
    this.store = store;
  }

  /** @param {Viewport} viewport
   * @param {Event | null} focus the event that the keys have come to: around it, if not all fit
   * @param {Event | null} selected @returns {string | null} the id of the option that has the focus */
  render(viewport, focus, selected) {
    const { events } = viewport.model;
    const [first, last] = viewport.events();
    const middle = focus ? events.indexOf(focus) : (first + last) >> 1;
    const around = Math.max(first, Math.min(last - LISTED, middle - (LISTED >> 1)));
    const from = last - first <= LISTED ? first : around;
    const shown = events.slice(from, Math.min(last, from + LISTED)).map((event, i) => ({ event, at: from + i }));
    keyed(
      this.element,
      shown,
      ({ at, event }) => `${at} ${event.why}`,
      ({ event }) => this.#option(event),
      (option, { event, at }) => {
        this.#place(option, event, viewport);
        setAttr(option, "aria-selected", event === selected);
        setAttr(option, "aria-setsize", events.length);
        setAttr(option, "aria-posinset", at + 1);
        setAttr(option, "id", `place-${at}`);
      },
    );
    const active = focus && shown.find(({ event }) => event === focus);
    return active ? `place-${active.at}` : null;
  }

  /** Where it is, and what became of its message. @param {Element} option @param {Event} event
   * @param {Viewport} viewport */
  #place(option, event, viewport) {
    const leaves = event.event === "sent" || event.event === "duplicated";
    const arrow = leaves ? viewport.model.arrow(event.copy ?? event.message?.id) : undefined;
    const { x, y } = viewport.spot(event);
    setAttr(option, "data-at", `${x.toFixed(0)} ${y.toFixed(0)}`);
    setAttr(option, "data-fate", arrow && fateOf(arrow));
    setAttr(option, "data-ahead", event.step > this.store.view().step);
  }

  /** @param {Event} event */
  #option(event) {
    const props = {
      role: "option",
      "data-step": event.step,
      "data-event": event.event,
      "data-server": laneOf(event),
      "data-message": event.message?.id,
    };
    return h("div", props, `step ${event.step}, ${event.at} ms: `, ...this.store.values.mark(event));
  }
}
