// Follows real servers: what they do is the run of the lab, as it happens. Loaded where the attribute `cluster` names some.
//
//     cluster ── server-sent events ──► what came ──► the end of the first branch ──► what a person sees
//
// A person may look back, or try out another course, at any time. Meanwhile what comes is put by; who returns to the end
// sees it. At the end, what a person does is done to the servers: they say what comes of it.

import { nextSlice } from "./engine/slices.js";
/** @import { Action, Config } from "./engine/engine.js" */
/** @import { Session } from "./engine/session.js" */

/** @typedef {{ action: Action, at: number }} Taken a step of real servers, and when they took it, in ms */
/** @typedef {{ live?: number, from?: number, config?: Config, steps?: Taken[], ended?: string }} Message */

/** How long to wait before asking again, in ms. */
const AGAIN = 1000;
/** So many steps are taken in at once: then there is time to draw. */
const PIECE = 500;

/** What a person may do to real servers, as the supervisor calls it. @type {Record<string, (action: any) => object[]>} */
const FAULTS = {
  crash: ({ node }) => [{ kill: node }],
  restart: ({ node }) => [{ start: node }],
  wipe: ({ node }) => [{ wipe: node }],
  pause: ({ node }) => [{ stop: node }],
  resume: ({ node }) => [{ continue: node }],
  cut: ({ from, to }) => (isServer(from) && isServer(to) ? [{ cut: [from, to] }] : []),
  mend: ({ from, to }) => (isServer(from) && isServer(to) ? [{ mend: [from, to] }] : []),
};

const OTHER =
  "These are real servers. They can be crashed, wiped, restarted, paused and resumed, and their links cut and mended. To try out " +
  "anything else, go back a step: what you do there is another course, and the servers know nothing of it.";

const ELSEWHERE = "Another run is shown, and the servers go on without it. Reload the page to follow them again.";

/** @param {unknown} end */
const isServer = (end) => typeof end === "number";

/** Reaches a cluster. @param {string} address with its token behind the # @param {AbortSignal} signal
 * @returns {Promise<Servers>} rejects with a sentence */
export async function reach(address, signal) {
  const url = new URL(address, location.href);
  const token = url.hash.slice(1);
  url.hash = "";
  const servers = new Servers(url, token, signal);
  await servers.begin();
  return servers;
}

export class Servers {
  /** Which run of the cluster it is, and how much of it has come. */
  #live = 0;
  #came = 0;
  /** @type {Taken[]} */
  #putBy = [];
  #taking = false;
  /** Whether nothing more is taken in: another run is shown, or a step was not possible. */
  #left = false;
  /** @type {Session | undefined} */
  #session;
  /** The run that is theirs: another may be opened in its place. @type {unknown} */
  #run;
  /** @type {(text: string) => void} */
  #tell = () => {};
  /** @type {AsyncGenerator<Message> | undefined} */
  #messages;
  /** What the run starts from. @type {Config} */
  config = /** @type {any} */ ({});

  /** @param {URL} url @param {string} token @param {AbortSignal} signal */
  constructor(url, token, signal) {
    this.url = url;
    this.token = token;
    this.signal = signal;
  }

  /** Waits for the first word of the cluster. */
  async begin() {
    const { config } = await this.#connect();
    this.config = /** @type {Config} */ (config);
  }

  /** The run of a session is theirs from now on. @param {Session} session @param {(text: string) => void} tell */
  lead(session, tell) {
    this.#session = session;
    this.#run = session.lab;
    this.#tell = tell;
    session.leads = this;
    const servers = this.config.nodes ?? 0;
    tell(`Following ${servers} real servers at ${this.url.host}. What you do to them here is done to them.`);
    void this.#follow();
  }

