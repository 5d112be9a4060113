// A page that drives a figure: it crashes a server, and says what became of the value.

import { engine } from "quorum-lab";

const lab = document.createElement("quorum-lab");
lab.scenario = "first-agreement";
document.body.append(lab);

lab.addEventListener("quorum-chosen", ({ detail }) => {
  document.title = `chosen at step ${detail.step}`;
});
lab.addEventListener("quorum-error", ({ detail }) => console.warn(detail.message));

await lab.ready;
await lab.apply({ type: "crash", node: 3 });
lab.step = 4;
await lab.ready;
await lab.forward(10);
const { chosen, nodes } = lab.view();
console.log(nodes.filter(({ status }) => status === "down").length, chosen.length, await lab.share());

const { Lab } = await engine();
console.log(new Lab({ nodes: 5, seed: 7 }).view().step);
