// What a page pays for the engine: several builds of it in one page, doing what their own pages do. Each is asked with the
// calls that its page makes. So a site from before `Lab.prototype.prepare` can be measured, too.

/** How many steps a run goes on for, where steps are measured. */
const STEPS = 10_000;
/** How many steps a long run has. */
const LONG = 100_000;
/** So many views are read at one moment: one alone takes less than a browser's clock can tell. */
const VIEWS = 50;
/** At so many moments of a run. */
const MOMENTS = 50;
/** So many steps are played, or read, at once. */
const SLICE = 256;

/** The engines that are measured, and where they are. @type {{ site: string, engine: object }[]} */
const measured = [];
/** A long run, which all of them can play. */
let run;
/** How many engines were made: each has its own memory. */
let made = 0;

/** An engine with a memory of its own. @param {string} site where it is */
async function engine(site) {
  const make = WebAssembly.instantiateStreaming;
  let memory;
  WebAssembly.instantiateStreaming = async (...given) => {
    const found = await make.apply(WebAssembly, given);
    memory = Object.values(found.instance.exports).find((it) => it instanceof WebAssembly.Memory);
    return found;
  };
  try {
    const module = await import(new URL(`wasm/quorum_wasm.js?${++made}`, site).href);
    await module.default();
    return { ...module, prepares: "prepare" in module.Lab.prototype, bytes: () => memory.buffer.byteLength };
  } finally {
    WebAssembly.instantiateStreaming = make;
  }
}

/** Two proposers that never back off: something is always left to happen. */
function duel({ Lab }, nodes) {
  const lab = new Lab({ nodes, backoff: false });
  lab.apply({ type: "propose", node: 1, value: "blue" });
  lab.apply({ type: "propose", node: 2, value: "red" });
  return lab;
}

/** How long something takes, in ms. */
function time(work) {
  const begun = performance.now();
  work();
  return performance.now() - begun;
}

/** How long it takes once, in µs, when it is done so many times. */
function each(times, work) {
  const took = time(() => {
    for (let i = 0; i < times; i++) work();
  });
  return (took * 1000) / times;
}

/** A step, as the page does it. */
function step({ prepares }, lab) {
  if (prepares) {
    lab.position();
    lab.prepare();
    lab.confirm();
    return;
  }
  lab.next();
  lab.view();
  lab.commitment();
  lab.step();
}

/** A saved run again and what the page remembers of it, as the page does it. */
function open({ prepares, Lab, Replay }, run) {
  if (!prepares) {
    const lab = Lab.load(run);
    lab.events();
    return lab;
  }
  const replay = new Replay(run);
  while (!replay.advance(SLICE)) replay.rows();
  replay.rows();
  return replay.finish();
}

/** To another branch, as the page goes there. */
function go({ prepares }, lab, branch) {
  lab.switchTo(branch);
  if (!prepares) lab.events();
  lab.view();
}

/** All events with their sentences, as the page reads them. */
function read({ prepares }, lab) {
  if (!prepares) return lab.events().length;
  let count = 0;
  for (let from = 0; from <= LONG; from += SLICE) count += lab.tell(from, from + SLICE - 1).length;
  return count;
}

/** Gets ready to measure another engine. @param {string} site where it is */
export async function add(site) {
  const found = await engine(site);
  measured.push({ site, engine: found });
  if (run) return;
  const lab = duel(found, 5);
  for (let step = 2; step < LONG; step++) lab.step();
  run = lab.run();
  lab.free();
}

/** Steps and views, of a run of so many servers: µs for one of each. @param {number} which engine @param {number} nodes */
export function steps(which, nodes) {
  const { engine } = measured[which];
  const [viewed, paged, plain] = [duel(engine, nodes), duel(engine, nodes), duel(engine, nodes)];
  const views = [];
  while (views.length < MOMENTS) {
    for (let i = 0; i < STEPS / MOMENTS; i++) viewed.step();
    views.push(each(VIEWS, () => viewed.view()));
  }
  const found = {
    view: views.reduce((all, one) => all + one) / MOMENTS,
    page: each(STEPS, () => step(engine, paged)),
    step: each(STEPS, () => plain.step()),
  };
  const { digest } = plain.run();
  if (paged.run().digest !== digest) throw new Error("A step as the page does it leads elsewhere than a step.");
  for (const lab of [viewed, paged, plain]) lab.free();
  return { ...found, digest };
}

/** What a long run costs, in ms. @param {number} which engine */
export function long(which) {
  const { engine } = measured[which];
  let lab;
  const opened = time(() => {
    lab = open(engine, run);
  });
  lab.seek(LONG - 1000);
  lab.fork();
  for (let i = 0; i < 1000; i++) lab.step();
  const branches = time(() => {
    go(engine, lab, 1);
    go(engine, lab, 2);
  });
  lab.free();
  return { opened, branches };
}

/** How many bytes of memory a fresh engine has with a long run, and by how many reading all its events makes that grow.
 * @param {number} which engine */
export async function memory(which) {
  const fresh = await engine(measured[which].site);
  const lab = fresh.Lab.load(run);
  const before = fresh.bytes();
  const events = read(fresh, lab);
  lab.free();
  return { before, grown: fresh.bytes() - before, events };
}
