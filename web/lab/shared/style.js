// How a style sheet comes into a shadow tree: by its address. Where everything is one file, another module takes this
// place and has the text.

/** Adds a style sheet, once. @param {ShadowRoot} root @param {URL} address
 * @returns {Promise<boolean>} whether it applies: it may not be had */
export function style(root, { href }) {
  /** @type {HTMLLinkElement | null} */
  const there = root.querySelector(`[href="${href}"]`);
  if (there?.sheet) return Promise.resolve(true);
  const link = there ?? document.createElement("link");
  return new Promise((done) => {
    // Whoever asks for it while it is on its way waits, too.
    link.addEventListener("load", () => done(true));
    link.addEventListener("error", () => {
      link.remove(); // asked for again, it is tried again
      done(false);
    });
    if (there) return;
    Object.assign(link, { rel: "stylesheet", href });
    root.append(link);
  });
}
