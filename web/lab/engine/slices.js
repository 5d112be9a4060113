// Long work is done in slices: the page lives in between.

/** The page must answer within a few hundredths of a second: so long may one slice take, in ms. */
export const SLICE = 12;

/** Lets the page live for a moment. @returns {Promise<number>} until when to work then */
export const nextSlice = () => new Promise((done) => setTimeout(() => done(performance.now() + SLICE)));

/** A person did not want to wait. */
export class Cancelled extends Error {
  constructor() {
    super("Opening the run was cancelled.");
  }
}
