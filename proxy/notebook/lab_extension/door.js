// @ts-check
/**
 * The way to the server, and back to it. When the relay refuses a request because the server does not
 * run, or because nobody is signed in any more, requests wait here instead of failing; a banner says
 * why and leads the way back; when the relay lets us through again they are sent. So no save is lost,
 * no kernel that lives is taken for dead, and the page is not loaded anew.
 *
 * @typedef {{reason: string, detail: string}} Refusal
 * @typedef {{request: Request, go: (value?: unknown) => void}} Waiting
 */
import { banner, REASONS } from "./banner.js";
import { dropLost, saveAgain } from "./documents.js";

/** Who else but the relay could say it: what a server sends under this name does not reach us. */
const HEADER = "X-Sifu-Reason";
/** A server that did not answer just now may have ended, which is known a moment later. */
const DOUBTFUL = new Set(["server_broken", "server_slow"]);
/** What may be asked twice: the second time does no more than the first. */
const REPEATABLE = new Set(["GET", "HEAD", "PUT"]);
/** Front looks at servers every two seconds, and the relay hears of it within one. */
const A_MOMENT = 3_500;
const CHANNEL = "sifu-coming-back";
const LANDING = "back.html";
const SOON = 2_000;
const LATER = 15_000;
const EAGER_FOR = 120_000;

/**
 * Stand between this page and its server from now on.
 * @param {any} app JupyterLab's front end
 * @param {{isConnected: boolean} | null} status pauses JupyterLab's polling and autosaves
 * @param {URL} folder where this extension's files are
 */
export function keepDoor(app, status, folder) {
  const settings = app.serviceManager.serverSettings;
  const base = new URL(settings.baseUrl, location.href);
  const landing = new URL(LANDING, folder);
  if (!landing.href.startsWith(base.href)) throw new Error(`${landing} is not below ${base}`);
  const door = new Door(app, status, base, landing.href.slice(base.href.length));
  settings.fetch = door.fetch;
}

class Door {
  /** @type {Refusal | null} */ #refusal = null;
  /** @type {Waiting[]} */ #waiting = [];
  /** @type {Promise<unknown> | null} */ #line = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */ #timer;
  #eagerUntil = 0;

  /** @param {any} app @param {{isConnected: boolean} | null} status @param {URL} base @param {string} landing */
  constructor(app, status, base, landing) {
    this.app = app;
    this.status = status;
    this.base = base;
    this.landing = landing;
    this.real = app.serviceManager.serverSettings.fetch;
    const look = () => this.#refusal && this.#look();
    new BroadcastChannel(CHANNEL).onmessage = look;
    for (const event of ["focus", "online"]) window.addEventListener(event, look);
    document.addEventListener("visibilitychange", look);
  }

  /** Takes the place of `fetch`. @param {RequestInfo} input @param {RequestInit} [init] */
  fetch = async (input, init) => {
    const request = new Request(input, init);
    for (;;) {
      if (!this.#refusal) {
        const answer = await this.#insist(request);
        const reason = answer.headers.get(HEADER) ?? "";
        if (DOUBTFUL.has(reason)) this.#lookSoon();
        if (!REASONS.has(reason)) return answer;
        await this.#leave(answer, reason);
      }
      await new Promise((go) => this.#waiting.push({ request, go }));
    }
  };

  /**
   * Once more if the connection broke: who is signed out, or whose server ends, in the midst of an
   * answer is cut off, and the reason is known a moment later.
   * @param {Request} request
   */
  async #insist(request) {
    const outcome = await this.#send(request).catch((problem) => problem);
    const isBroken = !(outcome instanceof Response) || outcome.headers.get(HEADER) === "server_broken";
    if (isBroken && REPEATABLE.has(request.method) && !request.signal.aborted) {
      await new Promise((resolve) => setTimeout(resolve, A_MOMENT));
      return this.#send(request);
    }
    if (outcome instanceof Response) return outcome;
    throw outcome;
  }

  /**
   * One at a time while those that waited go out, so that of two saves the newer comes last.
   * @param {Request} request @returns {Promise<Response>}
   */
  #send(request) {
    const begin = () => this.real.call(null, request.clone());
    if (!this.#line) return begin();
    const answer = this.#line.then(begin);
    const turn = answer.then(
      () => this.#leaveLine(turn),
      () => this.#leaveLine(turn),
    );
    this.#line = turn;
    return answer;
  }

  /** @param {Promise<unknown>} turn */
  #leaveLine(turn) {
    if (this.#line === turn) this.#line = null;
  }

  /** @param {Response} answer @param {string} reason */
  async #leave(answer, reason) {
    const problem = await answer.json().catch(() => ({}));
    if (!this.#refusal) this.#eagerUntil = Date.now() + EAGER_FOR;
    this.#refusal = { reason, detail: String(problem.detail ?? "") };
    if (this.status) this.status.isConnected = false;
    banner.ask(this.#refusal, `${problem.open}${this.landing}`, () => {
      this.#eagerUntil = Date.now() + EAGER_FOR;
      this.#lookSoon();
    });
    this.#lookSoon();
  }

  #lookSoon() {
    clearTimeout(this.#timer);
    const isEager = !this.#refusal || Date.now() < this.#eagerUntil;
    this.#timer = setTimeout(() => this.#look(), isEager ? SOON : LATER);
  }

  /** Are we let through again? A page that nobody sees waits until somebody does. */
  async #look() {
    clearTimeout(this.#timer);
    if (document.hidden) return;
    try {
      const address = new URL("api/kernels", this.base);
      const request = new Request(address, { cache: "no-store", credentials: "same-origin" });
      const answer = await this.real.call(null, request);
      const reason = answer.headers.get(HEADER) ?? "";
      if (REASONS.has(reason)) return await this.#leave(answer, reason);
      if (DOUBTFUL.has(reason)) return this.#lookSoon();
      if (answer.ok && this.#refusal) return this.#comeBack(await answer.json());
    } catch {
      // Not even the relay answers: JupyterLab has words for that.
    }
    if (this.#refusal) this.#lookSoon();
  }

  /** @param {{id: string}[]} kernels those that live */
  #comeBack(kernels) {
    if (!this.#refusal) return;
    this.#refusal = null;
    if (this.status) this.status.isConnected = true;
    const begin = dropLost(this.app, new Set(kernels.map(({ id }) => id)));
    const waiting = this.#waiting.splice(0);
    this.#line = Promise.resolve();
    for (const { go } of waiting) go();
    banner.greet(begin.length > 0);
    saveAgain(this.app, waiting.map(({ request }) => request.url));
    for (const start of begin) start();
  }
}
