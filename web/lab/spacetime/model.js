// The space-time model, read off the events of a run: when each message left and how it ended, when each server was
// down, and which events belong to which lane. It decides nothing: the engine has said it all. It grows with the run,
// and when a run forks it forgets only the events after the fork.

import { upTo } from "../shared/order.js";
import { Axis } from "./axis.js";
/** @import { EndId, Event } from "../engine/engine.js" */

/** @typedef {NonNullable<Event["message"]>} Envelope */
/** @typedef {"delivered" | "dropped" | "held" | "flying"} Fate */
/** @typedef {"up" | "down" | "paused"} Standing */

/**
 * @typedef {object} Arrow a message from when it left
 * @property {Envelope} message
 * @property {Event} start when it was sent, or copied
 * @property {Arrow | null} source what it is a copy of
 * @property {Event[]} stops when it was held and released, in turns
 * @property {Event | null} end when it arrived or was lost; none yet while it is under way
 */

/** @typedef {{ step: number, standing: Standing }} Turn from this step on a server stands so */

/** @type {Record<string, Standing>} */
const STANDINGS = { crashed: "down", restarted: "up", paused: "paused", resumed: "up" };

/** Where an event belongs: the server it happened on, or else the one that it, or its message, was for; 0 if it
 * happened to all of them. @param {Event} e @returns {EndId} */
export const laneOf = (e) => (e.event === "chosen" ? 0 : (e.node ?? e.message?.to ?? e.from ?? 0));

/** @param {Arrow} arrow @returns {Fate} on record */
export function fateOf({ stops, end }) {
  if (end) return end.event === "delivered" ? "delivered" : "dropped";
  return stops.at(-1)?.event === "held" ? "held" : "flying";
}

export class Model {
  axis = new Axis();
  /** In order. @type {Event[]} */
  events = [];
  /** In the order they left. @type {Arrow[]} */
  arrows = [];
  /** By lane, 0 for all of them: what happened there, as places in `events`. Clients follow the servers.
   * @type {number[][]} */
  lanes = [];
  /** By server. @type {Turn[][]} */
  #turns = [];
  /** By number of the message. @type {Map<number, Arrow>} */
  #byId = new Map();

  /** How many of the lanes are servers'. */
  servers = 0;

  /** How many lanes there are. */
  get rows() {
    return Math.max(0, this.lanes.length - 1);
  }

  /** The lane of a server or a client. @param {EndId} end @returns {number} */
  row(end) {
    return typeof end === "number" ? end : this.servers + 1 + end.charCodeAt(0) - "a".charCodeAt(0);
  }

  /** Whose lane it is. @param {number} lane @returns {string} */
  named(lane) {
    return lane > this.servers ? String.fromCharCode("a".charCodeAt(0) + lane - this.servers - 1) : `${lane}`;
  }

  /** Makes it what these events tell. What they share with those it knows is kept, and must be the very same objects.
   * @param {Event[]} events of a run, in order @param {number} servers
   * @param {number} [count] how many of them, from the first @param {number} [clients]
   * @returns {boolean} whether anything changed */
  follow(events, servers, count = events.length, clients = 0) {
    if (servers !== this.servers || servers + clients !== this.rows) this.#clear(servers, clients);
    const known = this.events.length;
    if (known === count && this.events[known - 1] === events[known - 1]) return false;
    const shared = this.#shared(events, count);
    if (shared < known) this.#cut(shared);
    for (let i = shared; i < count; i++) this.#add(events[i], i);
    return true;
  }

