// What lies on what, on the stage of a lab: measured on the page as it is drawn. Run by the geometry test inside the page.

/** A box of less than this many pixels in a direction does not count as lying on another. */
const TOUCH = 1;
/** The least size of a target, in CSS pixels (WCAG 2.2, 2.5.8). */
const TARGET = 24;

const meet = (a, b) =>
  Math.min(a.right, b.right) - Math.max(a.left, b.left) > TOUCH &&
  Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > TOUCH;
/** Whether two marks are so near that one hides a part of the other: their corners may touch. */
const near = (a, b) =>
  Math.hypot(a.left + a.right - b.left - b.right, a.top + a.bottom - b.top - b.bottom) / 2 < (a.right - a.left + b.right - b.left) * 0.35;
const within = (a, b) =>
  a.left >= b.left - TOUCH && a.right <= b.right + TOUCH && a.top >= b.top - TOUCH && a.bottom <= b.bottom + TOUCH;
const boxOf = (element) => element.getBoundingClientRect();
const shown = (element) => element.checkVisibility({ visibilityProperty: true }) && !element.closest(".sr");
const brief = ({ left, top, right, bottom }) => [left, top, right, bottom].map(Math.round).join(" ");

/** The part of a box that its ancestors let be seen. */
function clipped(box, element, root) {
  let { left, top, right, bottom } = box;
  for (let at = element; at && at !== root; at = at.parentElement) {
    if (getComputedStyle(at).overflow === "visible") continue;
    const clip = boxOf(at);
    [left, right] = [Math.max(left, clip.left), Math.min(right, clip.right)];
    [top, bottom] = [Math.max(top, clip.top), Math.min(bottom, clip.bottom)];
  }
  return right - left > TOUCH && bottom - top > TOUCH ? { left, top, right, bottom } : null;
}

/** Every line of text on the stage: its letters, where they are, and the thing they belong to. */
function texts(stage) {
  const found = [];
  const walker = document.createTreeWalker(stage, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode;
    const element = node.parentElement;
    if (!node.data.trim() || !shown(element)) continue;
    if (element.closest("svg") && !element.textContent) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    for (const rect of range.getClientRects()) {
      const box = clipped(rect, element, stage);
      if (box) found.push({ text: node.data, node, box, owner: element.closest(".card, .message, .tray, .chosen, .client") });
    }
  }
  return found;
}

/** Where the strokes of the signs of cut links are: crosses, arrows and bars are one path. */
function signs(root) {
  const path = root.querySelector(".bars");
  const matrix = path.getScreenCTM();
  const strokes = (path.getAttribute("d") ?? "").split("M").filter(Boolean);
  return strokes.map((stroke) => {
    const points = stroke.split("L").map((pair) => new DOMPoint(...pair.split(" ").map(Number)).matrixTransform(matrix));
    const [xs, ys] = [points.map(({ x }) => x), points.map(({ y }) => y)];
    return { left: Math.min(...xs), right: Math.max(...xs), top: Math.min(...ys), bottom: Math.max(...ys) };
  });
}

/** Whether a text may lie on a thing: it is written in it. A label is beside its mark, and not in it. */
const belongs = (node, thing) => thing.contains(node) && !node.parentElement.closest(".ballot");

