// Under the stage: the names of the symbols that can be seen now. While a pointer, the focus or a finger is on a
// symbol, a sentence about it stands there instead; so nothing is laid over the stage to explain it.

import { h, redraw } from "../shared/dom.js";
import { isRound } from "./bundles.js";
import { bundle, bundleOf, cut, symbol } from "./symbol.js";
/** @import { MessageView, View } from "../engine/engine.js" */
/** @import { Dialogs } from "../dialogs/dialogs.js" */
/** @import { Store } from "../store.js" */
/** @import { Ring } from "./ring.js" */
/** @import { Mark } from "./bundles.js" */

/** @typedef {{ name: string, looks?: string, picture: () => Node | string }} Entry `looks`: where one name has several */

/** How long the name of bundles stays after the last one, in ms. */
const STAYS = 500;

export class Legend {
  #names = h("span", { class: "names" });
  #sentence = h("span", { class: "sentence" });
  #explained = "";
  /** How bundles are drawn that are named: the first message of one that are alike, or none; null without a bundle.
   * @type {{ like?: MessageView } | null} */
  #bundled = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #over;

  /** @param {Store} store @param {Dialogs} dialogs */
  constructor(store, dialogs) {
    this.store = store;
    const all = h("button", { class: "quiet", onclick: () => dialogs.open("help") }, store.words.allSymbols);
    this.element = h("p", { class: "legend", part: "legend" }, this.#names, this.#sentence, all);
  }

  /** @param {View} view @param {Ring} ring @param {Set<number>} cuts how many ways links are cut */
  render(view, { size }, cuts) {
    const { protocol, words } = this.store;
    const { small } = protocol;
    const tiny = size === "dot" || size === "micro";
    const disks = !tiny && size !== "slim";
    const entries = [
      ...this.#messages(view.messages),
      ...this.#held(view.messages),
      ...others({ ...view, chosen: protocol.chosen(view) }, this.store, disks, cuts),
    ];
    if (this.#bundled) {
      const { like } = this.#bundled;
      entries.push({
        name: words.together,
        looks: like?.kind ?? "",
        picture: () => (like ? bundleOf(like, this.store) : bundle()),
      });
    }
    if (tiny) entries.unshift({ name: words.symbol(small[size]), picture: () => "" });
    redraw(this.#names, [entries.map(({ name, looks }) => [name, looks]), this.#explained], () =>
      this.#explained ? [] : entries.map(({ name, picture }) => h("span", { class: "named" }, picture(), name)),
    );
    redraw(this.#sentence, this.#explained, () => [this.#explained]);
  }

  /** The name of bundles stays a while: when messages travel, they come and go.
   * @param {Mark[]} marks what is drawn now */
  see(marks) {
    clearTimeout(this.#over);
    const bundles = marks.filter(({ all }) => all.length > 1);
    const [first] = bundles;
    const like = bundles.some((mark) => isRound(mark, this.store.protocol)) ? undefined : first?.message;
    const bundled = first ? { like } : null;
    const name = () => {
      this.#bundled = bundled;
      this.store.draw();
    };
    const same = !bundled === !this.#bundled && like?.kind === this.#bundled?.like?.kind;
    if (!same) this.#over = setTimeout(name, bundled ? 0 : STAYS);
  }

  /** Another run is there: of this one no bundle was seen. */
  clear() {
    clearTimeout(this.#over);
    this.#bundled = null;
  }

  /** Says this instead of the names; nothing: the names again. @param {string} sentence */
  explain(sentence) {
    if (sentence === this.#explained) return;
    this.#explained = sentence;
    this.store.draw();
  }

  /** What is held on its way. @param {MessageView[]} messages
   * @returns {Entry[]} */
  #held(messages) {
    const held = messages.find(({ status }) => status === "held");
    return held
      ? [{ name: this.store.words.held, looks: held.kind, picture: () => symbol(held, "held", this.store) }]
      : [];
  }

  /** @param {MessageView[]} messages @returns {Entry[]} */
  #messages(messages) {
    const { protocol, words } = this.store;
    /** @type {Map<string, MessageView>} */
    const seen = new Map();
    for (const m of messages) if (!seen.has(protocol.named(m))) seen.set(protocol.named(m), m);
    return protocol.names
      .filter((name) => seen.has(name))
      .map((name) => {
        const m = /** @type {MessageView} */ (seen.get(name));
        return { name: words.symbol(name), picture: () => symbol(m, "flying", this.store) };
      });
  }
}

/** How what is not durable yet is drawn on the cards: written, or in memory only. @param {View["nodes"]} nodes
 * @returns {string[]} */
const chips = (nodes) =>
  [
    nodes.some(({ disk }) => disk.pending.length) ? "written" : "",
    nodes.some(({ disk }) => disk.queued.length) ? "queued" : "",
  ].filter(Boolean);

/** @param {string[]} kinds of chips @returns {Node} */
const samples = (kinds) =>
  h("span", { class: "samples" }, ...kinds.map((kind) => h("span", { class: `chip ${kind}` })));

/** What is no message. @param {View} view @param {Store} store @param {boolean} disks whether cards show theirs
 * @param {Set<number>} cuts @returns {Entry[]} */
function others({ nodes, chosen }, { values, words }, disks, cuts) {
  /** @type {Entry[]} */
  const entries = [];
  const ring = () => h("span", { class: "quorum", "data-v": values.of(chosen[0].value).colour });
  const waiting = disks ? chips(nodes) : [];
  if (waiting.length) entries.push({ name: words.notYetDurable, looks: `${waiting}`, picture: () => samples(waiting) });
  if (cuts.has(2)) entries.push({ name: words.cut, picture: cut });
  if (cuts.has(1)) entries.push({ name: words.cutOneWay, picture: () => cut(true) });
  if (chosen.length) entries.push({ name: words.theQuorum, picture: ring });
  return entries;
}
