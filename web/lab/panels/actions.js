// The actions on what is selected, in a grid that stays: what is not possible is greyed in its place, and says why when
// a pointer or the focus comes to it. What cannot be taken back stands apart, and asks by a second press.

import { h, keyed, redraw, setAttr, setText } from "../shared/dom.js";
/** @import { Item } from "../shared/facts.js" */
/** @import { Words } from "../words/index.js" */

/** How long a question waits for the second press, in ms. */
const WAITS = 5000;
/** A second press that comes sooner was none: the question cannot have been read, in ms. */
const SOON = 400;

/** Longer names take half of a row, others a third. */
const SHORT = 13;

export class Actions {
  /** @type {Item[]} */
  #items = [];
  #about = "";
  /** What has been asked: the place of its button, and when. */
  #asked = { place: -1, at: 0 };
  /** Whether a form lies over them: Tab does not go to what cannot be seen. */
  #covered = false;
  /** What was pressed last, of which thing, and when. */
  #used = { what: "", at: -SOON };
  /** What has been asked in words: they stay while a pointer moves. */
  #question = "";
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  #apart = h("small");
  #grid = h("div", { class: "grid", role: "group" }, this.#apart);
  #reason = h("p", { class: "reason", role: "status", lang: "en" });
  element = h("div", { class: "actions" }, this.#grid, this.#reason);

  /** @param {(item: Item) => void} use @param {Words} words */
  constructor(use, words) {
    this.use = use;
    this.words = words;
    this.#apart.append(words.asksBefore);
    setAttr(this.#grid, "aria-label", words.actions);
  }

  /** @param {Item[]} items in the order of their places @param {string} about what they are the actions of */
  render(items, about) {
    if (about !== this.#about) this.forget();
    this.#about = about;
    this.#items = items;
    setAttr(this.#grid, "data-about", about ?? "");
    keyed(
      this.#grid,
      items,
      (item) => items.indexOf(item),
      (item) => this.#button(items.indexOf(item)),
      (button, item, place) => this.#draw(button, item, place),
    );
    setAttr(
      this.#grid,
      "data-wide",
      items.some(({ name, key }) => letters(this.words.action(name), key) > SHORT),
    );
    setAttr(this.#apart, "hidden", !items.some(({ asks }) => asks));
  }

  /** @param {Element} button @param {Item} item @param {number} place */
  #draw(button, { name, key, why, asks }, place) {
    const asked = place === this.#asked.place;
    setAttr(button, "aria-disabled", why ? "true" : null);
    setAttr(button, "tabindex", this.#covered ? -1 : null);
    setAttr(button, "aria-keyshortcuts", key);
    setAttr(button, "data-apart", !!asks);
    setAttr(button, "data-asked", asked);
    const called = this.words.action(name);
    redraw(button, [called, key, why, asked], () => [
      ...(asked ? [this.words.pressAgain(called)] : marked(called, key)),
      h("span", { class: "sr" }, why ? this.words.notNow(why) : ""),
    ]);
  }

  /** @param {number} place */
  #button(place) {
    const explain = () => this.say(this.#items[place]?.why ?? this.#question);
    const props = {
      onclick: (/** @type {MouseEvent} */ event) => this.#clicked(place, !!event.detail),
      // Not on entering: what comes to lie under a pointer that rests was not pointed at.
      onpointermove: explain,
      onfocus: explain,
      onpointerleave: () => this.say(this.#question),
      onblur: () => this.forget(),
    };
    return h("button", props);
  }

  /** The second click of a double click is no second wish. @param {number} place @param {boolean} pointed */
  #clicked(place, pointed) {
    const item = this.#items[place];
    if (item?.opens) return this.press(place); // and nothing is done yet
    const what = `${item?.name} ${this.#about}`;
    const before = this.#used;
    const now = performance.now();
    if (pointed && before.what === what && now - before.at < SOON) return;
    this.#used = { what, at: now };
    this.press(place);
  }

  /** Uses the action in a place, or asks first, or says why it is not possible. @param {number} place */
  press(place) {
    const item = this.#items[place];
    if (!item || item.why) return this.say(item?.why ?? "");
    const { place: asked, at } = this.#asked;
    if (item.asks && asked !== place) return this.#ask(item, place);
    if (item.asks && performance.now() - at < SOON) return;
    this.forget();
    this.use(item);
  }

  /** @param {string} key @returns {Item | undefined} the action that has it, after it was pressed */
  key(key) {
    const place = this.#items.findIndex((item) => item.key === key);
    if (place >= 0) this.press(place);
    return this.#items[place];
  }

  /** @param {Item} item @param {number} place */
  #ask(item, place) {
    this.#asked = { place, at: performance.now() };
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.forget(), WAITS);
    this.render(this.#items, this.#about);
    const key = item.key?.toUpperCase();
    this.#question = this.words.sure(this.words.action(item.name), key ?? "");
    this.say(this.#question);
  }

  /** Takes the question and the last reason back. */
  forget() {
    this.#question = "";
    this.say("");
    if (this.#asked.place < 0) return;
    clearTimeout(this.#timer);
    this.#asked.place = -1;
    this.render(this.#items, this.#about);
  }

  /** @param {boolean} now whether a form lies over them */
  cover(now) {
    this.#covered = now;
    this.render(this.#items, this.#about);
  }

  /** @param {string} text a reason or a refusal; nothing takes it back */
  say(text) {
    setText(this.#reason, text);
    setAttr(this.#reason, "lang", text === this.#question ? this.words.lang : "en");
  }

  /** @param {string} [name] of the action; without one, the first that is possible */
  focus(name) {
    const at = this.#items.findIndex((item) => (name ? item.name === name : !item.why));
    /** @type {HTMLElement | null} */ (this.#grid.children[Math.max(0, at)])?.focus();
  }
}

/** How many letters a button has, with its key where that stands beside the name. @param {string} name
 * @param {string | null} key */
const letters = (name, key) => name.length + (key && !name.toLowerCase().includes(key) ? 2 : 0);

/** A name with its key: underlined where the name has that letter, else beside it. @param {string} name
 * @param {string | null} key */
function marked(name, key) {
  if (!key) return [name];
  const at = name.toLowerCase().indexOf(key);
  if (at < 0) return [name, h("kbd", {}, key.toUpperCase())];
  return [name.slice(0, at), h("u", {}, name[at]), name.slice(at + 1)];
}
