// Where the site is. This file stands beside index.html and quorum-lab.js, and stays part of quorum-lab.js when both
// are packaged: so files that are asked for by name (scenarios, a second copy of the engine) are found from any module.

export const SITE = new URL(".", new URL("./index.html", import.meta.url));