/** Everything that is wrong now, as sentences. */
function faults(lab) {
  const root = lab.shadowRoot;
  const stage = root.querySelector(".stage");
  const area = boxOf(root.querySelector(".area"));
  const wrong = [];
  const cards = [...root.querySelectorAll(".card")].map((element) => ({ element, box: boxOf(element) }));
  const marks = [...root.querySelectorAll(".messages .message")].map((element) => ({
    element,
    box: boxOf(element.querySelector(".shape")),
  }));
  const clients = [...root.querySelectorAll(".client")].map((element) => ({ element, box: boxOf(element) }));
  const trays = [...root.querySelectorAll(".tray")].map((element) => ({ element, box: boxOf(element) }));
  const middle = { element: root.querySelector(".chosen"), box: boxOf(root.querySelector(".chosen")) };
  const words = texts(stage);
  const name = ({ element }) => element.getAttribute("aria-label") ?? element.className;
  const say = (a, b) => wrong.push(`${a} lies on ${b}`);
  const dots = [...root.querySelectorAll(".dots")].filter((e) => e.childElementCount && shown(e));
  words.forEach((a, i) => {
    for (const b of words.slice(i + 1)) if (a.node !== b.node && meet(a.box, b.box)) say(`“${a.text}” (${brief(a.box)})`, `“${b.text}” (${brief(b.box)})`);
    for (const thing of [...cards, ...marks, ...clients])
      if (!belongs(a.node, thing.element) && meet(a.box, thing.box)) say(`“${a.text}” (${brief(a.box)})`, `${name(thing)} (${brief(thing.box)})`);
  });
  const cuts = signs(root);
  for (const { text, node, box } of words)
    if (node.parentElement.closest(".ballot") && cuts.some((stroke) => meet(box, stroke)))
      say(`“${text}” (${brief(box)})`, "the sign of a cut link");
  marks.forEach((mark, i) => {
    for (const other of marks.slice(0, i))
      if (near(mark.box, other.box)) say(`${name(mark)} (${brief(mark.box)})`, `${name(other)} (${brief(other.box)})`);
  });
  for (const mark of marks) {
    for (const thing of [...cards, ...trays, ...clients, middle])
      if (meet(mark.box, thing.box)) say(`${name(mark)} (${brief(mark.box)})`, `${name(thing)} (${brief(thing.box)})`);
    for (const element of dots)
      for (const part of element.children) if (meet(mark.box, boxOf(part))) say(name(mark), "the count of a server");
    if (!within(mark.box, area)) wrong.push(`${name(mark)} leaves the stage`);
  }
  for (const [i, card] of cards.entries()) {
    for (const thing of [...cards.slice(i + 1), ...trays, ...clients, middle])
      if (meet(card.box, thing.box) && !thing.element.matches(".tray[data-of]")) say(name(card), `${name(thing)} (${brief(thing.box)})`);
    if (!within(card.box, area)) wrong.push(`${name(card)} leaves the stage`);
  }
  for (const [i, client] of clients.entries()) {
    for (const thing of [...clients.slice(i + 1), ...trays, middle])
      if (meet(client.box, thing.box)) say(name(client), `${name(thing)} (${brief(thing.box)})`);
    if (!within(client.box, area)) wrong.push(`${name(client)} leaves the stage`);
  }
  for (const { text, node, box, owner } of words) {
    if (!owner && !within(box, boxOf(stage))) wrong.push(`“${text}” leaves the stage`);
    const inside = owner?.matches(".card") && !node.parentElement.closest(".dots");
    if (inside && !within(box, boxOf(owner))) wrong.push(`“${text}” leaves its card`);
  }
  const { scrollWidth, clientWidth } = document.documentElement;
  if (scrollWidth > clientWidth) wrong.push(`the page is ${scrollWidth - clientWidth} px wider than the screen`);
  return wrong;
}

/** What must stay where it is, and where that is. */
function places(lab) {
  const root = lab.shadowRoot;
  // On a telephone clients ask from below the panels, which are as long as what they show.
  const asking = [...root.querySelectorAll(".console > *, .workload button")].filter((e) => boxOf(e).top < innerHeight);
  const still = [...root.querySelectorAll(".card, .client, .chosen, .legend, .area, .moves button, .sizes button, .controls :is(input, select)")];
  // A question takes the place of the note, with a little air above it: it ends where the note ends.
  const said = [...root.querySelectorAll(".hint, .lessonbar")].find(shown);
  still.push(...asking);
  const stands = still.map((e, i) => [`${i} ${e.className || e.localName} ${e.dataset.node ?? ""}`, brief(boxOf(e))]);
  return Object.fromEntries([...stands, ["note", said && `ends at ${Math.round(boxOf(said).bottom)}`]]);
}

/** Targets that are too small. */
function small(lab) {
  const all = lab.shadowRoot.querySelectorAll(".card, .client, .heap, .message .hit, .controls button, .legend button, .inspector button, .log button:not(.operation), header button");
  return [...all].filter(shown).flatMap((e) => {
    const { width, height } = boxOf(e);
    return Math.min(width, height) < TARGET - 0.5 ? [`${e.textContent || e.closest("[aria-label]")?.ariaLabel}: ${Math.round(width)} × ${Math.round(height)}`] : [];
  });
}

/** Where a text may end early: the line of an event, which is whole in the inspector once it is pressed; a value, whose title
 * is whole; an operation, as long as it took; and words of which the smallest cards show the initial. */
const BRIEF = ".row .says, .value, .operation, option, [data-size=micro] .name, [data-size=dot] .of";