  /** @param {Session} session */
  here(session) {
    if (session.lab !== this.#run) return false;
    const { branch, step, length } = session.position();
    return branch === 1 && step === length;
  }

  /** @param {Action} action @returns {Promise<void>} rejects with a sentence */
  async act(action) {
    const faults = FAULTS[action.type]?.(action) ?? [];
    if (!faults.length) throw new Error(OTHER);
    for (const fault of faults) await this.#ask("fault", { method: "POST", body: JSON.stringify(fault) });
  }

  /** @param {string} what @param {RequestInit} [init] @returns {Promise<Response>} */
  async #ask(what, init = {}) {
    const headers = { authorization: `Bearer ${this.token}`, "content-type": "application/json" };
    let response;
    try {
      response = await fetch(new URL(what, this.url), { ...init, headers, signal: this.signal });
    } catch (cause) {
      throw new Error(`No cluster answers at ${this.url.host}.`, { cause });
    }
    if (response.ok) return response;
    const said = await response.json().catch(() => ({}));
    throw new Error(`The cluster refuses: ${said.error ?? response.status}.`);
  }

  /** @returns {Promise<Message>} the first message */
  async #connect() {
    const query = this.#live ? `?live=${this.#live}&from=${this.#came}` : "";
    const { body } = await this.#ask(`live${query}`);
    this.#messages = messages(/** @type {ReadableStream<Uint8Array>} */ (body));
    const { value } = await this.#messages.next();
    if (!value?.config) throw new Error(`What answers at ${this.url.host} is no cluster.`);
    this.#live = value.live ?? 0;
    return value;
  }

  /** Takes in what comes, until the element is gone; a connection that was lost is sought again. */
  async #follow() {
    while (!this.signal.aborted) {
      try {
        for await (const { steps, ended } of this.#messages ?? []) {
          if (ended) return this.#tell(ended);
          this.#came += steps?.length ?? 0;
          this.#putBy.push(...(steps ?? []));
          if (this.#left) return;
          void this.#take();
        }
      } catch {
        // It is lost, as when it just ends.
      }
      if (this.signal.aborted) return;
      this.#tell(`The connection to ${this.url.host} is lost. What came stays; it is tried again.`);
      if (!(await this.#again())) return;
    }
  }

  /** @returns {Promise<boolean>} whether the same run goes on */
  async #again() {
    while (!this.signal.aborted) {
      await new Promise((done) => setTimeout(done, AGAIN));
      const before = this.#live;
      try {
        const { from } = await this.#connect();
        if (this.#live === before && from === this.#came) {
          this.#tell(`Following the servers at ${this.url.host} again.`);
          return true;
        }
        this.#tell(`Another run of servers answers at ${this.url.host}. Reload the page to follow it; this one stays.`);
        return false;
      } catch {
        // Not yet.
      }
    }
    return false;
  }

  /** Puts what came at the end of the run, unless somebody looks elsewhere. */
  async #take() {
    const session = this.#session;
    if (this.#taking || !session) return;
    this.#taking = true;
    try {
      while (this.#putBy.length && !this.signal.aborted) {
        if (session.lab !== this.#run) throw new Error(ELSEWHERE);
        // It is looked at again and again: returning to the end is no event of its own.
        if (this.here(session)) await session.branches(async () => this.#extend(session));
        await nextSlice();
        if (!this.here(session)) await new Promise((done) => setTimeout(done, 100));
      }
    } catch (error) {
      this.#left = true;
      this.#putBy = [];
      this.#tell(/** @type {Error} */ (error).message);
    } finally {
      this.#taking = false;
    }
  }

  /** @param {Session} session */
  #extend(session) {
    if (!this.here(session)) return;
    const steps = this.#putBy.splice(0, PIECE);
    session.record.take(/** @type {any} */ (session.lab).extend(steps));
    session.stale();
    session.options.moved();
  }
}

/** @param {ReadableStream<Uint8Array>} body server-sent events @returns {AsyncGenerator<Message>} */
async function* messages(body) {
  let text = "";
  const reader = body.getReader();
  const decoder = new TextDecoder();
  for (let { done, value } = await reader.read(); !done; { done, value } = await reader.read()) {
    text += decoder.decode(value, { stream: true });
    const events = text.split("\n\n");
    text = events.pop() ?? "";
    for (const event of events) {
      const data = event.split("\n").filter((line) => line.startsWith("data:"));
      if (data.length) yield JSON.parse(data.map((line) => line.slice(5)).join("\n"));
    }
  }
}
