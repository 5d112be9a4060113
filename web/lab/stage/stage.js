// The stage: the first thing seen. Servers stand on a ring as small documents of what they know, the network between
// them is drawn under, the messages over them. What was *chosen* is a fact about the world and is drawn on the world,
// in the middle and around the servers whose quorum chose it; what is *known* is written on each server.

import { h, keyed, list, redraw, setAttr, setText, svg } from "../shared/dom.js";
import { Messages } from "./messages.js";
import { ring } from "./ring.js";
import { knowing, ServerCard } from "./server-card.js";
/** @import { Commands } from "../commands.js" */
/** @import { Target, View } from "../engine/engine.js" */
/** @import { Notices } from "../notices.js" */
/** @import { Store } from "../store.js" */
/** @import { Point, Ring } from "./ring.js" */

/** @typedef {{a: number, b: number, cut: ("a" | "b")[]}} Pair a link both ways; cut says whose sending is cut */

export class Stage {
  #links = svg("svg", { class: "layer links", "aria-hidden": "true" });
  #cards = h("div", { class: "cards", role: "group", "aria-label": "Servers" });
  #chosen = h("p", { class: "chosen" });
  hint = h("p", { class: "hint", part: "hint" });
  /** @type {Map<number, ServerCard>} */
  #byId = new Map();
  /** @type {Ring | undefined} */
  #ring;
  #size = "";
  #now = 0;

  /** @param {Store} store @param {Commands} commands @param {Notices} notices
   * @param {() => Promise<void>} approached a pointer
   * has come: the facts about a thing may soon be needed */
  constructor(store, commands, notices, approached) {
    this.store = store;
    this.commands = commands;
    this.notices = notices;
    this.messages = new Messages(store, notices);
    this.area = h("div", { class: "area" }, this.#links, this.#chosen, this.#cards, this.messages.layer);
    this.element = h(
      "section",
      {
        class: "stage",
        part: "stage",
        "aria-label": "Stage",
        onclick: this.#click,
        onfocusin: this.#focus,
        onpointerdown: this.#drag,
        onpointerenter: () => store.alive && approached().catch(() => {}),
      },
      this.area,
      this.hint,
      notices.toast,
    );
    new ResizeObserver(() => store.draw()).observe(this.area);
  }

  /** @param {View} view */
  render(view) {
    const { selected } = this.store;
    const ring = this.#layout(view.nodes.length);
    this.#drawLinks(view, ring, selected);
    keyed(
      this.#cards,
      view.nodes,
      (n) => n.id,
      (n) => {
        const card = new ServerCard(n.id, this.store.protocol, this.store.values);
        this.#byId.set(n.id, card);
        return card.element;
      },
      (element, node, i) => {
        this.#byId.get(node.id)?.render(node, view, !!selected && "node" in selected && selected.node === node.id);
        const { x, y } = ring.at[i];
        element.style.translate = `${(x - ring.w / 2).toFixed(1)}px ${(y - ring.h / 2).toFixed(1)}px`;
      },
    );
    this.messages.render(view.messages, ring, selected && "message" in selected ? selected.message : undefined);
    this.#drawChosen(view);
    this.#drawHint(view);
  }

  /** What is said about the present: the latest note. @param {View} view */
  #drawHint({ step }) {
    const note = this.store.session.notes?.until(step);
    setText(this.hint, note ?? this.store.tip);
    setAttr(this.hint, "data-note", !!note);
  }

  /** Forgets the servers and the messages of another run. */
  clear() {
    this.messages.clear();
    keyed(
      this.#cards,
      [],
      () => 0,
      () => h("div"),
    );
    this.#byId.clear();
  }

  /** @param {number} now simulated ms */
  move(now) {
    this.#now = now;
    this.messages.move(now);
  }

  /** What stands for a thing. @param {Target | null} target @returns {HTMLElement | null} */
  find(target) {
    if (target && "node" in target) return this.area.querySelector(`[data-node="${target.node}"]`);
    if (target && "message" in target) return this.area.querySelector(`[data-message="${target.message}"]`);
    return this.area.querySelector(".card");
  }

  /** @param {number} n @returns {Ring} */
  #layout(n) {
    const { clientWidth: w, clientHeight: hh } = this.area;
    const em = parseFloat(getComputedStyle(this.area).fontSize);
    const size = `${n} ${w} ${hh} ${em}`;
    if (this.#ring && size === this.#size) return this.#ring;
    this.#size = size;
    // The middle belongs to what was chosen, if there is room between the servers beside it; else a line at the top.
    let r = ring(n, w, hh, em);
    const beside = r.at
      .filter((p) => Math.abs(p.y - r.middle.y) < r.h / 2 + 3 * em)
      .map((p) => Math.abs(p.x - r.middle.x));
    const room = 2 * (Math.min(w / 2, ...beside) - (beside.length ? r.w / 2 : 0)) - 2 * em;
    const line = room < 13 * em || r.size === "small" || r.size === "mini" || n < 3 || n === 4;
    if (line) r = ring(n, w, hh, em, (w < 34 * em ? 3.2 : 1.8) * em);
    this.#ring = r;
    setAttr(this.element, "data-size", r.size);
    setAttr(this.element, "data-line", line);
    setAttr(this.element, "data-few", n < 4);
    this.element.style.setProperty("--w", `${r.w}px`);
    this.element.style.setProperty("--h", `${r.h}px`);
    const middle = { left: `${r.middle.x}px`, top: `${r.middle.y}px`, maxWidth: `${Math.min(room, 24 * em)}px` };
    Object.assign(this.#chosen.style, line ? { left: "", top: "", maxWidth: "" } : middle);
    return r;
  }

  /** @param {View} view */
  #drawChosen(view) {
    const line = this.element.hasAttribute("data-line");
    const all = view.chosen.slice(-2);
    redraw(this.#chosen, [all, view.violations, line, all.map((c) => knowing(view, c.slot))], () => {
      const broken = view.violations.at(-1);
      if (broken) return [h("strong", { role: "alert" }, `⚠ ${line ? broken.why : broken.why.split(":")[0]}`)];
      if (!all.length) return [line && h("small", {}, "nothing chosen yet")];
      return all.flatMap((c) => this.#choice(c, knowing(view, c.slot)));
    });
  }

