// Where links lead: Quorum's own page. This file stands beside index.html and quorum-lab.js, and stays part of quorum-lab.js
// when both are packaged. The package for other people's pages has no such page, and another module in this place.

/** Null where there is none; the attribute `site` then says where. @type {URL | null} */
export const SITE = new URL(".", new URL("./index.html", import.meta.url));
