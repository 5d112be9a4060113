// The element <quorum-lab>, for TypeScript, for editors and for frameworks. custom-elements.json is made from this file.

import type { Action, Config, Event, Lab, LogView, Row, Run, Timeline, View } from "./wasm/quorum_wasm.js";

export type { Action, Config, Event, Lab, LogView, Row, Run, Timeline, View };

/** The attributes. All of them are text, and those that are there or not may be written as true, too. */
export interface QuorumLabAttributes {
  /** How many servers a new run has: 1 to 101. Default: 3 */
  nodes?: string | number;
  /** The seed of a new run, a whole number: the same seed is the same run. Default: 1 */
  seed?: string | number;
  /** The protocol of a new run: `single` or `log`. Default: single */
  protocol?: "single" | "log";
  /** The name of a scenario to show, such as `chosen-but-nobody-knows`. */
  scenario?: string;
  /** The name of a challenge to set. */
  challenge?: string;
  /** A link to a run, or what follows its `#`. */
  run?: string;
  /** The address of a run's or a scenario's file. */
  src?: string;
  /** The step to show. */
  step?: string | number;
  /** How fast it plays: 0.125, 0.25, 0.5, 1, 2, … 64. Default: 1 */
  speed?: string | number;
  /** How it plays: `reading` holds each beat as long as its sentence takes to read, `time` follows simulated time. */
  pace?: "reading" | "time";
  /** What play, Step and Back go by: `ideas`, `commands` (of a log only), `messages`, `everything`. */
  beats?: "ideas" | "commands" | "messages" | "everything";
  /** Play at once, while it is in sight. */
  autoplay?: boolean | "";
  /** From the end, play from the beginning. */
  loop?: boolean | "";
  /** Which controls there are: `full`, `compact` or `none`. Default: full */
  controls?: "full" | "compact" | "none";
  /** Some of `stage spacetime events disk table inspector`, and of a log also `log`. */
  panels?: string;
  /** `auto` is as light or dark as the page is; `light`; `dark`. Default: auto */
  theme?: "auto" | "light" | "dark";
  /** `events`: on paper the events, too. */
  print?: "events";
  /** A name under which this browser keeps the run. Without one, nothing is kept. */
  persist?: string;
  /** Take a run from the page's own address, and keep the address naming what is shown. */
  fragment?: boolean | "";
  /** When to load: `lazy`, shortly before it comes into sight, or `eager`, at once. Default: lazy */
  loading?: "lazy" | "eager";
  /** The address of a picture to show until it has loaded. */
  poster?: string;
  /** The address of real servers with its token, as `quorum-node cluster` printed it: the lab follows them. */
  cluster?: string;
  /** Where links to a run lead: a page with a lab that has `fragment`. By default, embed.html beside the files. */
  site?: string;
  /** The language that it speaks: `de` is German, and any other is English. */
  lang?: string;
}

/** Those that are there or not. */
type Flag = "autoplay" | "loop" | "fragment";

/** Each attribute is a property, too: its text, or null without one; or whether it is there. Two of them, `step` and `run`,
 * were methods first, and are both. `lang` is a property of every element. */
export type QuorumLabProperties = {
  [Name in Exclude<keyof QuorumLabAttributes, Flag | "step" | "run" | "lang">]-?: string | null;
} & { [Name in Flag]: boolean };

/** What the element dispatches. All of it bubbles, and leaves shadow trees. */
export interface QuorumLabEventMap {
  /** It can be used. */
  "quorum-ready": CustomEvent<Record<string, never>>;
  /** Another step is shown. */
  "quorum-step": CustomEvent<{ step: number; events: (Event | Row)[] }>;
  /** A value was chosen. */
  "quorum-chosen": CustomEvent<Event>;
  /** An invariant was violated. */
  "quorum-violation": CustomEvent<Event>;
  /** It could not start, or not do what was asked: why, as a sentence. */
  "quorum-error": CustomEvent<{ message: string }>;
}

