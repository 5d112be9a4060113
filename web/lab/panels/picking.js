// Finding events in their panel, and picking one. Loaded at the first use.

/** @import { Commands } from "../commands.js" */
/** @import { Event } from "../engine/engine.js" */
/** @import { Record } from "../engine/record.js" */
/** @import { Store } from "../store.js" */

/**
 * @typedef {object} Lines of the panel
 * @property {Store} store @property {Commands} commands @property {HTMLElement} list
 * @property {number} count of the lines
 * @property {number[] | null} some the places in the record of those that pass a filter; null without one
 * @property {number} active the place of the selected event; -1 for none
 * @property {(line: number) => number} place in the record
 * @property {() => number} rowHeight @property {() => number} seen
 * @property {(stick?: boolean) => void} draw
 */

/** What passes a filter; null: everything. @param {number} server 0 for every one @param {string} kind
 * @param {string} text
 * @returns {((record: Record, at: number) => boolean) | null} */
export function passing(server, kind, text) {
  const sought = text.trim().toLowerCase();
  if (!server && !kind && !sought) return null;
  return (record, at) =>
    (!server || record.concerns(at, server)) &&
    (!kind || record.name(at) === kind) &&
    (!sought || called(record, at).includes(sought) || record.event(at).why.toLowerCase().includes(sought));
}

/** The kind of an event, as its line names it. @param {Record} record @param {number} at */
const called = (record, at) => record.name(at).replaceAll("-", " ");

/** What to say when nothing passes a filter. @param {number} server 0 for every one @param {string} kind
 * @param {string} text @returns {string} */
export function nothing(server, kind, text) {
  const sought = text.trim();
  const where = server ? ` of server ${server}` : "";
  const says = sought && ` says “${sought}”`;
  return `No ${kind ? `“${kind.replaceAll("-", " ")}”` : "event"}${where}${says || " yet"}.`;
}

/** @param {Lines} lines @param {number} line */
export function pick(lines, line) {
  if (!lines.count) return;
  const event = lines.store.record.event(lines.place(Math.min(lines.count - 1, Math.max(0, line))));
  show(lines, event);
  void lines.commands.pick(event);
}

/** The line of the selected event; -1 if the filter hides it. @param {Lines} lines */
const selected = ({ some, active }) => (some ? some.indexOf(active) : active);

/** Selects the line of an event, and scrolls to it, unless the filter hides it. @param {Lines} lines
 * @param {Event} event */
export function show(lines, event) {
  lines.active = lines.store.record.indexOf(event);
  const line = selected(lines);
  if (line < 0) return;
  const { list } = lines;
  const row = lines.rowHeight();
  const top = line * row;
  if (top < list.scrollTop) list.scrollTop = top;
  const seen = lines.seen();
  if (top + row > list.scrollTop + seen) list.scrollTop = top + row - seen;
  lines.draw(false);
}

/** Picks another line. @param {Lines} lines @param {string} key */
export function walk(lines, key) {
  const page = Math.floor(lines.list.clientHeight / lines.rowHeight());
  const by = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -Infinity, End: Infinity }[key] ?? 0;
  pick(lines, (lines.active < 0 ? lines.count : selected(lines)) + by);
}
