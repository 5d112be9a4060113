// single.js is for the page: it defines the element, and exports nothing.

import "./quorum-lab.js";

export {};
