// What the page says of itself, in English. `de.js` has the same keys.

import { list } from "../shared/dom.js";

/** @param {number} n */
const servers = (n) => `${n} ${n === 1 ? "server" : "servers"}`;

export const en = {
  lang: "en",
  list,
  servers,
  /** What a scenario's title and notes are in this language: those that have no translation stay as they are.
   * @param {string} text */
  told: (text) => text,
  /** What an action is called; those of the engine are in English. @param {string} name */
  action: (name) => name,

  /** What the element is called by who does not see it. @param {string} title of the run */
  name: (title) => `${title}: a laboratory for Paxos`,

  // The line above the stage
  lab: "Lab",
  scenarios: "Scenarios",
  scenariosTitle: "Scenarios, new runs, and what is kept",
  challenges: "Challenges",
  whatIf: "What if…",
  writeLesson: "Write a lesson…",
  share: "Share…",
  present: "Present",
  dark: "Dark",
  light: "Light",
  help: "Help",
  menu: "Menu",
  /** @param {string[]} names */
  rulesOff: (names) => (names.length > 1 ? `${names.length} rules off: ${names.join(", ")}` : `Rule off: ${names[0]}`),
  switchOn: "switch on",
  switchOnTitle: "From this step on, the rule holds again.",

  // The stage
  stage: "Stage",
  server: "Server",
  serversName: "Servers",
  messages: "Messages",
  outboxes: "Outboxes",
  chosenName: "Chosen",
  nothingChosen: "nothing chosen yet",
  chosen: "chosen",
  chosenTwice: "chosen twice",
  agreementBroken: "Agreement is broken",
  ruleBroken: "A rule is broken",
  at: "at",
  /** @param {string} who */
  by: (who) => `by ${who}.`,
  nobodyKnows: "No server knows it.",
  everyoneKnows: "Everyone knows.",
  /** @param {string} who */
  knownTo: (who) => `Known to ${who}.`,
  press: "Press Play.",
  try: "Press Play to follow the value. Or crash a server before its vote is durable.",
  tryLog: "Press Play, or let a client ask. Or crash the leader while one waits.",
  nothing: "nothing",
  needed: "needed",
  of: "of",
  diskLost: "disk lost",
  down: "down",
  noVotes: "never votes again",
  remembersNothing: "remembers nothing",
  remembersOnly: "remembers only:",
  noDisk: "no disk",
  diskEmpty: "disk empty",
  durable: "durable",
  written: "written, not durable",
  queued: "in memory",
  waitsForDisk: "waits for the disk",
  readyToLeave: "ready to leave",
  toItself: "to itself",
  held: "held",
  /** What is written on a card; those that are not here are as the protocol has them. @type {Record<string, string>} */
  card: {},

  // The legend
  allSymbols: "All symbols",
  notYetDurable: "not yet durable",
  cut: "cut",
  cutOneWay: "cut one way",
  theQuorum: "the quorum that chose it",
  together: "messages together",
  /** The names of messages, and what stands for words on small cards. @param {string} name */
  symbol: (name) => name,
  /** What the help says. */
  helps: () => import("./en-help.js"),

  // The controls
  controls: "Controls",
  play: "Play",
  pause: "Pause",
  toBeginning: "To the beginning",
  back: "Back",
  step: "Step",
  beats: "Beats",
  ideas: ["Ideas", "Play and step by what a story of the run would mention"],
  commands: ["Commands", "Play and step by one command of a client, from asking to the answer"],
  arrivals: ["Messages", "Play and step by one arrival with all it causes"],
  everything: ["Everything", "Play and step by single steps"],
  speed: "Speed",
  /** @param {string} speed */
  asFast: (speed) => `: as fast as it goes, ×${speed}`,
  pace: "Pace",
  reading: "reading pace",
  time: "real time",
  /** @param {number} ms */
  later: (ms) => `… ${ms.toLocaleString("en")} ms later`,
  goesOn: "Press Play to go on.",
  /** @param {number} ms */
  next: (ms) => `Next, at ${ms} ms:`,
  upToServers: "What comes next is up to the servers.",
  stuck: "It can go no further:",
  lookingBack: "You are looking back.",
  goOnHere: "Go on from here",
  toEnd: "To the end",
  nextScenario: "Next scenario",
  /** @param {number} step @param {number} length @param {number} at */
  stepOf: (step, length, at) => `step ${step} of ${length}, ${at} ms`,
  /** @param {number} n */
  branches: (n) => `${n} branches…`,
  saved: "Saved in this browser",
  memory: "Not persisted",
  readOnly: "Read-only",

  // The panels
  panels: "Panels",
  log: "Log and clients",
  spacetime: "Space-time",
  events: "Events",
  disk: "Disk",
  table: "Table",

  // The inspector
  inspector: "Inspector",
  close: "Close",
  canGoOn: "Can it go on?",
  cluster: "The whole cluster",
  actions: "Actions",
  asksBefore: "asks before it forgets everything",
  /** @param {string} name */
  pressAgain: (name) => `${name}? Press again`,
  /** @param {string} name @param {string} key */
  sure: (name, key) => `${name}? What is on it is gone then. Press again, or ${key}, to do it.`,
  /** @param {string} why */
  notNow: (why) => ` (not now: ${why})`,
  begins: "The run begins here.",
  playOn: "Play, or step on, and watch.",
  propose: "Select a server and propose a value.",
  letAsk: "Let a client ask for something.",
  /** @param {number} step @param {number} ms */
  when: (step, ms) => `Step ${step} · ${ms} ms`,
  /** @param {number} from @param {number} to @param {number} ms */
  during: (from, to, ms) => `Steps ${from} to ${to} · ${ms} ms`,
  /** @param {number} step */
  nowAt: (step) => ` (now at step ${step})`,
};

/** @typedef {typeof en} Words what each language has */
