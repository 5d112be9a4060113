// What the page around the lab is told of a step.

/** @import { Event, Row } from "./engine/engine.js" */
/** @import { Session } from "./engine/session.js" */

/** What a step brought about, for the page around the lab. Its events are told once somebody reads them: most steps
 * pass unread. Read after their branch was left, they are told in brief, without sentences.
 * @param {Session} session @param {Row[]} rows @returns {{ step: number | undefined, events: (Event | Row)[] }} */
export function told(session, rows) {
  const step = rows.at(-1)?.step;
  const { branch } = session.position();
  /** @type {(Event | Row)[] | undefined} */
  let events;
  return {
    step,
    get events() {
      const here = !session.dead && session.position().branch === branch;
      events ??= here && step !== undefined ? session.events(step, step) : rows;
      return events;
    },
  };
}
