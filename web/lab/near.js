// When a figure is looked at. A page may have many, and a reader who never comes to one pays nothing for it.

/** How far out of sight it is when it begins to load: of the window, as much again as is seen at a time; of what scrolls in
 * it, in pixels, for browsers do not agree on what a part of that is. */
const MARGINS = { rootMargin: "100% 0px", scrollMargin: "800px 0px" };

/** Waits until something is near to what is seen, and loads nothing before.
 * @param {Element} lab @param {AbortSignal} signal @returns {Promise<void>} resolves, too, when that ends it */
export function near(lab, signal) {
  return new Promise((done) => {
    if (signal.aborted) return done();
    const observer = new IntersectionObserver((seen) => {
      if (seen.some(({ isIntersecting }) => isIntersecting)) end();
    }, MARGINS);
    const end = () => {
      observer.disconnect();
      removeEventListener("beforeprint", end);
      done();
    };
    observer.observe(lab);
    addEventListener("beforeprint", end);
    signal.addEventListener("abort", end);
  });
}

/** Tells whenever something comes into sight or goes out of it.
 * @param {Element} lab @param {AbortSignal} signal @param {(inSight: boolean) => void} tell */
export function sight(lab, signal, tell) {
  const observer = new IntersectionObserver((seen) => {
    const last = seen.at(-1);
    if (last && !signal.aborted) tell(last.isIntersecting);
  });
  observer.observe(lab);
  signal.addEventListener("abort", () => observer.disconnect());
}
