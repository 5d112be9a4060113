// Sentences of the page about itself: notices that stay until they are dismissed, and refusals, said where the person is
// looking.

import { h, setAttr, setText } from "./shared/dom.js";
/** @import { Topic } from "./engine/inside.js" */

/** How long a refusal stays, in ms. */
const STAYS = 8000;
/** What takes no longer needs no notice, in ms. */
const AT_ONCE = 250;

/** @typedef {[label: string, act: () => unknown]} Offer a button beside a notice; what it does may be a promise */

/**
 * @typedef {object} Ways what the element around the lab lends
 * @property {() => boolean} dead whether there is nothing left to refuse, because the engine has stopped
 * @property {(error: Error) => void} failed tells the page around the lab
 * @property {Partial<Record<Topic, Offer>>} offers
 */

/** @param {unknown} error @returns {Error} */
const asError = (error) => (error instanceof Error ? error : new Error(String(error)));

export class Notices {
  element = h("div", { class: "notices" });
  /** Where a refusal is said unless a part is nearer. */
  toast = h("p", { class: "toast", role: "alert" });
  /** Says a refusal where the person is looking, if that is in a part that can. @type {(text: string) => boolean} */
  near = () => false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  /** Since when a run is being opened, by the page's clock. @type {number | undefined} */
  #opening;

  /** @param {Ways} ways */
  constructor({ dead, failed, offers }) {
    this.dead = dead;
    this.tellPage = failed;
    this.offers = offers;
  }

  /** Puts a notice in the place of any other about the same. @param {Topic} topic @param {string} text */
  add(topic, text) {
    const note = h("p", {
      class: "notice",
      role: topic === "not-persisted" ? "alert" : "status",
      "data-topic": topic,
    });
    const close = () => note.remove();
    const offer = this.offers[topic];
    const button = offer && h("button", { onclick: () => this.#take(offer, close) }, offer[0]);
    const dismiss = topic !== "read-only" && h("button", { class: "quiet", onclick: close }, "Dismiss");
    note.append(h("span", {}, text), ...[button, dismiss].filter((part) => !!part));
    this.element.querySelector(`[data-topic=${topic}]`)?.remove();
    this.element.append(note);
  }

  /** @param {Offer} offer @param {() => void} close the notice, once it is done */
  async #take([, act], close) {
    try {
      await act();
      close();
    } catch (error) {
      this.refuse(error);
    }
  }

  /** A run is being played again. Once that takes a while, says how far it is, and offers to stop.
   * @param {number} done steps @param {number} steps @param {() => void} cancel */
  opening(done, steps, cancel) {
    if (done === steps) {
      this.element.querySelector("[data-topic=opening]")?.remove();
      this.#opening = undefined;
      return;
    }
    this.#opening ??= performance.now();
    if (performance.now() - this.#opening < AT_ONCE) return;
    const bar = this.element.querySelector("[data-topic=opening] progress") ?? this.#progress(steps, cancel);
    setAttr(bar, "value", done);
  }

  /** @param {number} steps @param {() => void} cancel @returns {Element} */
  #progress(steps, cancel) {
    const bar = h("progress", { max: steps, "aria-label": "Steps played again" });
    const text = h("span", {}, `Opening a run of ${steps.toLocaleString("en")} steps.`);
    const stop = h("button", { onclick: cancel }, "Cancel");
    this.element.append(h("p", { class: "notice", role: "status", "data-topic": "opening" }, text, bar, stop));
    return bar;
  }

  clear() {
    this.element.replaceChildren();
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
