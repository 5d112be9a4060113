// The page of a figure in a frame: embed.html?scenario=chosen-but-nobody-knows&step=40&controls=compact
//
// Its address has the element's attributes as a query, and may have a run as `#q1…`. It tells the page around how high it
// is, whenever that changes and whenever it is asked:
//
//     { type: "quorum-height", height: 512 }     to the parent, in CSS pixels
//     { type: "quorum-height?" }                 from the parent

import { options, strangers } from "./lab/options.js";
import "./quorum-lab.js";

const lab = document.createElement("quorum-lab");
const asked = new URLSearchParams(location.search);
for (const [name, value] of options(asked)) lab.setAttribute(name, value);
lab.setAttribute("fragment", "");
document.body.append(lab);
const odd = strangers(asked);
if (odd) {
  const says = document.createElement("p");
  says.setAttribute("role", "alert");
  says.textContent = odd;
  document.body.prepend(says);
}

const tell = () => {
  const height = Math.ceil(document.body.getBoundingClientRect().height);
  // How high a figure is, is no secret; and which page it is in, it cannot know.
  parent.postMessage({ type: "quorum-height", height }, "*");
};
if (parent !== window) {
  new ResizeObserver(tell).observe(document.body);
  addEventListener("message", ({ data, source }) => {
    if (source === parent && data?.type === "quorum-height?") tell();
  });
}
