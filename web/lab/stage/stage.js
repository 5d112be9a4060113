// The stage: the first thing seen. Servers stand on a ring as small documents of what they know, the network between
// them is drawn under, the messages beside its lines, and what was chosen in the middle. What is *known* is written on
// each server. Nothing on it moves but messages, and no message is drawn over anything but a line.

import { h, keyed, setAttr } from "../shared/dom.js";
import { resized } from "../shared/life.js";
import { rests, within } from "../shared/place.js";
import { Lanes } from "./lanes.js";
import { Legend } from "./legend.js";
import { Links } from "./links.js";
import { Messages } from "./messages.js";
import { Middle } from "./middle.js";
import { NotePlace } from "./note.js";
import { ring, rowsOf } from "./ring.js";
import { ServerCard } from "./server-card.js";
import { Trays } from "./trays.js";
/** @import { Commands } from "../commands.js" */
/** @import { Dialogs } from "../dialogs/dialogs.js" */
/** @import { Target, View } from "../engine/engine.js" */
/** @import { Notices } from "../notices.js" */
/** @import { Store } from "../store.js" */
/** @import { Ring } from "./ring.js" */

export class Stage {
  #links = new Links();
  #cards = h("div", { class: "cards", role: "group" });
  /** @type {Map<number, ServerCard>} */
  #byId = new Map();
  /** @type {Lanes | undefined} */
  #lanes;
  #size = "";
  /** Once there are some. @type {ReturnType<NonNullable<import("../protocols/index.js").Protocol["clients"]>> | undefined} */
  #clients;
  #dragged = false;

  /** @param {Store} store @param {Commands} commands @param {Notices} notices @param {Dialogs} dialogs
   * @param {() => Promise<void>} approached a pointer has come: the facts about a thing may soon be needed */
  constructor(store, commands, notices, dialogs, approached) {
    this.store = store;
    this.commands = commands;
    this.notices = notices;
    setAttr(this.#cards, "aria-label", store.words.serversName);
    this.messages = new Messages(store, notices);
    this.trays = new Trays(store);
    this.middle = new Middle(store);
    this.legend = new Legend(store, dialogs);
    this.note = new NotePlace(store);
    this.area = h(
      "div",
      { class: "area", ontouchmove: this.#hold, oncontextmenu: this.#hold },
      this.#links.element,
      this.middle.element,
      this.trays.element,
      this.#cards,
      this.messages.layer,
    );
    this.element = h(
      "section",
      {
        class: "stage",
        part: "stage",
        "aria-label": store.words.stage,
        onclick: this.#click,
        onfocusin: this.#focus,
        onpointerdown: this.#drag,
        // A browser would drag what is selected, were it only a line break, in place of drawing a fence.
        ondragstart: (/** @type {Event} */ event) => event.preventDefault(),
        onpointerover: this.#explain,
        onpointermove: this.#near,
        onpointerleave: () => this.#unexplained(),
        onfocusout: () => this.#unexplained(),
        onpointerenter: () => store.alive && approached().catch(() => {}),
      },
      this.note.element,
      this.area,
      this.legend.element,
      notices.toast,
    );
    resized(this.area, store.signal, () => {
      this.note.reach();
      store.draw();
    });
  }

  /** @param {View} view */
  render(view) {
    const { selected } = this.store;
    const lanes = this.#layout(view.nodes.length, view.clients ?? []);
    const { ring } = lanes;
    const message = selected && "message" in selected ? selected.message : undefined;
    this.#links.render(view.links, view.messages, lanes, selected);
    this.#drawCards(view, ring, selected);
    this.#drawClients(view, ring, selected);
    this.trays.render(view.messages, ring, message);
    this.messages.render(view.messages, lanes, message, this.#links.signs);
    this.middle.render(view, ring);
    this.legend.render(view, ring, this.#links.cuts);
    this.note.render(view);
    const { notes } = this.store.session;
    setAttr(this.element, "data-noted", !!notes?.any);
    setAttr(this.element, "data-asks", !!notes?.asks);
  }

  /** @param {View} view @param {Ring} ring @param {Target | null} selected */
  #drawCards(view, ring, selected) {
    keyed(
      this.#cards,
      view.nodes,
      (n) => n.id,
      (n) => {
        const card = new ServerCard(n.id, this.store);
        this.#byId.set(n.id, card);
        return card.element;
      },
      (element, node, i) => {
        const chosen = !!selected && "node" in selected && selected.node === node.id;
        this.#byId.get(node.id)?.render(node, view, chosen, ring.size);
        const { x, y } = ring.at[i];
        const translate = `${(x - ring.w / 2).toFixed(1)}px ${(y - ring.h / 2).toFixed(1)}px`;
        if (element.style.translate !== translate) element.style.translate = translate;
      },
    );
  }

  /** @param {View} view @param {Ring} ring @param {Target | null} selected */
  #drawClients({ clients }, ring, selected) {
    const { protocol, client } = this.store;
    if (clients && !this.#clients) {
      this.#clients = protocol.clients?.();
      if (this.#clients) this.messages.layer.before(this.#clients.element);
    }
    const chosen = selected && "client" in selected ? selected.client : undefined;
    this.#clients?.render(clients ?? [], ring.clients, client, chosen);
  }

  /** Forgets the servers and the messages of another run. */
  clear() {
    this.messages.clear();
    this.legend.clear();
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
    this.messages.move(now);
    this.legend.see(this.messages.marks);
  }

  /** What stands for a thing. @param {Target | null} target @returns {HTMLElement | null} */
  find(target) {
    if (target && "node" in target) return this.area.querySelector(`[data-node="${target.node}"]`);
    if (target && "message" in target) return this.messages.find(target.message) ?? this.trays.find(target.message);
    if (target && "client" in target) return this.area.querySelector(`[data-client="${target.client}"]`);
    return this.area.querySelector(".card");
  }

  /** @param {number} n servers @param {{ id: string }[]} clients @returns {Lanes} */
  #layout(n, clients) {
    const { clientWidth: w, clientHeight: hh } = this.area;
    const em = parseFloat(getComputedStyle(this.area).fontSize);
    const size = `${n} ${w} ${hh} ${em} ${clients.length}`;
    if (this.#lanes && size === this.#size) return this.#lanes;
    this.#size = size;
    const ids = clients.map(({ id }) => id);
    const r = ring(n, w, hh, em, ids);
    setAttr(this.element, "data-clients", ids.length ? `${rowsOf(ids.length, w, em)}` : null);
    this.#lanes = new Lanes(r);
    setAttr(this.element, "data-size", r.size);
    setAttr(this.element, "data-many", n > 9 ? "many" : n > 5 ? "some" : n > 3 ? "few" : "least");
    this.element.style.setProperty("--w", `${r.w}px`);
    this.element.style.setProperty("--h", `${r.h}px`);
    return this.#lanes;
  }

  /** @param {Event} event @returns {Target | null} */
  #targetOf(event) {
    const node = /** @type {Element} */ (event.target).closest("[data-node],[data-message],[data-client]");
    const { node: id, message, client } = /** @type {SVGElement | HTMLElement | null} */ (node)?.dataset ?? {};
    if (id) return { node: +id };
    if (client) return { client };
    return message ? { message: +message } : null;
  }

  #unexplained() {
    this.note.explain(null);
    this.legend.explain("");
  }

  /** Says in words what the pointer or the focus is on. @param {Event} event */
  #explain = (event) => {
    const word = /** @type {HTMLElement | null} */ (/** @type {Element} */ (event.target).closest("[data-says]"));
    if (this.note.explain(word)) return this.legend.explain("");
    if (word) return this.legend.explain(word.dataset.says ?? "");
    const target = this.#targetOf(event);
    if (!this.store.alive || !target || !("message" in target)) return this.legend.explain("");
    const all = this.#meant(event);
    const message = all.length < 2 && this.store.view().messages.find(({ id }) => id === target.message);
    if (!message && all.length < 2) return;
    const said = message
      ? this.store.protocol.sentence(message, this.store.words.lang)
      : import("./together.js").then(({ together }) => together(all));
    said.then(
      (says) => this.legend.explain(says),
      () => {}, // the inspector says it, too
    );
  };

