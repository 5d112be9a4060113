// Light or dark, as the page around is. A page says so by `color-scheme`, and that is inherited. One that does not, or
// that allows both, says it by an attribute or a class of its own; or else by the colour of its text. Whatever changes
// it (a switch, the system, a style sheet that comes late) changes a colour that is inherited here, and starts a
// transition that takes no time: so nothing has to be asked again and again.

/** How documentation sites mark it: Docusaurus, Starlight and Furo, Material, Bootstrap, VitePress, mdBook. */
const DARK = "[data-theme=dark i],[data-md-color-scheme=slate],[data-bs-theme=dark],.dark,html:is(.coal,.navy,.ayu)";
const LIGHT = "[data-theme=light i],[data-md-color-scheme=default],[data-bs-theme=light],.light,html.rust";
const MARKS = ["class", "data-theme", "data-md-color-scheme", "data-bs-theme"];

/** What something is in: across the borders of shadow trees, too. @param {Element} at @returns {Element | undefined} */
const around = (at) => at.parentElement ?? /** @type {Partial<ShadowRoot>} */ (at.getRootNode()).host;

/** @param {Element | undefined} at @returns {string | undefined} what the nearest mark says */
function marked(at) {
  const mark = at?.closest(`${DARK},${LIGHT}`);
  if (mark) return mark.matches(DARK) ? "dark" : "light";
  const root = at?.getRootNode();
  return root instanceof ShadowRoot ? marked(root.host) : undefined;
}

/** What the page around says; nothing where its `color-scheme` is all there is to say.
 * @param {Element} lab @param {Element} probe of the colour of text around */
function said(lab, probe) {
  const at = around(lab);
  if (!at) return undefined;
  const { colorScheme } = getComputedStyle(at);
  const mark = marked(at);
  if (/\b(light|dark)\b/.test(colorScheme)) return colorScheme.includes("light dark") ? mark : undefined;
  return mark ?? (parseFloat(getComputedStyle(probe).outlineColor.slice(4)) > 60 ? "dark" : "light");
}

/** Keeps a lab as light or dark as its page. @param {Element} lab @param {CustomStateSet} states of it
 * @param {Element} probe in its shadow tree, where it inherits the page's own colour
 * @param {AbortSignal} signal @param {() => void} changed colours have */
export function follow(lab, states, probe, signal, changed) {
  const tell = () => {
    const says = said(lab, probe);
    for (const name of ["light", "dark"]) states[name === says ? "add" : "delete"](name);
    changed();
  };
  const marks = new MutationObserver(tell);
  for (let at = around(lab); at; at = around(at)) marks.observe(at, { attributeFilter: MARKS });
  signal.addEventListener("abort", () => marks.disconnect());
  const heard = (/** @type {Event} */ { target }) =>
    target instanceof Element && (target === probe || target.matches(".lab")) && tell();
  for (const type of ["transitionrun", "transitionend"]) probe.getRootNode().addEventListener(type, heard, { signal });
  tell();
}
