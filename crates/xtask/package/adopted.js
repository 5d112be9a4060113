// Takes the place of web/lab/shared/style.js where style sheets are texts in modules: in the npm package, so that no bundler
// has to know what a style sheet is, and in the one file. Texts are adopted, and shared by all labs of a page; no policy of
// the page has a say in that.

/** @type {Map<string, CSSStyleSheet>} */
const sheets = new Map();

/** Adds a style sheet, once. @param {ShadowRoot} root
 * @param {{ text: () => Promise<string> }} sheet @returns {Promise<boolean>} whether it applies: it may not be had */
export async function style(root, { text }) {
  /** @type {string} */
  let css;
  try {
    css = await text();
  } catch {
    return false;
  }
  const sheet = sheets.get(css) ?? new CSSStyleSheet();
  if (!sheets.has(css)) {
    sheet.replaceSync(css);
    sheets.set(css, sheet);
  }
  if (!root.adoptedStyleSheets.includes(sheet)) root.adoptedStyleSheets.push(sheet);
  return true;
}
