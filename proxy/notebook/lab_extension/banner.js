// @ts-check
/**
 * What is shown: one banner at a time, which never takes the focus from somebody who is typing. Plain
 * elements, because JupyterLab loads its own dialogs from the server that is away.
 */
import { isInside, openWindow } from "./place.js";

/** @type {Record<string, {title: string, hint: string, way: string}>} */
const WORDS = {
  no_pass: {
    title: "You are signed out",
    hint: "Nothing in this page is lost: once you have signed in, it goes on where it was.",
    way: "Sign in",
  },
  server_not_running: {
    title: "Your notebook server is not running",
    hint: "Its kernels are gone, your cells are not: they are all still in this page.",
    way: "Start the server",
  },
};
/** Why the relay refuses what it will let through later. */
export const REASONS = new Set(Object.keys(WORDS));
const GREETING_FOR = 15_000;
const PUT_OFF_FOR = 180_000;

/**
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag @param {Record<string, string>} attributes @param {(Node | string)[]} children
 */
function make(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/** What does not change is not said again by a screen reader. @param {HTMLElement} element @param {string} text */
function say(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** @param {"alert" | "status"} role @param {string} title @param {string} text */
function words(role, title, text) {
  return make("div", { role }, make("h2", {}, title), ...(text ? [make("p", {}, text)] : []));
}

/** @typedef {{title: string, text: string, way: string}} Offer */

class Banner {
  /** @type {HTMLElement | null} */ #element = null;
  /** @type {HTMLElement | null} */ #before = null;
  /** @type {Record<"title" | "text" | "link", HTMLElement> | null} what is shown while we ask */ #asked = null;
  #putOffUntil = 0;

  constructor() {
    const href = new URL("banner.css", import.meta.url).href;
    document.head.append(make("link", { rel: "stylesheet", href }));
  }

  /**
   * Say why nothing answers, and show the way back. What is shown already is changed in place, so that
   * neither a focus nor a sign-in under way is lost. Who puts it off is asked again later.
   * @param {{reason: string, detail: string}} refusal @param {string} address of the way back
   * @param {() => void} followed called at the click
   */
  ask(refusal, address, followed) {
    const { title, hint, way } = WORDS[refusal.reason];
    if (!this.#asked && Date.now() < this.#putOffUntil) return;
    this.#asked ??= this.#showQuestion(followed);
    say(this.#asked.title, title);
    say(this.#asked.text, `${refusal.detail} ${hint}`);
    say(this.#asked.link, way);
    this.#asked.link.setAttribute("href", address);
  }

  /** @param {boolean} isNew the kernels are */
  greet(isNew) {
    const text = isNew
      ? "Your cells are as they were. Their kernels are new and know nothing yet: run what you need again."
      : "Everything goes on where it was.";
    this.#asked = null;
    this.#putOffUntil = 0;
    this.tell("You are back", text);
  }

  /** Say what happened, for a while; not where something is asked. @param {string} title @param {string} text */
  tell(title, text) {
    if (this.#asked) return;
    const element = this.#show([words("status", title, text)], "Close");
    element.classList.add("sifu-back");
    setTimeout(() => element === this.#element && this.#remove(), GREETING_FOR);
  }

  /** Offer a link where a window could not be opened. @param {Offer} offer @param {string} address */
  offer({ title, text, way }, address) {
    if (this.#asked) return;
    const link = make("a", { target: "_blank", rel: "noopener", href: address }, way);
    link.addEventListener("click", () => setTimeout(() => this.#remove()));
    this.#show([words("alert", title, text), link], "Not now");
  }

  /** Show a page of front in this one. @param {Offer} offer @param {string} address */
  showInside({ title, text }, address) {
    if (this.#asked) return;
    const link = make("a", { target: "_blank", rel: "noopener", href: address }, "In a window");
    const element = this.#show([words("status", title, text), link], "Close");
    element.classList.add("sifu-inside");
    this.#openInside(address, title);
  }

  /** @param {() => void} followed */
  #showQuestion(followed) {
    const [title, text] = [make("h2", {}), make("p", {})];
    const link = make("a", { target: "_blank", rel: "noopener" });
    link.addEventListener("click", (event) => {
      followed();
      // A course page's frame has cookies of its own: a window of its own could not sign it in. Where
      // no window may be opened the link is simply followed.
      if (isInside) this.#openInside(link.href, link.textContent ?? "");
      if (isInside || openWindow(link.href)) event.preventDefault();
    });
    this.#show([make("div", { role: "alert" }, title, text), link], "Not now");
    return { title, text, link };
  }

  /** @param {HTMLElement[]} parts @param {string} closing the word for it */
  #show(parts, closing) {
    this.#remove();
    const close = make("button", { type: "button" }, closing);
    close.addEventListener("click", () => this.#putAway());
    const element = make("section", { class: "sifu-banner", "aria-label": "Connection" }, ...parts, close);
    element.addEventListener("focusin", ({ relatedTarget }) => {
      if (relatedTarget instanceof HTMLElement && !element.contains(relatedTarget)) this.#before = relatedTarget;
    });
    element.addEventListener("keydown", (event) => event.key === "Escape" && this.#putAway());
    document.body.prepend(element);
    this.#element = element;
    return element;
  }

  #putAway() {
    this.#putOffUntil = this.#asked ? Date.now() + PUT_OFF_FOR : 0;
    this.#remove();
  }

  #remove() {
    const hadFocus = this.#element?.contains(document.activeElement);
    this.#element?.remove();
    this.#element = this.#asked = null;
    if (hadFocus) this.#before?.focus();
  }

  /** @param {string} address @param {string} title */
  #openInside(address, title) {
    this.#element?.querySelector("iframe")?.remove();
    const frame = make("iframe", { src: address, title });
    this.#element?.append(frame);
    frame.focus();
  }
}

/** The one of this page. */
export const banner = new Banner();
