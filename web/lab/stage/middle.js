// What was *chosen* is a fact about the world, and is drawn on the world: in the middle of the stage, whoever knows it.
// When agreement is broken both values stay there, each with its quorum.

import { h, redraw, setAttr } from "../shared/dom.js";
/** @import { View } from "../engine/engine.js" */
/** @import { Store } from "../store.js" */
/** @import { Words } from "../words/index.js" */
/** @import { Ring } from "./ring.js" */

/** How small what is said may become, in em of the stage. */
const FITS = [1, 0.9, 0.8];
/** More servers than this are counted, not listed. */
const LISTED = 7;
const KNOWN = 5;

/** Who knows what was chosen, in words. Without a rule a server may have learned another value.
 * @param {View} view @param {Pick<View["chosen"][number], "slot" | "value">} chosen @param {Words} words
 * @returns {string} */
export function knowing(view, { slot, value }, words) {
  const who = view.nodes.filter((n) => n.learned.some((l) => l.slot === slot && l.value === value)).map((n) => n.id);
  if (!who.length) return words.nobodyKnows;
  if (who.length === view.nodes.length) return words.everyoneKnows;
  return words.knownTo(who.length > KNOWN ? words.servers(who.length) : words.list(who));
}

/** What to say of several choices: of each value the first and, if it was chosen again, the last.
 * @param {View["chosen"]} chosen @returns {View["chosen"]} at most two */
export function told(chosen) {
  const first = chosen[0];
  const other = chosen.findLast(({ value }) => value !== first.value) ?? chosen.at(-1);
  return other && other !== first ? [first, other] : chosen.slice(0, 1);
}

/** What is broken, in three words: the sentences are elsewhere, and longer than this place.
 * @param {View["chosen"]} all @param {Words} words */
const brief = (all, words) =>
  all.length > 1 && all[0].value !== all[1].value ? words.agreementBroken : words.ruleBroken;

export class Middle {
  element = h("div", { class: "chosen", role: "group" });

  /** @param {Store} store */
  constructor(store) {
    this.store = store;
    setAttr(this.element, "aria-label", store.words.chosenName);
  }

  /** @param {View} view @param {Ring} ring */
  render(view, ring) {
    const { x, y, w, h: tall } = ring.middle;
    const px = (/** @type {number} */ n) => `${n.toFixed(1)}px`;
    Object.assign(this.element.style, { translate: `${px(x)} ${px(y)}`, width: px(w), height: px(tall) });
    const { protocol, words } = this.store;
    const chosen = protocol.chosen(view);
    const all = chosen.length ? told(chosen) : [];
    const progress = protocol.middle?.(view);
    const broken = view.violations.at(-1);
    const { stuck } = view;
    setAttr(this.element, "data-line", ring.line && (tall > 3 * ring.em ? "narrow" : "wide"));
    const place = [ring.line, Math.round(w), Math.round(tall)];
    redraw(this.element, [all, broken, stuck, place, progress, all.map((c) => knowing(view, c, words))], () => {
      queueMicrotask(() => this.#fit());
      const lines = all.map((c) => this.#choice(c, all.length > 1 ? "" : knowing(view, c, words)));
      if (progress) {
        const lines = [h("strong", {}, progress.says), ...progress.more.map((line) => h("small", {}, line))];
        if (broken) return [h("strong", { role: "alert" }, `⚠ ${brief(all, words)}`), ...lines];
        return stuck ? [h("strong", {}, progress.says), h("small", { class: "stuck" }, stuck)] : lines;
      }
      if (broken) return [h("strong", { role: "alert" }, `⚠ ${brief(all, words)}`), ...lines];
      if (!all.length) return [stuck ? h("small", { class: "stuck" }, stuck) : h("small", {}, words.nothingChosen)];
      return all.length > 1 ? [h("small", {}, words.chosenTwice), ...lines] : [h("small", {}, words.chosen), ...lines];
    });
  }

  /** Nothing that is said here may be cut: it becomes smaller, and then says less. */
  #fit() {
    const { element } = this;
    setAttr(element, "data-brief", false);
    const fits = () => element.scrollHeight <= element.clientHeight + 1;
    for (const size of FITS) {
      element.style.fontSize = size < 1 ? `${size}em` : "";
      if (fits()) return;
    }
    setAttr(element, "data-brief", true);
  }

  /** @param {View["chosen"][number]} chosen @param {string} knowing */
  #choice({ value, ballot, quorum }, knowing) {
    const { values, words } = this.store;
    const by = quorum.length > LISTED ? words.servers(quorum.length) : words.list(quorum.toSorted((x, y) => x - y));
    return h(
      "span",
      { class: "choice" },
      h("strong", {}, values.tag(value), ` ${words.at} ${ballot}`),
      h("small", {}, ` ${words.by(by)} `, h("span", { class: "known" }, knowing)),
    );
  }
}