  /** The messages of the bundle or the heap that an event is about. @param {Event} event */
  #meant({ target }) {
    const ids = /** @type {Element} */ (target).closest("[data-ids]")?.getAttribute("data-ids") ?? "";
    const all = new Set(ids.trim().split(" ").map(Number));
    return this.store.view().messages.filter(({ id }) => all.has(id));
  }

  /** Says which way the link is cut that the pointer is on. @param {PointerEvent} event */
  #near = (event) => {
    if (!this.store.alive || event.buttons || event.target !== this.area) return;
    const { x, y } = within(this.area, event);
    this.legend.explain(this.#links.says(x, y));
  };

  #focus = (/** @type {FocusEvent} */ event) => {
    const target = this.#targetOf(event);
    if (target) this.commands.select(target);
    this.#explain(event);
  };

  #click = (/** @type {MouseEvent} */ event) => {
    if (this.#dragged) {
      this.#dragged = false;
      return;
    }
    if (!this.area.contains(/** @type {Node} */ (event.target))) return;
    const { x, y } = within(this.area, event);
    this.commands.select(this.#targetOf(event) ?? this.#under(x, y));
  };

  /** A painted message or a link. @param {number} x px @param {number} y px @returns {Target | null} */
  #under(x, y) {
    const painted = this.messages.hit(x, y);
    if (painted !== undefined) return { message: painted };
    const link = this.#links.hit(x, y);
    return link && { link };
  }

  /** A finger that draws does not scroll, and opens no menu. @param {Event} event */
  #hold = (event) => {
    // Scrolling that goes on by itself cannot be stopped, and is not what the finger draws.
    if (event.cancelable && this.area.hasAttribute("data-drawing")) event.preventDefault();
  };

  #drag = async (/** @type {PointerEvent} */ down) => {
    const on = this.#targetOf(down);
    if (down.button || this.store.closed || (on && down.pointerType === "touch")) return;
    if (!this.area.contains(/** @type {Node} */ (down.target))) return;
    const over = new AbortController();
    for (const end of ["pointerup", "pointercancel"])
      addEventListener(end, () => over.abort(), { signal: over.signal, capture: true });
    try {
      const loading = import("./partition-drag.js");
      if (down.pointerType === "touch" && !(await rests(down, loading))) return;
      const { partitionDrag } = await loading;
      if (over.signal.aborted) return; // it was let go of while this was loading
      const partition = (/** @type {number[][]} */ ...groups) => void this.commands.act({ type: "partition", groups });
      const at = () => this.#lanes?.ring.at ?? [];
      const first = on && "node" in on ? on.node : undefined;
      this.#dragged = await partitionDrag(down, this.area, at, partition, first);
    } catch (error) {
      this.notices.refuse(error);
    }
    // After the click that ends a drag.
    setTimeout(() => {
      this.#dragged = false;
    });
  };
}
