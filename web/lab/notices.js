// Sentences of the page about itself: notices that stay until they are dismissed, and refusals, said where the person
// is looking.

import { late } from "./engine/late.js";
import { h, setText } from "./shared/dom.js";
/** @import { Topic } from "./engine/inside.js" */
/** @import { Offer } from "./notice.js" */

/** What stays true of whatever run is shown, until the lab is opened anew. @type {Topic[]} */
const LASTING = ["not-persisted", "read-only", "attributes", "cluster", "linked"];

/** How long a refusal stays, in ms. */
const STAYS = 8000;

/**
 * @typedef {object} Ways what the element around the lab lends
 * @property {() => boolean} dead whether there is nothing left to refuse, because the engine has stopped
 * @property {(error: Error) => void} failed tells the page around the lab
 * @property {Partial<Record<Topic, Offer[]>>} offers
 */

/** @type {() => Promise<typeof import("./notice.js")>} */
const notice = late(
  (attempt) => (attempt ? import(new URL(`./notice.js?${attempt}`, import.meta.url).href) : import("./notice.js")),
  "",
);

/** @param {unknown} error @returns {Error} */
const asError = (error) => (error instanceof Error ? error : new Error(String(error)));

export class Notices {
  element = h("div", { class: "notices" });
  /** Where a refusal is said unless a part is nearer. */
  toast = h("p", { class: "toast", role: "alert" });
  /** Says a refusal where the person is looking, if that is in a part that can. @type {(text: string) => boolean} */
  near = () => false;
  /** Once the last notice can be seen. @type {Promise<void>} */
  said = Promise.resolve();
  /** How often all of them were taken away. */
  #cleared = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /** @param {Ways} ways */
  constructor({ dead, failed, offers }) {
    this.dead = dead;
    this.tellPage = failed;
    this.offers = offers;
  }

  /** Puts a notice in the place of any other about the same. @param {Topic} topic @param {string} text
   * @param {string} [called] what its first button is called here */
  add(topic, text, called) {
    const [first, ...others] = this.offers[topic] ?? [];
    const offers = first ? [called ? /** @type {typeof first} */ ([called, first[1]]) : first, ...others] : [];
    const cleared = this.#cleared;
    const refuse = (/** @type {unknown} */ error) => this.refuse(error);
    this.said = notice().then(
      ({ put }) =>
        LASTING.includes(topic) || cleared === this.#cleared
          ? put(this.element, topic, text, offers, refuse)
          : undefined,
      () => setText(this.toast, text), // it is said in any case
    );
  }

  /** Whether a person has seen a run being played again. */
  #waited = false;

  /** A run is being played again. @param {number} done steps @param {number} steps @param {() => void} cancel */
  opening(done, steps, cancel) {
    if (done < steps) this.#waited = true;
    else if (!this.#waited) return; // it was there at once: nothing has been said
    notice().then(
      ({ opening }) => opening(this.element, done, steps, cancel),
      () => {}, // it is opened all the same
    );
  }

  /** Takes away what was said about the run shown. */
  clear() {
    this.#cleared++;
    for (const notice of this.element.querySelectorAll("[data-topic]"))
      if (!LASTING.some((topic) => notice.matches(`[data-topic=${topic}]`))) notice.remove();
  }

  /** Takes away what was said about something. @param {Topic} topic */
  drop(topic) {
    this.element.querySelector(`[data-topic=${topic}]`)?.remove();
  }

  /** Tells the page around the lab. @param {Error} error */
  failed(error) {
    this.tellPage(error);
  }

  /** A refusal: a sentence, or what was thrown. @param {unknown} error */
  refuse(error) {
    if (this.dead()) return;
    const { message } = asError(error);
    this.failed(asError(error));
    if (this.near(message)) return;
    setText(this.toast, message);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.quiet(), STAYS);
  }

  /** Takes the last refusal back. */
  quiet() {
    setText(this.toast, "");
  }
}
