// Takes the place of web/site.js in the npm package: links lead to embed.html, if it lies beside this file. It does where
// the files of the package are served as they are. In a bundle this module has no address of its own, and links lead
// nowhere unless the attribute `site` says where.

const FILE = /^(https?:.*\/)quorum-lab\.js(\?.*)?$/;

/** @type {URL | null} */
export const SITE = FILE.test(import.meta.url) ? new URL(import.meta.url.replace(FILE, "$1embed.html")) : null;