/**
 * A laboratory for Paxos: a figure to be played, stepped and broken.
 *
 * @slot - What is shown until and unless it has loaded.
 * @slot title - Stands in place of its name.
 * @slot tagline - Stands beside its name.
 * @csspart header - The line above the stage.
 * @csspart note - What a lesson says of this moment.
 * @csspart stage - The servers and the messages between them.
 * @csspart legend - The symbols that can be seen now.
 * @csspart controls - Play, step, and the timeline.
 * @csspart events - What happened, and why.
 * @csspart inspector - What can be done with what is selected.
 * @cssprop --quorum-bg - Background.
 * @cssprop --quorum-ink - Text.
 * @cssprop --quorum-muted - Text that matters less.
 * @cssprop --quorum-faint - Text that matters least.
 * @cssprop --quorum-edge - Borders of what can be pressed.
 * @cssprop --quorum-line - Lines between parts.
 * @cssprop --quorum-wash - Background of what stands out a little.
 * @cssprop --quorum-accent - Focus and selection.
 */
export class QuorumLab extends HTMLElement {
  static observedAttributes: string[];
  /** Resolves with this element when it can be used, and rejects with why it cannot. */
  readonly ready: Promise<this>;
  /** What happened in this branch, in brief: for showing two labs on one clock. */
  readonly record: object;
  /** Does what the clock does next, `n` times, or until nothing is left or `pause()` is called. */
  forward(n?: number): Promise<void>;
  /** Set: the attribute. Called: the same as `forward`, which has a name of its own. */
  get step(): (n?: number) => Promise<void>;
  set step(value: string | number | null);
  /** Goes back by `n` steps, at most to the beginning. */
  back(n?: number): Promise<void>;
  /** Goes on by `n` beats of the size that is chosen; by a negative number, back. */
  beat(n?: number): Promise<void>;
  /** Goes to a step of this branch, or on to one that has not happened yet. */
  seek(step: number): Promise<void>;
  /** Shows a time of this branch, in ms of simulated time. */
  at(ms: number): Promise<void>;
  /** Plays, as soon as there is something to play. */
  play(): void;
  /** Stops playing, and calls off every step that is under way or was asked for. */
  pause(): void;
  /** Does a person's action, now. Rejects with why it is not possible. */
  apply(action: Action): Promise<void>;
  /** Everything possible now. */
  actions(): Action[];
  /** What is true now. `slots`: which slots of a log, in place of the latest. */
  view(of?: { slots?: [first: number, last: number] }): View;
  /** What happened, from a step on. */
  events(from?: number): Event[];
  /** Every course the run took, and what there is to find in this one. */
  timeline(): Timeline;
  /** Leaves what is on record after this moment as a branch, and begins another here. */
  fork(): Promise<void>;
  /** Goes to the end of a branch. */
  switchTo(branch: number): Promise<void>;
  /** The run so far: config, seed and interventions. */
  getRun(): Run;
  /** Set: the attribute. Called: the same as `getRun`, which has a name of its own. */
  get run(): () => Run;
  set run(value: string | null);
  /** Replays a run, or plays a scenario, in place of this one. Rejects if it is damaged. */
  load(run: Run | object): Promise<void>;
  /** A link to exactly this run and step. */
  share(): Promise<string>;
  /** Starts another run, at step 0. */
  reset(config?: Partial<Config>): Promise<void>;

  addEventListener<K extends keyof QuorumLabEventMap>(
    type: K,
    listener: (this: QuorumLab, event: QuorumLabEventMap[K]) => unknown,
    options?: boolean | AddEventListenerOptions,
  ): void;
  addEventListener<K extends keyof HTMLElementEventMap>(
    type: K,
    listener: (this: QuorumLab, event: HTMLElementEventMap[K]) => unknown,
    options?: boolean | AddEventListenerOptions,
  ): void;
  addEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject,
    options?: boolean | AddEventListenerOptions,
  ): void;
}

export interface QuorumLab extends QuorumLabProperties {}

/** The engine without a page around it: `const { Lab } = await engine()`. */
export function engine(config?: Partial<Config>): Promise<{ Lab: typeof Lab }>;

declare global {
  interface HTMLElementTagNameMap {
    "quorum-lab": QuorumLab;
  }
}
