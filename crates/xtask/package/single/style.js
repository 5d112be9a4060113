// Takes the place of web/lab/shared/style.js where everything is one file: style sheets are texts in it, and shared by all
// labs of a page.

/** @type {Map<string, CSSStyleSheet>} */
const sheets = new Map();

/** Adds a style sheet, once. @param {ShadowRoot} root @param {{ text: string }} sheet @returns {Promise<boolean>} */
export async function style(root, { text }) {
  const sheet = sheets.get(text) ?? new CSSStyleSheet();
  if (!sheets.has(text)) {
    sheet.replaceSync(text);
    sheets.set(text, sheet);
  }
  if (!root.adoptedStyleSheets.includes(sheet)) root.adoptedStyleSheets.push(sheet);
  return true;
}
