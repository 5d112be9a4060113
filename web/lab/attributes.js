// What the attributes of the element say.

/** @import { Config } from "./engine/engine.js" */

/** The step to go to first. @param {Element} lab @returns {number | undefined} */
export function firstStep(lab) {
  const attribute = lab.getAttribute("step")?.trim();
  const number = attribute ? Number(attribute) : NaN;
  return Number.isInteger(number) && number >= 0 ? number : undefined;
}

/** Under which name to keep the run. @param {Element} lab @returns {string | null} */
export function keptAs(lab) {
  const name = lab.getAttribute("persist");
  return name && name !== "none" ? name : null;
}

/** Of a run made afresh. @param {Element} lab @returns {Config} */
export function configOf(lab) {
  /** @type {Record<string, unknown>} */
  const config = {};
  for (const name of ["nodes", "seed"]) if (lab.hasAttribute(name)) config[name] = Number(lab.getAttribute(name));
  if (lab.hasAttribute("protocol")) config.protocol = lab.getAttribute("protocol");
  return /** @type {Config} */ (config);
}

/** The run that the attributes or the page's address ask for. @param {Element} lab
 * @returns {Promise<import("./engine/extras.js").Brought | null>} */
export async function broughtTo(lab) {
  const hash = lab.hasAttribute("fragment") ? location.hash : "";
  const [scenario, run, src] = ["scenario", "run", "src"].map((name) => lab.getAttribute(name));
  if (!(hash || scenario || run || src)) return null;
  return (await import("./engine/extras.js")).brought(hash, { scenario, run, src });
}

/** Keeps, or recalls, the theme chosen on this site. @param {string} [theme] @returns {string | null} */
export function remember(theme) {
  try {
    if (theme) localStorage.setItem("quorum-theme", theme);
    return localStorage.getItem("quorum-theme");
  } catch {
    return null; // no storage: the system's theme will do
  }
}