  /** @param {View["chosen"][number]} chosen @param {string} knowing */
  #choice({ value, ballot, quorum }, knowing) {
    const by = quorum.length > 7 ? `${quorum.length} servers` : list(quorum.toSorted((x, y) => x - y));
    const what = h("strong", {}, this.store.values.tag(value), ` at ${ballot}`);
    return [h("small", {}, "chosen "), what, h("small", {}, ` by ${by}. ${knowing} `)];
  }

  /** @param {View} view @param {Ring} r @param {Target | null} selected */
  #drawLinks(view, r, selected) {
    /** @type {Map<string, Pair>} */
    const pairs = new Map();
    for (const { from, to, up } of view.links) {
      const [a, b] = from < to ? [from, to] : [to, from];
      const pair = pairs.get(`${a} ${b}`) ?? { a, b, cut: [] };
      pairs.set(`${a} ${b}`, pair);
      if (!up) pair.cut.push(from === a ? "a" : "b");
    }
    const shown = r.size === "dot" ? [...pairs.values()].filter((p) => p.cut.length) : [...pairs.values()];
    keyed(
      this.#links,
      shown,
      (p) => `${p.a} ${p.b}`,
      ({ a, b }) => svg("g", { "data-link": `${a} ${b}` }),
      (g, p) => {
        const [from, to] = [r.at[p.a - 1], r.at[p.b - 1]];
        const on = !!selected && "link" in selected && selected.link.includes(p.a) && selected.link.includes(p.b);
        setAttr(g, "class", on ? "link on" : "link");
        redraw(g, [from, to, p.cut], () => this.#lines(from, to, p.cut, r));
      },
    );
  }

  /** Each half of a line is one direction, seen from its sender. @param {Point} a
   * @param {Point} b @param {Pair["cut"]} cut @param {Ring} r */
  #lines(a, b, cut, r) {
    const m = { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 };
    const line = (/** @type {string} */ c, /** @type {typeof a} */ p, /** @type {typeof a} */ q) =>
      svg("line", { class: c, x1: p.x, y1: p.y, x2: q.x, y2: q.y });
    const s = 0.4 * r.em;
    const angle = (Math.atan2(b.y - a.y, b.x - a.x) * 180) / Math.PI;
    /** @param {typeof a} end @param {number} turn */
    const mark = (end, turn) => {
      const both = cut.length > 1;
      const at = { x: m.x + (both ? 0 : (end.x - m.x) * 0.16), y: m.y + (both ? 0 : (end.y - m.y) * 0.16) };
      const d = both ? `M${-s}-${s} ${s} ${s}M${s}-${s} ${-s} ${s}` : `M0-${s * 1.3}V${s * 1.3}M${-s * 1.6} 0H0`;
      return svg(
        "g",
        { class: "cut-mark", transform: `translate(${at.x} ${at.y}) rotate(${angle + turn})` },
        svg("circle", { r: s * 2 }),
        svg("path", { d }),
      );
    };
    return [
      line("hit", a, b),
      line(cut.includes("a") ? "cut" : "open", a, m),
      line(cut.includes("b") ? "cut" : "open", b, m),
      cut.includes("a") && mark(a, 0),
      cut.includes("b") && cut.length < 2 && mark(b, 180),
    ];
  }

  /** @param {Event} event @returns {Target | null} */
  #targetOf(event) {
    const node = /** @type {Element} */ (event.target).closest("[data-node],[data-message],[data-link]");
    const { node: id, message, link } = /** @type {SVGElement | HTMLElement | null} */ (node)?.dataset ?? {};
    if (id) return { node: +id };
    if (message) return { message: +message };
    const [a, b] = link?.split(" ").map(Number) ?? [];
    return link ? { link: [a, b] } : null;
  }

  #focus = (/** @type {FocusEvent} */ event) => {
    const target = this.#targetOf(event);
    if (target) this.commands.select(target);
  };

  #click = (/** @type {MouseEvent} */ event) => {
    if (this.#dragged) {
      this.#dragged = false;
      return;
    }
    const box = this.area.getBoundingClientRect();
    const painted = this.messages.hit(event.clientX - box.left, event.clientY - box.top, this.#now);
    this.commands.select(painted !== undefined ? { message: painted } : this.#targetOf(event));
  };

  #dragged = false;

  #drag = async (/** @type {PointerEvent} */ down) => {
    if (down.button || down.pointerType === "touch" || this.#targetOf(down) || this.store.locked) return;
    try {
      const { partitionDrag } = await import("./partition-drag.js");
      const partition = (/** @type {number[][]} */ ...groups) => void this.commands.act({ type: "partition", groups });
      this.#dragged = await partitionDrag(down, this.area, () => this.#ring?.at ?? [], partition);
    } catch (error) {
      this.notices.refuse(error);
    }
    // After the click that ends a drag.
    setTimeout(() => {
      this.#dragged = false;
    });
  };
}
