// What was recorded of the runs that come with the site (see recorded.js): nothing yet in the page as it is written, where an
// engine plays them. Packaging records them, and puts another module in this place.

/** @import { Recording } from "./recorded.js" */

/** @type {(name: string) => Promise<Recording | undefined>} of a scenario; undefined where there is none */
export const recordingOf = async () => undefined;