  /** @param {Event[]} events @param {number} count of them @returns {number} how many it knows already */
  #shared(events, count) {
    let [low, high] = [0, Math.min(this.events.length, count)];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.events[middle - 1] === events[middle - 1]) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /** @param {number} servers @param {number} clients */
  #clear(servers, clients) {
    this.servers = servers;
    this.events = [];
    this.arrows = [];
    this.lanes = Array.from({ length: servers + clients + 1 }, () => []);
    this.#turns = Array.from({ length: servers + 1 }, () => []);
    this.#byId.clear();
    this.axis.cut(0);
  }

  /** Forgets all but the first events. @param {number} count */
  #cut(count) {
    if (!count) return this.#clear(this.servers, this.rows - this.servers);
    const { step } = this.events[count - 1];
    const gone = new Set(this.events.splice(count));
    this.axis.cut(step);
    while (this.arrows.length && gone.has(this.arrows[this.arrows.length - 1].start)) this.#forget();
    for (const arrow of this.arrows) {
      if (arrow.end && gone.has(arrow.end)) arrow.end = null;
      while (arrow.stops.length && gone.has(arrow.stops[arrow.stops.length - 1])) arrow.stops.pop();
    }
    for (const lane of this.lanes) while (lane[lane.length - 1] >= count) lane.pop();
    for (const turns of this.#turns) while (turns.length && turns[turns.length - 1].step > step) turns.pop();
  }

  #forget() {
    const arrow = this.arrows.pop();
    if (arrow) this.#byId.delete(arrow.message.id);
  }

  /** @param {Event} e @param {number} at in `events` */
  #add(e, at) {
    this.events.push(e);
    this.lanes[this.row(laneOf(e))]?.push(at);
    this.axis.add(e.step, e.at);
    const standing = STANDINGS[e.event];
    if (standing && e.node) this.#turns[e.node]?.push({ step: e.step, standing });
    if (e.message) this.#travel(e, e.message);
    if (e.event === "power-cut") for (const arrow of this.arrows) arrow.end ??= e;
  }

  /** @param {Event} e @param {Envelope} message */
  #travel(e, message) {
    const arrow = this.#byId.get(message.id);
    if (e.event === "sent") this.#leave({ message, start: e, source: null, stops: [], end: null });
    else if (e.event === "duplicated" && e.copy)
      this.#leave({ message: { ...message, id: e.copy }, start: e, source: arrow ?? null, stops: [], end: null });
    else if (!arrow) return;
    else if (e.event === "held" || e.event === "released") arrow.stops.push(e);
    else if (e.event === "delivered" || e.event === "dropped") arrow.end = e;
  }

  /** @param {Arrow} arrow */
  #leave(arrow) {
    this.arrows.push(arrow);
    this.#byId.set(arrow.message.id, arrow);
  }

  /** The arrow of a message. @param {number | undefined} id @returns {Arrow | undefined} */
  arrow(id) {
    return id === undefined ? undefined : this.#byId.get(id);
  }

  /** The last event until a step, or the first of all. @param {number} step @returns {Event | null} */
  latest(step) {
    return (
      this.events[
        Math.max(
          1,
          upTo(this.events.length, (i) => this.events[i].step, step),
        ) - 1
      ] ?? null
    );
  }

  /** Another event of the same lane. @param {Event} from @param {number} by places
   * @returns {Event} the first or the last at an end */
  along(from, by) {
    const lane = this.lanes[this.row(laneOf(from))] ?? [];
    const at = Math.max(0, Math.min(lane.length - 1, lane.indexOf(this.events.indexOf(from)) + by));
    return this.events[lane[at]];
  }

  /** The event of the next lane on which anything happened that is nearest. @param {Event} from
   * @param {1 | -1} by down or up
   * @returns {Event | null} */
  across(from, by) {
    let lane = this.row(laneOf(from)) + by;
    while (this.lanes[lane]?.length === 0) lane += by;
    const places = this.lanes[lane];
    if (!places) return null;
    const far = (/** @type {number} */ at) => Math.abs(this.events[at].step - from.step);
    return this.events[places.reduce((a, b) => (far(b) < far(a) ? b : a))];
  }

  /** How a server stood after a step. @param {number} server @param {number} step @returns {Standing} */
  standing(server, step) {
    return this.#turns[server]?.findLast((turn) => turn.step <= step)?.standing ?? "up";
  }

  /** How a server stood, over all the steps. @param {number} server @returns {Turn[]} */
  turns(server) {
    return [{ step: 0, standing: "up" }, ...(this.#turns[server] ?? [])];
  }
}