/** Whether a name of the legend is left out as a whole: it is under “All symbols”. */
const leftOut = (element, box, clip) => element.closest(".legend .names") && (box.top >= clip.bottom - 2.5 || box.left >= clip.right - TOUCH);

/** Texts that are cut off where nobody can scroll to the rest, and what reaches out of the lab. */
function cutOff(lab) {
  const ground = lab.shadowRoot.querySelector(".lab");
  const wrong = new Set();
  const walker = document.createTreeWalker(ground, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode;
    const element = node.parentElement;
    if (!node.data.trim() || !shown(element) || element.closest(BRIEF)) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    for (const box of range.getClientRects()) {
      let at = element;
      for (; at !== ground; at = at.parentElement) {
        const { overflowX, overflowY } = getComputedStyle(at);
        const clip = boxOf(at);
        const [x, y] = [box.left < clip.left - 1.5 || box.right > clip.right + 1.5, box.top < clip.top - 3 || box.bottom > clip.bottom + 3];
        if ((x && /auto|scroll/.test(overflowX)) || (y && /auto|scroll/.test(overflowY))) break;
        if (leftOut(element, box, clip)) break;
        if ((x && overflowX !== "visible") || (y && overflowY !== "visible")) wrong.add(`“${node.data}” is cut off by ${at.className || at.localName}`);
      }
      if (at === ground && box.right > boxOf(ground).right + TOUCH) wrong.add(`“${node.data}” reaches out of the lab`);
    }
  }
  return [...wrong];
}

const frame = () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));

/** Walks a run, and says what is wrong at which step, and which step is the most crowded; at wish what else is, too.
 * A long walk is done in pieces, because a browser gives a script only so much time: each is told where things stood in
 * the first.
 * @returns {Promise<{moments: number, wrong: string[], worst: { things: number, step: number }, stood: Record<string, string>}>} */
async function walk(lab, steps, also = () => [], stood = null) {
  const wrong = [];
  let before = stood;
  const worst = { things: -1, step: 0 };
  for (const step of steps) {
    await lab.seek(step);
    await frame();
    const now = places(lab);
    before ??= now;
    // At the end of a scenario the next one is offered where pace and speed were: there is nothing to pace.
    const gaveWay = (key) => key.includes("select") && now[key] === "0 0 0 0";
    const moved = Object.keys(before).filter((key) => now[key] !== before[key] && !gaveWay(key));
    const all = [...faults(lab), ...also(lab), ...small(lab).map((what) => `too small: ${what}`), ...moved.map((key) => `${key} moved from ${before[key]} to ${now[key]}`)];
    wrong.push(...all.map((what) => `step ${step}: ${what}`));
    const things = lab.shadowRoot.querySelectorAll(".message, .ballot:not([hidden]), .heap").length;
    if (things > worst.things) Object.assign(worst, { things, step });
  }
  return { moments: steps.length, wrong, worst, stood: before };
}

/** Numbers from a seed (mulberry32). */
function draws(seed) {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}

/** A random run of so many servers, with every kind of action in it. */
async function wander(lab, nodes, seed) {
  const draw = draws(seed);
  const values = ["blue", "red", "a rather long value, which nobody should have to read", "☃"];
  const network = { loss: 0.1, duplicate: 0.1, latency: [5, 80] };
  await lab.reset({ nodes, seed, network });
  for (let i = 0; i < 3; i++) await lab.apply({ type: "propose", node: 1 + draw(nodes), value: values[draw(4)] });
  for (let i = 0; i < 12; i++) {
    await lab.step(3 + draw(4 * nodes));
    const actions = lab.actions().filter(({ type }) => type !== "propose" && type !== "power-cut");
    if (actions.length) await lab.apply(actions[draw(actions.length)]);
  }
}

/** A random run of a log, in which clients ask by themselves and every kind of thing happens. */
async function ramble(lab, nodes, clients, seed) {
  const draw = draws(seed);
  const network = { loss: 0.1, duplicate: 0.1, latency: [5, 80] };
  const workload = { clients, rate: 10 * clients, keys: 3 };
  await lab.reset({ protocol: "log", nodes, clients, seed, network, workload });
  for (let i = 0; i < 12; i++) {
    await lab.step(10 + draw(12 * nodes));
    const actions = lab.actions().filter(({ type }) => type !== "request" && type !== "power-cut");
    if (actions.length) await lab.apply(actions[draw(actions.length)]);
  }
}
