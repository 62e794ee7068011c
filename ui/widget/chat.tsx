// <relais-chat>: the chat as a custom element. Attributes: `full` (fill the window), `exit` (where
// quick exit goes), `server` (base address; by default where this script came from), `origin`.

import { render } from "preact";
import css from "./chat.css?inline";
import { hasLeft, leave, leaveAgain, NEUTRAL_SITE, onLeave, watchShift } from "./exit";
import { drawn } from "./shown";
import { Chat } from "./store";
import { App } from "./view";

const ORIGIN = /^[A-Za-z0-9._-]{1,64}$/;
const AWAY_MS = 30_000;
const LOW_EM = 40;

class RelaisChat extends HTMLElement {
  readonly #sheet = new CSSStyleSheet();
  readonly #exit = (): void => leave(this.getAttribute("exit") ?? NEUTRAL_SITE);
  #root: HTMLElement | null = null;
  #chat: Chat | null = null;
  #still: (() => void) | null = null;
  #gone = new AbortController();

  connectedCallback(): void {
    if (hasLeft()) return;
    const shadow = this.shadowRoot ?? this.attachShadow({ mode: "open" });
    this.#sheet.replaceSync(css);
    shadow.adoptedStyleSheets = [this.#sheet];
    const root = document.createElement("div");
    root.className = "root";
    root.lang = "fr";
    root.style.colorScheme = "light dark";
    shadow.replaceChildren(root);
    this.#root = root;

    this.#gone = new AbortController();
    const { signal } = this.#gone;
    watchShift(this.#exit, signal);
    onLeave(() => this.#close(), signal);
    this.#followPage(signal);
    this.#followKeyboard(root, signal);
    this.#open();
    // A partner's page that frames us (embed.ts) may leave, and what this tab remembers goes with it.
    addEventListener("message", ({ source, data }) => source === parent && data === "leave" && leave(NEUTRAL_SITE, false), { signal });
    // It learns that we are there, and nothing else.
    parent.postMessage("relais", "*");
  }

  disconnectedCallback(): void {
    this.#gone.abort();
    this.#close();
  }

  #open(): void {
    if (!this.#root || this.#chat) return;
    const server = this.getAttribute("server") ?? import.meta.url;
    const asked = new URLSearchParams(location.search);
    const origin = this.getAttribute("origin") ?? asked.get("origine") ?? asked.get("origin") ?? "";
    this.#chat = new Chat(new URL(".", new URL(server, location.href)).href, ORIGIN.test(origin) ? origin : null);
    const chat = this.#chat;
    const root = this.#root;
    this.#still = drawn(() => {
      const more = chat.more.value;
      if (more && this.shadowRoot) this.shadowRoot.adoptedStyleSheets = [this.#sheet, more.sheet];
      render(<App chat={chat} leave={this.#exit} />, root);
    });
    chat.start();
  }

  #close(): void {
    this.#chat?.stop();
    this.#still?.();
    this.#chat = null;
    if (this.#root) render(null, this.#root);
  }

  #followPage(signal: AbortSignal): void {
    let hiddenAt = 0;
    // A page frozen for the Back button holds nothing; it is filled again from the server.
    const hide = (event: PageTransitionEvent): void => {
      if (event.persisted) this.#close();
    };
    const show = (event: PageTransitionEvent): void => {
      if (hasLeft()) leaveAgain();
      else if (event.persisted) this.#open();
    };
    const online = (): void => this.#chat?.poke();
    // Without a network nothing says that the line is dead.
    const offline = (): void => this.#chat?.refresh();
    // After a while in a pocket a socket may be dead without knowing: take a new one.
    const visible = (): void => {
      if (document.visibilityState === "hidden") hiddenAt = performance.now();
      else if (hiddenAt && performance.now() - hiddenAt > AWAY_MS) {
        this.#chat?.refresh();
        this.#chat?.poke();
      }
    };
    addEventListener("pagehide", hide, { signal });
    addEventListener("pageshow", show, { signal });
    addEventListener("online", online, { signal });
    addEventListener("offline", offline, { signal });
    document.addEventListener("visibilitychange", visible, { signal });
  }

  /** In the full page, the chat takes what the on-screen keyboard leaves. */
  #followKeyboard(root: HTMLElement, signal: AbortSignal): void {
    const view = window.visualViewport;
    if (!view || !this.hasAttribute("full")) return;
    const fit = (): void => {
      const zoomed = Math.abs(view.scale - 1) >= 0.01;
      const keyboard = !zoomed && innerHeight - view.height > 120;
      const height = zoomed ? innerHeight : view.height;
      root.toggleAttribute("data-keyboard", keyboard);
      root.toggleAttribute("data-low", height < LOW_EM * parseFloat(getComputedStyle(root).fontSize));
      root.style.setProperty("--r-height", keyboard ? `${view.height}px` : "");
      root.style.setProperty("--r-top", keyboard ? `${view.offsetTop}px` : "");
    };
    fit();
    view.addEventListener("resize", fit, { signal });
    view.addEventListener("scroll", fit, { signal });
  }
}

if (!customElements.get("relais-chat")) customElements.define("relais-chat", RelaisChat);
